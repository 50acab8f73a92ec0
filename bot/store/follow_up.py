"""What happens after advice: promises, check-ins, expectations, referrals, hand-overs, consents, what was learned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text, update

from bot.store import tables
from bot.store.counting import touch_those
from bot.store.errors import InvalidRecord
from bot.store.ledger import Clock, Ledger, Log, conversations_of
from bot.store.outbox import Event, announce, promise_told
from bot.store.records import (
    CheckIn,
    ClosingAnswer,
    Consent,
    ConsentAnswer,
    Expectation,
    ExpectationState,
    Feedback,
    HandOver,
    HandOverState,
    Json,
    OutcomeCount,
    Promise,
    PromiseState,
    Referral,
)
from bot.store.rows import upsert

_SETTLED = {PromiseState.KEPT: Event.PROMISE_KEPT, PromiseState.BROKEN: Event.PROMISE_BROKEN}
_UNSETTLED = (PromiseState.OPEN.value, PromiseState.LATE.value)


class Promises(Ledger[Promise]):
    """The promise ledger."""

    table, kind = tables.promises, Promise

    def add(self, entry: Promise) -> Promise:
        """Store a new promise, and tell the systems that listen."""
        added = super().add(entry)
        key = f"{Event.PROMISE_MADE.value}:{added.id}"
        announce(self._session, self._clock, Event.PROMISE_MADE, added.conversation_id, key, promise_told(added))
        return added

    def unsettled(self, due_by: date | None = None) -> tuple[Promise, ...]:
        """Promises still open or late (due by that day), of everybody."""
        by_then = [self.table.c.due <= due_by] if due_by else []
        return self._where(self.table.c.state.in_(_UNSETTLED), *by_then)

    def settle(self, promise_id: int, state: PromiseState, evidence: str) -> Promise:
        """Mark a promise kept or broken, or open again, with what shows it. Raises `NotFound`."""
        settled = None if state.value in _UNSETTLED else self._clock()
        after = self.save(replace(self.get(promise_id), state=state, evidence=evidence, settled_at=settled))
        if event := _SETTLED.get(state):
            key = f"{event.value}:{promise_id}:{self._clock().isoformat()}"
            announce(self._session, self._clock, event, after.conversation_id, key, promise_told(after))
        return after

    def remove(self, promise_id: int) -> None:
        """Take out a promise that was noted by mistake; removing it again does nothing."""
        self._session.execute(delete(self.table).where(self.table.c.id == promise_id))

    def mark_late(self, today: date) -> int:
        """Mark open promises whose day has passed as late and return how many there were."""
        passed = (self.table.c.state == PromiseState.OPEN.value, self.table.c.due < today)
        touch_those(self._session, select(self.table.c.conversation_id).where(*passed), self._clock())
        late = update(self.table).where(*passed).values(state=PromiseState.LATE.value)
        return int(self._session.execute(late).rowcount)


class CheckIns(Ledger[CheckIn]):
    """Questions to ask when a promise or advice should have shown its effect."""

    table, kind = tables.check_ins, CheckIn

    def due(self, today: date, *, conversation_id: str = "", customer_id: str = "") -> tuple[CheckIn, ...]:
        """Check-ins due and not answered yet, of one conversation or all of one customer's, oldest first."""
        column = self.table.c.conversation_id
        whose = column.in_(conversations_of(customer_id)) if customer_id else column == conversation_id
        return self._where(whose, self.table.c.due <= today, self.table.c.answered_at.is_(None))

    def asked(self, check_in_id: int) -> CheckIn:
        """Note that the question was asked now. Raises `NotFound`."""
        return self.save(replace(self.get(check_in_id), asked_at=self._clock()))

    def answer(self, check_in_id: int, answer: str, worked: bool | None) -> CheckIn:
        """Note the answer; `worked` is None when it does not say. Raises `NotFound`."""
        found = self.get(check_in_id)
        return self.save(replace(found, answer=answer, worked=worked, answered_at=self._clock()))


class Expectations(Ledger[Expectation]):
    """What customers expected and received."""

    table, kind = tables.expectations, Expectation

    def quality_cases(self) -> tuple[Expectation, ...]:
        """The gaps nobody has resolved yet."""
        return self._where(self.table.c.state == ExpectationState.GAP.value)

    def check(self, expectation_id: int, received: str, met: bool) -> Expectation:
        """Note what was received and whether it met the expectation. Raises `NotFound`."""
        state = ExpectationState.MET if met else ExpectationState.GAP
        return self.save(replace(self.get(expectation_id), received=received, state=state))

    def resolve(self, expectation_id: int, resolution: str) -> Expectation:
        """Close a quality case with what was done about it. Raises `NotFound`."""
        found = self.get(expectation_id)
        return self.save(replace(found, resolution=resolution, state=ExpectationState.RESOLVED))


class Referrals(Ledger[Referral]):
    """Introductions to other vendors."""

    table, kind = tables.referrals, Referral

    def share(self, referral_id: int, shared: Json) -> Referral:
        """Note what was passed on, now. Raises `InvalidRecord` when the customer has not agreed, and `NotFound`."""
        referral = self.get(referral_id)
        if referral.consent is not Consent.GIVEN:
            raise InvalidRecord("Nothing may be shared before the customer agreed: ask, and save the answer first.")
        after = self.save(replace(referral, shared=shared, shared_at=self._clock()))
        told = {"referral": after.id, "vendor": after.vendor_id, "vendor_name": after.vendor_name, "shared": shared}
        key = f"{Event.REFERRAL_CONSENTED.value}:{after.id}"
        announce(self._session, self._clock, Event.REFERRAL_CONSENTED, after.conversation_id, key, told)
        return after


class HandOvers(Ledger[HandOver]):
    """Conversations passed to a person."""

    table, kind = tables.hand_overs, HandOver

    def add(self, entry: HandOver) -> HandOver:
        """Store a new hand-over, and tell the systems that listen."""
        added = super().add(entry)
        told = {"hand_over": added.id, "to": added.to_whom, "reason": added.reason, "contact": added.contact}
        key = f"{Event.HAND_OVER_WAITING.value}:{added.id}"
        announce(self._session, self._clock, Event.HAND_OVER_WAITING, added.conversation_id, key, told)
        return added

    def waiting(self) -> tuple[HandOver, ...]:
        """Those nobody has taken yet, oldest first."""
        return self._where(self.table.c.state == HandOverState.WAITING.value)

    def take(self, hand_over_id: int, by: str) -> HandOver:
        """Note that a person has taken it. Raises `NotFound`."""
        found = self.get(hand_over_id)
        return self.save(replace(found, to_whom=by, state=HandOverState.TAKEN, taken_at=self._clock()))

    def close(self, hand_over_id: int) -> HandOver:
        """Note that it is done. Raises `NotFound`."""
        found = self.get(hand_over_id)
        return self.save(replace(found, state=HandOverState.CLOSED, closed_at=self._clock()))


class Consents(Log[ConsentAnswer]):
    """The consent log."""

    table, kind = tables.consents, ConsentAnswer

    def last(self, conversation_id: str, topic: str) -> ConsentAnswer | None:
        """The last answer on that topic, or None if it was never asked."""
        answers = [entry for entry in self.of_conversation(conversation_id) if entry.topic == topic]
        return answers[-1] if answers else None


class FeedbackLog(Log[Feedback]):
    """What people thought of conversations."""

    table, kind = tables.feedback, Feedback


class ClosingAnswers(Log[ClosingAnswer]):
    """What served customers would miss."""

    table, kind = tables.closing_answers, ClosingAnswer


class Outcomes:
    """How often each remedy worked for each cause. Names nobody, so it outlives the conversations it came from."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._table = tables.outcomes

    def add(self, catalogue_id: str, remedy_id: str, cause_id: str, worked: bool) -> None:
        """Count one outcome; `cause_id` is "" when the cause was not known."""
        row = {"catalogue_id": catalogue_id, "remedy_id": remedy_id, "cause_id": cause_id}
        counts = {"worked": int(worked), "failed": int(not worked)}
        added = {name: self._table.c[name] + count for name, count in counts.items()}
        insert = upsert(self._session, self._table).values(**row, **counts)
        self._session.execute(insert.on_conflict_do_update(index_elements=list(row), set_=added))

    def of_catalogue(self, catalogue_id: str) -> tuple[OutcomeCount, ...]:
        """All counts of a catalogue, by remedy and cause."""
        mine = select(self._table).where(self._table.c.catalogue_id == catalogue_id)
        ordered = mine.order_by(self._table.c.remedy_id, self._table.c.cause_id)
        return tuple(OutcomeCount(*row) for row in self._session.execute(ordered))


_ADD = text(
    "INSERT INTO counters (day, name, count) VALUES (:day, :name, :count) "
    "ON CONFLICT (day, name) DO UPDATE SET count = counters.count + excluded.count"
).bindparams(bindparam("day", type_=tables.counters.c.day.type))
"""The same on SQLite and PostgreSQL; written out, as every turn counts and building it would cost more than running it."""


class Counters:
    """How often something happened on a day: all that a conversation without consent leaves behind."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._table = tables.counters

    def add(self, name: str, count: int = 1) -> None:
        """Add to today's count."""
        self._session.execute(_ADD, {"day": self._clock().date(), "name": name, "count": count})

    def totals(self, since: date | None = None) -> dict[str, int]:
        """Counts by name, summed over the days since then (or all)."""
        days = select(self._table.c.name, func.sum(self._table.c.count)).group_by(self._table.c.name)
        rows = self._session.execute(days.where(self._table.c.day >= since) if since else days)
        return {name: int(total) for name, total in rows}

    def by_day(self, name: str) -> dict[date, int]:
        """The counts of one name, by day."""
        mine = select(self._table.c.day, self._table.c.count).where(self._table.c.name == name)
        return dict(self._session.execute(mine.order_by(self._table.c.day)).all())
