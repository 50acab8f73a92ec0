"""Fitting the matcher's weights, so that its score is a probability: from texts whose right key a person has named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.matcher import NAMES, Features, PhraseIndex, Weights

PAIRS_PATH = Path(__file__).with_name("matcher_pairs.json")
_COST = 3.0
_FOLDS = 5


@dataclass(frozen=True)
class Labelled:
    """Options with their phrases, and texts with the option each means (None: none of them)."""

    options: Mapping[str, Sequence[str]]
    cases: Sequence[tuple[str, str | None]]


@dataclass(frozen=True)
class Judged:
    """One text against one option: what speaks for it, and whether it is right. `text` tells apart the texts of a set."""

    text: int
    key: str
    features: Features
    right: bool


@dataclass(frozen=True)
class Quality:
    """How well scores told right from wrong on texts not fitted to.

    `best_right`: share of texts with a right option whose best-scored option is it. `log_loss` and `brier` of all scores;
    `bins`: (mean score, share right, how many) from low scores to high.
    """

    best_right: float
    log_loss: float
    brier: float
    bins: tuple[tuple[float, float, int], ...]


def load_pairs(path: Path = PAIRS_PATH) -> tuple[Labelled, ...]:
    """The labelled texts shipped with the product, or others in the same form."""
    plain = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Labelled(one["options"], [(text, key) for text, key in one["cases"]]) for one in plain)


def judge(sets: Iterable[Labelled]) -> list[list[Judged]]:
    """The features of every text against every option, set by set."""
    return [_judge_set(labelled, number) for number, labelled in enumerate(sets)]


def fit(judged: Iterable[Sequence[Judged]]) -> Weights:
    """The logistic regression that makes the named options likeliest."""
    from sklearn.linear_model import LogisticRegression

    rows = [one for group in judged for one in group]
    values, right = _arrays(rows)
    scale = np.maximum(values.std(axis=0), 1e-6)
    fitted = LogisticRegression(C=_COST, max_iter=1000).fit(values / scale, right)
    slopes = fitted.coef_[0] / scale
    return Weights(float(fitted.intercept_[0]), {name: float(slope) for name, slope in zip(NAMES, slopes, strict=True)})


def evaluate(judged: Sequence[Sequence[Judged]]) -> Quality:
    """The quality on sets held out in turn, each scored by weights fitted to the others."""
    scored: list[tuple[Judged, float]] = []
    for fold in range(min(_FOLDS, len(judged))):
        weights = fit([group for number, group in enumerate(judged) if number % _FOLDS != fold])
        held = [one for number, group in enumerate(judged) if number % _FOLDS == fold for one in group]
        scored += [(one, weights.probability(one.features)) for one in held]
    return _quality(scored)


def refit(paths: Sequence[Path] = (PAIRS_PATH,)) -> tuple[Weights, Quality]:
    """Weights fitted to all labelled texts, and their quality by sets held out; save them with `weights.save()`."""
    judged = judge(labelled for path in paths for labelled in load_pairs(path))
    return fit(judged), evaluate(judged)


def _judge_set(labelled: Labelled, number: int) -> list[Judged]:
    index: PhraseIndex[str] = PhraseIndex((key, phrase) for key, phrases in labelled.options.items() for phrase in phrases)
    return [
        Judged(1000 * number + place, key, features, key == right)
        for place, (text, right) in enumerate(labelled.cases)
        for key, (features, _) in index.features(text, frozenset(labelled.options)).items()
    ]


def _arrays(rows: Sequence[Judged]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    return np.array([one.features.values() for one in rows]), np.array([one.right for one in rows])


def _quality(scored: Sequence[tuple[Judged, float]]) -> Quality:
    best: dict[int, tuple[Judged, float]] = {}
    for one, score in scored:
        if one.text not in best or best[one.text][1] < score:
            best[one.text] = (one, score)
    answerable = {one.text for one, _ in scored if one.right}
    chances = np.clip(np.array([score for _, score in scored]), 1e-6, 1 - 1e-6)
    right = np.array([one.right for one, _ in scored])
    return Quality(
        best_right=float(np.mean([best[text][0].right for text in answerable])),
        log_loss=float(-np.mean(np.where(right, np.log(chances), np.log(1 - chances)))),
        brier=float(np.mean((chances - right) ** 2)),
        bins=tuple(_bins(chances, right)),
    )


def _bins(chances: NDArray[np.float64], right: NDArray[np.bool_]) -> Iterable[tuple[float, float, int]]:
    for low in np.arange(0, 1, 0.2):
        inside = (chances >= low) & (chances < low + 0.2)
        if inside.any():
            yield float(chances[inside].mean()), float(right[inside].mean()), int(inside.sum())
