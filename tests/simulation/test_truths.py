"""Simulated customers have a truth that fits the catalogue, and an oracle knows what is right for them."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from bot.advice.catalogue import Rung
from bot.advice.dossier import Dossier
from bot.advice.facts import Facts
from bot.advice.need_map import Cell
from bot.simulation.truths import PERSON, Right, Truth, draw, matters, misleads, right
from tests.advice.worlds import BIKES


def _truths(count: int, problem: str = "") -> list[Truth]:
    return [draw(random.Random(number), BIKES, problem) for number in range(count)]


def test_the_same_chance_draws_the_same_customer() -> None:
    """A truth is a pure function of the random numbers, so that every run can be repeated."""
    assert draw(random.Random(7), BIKES) == draw(random.Random(7), BIKES)


def test_causes_are_drawn_as_often_as_the_author_says() -> None:
    """A cause called usual is drawn more often than a rare one."""
    causes = Counter(truth.cause for truth in _truths(300, "runs_flat"))
    assert causes["turbo_habit"] > causes["worn_battery"] > causes["long_round"] > 0


def test_facts_follow_from_the_cause() -> None:
    """Most customers of a cause have the facts the author calls likely under it."""
    old = [truth.facts["battery_age"] for truth in _truths(300, "runs_flat") if truth.cause == "worn_battery"]
    assert sum(age >= 4 for age in old if isinstance(age, float)) > 0.8 * len(old)


def test_everything_that_may_be_asked_has_an_answer() -> None:
    """Every fact that the checks of the problem and the conditions of its remedies speak of is part of the truth."""
    for truth in _truths(50):
        asked = set(matters(BIKES, BIKES.problems[truth.problem]))
        assert asked <= truth.facts.keys()


def test_checks_come_before_conditions() -> None:
    """What matters for a problem is listed in file order: its checks, then what its remedies depend on."""
    assert matters(BIKES, BIKES.problems["runs_flat"]) == (
        "assist",
        "parking",
        "battery_age",
        "round_km",
        "capacity",
        "has_room",
    )


def test_what_the_records_hold_is_what_the_customer_would_say() -> None:
    """A known customer's assets give the same facts as the customer."""
    known = [truth for truth in _truths(200, "runs_flat") if truth.assets and "capacity" in truth.facts]
    assert known
    for truth in known:
        facts = Facts(Dossier(assets=truth.assets), None, BIKES)
        assert facts.get("capacity", truth.facts["capacity"]) == truth.facts["capacity"]


@pytest.mark.parametrize(
    ("cause", "facts", "expected"),
    [
        ("turbo_habit", {"round_km": 30.0, "capacity": 500.0}, Right("retrain", "ride_in_tour")),
        ("cold_night", {"has_room": True}, Right("reuse", "park_inside")),
        ("cold_night", {"has_room": False, "round_km": 30.0}, Right("buy", "long_range")),
        ("worn_battery", {}, Right("fix", "new_cells")),
        ("long_round", {"round_km": 200.0}, Right(PERSON)),
        ("worn_battery", {"region": "south"}, Right("refer", "limit:region")),
    ],
)
def test_the_oracle_knows_what_is_right(cause: str, facts: dict[str, float | str | bool], expected: Right) -> None:
    """Knowing the true cause and every fact, the oracle names the rung and the remedy."""
    assert right(Truth("runs_flat", cause, ("round_done",), facts), BIKES) == expected


def test_misleading_facts_are_told() -> None:
    """A customer whose facts all speak for another cause counts as misleading; one whose facts fit does not."""
    fits = Truth("runs_flat", "turbo_habit", ("round_done",), {"assist": "turbo"})
    strange = Truth("runs_flat", "long_round", ("round_done",), {"assist": "turbo", "round_km": 20.0})
    assert not misleads(fits, BIKES)
    assert misleads(strange, BIKES)


def test_every_rung_is_right_for_somebody() -> None:
    """Over many customers each rung is the right one for some."""
    rungs = {right(truth, BIKES).rung for truth in _truths(400)}
    assert rungs >= {rung.value for rung in Rung if rung is not Rung.NOTHING}


def test_a_fact_told_is_a_fact_known() -> None:
    """The facts of a truth can be told to the engine as they are."""
    truth = _truths(1)[0]
    dossier = Dossier(facts={name: Cell(value, "told") for name, value in truth.facts.items()})
    assert {name: value for name, value in Facts(dossier, None, BIKES).items() if name in truth.facts} == truth.facts
