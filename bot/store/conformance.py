"""What arrived against what was expected: the one place where an answer settles check-in, promise, outcome and expectation."""

from __future__ import annotations

from typing import Any

from bot.store.records import CheckIn, Promise, PromiseState


def check_in_answered(work: Any, check_in_id: int, quote: str, worked: bool | None, catalogue_id: str) -> CheckIn:
    """Record a check-in's answer in the customer's words; when it says whether it worked, the promise is settled with it.

    `worked` is None when the words do not say: then the promise stays open. Raises `NotFound`.
    """
    check_in: CheckIn = work.check_ins.answer(check_in_id, quote, worked)
    if worked is not None and check_in.promise_id is not None:
        promise_settled(work, check_in.promise_id, quote, worked, catalogue_id)
    return check_in


def promise_settled(work: Any, promise_id: int, quote: str, kept: bool, catalogue_id: str) -> Promise:
    """Mark a promise kept or broken with the customer's words; remedies learn from it, an expectation not met is a gap.

    Raises `NotFound`.
    """
    state = PromiseState.KEPT if kept else PromiseState.BROKEN
    promise: Promise = work.promises.settle(promise_id, state, quote)
    if promise.remedy_id and promise.check_in_question:
        work.outcomes.add(catalogue_id, promise.remedy_id, promise.cause_id or "", kept)
    for expectation in work.expectations.of_conversation(promise.conversation_id):
        if expectation.promise_id == promise.id:
            work.expectations.check(expectation.id, quote, kept)
    return promise
