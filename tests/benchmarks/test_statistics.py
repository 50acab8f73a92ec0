"""The statistics of the benchmarks, against values worked out by hand."""

import math

import pytest

from benchmarks.bench import rounds
from benchmarks.statistics import Bar, Figure, median, percentile


def test_median_of_an_even_number_lies_between() -> None:
    """Of four values the mean of the middle two."""
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([7.0], 0.95, 7.0), ([1.0, 2.0], 0.5, 1.5), ([5.0, 1.0, 3.0], 1.0, 5.0), (list(range(101)), 0.95, 95.0)],
)
def test_percentile_interpolates_between_neighbours(values: list[float], share: float, expected: float) -> None:
    """The order of the values does not matter; one value is every percentile."""
    assert percentile(values, share) == pytest.approx(expected)


def test_a_percentile_of_nothing_is_an_error() -> None:
    """Nothing measured is not a figure of zero."""
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.95)


@pytest.mark.parametrize(
    ("bar", "ratio", "met"),
    [
        (Bar(0.5), 0.5, True),
        (Bar(0.5), 0.51, False),
        (Bar(3.0, at_least=True), 3.0, True),
        (Bar(3.0, at_least=True), 2.9, False),
        (Bar(0.5), math.nan, False),
        (Bar(3.0, at_least=True), math.nan, False),
    ],
)
def test_a_bar_is_met_up_to_and_with_its_limit(bar: Bar, ratio: float, met: bool) -> None:
    """A ratio that could not be had meets nothing."""
    assert bar.met_by(ratio) is met


def test_a_figure_holds_ours_against_the_other() -> None:
    """The ratio is ours over the other's; without another there is neither ratio nor verdict."""
    figure = Figure("turn", "ms", 10.0, 25.0, bar=Bar(0.5))
    alone = Figure("store", "ms", 1.0)
    assert (figure.ratio, figure.met) == (0.4, True)
    assert (alone.ratio, alone.met) == (None, None)
    assert Figure("turn", "ms", 10.0, 0.0, bar=Bar(0.5)).met is False


def test_rounds_end_with_their_number_or_their_time() -> None:
    """At least one round is done, however little time there is."""
    assert list(rounds(3, seconds=60)) == [0, 1, 2]
    assert list(rounds(3, seconds=0)) == [0]
