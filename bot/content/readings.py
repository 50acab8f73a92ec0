"""The values of a catalogue that need a reading of their own: likelihoods, costs, capabilities, days and hours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from bot.advice.catalogue import Attribute, Cost, Likely
from bot.advice.formulas import nearest
from bot.advice.unit_algebra import MONEY
from bot.advice.units import Unit, parse_quantity
from bot.content.blocks import Part
from bot.content.kinds import Number, Sentence, Word, text_of, truth_of
from bot.content.reader import Field, Reader, Shape, WrongError, items
from bot.content.values import Block, Text, Value

LIKELY = Word(
    Likely,
    {
        "always": "almost always", "often": "usually", "mostly": "usually", "common": "usually", "likely": "usually",
        "maybe": "sometimes", "possible": "sometimes", "occasionally": "sometimes", "seldom": "rarely",
        "unlikely": "rarely", "rare": "rarely", "impossible": "never",
    },
)  # fmt: skip
"""The likelihood words, and what to write for the words nearest to them."""


@dataclass(frozen=True)
class Likelihoods:
    """How likely under each cause: ids with likelihood words; ids alone mean `usually`. The ids keep their places."""

    words: str = "block of id: likelihood"

    def read(self, value: Value, reader: Reader) -> dict[Text, Likely]:
        if isinstance(value, Block):
            return {name: self._likely(name, word, reader) for name, word in value.items()}
        return {text_of(item, "an id"): Likely.USUALLY for item in items(value)}

    def _likely(self, name: Text, word: Value, reader: Reader) -> Likely:
        text = text_of(word, "a likelihood word")
        if text.is_null:
            return Likely.USUALLY
        number = parse_quantity(text)
        if number is None:
            likely: Likely = LIKELY.read(text, reader)
            return likely
        share = number[0] / 100 if number[1] == "%" else number[0]
        closest = min(Likely, key=lambda one: abs(one.probability - share))
        raise WrongError(word, f"'{text}' for {name} is a number where a word should be", f"write {closest.value}")

    def schema(self) -> dict[str, Any]:
        ids: dict[str, Any] = {"type": "string"}
        block = {"type": "object", "additionalProperties": {"anyOf": [LIKELY.schema(), {"type": "null"}]}}
        return {"anyOf": [block, {"type": "array", "items": ids}, ids]}


@dataclass(frozen=True)
class Price:
    """A sum in the company's currency, `free`, or null for a price nobody knows before someone has looked."""

    words: str = "sum, free or null"

    def read(self, value: Value, reader: Reader) -> float | None:
        text = text_of(value, "a price")
        if text.is_null:
            return None
        if text.casefold() in ("free", "nothing", "none"):
            return 0.0
        found = parse_quantity(text)
        if found is None or not _is_money(found[1]):
            raise WrongError(text, f"'{text}' is no price", "write a number, or null when nobody knows it yet")
        if found[0] < 0:
            raise WrongError(text, f"'{text}' is less than nothing", "write a number of at least 0")
        return found[0]

    def schema(self) -> dict[str, Any]:
        return {"type": ["number", "string", "null"]}


def _is_money(unit: str) -> bool:
    return not unit or {base for base, _ in Unit.parse(unit).powers} <= MONEY


COST = Shape(
    "cost",
    (
        Field("once", Price(), "what it costs once; null when nobody can say before someone has looked", nullable=True),
        Field("yearly", Price(), "what it costs each year on top"),
        Field("note", Sentence(), "what is in the price"),
    ),
    short="once",
    about="What something costs to own, in the company's currency. A plain sum stands for `once`.",
)
COST_OF = Part(COST, Cost)


@dataclass(frozen=True)
class Capability:
    """One thing a product can do: a number in a unit, a word, or yes / no."""

    value: float | str | bool
    unit: str
    at: Text


@dataclass(frozen=True)
class Capabilities:
    """What a product can do, by name."""

    words: str = "block of name: value"

    def read(self, value: Value, reader: Reader) -> dict[str, Capability]:
        if not isinstance(value, Block):
            raise WrongError(value, "not a block of names and values", "write {rated_load: 20 kg, barrier: no}")
        filled = {name: text_of(entry, "a number, a word, yes or no") for name, entry in value.items()}
        return {str(name): _capability(text) for name, text in filled.items() if not text.is_null}

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": ["number", "string", "boolean", "null"]}}


def _capability(text: Text) -> Capability:
    truth = truth_of(text) if text.plain else None
    if truth is not None:
        return Capability(truth, "", text)
    number = parse_quantity(text) if text.plain or " " in text else None
    return Capability(number[0], number[1], text) if number else Capability(str(text), "", text)


@dataclass(frozen=True)
class Attributes:
    """How good a remedy is at each of the five things people care about, 1 to 5."""

    words: str = "block of attribute: 1 to 5"

    def read(self, value: Value, reader: Reader) -> Mapping[Attribute, int]:
        if not isinstance(value, Block):
            raise WrongError(value, "not a block of attributes", "write {ease: 5, timeliness: 4, certainty: 3, cost: 5, choice: 2}")
        mark = Number(least=1, most=5, whole=True)
        return {Word(Attribute).read(name, reader): int(mark.read(entry, reader)) for name, entry in value.items()}

    def schema(self) -> dict[str, Any]:
        marks = {one.value: {"type": "number", "minimum": 1, "maximum": 5} for one in Attribute}
        return {"type": "object", "properties": marks}


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Weekdays:
    """The days on which someone answers: `mon-fri`, `mon, wed`, a list, or `daily`."""

    words: str = "days, such as mon-fri"

    def read(self, value: Value, reader: Reader) -> tuple[int, ...]:
        days: set[int] = set()
        for item in items(value):
            for part in re.split(r"\s*,\s*", text_of(item, "days")):
                days |= self._span(Text(part), item)
        return tuple(sorted(days))

    def _span(self, part: Text, at: Value) -> set[int]:
        if part.casefold() in ("daily", "every day", "all"):
            return set(range(1, 8))
        ends = [self._day(word, at) for word in re.split(r"\s*(?:-|–|to)\s*", part)]
        first, last = ends[0], ends[-1]
        return set(range(first, last + 1)) if first <= last else {*range(first, 8), *range(1, last + 1)}

    def _day(self, word: str, at: Value) -> int:
        short = word.strip().casefold()[:3]
        if short in _DAYS:
            return _DAYS.index(short) + 1
        if short.isdigit() and 1 <= int(short) <= 7:
            return int(short)
        raise WrongError(at, f"'{word}' is no day of the week", "write days such as mon-fri, or [mon, wed, sat]")

    def schema(self) -> dict[str, Any]:
        day = {"type": ["string", "integer"]}
        return {"anyOf": [day, {"type": "array", "items": day}]}


@dataclass(frozen=True)
class ClockTime:
    """A time of day as HH:MM."""

    words: str = 'time, such as "08:00"'

    def read(self, value: Value, reader: Reader) -> str:
        text = text_of(value, "a time")
        found = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?", text.strip())
        hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
        if hour > 24 or minute > 59 or (hour == 24 and minute):
            raise WrongError(text, f"'{text}' is no time of day", 'write one such as "08:00"')
        return "23:59" if hour == 24 else f"{hour:02}:{minute:02}"

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number"]}


@dataclass(frozen=True)
class TimeZone:
    """A time zone by its usual name."""

    words: str = "time zone, such as Europe/Berlin"

    def read(self, value: Value, reader: Reader) -> str:
        text = text_of(value, "a time zone")
        try:
            return str(ZoneInfo(text.strip()).key)
        except (KeyError, ValueError, OSError):
            hint = nearest(text, available_timezones()).split("'")[1:2] or ["one such as Europe/Berlin"]
            raise WrongError(text, f"'{text}' is no time zone", f"write {hint[0]}") from None

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}
