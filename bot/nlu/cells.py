"""The cells of the need map a message fills in passing: since when, how often, by when, impact, what matters most, a contact."""

from __future__ import annotations

import re

from bot.advice.catalogue import Attribute
from bot.advice.heard import Act, CellName
from bot.nlu.reading import Reading

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\w)\+?\(?\d[\d\s()/.-]{5,}\d(?!\w)")
_DIALLED = re.compile(r"(?<![\w.,])(?:\+|0)\d[\d\s()/-]{5,}\d(?!\w)")
"""A phone number that nobody asked for: it begins like one, so that no order number or sum is taken for it."""
_PRIORITIES: tuple[tuple[Attribute, str], ...] = (
    (Attribute.COST, r"price|cost\w*|cheap\w*|budget|money|afford\w*|expensive|spend\w*"),
    (Attribute.TIMELINESS, r"fast\w*|quick\w*|soon\w*|speed|time|deadline|asap|urgent\w*|today|tomorrow"),
    (Attribute.EASE, r"eas\w+|simple|simpl\w+|hassle|effort|convenien\w*|straightforward"),
    (Attribute.CERTAINTY, r"reliab\w*|certain\w*|sure|safe\w*|guarantee\w*|depend\w*|trust\w*|works?|risk\w*|secure"),
    (Attribute.CHOICE, r"choice\w*|flexib\w*|options?|variety|freedom|independen\w*"),
)
_PERIOD = "(?:day|week|month|morning|evening|night|time|hour|monday|tuesday|wednesday|thursday|friday|saturday|sunday)s?"
_OFTEN = re.compile(
    rf"\b(?:every (?:\w+ )?{_PERIOD}|(?:once|twice|(?:\w+ )?times?) (?:a|per) (?:day|week|month|year|shift)"
    r"|daily|weekly|monthly|constantly|all the time|always|now and then)\b",
    re.IGNORECASE,
)
_TRIED = re.compile(
    r"\b(?:(?:we|i)(?:'ve| have)? (?:already )?tried|already (?:changed|replaced|cleaned|checked|called))\b.*",
    re.IGNORECASE,
)


def cells_in(reading: Reading, acts: tuple[Act, ...]) -> dict[CellName, str]:
    """What the message tells of these cells, in the customer's words."""
    found: dict[CellName, str] = {}
    if reading.since:
        found[CellName.SINCE] = reading.since.quote
    if reading.deadline:
        found[CellName.CONSTRAINTS] = reading.deadline.quote
    if often := _OFTEN.search(reading.text):
        found[CellName.HOW_OFTEN] = often[0]
    if tried := _TRIED.search(reading.text):
        found[CellName.TRIED] = tried[0]
    if reading.reasons:
        found[CellName.IMPACT] = reading.reasons[0]
    if reached := _EMAIL.search(reading.text) or _DIALLED.search(reading.text):
        found[CellName.CONTACT] = reached[0].strip()
    if Act.PREFERS in acts and (priority := priority_in(reading.text)):
        found[CellName.PRIORITY] = priority
    return found


def priority_in(text: str) -> str:
    """Which of the five attributes the words name first, as its code; empty when they name none."""
    found = [(match.start(), each) for each, words in _PRIORITIES if (match := re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))]
    return min(found)[1].value if found else ""


def contact_in(text: str) -> str:
    """The text, when it holds an e-mail address or a phone number; else empty."""
    return " ".join(text.split()) if _EMAIL.search(text) or _PHONE.search(text) else ""
