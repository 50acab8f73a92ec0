"""Who comes to a demonstration, when, with what truth and in what manner: drawn from the catalogue, the same for a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from enum import Enum
from typing import TypeVar

from bot.advice.catalogue import Catalogue
from bot.simulation.truths import Truth, draw, right
from bot.simulation.wordings import Style

T = TypeVar("T")

KNOWN = 0.6
"""The share of customers who are in the company's records."""

IN_CALLS = 0.2
"""The share of conversations that a rep holds on the phone."""

CANDIDATES = 4
"""How many truths are drawn for each visit, so that every rung gets its share."""

RISING = 0.5
"""How likely, at the end of the time, a visit is about the problem that rises; none at its beginning."""


class Manner(str, Enum):
    """What a customer does besides answering."""

    PLAIN = "plain"
    ASKS_PRICE = "asks price"
    ASKS_DISCOUNT = "asks discount"
    ASKS_WHY = "asks why"
    ASKS_PROCESS = "asks process"
    INSISTS = "insists on a quote"
    WANTS_PERSON = "wants a person"
    COMPLAINS = "complains"
    PREFERS = "says what matters most"
    STRAYS = "strays"
    ABANDONS = "abandons"
    TURNS_DOWN = "turns the advice down"
    KEEPS_TO_THEMSELVES = "agrees to no introduction"
    UNCLEAR = "hard to understand"


_MANNERS: Mapping[Manner, float] = {
    Manner.PLAIN: 30,
    Manner.ASKS_PRICE: 8,
    Manner.ASKS_DISCOUNT: 5,
    Manner.ASKS_WHY: 6,
    Manner.ASKS_PROCESS: 4,
    Manner.INSISTS: 5,
    Manner.WANTS_PERSON: 5,
    Manner.COMPLAINS: 4,
    Manner.PREFERS: 12,
    Manner.STRAYS: 4,
    Manner.ABANDONS: 11,
    Manner.TURNS_DOWN: 8,
    Manner.KEEPS_TO_THEMSELVES: 4,
    Manner.UNCLEAR: 6,
}

CHANNELS: Mapping[str, float] = {"widget": 60, "rest": 12, "socketio": 8}
"""How chats come in; a rep's calls come in as `call`."""


@dataclass(frozen=True)
class Visit:
    """One conversation to come: `customer` is the company's number for who it is, "" for somebody unknown."""

    number: int
    at: datetime
    truth: Truth
    style: Style
    manner: Manner
    channel: str
    customer: str = ""
    real: bool = False


def visits(catalogue: Catalogue, count: int, since: datetime, until: datetime, seed: int, real: float) -> Iterator[Visit]:
    """The visits of a demonstration, earliest first; `real` is the share whose words go through the real assistant."""
    chance = random.Random(f"demo {seed}")
    moments = sorted(_moment(chance, since, until) for _ in range(count))
    rising = chance.choice(list(catalogue.problems))
    come: dict[str, int] = {}
    for number, at in enumerate(moments, 1):
        passed = (at - since) / (until - since)
        problem = rising if chance.random() < RISING * passed**2 else ""
        truth = _truth(chance, catalogue, problem, come)
        known = chance.random() < KNOWN
        called = chance.random() < IN_CALLS
        yield Visit(
            number,
            at,
            truth,
            chance.choice(tuple(Style)),
            _weighted(chance, _MANNERS),
            "call" if called else _weighted(chance, CHANNELS),
            f"{number:04}" if known else "",
            real=not called and chance.random() < real,
        )


def _truth(chance: random.Random, catalogue: Catalogue, problem: str, come: dict[str, int]) -> Truth:
    """A truth whose right rung has come least often so far, among some drawn."""
    drawn = [draw(chance, catalogue, problem) for _ in range(1 if problem else CANDIDATES)]
    rungs = [right(truth, catalogue).rung for truth in drawn]
    rung, truth = min(zip(rungs, drawn, strict=True), key=lambda pair: come.get(pair[0], 0))
    come[rung] = come.get(rung, 0) + 1
    return truth


def _moment(chance: random.Random, since: datetime, until: datetime) -> datetime:
    """A time at which people write: mostly on working days, from seven in the morning to nine in the evening."""
    while True:
        day = since + (until - since) * chance.betavariate(1.4, 1.0)
        minutes = round(chance.triangular(7 * 60, 21 * 60, 11 * 60))
        at = datetime.combine(day.date(), time(), timezone.utc) + timedelta(minutes=minutes)
        weekend = at.isoweekday() > 5 and chance.random() < 0.75
        if since <= at < until - timedelta(hours=1) and not weekend:
            return at


def _weighted(chance: random.Random, weights: Mapping[T, float]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


__all__ = ["Manner", "Visit", "visits"]
