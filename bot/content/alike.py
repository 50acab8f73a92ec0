"""Warns of phrasings of two problems that share nearly all their words, by an inverted index over the rarest of them.

Source: prefix filtering for set-similarity joins, Chaudhuri, Ganti & Kaushik (2006).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bot.advice.catalogue import Problem
from bot.content.reader import Reader

ALIKE = 0.8
"""The share of words (Jaccard) from which two phrasings count as the same."""

MOST_SHARED = 300
"""A word in more phrasings than this leads to no others, so that a very large catalogue is checked in seconds too."""

_STOP = frozenset(
    {"a", "an", "and", "are", "at", "be", "by", "for", "from", "have", "i", "in", "is", "it", "its", "of", "on", "our"}
    | {"so", "that", "the", "their", "there", "they", "this", "to", "us", "was", "we", "with", "you", "your", "my"}
)


class _Phrase(NamedTuple):
    problem: str
    text: str
    words: frozenset[str]


class Pair(NamedTuple):
    """Two phrasings of different problems that say the same."""

    problem: str
    text: str
    other: str
    other_text: str


def alike(problems: Mapping[str, Problem]) -> Iterator[Pair]:
    """The pairs of phrasings that are too alike; each phrasing at most once."""
    phrases = [
        _Phrase(problem.id, text, _words(text))
        for problem in problems.values()
        for text in dict.fromkeys((problem.name, *problem.said_as))
    ]
    frequency = Counter(word for phrase in phrases for word in phrase.words)
    index: dict[object, list[_Phrase]] = {}
    for phrase in phrases:
        keys = [phrase.words, *_prefix(phrase.words, frequency)]
        found = next((other for key in keys for other in index.get(key, ()) if _is_alike(phrase, other)), None)
        if found is not None:
            yield Pair(phrase.problem, phrase.text, found.problem, found.text)
        for key in keys:
            index.setdefault(key, []).append(phrase)


def check_phrasings(problems: Mapping[str, Problem], reader: Reader) -> None:
    """Warns of each such pair."""
    for pair in alike(problems):
        place = reader.place("problem", pair.problem)
        message = f"'{pair.text}' is said of '{pair.problem}' and, as '{pair.other_text}', of '{pair.other}'"
        reader.warning(place, message, "keep it where it fits best, or say how the two differ")


def _words(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(word for word in words if word not in _STOP) or frozenset(words)


def _prefix(words: frozenset[str], frequency: Mapping[str, int]) -> list[str]:
    """The rarest words, as many as two phrasings that are alike must share one of."""
    ranked = sorted(words, key=lambda word: (frequency[word], word))
    leading = ranked[: len(ranked) - math.ceil(ALIKE * len(ranked)) + 1]
    return [word for word in leading if frequency[word] <= MOST_SHARED]


def _is_alike(one: _Phrase, other: _Phrase) -> bool:
    if one.problem == other.problem:
        return False
    shared = len(one.words & other.words)
    return shared >= ALIKE * len(one.words | other.words)
