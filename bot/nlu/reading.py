"""A Reading: everything one message says that can be told without the catalogue, typed and JSON-serialisable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from bot.advice.heard import Polarity, Trouble
from bot.nlu.clauses import Clause, find_why, split_clauses
from bot.nlu.clean import clean, has_content, is_payload
from bot.nlu.language_guess import ENGLISH, guess_language
from bot.nlu.polarity import read_polarity
from bot.nlu.quantities import Quantity, find_quantities
from bot.nlu.times import Moment, find_dates, find_deadline, find_since

READING = "reading"
"""The key of a Rasa parse under which the reading travels."""


@dataclass(frozen=True)
class ActHeard:
    """One act found in a message: its name, its probability and the words that carry it."""

    name: str
    confidence: float
    text: str


@dataclass(frozen=True)
class Reading:
    """One message, read.

    `acts` are likeliest first, the first is the message's main act; empty for a payload or an unread message.
    `understood` is the chance that the main act is right, 0..1. `negated`: its main predicate is denied. `reasons` and
    `purposes` are quotes. `trouble` tells why nothing could be read (a thumb up is an answer, no trouble), `shortened` that
    the end of the message was not.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    acts: tuple[ActHeard, ...] = ()
    understood: float = 0.0
    polarity: Polarity = Polarity.NONE
    polarity_quote: str = ""
    bare: bool = False
    negated: bool = False
    quantities: tuple[Quantity, ...] = ()
    reasons: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    since: Moment | None = None
    deadline: Moment | None = None
    dates: tuple[Moment, ...] = ()
    language: str = ENGLISH
    trouble: Trouble | None = None
    shortened: bool = False

    @property
    def intent(self) -> str:
        """The name of the main act, "" when there is none."""
        return self.acts[0].name if self.acts else ""

    def has(self, *names: str) -> bool:
        """Whether any of these acts is carried."""
        return any(act.name in names for act in self.acts)

    def as_dict(self) -> dict[str, Any]:
        """The reading as plain data; `from_parse({"reading": …})` gives it back."""
        plain = asdict(self)
        plain["polarity"] = self.polarity.value
        plain["trouble"] = self.trouble.value if self.trouble else None
        return plain


def read_message(text: str, today: date | None = None) -> Reading:
    """Read a message without the trained model: everything but `acts` and `understood`.

    `today` is what "last summer" and "before Friday" count from; the day of the call when not given.
    """
    cleaned = clean(text)
    trouble, language = _trouble(cleaned.text)
    if trouble is Trouble.GARBLED and (reply := read_polarity(cleaned.text)).polarity is not Polarity.NONE:
        return Reading(cleaned.text, polarity=reply.polarity, polarity_quote=reply.quote, bare=True)
    if trouble is not None or is_payload(cleaned.text):
        return Reading(cleaned.text, trouble=trouble, language=language, shortened=cleaned.shortened)
    return _read(cleaned.text, today or datetime.now().astimezone().date(), cleaned.shortened)


def _read(text: str, today: date, shortened: bool) -> Reading:
    reply, why = read_polarity(text), find_why(text)
    return Reading(
        text,
        clauses=split_clauses(text),
        polarity=reply.polarity,
        polarity_quote=reply.quote,
        bare=reply.bare,
        negated=reply.negated,
        quantities=find_quantities(text, today),
        reasons=why.reasons,
        purposes=why.purposes,
        since=find_since(text, today),
        deadline=find_deadline(text, today),
        dates=find_dates(text, today),
        shortened=shortened,
    )


def _trouble(text: str) -> tuple[Trouble | None, str]:
    if not text:
        return Trouble.EMPTY, ENGLISH
    if not has_content(text):
        return Trouble.GARBLED, ENGLISH
    language = guess_language(text)
    return (Trouble.LANGUAGE if language != ENGLISH else None), language


def from_parse(parse: Mapping[str, Any]) -> Reading:
    """The reading inside a Rasa parse (a tracker's latest message); a button's payload has its intent as only act.

    A parse without a reading (made elsewhere, or of an older model) is read anew.
    """
    stored = parse.get(READING)
    if stored is None or is_payload(str(parse.get("text") or "")):
        return _from_payload(parse)
    return _from_dict(stored)


def _from_payload(parse: Mapping[str, Any]) -> Reading:
    text = str(parse.get("text") or "")
    intent = parse.get("intent") or {}
    name, confidence = intent.get("name"), float(intent.get("confidence") or 0.0)
    base = read_message(text)
    acts = (ActHeard(name, confidence, text),) if name else ()
    return Reading(**{**_fields(base), "acts": acts, "understood": confidence})


def _fields(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in reading.__dataclass_fields__}


def _from_dict(stored: Mapping[str, Any]) -> Reading:
    plain = dict(stored)
    plain["clauses"] = tuple(Clause(**each) for each in plain.get("clauses", ()))
    plain["acts"] = tuple(ActHeard(**each) for each in plain.get("acts", ()))
    plain["quantities"] = tuple(Quantity(**each) for each in plain.get("quantities", ()))
    plain["dates"] = tuple(Moment(**each) for each in plain.get("dates", ()))
    for name in ("since", "deadline"):
        plain[name] = Moment(**plain[name]) if plain.get(name) else None
    for name in ("reasons", "purposes"):
        plain[name] = tuple(plain.get(name, ()))
    plain["polarity"] = Polarity(plain.get("polarity", Polarity.NONE.value))
    plain["trouble"] = Trouble(plain["trouble"]) if plain.get("trouble") else None
    return Reading(**plain)
