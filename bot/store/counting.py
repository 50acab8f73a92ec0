"""Counting what conversations tell: a queue of those in which something happened, and sums that a conversation adds to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import literal, select

from bot.store import tables
from bot.store.rows import upsert
from bot.store.score_tables import learned, scores, to_learn

Fact = tuple[str, str, str, float]
"""Topic, name, other and an amount (0 where there is none): one thing found in one conversation."""

TELLING = (
    tables.promises,
    tables.check_ins,
    tables.expectations,
    tables.referrals,
    tables.hand_overs,
    tables.feedback,
)
"""Entries that say what came of a conversation, whenever they come."""


MARKS = {
    "need_attribute": "matters",
    "cause": "cause",
    "advised": "advised",
    "accepted": "agreed",
    "turned_down": "turned_down",
    "outcome": "worked",
    "ended": "ended",
    "gave_up": "gave_up",
    "referral": "vendor",
    "referral_answer": "introduction",
    "promise": "promise",
    "expectation": "expectation",
    "asked_product": "asked_product",
    "avoided": "avoided",
    "feedback": "feedback",
}
"""The topics whose facts a conversation can be found by, and the name of the filter."""


def marks_of(facts: Iterable[Fact]) -> tuple[str, ...]:
    """What a conversation with these facts can be found by: `filter:name` and `filter:name=other`."""
    found: dict[str, None] = {}
    for topic, name, other, _ in facts:
        if topic in MARKS:
            found[f"{MARKS[topic]}:{name}"[:200]] = None
            if other:
                found[f"{MARKS[topic]}:{name}={other}"[:200]] = None
    return tuple(found)


def touch(session: Any, conversation_id: str, now: datetime) -> None:
    """Queue a conversation, or let it wait anew from now."""
    queued = upsert(session, to_learn).values(conversation_id=conversation_id, since=now)
    later = queued.on_conflict_do_update(index_elements=["conversation_id"], set_={"since": queued.excluded.since})
    session.execute(later)


def touch_those(session: Any, ids: Any, now: datetime) -> None:
    """Queue the conversations that a query finds; it must have a condition."""
    found = ids.distinct().subquery()
    every = select(found.c.conversation_id, literal(now, to_learn.c.since.type)).where(literal(1) == 1)
    queued = upsert(session, to_learn).from_select(["conversation_id", "since"], every)
    session.execute(queued.on_conflict_do_update(index_elements=["conversation_id"], set_={"since": now}))


def change(session: Any, place: tuple[bool, str, date], before: Iterable[Fact], after: Iterable[Fact]) -> None:
    """Add what is new to the counts and take away what no longer holds."""
    simulated, catalogue_id, month = place
    sums: dict[tuple[str, str, str], tuple[int, float]] = {}
    for sign, facts in ((-1, before), (1, after)):
        for topic, name, other, amount in facts:
            count, total = sums.get((topic, name, other), (0, 0.0))
            sums[topic, name, other] = (count + sign, total + sign * amount)
    key = {"simulated": simulated, "catalogue_id": catalogue_id, "month": month}
    rows = [
        {**key, "topic": topic, "name": name[:255], "other": other[:255], "count": count, "amount": amount}
        for (topic, name, other), (count, amount) in sorted(sums.items())
        if count or amount
    ]
    if rows:
        _add(session, rows)


def _add(session: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add to the counts by one statement for all rows: making a statement costs more than running it."""
    adding = upsert(session, learned)
    more = {name: learned.c[name] + adding.excluded[name] for name in ("count", "amount")}
    key = [column.name for column in learned.primary_key]
    session.execute(adding.on_conflict_do_update(index_elements=key, set_=more), rows)


def forget(session: Any, conversation_ids: Sequence[str]) -> None:
    """Take what these conversations gave out of the counts, before they are erased."""
    row = scores.c
    mine = select(row.simulated, row.catalogue_id, row.month, row.facts).where(row.conversation_id.in_(conversation_ids))
    for simulated, catalogue_id, month, facts in session.execute(mine).all():
        change(session, (simulated, catalogue_id, month), [tuple(fact) for fact in facts], ())
