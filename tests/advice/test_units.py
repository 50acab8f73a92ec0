"""Units are read from what authors write, converted, checked in formulas, and said as people say them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.formulas import Formula
from bot.advice.units import (
    Unit,
    UnitError,
    check_units,
    convert,
    format_money,
    format_quantity,
    parse_quantity,
    plural,
    singular,
)

MASS, LENGTH, TIME = (
    ["kg", "g", "t", "lb"],
    ["mm", "cm", "m", "in", "ft"],
    ["s", "min", "h", "day", "week", "month", "year"],
)
UNITS = {
    "washable": "kg/day", "rooms": "rooms", "minutes": "min", "hours": "h", "loads": "loads/day", "load": "kg",
    "share": "%", "price": "EUR/h", "plain": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kg/day", "kg per day"),
        ("m2", "m²"),
        ("m2", "m*m"),
        ("loads/day", "load per day"),
        ("EUR/h", "€ per hour"),
        ("h", "hours"),
        ("kWh", "kW*h"),
        ("l/min", "litres per minute"),
        ("kg/100 m", "10 g/m"),
        ("", " "),
    ],
)
def test_the_same_unit_may_be_written_in_several_ways(one: str, other: str) -> None:
    """Abbreviations, plurals, powers and `per` are understood."""
    left, right = Unit.parse(one), Unit.parse(other)
    assert left.powers == right.powers
    assert math.isclose(left.size, right.size)


@pytest.mark.parametrize("text", ["kg//day", "12 34", "kg/", "(kg)", "x" * 99, "0 kg", "?"])
def test_what_is_no_unit_is_refused_with_an_example(text: str) -> None:
    """The error shows what a unit looks like."""
    with pytest.raises(UnitError, match="such as kg"):
        Unit.parse(text)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (1, "h", "min", 60),
        (2, "t", "kg", 2000),
        (12, "in", "ft", 1),
        (36, "kg/h", "kg/min", 0.6),
        (2, "weeks", "days", 14),
        (5, "", "kg", 5),
        (60, "min", "min/cut", 60),
        (1, "m3", "l", 1000),
    ],
)
def test_quantities_convert(value: float, source: str, target: str, expected: float) -> None:
    """Into any unit of the same kind; plain numbers take on the unit, counted things may be left out."""
    assert math.isclose(convert(value, source, target), expected)


@pytest.mark.parametrize(("source", "target"), [("kg", "min"), ("rooms", "loads"), ("EUR", "USD"), ("kg/day", "kg")])
def test_what_is_different_does_not_convert(source: str, target: str) -> None:
    """Mass is no time, a room is no load, a euro is no dollar."""
    with pytest.raises(UnitError, match="cannot be converted"):
        convert(1, source, target)


@given(st.floats(-1e6, 1e6), st.sampled_from([MASS, LENGTH, TIME]), st.data())
def test_there_and_back_is_where_it_began(value: float, family: list[str], data: st.DataObject) -> None:
    """Converting back gives the same value, also for units above and below the line."""
    one, other = data.draw(st.sampled_from(family)), data.draw(st.sampled_from(family))
    for source, target in ((one, other), (f"rooms/{one}", f"rooms/{other}"), (f"{one}*{one}", f"{other}*{other}")):
        assert math.isclose(convert(convert(value, source, target), target, source), value, rel_tol=1e-9, abs_tol=1e-12)


@given(st.lists(st.sampled_from([*MASS, *LENGTH, *TIME, "rooms", "%", "EUR"]), min_size=1, max_size=3))
def test_multiplying_and_dividing_undo_each_other(words: list[str]) -> None:
    """A unit divided by what it was multiplied with is itself again."""
    unit = Unit.parse("kg")
    for word in words:
        unit = unit * Unit.parse(word)
    for word in words:
        unit = unit / Unit.parse(word)
    assert unit.powers == Unit.parse("kg").powers
    assert math.isclose(unit.size, 1.0)


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_unit_or_a_unit_error(text: str) -> None:
    """Nothing else is ever raised; a quantity is a number with a unit, or nothing."""
    try:
        Unit.parse(text)
    except UnitError:
        pass
    found = parse_quantity(text)
    assert found is None or math.isfinite(found[0])


@given(st.floats(-1e9, 1e9), st.sampled_from(["", "kg", "kg/day", "loads", "%", "min"]))
def test_a_quantity_is_read_as_it_is_written(value: float, unit: str) -> None:
    """Writing a number with its unit and reading it again changes nothing."""
    assert parse_quantity(f"{value:.4f} {unit}") == (float(f"{value:.4f}"), unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20 kg", (20.0, "kg")),
        ("1,250.5 kg/day", (1250.5, "kg/day")),
        ("14 800 EUR", (14800.0, "EUR")),
        ("85%", (85.0, "%")),
        ("£40", (40.0, "£")),
        ("DN 50", None),
        ("2 x 30 kg", None),
        ("24/7", None),
        ("electric", None),
        ("", None),
    ],
)
def test_quantities_are_told_from_words(text: str, expected: tuple[float, str] | None) -> None:
    """Model names and phrases are no quantities."""
    assert parse_quantity(text) == expected


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("washable >= rooms * 4.2", ""),
        ("loads * load", "kg/day"),
        ("loads * load * plain", "kg/day"),
        ("washable > 200 and rooms < 80", ""),
        ("rooms * share / 100 > rooms", ""),
        ("minutes / 60 > hours", ""),
        ("max(minutes, 30) + 5", "min"),
        ("price * hours", "EUR"),
        ("rooms if washable > 3 else 12", "rooms"),
        ("load / minutes", "kg/min"),
    ],
)
def test_sound_formulas_have_no_unit_problem(source: str, result: str) -> None:
    """Plain numbers adapt, counted things may be left out, units multiply and divide."""
    assert check_units(Formula(source), UNITS, result) == ()


@pytest.mark.parametrize(
    ("source", "result", "sure", "message"),
    [
        ("washable + minutes", "", True, "kg/day and min are mixed: write both in the same unit"),
        (
            "minutes > hours",
            "",
            True,
            "min and h are mixed: min / 60 is h; write that, or declare both in the same unit",
        ),
        (
            "loads * load",
            "kg/week",
            True,
            "it comes to loads/day*kg but is declared as kg/week: loads/day*kg * 7 is kg/week",
        ),
        ("rooms * share > rooms", "", True, "rooms*% and rooms are mixed: rooms*% / 100 is rooms"),
        ("washable > load", "", False, "kg/day and kg are mixed: one is for a stretch of time and the other is not"),
        ("max(rooms, loads / washable * load)", "", False, "rooms and loads/day/kg/day*kg are mixed"),
        ("hours in [8, load]", "", True, "h and kg are mixed"),
    ],
)
def test_mixed_units_are_found(source: str, result: str, sure: bool, message: str) -> None:
    """With what to write; only what is surely wrong is an error."""
    (problem,) = check_units(Formula(source), UNITS, result)
    assert (problem.message[: len(message)], problem.sure) == (message, sure)


def test_a_unit_problem_stands_where_the_second_unit_begins() -> None:
    """So that an editor can point at it."""
    assert check_units(Formula("rooms > 3 and load + minutes > 2"), UNITS)[0].column == 22


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (84.0, "kg/day", "84 kg a day"),
        (1250, "EUR", "1 250 €"),
        (18, "EUR/h", "18 € an hour"),
        (2.5, "EUR", "2.50 €"),
        (1250, "GBP", "£1,250"),
        (4100.4, "money/year", "4 100 € a year"),
        (70, "min", "70 minutes"),
        (1, "h", "1 hour"),
        (1, "loads/day", "1 load a day"),
        (9.4, "load/day", "9.4 loads a day"),
        (85, "%", "85%"),
        (1 / 3, "h", "0.33 hours"),
        (12345.6, "kg", "12 346 kg"),
        (1250.5, "kg", "1251 kg"),
        (0.1 + 0.2, "l", "0.3 litres"),
        (3, "m2", "3 m²"),
        (2019, "", "2019"),
        (7, "person", "7 people"),
        (3, "kg per m2", "3 kg per m²"),
        (-0.0, "", "0"),
        (True, "", "yes"),
        (False, "", "no"),
        ("DE", "", "DE"),
        (None, "kg", "not known"),
        (math.inf, "kg", "not known"),
    ],
)
def test_values_are_said_as_people_say_them(value: object, unit: str, said: str) -> None:
    """Whole words for time, no false precision, money with its sign; digits never break at the end of a line."""
    assert format_quantity(value, unit).replace("\u00a0", " ") == said


def test_money_takes_the_companys_currency() -> None:
    """Sums below a hundred keep their cents when there are any; larger ones are whole."""
    sums = [(0, "EUR"), (99.5, "EUR"), (14800.4, "CHF"), (-20, "USD"), (1250, "SEK"), (0.999, "EUR")]
    said = [format_money(amount, currency).replace("\u00a0", " ") for amount, currency in sums]
    assert said == ["0 €", "99.50 €", "14 800 CHF", "-$20", "1 250 kr", "1 €"]


@given(st.sampled_from(["load", "batch", "body", "box", "day", "wash", "guest", "room", "tray"]))
def test_plurals_are_regular_and_reversible(word: str) -> None:
    """A plural's singular is the word again."""
    assert singular(plural(word)) == word
