"""What the company learns: counts by month, kept up by what happens in conversations, and the queue of those to look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from bot.store import tables
from bot.store.counting import Fact, change, marks_of, touch
from bot.store.ledger import Clock
from bot.store.review_write import remark
from bot.store.rows import upsert
from bot.store.score_tables import learned, learned_until, to_learn


@dataclass(frozen=True)
class Count:
    """How often something was found, and the sum of its amounts."""

    name: str
    other: str
    month: date
    count: int
    amount: float


@dataclass(frozen=True)
class Place:
    """A place in the order of last activity: the time, and the conversation at that time."""

    at: datetime
    after: str


_EVER = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Learned:
    """The counts, and the queue that keeps them up."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def touch(self, conversation_id: str) -> None:
        """Something happened in a conversation: look at it again once it is quiet."""
        touch(self._session, conversation_id, self._clock())

    def touch_all(self) -> None:
        """Look at every conversation again, as after a change of the rubric."""
        start = update(learned_until).values(at=_EVER, after="")
        self._session.execute(start)

    def place(self) -> Place:
        """How far the conversations were looked at. Until this transaction ends nobody else looks."""
        start = upsert(self._session, learned_until).values(id=1, at=_EVER, after="")
        self._session.execute(start.on_conflict_do_nothing(index_elements=["id"]))
        at, after = self._session.execute(select(learned_until.c.at, learned_until.c.after).with_for_update()).one()
        return Place(at, after)

    def waiting(self, place: Place, until: datetime, limit: int) -> tuple[tuple[str, ...], Place]:
        """Conversations quiet since `until` that are to be looked at, longest quiet first, and the place they lead to."""
        row = tables.conversations.c
        beyond = and_(row.last_active_at >= place.at, or_(row.last_active_at > place.at, row.id > place.after))
        quiet = select(row.id, row.last_active_at).where(beyond, row.last_active_at <= until)
        active = self._session.execute(quiet.order_by(row.last_active_at, row.id).limit(limit)).all()
        later = select(to_learn.c.conversation_id).where(to_learn.c.since <= until)
        touched = self._session.execute(later.order_by(to_learn.c.since, to_learn.c.id).limit(limit)).scalars().all()
        reached = Place(active[-1].last_active_at, active[-1].id) if active else place
        return tuple(dict.fromkeys((*(each.id for each in active), *touched))), reached

    def looked_at(self, conversation_ids: Sequence[str], place: Place) -> None:
        """These were looked at; go on from that place."""
        self._session.execute(delete(to_learn).where(to_learn.c.conversation_id.in_(conversation_ids)))
        self._session.execute(update(learned_until).values(at=place.at, after=place.after))

    def change(self, place: tuple[bool, str, date], before: Iterable[Fact], after: Iterable[Fact]) -> None:
        """Count the facts of one conversation in place of those it gave before; the place is simulated, catalogue, month."""
        change(self._session, place, before, after)

    def mark(self, conversation_id: str, facts: Iterable[Fact]) -> None:
        """Let a conversation be found by the facts it gave."""
        remark(self._session, conversation_id, marks_of(facts))

    def counts(self, topic: str, catalogue_id: str, since: date, until: date, simulated: bool = False) -> tuple[Count, ...]:
        """The counts of a topic in the months from `since` to before `until`, oldest month first."""
        row = learned.c
        found = select(row.name, row.other, row.month, row["count"], row.amount).where(
            row.simulated.is_(simulated),
            row.catalogue_id == catalogue_id,
            row.topic == topic,
            row.month >= since,
            row.month < until,
            row["count"] > 0,
        )
        return tuple(Count(*each) for each in self._session.execute(found.order_by(row.month, row.name, row.other)))

    def months(self, catalogue_id: str, simulated: bool = False) -> tuple[date, date] | None:
        """The first and the last month in which a conversation began, or None."""
        row = learned.c
        mine = (row.simulated.is_(simulated), row.catalogue_id == catalogue_id, row.topic == "begun", row["count"] > 0)
        first, last = self._session.execute(select(func.min(row.month), func.max(row.month)).where(*mine)).one()
        return (first, last) if first else None


__all__ = ["Count", "Fact", "Learned", "Place"]
