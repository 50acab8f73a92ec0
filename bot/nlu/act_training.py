"""Fitting the model of acts: three linear scorers, blended and calibrated on voices held out of their training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.svm import LinearSVC

from bot.nlu.act_model import GRAMS, ActModel, Calibration, GramScorer, Scores, ViewScorer, softmax
from bot.nlu.encoder import DIMENSIONS

FOLDS = 3
PRECISION_WANTED = 0.8
_KEPT_DIRECTIONS = 512
_LEAST_EXAMPLES = 30
_LEAST_FLOOR = 0.4
_SEED = 7
_UNTUNED = Calibration(blend=(3.0, 2.0, 1.5), understood=(8.0, -2.0), act_floor=0.4)


@dataclass(frozen=True)
class Example:
    """One training message, its act, and who wrote it."""

    text: str
    act: str
    voice: str = ""


@dataclass(frozen=True)
class Costs:
    """How loosely each scorer may bend to its examples: the C of its support vector machine."""

    views: float = 0.1
    words: float = 0.3
    characters: float = 0.3


@dataclass(frozen=True)
class _Prepared:
    labels: NDArray[np.int64]
    views: NDArray[np.float32]
    directions: NDArray[np.float32]
    grams: dict[str, csr_matrix]
    vectorizers: dict[str, TfidfVectorizer]


@dataclass(frozen=True)
class _Held:
    """Scores of each scorer on examples it was not trained on, and the cosine to the nearest it was."""

    scores: NDArray[np.float32]
    nearest: NDArray[np.float32]


def fit(examples: Sequence[Example], views: NDArray[np.float32], costs: Costs = Costs()) -> ActModel:
    """The model trained on the examples; `views` holds the encoder's views of each, shape (n, 1920).

    Raises ValueError when there are not at least two acts to tell apart.
    """
    acts = tuple(sorted({example.act for example in examples}))
    if len(acts) < 2:
        raise ValueError("There must be at least two acts in the training data (data/nlu) to tell apart.")
    prepared = _prepare(examples, acts, views)
    every = np.arange(len(examples))
    return ActModel(
        acts,
        _fit_views(prepared, every, costs),
        _fit_grams(prepared, "words", every, costs.words),
        _fit_grams(prepared, "characters", every, costs.characters),
        np.ascontiguousarray(views[:, :DIMENSIONS]),
        _calibrate(examples, prepared, costs),
    )


def _prepare(examples: Sequence[Example], acts: tuple[str, ...], views: NDArray[np.float32]) -> _Prepared:
    places = {act: place for place, act in enumerate(acts)}
    texts = [example.text for example in examples]
    vectorizers = {
        name: TfidfVectorizer(analyzer=grams, sublinear_tf=True, min_df=1 if name == "words" else 2, dtype=np.float32)
        for name, grams in GRAMS.items()
    }
    return _Prepared(
        np.array([places[example.act] for example in examples]),
        views,
        _main_directions(views),
        {name: vectorizer.fit_transform(texts) for name, vectorizer in vectorizers.items()},
        vectorizers,
    )


def _main_directions(views: NDArray[np.float32]) -> NDArray[np.float32]:
    """The directions in which the views differ most, shape (1920, k): as good as all, and four times as fast to fit."""
    centred = views - views.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    kept: NDArray[np.float32] = directions[:, -_KEPT_DIRECTIONS:].astype(np.float32)
    return kept


def _fit_views(prepared: _Prepared, rows: NDArray[np.int64], costs: Costs) -> ViewScorer:
    centre = prepared.views.mean(axis=0)
    reduced = (prepared.views[rows] - centre) @ prepared.directions
    weights, bias = _separate(reduced, prepared.labels[rows], costs.views, prepared.labels.max() + 1)
    full = prepared.directions @ weights
    return ViewScorer(full, (bias - centre @ full).astype(np.float32))


def _fit_grams(prepared: _Prepared, name: str, rows: NDArray[np.int64], cost: float) -> GramScorer:
    vectorizer = prepared.vectorizers[name]
    weights, bias = _separate(prepared.grams[name][rows], prepared.labels[rows], cost, prepared.labels.max() + 1)
    places = {gram: int(place) for gram, place in sorted(vectorizer.vocabulary_.items(), key=lambda item: item[1])}
    return GramScorer(places, vectorizer.idf_.astype(np.float32), weights, bias)


def _separate(
    rows: csr_matrix | NDArray[np.float32], labels: NDArray[np.int64], cost: float, acts: int
) -> tuple[NDArray[np.float32], Scores]:
    """One-against-the-rest weights, shape (features, acts), and biases; an act without examples scores -1."""
    machine = LinearSVC(C=cost, tol=1e-2, random_state=_SEED).fit(rows, labels)
    coefficients, intercepts = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:
        coefficients, intercepts = np.vstack((-coefficients, coefficients)), np.concatenate((-intercepts, intercepts))
    weights = np.zeros((rows.shape[1], acts), dtype=np.float32)
    bias = np.full(acts, -1.0, dtype=np.float32)
    weights[:, machine.classes_], bias[machine.classes_] = coefficients.T, intercepts
    return weights, bias


def _calibrate(examples: Sequence[Example], prepared: _Prepared, costs: Costs) -> Calibration:
    if len(examples) < _LEAST_EXAMPLES or min(np.bincount(prepared.labels)) < FOLDS:
        return _UNTUNED
    held = _held_out(examples, prepared, costs)
    blend = _best_blend(held.scores, prepared.labels)
    chances = softmax(np.tensordot(blend, held.scores, axes=1))
    right = chances.argmax(axis=1) == prepared.labels
    top = chances.max(axis=1)
    return Calibration(blend, _chance_of_right(top * held.nearest, right), _floor(top, right))


def _held_out(examples: Sequence[Example], prepared: _Prepared, costs: Costs) -> _Held:
    acts = int(prepared.labels.max()) + 1
    scores = np.zeros((3, len(examples), acts), dtype=np.float32)
    nearest = np.zeros(len(examples), dtype=np.float32)
    for learnt, held in _folds(examples, prepared.labels):
        for place, scored in enumerate(_scores_of(prepared, learnt, held, costs)):
            scores[place, held] = scored
        cosines = prepared.views[held, :DIMENSIONS] @ prepared.views[learnt, :DIMENSIONS].T
        nearest[held] = cosines.max(axis=1)
    return _Held(scores, nearest)


def _scores_of(
    prepared: _Prepared, learnt: NDArray[np.int64], held: NDArray[np.int64], costs: Costs
) -> tuple[NDArray[np.float32], ...]:
    views = _fit_views(prepared, learnt, costs)
    words = _fit_grams(prepared, "words", learnt, costs.words)
    characters = _fit_grams(prepared, "characters", learnt, costs.characters)
    return (
        prepared.views[held] @ views.weights + views.bias,
        prepared.grams["words"][held] @ words.weights + words.bias,
        prepared.grams["characters"][held] @ characters.weights + characters.bias,
    )


def _folds(examples: Sequence[Example], labels: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Folds that keep each voice whole where there are enough voices, else shuffled ones."""
    voices = [example.voice for example in examples]
    if len(set(voices)) >= FOLDS:
        return list(GroupKFold(FOLDS).split(labels, groups=voices))
    return list(StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED).split(labels, labels))


def _best_blend(scores: NDArray[np.float32], labels: NDArray[np.int64]) -> tuple[float, float, float]:
    """The weights of the three scorers that make the held-out acts likeliest (least log loss)."""
    rows = np.arange(len(labels))

    def log_loss(powers: NDArray[np.float64]) -> float:
        chances = softmax(np.tensordot(np.exp(powers), scores, axes=1))
        return float(-np.log(np.maximum(chances[rows, labels], 1e-9)).mean())

    found = minimize(log_loss, np.log(_UNTUNED.blend), method="Nelder-Mead", options={"maxiter": 60, "xatol": 0.02})
    by_view, by_word, by_character = (float(weight) for weight in np.exp(found.x))
    return by_view, by_word, by_character


def _chance_of_right(agreement: NDArray[np.float32], right: NDArray[np.bool_]) -> tuple[float, float]:
    if right.all() or not right.any():
        return _UNTUNED.understood
    fitted = LogisticRegression(C=1e3).fit(agreement[:, None], right)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _floor(top: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    """The least probability from which on the likeliest act is right often enough to be believed in passing."""
    order = np.argsort(-top)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION_WANTED)
    return max(float(top[order[enough[-1]]]), _LEAST_FLOOR) if len(enough) else 1.0
