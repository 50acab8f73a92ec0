"""What simulated customers say: phrasings the assistant was never shown, and the small sentences around them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.advice.catalogue import Catalogue, Fact
from bot.advice.heard import FactValue
from bot.advice.units import format_quantity


class Style(str, Enum):
    """How a customer talks."""

    PLAIN = "plain"
    TERSE = "terse"
    RAMBLING = "rambling"
    EVASIVE = "evasive"
    PRODUCT_FIRST = "product-first"
    ANGRY = "angry"
    CHANGES_MIND = "changes mind"
    TYPOS = "typos"


class PhrasingsMissing(Exception):
    """A company has no phrasings of its own, so its customers could only repeat what the catalogue says."""


@dataclass(frozen=True)
class Wordings:
    """Ways to tell each problem and to give each answer (fact id -> choice id -> ways)."""

    problems: Mapping[str, tuple[str, ...]]
    answers: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def problem(self, chance: random.Random, id: str) -> str:
        """A way to tell a problem. Raises PhrasingsMissing when there is none."""
        ways = self.problems.get(id)
        if not ways:
            raise PhrasingsMissing(f"There is no phrasing of the problem {id}: write three new ways to tell it.")
        return chance.choice(ways)

    def answer(self, chance: random.Random, fact: Fact, value: FactValue) -> str:
        """A way to answer a question; empty where a customer would rather press the ready reply."""
        if isinstance(value, bool):
            return chance.choice(_YES if value else _NO)
        if isinstance(value, (int, float)):
            return chance.choice(("{}", "about {}", "{} I'd say")).format(format_quantity(value, fact.unit))
        return chance.choice(self.answers.get(fact.id, {}).get(value) or ("",))


def from_catalogue(catalogue: Catalogue) -> Wordings:
    """The catalogue's own phrasings: for the engine alone, which never reads them."""
    problems = {id: one.said_as or (one.name,) for id, one in catalogue.problems.items()}
    answers = {
        id: {choice.id: choice.said_as or (choice.label,) for choice in fact.choices} for id, fact in catalogue.facts.items()
    }
    return Wordings(problems, answers)


def from_phrasings(trade: str) -> Wordings:
    """The phrasings of `bot/simulation/phrasings/<trade>.yml`. Raises PhrasingsMissing when there is no such file."""
    from bot.learning.matching_study import phrasings

    try:
        found = phrasings(trade)
    except OSError as error:
        raise PhrasingsMissing(
            f"There are no phrasings for {trade}: write bot/simulation/phrasings/{trade}.yml with three new ways to "
            "tell each problem and two to give each answer, or use --mode engine."
        ) from error
    problems: dict[str, tuple[str, ...]] = {}
    answers: dict[str, dict[str, tuple[str, ...]]] = {}
    for one in found:
        if one.problem:
            problems[one.problem] = (*problems.get(one.problem, ()), one.text)
        else:
            choices = answers.setdefault(one.fact, {})
            choices[one.choice] = (*choices.get(one.choice, ()), one.text)
    return Wordings(problems, answers)


_YES = ("yes we do", "yep", "that's so, yes")
_NO = ("no we don't", "nope", "not at all, no")

AGREES = ("yes that's it", "right", "exactly that", "yes, you've got it")
DISAGREES = ("no, that's not what I mean", "not quite")
UNSURE = ("no idea to be honest", "I'd have to look that up", "can't tell you")
DECLINES = ("I'd rather not say", "let's skip that one")
SUCCESS = ("when nobody has to ring me about it any more", "if it runs for a month without trouble", "by the end of june")
WHY_ASKED = ("why do you need to know?", "what has that got to do with it?")
WANTED = ("we need a new {}, can you quote one?", "I'd like to order one {}", "what does a {} cost, we want one")
CHANGED = ("actually forget that, it's something else: {}", "no wait, drop that. {}")
CORRECTED = ("sorry, I got that wrong before: {}", "correction, {}")
SAFE = ("ok, done", "alright, it's off now")
CONTACT = ("Kim Berger, 030 5550 1234", "Sam Field, sam@field.example")
PRESSES_ON = ("well, as I said", "go on then")
ACCEPTS = ("ok, let's do it that way", "fine, book that")
LEAVES = ("that's all, bye", "no, that was it, thanks")
MISSES = ("that somebody tells me straight what I don't need",)

_BEFORE = ("Good morning, hope you can help. ", "Hello there, I've been meaning to write for weeks. ", "So, ")
_AFTER = (" Anyway, it has been going on for a while.", " My colleague said I should ask you.", " Sorry for the long story.")
_FURY = ("This is ridiculous. ", "I'm fed up with this. ", "Honestly, what a mess. ")


def in_style(chance: random.Random, style: Style, text: str) -> str:
    """The same said in somebody's own way."""
    if style is Style.RAMBLING and len(text.split()) > 2:
        return f"{chance.choice(_BEFORE)}{text}.{chance.choice(_AFTER)}".replace("..", ".")
    if style is Style.TERSE:
        return text.rstrip(".").lower()
    if style is Style.ANGRY and chance.random() < 0.5 and len(text.split()) > 2:
        return chance.choice(_FURY) + text
    return mistyped(chance, text) if style is Style.TYPOS else text


def mistyped(chance: random.Random, text: str) -> str:
    """The text with slips of the fingers: about every seventh longer word has two letters swapped or one left out."""
    return " ".join(_slip(chance, word) if len(word) > 4 and chance.random() < 0.15 else word for word in text.split(" "))


def _slip(chance: random.Random, word: str) -> str:
    place = chance.randrange(1, len(word) - 1)
    if chance.random() < 0.5:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + word[place + 1 :]
