"""Which members (words, runs of letters) each of many sets has, in arrays: sums over a set's members cost microseconds."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Member = TypeVar("Member", bound=Hashable)


class Ragged:
    """Rows of different lengths, kept end to end."""

    def __init__(self, lengths: Iterable[int]) -> None:
        self.sizes = np.fromiter(lengths, dtype=np.int64)
        self._starts = np.cumsum(self.sizes) - self.sizes

    def places(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the items of these rows stand, row after row."""
        sizes = self.sizes[rows]
        ends = np.cumsum(sizes)
        inside = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - sizes, sizes)
        found: NDArray[np.int64] = np.repeat(self._starts[rows], sizes) + inside
        return found


class Membership(Generic[Member]):
    """Sets in a row, each with its members and how much it has of each (1 where that is not said).

    The members' weights come with the question.
    """

    def __init__(self, sets: Iterable[Collection[Member]]) -> None:
        self.place: dict[Member, int] = {}
        flat: list[int] = []
        amounts: list[float] = []
        lengths: list[int] = []
        for members in sets:
            flat.extend(self.place.setdefault(member, len(self.place)) for member in members)
            amounts.extend(members.values() if isinstance(members, Mapping) else [1.0] * len(members))
            lengths.append(len(members))
        self._flat = np.array(flat, dtype=np.int32)
        self._amounts = np.array(amounts, dtype=np.float32)
        self._ragged = Ragged(lengths)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many members each set has."""
        return self._ragged.sizes

    def weights(self, of: Mapping[Member, float]) -> NDArray[np.float32]:
        """An array of the weights, ready for `sums`; members that are in no set are passed over."""
        found = np.zeros(len(self.place), dtype=np.float32)
        for member, weight in of.items():
            place = self.place.get(member)
            if place is not None:
                found[place] = weight
        return found

    def sums(self, weights: NDArray[np.float32], rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """For each row (every set when None) the sum of its members' weights times how much it has of them."""
        sizes = self.sizes if rows is None else self.sizes[rows]
        places = slice(None) if rows is None else self._ragged.places(rows)
        totals = np.concatenate([np.zeros(1), np.cumsum(weights[self._flat[places]] * self._amounts[places], dtype=np.float64)])
        ends = np.cumsum(sizes)
        found: NDArray[np.float32] = (totals[ends] - totals[ends - sizes]).astype(np.float32)
        return found
