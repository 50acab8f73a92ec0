"""What happens after a simulated conversation: feedback, promises kept and broken, hand-overs taken, quality cases closed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone

from bot.advice.moves import MoveKind
from bot.simulation.demo.visits import Manner, Visit
from bot.store import Store, Work, records

Later = Callable[[datetime, Callable[[], None]], None]
"""Does something at a time to come, if that time comes before the demonstration ends."""

RETURNS = 0.85
"""The share of known customers who come back when a check-in is due."""

SETTLED = 0.88
"""The share of promises that somebody marks as kept or broken without a check-in."""

_MISSED = "Simulated: nobody did it in time."
_DONE = "Simulated: done, the customer confirmed it."
_LIKED = ("quick, and no sales talk", "glad I asked before buying", "", "", "clear")
_DISLIKED = ("too many questions", "I still don't have my answer", "", "I only wanted a price", "felt like a form")


def after(store: Store, sender: str, visit: Visit, turns: list[records.Turn], later: Later, returns: Callable[[], None]) -> None:
    """Leave feedback now, and arrange what follows later; `returns` is the customer's coming back for a check-in."""
    chance = random.Random(f"after {sender}")
    with store.begin() as work:
        _feedback(work, chance, sender, visit, turns)
        promises = work.promises.of_conversation(sender)
        check_ins = work.check_ins.of_conversation(sender)
        hand_overs = work.hand_overs.of_conversation(sender)
    coming = bool(check_ins and visit.customer) and chance.random() < RETURNS
    asked = {one.promise_id for one in check_ins} if coming else set()
    if coming:
        later(_on(check_ins[-1].due, chance), returns)
    for promise in promises:
        if promise.due and promise.id not in asked and chance.random() < SETTLED:
            later(_on(promise.due, chance), _settling(store, promise.id, kept=chance.random() < 0.86))
    for hand_over in hand_overs:
        if chance.random() < 0.8:
            later(turns[-1].created_at + timedelta(hours=chance.uniform(0.2, 30)), _taking(store, hand_over.id, chance))


def resolved(store: Store, sender: str, later: Later, now: datetime) -> None:
    """Somebody looks into the gaps a check-in found, in half of the cases."""
    chance = random.Random(f"gap {sender}")
    with store.read() as work:
        gaps = [one.id for one in work.expectations.of_conversation(sender) if one.state is records.ExpectationState.GAP]
    for gap in gaps:
        if chance.random() < 0.5:
            later(now + timedelta(days=chance.uniform(1, 9)), _resolving(store, gap))


def mark_late(store: Store, senders: list[str], today: date) -> None:
    """Promises of these conversations whose day has passed unsettled are late."""
    with store.begin() as work:
        for sender in senders:
            for promise in work.promises.of_conversation(sender):
                if promise.state is records.PromiseState.OPEN and promise.due and promise.due < today:
                    work.promises.settle(promise.id, records.PromiseState.LATE, "")


def _feedback(work: Work, chance: random.Random, sender: str, visit: Visit, turns: list[records.Turn]) -> None:
    if chance.random() > 0.4:
        return
    kinds = {turn.move.get("kind") for turn in turns}
    served = MoveKind.PROMISE.value in kinds or MoveKind.INTRODUCED.value in kinds
    unhappy = visit.manner in (Manner.ABANDONS, Manner.INSISTS, Manner.UNCLEAR)
    good = chance.random() < (0.9 if served and not unhappy else 0.3)
    text = chance.choice(_LIKED if good else _DISLIKED)
    work.feedback.add(
        records.Feedback(conversation_id=sender, seq=turns[-1].seq, rating=1 if good else -1, text=text, by="customer")
    )


def _settling(store: Store, promise: int, kept: bool) -> Callable[[], None]:
    def settle() -> None:
        state = records.PromiseState.KEPT if kept else records.PromiseState.BROKEN
        with store.begin() as work:
            work.promises.settle(promise, state, _DONE if kept else _MISSED)

    return settle


def _taking(store: Store, hand_over: int, chance: random.Random) -> Callable[[], None]:
    def take() -> None:
        with store.begin() as work:
            work.hand_overs.take(hand_over, "Simulated colleague")
            if chance.random() < 0.75:
                work.hand_overs.close(hand_over)

    return take


def _resolving(store: Store, gap: int) -> Callable[[], None]:
    def resolve() -> None:
        with store.begin() as work:
            work.expectations.resolve(gap, "Simulated: we went there, found the cause and put it right.")

    return resolve


def _on(day: date, chance: random.Random) -> datetime:
    at = datetime.combine(day, time(9), timezone.utc)
    return at + timedelta(days=chance.choice((0, 0, 0, 1, 1, 2, 4)), minutes=chance.randrange(0, 9 * 60))
