"""Random companies: every shape a catalogue may have, small enough that thousands of conversations run in seconds."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st

from bot.advice.catalogue import (
    Attribute,
    Band,
    Catalogue,
    Cause,
    Check,
    CheckIn,
    Choice,
    Company,
    Condition,
    Cost,
    Danger,
    Direction,
    Doer,
    Effort,
    Expert,
    Extra,
    Fact,
    FactType,
    Hearsay,
    Likely,
    Limit,
    NotOurs,
    Outcome,
    Problem,
    Product,
    ProductStatus,
    Remedy,
    Rung,
    Step,
    Vendor,
)
from bot.advice.formulas import Formula

T = TypeVar("T")
LIKELY = tuple(Likely)
RUNGS = tuple(Rung)
KINDS = ("washer", "phone")
WORDS = ("a", "b", "c")
formula = lru_cache(maxsize=4096)(Formula)


class Parts(NamedTuple):
    """What has been made of a catalogue so far."""

    facts: dict[str, Fact]
    causes: list[Cause]
    problems: dict[str, Problem]


def random_catalogue(chance: random.Random) -> Catalogue:
    """A catalogue in which anything may stand that the loader lets through."""
    facts = _facts(chance)
    causes = [_cause(chance, number, facts) for number in range(chance.randint(1, 5))]
    problems = {f"p{n}": _problem(chance, f"p{n}", facts, causes) for n in range(chance.randint(1, 3))}
    parts = Parts(facts, causes, problems)
    remedies = {f"r{n}": _remedy(chance, f"r{n}", parts) for n in range(chance.randint(1, 8))}
    return Catalogue(
        company=_company(chance, facts),
        outcomes={f"o{n}": _outcome(chance, f"o{n}") for n in range(3)},
        products={f"m{n}": _product(chance, f"m{n}", causes) for n in range(3)},
        facts=facts,
        problems=problems,
        remedies=remedies,
        vendors={f"v{n}": Vendor(f"v{n}", f"Vendor {n}", "renting", "Jo, jo@v.example") for n in range(2)},
        experts=_experts(chance),
        dangers={"gas": Danger("gas", "Gas hurts.", "Leave.", ("it smells",), chance.choice(("", "e0")))},
    )


def catalogues() -> st.SearchStrategy[Catalogue]:
    """Hypothesis strategy for random catalogues."""
    return st.integers(0, 2**32).map(lambda seed: random_catalogue(random.Random(seed)))


def some(chance: random.Random, items: list[T] | tuple[T, ...], most: int) -> list[T]:
    """Up to `most` different items in random order."""
    return chance.sample(list(items), chance.randint(0, min(most, len(items))))


def _facts(chance: random.Random) -> dict[str, Fact]:
    facts = [_fact(chance, f"f{number}") for number in range(chance.randint(2, 5))]
    facts.append(Fact("count", FactType.NUMBER, chance.choice(("", "How many?")), from_asset="count"))
    facts.append(Fact("power", FactType.NUMBER, "How strong?", unit="kW", from_asset="power"))
    facts.append(Fact("region", FactType.CHOICE, "Where?", choices=_choices(), from_customer="region"))
    numbers = [fact.id for fact in facts if fact.type is FactType.NUMBER]
    for number in range(chance.randint(0, 2)):
        one, other = chance.choice(numbers), chance.choice(numbers)
        sum_of = chance.choice((f"{one} * 2 + {other}", f"{one} / {other}", f"max({one}, {other})"))
        facts.append(Fact(f"d{number}", FactType.NUMBER, unit=chance.choice(("", "kg")), formula=formula(sum_of)))
    return {fact.id: fact for fact in facts}


def _fact(chance: random.Random, id: str) -> Fact:
    kind = chance.choice((FactType.NUMBER, FactType.CHOICE, FactType.CHOICE, FactType.YES_NO))
    return Fact(
        id,
        kind,
        ask="" if chance.random() < 0.1 else f"What about {id}?",
        why=chance.choice(("", "It matters.")),
        unit=chance.choice(("", "h", "EUR")) if kind is FactType.NUMBER else "",
        choices=_choices() if kind is FactType.CHOICE else (),
        effort=chance.choice(tuple(Effort)),
        personal=chance.random() < 0.2,
    )


def _choices() -> tuple[Choice, ...]:
    return tuple(Choice(word, word.upper(), (word,)) for word in WORDS)


def _cause(chance: random.Random, number: int, facts: dict[str, Fact]) -> Cause:
    danger = Danger(f"danger{number}", "It can hurt.", "Stay away.") if chance.random() < 0.1 else None
    explain = chance.choice(("", "It is so.", f"With {{{chance.choice(list(facts))}}} it happens."))
    return Cause(f"c{number}", f"cause {number} is there", chance.choice(LIKELY), explain, danger=danger)


def _problem(chance: random.Random, id: str, facts: dict[str, Fact], causes: list[Cause]) -> Problem:
    mine = tuple(some(chance, causes, 4)) or (causes[0],)
    mine = tuple(replace(cause, how_common=chance.choice(LIKELY)) for cause in mine)
    checked = some(chance, list(facts), 4)
    return Problem(
        id,
        f"{id} is wrong",
        said_as=(f"{id} broke",),
        outcomes=tuple(some(chance, ("o0", "o1", "o2"), 2)) or ("o0",),
        causes=mine,
        checks=tuple(_check(chance, facts[name], mine) for name in checked),
        about=tuple(some(chance, KINDS, 2)),
        costs_you=formula("count * 5") if chance.random() < 0.3 else None,
    )


def _check(chance: random.Random, fact: Fact, causes: tuple[Cause, ...]) -> Check:
    if fact.type is FactType.CHOICE:
        return Check(fact.id, fact.id, tuple(Band(word, _likelihood(chance, causes)) for word in WORDS))
    if fact.type is FactType.YES_NO:
        return Check(fact.id, fact.id, tuple(Band(word, _likelihood(chance, causes)) for word in ("yes", "no")))
    few, many = formula(f"{fact.id} < 12"), formula(f"{fact.id} >= 12")
    bands = (Band("few", _likelihood(chance, causes), few), Band("many", _likelihood(chance, causes), many))
    return Check(fact.id, fact.id, bands)


def _likelihood(chance: random.Random, causes: tuple[Cause, ...]) -> dict[str, Likely]:
    return {cause.id: chance.choice(LIKELY) for cause in some(chance, causes, 4)}


def condition_on(chance: random.Random, facts: dict[str, Fact]) -> Formula:
    """A condition over one or two facts."""
    fact = facts[chance.choice(list(facts))]
    if fact.type is FactType.CHOICE:
        return formula(f"{fact.id} == '{chance.choice(WORDS)}'")
    if fact.type is FactType.YES_NO:
        return formula(chance.choice((fact.id, f"not {fact.id}")))
    return formula(chance.choice((f"{fact.id} > 3", f"{fact.id} <= 20", f"{fact.id} > 3 and known({fact.id})")))


def _remedy(chance: random.Random, id: str, parts: Parts) -> Remedy:
    rung = chance.choice((*RUNGS, Rung.BUY))
    served = some(chance, [cause.id for cause in parts.causes], 4) or [parts.causes[0].id]
    strong = LIKELY[:2] if chance.random() < 0.7 else LIKELY
    spoken_of = chance.choice(list(parts.facts))
    return Remedy(
        id,
        rung,
        f"Title of {id}",
        gives=chance.choice(("peace", f"about {{{spoken_of}}} more")),
        does=chance.choice(("We do it.", f"With {{{spoken_of}}} we do it.")),
        serves={cause: chance.choice(strong) for cause in served},
        attributes={Attribute.COST: chance.randint(1, 5)},
        effort=chance.choice(("", "an hour", f"about {{{spoken_of}}}")),
        days=chance.choice((0, 3)),
        cost=Cost(chance.choice((None, 0.0, 10.0)), chance.choice((0.0, 5.0)), chance.choice(("", "per piece"))),
        conditions=tuple(_condition(chance, parts.facts) for _ in range(chance.choice((0, 0, 1, 2)))),
        expect=chance.choice(((), ("more of it",), (f"up to {{{spoken_of}}}",))),
        not_expect=chance.choice(((), ("wonders",))),
        steps=_steps(chance),
        safety=chance.choice(((), ("Gloves on.",))),
        relief=chance.choice(("", "You can forget it.")),
        extra=Extra("A card", "One page.") if chance.random() < 0.2 else None,
        check_in=CheckIn(14, "Does it work?") if chance.random() < 0.4 else None,
        product="m0" if rung is Rung.BUY else "",
        vendor=chance.choice(("v0", "v1")) if rung is Rung.REFER else "",
        expert=chance.choice(("", "e0")),
    )


def _condition(chance: random.Random, facts: dict[str, Fact]) -> Condition:
    return Condition(condition_on(chance, facts), chance.choice(("it is not so", "{count} is not enough")))


def _steps(chance: random.Random) -> tuple[Step, ...]:
    doers = some(chance, tuple(Doer), 3)
    return tuple(Step(f"Step {number}", who, number, ("a table",)) for number, who in enumerate(doers))


def _company(chance: random.Random, facts: dict[str, Fact]) -> Company:
    limits = [Limit("far", condition_on(chance, facts), "We do not go there", chance.choice(("", "v0")))]
    others = [NotOurs("food", ("food",), "We do not cook.", "v1"), NotOurs("cars", ("cars",), "No cars.")]
    return Company(
        "Firm",
        "things",
        "Sells things.",
        "hello@firm.example",
        limits=tuple(some(chance, limits, 1)) if chance.random() < 0.5 else (),
        not_ours=tuple(some(chance, others, 2)),
        hearsay=(Hearsay("late", ("late",), "Never late.", "e0"),),
        quote=chance.choice(("", "A person makes it.")),
        discount=chance.choice(("", "No.")),
    )


def _outcome(chance: random.Random, id: str) -> Outcome:
    return Outcome(id, f"result {id}", chance.choice(tuple(Direction)), attribute=chance.choice((None, *Attribute)))


def _product(chance: random.Random, id: str, causes: list[Cause]) -> Product:
    return Product(
        id,
        id.upper(),
        chance.choice(KINDS),
        status=chance.choice(tuple(ProductStatus)),
        capabilities={"power": chance.choice((5.0, 20.0))},
        cost=Cost(chance.choice((None, 100.0))),
        known_problems=tuple(cause.id for cause in some(chance, causes, 1)),
    )


def _experts(chance: random.Random) -> dict[str, Expert]:
    return {"e0": Expert("e0", "Eva", "Trainer", ("p0", "washer"), "eva@firm.example")} if chance.random() < 0.8 else {}
