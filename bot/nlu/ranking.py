"""Choosing among alternatives, or none of them: a conditional logit whose few weights are learnt on trades it is not used in.

Source: McFadden (1974), "Conditional logit analysis of qualitative choice behavior". The probability of alternative i with
features x_i is exp(w·x_i) / (exp(none) + Σ_j exp(w·x_j)); the rest is the chance that none of them is meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.lexical import stems

Row = NDArray[np.float64]
WEIGHTS_PATH = Path(__file__).with_name("ranking_weights.json")


@dataclass(frozen=True)
class ChoiceModel:
    """Weights by feature name, and the worth of choosing nothing."""

    weights: Mapping[str, float]
    none: float

    def probabilities(self, rows: Row) -> Row:
        """P(alternative) for each row of features, shape (n, len(weights)); they sum to less than 1."""
        if not len(rows):
            return np.zeros(0)
        scores = rows @ np.array(list(self.weights.values()))
        top = max(float(scores.max()), self.none)
        exponents = np.exp(scores - top)
        return np.asarray(exponents / (exponents.sum() + np.exp(self.none - top)))


@cache
def shipped_models() -> Mapping[str, ChoiceModel]:
    """The models that come with the product: `problems` and `answers`."""
    plain = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    return {name: ChoiceModel(each["weights"], each["none"]) for name, each in plain.items()}


class Weigher:
    """How much sharing a word tells, by how few of a set of documents have it (BM25's inverse document frequency)."""

    def __init__(self, documents: Sequence[frozenset[str]]) -> None:
        self._count: dict[str, int] = {}
        self._total = len(documents)
        for document in documents:
            for stem in document:
                self._count[stem] = self._count.get(stem, 0) + 1

    def __call__(self, stem: str) -> float:
        """The weight of one stem; a stem never seen weighs most."""
        count = self._count.get(stem, 0)
        return log(1 + (self._total - count + 0.5) / (count + 0.5))

    def of(self, found: frozenset[str]) -> float:
        """The weight of a set of stems together."""
        return sum(self(stem) for stem in found)


def stem_set(text: str) -> frozenset[str]:
    """The stems of a text, once each."""
    return frozenset(stems(text))
