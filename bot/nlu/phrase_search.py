"""Finding the phrases nearest to a text among many: a quick look at the main directions, then exact cosines of the best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import Matrix, Vector

_EXACT_UP_TO = 6000
_DIRECTIONS = 96
_SHORTLIST = 400
_SAMPLE = 8000

Rows = NDArray[np.int64]


class PhraseSearch:
    """Vectors of unit length, one row each.

    Up to 6,000 rows every cosine is computed. Above that the 96 directions in which the vectors differ most are compared
    first, and the exact cosine is computed for the best 400 rows only: four times as fast, half the memory.
    """

    def __init__(self, vectors: Matrix) -> None:
        """Take the vectors, shape (n, 384)."""
        self.large = len(vectors) > _EXACT_UP_TO
        self.vectors = vectors.astype(np.float16) if self.large else vectors
        self.directions = _main_directions(vectors) if self.large else np.zeros((0, 0), dtype=np.float32)
        self.sketch = vectors @ self.directions if self.large else vectors

    def look(self, vector: Vector) -> Look:
        """What lies near this vector; it may be asked for several selections of rows."""
        return Look(self, vector)


class Look:
    """A look around one vector: the costly part is done once, however many selections are asked for."""

    def __init__(self, search: PhraseSearch, vector: Vector) -> None:
        self._search = search
        self._vector = vector
        self._near: NDArray[np.float32] = search.sketch @ (vector @ search.directions if search.large else vector)

    def nearest(self, count: int, among: Rows | None = None) -> Rows:
        """The rows with the highest cosine, unordered; only of the rows `among` when given."""
        if not self._search.large:
            return _best(self._near, count, among)
        shortlist = among if among is not None and len(among) <= _SHORTLIST else _best(self._near, _SHORTLIST, among)
        best: Rows = shortlist[_top(self.cosines(shortlist), count)]
        return best

    def cosines(self, rows: Rows) -> NDArray[np.float32]:
        """The exact cosine of each row."""
        if not self._search.large:
            near: NDArray[np.float32] = self._near[rows]
            return near
        found: NDArray[np.float32] = self._search.vectors[rows].astype(np.float32, copy=False) @ self._vector
        return found


def _best(values: NDArray[np.float32], count: int, among: Rows | None) -> Rows:
    if among is None:
        return _top(values, count)
    chosen: Rows = among[_top(values[among], count)]
    return chosen


def _top(values: NDArray[np.float32], count: int) -> Rows:
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(-values, count)[:count]


def _main_directions(vectors: Matrix) -> NDArray[np.float32]:
    sample = vectors[:: max(1, len(vectors) // _SAMPLE)]
    _, directions = np.linalg.eigh(sample.T @ sample)
    return np.ascontiguousarray(directions[:, -_DIRECTIONS:], dtype=np.float32)
