"""What happens after advice: promises, check-ins, expectations, referrals, hand-overs, consents, counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.store import InvalidRecord, NotFound, Store
from bot.store.records import (
    CheckIn,
    ClosingAnswer,
    Consent,
    ConsentAnswer,
    Customer,
    Expectation,
    ExpectationState,
    Feedback,
    HandOver,
    HandOverState,
    OutcomeCount,
    Promise,
    PromiseState,
    Referral,
)
from tests.store.samples import started

DUE = date(2025, 6, 5)


def _promise(**fields: Any) -> Promise:
    return Promise(**{"conversation_id": "guest", "owner": "our trainer", "what": "show the programme", "due": DUE, **fields})


def test_a_promise_is_kept_with_evidence(store: Store, clock: Any) -> None:
    """A promise comes back as given, and is settled with what shows it and when."""
    started(store)
    with store.begin() as work:
        promise = work.promises.add(_promise(remedy_id="shorter-programme", cause_id="wrong-programme", concern="c1"))
        assert work.promises.of_conversation("guest") == (promise,)
        assert work.promises.unsettled() == (promise,)
        kept = work.promises.settle(promise.id, PromiseState.KEPT, "the customer confirmed")
        assert kept == replace(promise, state=PromiseState.KEPT, evidence="the customer confirmed", settled_at=clock.now)
        assert work.promises.get(promise.id) == kept
        assert work.promises.unsettled() == ()


def test_an_open_promise_becomes_late_the_day_after(store: Store) -> None:
    """Late means the day has passed; settled promises and those without a day stay as they are."""
    started(store)
    with store.begin() as work:
        late = work.promises.add(_promise())
        others = [_promise(due=None), _promise(due=date(2025, 7, 1)), _promise(state=PromiseState.KEPT)]
        stored = [work.promises.add(promise) for promise in others]
        assert work.promises.mark_late(DUE) == 0
        assert work.promises.mark_late(date(2025, 6, 6)) == 1
        assert work.promises.get(late.id).state is PromiseState.LATE
        assert [work.promises.get(promise.id) for promise in stored] == stored
        assert [promise.id for promise in work.promises.unsettled(due_by=DUE)] == [late.id]


def test_a_check_in_is_asked_on_the_next_visit_until_answered(store: Store, clock: Any) -> None:
    """From its day on a check-in is due, in its own conversation and in any other of the same customer."""
    with store.begin() as work:
        customer = work.customers.add(Customer(name="Hotel"))
    started(store, customer_id=customer.id)
    with store.begin() as work:
        check_in = work.check_ins.add(CheckIn(conversation_id="guest", due=DUE, question="Is the shelf full at noon?"))
        assert work.check_ins.due(date(2025, 6, 4), conversation_id="guest") == ()
        assert work.check_ins.due(DUE, conversation_id="guest") == (check_in,)
        assert work.check_ins.due(DUE, customer_id=customer.id) == (check_in,)
        assert work.check_ins.due(DUE, conversation_id="another") == ()
        assert work.check_ins.asked(check_in.id).asked_at == clock.now
        answered = work.check_ins.answer(check_in.id, "yes, every day", worked=True)
        assert answered.worked is True
        assert work.check_ins.due(DUE, customer_id=customer.id) == ()


def test_a_gap_is_a_quality_case_until_resolved(store: Store) -> None:
    """Expected and received are compared; a gap is listed until something was done about it."""
    started(store)
    with store.begin() as work:
        met, gap = (work.expectations.add(Expectation(conversation_id="guest", expected=text)) for text in ("full", "polite"))
        assert work.expectations.check(met.id, "full", met=True).state is ExpectationState.MET
        case = work.expectations.check(gap.id, "a rude call", met=False)
        assert work.expectations.quality_cases() == (case,)
        assert work.expectations.resolve(gap.id, "called to apologise").state is ExpectationState.RESOLVED
        assert work.expectations.quality_cases() == ()


def test_nothing_is_shared_before_consent(store: Store, clock: Any) -> None:
    """A referral is shared only after the customer agreed, and what was shared is on record."""
    started(store)
    with store.begin() as work:
        referral = work.referrals.add(Referral(conversation_id="guest", vendor_id="dry", vendor_name="Dry", reason="r"))
        for consent in (Consent.UNASKED, Consent.PENDING, Consent.REFUSED):
            work.referrals.save(replace(referral, consent=consent))
            with pytest.raises(InvalidRecord, match="before the customer agreed"):
                work.referrals.share(referral.id, {"name": "Hotel"})
        work.referrals.save(replace(referral, consent=Consent.GIVEN, introduction="Please meet…"))
        shared = work.referrals.share(referral.id, {"name": "Hotel"})
        assert (shared.shared, shared.shared_at) == ({"name": "Hotel"}, clock.now)
        assert work.referrals.get(referral.id) == shared


def test_a_hand_over_waits_for_a_person(store: Store) -> None:
    """A hand-over with its dossier is listed until somebody takes it, and can be closed."""
    started(store)
    with store.begin() as work:
        hand_over = work.hand_overs.add(
            HandOver(conversation_id="guest", to_whom="sales", reason="asked for a person", dossier={"need": "towels"})
        )
        assert work.hand_overs.waiting() == (hand_over,)
        assert work.hand_overs.take(hand_over.id, "Ada").to_whom == "Ada"
        assert work.hand_overs.waiting() == ()
        assert work.hand_overs.close(hand_over.id).state is HandOverState.CLOSED


def test_the_consent_log_only_grows(store: Store) -> None:
    """Every question and answer stays in the log; the last one counts; there is no way to change one."""
    started(store)
    with store.begin() as work:
        for answer in (Consent.REFUSED, Consent.GIVEN):
            work.consents.add(ConsentAnswer(conversation_id="guest", topic="recording", asked="May I?", answer=answer))
        assert [entry.answer for entry in work.consents.of_conversation("guest")] == [Consent.REFUSED, Consent.GIVEN]
        last = work.consents.last("guest", "recording")
        assert last is not None
        assert last.answer is Consent.GIVEN
        assert work.consents.last("guest", "referral") is None
        assert not hasattr(work.consents, "save")


def test_feedback_and_closing_answers_are_kept(store: Store) -> None:
    """What people thought, and would miss, comes back in order, by conversation and by customer."""
    with store.begin() as work:
        customer = work.customers.add(Customer(name="Hotel"))
    started(store, customer_id=customer.id)
    with store.begin() as work:
        first = work.feedback.add(Feedback(conversation_id="guest", seq=3, rating=-1, text="too long", by="customer"))
        answer = work.closing_answers.add(ClosingAnswer(conversation_id="guest", question="?", answer="the trainer"))
        assert work.feedback.of_conversation("guest") == (first,)
        assert work.closing_answers.of_customer(customer.id) == (answer,)


def test_an_entry_that_is_not_there_is_an_error(store: Store) -> None:
    """Asking for, or changing, an entry that was erased says so."""
    with store.begin() as work:
        with pytest.raises(NotFound, match="no entry 7 in promises"):
            work.promises.get(7)
        with pytest.raises(NotFound):
            work.promises.save(_promise(id=7))


def test_an_entry_needs_its_conversation(store: Store) -> None:
    """Nothing can be promised in a conversation that does not exist."""
    with pytest.raises(InvalidRecord, match="breaks a rule"), store.begin() as work:
        work.promises.add(_promise())


def test_outcomes_are_counted_by_remedy_and_cause(store: Store) -> None:
    """Whether a remedy worked is counted for its cause, per catalogue, and names nobody."""
    with store.begin() as work:
        for worked in (True, True, False):
            work.outcomes.add("laundry", "descale", "scale", worked)
        work.outcomes.add("laundry", "descale", "", True)
        work.outcomes.add("steel", "descale", "scale", False)
        assert work.outcomes.of_catalogue("laundry") == (
            OutcomeCount("laundry", "descale", "", 1, 0),
            OutcomeCount("laundry", "descale", "scale", 2, 1),
        )


def test_counts_add_up_by_day(store: Store, clock: Any) -> None:
    """Counts are kept by day and name, and summed over days."""
    with store.begin() as work:
        work.counters.add("turns")
        work.counters.add("turns", 2)
        clock.pass_minutes(24 * 60)
        work.counters.add("turns")
        work.counters.add("greetings")
        assert work.counters.totals() == {"turns": 4, "greetings": 1}
        assert work.counters.totals(since=date(2025, 5, 2)) == {"turns": 1, "greetings": 1}
        assert work.counters.by_day("turns") == {date(2025, 5, 1): 3, date(2025, 5, 2): 1}
