"""Amounts and their units."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu.quantities import find_quantities
from bot.nlu.units import canonical, singular

TODAY = date(2025, 5, 19)


@pytest.mark.parametrize(
    ("text", "value", "unit", "per"),
    [
        ("about 40 a day", 40, "", "day"),
        ("40 loads a day", 40, "load", "day"),
        ("12k", 12000, "", ""),
        ("1,200 sheets", 1200, "sheet", ""),
        ("1.5 bar", 1.5, "bar", ""),
        ("1,5 kg", 1.5, "kg", ""),
        ("50%", 50, "%", ""),
        ("half of them", 50, "%", ""),
        ("half an hour", 0.5, "hour", ""),
        ("a dozen rooms", 12, "room", ""),
        ("two and a half hours", 2.5, "hour", ""),
        ("€14,800", 14800, "EUR", ""),
        ("14800 euros", 14800, "EUR", ""),
        ("the lease is 300 EUR/month", 300, "EUR", "month"),
        ("twice a week", 2, "times", "week"),
        ("every two weeks", 0.5, "times", "week"),
        ("daily", 1, "times", "day"),
        ("3 times a day", 3, "times", "day"),
        ("five years old", 5, "year", ""),
        ("120 kg per hour", 120, "kg", "hour"),
        ("95 an hour", 95, "", "hour"),
        ("20mm plate", 20, "mm", ""),
        ("we're 12 people", 12, "person", ""),
        ("four hundred rooms", 400, "room", ""),
        ("a hundred and twenty", 120, "", ""),
        ("it takes 70 minutes", 70, "minute", ""),
        ("-5 degrees", -5, "°C", ""),
        ("1 1/2 inch", 1.5, "inch", ""),
        ("100 Mbit", 100, "Mbps", ""),
        ("each load is 18 kilos", 18, "kg", ""),
        ("three of them, from 2019", 3, "", ""),
        ("we have 3 W20s", 3, "w20", ""),
    ],
)
def test_one_amount(text: str, value: float, unit: str, per: str) -> None:
    """An amount is read with its unit and its rate, however it is written."""
    (found,) = find_quantities(text, TODAY)
    assert (found.value, found.unit, found.per) == (value, unit, per)
    assert found.quote in text


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("10-12 guests", 10, 12),
        ("between 10 and 12", 10, 12),
        ("2 to 3 times per shift", 2, 3),
        ("10-12k", 10000, 12000),
        ("3 or 4", 3, 4),
    ],
)
def test_ranges(text: str, low: float, high: float) -> None:
    """A range keeps both ends."""
    (found,) = find_quantities(text, TODAY)
    assert (found.value, found.upper) == (low, high)


@pytest.mark.parametrize(
    ("text", "approximate"), [("about 40", True), ("~300", True), ("60-ish", True), ("a couple of ironers", True), ("40", False)]
)
def test_approximate(text: str, approximate: bool) -> None:
    """Whether an amount was given as exact is known."""
    (found,) = find_quantities(text, TODAY)
    assert found.approximate is approximate


def test_several_amounts() -> None:
    """Each amount counts its own thing."""
    found = find_quantities("I need a quote for two more 30 kg washers", TODAY)
    assert [(amount.value, amount.unit) for amount in found] == [(2, "washer"), (30, "kg")]


def test_dimensions() -> None:
    """Dimensions share their unit; pieces of a length do not."""
    plate = [(amount.value, amount.unit) for amount in find_quantities("100 x 50 x 3 mm", TODAY)]
    bars = [(amount.value, amount.unit) for amount in find_quantities("40 x 3 m bars", TODAY)]
    assert plate == [(100, "mm"), (50, "mm"), (3, "mm")]
    assert bars == [(40, "piece"), (3, "m")]


@pytest.mark.parametrize(
    "text",
    [
        "the W-20 from 2019",
        "the old one",
        "no one knows",
        "since may 2021",
        "at 7:30",
        "1st floor",
        "call 0301234567",
        "none",
        "2nd hand",
    ],
)
def test_not_amounts(text: str) -> None:
    """Dates, times of day, models, ordinals and telephone numbers are no amounts."""
    assert find_quantities(text, TODAY) == ()


def test_money_and_durations_know_themselves() -> None:
    """Money is money and a duration is a duration."""
    price, time = find_quantities("300 euros for 45 minutes", TODAY)
    assert price.is_money
    assert time.is_duration


@pytest.mark.parametrize(("spelling", "unit"), [("kilos", "kg"), ("Hrs", "hour"), ("per cent", "%"), ("a", ""), ("towels", "")])
def test_units(spelling: str, unit: str) -> None:
    """Each unit has one name."""
    assert canonical(spelling) == unit


@pytest.mark.parametrize(
    ("noun", "one"),
    [("washers", "washer"), ("batches", "batch"), ("batteries", "battery"), ("people", "person"), ("glass", "glass")],
)
def test_singular(noun: str, one: str) -> None:
    """Counted things are named in the singular."""
    assert singular(noun) == one
