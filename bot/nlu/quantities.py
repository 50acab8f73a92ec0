"""Amounts in a message: numbers with their units, ranges, rates, durations and money, each with the exact words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.nlu.language import analyse, straighten
from bot.nlu.numbers import NUMBER, read_number
from bot.nlu.times import time_spans
from bot.nlu.units import DURATIONS, MONEY, MONEY_SIGNS, UNIT, canonical, singular

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True)
class Quantity:
    """An amount as said: `value` to `upper` (equal unless a range) of `unit` per `per`.

    `unit` is a unit's canonical name ("kg", "minute", "EUR", "%", "times"), else the counted noun in the singular
    ("washer"), else "". `per` is a period or a noun in the singular ("day", "load"), or "". `approximate` for "about 40".
    """

    value: float
    upper: float
    unit: str
    per: str
    approximate: bool
    quote: str
    start: int
    end: int

    @property
    def is_duration(self) -> bool:
        """Whether it is a length of time."""
        return self.unit in DURATIONS

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit in MONEY


_ABOUT = (
    r"(?:about|around|roughly|approx(?:imately)?\.?|ca\.?|circa|some|maybe|perhaps|nearly|almost|up to|at least|"
    r"at most|more than|"
    r"less than|over|under|just over|just under|close to|an average of|on average|~|probably|i'?d say|say|like)"
)
_PERIODS = {
    "daily": "day", "nightly": "night", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year",
    "annual": "year", "hourly": "hour", "p.a.": "year", "pa": "year", "pw": "week", "pcm": "month", "pm": "month", "ph": "hour",
    "morning": "day", "evening": "day", "afternoon": "day", "kwh": "kWh",
}  # fmt: skip
_PER = (
    r"(?P<per>\s*(?:/ ?|\b(?:per|each|every|an?|by the)\b )(?!lot\b|bit\b|few\b|time\b|half\b|couple\b|new\b|while\b)"
    r"(?P<each>[a-z]{1,15}|day|week)\b|\s+(?P<ly>daily|nightly|weekly|monthly|yearly|annually|hourly|p\.a\.|pa\b|"
    r"pw\b|pcm\b))"
)
_SIGN = "".join(re.escape(sign) for sign in MONEY_SIGNS)
_AMOUNT = re.compile(
    rf"(?P<about>\b{_ABOUT}\s+|~\s*)?(?P<sign>[{_SIGN}]\s?)?(?<![\w.,])(?P<minus>-)?(?P<low>{NUMBER})"
    rf"(?:\s?(?:-|to|or|and(?= \d))\s?(?P<high>{NUMBER})(?![\w]))?"
    rf"(?P<ish>\s?(?:ish|-ish|odd|something|plus|\+)(?!\w))?"
    rf"(?P<article>(?<=half)(?: of)? an?(?= )|(?<=quarter)(?: of)? an?(?= ))?(?:[\s-]?(?P<unit>{UNIT})(?![\w²³]))?",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"\b(?P<word>once|twice|thrice)(?:\s+(?:(?:every|each|in)\s+)?(?:(?:a|an|per|every|each)\s+)?(?P<each>day|"
    r"week|month|year|hour|night|shift|quarter)\b)?"
    rf"|\bevery (?P<gap>{NUMBER}|other|single|second|third)? ?(?P<period>minutes?|hours?|days?|nights?|mornings?|"
    rf"weeks?|months?|years?|shifts?|quarters?)\b"
    r"|\b(?P<ly>daily|nightly|weekly|fortnightly|monthly|yearly|annually|hourly)\b",
    re.IGNORECASE,
)
_PLURAL_DIMENSIONS = re.compile(
    r"(?<![\w.,])\d+(?:[.,]\d+)?(?:\s?(?:x|×|by)\s?\d+(?:[.,]\d+)?)+\s?(?P<unit>mm|cm|m|inch(?:es)?|in|"
    r"ft)?(?!\w)",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"\b[A-Za-z]{1,12}-?\d[\w-]*|\b\d+[A-Za-z]+\d\w*|\b\d{7,}\b|\b\d+(?:st|nd|rd|th)\b|\bno\.? ?\d+\b", re.IGNORECASE
)
_UNIT_GLUED = re.compile(rf"^\d[\d.,]*(?:{UNIT})$|^x ?\d+$", re.IGNORECASE)
_PRONOUN_ONE = re.compile(
    r"\b(?:the|this|that|which|another|old|new|other|only|big|small|no|first|second|last|right|wrong|each|every|"
    r"any|some)\s+$"
)
_TRAIL = re.compile(r"\s*(?:or so|or thereabouts|give or take|roughly|approx(?:imately)?|more or less|old)\b", re.IGNORECASE)


def find_quantities(text: str, today: date) -> tuple[Quantity, ...]:
    """Every amount, in order; dates, times of day, model names, ordinals and telephone numbers are not amounts."""
    plain = straighten(text)
    taken = [*time_spans(text, today), *(m.span() for m in _MODEL.finditer(plain) if not _UNIT_GLUED.match(m[0]))]
    found: list[Quantity] = []
    for quantity, place in (*_dimensions(text, plain), *_frequencies(text, plain), *_amounts(text, plain)):
        if not any(start <= place < end for start, end in taken):
            found.append(quantity)
            taken.append((quantity.start, quantity.end))
    return tuple(sorted(found, key=lambda quantity: quantity.start))


_Placed = tuple[Quantity, int]
"""An amount and where its number stands."""


def _amounts(text: str, plain: str) -> Iterator[_Placed]:
    for found in _AMOUNT.finditer(plain):
        if not _is_pronoun(found, plain) and not _is_bare_article(found):
            yield _quantity(text, plain, found), found.start("low")


def _is_pronoun(found: re.Match[str], plain: str) -> bool:
    """ "the old one", "no one", "one of them" do not count anything."""
    if found["low"].lower() != "one" or found["unit"]:
        return False
    return bool(_PRONOUN_ONE.search(plain[: found.start("low")].lower())) or plain[found.end() :].lower().startswith(
        (" of ", " thing")
    )


def _is_bare_article(found: re.Match[str]) -> bool:
    return found["low"].lower() in ("a", "an")


def _quantity(text: str, plain: str, found: re.Match[str]) -> Quantity:
    low, top, vague = read_number(found["low"])
    high = read_number(found["high"])[1] if found["high"] else top
    sign = -1.0 if found["minus"] else 1.0
    unit, end = _unit_of(found, plain)
    per, end = _per(plain, end)
    trail = _TRAIL.match(plain, end)
    approximate = bool(found["about"] or found["ish"] or vague or (trail and "old" not in trail[0]))
    end = trail.end() if trail else end
    low, high = (low * 100, high * 100) if unit == "%" and _is_share(found, plain) else (low, high)
    low, high = (low * 1000, high) if _shares_scale(low, found) else (low, high)
    start = found.start("sign") if found["sign"] else found.start("minus") if found["minus"] else found.start("low")
    start = found.start("about") if found["about"] else start
    value, upper = sorted((sign * low, sign * high))
    return Quantity(value, upper, unit, per, approximate, text[start:end].strip(), start, end)


def _shares_scale(low: float, found: re.Match[str]) -> bool:
    """ "10-12k" means ten to twelve thousand."""
    high = (found["high"] or "").lower()
    return high.endswith("k") and low < 1000


def _unit_of(found: re.Match[str], plain: str) -> tuple[str, int]:
    if found["sign"]:
        return MONEY_SIGNS[found["sign"].strip()], found.end()
    unit = canonical(found["unit"]) if found["unit"] else ""
    if unit and not (found["unit"].lower() in ("a", "x") and unit != "times"):
        return unit, found.end()
    number_end = found.start("unit") if found["unit"] else found.end()
    number_end = found.end("article") if found["article"] else number_end
    if _is_share(found, plain):
        return "%", found.end("low")
    return _noun(plain, found.end("low") - 1, number_end)


def _is_share(found: re.Match[str], plain: str) -> bool:
    """ "half of them", "two thirds of the calls": a share, read as per cent."""
    fraction = re.search(r"half|third|quarter", found["low"].lower())
    return bool(fraction and re.match(r"\s+(?:of|the|our|my)\b", plain[found.end("low") :].lower()))


def _noun(plain: str, last: int, end: int) -> tuple[str, int]:
    """The noun counted, by grammar where the parser saw it: "two more 30 kg washers" counts washers."""
    doc = analyse(plain)
    token = next((t for t in doc if t.idx <= last < t.idx + len(t.text)), None)
    if token is not None and token.dep_ in ("nummod", "quantmod", "amod") and token.head.i > token.i:
        head = _counted(token)
        if head is not None and head.pos_ in ("NOUN", "PROPN") and not head.is_punct:
            near = head.i - token.i <= 2
            return singular(head.text), head.idx + len(head.text) if near else end
    follows = re.match(
        r"\s+(?:of (?:the|our|my|them)\s?|more |new |other |different )?(?P<noun>[a-z]{3,})", plain[end:], re.IGNORECASE
    )
    if follows and _is_noun(plain, end + follows.start("noun")):
        return singular(follows["noun"]), end + follows.end()
    return "", end


def _counted(token: Token) -> Token | None:
    head = token.head
    return head if head.pos_ != "NUM" else (head.head if head.head.i > head.i else None)


def _is_noun(plain: str, place: int) -> bool:
    return any(t.idx == place and t.pos_ in ("NOUN", "PROPN") for t in analyse(plain))


def _per(plain: str, end: int) -> tuple[str, int]:
    found = re.match(_PER, plain[end:], re.IGNORECASE)
    if not found:
        return "", end
    if found["ly"]:
        return _PERIODS.get(found["ly"].lower(), ""), end + found.end()
    each = found["each"].lower()
    period = _PERIODS.get(each) or canonical(each) or singular(each)
    explicit = found["per"].strip().startswith(("/", "per", "each", "every", "by"))
    if not explicit and period not in _RATED:
        return "", end
    return period, end + found.end()


_RATED = frozenset(
    (*DURATIONS, "night", "shift", "load", "room", "head", "visit", "person", "guest", "machine", "piece", "quarter", "kg", "time")
)


def _frequencies(text: str, plain: str) -> Iterator[_Placed]:
    """ "twice a week", "every two weeks", "daily": how many times per period."""
    for found in _TIMES.finditer(plain):
        value, per = _frequency(found)
        quote = text[found.start() : found.end()].strip()
        yield Quantity(value, value, "times", per, False, quote, found.start(), found.end()), found.start()


def _frequency(found: re.Match[str]) -> tuple[float, str]:
    if found["word"]:
        count = {"once": 1.0, "twice": 2.0, "thrice": 3.0}[found["word"].lower()]
        return count, (found["each"] or "").lower()
    if found["ly"]:
        said = found["ly"].lower()
        return (0.5, "week") if said == "fortnightly" else (1.0, _PERIODS[said])
    period = singular(found["period"])
    gap = (found["gap"] or "").lower()
    every = {"": 1.0, "single": 1.0, "other": 2.0, "second": 2.0, "third": 3.0}
    return 1.0 / (every[gap] if gap in every else max(read_number(gap)[0], 1e-9)), _PERIODS.get(period, period)


def _dimensions(text: str, plain: str) -> Iterator[_Placed]:
    """ "100 x 50 mm" is two lengths; "40 x 3 m" is forty pieces of three metres."""
    for found in _PLURAL_DIMENSIONS.finditer(plain):
        numbers = list(re.finditer(r"\d+(?:[.,]\d+)?", found[0]))
        unit = canonical(found["unit"]) if found["unit"] else ""
        pieces = len(numbers) == 2 and unit in ("m", "ft")
        for place, number in enumerate(numbers):
            value = read_number(number[0])[0]
            start = found.start() + number.start()
            last = place == len(numbers) - 1
            end = found.end() if last else found.start() + number.end()
            measured = "piece" if pieces and not last else unit
            yield Quantity(value, value, measured, "", False, text[start:end].strip(), start, end), start
