"""What a benchmark makes of its timings: median, 95th percentile, and a ratio held against a bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Bar", "Figure", "median", "percentile"]


@dataclass(frozen=True)
class Bar:
    """A promise about a ratio: at most `limit`, or at least when `at_least`."""

    limit: float
    at_least: bool = False

    def met_by(self, ratio: float) -> bool:
        """Whether the ratio keeps the promise; a ratio that is not a number never does."""
        return ratio >= self.limit if self.at_least else ratio <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:.2f} ×"


@dataclass(frozen=True)
class Figure:
    """One line of the report: what was measured, our value, and the value it is held against, in the same unit."""

    what: str
    unit: str
    ours: float
    other: float | None = None
    against: str = "stock bot"
    bar: Bar | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the other; None when there is nothing to compare with."""
        return None if self.other is None else divided(self.ours, self.other)

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None when there is no bar."""
        return None if self.bar is None or self.ratio is None else self.bar.met_by(self.ratio)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0..1) of the values lie, with linear interpolation between neighbours.

    Raises ValueError when there are no values.
    """
    if not values:
        raise ValueError("there are no values to take a percentile of")
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low, high = math.floor(place), math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def divided(ours: float, other: float) -> float:
    """The ratio of two figures; not a number when the other is zero."""
    return ours / other if other else math.nan
