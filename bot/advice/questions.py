"""Every question we could ask, what its answer could change, and which one is worth most.

Value of information: the expected improvement of the decision over the answers we expect, less what answering costs the
customer. Source: Heckerman, Breese & Rommelse (1995); Jensen et al. (2001), "The SACSO methodology for troubleshooting".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import log2

from bot.advice.catalogue import Catalogue, Check, Effort, Fact, Problem, Rung
from bot.advice.diagnosis import Belief, answer_of, likelihoods, updated
from bot.advice.dossier import Ask, Dossier, Option, Question
from bot.advice.facts import Facts
from bot.advice.heard import FactValue
from bot.advice.ladder import ENOUGH, Ladder, Weighed, belief_of, choose, climb, served, weigh
from bot.advice.need_map import NeedMap

PRICE: Mapping[Effort, float] = {Effort.EASY: 0.015, Effort.LOOK: 0.04, Effort.WORK: 0.09}
"""What answering costs the customer, in the units of the chance of being served."""

TIRING = 0.006
"""How much dearer each further question gets: patience runs out."""

SURE_ENOUGH = 0.75
_CURIOSITY = 0.12


@dataclass(frozen=True)
class Worth:
    """One question with what it is worth now; `could_change` are the remedies its answers would lead to."""

    question: Question
    gain: float
    price: float
    could_change: tuple[str, ...] = ()

    @property
    def net(self) -> float:
        """Gain less price."""
        return self.gain - self.price


def worthwhile(dossier: Dossier, concern: NeedMap, catalogue: Catalogue, ladder: Ladder) -> tuple[Worth, ...]:
    """The questions worth asking now, best first; empty when no answer could change the advice enough to be worth asking."""
    found = [worth for worth in rate(dossier, concern, catalogue, ladder) if worth.net > 0]
    return tuple(sorted(found, key=lambda worth: (-worth.net, worth.question.name)))


def rate(dossier: Dossier, concern: NeedMap, catalogue: Catalogue, ladder: Ladder) -> Iterator[Worth]:
    """Every question that may be asked (not known, not declined, not answered with "I don't know"), with its worth."""
    problem = catalogue.problems.get(concern.problem)
    if problem is None:
        return
    facts = Facts(dossier, concern, catalogue)
    for check in _open_checks(problem, facts):
        for fact in _askable(check.fact, facts, catalogue):
            question = fact_question(fact)
            if not dossier.silenced(question):
                gain, changes = _gain_of_check(check, dossier, concern, catalogue, facts, ladder, problem)
                yield Worth(question, gain, _price(fact, dossier, concern), changes)
    yield from _rate_conditions(dossier, concern, catalogue, facts, ladder)


def questions_put(dossier: Dossier, concern: NeedMap) -> int:
    """How many questions the concern has taken, without one about a fact that is still open: it was counted when it was put."""
    waiting = dossier.open is not None and dossier.open.ask is Ask.FACT
    return max(0, concern.questions - waiting)


def questions_of_limits(dossier: Dossier, concern: NeedMap, catalogue: Catalogue, rung: Rung) -> tuple[Question, ...]:
    """What must be known before something on this rung is booked, so that the company is sure it may serve the customer.

    For what is taken over or bought that is every limit; for less, only who the customer is (their region).
    """
    facts = Facts(dossier, concern, catalogue)
    names = {name: None for limit in catalogue.company.limits for name in sorted(limit.holds.unknown(facts))}
    wanted = {fact.id: fact_question(fact) for name in names for fact in _askable(name, facts, catalogue)}
    whole = rung in (Rung.TAKE_OVER, Rung.BUY)
    needed = (wanted[name] for name in wanted if whole or catalogue.facts[name].from_customer)
    return tuple(question for question in needed if not dossier.silenced(question))


def fact_question(fact: Fact) -> Question:
    """The question for a fact, with its choices as ready answers."""
    options = tuple(Option(choice.id, choice.label) for choice in fact.choices)
    return Question(Ask.FACT, fact.id, options)


def _open_checks(problem: Problem, facts: Mapping[str, FactValue]) -> Iterator[Check]:
    return (check for check in problem.checks if answer_of(check, facts) is None)


def _askable(name: str, facts: Mapping[str, FactValue], catalogue: Catalogue) -> Iterator[Fact]:
    """The unknown facts a person can be asked for to learn `name`: itself, or what its formula still needs."""
    fact = catalogue.facts.get(name)
    if fact is None or name in facts:
        return
    if fact.askable:
        yield fact
    elif fact.formula is not None:
        for needed in sorted(fact.formula.unknown(facts)):
            yield from _askable(needed, facts, catalogue)


def _price(fact: Fact, dossier: Dossier, concern: NeedMap) -> float:
    price = PRICE[fact.effort] + TIRING * questions_put(dossier, concern)
    return price * (2.0 if dossier.hurry else 1.0)


def _gain_of_check(
    check: Check,
    dossier: Dossier,
    concern: NeedMap,
    catalogue: Catalogue,
    facts: Facts,
    ladder: Ladder,
    problem: Problem,
) -> tuple[float, tuple[str, ...]]:
    now = _value(ladder.chosen)
    expected, information = 0.0, _bits(ladder.belief)
    changes: dict[str, None] = {}
    for probability, after in _posteriors(check, ladder.belief):
        chosen = choose(_reweighed(ladder.weighed, after, catalogue), concern.hands_off, dossier.priority)
        expected += probability * _value(chosen)
        information -= probability * _bits(after)
        if chosen is not None:
            changes[chosen.remedy.id] = None
    curious = _CURIOSITY * max(0.0, information) if _is_curious(ladder, concern) else 0.0
    return max(0.0, expected - now) + curious, tuple(changes)


def _is_curious(ladder: Ladder, concern: NeedMap) -> bool:
    """Whether to find out more of the causes for its own sake: the advice is unsure, or it is dear and would be a guess."""
    chosen = ladder.chosen
    if chosen is None or chosen.chance < SURE_ENOUGH:
        return True
    wished = concern.hands_off and chosen.remedy.rung is Rung.TAKE_OVER
    dear = chosen.remedy.rung in (Rung.TAKE_OVER, Rung.REFER, Rung.BUY) and not wished
    return dear and max(ladder.belief.values(), default=1.0) < SURE_ENOUGH


def _posteriors(check: Check, believed: Belief) -> Iterator[tuple[float, dict[str, float]]]:
    for row in likelihoods(check, tuple(believed)).values():
        probability = sum(weight * row[cause] for cause, weight in believed.items())
        if probability > 1e-9:
            yield probability, updated(believed, row)


def _reweighed(weighed: tuple[Weighed, ...], believed: Belief, catalogue: Catalogue) -> tuple[Weighed, ...]:
    return tuple(one.serving(_served(one, believed, catalogue)) for one in weighed)


def _served(one: Weighed, believed: Belief, catalogue: Catalogue) -> float:
    return served(one.remedy, believed, catalogue.experience) if one.remedy.serves else one.serves


def _rate_conditions(dossier: Dossier, concern: NeedMap, catalogue: Catalogue, facts: Facts, ladder: Ladder) -> Iterator[Worth]:
    waiting = {name for one in ladder.weighed if one.alive for name in one.open_facts}
    rated: set[str] = set()
    for name in sorted(waiting):
        for fact in _askable(name, facts, catalogue):
            question = fact_question(fact)
            if fact.id not in rated and not dossier.silenced(question):
                rated.add(fact.id)
                gain, changes = _gain_of_condition(name, dossier, concern, ladder)
                yield Worth(question, gain, _price(fact, dossier, concern), changes)


def _gain_of_condition(name: str, dossier: Dossier, concern: NeedMap, ladder: Ladder) -> tuple[float, tuple[str, ...]]:
    if_met = choose(_supposing(ladder.weighed, name, True), concern.hands_off, dossier.priority)
    if_not = choose(_supposing(ladder.weighed, name, False), concern.hands_off, dossier.priority)
    if _id(if_met) == _id(if_not):
        return 0.0, ()
    expected = 0.5 * _value(if_met) + 0.5 * _value(if_not)
    at_stake = 0.5 * abs(_value(if_met) - _value(if_not))
    gain = max(expected - _value(ladder.chosen), at_stake, 0.05)
    return gain, tuple(one.remedy.id for one in (if_met, if_not) if one is not None)


def _supposing(weighed: tuple[Weighed, ...], name: str, holds: bool) -> tuple[Weighed, ...]:
    return tuple(replace(one, holds=holds) if name in one.open_facts else one for one in weighed)


def _value(chosen: Weighed | None) -> float:
    return 0.0 if chosen is None else chosen.worth


def _id(chosen: Weighed | None) -> str:
    return "" if chosen is None else chosen.remedy.id


def _bits(believed: Belief) -> float:
    return -sum(weight * log2(weight) for weight in believed.values() if weight > 0)


__all__ = ["ENOUGH", "PRICE", "Worth", "belief_of", "climb", "fact_question", "rate", "weigh", "worthwhile"]
