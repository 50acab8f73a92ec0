"""What reviewers note: tags, flags, states, reviewers, saved views, and whose masked data was revealed to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.store import review_write
from bot.store.errors import InvalidRecord, NotFound
from bot.store.ledger import Clock
from bot.store.records import Conversation
from bot.store.review_filter import Sought
from bot.store.review_lists import Lists, Place
from bot.store.review_record import Indexed, ReviewState
from bot.store.review_tables import review_flags, review_index, review_reveals, review_tags, review_views
from bot.store.rows import record_of, upsert

LONGEST_TAG = 60
LONGEST_NAME = 120
CHUNK = 1_000


@dataclass(frozen=True)
class Flag:
    """A flag on a turn, or with `seq` 0 on the whole conversation."""

    seq: int
    note: str
    by: str
    created_at: datetime


@dataclass(frozen=True)
class View:
    """A saved search: its name and the query of its address."""

    id: int
    name: str
    by: str
    query: str


class Review(Lists):
    """The review room's records. What is noted here belongs to a conversation and is erased with it."""

    def __init__(self, session: Any, clock: Clock) -> None:
        super().__init__(session, clock)
        self._session = session

    def get(self, conversation_id: str) -> Indexed | None:
        """The row of a conversation, or None."""
        return review_write.row_of(self._session, conversation_id)

    def mark(self, conversation_id: str, kind: str, value: str) -> None:
        """Make a conversation findable by one more value of a kind in `MARKED`, such as an experiment's `arm`."""
        review_write.mark(self._session, conversation_id, kind, value)

    def rebuild(self, conversation: Conversation) -> Indexed:
        """Make the index of a conversation anew from its turns; what reviewers noted stays."""
        return review_write.rebuild(self._session, conversation)

    def tag(self, conversation_ids: Iterable[str], tag: str, by: str) -> int:
        """Tag conversations and return how many had not been. Raises `InvalidRecord` for an empty or long tag."""
        name = clean_tag(tag)
        rows = [{"conversation_id": id, "tag": name, "by": by, "created_at": self._clock()} for id in conversation_ids]
        if not rows:
            return 0
        once = upsert(self._session, review_tags).values(rows).on_conflict_do_nothing()
        return max(0, int(self._session.execute(once).rowcount))

    def untag(self, conversation_ids: Iterable[str], tag: str) -> int:
        """Take a tag off conversations and return how many had it."""
        mine = review_tags.c.conversation_id.in_(list(conversation_ids))
        return int(self._session.execute(delete(review_tags).where(mine, review_tags.c.tag == clean_tag(tag))).rowcount)

    def tags_of(self, conversation_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The tags of conversations, in order of the alphabet."""
        mine = review_tags.c.conversation_id.in_(list(conversation_ids))
        found: dict[str, tuple[str, ...]] = {}
        ordered = select(review_tags.c.conversation_id, review_tags.c.tag).where(mine).order_by(review_tags.c.tag)
        for conversation, tag in self._session.execute(ordered):
            found[conversation] = (*found.get(conversation, ()), tag)
        return found

    def flag(self, conversation_id: str, by: str, seq: int = 0, note: str = "") -> None:
        """Flag a turn, or the whole conversation; a flag that stands gets the new note."""
        row = {"conversation_id": conversation_id, "seq": seq, "note": note[:2000], "by": by, "created_at": self._clock()}
        changed = {"note": row["note"], "by": by}
        flag = upsert(self._session, review_flags).values(row)
        self._session.execute(flag.on_conflict_do_update(index_elements=["conversation_id", "seq"], set_=changed))
        review_write.flagged(self._session, conversation_id)

    def unflag(self, conversation_id: str, seq: int = 0) -> None:
        """Take a flag off."""
        mine = (review_flags.c.conversation_id == conversation_id, review_flags.c.seq == seq)
        self._session.execute(delete(review_flags).where(*mine))
        review_write.flagged(self._session, conversation_id)

    def flag_all(self, conversation_ids: Iterable[str], by: str) -> int:
        """Flag whole conversations and return how many had no such flag."""
        now = self._clock()
        rows = [{"conversation_id": id, "seq": 0, "note": "", "by": by, "created_at": now} for id in conversation_ids]
        if not rows:
            return 0
        once = upsert(self._session, review_flags).values(rows).on_conflict_do_nothing()
        count = max(0, int(self._session.execute(once).rowcount))
        self._change([str(row["conversation_id"]) for row in rows], flagged=True)
        return count

    def unflag_all(self, conversation_ids: Iterable[str]) -> int:
        """Take all flags off conversations, those on their turns too; returns how many conversations there are."""
        ids = list(conversation_ids)
        self._session.execute(delete(review_flags).where(review_flags.c.conversation_id.in_(ids)))
        return self._change(ids, flagged=False)

    def flags_of(self, conversation_id: str) -> tuple[Flag, ...]:
        """The flags of a conversation, by turn."""
        mine = select(review_flags).where(review_flags.c.conversation_id == conversation_id).order_by(review_flags.c.seq)
        return tuple(record_of(Flag, row) for row in self._session.execute(mine))

    def set_state(self, conversation_ids: Iterable[str], state: ReviewState, by: str) -> int:
        """Set how far the review has come; who does so becomes the reviewer where there is none."""
        done = self._clock() if state is ReviewState.DONE else None
        ids = list(conversation_ids)
        changed = self._change(ids, review_state=state.value, reviewed_at=done)
        nobody = (review_index.c.conversation_id.in_(ids), review_index.c.reviewer == "")
        self._session.execute(update(review_index).where(*nobody).values(reviewer=by))
        return changed

    def assign(self, conversation_ids: Iterable[str], reviewer: str) -> int:
        """Give conversations to a reviewer, or with "" to nobody."""
        return self._change(list(conversation_ids), reviewer=reviewer[:LONGEST_NAME])

    def some(self, sought: Sought, after: Place | None = None) -> tuple[list[str], Place | None]:
        """The ids of the next results of a list, for work on all of them, and the place where it goes on."""
        page = self.page(sought, after, CHUNK)
        return [row.conversation_id for row in page.rows], page.after

    def views(self) -> tuple[View, ...]:
        """The saved views of everybody, by name."""
        return tuple(record_of(View, row) for row in self._session.execute(select(review_views).order_by(review_views.c.name)))

    def save_view(self, name: str, by: str, query: str) -> None:
        """Save a view under a name; one of that name and person is replaced. Raises `InvalidRecord` without a name."""
        named = " ".join(name.split())[:LONGEST_NAME]
        if not named:
            raise InvalidRecord("A view needs a name: write what it shows, such as 'Unsure this week'.")
        row = {"name": named, "by": by, "query": query, "created_at": self._clock()}
        saved = upsert(self._session, review_views).values(row)
        self._session.execute(saved.on_conflict_do_update(index_elements=["by", "name"], set_={"query": query}))

    def drop_view(self, view_id: int, by: str) -> None:
        """Remove one's own view. Raises `NotFound` for any other."""
        mine = delete(review_views).where(review_views.c.id == view_id, review_views.c.by == by)
        if self._session.execute(mine).rowcount == 0:
            raise NotFound("There is no such view of yours. It may have been removed already.")

    def reveal(self, conversation_id: str, by: str, reason: str) -> None:
        """Note that somebody was shown a conversation unmasked."""
        row = {"conversation_id": conversation_id, "by": by, "reason": reason[:500], "created_at": self._clock()}
        self._session.execute(insert(review_reveals).values(row))

    def revealed(self, conversation_id: str, by: str, within: timedelta) -> bool:
        """Whether it was revealed to this person within the last while."""
        mine = (review_reveals.c.conversation_id == conversation_id, review_reveals.c.by == by)
        since = review_reveals.c.created_at > self._clock() - within
        return self._session.execute(select(review_reveals.c.id).where(*mine, since).limit(1)).scalar() is not None

    def _change(self, ids: list[str], **values: Any) -> int:
        mine = update(review_index).where(review_index.c.conversation_id.in_(ids))
        return int(self._session.execute(mine.values(**values)).rowcount)


def clean_tag(tag: str) -> str:
    """A tag as it is kept: small letters, single spaces. Raises `InvalidRecord` for an empty or long one."""
    name = " ".join(tag.split()).casefold()
    if not name or len(name) > LONGEST_TAG:
        raise InvalidRecord(f"A tag is a word or two, at most {LONGEST_TAG} characters.")
    return name
