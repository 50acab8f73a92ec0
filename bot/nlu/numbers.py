"""Reading a number however it is written: 1,200, 12k, 1.5, two and a half, a dozen."""

from __future__ import annotations

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SIMPLE_NUMBERS = {
    **{word: float(value) for value, word in enumerate(_ONES.split())},
    **{word: 20.0 + 10.0 * place for place, word in enumerate(_TENS.split())},
    "fourty": 40.0,
    "fiveteen": 15.0,
}
"""The numbers that are one word, and two common misspellings."""
_SCALES = {"hundred": 100.0, "thousand": 1e3, "grand": 1e3, "million": 1e6, "k": 1e3, "mio": 1e6, "m": 1e6}
_GROUPS = {"dozen": 12.0, "couple": 2.0, "pair": 2.0, "handful": 5.0, "few": 3.0, "several": 3.0}
_UPPER = {"few": 5.0, "several": 7.0, "handful": 6.0}
_GLYPHS = {"½": 0.5, "¼": 0.25, "¾": 0.75}

_SIMPLE = "|".join(sorted(SIMPLE_NUMBERS, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:[,']\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
NUMBER = (
    rf"(?:(?:{_DIGITS})(?: ?(?:k|mio)\b| (?:hundred|thousand|grand|million)\b| ?[½¼¾]| 1/2\b)?"
    r"|[½¼¾]"
    rf"|(?:a |an )?(?:half|quarter)(?: a| an)? dozen"
    rf"|(?:(?:{_SIMPLE})|a)(?:[ -](?:{_SIMPLE}))? (?:hundred|thousand|million|dozen)(?:s)?(?: and)?"
    rf"(?: (?:{_SIMPLE}))?(?:[ -](?:{_SIMPLE}))?"
    r"|(?:one|a)[ -](?:third|quarter|half)\b|two[ -]thirds|three[ -]quarters"
    rf"|(?:{_SIMPLE})(?:[ -](?:{_SIMPLE}))?(?: and a (?:half|quarter))?"
    r"|(?:a |the )?(?:couple|pair|handful|few)(?: of)?|several|dozens|hundreds|thousands"
    r"|(?:a |an )?half(?= an?\b| (?:the|of|hour|day|year|kilo|ton|litre)\b|-)"
    r")"
)
"""A pattern (without group names) for a number, however written."""

_FRACTIONS = {"third": 1 / 3, "thirds": 1 / 3, "quarter": 0.25, "quarters": 0.25, "half": 0.5}
_VAGUE = frozenset(("couple", "few", "several", "handful", "dozens", "hundreds", "thousands"))


def read_number(written: str) -> tuple[float, float, bool]:
    """Lowest value, highest value and whether it is vague: "a few" is (3, 5, True), "12k" (12000, 12000, False)."""
    text = written.lower().strip().removesuffix(" of")
    if text[0].isdigit() or text[0] in _GLYPHS:
        value = _digits(text)
        return value, value, False
    return _worded(text)


def _worded(text: str) -> tuple[float, float, bool]:
    words = [word for word in re.split(r"[ -]+", text) if word not in ("and", "of", "the")]
    vague = any(word in _VAGUE for word in words)
    if words[-1] in _UPPER:
        return _GROUPS[words[-1]], _UPPER[words[-1]], True
    value = _sum(words)
    return value, value, vague


def _sum(words: list[str]) -> float:
    total, current = 0.0, 0.0
    for place, word in enumerate(words):
        plain = word.removesuffix("s") if word in ("dozens", "hundreds", "thousands") else word
        if plain in SIMPLE_NUMBERS:
            current += SIMPLE_NUMBERS[plain]
        elif plain in _SCALES or plain in _GROUPS:
            scale = (_SCALES | _GROUPS)[plain]
            total, current = total + (current or 1.0) * scale, 0.0
        elif plain in _FRACTIONS:
            current = _with_fraction(words, place, current)
    return total + current


def _with_fraction(words: list[str], place: int, current: float) -> float:
    """ "two and a half" adds, "two thirds" multiplies, "half a dozen" is left to multiply the dozen."""
    part = _FRACTIONS[words[place]]
    added = place > 1 and words[place - 1] == "a" and current
    return current + part if added else (current or 1.0) * part


def _digits(text: str) -> float:
    found = re.match(rf"(?P<base>{_DIGITS})?\s*(?P<rest>.*)", text)
    assert found is not None
    base = _plain(found["base"]) if found["base"] else 0.0
    rest = found["rest"].strip()
    if rest in _GLYPHS:
        return base + _GLYPHS[rest]
    if rest == "1/2":
        return base + 0.5
    return base * _SCALES.get(rest, 1.0)


def _plain(digits: str) -> float:
    """1,200 and 1.200 are twelve hundred; 1,5 and 1.5 one and a half."""
    if re.fullmatch(r"\d{1,3}(?:[,']\d{3})+(?:\.\d+)?", digits) or re.fullmatch(r"\d{1,3}\.\d00", digits):
        whole = digits.replace(",", "").replace("'", "")
        return float(whole.replace(".", "") if re.fullmatch(r"\d{1,3}\.\d00", digits) else whole)
    return float(digits.replace(",", "."))
