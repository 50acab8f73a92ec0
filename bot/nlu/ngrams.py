"""Word and character n-grams of a text: how a thing is said, next to the encoder's what it is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.nlu.language import straighten

Grams = Callable[[str], list[str]]

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,:]\d+)*|[?!.,]")
_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"\d")
_CHARACTER_SIZES = (2, 3, 4, 5)


def word_grams(text: str) -> list[str]:
    """Words and pairs of words, lower case; every number counts as the same word; the ends of the text are words too."""
    words = ["<", *(_shape(word) for word in _TOKEN.findall(straighten(text).lower())), ">"]
    return words[1:-1] + [f"{first} {second}" for first, second in pairwise(words)]


def character_grams(text: str) -> list[str]:
    """Runs of 2 to 5 characters inside each word, its edges marked by a space: robust to typing errors."""
    grams: list[str] = []
    for word in _SPACES.split(_DIGITS.sub("0", straighten(text).lower())):
        padded = f" {word} "
        for size in _CHARACTER_SIZES:
            if len(padded) <= size:
                grams.append(padded)
                break
            grams.extend(padded[start : start + size] for start in range(len(padded) - size + 1))
    return grams


def weighted(
    grams: list[str], places: Mapping[str, int], rarity: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Places of the known grams and their weights, (1 + log count) times rarity, of unit length together."""
    counts = Counter(place for gram in grams if (place := places.get(gram)) is not None)
    index = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    count = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    weights = (1.0 + np.log(count)) * rarity[index] if len(counts) else count
    length = float(np.linalg.norm(weights))
    return index, (weights / length if length else weights).astype(np.float32)


def _shape(word: str) -> str:
    return "0" if word[0].isdigit() else word
