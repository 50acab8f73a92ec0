"""A rep's day: what is due, who waits, what did not arrive as expected, and what was learned, of the customers they see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select

from bot.store.access import Sight, seen
from bot.store.access_tables import keepers
from bot.store.calls import calls
from bot.store.ledger import Clock
from bot.store.records import (
    Asset,
    CheckIn,
    ClosingAnswer,
    Conversation,
    Customer,
    Entry,
    Expectation,
    ExpectationState,
    HandOver,
    HandOverState,
    Promise,
    PromiseState,
    Referral,
)
from bot.store.rows import record_of
from bot.store.tables import (
    assets,
    check_ins,
    closing_answers,
    conversations,
    customers,
    expectations,
    hand_overs,
    promises,
    referrals,
)


@dataclass(frozen=True)
class Whose:
    """Whose affairs are asked for: those somebody sees, or with `mine` those of customers they keep and of their calls.

    `rep` is the name they sign in with, under which their calls are kept.
    """

    sight: Sight
    mine: bool = False
    rep: str = ""


@dataclass(frozen=True)
class Due:
    """Something to see to: a record, the customer it is about (None for an unknown one), and what they expected."""

    record: Any
    customer: Customer | None
    expected: str = ""


class Day:
    """What a rep has to see to, in pages: `after` is the sort key of the last one seen."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def promises(self, whose: Whose, due_by: date, *, limit: int = 50, after: tuple[date, int] | None = None) -> tuple[Due, ...]:
        """Promises open or late that are due by that day, the oldest due first, each with what the customer expected."""
        open_ones = promises.c.state.in_((PromiseState.OPEN.value, PromiseState.LATE.value))
        found = self._list(Promise, promises, whose, open_ones, promises.c.due <= due_by, *_later(promises, after))
        rows = self._rows(Promise, promises, found.order_by(promises.c.due, promises.c.id).limit(limit))
        return self._with_expected(rows, lambda promise: promise.id)

    def check_ins(self, whose: Whose, due_by: date, *, limit: int = 50, after: tuple[date, int] | None = None) -> tuple[Due, ...]:
        """Check-ins due by that day and not answered, the oldest due first, each with what the customer expected."""
        unanswered = check_ins.c.answered_at.is_(None)
        found = self._list(CheckIn, check_ins, whose, unanswered, check_ins.c.due <= due_by, *_later(check_ins, after))
        rows = self._rows(CheckIn, check_ins, found.order_by(check_ins.c.due, check_ins.c.id).limit(limit))
        return self._with_expected(rows, lambda check_in: check_in.promise_id)

    def hand_overs(self, whose: Whose, *, limit: int = 50, after: int = 0) -> tuple[Due, ...]:
        """Customers who wait for a person, and those somebody has taken, the longest waiting first."""
        open_ones = hand_overs.c.state.in_((HandOverState.WAITING.value, HandOverState.TAKEN.value))
        found = self._list(HandOver, hand_overs, whose, open_ones, hand_overs.c.id > after)
        return self._rows(HandOver, hand_overs, found.order_by(hand_overs.c.id).limit(limit))

    def gaps(self, whose: Whose, *, limit: int = 50, after: int = 0) -> tuple[Due, ...]:
        """Expectations that were not met and not made good yet, oldest first."""
        gap = expectations.c.state == ExpectationState.GAP.value
        found = self._list(Expectation, expectations, whose, gap, expectations.c.id > after)
        return self._rows(Expectation, expectations, found.order_by(expectations.c.id).limit(limit))

    def learned(self, whose: Whose, since: datetime, limit: int = 30) -> tuple[Due, ...]:
        """What customers told us of what they own, and what they would miss, since then, newest first."""
        told = select(assets, customers).join(customers, customers.c.id == assets.c.customer_id)
        told = told.where(assets.c.source.in_(("customer", "rep")), assets.c.created_at >= since, *_of(whose, assets.c.customer_id))
        owned = self._rows(Asset, assets, told.order_by(assets.c.created_at.desc()).limit(limit))
        wished = self._list(ClosingAnswer, closing_answers, whose, closing_answers.c.created_at >= since)
        missed = self._rows(ClosingAnswer, closing_answers, wished.order_by(closing_answers.c.created_at.desc()).limit(limit))
        both = sorted((*owned, *missed), key=lambda due: due.record.created_at, reverse=True)
        return tuple(both[:limit])

    def conversations(self, whose: Whose, since: datetime, limit: int = 500) -> tuple[Conversation, ...]:
        """The conversations active since then, with their dossiers, the last active first."""
        found = select(conversations).where(
            conversations.c.last_active_at >= since, *_of(whose, conversations.c.customer_id, conversations.c.id)
        )
        rows = self._session.execute(found.order_by(conversations.c.last_active_at.desc(), conversations.c.id).limit(limit))
        return tuple(record_of(Conversation, row) for row in rows)

    def settled(self, ids: Iterable[str]) -> tuple[Promise, ...]:
        """The promises kept or broken of those conversations."""
        over = promises.c.state.in_((PromiseState.KEPT.value, PromiseState.BROKEN.value))
        return self._of(Promise, promises, ids, over)

    def referred(self, ids: Iterable[str]) -> tuple[Referral, ...]:
        """The referrals of those conversations that were shared."""
        return self._of(Referral, referrals, ids, referrals.c.shared_at.is_not(None))

    def answered(self, ids: Iterable[str]) -> tuple[CheckIn, ...]:
        """The check-ins of those conversations that were answered."""
        return self._of(CheckIn, check_ins, ids, check_ins.c.answered_at.is_not(None))

    def _of(self, kind: Any, table: Any, ids: Iterable[str], condition: Any) -> tuple[Any, ...]:
        wanted, found = list(ids), []
        for start in range(0, len(wanted), 500):
            some = table.c.conversation_id.in_(wanted[start : start + 500])
            found += [record_of(kind, row) for row in self._session.execute(select(table).where(some, condition))]
        return tuple(found)

    def _list(self, kind: type[Entry], table: Any, whose: Whose, *conditions: Any) -> Any:
        joined = select(table, customers).join(conversations, conversations.c.id == table.c.conversation_id)
        joined = joined.outerjoin(customers, customers.c.id == conversations.c.customer_id)
        return joined.where(*conditions, *_of(whose, conversations.c.customer_id, conversations.c.id))

    def _rows(self, kind: Any, table: Any, found: Any) -> tuple[Due, ...]:
        width, due = len(table.c), []
        for row in self._session.execute(found):
            record = record_of(kind, _Named(table, row[:width]))
            customer = record_of(Customer, _Named(customers, row[width:])) if row[width] is not None else None
            due.append(Due(record, customer))
        return tuple(due)

    def _with_expected(self, rows: tuple[Due, ...], promise_of: Any) -> tuple[Due, ...]:
        wanted = [promise_of(due.record) for due in rows]
        found = select(expectations.c.promise_id, expectations.c.expected).where(expectations.c.promise_id.in_(wanted))
        expected = dict(self._session.execute(found).all()) if rows else {}
        return tuple(Due(due.record, due.customer, expected.get(promise_of(due.record), "")) for due in rows)


class _Named:
    """A row whose values are reached by the names of a table's columns, where two tables share names."""

    def __init__(self, table: Any, values: Any) -> None:
        self.__dict__.update(zip(table.c.keys(), values, strict=True))


def _later(table: Any, after: tuple[date, int] | None) -> tuple[Any, ...]:
    if after is None:
        return ()
    day, last = after
    return (or_(table.c.due > day, and_(table.c.due == day, table.c.id > last)),)


def _of(whose: Whose, customer: Any, conversation: Any = None) -> tuple[Any, ...]:
    if not whose.mine:
        return (seen(whose.sight, customer),)
    kept = customer.in_(select(keepers.c.customer_id).where(keepers.c.user_id == whose.sight.user_id))
    if conversation is None:
        return (kept,)
    return (or_(kept, conversation.in_(select(calls.c.conversation_id).where(calls.c.rep == whose.rep))),)
