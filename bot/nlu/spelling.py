"""Typing errors put right before words are compared: nearest first a word of the catalogue, then a common English one.

Source: Norvig (2007), "How to Write a Spelling Corrector"; what is common English are the whole words of the encoder's vocabulary,
which stand in it from the commonest on.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Generic, Protocol

from bot.nlu.encoder import TOKENIZER_PATH
from bot.nlu.language import words
from bot.nlu.matcher import Key, Match
from bot.nlu.problem_ranker import Ranked

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST = 4
"""Words with fewer letters are left alone: too many others are one slip away."""
SHORTEST_FAR = 7
"""From this many letters on, a word of the catalogue may be two slips away."""
_REMEMBERED = 4096


class Speller:
    """Corrects words that are neither English nor the catalogue's. Built once per catalogue version."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """`phrases` are all texts of the catalogue a message may mean."""
        self._own = {word for phrase in phrases for word in _WORD.findall(phrase.lower())}
        self._by_start: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self._own):
            self._by_start[word[0], len(word)].append(word)
        self._right = lru_cache(maxsize=_REMEMBERED)(self._put_right)

    def __call__(self, text: str) -> str:
        """The text with every slip put right; words that are known, short or like nothing known stay as they are."""
        return _WORD.sub(lambda found: self._right(found[0].lower()) or found[0], text)

    def _put_right(self, word: str) -> str:
        """The word meant by one that is unknown; empty when it is known or nothing is near."""
        if len(word) < SHORTEST or "'" in word or "’" in word or word in _UNMARKED or self._is_known(word):
            return ""
        near = set(_slips(word))
        found = [each for each in near if each in self._own or each in _english()]
        typical = [each for each in found if _is_typical(word, each)]
        if known := typical or [each for each in found if each in self._own]:
            return min(known, key=lambda each: (each not in self._own, _english().get(each, len(_english())), each))
        if parts := self._run_together(word):
            return parts
        if found := found or [each for each in near if self._is_known(each)]:
            return min(found, key=lambda each: _english().get(each, len(_english())))
        return self._far(word) if len(word) >= SHORTEST_FAR else ""

    def _is_known(self, word: str) -> bool:
        english = _english()
        stem = re.sub(r"(?:s|es|ed|ing|er|ly)$", "", word)
        return any(each in english or each in self._own for each in (word, stem, f"{stem}e")) and len(stem) > 2

    def _run_together(self, word: str) -> str:
        """Two words of the catalogue typed as one: "cargobikes"."""
        cuts = range(3, len(word) - 2)
        found = (f"{word[:at]} {word[at:]}" for at in cuts if word[:at] in self._own and word[at:] in self._own)
        return next(found, "")

    def _far(self, word: str) -> str:
        """The only word of the catalogue that begins alike and is two slips away."""
        close = [
            each
            for length in range(len(word) - 2, len(word) + 3)
            for each in self._by_start.get((word[0], length), ())
            if _distance(word, each) <= 2
        ]
        return close[0] if len({each.rstrip("s") for each in close}) == 1 else ""


_UNMARKED = words(
    "cant dont wont isnt didnt doesnt wasnt werent havent hasnt hadnt arent couldnt wouldnt shouldnt aint youre theyre were thats "
    "whats wheres whos hows heres theres lets itll youll theyll youve theyve gonna wanna gotta dunno kinda sorta pls thx asap tbh"
)
"""Words people write without their apostrophe or in short: no slips."""


class Matching(Protocol[Key]):
    """What finds the keys a text may mean."""

    def match(self, text: str, keys: Collection[Key] | None = None, k: int = 5) -> list[Match[Key]]:
        """The k likeliest keys, best first."""


class Ranking(Protocol):
    """What finds the problems a text may tell of."""

    def rank(self, texts: Sequence[str], most: int = 8) -> list[Ranked]:
        """The likeliest problems, best first."""


class SpeltIndex(Generic[Key]):
    """A phrase index that is asked for messages as they were meant to be spelt."""

    def __init__(self, index: Matching[Key], speller: Speller) -> None:
        self._index = index
        self._speller = speller

    def match(self, text: str, keys: Collection[Key] | None = None, k: int = 5) -> list[Match[Key]]:
        """The k likeliest keys, best first."""
        return self._index.match(self._speller(text), keys, k)


class SpeltRanker:
    """A ranker of problems that is asked for messages as they were meant to be spelt."""

    def __init__(self, ranker: Ranking, speller: Speller) -> None:
        self._ranker = ranker
        self._speller = speller

    def rank(self, texts: Sequence[str], most: int = 8) -> list[Ranked]:
        """The likeliest problems, best first."""
        return self._ranker.rank([self._speller(text) for text in texts], most)


@cache
def _english() -> dict[str, int]:
    """The common words with their place: the lower, the commoner."""
    vocabulary = json.loads(TOKENIZER_PATH.read_text(encoding="utf-8"))["model"]["vocab"]
    return {word: place for word, place in vocabulary.items() if len(word) > 2 and word.isascii() and word.isalpha()}


def _slips(word: str) -> Iterator[str]:
    """Every text one letter away: left out, swapped, mistyped or added."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]


def _is_typical(typed: str, meant: str) -> bool:
    """Whether the slip is of the commonest sort: letters swapped, left out or doubled."""
    if sorted(typed) == sorted(meant):
        return True
    longer, shorter = (meant, typed) if len(meant) > len(typed) else (typed, meant)
    letters = iter(longer)
    return len(longer) > len(shorter) and all(letter in letters for letter in shorter)


def _distance(one: str, other: str) -> int:
    """Damerau's distance: letters left out, added, mistyped, or neighbours swapped."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
