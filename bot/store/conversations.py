"""Conversations with their state, and the append-only turns: loading one never reads its old turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.store import tables
from bot.store.errors import Conflict, InvalidRecord, NotFound
from bot.store.ledger import Clock, Log
from bot.store.records import UNSTORED, Consent, Conversation, Face, Turn
from bot.store.review_write import note_turn
from bot.store.rows import record_of, values_of

_CHUNK = 500
_BY_ID = select(tables.conversations).where(tables.conversations.c.id == bindparam("of"))
_BY_MESSAGE = select(tables.turns).where(
    tables.turns.c.conversation_id == bindparam("of"), tables.turns.c.message_id == bindparam("message")
)
_UNCHANGED_SINCE = update(tables.conversations).where(
    tables.conversations.c.id == bindparam("of"),
    tables.conversations.c.revision == bindparam("seen_revision"),
    tables.conversations.c.last_seq == bindparam("seen_seq"),
)


class Turns(Log[Turn]):
    """Reading turns; they are written by `Conversations.record` only."""

    table, kind = tables.turns, Turn

    def add(self, entry: Turn) -> Turn:
        """Turns are numbered: record them with their conversation."""
        raise InvalidRecord("A turn is stored with its conversation: call conversations.record(conversation, turn).")

    def by_message_id(self, conversation_id: str, message_id: str) -> Turn | None:
        """The turn that answered the client's message of that id, if there was one."""
        row = self._session.execute(_BY_MESSAGE, {"of": conversation_id, "message": message_id}).first()
        return None if row is None else record_of(Turn, row)

    def at(self, conversation_id: str, seq: int) -> Turn | None:
        """The turn with that number, counted from 1."""
        return self._one(self.table.c.conversation_id == conversation_id, self.table.c.seq == seq)

    def after(self, conversation_id: str, seq: int = 0, limit: int | None = None) -> tuple[Turn, ...]:
        """The turns that follow number `seq`, oldest first, at most `limit`."""
        mine = self.table.c.conversation_id == conversation_id
        return self._where(mine, self.table.c.seq > seq, limit=limit)

    def before(self, conversation_id: str, seq: int, limit: int) -> tuple[Turn, ...]:
        """The turns that lead up to number `seq`, without it: the nearest `limit`, oldest first."""
        mine = select(self.table).where(self.table.c.conversation_id == conversation_id, self.table.c.seq < seq)
        rows = self._session.execute(mine.order_by(self.table.c.seq.desc()).limit(limit)).all()
        return tuple(record_of(Turn, row) for row in reversed(rows))

    def said(self, conversation_id: str, most: int) -> tuple[str, ...]:
        """What the customer typed, oldest first, at most so many turns; without loading anything else."""
        mine = select(self.table.c.user_text).where(self.table.c.conversation_id == conversation_id)
        return tuple(self._session.execute(mine.order_by(self.table.c.id).limit(most)).scalars())

    def latest(self, conversation_id: str, count: int) -> tuple[Turn, ...]:
        """The last `count` turns, oldest first."""
        mine = select(self.table).where(self.table.c.conversation_id == conversation_id)
        rows = self._session.execute(mine.order_by(self.table.c.seq.desc()).limit(count)).all()
        return tuple(record_of(Turn, row) for row in reversed(rows))

    def recent(self, count: int) -> tuple[Turn, ...]:
        """The last `count` turns of all conversations, newest first."""
        rows = self._session.execute(select(self.table).order_by(self.table.c.id.desc()).limit(count))
        return tuple(record_of(Turn, row) for row in rows)


class Conversations:
    """Conversations by id, their state, and how long they are held before consent."""

    def __init__(self, session: Any, clock: Clock, hold: timedelta, keeps_refused: bool) -> None:
        self._session = session
        self._clock = clock
        self._hold = hold
        self._keeps_refused = keeps_refused
        self._table = tables.conversations

    def get(self, conversation_id: str) -> Conversation | None:
        """The conversation with its state, or None."""
        return self._load(_BY_ID, conversation_id)

    def existing(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that are conversations' (still)."""
        wanted, found = list(ids), set[str]()
        for start in range(0, len(wanted), 500):
            some = select(self._table.c.id).where(self._table.c.id.in_(wanted[start : start + 500]))
            found.update(self._session.execute(some).scalars())
        return frozenset(found)

    def get_for_update(self, conversation_id: str) -> Conversation | None:
        """Like `get`; no other transaction can change the conversation until this one ends."""
        return self._load(_BY_ID.with_for_update(), conversation_id)

    def of_customer(self, customer_id: str, limit: int | None = None) -> tuple[Conversation, ...]:
        """A customer's conversations, the one last active first."""
        return self._list(self._table.c.customer_id == customer_id, limit=limit)

    def last_seqs(self, ids: Sequence[str]) -> dict[str, int]:
        """The number of the last turn of each of these conversations that there is."""
        found: dict[str, int] = {}
        for start in range(0, len(ids), _CHUNK):
            some = self._table.c.id.in_(ids[start : start + _CHUNK])
            rows = self._session.execute(select(self._table.c.id, self._table.c.last_seq).where(some))
            found.update({id: int(seq) for id, seq in rows})
        return found

    def recent(self, limit: int = 50, before: datetime | None = None) -> tuple[Conversation, ...]:
        """The conversations last active (before that time), newest first."""
        return self._list(*([self._table.c.last_active_at < before] if before else []), limit=limit)

    def by_id(self, after: str, limit: int) -> tuple[Conversation, ...]:
        """Conversations by id, those that follow this one; nobody else can change them before this transaction ends."""
        mine = select(self._table).where(self._table.c.id > after).order_by(self._table.c.id).limit(limit)
        return tuple(record_of(Conversation, row) for row in self._session.execute(mine.with_for_update()))

    def start(self, conversation: Conversation) -> Conversation:
        """Store a new conversation. Raises `Conflict` when one with that id exists, also if it has just been made."""
        now = self._clock()
        started = now if conversation.started_at == UNSTORED else conversation.started_at
        fresh = replace(self._held(conversation, now), started_at=started, last_seq=0, revision=1)
        self._session.execute(insert(self._table), values_of(fresh))
        return fresh

    def save(self, conversation: Conversation) -> Conversation:
        """Store changes that are no turn. Raises `Conflict` when it changed since it was loaded, or was erased."""
        return self._update(conversation, conversation.last_seq)

    def record(self, conversation: Conversation, turn: Turn) -> tuple[Conversation, Turn]:
        """Append the turn after the conversation's last one and store the conversation's new state with it.

        Costs the same however long the conversation is. Raises `Conflict` when another turn, or another change of
        the conversation, came first: nothing is written then, so load again and retry.
        """
        saved = self._update(conversation, conversation.last_seq + 1)
        turn = replace(
            turn,
            seq=saved.last_seq,
            conversation_id=saved.id,
            created_at=saved.last_active_at if turn.created_at == UNSTORED else turn.created_at,
        )
        result = self._session.execute(insert(tables.turns), values_of(turn, "id"))
        stored = replace(turn, id=result.inserted_primary_key[0])
        if not self._keeps_refused:  # what is only in memory is nobody's to review
            note_turn(self._session, saved, stored)
        return saved, stored

    def require(self, conversation_id: str) -> Conversation:
        """Like `get`, but raises `NotFound`."""
        found = self.get(conversation_id)
        if found is None:
            raise NotFound(f"There is no conversation '{conversation_id[:80]}'. It never was, or it has been erased.")
        return found

    def _update(self, conversation: Conversation, last_seq: int) -> Conversation:
        seen = {"of": conversation.id, "seen_revision": conversation.revision, "seen_seq": conversation.last_seq}
        fresh = replace(self._held(conversation, self._clock()), last_seq=last_seq, revision=conversation.revision + 1)
        values = values_of(fresh, "id", "started_at")
        if self._session.execute(_UNCHANGED_SINCE, {**values, **seen}).rowcount == 0:
            raise Conflict("The conversation changed or was erased meanwhile. Load it again and retry.")
        return fresh

    def _held(self, conversation: Conversation, now: datetime) -> Conversation:
        if conversation.consent is Consent.REFUSED and not self._keeps_refused:
            raise InvalidRecord(
                "A conversation whose recording was refused is not kept: erase it with refuse(id) "
                "and carry on in an EphemeralStore."
            )
        prepared = conversation.face is Face.REP and conversation.last_seq == 0  # a call in which nothing was said yet
        kept = conversation.consent is Consent.GIVEN or prepared
        return replace(conversation, last_active_at=now, hold_until=None if kept else now + self._hold)

    def _load(self, query: Any, conversation_id: str) -> Conversation | None:
        row = self._session.execute(query, {"of": conversation_id}).first()
        return None if row is None else record_of(Conversation, row)

    def _list(self, *conditions: Any, limit: int | None = None) -> tuple[Conversation, ...]:
        newest = self._table.c.last_active_at.desc(), self._table.c.id
        found = select(self._table).where(*conditions).order_by(*newest).limit(limit)
        return tuple(record_of(Conversation, row) for row in self._session.execute(found))
