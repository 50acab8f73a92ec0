"""The sequential test of two shares: honest however often it is looked at, and able to find what is there."""

from __future__ import annotations

import random
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.experiments.evidence import Race, factor, interval

inner = st.floats(0.001, 0.999)


@given(inner, inner, st.floats(0, 1))
def test_no_pair_gains_on_average_where_there_is_no_difference(control: float, arm: float, truth: float) -> None:
    """Whatever shares are claimed, and whatever the one true share, the expected factor is at most 1: an e-value."""
    chance = {True: truth, False: 1 - truth}
    expected = sum(chance[a] * chance[b] * factor(control, arm, a, b) for a in (True, False) for b in (True, False))
    assert expected <= 1 + 1e-9


def race_of(control: float, arm: float, pairs: int, chance: random.Random) -> tuple[Race, float, float]:
    """A race after so many pairs, and the highest evidence both ways that was ever seen on the way."""
    race, better, worse = Race(), 0.0, 0.0
    for _ in range(pairs):
        race = race.with_outcome(False, chance.random() < control).with_outcome(True, chance.random() < arm)
        better, worse = max(better, race.better), max(worse, race.worse)
    return race, better, worse


def test_looking_after_every_pair_errs_as_rarely_as_stated() -> None:
    """Two equal arms, looked at after each of 300 pairs: "better" is said in fewer than 5 of 100 experiments."""
    chance = random.Random(7)
    wrong = sum(race_of(0.6, 0.6, 300, chance)[1] >= log(20) for _ in range(200))
    assert wrong / 200 <= 0.05


def test_a_real_difference_is_found_in_its_direction() -> None:
    """60 against 80 of 100 is found within 400 pairs nearly always, as better and rarely as worse; else as worse."""
    chance = random.Random(8)
    up = [race_of(0.6, 0.8, 400, chance) for _ in range(30)]
    down = [race_of(0.8, 0.6, 400, chance) for _ in range(30)]
    assert sum(better >= log(20) for _, better, _ in up) >= 27
    assert sum(worse >= log(10) for _, _, worse in up) <= 3
    assert sum(worse >= log(10) for _, _, worse in down) >= 27


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_a_race_is_the_same_after_being_stored(outcomes: list[tuple[bool, bool]]) -> None:
    """Every outcome is either in a pair or waits for one, and the stored race reads back as it was."""
    race = Race()
    for of_arm, won in outcomes:
        race = race.with_outcome(of_arm, won)
    assert Race.read(race.plain()) == race
    assert 2 * race.pairs + len(race.control_waiting) + len(race.arm_waiting) == len(outcomes)
    assert not (race.control_waiting and race.arm_waiting)


def test_the_interval_is_that_of_the_beta_posterior() -> None:
    """Nothing known: the middle 95 % of all shares; 9 of 10: within (0.587, 0.977), as tables of Beta(10, 2) say."""
    assert interval(0, 0) == pytest.approx((0.025, 0.975))
    assert interval(9, 1) == pytest.approx((0.5872, 0.9772), abs=1e-3)
