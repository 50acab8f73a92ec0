"""How far reviewers agree: Krippendorff's alpha, from the coincidences of their marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import Enum


class Level(str, Enum):
    """What the marks are: names, ranks, or steps of equal size."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


def alpha(units: Sequence[Sequence[float]], level: Level = Level.ORDINAL) -> float | None:
    """Krippendorff's alpha over units, each with the marks it got (in any order; missing ones simply left out).

    1 is full agreement, 0 what chance would give, below 0 worse than chance; None when no unit has two marks, or when all
    marks are the same, so that nothing can be told. Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability
    (2011), https://repository.upenn.edu/asc_papers/43, sections C to E.
    """
    pairable = [Counter(marks) for marks in units if len(marks) > 1]
    totals: Counter[float] = Counter()
    for marks in pairable:
        totals.update(marks)
    count = sum(totals.values())
    distance = _DISTANCES[level](totals)
    expected = _disagreement(totals, distance) / (count - 1) if count > 1 else 0.0
    if not expected:
        return None
    observed = sum(_disagreement(marks, distance) / (sum(marks.values()) - 1) for marks in pairable)
    return 1 - observed / expected


Distance = Callable[[float, float], float]


def _disagreement(marks: Counter[float], distance: Distance) -> float:
    """The sum of squared distances over all ordered pairs of different marks."""
    return sum(marks[one] * marks[other] * distance(one, other) for one in marks for other in marks if one != other)


def _nominal(totals: Counter[float]) -> Distance:
    return lambda one, other: 1.0


def _interval(totals: Counter[float]) -> Distance:
    return lambda one, other: (one - other) ** 2


def _ordinal(totals: Counter[float]) -> Distance:
    ranked = sorted(totals)

    def distance(one: float, other: float) -> float:
        low, high = sorted((one, other))
        between = sum(totals[value] for value in ranked if low <= value <= high)
        return (between - (totals[low] + totals[high]) / 2) ** 2

    return distance


_DISTANCES: Mapping[Level, Callable[[Counter[float]], Distance]] = {
    Level.NOMINAL: _nominal,
    Level.ORDINAL: _ordinal,
    Level.INTERVAL: _interval,
}
