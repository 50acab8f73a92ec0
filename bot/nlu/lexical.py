"""How much two texts share in words: stems weighted by rarity, tolerant of typing errors and spellings of model names."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu.language import straighten, words
from bot.nlu.numbers import SIMPLE_NUMBERS
from bot.nlu.units import singular

_TOKEN = re.compile(r"[a-z]{1,6}[-.]?\d+[a-z]*|\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)?")
_LETTER_NUMBER = re.compile(r"\b([a-z]{1,2}) (\d+)\b")
_NUMBER_WORDS = {word: f"{value:g}" for word, value in SIMPLE_NUMBERS.items() if value <= 12} | {
    "once": "1",
    "twice": "2",
    "dozen": "12",
}
_FUNCTION = words(
    "the a an i we you he she they it is are am was were be been do does did have has had and or but of to in on "
    "at for with from by as this that these those my our your their its me us them so if then than just very too "
    "also some any there here really quite what how when where who which can could will would should may might "
    "must get gets got im ive its thats dont doesnt isnt cant wont didnt please thing one about up out down over "
    "off when while because not no"
)
_FUNCTION_WEIGHT = 0.15
_NEGATION = words("not no never dont doesnt isnt cant wont didnt arent havent hasnt without cannot none nothing")
_NEGATION_WEIGHT = 0.4
_CORRECTABLE = 4


@lru_cache(maxsize=4096)
def stems(text: str) -> tuple[str, ...]:
    """The words of a text in lower case without endings; numbers as digits, "W 20" and "w-20" as "w20"."""
    plain = _LETTER_NUMBER.sub(r"\1\2", straighten(text).lower())
    return tuple(_stem(token) for token in _TOKEN.findall(plain))


@lru_cache(maxsize=4096)
def trigrams(text: str) -> frozenset[str]:
    """Runs of three characters within the words, edges included."""
    words = re.findall(r"\w+", straighten(text).lower())
    return frozenset(f" {word} "[start : start + 3] for word in words for start in range(len(word)))


@dataclass(frozen=True)
class Profile:
    """What is compared of a text: its stems, how much they tell together, its trigrams, its length in words."""

    stems: frozenset[str]
    weight: float
    trigrams: frozenset[str]
    length: int


class Vocabulary:
    """The words of a set of phrases: how much sharing one tells, and which of them a mistyped word was meant to be."""

    def __init__(self, phrases: Iterable[Iterable[str]]) -> None:
        """Count the words of all phrases, each given by its stems."""
        counts: Counter[str] = Counter()
        total = 0
        for said in phrases:
            counts.update(set(said))
            total += 1
        self.counts: Mapping[str, int] = counts
        self._weights = {stem: _weight(stem, count, total) for stem, count in counts.items()}
        self._shelves: dict[tuple[str, int], list[str]] = {}
        for stem in counts:
            if len(stem) >= _CORRECTABLE and stem not in _FUNCTION:
                self._shelves.setdefault((stem[0], len(stem)), []).append(stem)
        self._correct = lru_cache(maxsize=4096)(self._nearest)

    def weight(self, stem: str) -> float:
        """0.15 for a function word up to 1 for a word in one phrase or none."""
        known = self._weights.get(stem)
        return known if known is not None else _weight(stem, 0, 1)

    def profile(self, text: str) -> Profile:
        """The text made ready to be compared; words in no phrase are taken for the nearest word that is in one."""
        said = stems(text)
        meant = frozenset(word if word in self.counts else self._correct(word) for word in said)
        return Profile(meant, sum(self.weight(word) for word in meant), trigrams(text), len(said))

    def _nearest(self, word: str) -> str:
        """The phrases' word one slip of the fingers away (two in a long word); the word itself when there is none."""
        if len(word) < _CORRECTABLE or word in _FUNCTION or word[0].isdigit():
            return word
        slips = 2 if len(word) >= 8 else 1
        lengths = range(len(word) - slips, len(word) + slips + 1)
        near = ((_edits(word, other), other) for size in lengths for other in self._shelves.get((word[0], size), ()))
        return min((pair for pair in near if pair[0] <= slips), default=(0, word))[1]


def overlap(text: Profile, phrase: Profile, vocabulary: Vocabulary) -> tuple[float, float]:
    """Which share of the phrase is in the text, and of the text in the phrase, by weight, 0..1 each."""
    shared = sum(vocabulary.weight(stem) for stem in text.stems & phrase.stems)
    return (shared / phrase.weight if phrase.weight else 0.0), (shared / text.weight if text.weight else 0.0)


def likeness(text: Profile, phrase: Profile) -> float:
    """Dice coefficient of the trigrams of two texts, 0..1."""
    total = len(text.trigrams) + len(phrase.trigrams)
    return 2 * len(text.trigrams & phrase.trigrams) / total if total else 0.0


def _weight(stem: str, count: int, total: int) -> float:
    if stem in _NEGATION:
        return _NEGATION_WEIGHT
    if stem in _FUNCTION:
        return _FUNCTION_WEIGHT
    return max(math.log1p(total / (1 + count)) / math.log1p(max(total, 1)), _FUNCTION_WEIGHT) if count > 1 else 1.0


def _edits(first: str, second: str) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn one word into the other."""
    older: list[int] = []
    previous = list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        current = [row]
        for column, other in enumerate(second, start=1):
            change = previous[column - 1] + (letter != other)
            best = min(previous[column] + 1, current[column - 1] + 1, change)
            if row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other:
                best = min(best, older[column - 2] + 1)
            current.append(best)
        older, previous = previous, current
    return previous[-1]


@lru_cache(maxsize=65536)
def _stem(token: str) -> str:
    if any(character.isdigit() for character in token):
        return token.replace("-", "").replace(".", "") if token[0].isalpha() else token
    word = token.replace("'", "")
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS[word]
    if word in _FUNCTION:
        return word
    return _without_ending(singular(word))


def _without_ending(word: str) -> str:
    for ending in ("ing", "edly", "ed", "ly", "er"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: -len(ending)]
            return base[:-1] if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "ls" else base.rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word
