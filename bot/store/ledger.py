"""What every repository of a conversation's entries can do: add, get, list, and change where change is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import insert, select, update

from bot.store import counting, tables
from bot.store.errors import NotFound
from bot.store.records import UNSTORED, Entry
from bot.store.review_write import TELLING, note_entry
from bot.store.rows import record_of, values_of

E = TypeVar("E", bound=Entry)
Clock = Callable[[], datetime]


class Log(Generic[E]):
    """Entries that are added and never changed."""

    table: Any
    kind: type[E]

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, entry: E) -> E:
        """Store a new entry and return it with its `id` and, if it had none, the time."""
        created = self._clock() if entry.created_at == UNSTORED else entry.created_at
        entry = replace(entry, created_at=created)
        result = self._session.execute(insert(self.table), values_of(entry, "id"))
        self._tell(entry)
        return replace(entry, id=result.inserted_primary_key[0])

    def get(self, entry_id: int) -> E:
        """The entry with that id. Raises `NotFound`."""
        found = self._one(self.table.c.id == entry_id)
        if found is None:
            raise NotFound(f"There is no entry {entry_id} in {self.table.name}.")
        return found

    def of_conversation(self, conversation_id: str) -> tuple[E, ...]:
        """The entries of a conversation, oldest first."""
        return self._where(self.table.c.conversation_id == conversation_id)

    def of_customer(self, customer_id: str) -> tuple[E, ...]:
        """The entries of all conversations of a customer, oldest first."""
        return self._where(self.table.c.conversation_id.in_(conversations_of(customer_id)))

    def _tell(self, entry: E) -> None:
        """Let the review index and the counts know of what says how a conversation ended."""
        if self.table in TELLING:
            note_entry(self._session, entry.conversation_id)
        if self.table in counting.TELLING:
            counting.touch(self._session, entry.conversation_id, self._clock())

    def _one(self, *conditions: Any) -> E | None:
        row = self._session.execute(select(self.table).where(*conditions)).first()
        return None if row is None else record_of(self.kind, row)

    def _where(self, *conditions: Any, limit: int | None = None) -> tuple[E, ...]:
        found = select(self.table).where(*conditions).order_by(self.table.c.id).limit(limit)
        return tuple(record_of(self.kind, row) for row in self._session.execute(found))


class Ledger(Log[E]):
    """Entries that may be changed after they were added."""

    def save(self, entry: E) -> E:
        """Store a changed entry. Raises `NotFound` if it was erased."""
        values = values_of(entry, "id", "conversation_id", "created_at")
        changed = self._session.execute(update(self.table).where(self.table.c.id == entry.id).values(values))
        if changed.rowcount == 0:
            raise NotFound(f"There is no entry {entry.id} in {self.table.name}.")
        self._tell(entry)
        return entry


def conversations_of(customer_id: str) -> Any:
    """The ids of a customer's conversations, as a subquery."""
    owner = tables.conversations.c.customer_id
    return select(tables.conversations.c.id).where(owner == customer_id).scalar_subquery()
