"""What a trainer says a turn should have been: acts, facts, what it was about, and what should have been said or asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.advice.archive import from_plain, to_plain
from bot.advice.catalogue import Catalogue, FactType
from bot.advice.heard import Act
from bot.advice.moves import MoveKind
from bot.store.records import Json

NOTHING = "none"
"""In place of a problem, a cause or a value: the message does not say it."""

_YES_NO = ("yes", "no")
_LONGEST = 2000


class CorrectionInvalid(ValueError):
    """A correction that cannot be taken; `errors` says by field what to write instead."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Part:
    """An act and the words that carry it; no words stand for the whole message."""

    act: str
    words: str = ""


@dataclass(frozen=True)
class Thing:
    """A product or a kind of thing that the words name, and how many of it the customer owns: "0" when it was only asked for."""

    name: str
    words: str
    owns: str = "1"


@dataclass(frozen=True)
class Correction:
    """What one turn should have been. What is left empty was right, or nobody looked.

    `acts`: the main one first. `facts`: fact -> value as text, NOTHING where it was not said; `words` gives the words for a
    fact, "problem" or "cause". `meant` is the problem that a wrong "did you mean" should have named, `reason` the words of a
    reason missed.
    """

    acts: tuple[Part, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    things: tuple[Thing, ...] = ()
    problem: str = ""
    cause: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    meant: str = ""
    reason: str = ""
    move: str = ""
    asks: str = ""
    should_say: str = ""
    note: str = ""

    def __bool__(self) -> bool:
        """Whether anything is corrected."""
        return self != Correction()

    @property
    def about(self) -> str:
        """The problem that the message is about, if the trainer named one."""
        return self.problem or self.meant


def plain(correction: Correction) -> Json:
    """The correction as it is stored."""
    found: Json = to_plain(correction)
    return found


def stored(content: Json) -> Correction:
    """The correction in a stored version."""
    return from_plain(Correction, content)


def check(correction: Correction, catalogue: Catalogue, said: str) -> None:
    """Raises CorrectionInvalid when the correction names what is not there, or words that were not said."""
    errors = dict(_wrong(correction, catalogue, said))
    if errors:
        raise CorrectionInvalid(errors)


def _wrong(correction: Correction, catalogue: Catalogue, said: str) -> Iterator[tuple[str, str]]:
    yield from _wrong_names(correction, catalogue)
    yield from _wrong_words(correction, said)
    yield from _wrong_things(correction, catalogue)
    for fact, value in correction.facts.items():
        if complaint := _wrong_value(fact, value, catalogue):
            yield f"fact:{fact}", complaint
    for name, text in (("should_say", correction.should_say), ("note", correction.note)):
        if len(text) > _LONGEST:
            yield name, f"This is {len(text)} characters long. Write at most {_LONGEST}."


def _wrong_names(correction: Correction, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    acts = {act.value for act in Act}
    for part in correction.acts:
        if part.act not in acts:
            yield "acts", f"There is no act “{part.act}”. Choose one of the list."
    for name, of in (("problem", correction.problem), ("meant", correction.meant)):
        if of not in ("", NOTHING) and of not in catalogue.problems:
            yield name, f"The catalogue has no problem “{of}”. Choose one of the list, or “none of them”."
    if correction.cause not in ("", NOTHING) and correction.cause not in catalogue.causes:
        yield "cause", f"The catalogue has no cause “{correction.cause}”. Choose one of the list."
    if correction.move and correction.move not in {kind.value for kind in MoveKind}:
        yield "move", f"There is no move “{correction.move}”. Choose one of the list."


def _wrong_things(correction: Correction, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    known = {*catalogue.products, *(one.kind for one in catalogue.products.values())}
    for thing in correction.things:
        if thing.name not in known:
            yield "things", f"The catalogue has no product “{thing.name}”. Choose one of the list."
        if not _is_number(thing.owns):
            yield "things", "Write how many they own as a number; 0 when they only asked for it."


def _wrong_words(correction: Correction, said: str) -> Iterator[tuple[str, str]]:
    quoted = [("acts", part.words) for part in correction.acts]
    quoted += [("things", thing.words) for thing in correction.things]
    quoted += [("reason", correction.reason), *((f"words:{name}", words) for name, words in correction.words.items())]
    for name, words in quoted:
        if words and " ".join(words.split()).casefold() not in " ".join(said.split()).casefold():
            yield name, f"The message does not say “{words[:80]}”. Copy the words from the message."


def _wrong_value(fact: str, value: str, catalogue: Catalogue) -> str:
    """What is wrong with a fact's value, empty when nothing is."""
    known = catalogue.facts.get(fact)
    if known is None:
        return f"The catalogue has no fact “{fact}”."
    if value == NOTHING:
        return ""
    choices = [choice.id for choice in known.choices]
    if choices and value not in choices:
        return f"Write one of {', '.join(choices)}, or {NOTHING}."
    if known.type is FactType.YES_NO and value not in _YES_NO:
        return f"Write yes, no, or {NOTHING}."
    if known.type is FactType.NUMBER and not _is_number(value):
        return f"Write a number{f' in {known.unit}' if known.unit else ''}, or {NOTHING}."
    return "" if value.strip() else f"Write a value, or {NOTHING}."


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
