"""Erasing, exporting and expiring: what a customer may ask for, and what happens when nobody consented."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.store import tables
from bot.store.access_tables import audit_log
from bot.store.calls import calls
from bot.store.counting import forget
from bot.store.errors import NotFound
from bot.store.rows import json_of

_CHUNK = 500
_INTERNAL = ("business_key", "revision")


def erase_conversations(session: Any, ids: Iterable[str]) -> int:
    """Erase conversations with everything that belongs to them or was learned in them; returns how many there were."""
    wanted = _with_calls(session, list(ids))
    forget(session, wanted)
    for table in reversed(_entries()):
        session.execute(delete(table).where(table.c.conversation_id.in_(wanted)))
    found = session.execute(delete(tables.conversations).where(tables.conversations.c.id.in_(wanted))).rowcount
    _unnamed(session, "conversation", wanted)
    session.execute(delete(tables.assets).where(tables.assets.c.learned_in.in_(wanted)))
    _erase_customers_learned_in(session, wanted)
    return int(found)


def erase_customer(session: Any, customer_id: str) -> bool:
    """Erase a customer, what they own and all their conversations; says whether there was one."""
    mine = tables.conversations.c.customer_id == customer_id
    erase_conversations(session, session.execute(select(tables.conversations.c.id).where(mine)).scalars().all())
    for table in reversed(_of_customers()):
        session.execute(delete(table).where(table.c.customer_id == customer_id))
    _unnamed(session, "customer", [customer_id])
    return bool(session.execute(delete(tables.customers).where(tables.customers.c.id == customer_id)).rowcount)


def erase_expired(session: Any, now: datetime) -> int:
    """Erase some of the held conversations whose time has passed; returns how many, 0 when none is left."""
    held = tables.conversations.c.hold_until
    some = select(tables.conversations.c.id).where(held <= now).limit(_CHUNK).with_for_update(skip_locked=True)
    ids = session.execute(some).scalars().all()
    return erase_conversations(session, ids) if ids else 0


def erase_older(session: Any, before: datetime) -> int:
    """Erase some of the conversations without a message since then; returns how many, 0 when none is left."""
    last = tables.conversations.c.last_active_at
    some = select(tables.conversations.c.id).where(last < before).order_by(last).limit(_CHUNK).with_for_update(skip_locked=True)
    ids = session.execute(some).scalars().all()
    return erase_conversations(session, ids) if ids else 0


def export_conversation(session: Any, conversation_id: str) -> dict[str, Any]:
    """Everything kept of a conversation, as JSON can hold it. Raises `NotFound`."""
    found = _rows(session, tables.conversations, tables.conversations.c.id == conversation_id)
    if not found:
        raise NotFound(f"There is no conversation '{conversation_id[:80]}'. It never was, or it has been erased.")
    entries = {
        table.name: _rows(session, table, table.c.conversation_id == conversation_id, order=_order(table))
        for table in _entries()
        if not table.info.get("internal")
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


def _with_calls(session: Any, ids: list[str]) -> list[str]:
    """The conversations and the calls that took them up: a call holds what was said in the chat it began with."""
    taken_up = session.execute(select(calls.c.conversation_id).where(calls.c.from_chat.in_(ids))).scalars().all()
    return list(dict.fromkeys((*ids, *taken_up)))


def _entries() -> list[Any]:
    return [table for table in tables.metadata.sorted_tables if "conversation_id" in table.c]


def _of_customers() -> list[Any]:
    others = (tables.conversations, *_entries())
    return [table for table in tables.metadata.sorted_tables if "customer_id" in table.c and table not in others]


def _unnamed(session: Any, kind: str, ids: list[str]) -> None:
    """The audit log keeps who did what and when; what it was done on is no longer named."""
    lines = update(audit_log).where(audit_log.c.kind == kind, audit_log.c.subject.in_(ids))
    session.execute(lines.values(subject="(erased)"))


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


def _order(table: Any) -> Any:
    return table.c.id if "id" in table.c else table.c.conversation_id


def _rows(session: Any, table: Any, condition: Any, order: Any = None) -> list[dict[str, Any]]:
    rows = session.execute(select(table).where(condition).order_by(order)).mappings()
    return [json_of({name: value for name, value in row.items() if name not in _INTERNAL}) for row in rows]
