"""Reads quantities, and says a value with its unit as a person would: `84 kg a day`, `1 250 €`, `70 minutes`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date

from bot.advice.unit_algebra import MONEY, Unit, UnitError, singular, split

SPACE = "\u00a0"
"""Stands between groups of digits and before a currency sign, so that no line ever breaks inside a sum."""

_NUMBER = r"[-+]?(?:\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?|[-+]?\.\d+"
_QUANTITY = re.compile(rf"([€$£])?\s*({_NUMBER})\s*([^\d\s].*)?", re.DOTALL)


def parse_quantity(text: str) -> tuple[float, str] | None:
    """A number and its unit from text such as `20 kg`, `1,250 kg/day`, `£40` or `85%`; None when it is no quantity."""
    found = _QUANTITY.fullmatch(text.strip())
    if not found or (found.group(1) and found.group(3)):
        return None
    unit = (found.group(3) or found.group(1) or "").strip()
    try:
        Unit.parse(unit)
    except UnitError:
        return None
    return float(re.sub(r"[ ,\u00a0\u202f]", "", found.group(2))), unit


def format_quantity(value: object, unit: str = "", currency: str = "EUR") -> str:
    """A fact's value for people: yes/no, words and days as they are said, numbers rounded, with the unit in words.

    A unit that is money (`EUR`, `EUR/h`, or `money`, which stands for the company's currency) is written as money.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if not isinstance(value, (int, float)):
        return "not known" if value is None else str(value)
    if not math.isfinite(value):
        return "not known"
    top, below = split(unit)
    return _top(float(value), top, currency) + "".join(_below(part, place) for place, part in enumerate(below))


def format_money(amount: float, currency: str = "EUR") -> str:
    """A sum of money: whole from 100 on, `1 250 €` or `£1,250` as its readers write it."""
    cents = abs(amount) < 100 and round(amount, 2) != round(amount)
    symbol, before = _SIGNS.get(currency.upper(), (currency, False))
    sign = "-" if amount < 0 and round(amount, 2) else ""
    digits = f"{abs(amount):,.2f}" if cents else f"{_whole(abs(amount)):,}"
    return f"{sign}{symbol}{digits}" if before else f"{sign}{digits.replace(',', SPACE)}{SPACE}{symbol}"


_SIGNS: Mapping[str, tuple[str, bool]] = {
    "EUR": ("€", False),
    "GBP": ("£", True),
    "USD": ("$", True),
    "CAD": ("CA$", True),
    "AUD": ("A$", True),
    "NZD": ("NZ$", True),
    "JPY": ("¥", True),
    "INR": ("₹", True),
    "SEK": ("kr", False),
    "NOK": ("kr", False),
    "DKK": ("kr", False),
    "PLN": ("zł", False),
    "CZK": ("Kč", False),
}
_MONEY_WORDS: Mapping[str, str] = {"€": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "£": "GBP", "pounds": "GBP"}


def _top(value: float, unit: str, currency: str) -> str:
    money = _MONEY_WORDS.get(unit.casefold(), unit.upper())
    if money in MONEY or unit.casefold() in ("money", "currency"):
        return format_money(value, money if money in MONEY else currency)
    number = format_number(value)
    if not unit:
        return number
    return number + ("%" if unit in ("%", "percent") else " " + _word(unit, one=number in ("1", "-1")))


def format_number(value: float) -> str:
    """A number with no false precision: what was given to two decimals stays, longer ones keep about three digits."""
    exact = abs(value) < 1000 and round(value, 2) == value
    places = 2 if exact or abs(value) < 10 else 1 if abs(value) < 100 else 0
    if 0 < abs(value) < 1 and not exact:
        places = min(1 - math.floor(math.log10(abs(value))), 6)
    rounded = round(value, places) if places else float(_whole(value))
    digits = f"{rounded:,.{places}f}"
    digits = digits.rstrip("0").rstrip(".") if places else digits
    digits = digits.replace(",", "") if abs(rounded) < 10_000 else digits.replace(",", SPACE)
    return "0" if digits in ("-0", "") else digits


def _whole(value: float) -> int:
    """The nearest whole number; halves go up."""
    return math.floor(value + 0.5)


_WORDS: Mapping[str, str] = {
    "min": "minute", "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "s": "second", "sec": "second",
    "d": "day", "wk": "week", "yr": "year", "l": "litre", "in": "inch", "ft": "foot", "m2": "m²", "m^2": "m²",
    "m3": "m³", "m^3": "m³", "sqm": "m²", "cbm": "m³",
}  # fmt: skip
_UNCHANGED = frozenset({
    "kg", "g", "mg", "t", "lb", "lbs", "oz", "mm", "cm", "m", "km", "m²", "m³", "ml", "kwh", "wh", "mwh", "kw", "w",
    "bar", "mbar", "psi", "mbit", "kbit", "gbit", "mbps", "staff", "people",
})  # fmt: skip
_IRREGULAR: Mapping[str, str] = {"foot": "feet", "inch": "inches", "person": "people", "half": "halves"}


def _word(unit: str, one: bool) -> str:
    """The unit in words, in the singular or plural."""
    word = _WORDS.get(unit.casefold(), unit)
    if word.casefold() in _UNCHANGED or not re.fullmatch(r"[a-z][a-z '-]*[a-z]", word):
        return word
    base = singular(word)
    if one:
        return base
    return _IRREGULAR.get(base) or (word if base != word or word.endswith("s") else plural(base))


def plural(word: str) -> str:
    """The regular English plural of a singular word."""
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(ch|sh|x|s|z)$", word) else "s")


def _below(unit: str, place: int) -> str:
    """` a day`, ` an hour`, ` per kg`."""
    word = _word(unit, one=True)
    if place == 0 and word in ("second", "minute", "hour", "day", "week", "month", "year", "night", "shift"):
        return f" an {word}" if word == "hour" else f" a {word}"
    return f" per {word}"
