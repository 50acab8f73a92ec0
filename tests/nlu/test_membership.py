"""Sums over the members of many sets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.membership import Membership, Ragged

LETTERS = st.sampled_from("abcdef")
SETS = st.lists(st.dictionaries(LETTERS, st.floats(0, 4, width=32)), min_size=1, max_size=8)
WEIGHTS = st.dictionaries(st.sampled_from("abcdefxy"), st.floats(0, 4, width=32))


@given(SETS, WEIGHTS, st.data())
def test_sums_are_those_of_a_loop(sets: list[dict[str, float]], weights: dict[str, float], data: st.DataObject) -> None:
    """Whatever the sets, rows and weights, each sum is that of the row's members; unknown members count nothing."""
    chosen = data.draw(st.lists(st.integers(0, len(sets) - 1)))
    membership = Membership(sets)
    ready = membership.weights(weights)
    expected = [sum(amount * weights.get(member, 0.0) for member, amount in held.items()) for held in sets]
    assert membership.sums(ready).tolist() == pytest.approx(expected, abs=1e-4)
    found = membership.sums(ready, np.array(chosen, dtype=np.int64)).tolist()
    assert found == pytest.approx([expected[row] for row in chosen], abs=1e-4)


def test_plain_sets_have_one_of_each_member() -> None:
    """Without amounts the sum is that of the weights."""
    membership = Membership([{"a", "b"}, set(), {"b"}])
    assert membership.sums(membership.weights({"a": 1.0, "b": 2.0})).tolist() == [3.0, 0.0, 2.0]
    assert membership.sizes.tolist() == [2, 0, 1]


def test_places_of_ragged_rows() -> None:
    """The items of the rows asked for, in the order asked, empty rows included."""
    ragged = Ragged([2, 0, 3])
    assert ragged.places(np.array([2, 1, 0])).tolist() == [2, 3, 4, 0, 1]
    assert ragged.places(np.array([], dtype=np.int64)).tolist() == []
