"""What is really the matter with a simulated customer: a problem, its true cause, and the facts that follow from it."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.advice.catalogue import Catalogue, Check, Fact, FactType, Likely, Problem, Product, Remedy
from bot.advice.diagnosis import answer_of, likelihoods, most_likely, prior
from bot.advice.dossier import Asset, Dossier
from bot.advice.facts import Facts
from bot.advice.formulas import Formula
from bot.advice.heard import CellName, FactValue
from bot.advice.ladder import belief_of, choose, weigh
from bot.advice.need_map import Cell, NeedMap

TRIES = 60
"""How often numbers are drawn again until they agree with the answers the cause calls for."""

INSIDE_LIMITS = 0.95
"""The share of customers the company may serve."""

ORDINARY = 0.8
"""The share of customers for whom the remedies of their cause are meant; the others meet a condition that fails."""

PERSON = "person"
"""What is right when the company has no remedy for somebody: a person."""

_ANY_NUMBER = (1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 40.0, 80.0, 150.0)


@dataclass(frozen=True)
class Truth:
    """A customer's affair as it really is. `facts` holds everything they could tell, `assets` what the records know."""

    problem: str
    cause: str
    needs: tuple[str, ...]
    facts: Mapping[str, FactValue]
    assets: tuple[Asset, ...] = ()
    hands_off: bool = False


@dataclass(frozen=True)
class Right:
    """The advice somebody would give who knew the truth: its rung (or PERSON) and the remedy."""

    rung: str
    remedy: str = ""


def draw(chance: random.Random, catalogue: Catalogue, problem: str = "") -> Truth:
    """A truth drawn from a catalogue: a problem (any, unless named), a cause by its prior, facts by their likelihoods."""
    chosen = catalogue.problems[problem or chance.choice(list(catalogue.problems))]
    cause = _drawn(chance, prior(chosen, catalogue.experience))
    product = _owned(chance, chosen, catalogue)
    facts = _facts(chance, catalogue, chosen, cause, product)
    assets = _assets(facts, catalogue, product) if product is not None and chance.random() < 0.5 else ()
    return Truth(chosen.id, cause, chosen.outcomes, facts, assets, chance.random() < 0.05)


def right(truth: Truth, catalogue: Catalogue) -> Right:
    """The oracle: what the engine would choose if it believed in the true cause alone and knew every fact."""
    dossier, concern = _known(truth)
    problem = catalogue.problems[truth.problem]
    sure = {cause.id: 1.0 if cause.id == truth.cause else 0.0 for cause in problem.causes}
    weighed = weigh(dossier, concern, catalogue, Facts(dossier, concern, catalogue), sure, problem)
    chosen = choose(weighed, truth.hands_off)
    return Right(PERSON) if chosen is None else Right(chosen.remedy.rung.value, chosen.remedy.id)


def misleads(truth: Truth, catalogue: Catalogue) -> bool:
    """Whether everything this customer could tell speaks for another cause than the true one, as it rarely does."""
    dossier, concern = _known(truth)
    believed = belief_of(dossier, concern, catalogue, Facts(dossier, concern, catalogue))
    return most_likely(believed)[0] != truth.cause


def _known(truth: Truth) -> tuple[Dossier, NeedMap]:
    told = {name: Cell(value, "known") for name, value in truth.facts.items()}
    cells = {CellName.PROBLEM: Cell(truth.problem, "known"), CellName.NEED: Cell(truth.needs[0], "known")}
    return Dossier(facts=told, assets=truth.assets), NeedMap(0, cells=cells, hands_off=truth.hands_off)


def matters(catalogue: Catalogue, problem: Problem) -> tuple[str, ...]:
    """The facts somebody with this problem may be asked for: of its checks first, then of its remedies' conditions."""
    names = [name for check in problem.checks for name in _of_check(check)]
    names += [name for remedy in _remedies(catalogue, problem) for one in remedy.conditions for name in one.needs.names]
    return tuple(dict.fromkeys(_askable(names, catalogue)))


def _of_check(check: Check) -> Iterator[str]:
    yield check.fact
    for band in check.bands:
        yield from sorted(band.when.names) if band.when is not None else ()


def _askable(names: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    for name in names:
        fact = catalogue.facts.get(name)
        if fact is not None and fact.formula is not None:
            yield from _askable(sorted(fact.formula.names), catalogue)
        elif fact is not None:
            yield name


def _remedies(catalogue: Catalogue, problem: Problem) -> list[Remedy]:
    found = (one for cause in problem.causes for one in catalogue.remedies_by_cause.get(cause.id, ()))
    return list({one.id: one for one in found}.values())


def _drawn(chance: random.Random, weights: Mapping[str, float]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def _owned(chance: random.Random, problem: Problem, catalogue: Catalogue) -> Product | None:
    kinds = [kind for kind in problem.about if catalogue.products_by_kind.get(kind)]
    return chance.choice(catalogue.products_by_kind[chance.choice(kinds)]) if kinds else None


def _facts(
    chance: random.Random, catalogue: Catalogue, problem: Problem, cause: str, product: Product | None
) -> dict[str, FactValue]:
    """Facts that agree as well as they can with the answers drawn for the cause, and with the company's limits."""
    answers = {check.id: _answer(chance, check, cause) for check in problem.checks}
    limits = [limit.holds for limit in catalogue.company.limits]
    formulas = [*_formulas(catalogue, problem), *limits]
    names = _askable([*matters(catalogue, problem), *(name for one in limits for name in sorted(one.names))], catalogue)
    wanted = [catalogue.facts[name] for name in dict.fromkeys(names)]
    needs = _conditions(catalogue, problem, cause) if chance.random() < ORDINARY else []
    needs += [one for one in limits if chance.random() < INSIDE_LIMITS or not _of_customer(one, catalogue)]
    fixed = {**_from_product(wanted, product), **_chosen(problem, answers)}
    best: dict[str, FactValue] = {}
    fewest = 1_000
    for _ in range(TRIES):
        drawn = {fact.id: fixed.get(fact.id, _value(chance, fact, formulas)) for fact in wanted}
        known = _with_derived(drawn, catalogue)
        missed = sum(_found(check, known) != answers[check.id] for check in problem.checks)
        missed += sum(condition.value(known) is False for condition in needs)
        if missed < fewest:
            best, fewest = drawn, missed
        if not missed:
            break
    return best


def _of_customer(limit: Formula, catalogue: Catalogue) -> bool:
    """Whether a limit is about who the customer is; a limit about what they need is one they would speak of themselves."""
    return any(catalogue.facts[name].from_customer for name in limit.names if name in catalogue.facts)


def _conditions(catalogue: Catalogue, problem: Problem, cause: str) -> list[Formula]:
    """What must hold for the remedies that serve a cause; for most who have it, it does."""
    serving = (one for one in _remedies(catalogue, problem) if one.serves.get(cause) in (Likely.ALMOST_ALWAYS, Likely.USUALLY))
    return [condition.needs for remedy in serving for condition in remedy.conditions]


def _answer(chance: random.Random, check: Check, cause: str) -> str:
    table = likelihoods(check, (cause,))
    return _drawn(chance, {answer: row[cause] for answer, row in table.items()})


def _found(check: Check, known: Mapping[str, FactValue]) -> str:
    band = answer_of(check, known)
    return band.answer if band is not None else ""


def _chosen(problem: Problem, answers: Mapping[str, str]) -> dict[str, FactValue]:
    """The facts that are an answer themselves."""
    plain = (check for check in problem.checks if all(band.when is None for band in check.bands))
    return {check.fact: answers[check.id] for check in plain}


def _from_product(wanted: list[Fact], product: Product | None) -> dict[str, FactValue]:
    known: dict[str, FactValue] = {}
    for fact in wanted if product is not None else ():
        if product is not None and fact.from_asset in product.capabilities:
            known[fact.id] = product.capabilities[fact.from_asset]
        elif product is not None and fact.from_asset in ("model", "status"):
            known[fact.id] = product.id if fact.from_asset == "model" else product.status.value
    return known


def _value(chance: random.Random, fact: Fact, formulas: list[Formula]) -> FactValue:
    if fact.choices:
        return chance.choice(fact.choices).id
    if fact.type is FactType.YES_NO:
        return chance.random() < 0.5
    if fact.type is FactType.NUMBER:
        return chance.choice(_numbers(fact.id, formulas) or _ANY_NUMBER)
    return "not sure"


def _numbers(name: str, formulas: list[Formula]) -> tuple[float, ...]:
    """Numbers on both sides of those the formulas compare this fact with."""
    nodes = (node for one in formulas if name in one.names for node in ast.walk(one.tree))
    values = (node.value for node in nodes if isinstance(node, ast.Constant))
    named = {value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)}
    return tuple(sorted({round(number * factor, 1) for number in named for factor in (0.5, 0.8, 1.0, 1.25, 2.0)}))


def _formulas(catalogue: Catalogue, problem: Problem) -> list[Formula]:
    found = [band.when for check in problem.checks for band in check.bands if band.when is not None]
    return found + [one.needs for remedy in _remedies(catalogue, problem) for one in remedy.conditions]


def _with_derived(drawn: Mapping[str, FactValue], catalogue: Catalogue) -> Mapping[str, FactValue]:
    told = {name: Cell(value, "known") for name, value in drawn.items()}
    return Facts(Dossier(facts=told), None, catalogue)


def _assets(facts: Mapping[str, FactValue], catalogue: Catalogue, product: Product) -> tuple[Asset, ...]:
    """What the records of a known customer hold; what they hold is what the customer would have told."""
    told = {catalogue.facts[name].from_asset: value for name, value in facts.items() if catalogue.facts[name].from_asset}
    count, age = told.get("count"), told.get("age")
    quantity = float(count) if isinstance(count, (int, float)) and count > 0 else 1.0
    return (Asset(product.kind, product.id, product.name, quantity, float(age) if isinstance(age, float) else None),)


__all__ = ["PERSON", "Right", "Truth", "draw", "matters", "misleads", "right"]
