"""The facts one conversation gives to the counts: what was needed, what is breaking, what was advised, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.advice.catalogue import Catalogue, Rung
from bot.advice.moves import MoveKind
from bot.store import Work, records
from bot.store.learned import Fact

LIKELY = 0.5
"""A cause counts as found when it was at least this probable in the end."""

_ENDED = {
    MoveKind.PROMISE.value,
    MoveKind.INTRODUCED.value,
    MoveKind.NOT_INTRODUCED.value,
    MoveKind.HAND_OVER.value,
    MoveKind.FAREWELL.value,
    MoveKind.ASK_MISSED.value,
    MoveKind.ANYTHING_ELSE.value,
}


@dataclass(frozen=True)
class Told:
    """A conversation with all that belongs to it."""

    conversation: records.Conversation
    turns: tuple[records.Turn, ...]
    promises: tuple[records.Promise, ...]
    check_ins: tuple[records.CheckIn, ...]
    expectations: tuple[records.Expectation, ...]
    referrals: tuple[records.Referral, ...]
    hand_overs: tuple[records.HandOver, ...]
    feedback: tuple[records.Feedback, ...]

    @property
    def state(self) -> Mapping[str, Any]:
        """The dossier after the last turn, as plain data."""
        return self.conversation.state

    @property
    def concerns(self) -> Sequence[Mapping[str, Any]]:
        """Its concerns."""
        return tuple(self.state.get("concerns", ()))


def told(work: Work, conversation: records.Conversation) -> Told:
    """Read a conversation with all that belongs to it."""
    id = conversation.id
    return Told(
        conversation,
        work.turns.after(id),
        work.promises.of_conversation(id),
        work.check_ins.of_conversation(id),
        work.expectations.of_conversation(id),
        work.referrals.of_conversation(id),
        work.hand_overs.of_conversation(id),
        work.feedback.of_conversation(id),
    )


def facts_of(talk: Told, catalogue: Catalogue) -> tuple[Fact, ...]:
    """The facts of a quiet conversation, each once. Names of the catalogue only: nothing a person said is among them."""
    found = [
        ("begun", talk.conversation.channel, "", 0.0),
        *_needs(talk),
        *_causes(talk),
        *_remedies(talk),
        *facts_of_ending(talk),
        *_referrals(talk),
        *_kept(talk),
        *_avoided(talk, catalogue),
    ]
    return tuple(dict.fromkeys(found))


def _needs(talk: Told) -> Iterator[Fact]:
    models = [str(one.get("product") or "") for one in talk.state.get("assets", ())]
    priority = str(talk.state.get("priority") or "")
    for concern in talk.concerns:
        need = _cell(concern, "need")
        if not need:
            continue
        yield "need", need, "", 0.0
        yield "problem", _cell(concern, "problem"), "", 0.0
        for model in filter(None, models):
            yield "need_model", model, need, 0.0
        if priority:
            yield "need_attribute", priority, need, 0.0


def _causes(talk: Told) -> Iterator[Fact]:
    """The likeliest cause of each concern, by the last belief written down about it."""
    last: dict[int, Mapping[str, float]] = {}
    for turn in talk.turns:
        if turn.move.get("belief"):
            last[int(turn.move.get("concern", -1))] = turn.move["belief"]
    for index, belief in last.items():
        cause = max(belief, key=lambda one: belief[one])
        problem = _cell(talk.concerns[index], "problem") if 0 <= index < len(talk.concerns) else ""
        if belief[cause] >= LIKELY and problem:
            yield "cause", cause, problem, 0.0


def _remedies(talk: Told) -> Iterator[Fact]:
    rungs = _rungs(talk)
    for concern in talk.concerns:
        rejected = {str(one.get("remedy")) for one in concern.get("rejected", ())}
        for remedy in concern.get("advised", ()):
            yield "advised", rungs.get(remedy, ""), remedy, 0.0
            if remedy in rejected:
                yield "turned_down", rungs.get(remedy, ""), remedy, 0.0
        if accepted := concern.get("accepted"):
            yield "accepted", rungs.get(accepted, ""), accepted, 0.0
    remedies = {promise.id: promise.remedy_id or "" for promise in talk.promises}
    for check_in in talk.check_ins:
        if check_in.worked is not None and (remedy := remedies.get(check_in.promise_id or 0, "")):
            yield "outcome", remedy, "worked" if check_in.worked else "failed", 0.0


def facts_of_ending(talk: Told) -> Iterator[Fact]:
    """Where it ended: agreed, with a person, or given up, and then at which question."""
    if not talk.turns:
        return
    last = talk.turns[-1].move
    kind, question = str(last.get("kind", "")), last.get("question") or {}
    accepted = any(concern.get("accepted") for concern in talk.concerns)
    if accepted or any(one.shared_at for one in talk.referrals):
        yield "ended", "served", "", 0.0
    elif talk.hand_overs:
        yield "ended", "person", "", 0.0
    elif kind in _ENDED:
        yield "ended", "finished", "", 0.0
    else:
        yield "ended", "gave_up", "", 0.0
        yield "gave_up", kind, str(question.get("key", "")), 0.0
    for one in talk.feedback:
        if one.rating:
            yield "feedback", "good" if one.rating > 0 else "bad", "", 0.0


def _referrals(talk: Told) -> Iterator[Fact]:
    for one in talk.referrals:
        yield "referral", one.vendor_id, one.concern, 0.0
        yield "referral_answer", one.vendor_id, one.consent.value, 0.0


def _kept(talk: Told) -> Iterator[Fact]:
    for promise in talk.promises:
        yield "promise", promise.state.value, promise.remedy_id or "", 0.0
    for expectation in talk.expectations:
        yield "expectation", expectation.state.value, "", 0.0


def _avoided(talk: Told, catalogue: Catalogue) -> Iterator[Fact]:
    """What became of requests for a product: a purchase, or what was agreed instead and how much less it costs to own."""
    asked = any("wants_product" in turn.heard.get("acts", ()) for turn in talk.turns)
    rungs = _rungs(talk)
    for concern in talk.concerns:
        wanted = asked or "request" in concern.get("cells", {})
        accepted = str(concern.get("accepted") or "")
        if not wanted:
            continue
        rung = rungs.get(accepted, "")
        yield "asked_product", rung or ("none" if not accepted else "other"), _cell(concern, "problem"), 0.0
        if rung and rung != Rung.BUY.value:
            saved = _saved(_cell(concern, "problem"), accepted, catalogue)
            yield "avoided", rung, accepted, saved


def _saved(problem: str, agreed: str, catalogue: Catalogue) -> float:
    """The cost to own of the cheapest purchase that is a remedy for the problem, less that of what was agreed; 0 if unknown."""
    years = catalogue.company.years
    known = catalogue.problems.get(problem)
    if known is None or agreed not in catalogue.remedies:
        return 0.0
    bought = [
        remedy.cost.over(years)
        for cause in known.causes
        for remedy in catalogue.remedies_by_cause.get(cause.id, ())
        if remedy.rung is Rung.BUY
    ]
    costs = [cost for cost in bought if cost is not None]
    spent = catalogue.remedy(agreed).cost.over(years)
    return max(0.0, min(costs) - spent) if costs and spent is not None else 0.0


def _rungs(talk: Told) -> dict[str, str]:
    """The rung of every remedy that the verdicts name."""
    return {
        str(verdict["remedy"]): rung
        for turn in talk.turns
        for rung, verdict in (turn.move.get("verdicts") or {}).items()
        if verdict.get("remedy")
    }


def _cell(concern: Mapping[str, Any], name: str) -> str:
    return str(concern.get("cells", {}).get(name, {}).get("value", ""))
