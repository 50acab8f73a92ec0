"""Personal data taken out of a text: what people are called and how they are reached becomes a word in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

_MONTHS: Final = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_STREETS: Final = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|court|square|sq|boulevard|blvd|close|crescent|terrace|place|parkway|row"
)
_MAIL: Final = r"[\w.+%'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"
_MAIL_SPOKEN: Final = (
    r"[\w.+-]+\s?[\[(]?\s?(?:at|@)\s?[\])]?\s?[\w-]+(?:\s?[\[(]?\s?(?:dot|\.)\s?[\])]?\s?(?:com|org|net|de|uk|co|example|eu))+"
)
_IBAN: Final = r"[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?"
_PHONE: Final = r"(?:\+|\b00|\(0?|\b0)\s?\d(?:[\s()./–-]{0,3}\d){5,}"
_NORTH: Final = r"\(?\b\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b"
_LONG: Final = r"\b\d(?:[\s./-]?\d){5,}\b"
_CODE: Final = r"\b(?=[A-Z0-9/_-]*\d{4})(?=[A-Z0-9/_-]*[A-Z])[A-Z0-9]+(?:[/_-][A-Z0-9]+)*\b"
_NUMBERED: Final = (
    r"\b(?:order(?:no|nr)?|invoice|account|customer|client|contract|ticket|case|serial|reference|booking|policy|delivery|ref)\b"
    r"(?:\s+(?:number|no|nr|num|id|code|is|was|it's|of|ending))*[\s.:#]*(?P<number>[A-Z]{0,4}[\s/_-]?\d[\w/-]*(?:\s\d[\w/-]*)*)"
)
_HASH: Final = r"#\s?[A-Z]{0,4}-?\d{2,}[\w-]*"
_STREET: Final = rf"\b\d{{1,5}}[a-z]?\s+(?:[\w'.-]+\s+){{1,3}}(?:{_STREETS})\b\.?"
_STRASSE: Final = r"\b[\w-]+(?:stra(?:ß|ss)e|str\.|gasse|allee|platz|weg)\s+\d{1,4}\s?[a-z]?\b"
_POSTCODE: Final = r"\b(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|(?:D|A|CH)-\d{4,5})\b"
_TOWN: Final = r"\b\d{5}(?=\s+[A-ZÄÖÜ][a-zäöüß]+)"
_BOX: Final = r"\bp\.?\s?o\.?\s?box\s+\d+"
_CALLED: Final = (
    r"\b(?:my name is|my name's|my name|name's|i am called|call me|ask for|speak to|speak with|talk to|contact|regards,?|cheers,?"
    r"|this is|it's|i'm|i am|signed|mr\.?|mrs\.?|ms\.?|dr\.?|miss)\s+(?:(?:mr|mrs|ms|dr|miss)\.?\s+)?"
)
_NAME: Final = r"(?P<name>[A-ZÄÖÜÀ-Þ][\w'’-]+(?:\s+(?:van|von|de|der|den|la|le|bin|al)\b)*(?:\s+[A-ZÄÖÜÀ-Þ][\w'’-]+){0,2})"
_NAMED_PLAINLY: Final = r"\b(?:my name is|my name's|i am called|call me)\s+(?P<name>[^\W\d_]{2,}(?:\s+[^\W\d_]{2,}){0,1})"

_KEEP: Final = re.compile(
    rf"\d{{4}}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d-])"
    rf"|\b\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d{{2}})\b|\b\d{{1,2}}\s(?:{_MONTHS})[a-z]*\s\d{{4}}\b",
    re.IGNORECASE,
)
"""Dates and large amounts look like numbers of people but are not."""

_ANY_CASE: Final = (
    (re.compile(rf"{_MAIL}|{_MAIL_SPOKEN}", re.IGNORECASE), "email"),
    (re.compile(_IBAN), "number"),
    (re.compile(_NUMBERED, re.IGNORECASE), "number"),
    (re.compile(_HASH, re.IGNORECASE), "number"),
    (re.compile(rf"{_STREET}|{_STRASSE}|{_BOX}", re.IGNORECASE), "address"),
    (re.compile(f"{_POSTCODE}|{_TOWN}"), "address"),
    (re.compile(f"{_PHONE}|{_NORTH}"), "phone"),
    (re.compile(_CODE, re.IGNORECASE), "number"),
    (re.compile(_LONG), "number"),
    (re.compile(_NAMED_PLAINLY, re.IGNORECASE), "name"),
    (re.compile(f"(?i:{_CALLED}){_NAME}"), "name"),
)
_SHORTEST: Final = 3
_OWNING: Final = 5
_ALIKE: Final = str.maketrans(
    {
        **dict.fromkeys((0x00AD, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF), None),
        **dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2212), "-"),
        **{wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},
    }
)
_UNPARTED: Final = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ß": "ss"})
_TWO_LETTERS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ø": "oe", "å": "aa", "æ": "ae"}
)
_SPLIT: Final = re.compile(r"[\s,;/()<>]+")


def mask(text: str, names: Iterable[str] = ()) -> str:
    """The text with mail addresses, phone numbers, addresses, numbers of orders and accounts, and names in brackets.

    `names` are known to be personal (a name, a contact): they go wherever they stand, whole or word by word.
    """
    return _masked(legible(text), tuple(sorted({name for name in names if name}))) if text else text


def legible(text: str) -> str:
    """The text without what nobody sees and everything looks alike with: signs of no width, letters in two parts, wide letters."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_ALIKE))


def plain_letters(text: str) -> str:
    """The text without accents."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text.translate(_UNPARTED))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def mask_plain(value: Any, names: Iterable[str] = ()) -> Any:
    """Plain data (mappings, lists, text, numbers) with every text in it masked; keys stay as they are."""
    known = tuple(names)
    if isinstance(value, str):
        return mask(value, known)
    if isinstance(value, dict):
        return {key: mask_plain(item, known) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(mask_plain(item, known) for item in value)
    return value


@lru_cache(maxsize=4096)
def _masked(text: str, names: tuple[str, ...]) -> str:
    if names and (literal := _literals(names)) is not None:
        text = literal.sub("[name]", text)
    for pattern, kind in _ANY_CASE:
        text = _outside_kept(pattern, kind, text)
    return text


def _outside_kept(pattern: re.Pattern[str], kind: str, text: str) -> str:
    """The text with what the pattern finds masked, except where all of it is a date or an amount."""
    if pattern.search(text) is None:
        return text
    kept = [found.span() for found in _KEEP.finditer(text)] if kind in ("phone", "number", "address") else []

    def named(found: re.Match[str]) -> str:
        part = next((name for name in ("name", "number") if name in found.re.groupindex), None)
        start, end = found.span(part) if part else found.span()
        if any(first <= start and end <= last for first, last in kept) or (kind == "name" and _common(text[start:end])):
            return found[0]
        return text[found.start() : start] + f"[{kind}]" + text[end : found.end()]

    return pattern.sub(named, text)


@lru_cache(maxsize=512)
def _literals(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """What finds a known name whole or by its words, in any case."""
    written = {part for name in names for part in _parts(legible(name)) if len(part) >= _SHORTEST}
    parts = {spelt for part in written for spelt in _spellings(part)}
    if not parts:
        return None
    longest = sorted(parts, key=lambda part: (-len(part), part))
    return re.compile("|".join(_bounded(part) for part in longest), re.IGNORECASE)


def _parts(name: str) -> tuple[str, ...]:
    """A name, its words alone and joined, and both halves of a double name."""
    words = _SPLIT.split(name)
    return name, "".join(words), *words, *(half for word in words for half in word.split("-") if half.isalpha())


def _spellings(part: str) -> tuple[str, ...]:
    """How people write a name: in small or large letters, without accents, and where their keys lack a letter."""
    return part, part.lower(), part.upper(), part.casefold(), plain_letters(part), plain_letters(part.translate(_TWO_LETTERS))


def _bounded(part: str) -> str:
    """The part as a word of its own, also between underscores and with an s at its end."""
    owned = r"(?:['’]?s)?" if len(part) >= _OWNING and part[-1].isalpha() else ""
    before, after = (r"(?<![^\W_])" if part[0].isalnum() else ""), (r"(?![^\W_])" if part[-1].isalnum() else "")
    return before + re.escape(part) + owned + after


def _common(words: str) -> bool:
    return words.split(maxsplit=1)[0].casefold() in _NOT_NAMES


_NOT_NAMES_LISTED: Final = """
    a an the not no yes just so very really fine ok okay sure sorry sick tired glad happy looking going trying having using
    calling writing asking thinking wondering getting running working afraid aware in on at for with from about here there
    back still also only our my your we you they it is this that what why how when where who support sales someone somebody
    anyone person me us him her them good great monday tuesday wednesday thursday friday saturday sunday january february
    march april june july august september october november december
"""
_NOT_NAMES: Final = frozenset(_NOT_NAMES_LISTED.split())
