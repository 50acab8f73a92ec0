"""Erasing, exporting and expiring: what a customer may ask for, and what happens when nobody consented."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.store import tables
from bot.store.errors import NotFound
from bot.store.rows import json_of

_CHUNK = 500
_INTERNAL = ("business_key", "revision")


def erase_conversations(session: Any, ids: Iterable[str]) -> int:
    """Erase conversations with everything that belongs to them or was learned in them; returns how many there were."""
    wanted = list(ids)
    for table in reversed(_entries()):
        session.execute(delete(table).where(table.c.conversation_id.in_(wanted)))
    found = session.execute(delete(tables.conversations).where(tables.conversations.c.id.in_(wanted))).rowcount
    session.execute(delete(tables.assets).where(tables.assets.c.learned_in.in_(wanted)))
    _erase_customers_learned_in(session, wanted)
    return int(found)


def erase_customer(session: Any, customer_id: str) -> bool:
    """Erase a customer, what they own and all their conversations; says whether there was one."""
    mine = tables.conversations.c.customer_id == customer_id
    erase_conversations(session, session.execute(select(tables.conversations.c.id).where(mine)).scalars().all())
    session.execute(delete(tables.assets).where(tables.assets.c.customer_id == customer_id))
    return bool(session.execute(delete(tables.customers).where(tables.customers.c.id == customer_id)).rowcount)


def erase_expired(session: Any, now: datetime) -> int:
    """Erase some of the held conversations whose time has passed; returns how many, 0 when none is left."""
    held = tables.conversations.c.hold_until
    some = select(tables.conversations.c.id).where(held <= now).limit(_CHUNK).with_for_update(skip_locked=True)
    ids = session.execute(some).scalars().all()
    return erase_conversations(session, ids) if ids else 0


def export_conversation(session: Any, conversation_id: str) -> dict[str, Any]:
    """Everything kept of a conversation, as JSON can hold it. Raises `NotFound`."""
    found = _rows(session, tables.conversations, tables.conversations.c.id == conversation_id)
    if not found:
        raise NotFound(f"There is no conversation '{conversation_id[:80]}'. It never was, or it has been erased.")
    entries = {
        table.name: _rows(session, table, table.c.conversation_id == conversation_id, order=table.c.id) for table in _entries()
    }
    return {"conversation": found[0], **entries}


def export_customer(session: Any, customer_id: str) -> dict[str, Any]:
    """Everything kept of a customer, as JSON can hold it. Raises `NotFound`."""
    found = _rows(session, tables.customers, tables.customers.c.id == customer_id)
    if not found:
        raise NotFound(f"There is no customer '{customer_id[:80]}'. It never was, or it has been erased.")
    mine = select(tables.conversations.c.id).where(tables.conversations.c.customer_id == customer_id)
    ids = session.execute(mine.order_by(tables.conversations.c.started_at)).scalars().all()
    return {
        "customer": found[0],
        "assets": _rows(session, tables.assets, tables.assets.c.customer_id == customer_id, order=tables.assets.c.id),
        "conversations": [export_conversation(session, conversation_id) for conversation_id in ids],
    }


def _entries() -> list[Any]:
    return [table for table in tables.metadata.sorted_tables if "conversation_id" in table.c]


def _erase_customers_learned_in(session: Any, ids: list[str]) -> None:
    """A customer known only from these conversations goes with them; one with others is theirs from now on."""
    learned = select(tables.customers.c.id).where(tables.customers.c.learned_in.in_(ids))
    for customer_id in session.execute(learned).scalars().all():
        others = select(tables.conversations.c.id).where(tables.conversations.c.customer_id == customer_id)
        other = session.execute(others.order_by(tables.conversations.c.started_at).limit(1)).scalar()
        if other is None:
            erase_customer(session, customer_id)
        else:
            mine = update(tables.customers).where(tables.customers.c.id == customer_id)
            session.execute(mine.values(learned_in=other))


def _rows(session: Any, table: Any, condition: Any, order: Any = None) -> list[dict[str, Any]]:
    rows = session.execute(select(table).where(condition).order_by(order)).mappings()
    return [json_of({name: value for name, value in row.items() if name not in _INTERNAL}) for row in rows]
