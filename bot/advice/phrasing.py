"""The phrasebook, and the small grammar around it: lists, dates, money, filled catalogue sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.advice.catalogue import Catalogue, Cost, FactType
from bot.advice.heard import FactValue
from bot.advice.units import format_money, format_quantity

_HOLE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class PhraseMissing(KeyError):
    """A response the engine needs is not in domain.yml, or one of its braces has no value: says which."""


@dataclass(frozen=True)
class Phrasebook:
    """Responses by name (without `utter_`), each with its variants, for one audience; variants are used in turn."""

    responses: Mapping[str, Sequence[str]]
    rep: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def say(self, name: str, turn: int = 0, /, **parts: object) -> str:
        """The phrase filled with `parts`. Raises PhraseMissing for an unknown name or an unfilled brace."""
        variants = self.responses.get(name)
        if not variants:
            raise PhraseMissing(f"domain.yml has no response utter_{name}: add one")
        text = variants[min(turn, len(variants) - 1)]
        missing = [hole for hole in _HOLE.findall(text) if hole not in parts]
        if missing:
            raise PhraseMissing(f"utter_{name} uses {{{missing[0]}}}, which it cannot have: use {sorted(parts)}")
        return _tidy(_HOLE.sub(lambda hole: str(parts[hole[1]]), text))

    def for_rep(self) -> Phrasebook:
        """The same book with the rep's variants in place of the customer's."""
        return Phrasebook({**self.responses, **self.rep}, self.rep)


@dataclass(frozen=True)
class Fill:
    """Fills {facts} in catalogue sentences with a customer's values, in their units."""

    facts: Mapping[str, FactValue]
    catalogue: Catalogue

    def __call__(self, sentence: str) -> str:
        """The sentence filled, or empty when it speaks of a fact that is not known."""
        holes = _HOLE.findall(sentence)
        if any(hole not in self.facts for hole in holes):
            return ""
        return _HOLE.sub(lambda hole: self.value(hole[1]), sentence)

    def all(self, sentences: Sequence[str]) -> list[str]:
        """Every sentence that can be filled."""
        return [filled for sentence in sentences if (filled := self(sentence))]

    def value(self, name: str) -> str:
        """A fact's value as people say it."""
        fact, value = self.catalogue.facts.get(name), self.facts[name]
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, (int, float)):
            unit = fact.unit if fact is not None else ""
            return format_quantity(float(value), unit, self.catalogue.company.currency)
        if fact is not None and fact.type is FactType.CHOICE:
            return next((choice.label for choice in fact.choices if choice.id == value), value)
        product = self.catalogue.products.get(value)
        return product.name if product is not None else value


def sentence(text: str) -> str:
    """With a capital at the start and a stop at the end."""
    text = text.strip()
    if not text:
        return ""
    text = text[0].upper() + text[1:]
    return text if text[-1] in '.?!:…"' else f"{text}."


def clause(text: str) -> str:
    """Ready to stand inside a sentence: no stop at the end, and no capital at the start unless it is a name or an I."""
    text = text.strip().rstrip(".")
    first = text.split(" ", 1)[0] if text else ""
    plain = len(first) > 1 and first[1:].islower() and first.isalpha()
    return text[0].lower() + text[1:] if plain and first in _SENTENCE_STARTS else text


_SENTENCE_STARTS = frozenset(
    [
        "A",
        "An",
        "The",
        "This",
        "That",
        "These",
        "Those",
        "It",
        "We",
        "You",
        "They",
        "Your",
        "Our",
        "There",
        "If",
        "When",
        "Every",
        "Each",
        "All",
        "No",
        "Not",
        "Only",
        "Some",
        "Most",
        "Their",
        "Its",
    ]
)


def listing(items: Sequence[str], last: str = "and") -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def day(iso: str) -> str:
    """An ISO date as "5 June", with the year when it is not the nearest one. Empty stays empty."""
    if not iso:
        return ""
    when = date.fromisoformat(iso)
    return f"{when.day} {_MONTHS[when.month - 1]}"


def money(amount: float, catalogue: Catalogue) -> str:
    """An amount in the company's currency."""
    return format_money(amount, catalogue.company.currency)


def cost_words(cost: Cost, catalogue: Catalogue, phrases: Phrasebook) -> str:
    """A cost to own in words: once, yearly, and the whole over the company's horizon."""
    years = catalogue.company.years
    words = _cost(cost, catalogue, phrases, years)
    return f"{words} ({clause(cost.note)})" if cost.note else words


def _cost(cost: Cost, catalogue: Catalogue, phrases: Phrasebook, years: float) -> str:
    whole = cost.over(years)
    if cost.once is None or whole is None:
        return phrases.say("cost_unknown")
    once, yearly = money(cost.once, catalogue), money(cost.yearly, catalogue)
    if not cost.once and not cost.yearly:
        return phrases.say("cost_nothing")
    if not cost.yearly:
        return phrases.say("cost_once", once=once)
    if not cost.once:
        return phrases.say("cost_yearly", yearly=yearly)
    return phrases.say("cost_both", once=once, yearly=yearly, whole=money(whole, catalogue), years=f"{years:g}")


def short_quote(text: str, most: int = 160) -> str:
    """The customer's words, cut at a word when they are long, ready to stand in quotation marks."""
    text = " ".join(text.split()).strip(" .\"'")
    if len(text) <= most:
        return text
    return text[:most].rsplit(" ", 1)[0].rstrip(" ,;") + " …"


def thing_asked_for(quote: str, most: int = 60) -> str:
    """What the customer asked for, ready for a sentence: a bare "washer" becomes "a new washer", "30 kg washer" is "the 30 kg
    washer", "two W-22" stays.
    """
    text = short_quote(quote, most)
    words = text.split()
    if not words or words[0].casefold() in _COUNTED:
        return text
    if text.endswith("s") and not text.endswith("ss"):
        return f"new {text}" if words[0].isalpha() else text
    return f"a new {text}" if len(words) == 1 and text.isalpha() else f"the {text}"


_COUNTED = frozenset(
    (
        *("a", "an", "another", "more", "some", "new", "the", "several", "few", "my", "our", "your"),
        *("1", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty"),
    )
)


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r"([.?!])\.(?=\s|$)", r"\1", text)
    return re.sub(r"\s+([.,;:?])", r"\1", text) if "\n" not in text else text
