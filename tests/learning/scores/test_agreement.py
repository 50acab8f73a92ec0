"""Krippendorff's alpha against its published example, and what must never change it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.scores.agreement import Level, alpha

X = None
PUBLISHED = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, X, X, X),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, X, 3),
    (X, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, X),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, X),
)
UNITS = [[float(mark) for mark in unit if mark is not None] for unit in zip(*PUBLISHED, strict=True)]
marks = st.lists(st.lists(st.integers(0, 4).map(float), max_size=4), max_size=12)


@pytest.mark.parametrize(("level", "published"), [(Level.NOMINAL, 0.743), (Level.ORDINAL, 0.815), (Level.INTERVAL, 0.849)])
def test_it_gives_what_krippendorff_published(level: Level, published: float) -> None:
    """Four observers and twelve units with missing marks, as worked out in his paper of 2011."""
    assert alpha(UNITS, level) == pytest.approx(published, abs=0.0005)


@given(marks, st.randoms(use_true_random=False), st.sampled_from(Level))
def test_neither_the_order_of_units_nor_of_reviewers_matters(units: list[list[float]], chance, level: Level) -> None:  # type: ignore[no-untyped-def]
    """Shuffled units and shuffled reviewers give the same alpha."""
    shuffled = [chance.sample(unit, len(unit)) for unit in chance.sample(units, len(units))]
    before, after = alpha(units, level), alpha(shuffled, level)
    assert (before is None) == (after is None)
    assert before is None or after == pytest.approx(before)


@given(marks, st.sampled_from(Level))
def test_a_unit_marked_once_tells_nothing(units: list[list[float]], level: Level) -> None:
    """Units with fewer than two marks change nothing."""
    assert alpha([*units, [3.0], []], level) == alpha(units, level)


@given(marks, st.sampled_from((Level.NOMINAL, Level.ORDINAL)))
def test_only_the_ranks_count(units: list[list[float]], level: Level) -> None:
    """Another scale in the same order gives the same alpha, for names and for ranks."""
    stretched = [[mark**3 + 7 for mark in unit] for unit in units]
    before, after = alpha(units, level), alpha(stretched, level)
    assert (before is None and after is None) or after == pytest.approx(before)


@given(marks, st.sampled_from(Level))
def test_it_never_exceeds_full_agreement(units: list[list[float]], level: Level) -> None:
    """Alpha is at most 1, and exactly 1 when every unit's marks are alike."""
    value = alpha(units, level)
    assert value is None or value <= 1 + 1e-9
    alike = alpha([[unit[0]] * len(unit) for unit in units if unit], level)
    assert alike is None or alike == pytest.approx(1)
