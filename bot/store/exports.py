"""Rows of calls, promises and referrals as other programs take them, in pages, of the customers somebody sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select, tuple_

from bot.store.access import Sight, seen
from bot.store.calls import calls
from bot.store.rows import json_of
from bot.store.tables import conversations, customers, promises, referrals

KINDS = ("calls", "promises", "referrals")
"""What can be taken out."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "promises": ("id", "conversation_id", "owner", "what", "due", "state", "evidence", "remedy_id", "settled_at", "created_at"),
    "referrals": ("id", "conversation_id", "vendor_id", "vendor_name", "reason", "consent", "shared_at", "created_at"),
    "calls": ("conversation_id", "rep", "from_chat", "created_at", "ended_at"),
}


class Exports:
    """Records by kind, oldest first; `after` is the `id` of the last row seen. Only what customers allowed to be kept."""

    def __init__(self, session: Any, clock: Callable[[], Any]) -> None:
        self._session = session

    def page(self, kind: str, sight: Sight, *, after: str = "", limit: int = 500) -> list[dict[str, Any]]:
        """Rows with `id` first and the company's number of the customer last. Raises `ValueError` for an `after` that is none."""
        table = {"promises": promises, "referrals": referrals, "calls": calls}[kind]
        columns = [table.c[name] for name in _COLUMNS[kind]]
        found = (
            select(*columns, customers.c.external_id.label("customer"))
            .join(conversations, conversations.c.id == table.c.conversation_id)
            .outerjoin(customers, customers.c.id == conversations.c.customer_id)
            .where(conversations.c.hold_until.is_(None), seen(sight, conversations.c.customer_id))
        )
        ordered = self._calls(found, after) if kind == "calls" else self._entries(found, table, after)
        rows = self._session.execute(ordered.limit(limit)).mappings()
        return [{"id": row["conversation_id"], **json_of(row)} if kind == "calls" else json_of(row) for row in rows]

    def _entries(self, found: Any, table: Any, after: str) -> Any:
        later = found.where(table.c.id > int(after)) if after else found
        return later.order_by(table.c.id)

    def _calls(self, found: Any, after: str) -> Any:
        key = (calls.c.created_at, calls.c.conversation_id)
        if after:
            last = self._session.execute(select(*key).where(calls.c.conversation_id == after)).first()
            if last is None:
                raise ValueError(after)
            found = found.where(tuple_(*key) > tuple(last))
        return found.order_by(*key)
