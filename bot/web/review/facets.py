"""The filters beside the list: every kind of them with its values, each a link that wants it or leaves it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.advice.heard import Act
from bot.store import Work
from bot.web.review.names import FACES, OUTCOMES, RUNGS, STAGES, STATES, TRAITS, Names, spelt
from bot.web.review.sought import Pairs, with_pair, without_pair


@dataclass(frozen=True)
class Choice:
    """One value: `stands` is "in", "out" or ""; the addresses want it, leave it out, or take the filter away."""

    value: str
    label: str
    stands: str
    want: str
    leave: str


@dataclass(frozen=True)
class Facet:
    """One kind of filter with its values; `open` when one of them is set."""

    name: str
    label: str
    choices: tuple[Choice, ...]

    @property
    def open(self) -> bool:
        """Whether any of its values is set."""
        return any(choice.stands for choice in self.choices)


@dataclass(frozen=True)
class Chip:
    """A filter that is set, in words, and the address without it."""

    text: str
    out: bool
    without: str


TITLES: Mapping[str, str] = {
    "is": "What happened",
    "outcome": "Outcome",
    "rung": "Rung",
    "stage": "Where it stands",
    "state": "Review",
    "reviewer": "Reviewer",
    "tag": "Tag",
    "channel": "Channel",
    "face": "Face",
    "trade": "Trade",
    "problem": "Problem",
    "need": "Need",
    "intent": "Intent",
    "model": "Asset model",
    "version": "Model version",
    "arm": "Experiment arm",
    "customer": "Customer",
}
_LEARNED: Mapping[str, str] = {
    "matters": "What matters most",
    "cause": "Cause",
    "advised": "Advised",
    "agreed": "Agreed to",
    "turned_down": "Turned down",
    "worked": "How it worked",
    "ended": "Ended",
    "gave_up": "Gave up",
    "vendor": "Vendor",
    "introduction": "Introduction",
    "promise": "Promise",
    "expectation": "Expectation",
    "asked_product": "Asked for",
    "avoided": "Purchase avoided",
    "feedback": "Feedback",
}
"""Filters that the pages of what the company learns link to; they are shown when set, and not offered in the list."""
_FIELDS: Mapping[str, str] = {
    "q": "Words",
    "in": "Said by",
    "from": "From",
    "to": "To",
    "below": "Confidence below",
    "turns_from": "Turns, at least",
    "turns_to": "Turns, at most",
    "minutes_from": "Minutes, at least",
    "minutes_to": "Minutes, at most",
    "tests": "With tests and simulations",
    "share": "All failures and this share of the rest",
}


def facets(work: Work, pairs: Pairs, names: Names) -> list[Facet]:
    """All filters that have values here, in the order of their use."""
    found = [_facet(name, values, pairs) for name, values in _values(work, names).items()]
    return [facet for facet in found if facet.choices]


def chips(pairs: Pairs, names: Names) -> list[Chip]:
    """The filters that are set, in words."""
    return [
        Chip(_words(name, value, names), name.startswith("-"), without_pair(pairs, name, value))
        for name, value in pairs
        if _is_filter(name)
    ]


def _is_filter(name: str) -> bool:
    return name.removeprefix("-") in (*TITLES, *_LEARNED) or name in _FIELDS


def _words(name: str, value: str, names: Names) -> str:
    plain = name.removeprefix("-")
    if plain == "is":
        return TRAITS.get(value, spelt(value))
    if plain in TITLES:
        return f"{TITLES[plain]}: {_label(plain, value, names)}"
    if plain in _LEARNED:
        return f"{_LEARNED[plain]}: {' '.join(_thing(part, names) for part in value.split('='))}"
    if name == "tests":
        return _FIELDS[name]
    unit = " %" if name in ("below", "share") else ""
    return f"{_FIELDS[name]}: {value}{unit}"


def _thing(id: str, names: Names) -> str:
    catalogue = names.catalogue
    named = {**dict.fromkeys(catalogue.causes, names.cause), **dict.fromkeys(catalogue.remedies, names.remedy)}
    return named[id](id) if id in named else spelt(id)


def _label(name: str, value: str, names: Names) -> str:
    fixed: Mapping[str, Mapping[str, str]] = {"outcome": OUTCOMES, "rung": RUNGS, "stage": STAGES, "state": STATES, "face": FACES}
    if name in fixed:
        return fixed[name].get(value, spelt(value))
    named = {"problem": names.problem, "need": names.outcome, "model": names.product}
    if name in named:
        return named[name](value)
    return spelt(value) if name in ("intent", "channel", "trade") else value


def _values(work: Work, names: Names) -> dict[str, dict[str, str]]:
    catalogue = names.catalogue
    return {
        "is": dict(TRAITS),
        "outcome": dict(OUTCOMES),
        "rung": dict(RUNGS),
        "stage": dict(STAGES),
        "state": dict(STATES),
        "tag": _same(work.review.tags()),
        "reviewer": _same(work.review.values("reviewer")),
        "problem": {id: problem.name for id, problem in list(catalogue.problems.items())[:60]},
        "need": {id: outcome.want for id, outcome in list(catalogue.outcomes.items())[:60]},
        "intent": {act.value: spelt(act.value) for act in Act},
        "model": {id: product.name for id, product in list(catalogue.products.items())[:60]},
        "channel": {value: spelt(value) for value in work.review.values("channel")},
        "face": dict(FACES),
        "trade": {value: spelt(value) for value in work.review.values("catalogue_id")},
        "version": _same(work.review.values("model_version")),
        "arm": _same(work.review.arms()),
    }


def _same(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in values if value}


def _facet(name: str, values: Mapping[str, str], pairs: Pairs) -> Facet:
    return Facet(name, TITLES[name], tuple(_choice(name, value, label, pairs) for value, label in values.items()))


def _choice(name: str, value: str, label: str, pairs: Pairs) -> Choice:
    stands = "in" if (name, value) in pairs else "out" if (f"-{name}", value) in pairs else ""
    want = without_pair(pairs, name, value) if stands == "in" else with_pair(pairs, name, value)
    leave = without_pair(pairs, f"-{name}", value) if stands == "out" else with_pair(pairs, f"-{name}", value)
    return Choice(value, label, stands, want, leave)
