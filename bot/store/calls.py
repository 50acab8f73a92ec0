"""Calls of reps: their state beside the conversation, and everything done in them, in order, each action once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, UniqueConstraint, insert, select, tuple_, update

from bot.store.columns import Json as JsonColumn
from bot.store.columns import Name, RowId, UtcTime
from bot.store.errors import NotFound
from bot.store.ledger import Clock
from bot.store.records import UNSTORED, Entry, Json
from bot.store.rows import record_of, values_of
from bot.store.tables import metadata

calls = Table(
    "calls",
    metadata,
    Column("conversation_id", Name, ForeignKey("conversations.id"), primary_key=True),
    Column("rep", Name, nullable=False),
    Column("from_chat", Name, index=True),
    Column("state", JsonColumn, nullable=False),
    Column("opening", JsonColumn, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index("ix_calls_rep_created_at", "rep", "created_at", "conversation_id"),
)

call_actions = Table(
    "call_actions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("message_id", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("data", JsonColumn, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("conversation_id", "message_id"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """A call: its conversation, whose it is, the chat it took up (if any), its state, and the dossier it began with.

    `seq` is the number of the last action; `state` and `opening` are the engine's values as plain data.
    """

    conversation_id: str
    rep: str
    from_chat: str | None = None
    state: Json = field(default_factory=dict)
    opening: Json = field(default_factory=dict)
    seq: int = 0
    created_at: datetime = UNSTORED
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CallAction(Entry):
    """One thing done in a call, by whom; `data` holds what was sent and what it led to."""

    seq: int = 0
    message_id: str
    kind: str
    by: str
    data: Json = field(default_factory=dict)


class Calls:
    """Calls by their conversation's id, and what was done in them."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def start(self, call: CallRow) -> CallRow:
        """Store a new call; its conversation must be there."""
        made = replace(call, created_at=self._clock() if call.created_at == UNSTORED else call.created_at)
        self._session.execute(insert(calls), values_of(made))
        return made

    def get(self, conversation_id: str) -> CallRow | None:
        """The call, or None."""
        row = self._session.execute(select(calls).where(calls.c.conversation_id == conversation_id)).first()
        return None if row is None else record_of(CallRow, row)

    def require(self, conversation_id: str) -> CallRow:
        """The call. Raises `NotFound`."""
        found = self.get(conversation_id)
        if found is None:
            raise NotFound(f"There is no call '{conversation_id[:80]}'. It never was, or it has been erased.")
        return found

    def save(self, call: CallRow) -> CallRow:
        """Store a changed call; hold its conversation (`get_for_update`) while changing it. Raises `NotFound`."""
        values = values_of(call, "conversation_id", "created_at")
        changed = self._session.execute(update(calls).where(calls.c.conversation_id == call.conversation_id).values(values))
        if changed.rowcount == 0:
            raise NotFound(f"There is no call '{call.conversation_id[:80]}'.")
        return call

    def of_rep(self, rep: str, limit: int = 20, before: tuple[datetime, str] | None = None) -> tuple[CallRow, ...]:
        """A rep's calls, newest first; `before` is the time and id of the last one seen."""
        mine = select(calls).where(calls.c.rep == rep)
        if before is not None:
            mine = mine.where(tuple_(calls.c.created_at, calls.c.conversation_id) < before)
        newest = mine.order_by(calls.c.created_at.desc(), calls.c.conversation_id.desc()).limit(limit)
        return tuple(record_of(CallRow, row) for row in self._session.execute(newest))

    def done(self, conversation_id: str, message_id: str) -> CallAction | None:
        """The action of that id, if it was done already."""
        mine = call_actions.c.conversation_id == conversation_id
        row = self._session.execute(select(call_actions).where(mine, call_actions.c.message_id == message_id)).first()
        return None if row is None else record_of(CallAction, row)

    def act(self, call: CallRow, action: CallAction) -> CallAction:
        """Append an action under the call's number; save the call with it."""
        made = replace(action, seq=call.seq, conversation_id=call.conversation_id, created_at=self._clock())
        result = self._session.execute(insert(call_actions), values_of(made, "id"))
        return replace(made, id=result.inserted_primary_key[0])

    def since(self, conversation_id: str, seq: int, count: int = 500) -> tuple[CallAction, ...]:
        """The actions after that number, oldest first; of very many the last ones."""
        return tuple(action for action in self.latest(conversation_id, count) if action.seq > seq)

    def of_turn(self, conversation_id: str, turn: int) -> CallAction | None:
        """The action whose note was stored as that turn, if it is among the last."""
        return next((one for one in reversed(self.latest(conversation_id, 100)) if one.data.get("turn") == turn), None)

    def latest(self, conversation_id: str, count: int) -> tuple[CallAction, ...]:
        """The last actions, oldest first."""
        mine = select(call_actions).where(call_actions.c.conversation_id == conversation_id)
        rows = self._session.execute(mine.order_by(call_actions.c.seq.desc()).limit(count)).all()
        return tuple(record_of(CallAction, row) for row in reversed(rows))
