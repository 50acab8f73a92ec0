"""Fitting the rankings' weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.learning import ranking_fit
from bot.learning.ranking_fit import Case, fit, quality, save
from bot.nlu import ranking
from bot.nlu.answer_ranker import FEATURES as OF_ANSWERS
from bot.nlu.problem_ranker import FEATURES as OF_PROBLEMS
from bot.nlu.ranking import ChoiceModel

NAMES = ("near", "noise")


def drawn(model: ChoiceModel, count: int, seed: int) -> list[Case]:
    """Messages as the model would have people write them."""
    numbers = np.random.default_rng(seed)
    cases = []
    for _ in range(count):
        rows = numbers.normal(size=(4, 2))
        chances = model.probabilities(rows)
        place = int(numbers.choice(5, p=[*chances, 1 - chances.sum()]))
        cases.append(Case(rows, place if place < 4 else None))
    return cases


def test_weights_that_made_the_messages_are_found_again() -> None:
    """From enough messages the fit recovers what they were drawn with, the worth of "none of them" included."""
    true = ChoiceModel({"near": 2.0, "noise": 0.0}, 1.0)
    found = fit(drawn(true, 3000, 1), NAMES)
    assert found.weights["near"] == pytest.approx(2.0, abs=0.15)
    assert found.weights["noise"] == pytest.approx(0.0, abs=0.1)
    assert found.none == pytest.approx(1.0, abs=0.15)


def test_quality_is_measured_on_messages_not_fitted_to() -> None:
    """The model that made the messages has a lower log loss on new ones than one that knows nothing."""
    true, ignorant = ChoiceModel({"near": 2.0, "noise": 0.0}, 1.0), ChoiceModel({"near": 0.0, "noise": 0.0}, 0.0)
    cases = drawn(true, 500, 2)
    assert quality(true, cases).log_loss < quality(ignorant, cases).log_loss
    assert quality(true, cases).first > 0.5


def test_saved_weights_are_the_ones_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fitted is on the disk, and the next ranker reads it."""
    path = tmp_path / "weights.json"
    monkeypatch.setattr(ranking, "WEIGHTS_PATH", path)
    save({"problems": ChoiceModel({"near": 1.23456}, 0.5), "answers": ChoiceModel({"near": 2.0}, 0.0)}, path)
    try:
        assert json.loads(path.read_text())["problems"] == {"weights": {"near": 1.235}, "none": 0.5}
        assert ranking.shipped_models()["answers"].weights == {"near": 2.0}
    finally:
        ranking.shipped_models.cache_clear()


def test_the_shipped_weights_have_a_weight_for_every_feature() -> None:
    """In the order in which the rankers give their features."""
    shipped = ranking.shipped_models()
    assert tuple(shipped["problems"].weights) == OF_PROBLEMS
    assert tuple(shipped["answers"].weights) == OF_ANSWERS


def test_examples_about_nothing_are_the_same_every_time() -> None:
    """The fit can be made again from the same files."""
    texts = list(ranking_fit._about_nothing())
    assert texts == list(ranking_fit._about_nothing())
    assert len(texts) >= 5 * len(ranking_fit.TELLS_NO_PROBLEM)
