"""Units such as kg/day or EUR/h: reading them, multiplying them and converting between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_YEAR = 365.25 * 86400
_UNITS: Mapping[str, tuple[float, str]] = {
    # mass in kg
    "kg": (1, "kg"), "kilo": (1, "kg"), "kilogram": (1, "kg"), "g": (1e-3, "kg"), "gram": (1e-3, "kg"),
    "mg": (1e-6, "kg"), "t": (1e3, "kg"), "tonne": (1e3, "kg"), "lb": (0.45359237, "kg"), "lbs": (0.45359237, "kg"),
    "pound": (0.45359237, "kg"), "oz": (0.028349523125, "kg"),
    # length in m
    "m": (1, "m"), "metre": (1, "m"), "meter": (1, "m"), "mm": (1e-3, "m"), "cm": (1e-2, "m"), "km": (1e3, "m"),
    "in": (0.0254, "m"), "inch": (0.0254, "m"), "ft": (0.3048, "m"), "foot": (0.3048, "m"), "feet": (0.3048, "m"),
    "yd": (0.9144, "m"), "mile": (1609.344, "m"), "µm": (1e-6, "m"),
    # volume in m3
    "l": (1e-3, "m3"), "litre": (1e-3, "m3"), "liter": (1e-3, "m3"), "ml": (1e-6, "m3"), "gal": (3.785411784e-3, "m3"),
    "sqm": (1, "m2"), "sqft": (0.09290304, "m2"), "cbm": (1, "m3"), "ha": (1e4, "m2"),
    # time in seconds
    "s": (1, "s"), "sec": (1, "s"), "second": (1, "s"), "ms": (1e-3, "s"),
    "min": (60, "s"), "mins": (60, "s"), "minute": (60, "s"),
    "h": (3600, "s"), "hr": (3600, "s"), "hrs": (3600, "s"), "hour": (3600, "s"),
    "d": (86400, "s"), "day": (86400, "s"), "week": (604800, "s"), "wk": (604800, "s"),
    "month": (_YEAR / 12, "s"), "year": (_YEAR, "s"), "yr": (_YEAR, "s"),
    # energy in joules, power in watts, pressure in bar, data in Mbit
    "kwh": (3.6e6, "J"), "wh": (3600, "J"), "mwh": (3.6e9, "J"), "j": (1, "J"), "kj": (1e3, "J"), "mj": (1e6, "J"),
    "kw": (1e3, "W"), "w": (1, "W"), "mw": (1e6, "W"),
    "bar": (1, "bar"), "mbar": (1e-3, "bar"), "psi": (0.0689475729, "bar"),
    "mpa": (10, "bar"), "kpa": (0.01, "bar"), "mbit": (1, "Mbit"), "kbit": (1e-3, "Mbit"), "gbit": (1e3, "Mbit"),
    "mbps": (1, "Mbit/s"), "kbps": (1e-3, "Mbit/s"), "gbps": (1e3, "Mbit/s"),
    # parts of a whole, and plain counts
    "%": (0.01, ""), "percent": (0.01, ""), "dozen": (12, ""), "1": (1, ""),
    # money: each currency is its own
    "€": (1, "EUR"), "eur": (1, "EUR"), "euro": (1, "EUR"), "$": (1, "USD"), "usd": (1, "USD"), "dollar": (1, "USD"),
    "£": (1, "GBP"), "gbp": (1, "GBP"),
}  # fmt: skip
PHYSICAL = frozenset({"kg", "m", "s", "J", "bar", "Mbit"})
"""The bases that are measured; all others are money or counted."""

MONEY = frozenset({
    "EUR", "USD", "GBP", "CHF", "JPY", "CNY", "INR", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "CAD", "AUD",
    "NZD", "ZAR", "BRL", "MXN", "TRY", "SGD", "HKD",
})  # fmt: skip
"""The currencies that are known; each is a base of its own."""


class UnitError(ValueError):
    """A unit that cannot be read, or two that cannot be converted into each other; the message says what to write."""


@dataclass(frozen=True)
class Unit:
    """A unit as powers of bases and its size in them; equal when both are. Unknown words (rooms, loads) are bases."""

    powers: tuple[tuple[str, int], ...] = ()
    size: float = 1.0
    text: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> Unit:
        """The unit a text such as `kg/day`, `EUR per h`, `m2` or `loads` names. Raises UnitError."""
        return _parsed(text)

    def __mul__(self, other: Unit) -> Unit:
        return _unit([*self.powers, *other.powers], self.size * other.size, _joined(self.text, other.text, "*"))

    def __truediv__(self, other: Unit) -> Unit:
        inverse = [(base, -power) for base, power in other.powers]
        return _unit([*self.powers, *inverse], self.size / other.size, _joined(self.text, other.text, "/"))

    def __str__(self) -> str:
        return self.text or "a plain number"

    @property
    def is_number(self) -> bool:
        """Whether it is no unit at all."""
        return not self.powers and self.size == 1.0

    def convertible(self, other: Unit) -> bool:
        """Whether a quantity in this unit can be stated in the other; one side may leave out what is counted."""
        return self.measured == other.measured and self.counts_fit(other)

    def counts_fit(self, other: Unit) -> bool:
        """Whether the counted things (loads, rooms) are the same, or one side leaves some out."""
        one, two = set(self.powers) - self.measured, set(other.powers) - other.measured
        return one <= two or two <= one

    @property
    def measured(self) -> frozenset[tuple[str, int]]:
        """Its measured and money part."""
        return frozenset((base, power) for base, power in self.powers if base in PHYSICAL or base in MONEY)


def convert(value: float, source: str | Unit, target: str | Unit) -> float:
    """The value restated in another unit; a plain number takes on any unit. Raises UnitError when it cannot be."""
    one, other = _as_unit(source), _as_unit(target)
    if one.is_number or other.is_number or one == other:
        return value
    if not one.convertible(other):
        raise UnitError(f"{one} cannot be converted into {other}: write the value in {other}")
    return value * one.size / other.size


# Reading


def _as_unit(unit: str | Unit) -> Unit:
    return unit if isinstance(unit, Unit) else Unit.parse(unit)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Unit:
    written = re.sub(r"\s+", " ", text.strip())
    plain = written.replace("²", "^2").replace("³", "^3")
    if not plain:
        return Unit()
    if len(plain) > 60:
        raise UnitError(f"'{plain[:20]}…' is too long for a unit: write a short one such as kg/day")
    top, below = split(plain)
    result = _product(top, plain)
    for part in below:
        result = result / _product(part, plain)
    return Unit(result.powers, result.size, written)


def _product(text: str, whole: str) -> Unit:
    result = Unit()
    for factor in re.split(r"\s*[*·]\s*", text):
        result = result * _factor(factor.strip(), whole)
    return result


_FACTOR = re.compile(
    r"(?P<times>\d+(?:\.\d+)? ?)?"
    r"(?P<word>[%€$£]|[°Ω]?[^\W\d_](?:(?:[^\W\d]|[ .'-])*[^\W\d])?\.?)?"
    r"(?P<power>\^?-?[1-4])?"
)


def _factor(text: str, whole: str) -> Unit:
    found = _FACTOR.fullmatch(text)
    if not text or not found or not (found["times"] or found["word"]):
        raise UnitError(f"'{whole}' is not a unit: write one such as kg, kg/day, EUR/h, m2 or rooms")
    times, word = float(found["times"] or 1), found["word"] or "1"
    power = int((found["power"] or "1").strip("^"))
    if not times:
        raise UnitError(f"'{whole}' is not a unit: it counts in zeros; write one such as kg/day")
    base = _word(word)
    powers = [(name, exponent * power) for name, exponent in base.powers]
    return _unit(powers, times * base.size**power, text)


def _word(word: str) -> Unit:
    size, base = _UNITS.get(word) or _UNITS.get(word.casefold()) or _UNITS.get(singular(word.casefold())) or (1.0, "")
    if not base and size == 1.0 and word != "1":
        base = word.upper() if word.upper() in MONEY else singular(word.casefold())
        return _unit([(base, 1)], 1.0, word)
    powers = [(name, exponent) for name, exponent in _BASES.get(base, ((base, 1),)) if name]
    return _unit(powers, size, word)


_BASES: Mapping[str, tuple[tuple[str, int], ...]] = {
    "m2": (("m", 2),),
    "m3": (("m", 3),),
    "W": (("J", 1), ("s", -1)),
    "Mbit/s": (("Mbit", 1), ("s", -1)),
}


def split(text: str) -> tuple[str, list[str]]:
    """The part of a unit above the line and the parts below it: `kg/day` is `kg` and [`day`]."""
    top, *below = re.split(r"\s*/\s*|\s+per\s+", text.strip())
    return top, below


def singular(word: str) -> str:
    """The singular of a regular English plural: loads, batches, bodies; other words as they are."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _unit(powers: Iterable[tuple[str, int]], size: float, text: str) -> Unit:
    total: dict[str, int] = {}
    for base, power in powers:
        total[base] = total.get(base, 0) + power
    return Unit(tuple(sorted((base, power) for base, power in total.items() if power)), size, text)


def _joined(left: str, right: str, sign: str) -> str:
    if not right:
        return left
    return f"{left or '1'}{sign}{right}" if left or sign == "/" else right
