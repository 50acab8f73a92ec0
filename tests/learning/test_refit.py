"""Fitting the matcher's weights anew."""

import json
from pathlib import Path

import pytest

from bot.learning.refit import comparison, refit
from bot.nlu import calibrate, matcher
from bot.nlu.calibrate import Quality
from bot.nlu.matcher import NAMES, Weights

QUALITY = Quality(best_right=0.875, log_loss=0.31, brier=0.1, bins=((0.1, 0.05, 40), (0.9, 0.8, 10)))


def weights(value: float) -> Weights:
    """Weights that are all the same."""
    return Weights(value, dict.fromkeys(NAMES, value))


def test_old_and_new_weights_stand_side_by_side() -> None:
    """A line for each weight, then how well the new ones do, then their reliability."""
    lines = comparison(weights(1.0), weights(-2.5), QUALITY).splitlines()
    assert lines[1].split() == ["intercept", "1.000", "-2.500"]
    assert len([line for line in lines if line.endswith("-2.500")]) == len(NAMES) + 1
    assert "best option right 87.5%" in "\n".join(lines)
    assert lines[-1].split() == ["0.90", "0.80", "10"]


def test_the_new_weights_are_written_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was fitted is on the disk, and the matcher's next reader sees it."""
    path = tmp_path / "weights.json"
    weights(1.0).save(path)
    monkeypatch.setattr(matcher, "WEIGHTS_PATH", path)
    monkeypatch.setattr(Weights, "save", lambda self, to=path, write=Weights.save: write(self, to))
    monkeypatch.setattr(calibrate, "refit", lambda: (weights(2.0), QUALITY))
    matcher.shipped_weights.cache_clear()
    try:
        assert "2.000" in refit()
        assert json.loads(path.read_text())["intercept"] == 2.0
        assert matcher.shipped_weights().intercept == 2.0
    finally:
        matcher.shipped_weights.cache_clear()
