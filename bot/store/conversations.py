"""Conversations with their state, and the append-only turns: loading one never reads its old turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from bot.store import tables
from bot.store.errors import Conflict, InvalidRecord, NotFound
from bot.store.ledger import Clock, Log
from bot.store.records import UNSTORED, Consent, Conversation, Turn
from bot.store.rows import record_of, values_of

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

    def latest(self, conversation_id: str, count: int) -> tuple[Turn, ...]:
        """The last `count` turns, oldest first."""
        mine = select(self.table).where(self.table.c.conversation_id == conversation_id)
        rows = self._session.execute(mine.order_by(self.table.c.seq.desc()).limit(count)).all()
        return tuple(record_of(Turn, row) for row in reversed(rows))


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

    def get_for_update(self, conversation_id: str) -> Conversation | None:
        """Like `get`; no other transaction can change the conversation until this one ends."""
        return self._load(_BY_ID.with_for_update(), conversation_id)

    def of_customer(self, customer_id: str) -> tuple[Conversation, ...]:
        """A customer's conversations, the one last active first."""
        return self._list(self._table.c.customer_id == customer_id)

    def recent(self, limit: int = 50, before: datetime | None = None) -> tuple[Conversation, ...]:
        """The conversations last active (before that time), newest first."""
        return self._list(*([self._table.c.last_active_at < before] if before else []), limit=limit)

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
        return saved, replace(turn, id=result.inserted_primary_key[0])

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
        kept = conversation.consent is Consent.GIVEN
        return replace(conversation, last_active_at=now, hold_until=None if kept else now + self._hold)

    def _load(self, query: Any, conversation_id: str) -> Conversation | None:
        row = self._session.execute(query, {"of": conversation_id}).first()
        return None if row is None else record_of(Conversation, row)

    def _list(self, *conditions: Any, limit: int | None = None) -> tuple[Conversation, ...]:
        newest = self._table.c.last_active_at.desc(), self._table.c.id
        found = select(self._table).where(*conditions).order_by(*newest).limit(limit)
        return tuple(record_of(Conversation, row) for row in self._session.execute(found))
