"""Formulas are read once, never run as code, and unknown where a fact they need is missing."""

from __future__ import annotations

import copy
import math
import pickle
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.formulas import MAX_LENGTH, Formula, FormulaError

FACTS = {"rooms": 40, "washable": 200.0, "region": "DE", "barrier": False, "since": date(2025, 5, 1)}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("washable >= rooms * 4.2", True),
        ("40 <= rooms < 80", True),
        ("40 < rooms < 80", False),
        ("region in ['DE', 'AT', 'CH']", True),
        ("region not in ['DE', 'AT']", False),
        ("region == 'CH' or rooms == 40", True),
        ("not barrier", True),
        ("barrier == no", True),
        ("barrier == 'no'", True),
        ("10 if barrier else 20", 20),
        ("min(rooms, 30) + max(1, 2)", 32),
        ("ceil(rooms / 30)", 2),
        ("floor(4.9) + round(4.26, 1) + abs(-1)", 9.3),
        ("known(rooms) and not known(age)", True),
        ("since < '2025-06-01'", True),
        ("since == '2025-05-01'", True),
        ("'about nine' if rooms > 30 else 'none'", "about nine"),
    ],
)
def test_it_comes_to_what_its_author_means(source: str, value: object) -> None:
    """Arithmetic, comparisons, choices and days work as they read."""
    assert Formula(source).value(FACTS) == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("age > 3", None),
        ("age > 3 and barrier", False),
        ("age > 3 or rooms == 40", True),
        ("rooms == 40 or age > 3", True),
        ("not (age > 3)", None),
        ("age + rooms", None),
        ("age > 3 if rooms > 3 else 1", None),
        ("age if rooms < 3 else 1", 1),
        ("region in ['DE', age]", True),
        ("region in ['AT', age]", None),
        ("rooms < 3 < age", False),
    ],
)
def test_a_missing_fact_counts_only_where_it_matters(source: str, value: object) -> None:
    """Unknown is neither true nor false, and spreads no further than it must."""
    assert Formula(source).value(FACTS) == value
    assert Formula(source).value({**FACTS, "age": None}) == value


@pytest.mark.parametrize("source", ["rooms / 0", "rooms + region", "region > 3", "1e15 * 1e15 / 0", "barrier + 1"])
def test_what_cannot_be_worked_out_is_unknown(source: str) -> None:
    """A sum without a result never stops a conversation."""
    assert Formula(source).value(FACTS) is None


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("age > 3 and floor_load > 900", {"age", "floor_load"}),
        ("barrier and age > 3", set()),
        ("age if rooms > 3 else other", {"age"}),
        ("age if site == 'x' else other", {"site"}),
        ("known(age) and size > 3", set()),
        ("rooms in [age, 3]", {"age"}),
    ],
)
def test_it_names_what_must_be_known_next(source: str, needed: set[str]) -> None:
    """Only names that could still change the value are asked for."""
    assert Formula(source).unknown(FACTS) == needed


def test_its_names_are_facts_only() -> None:
    """Functions, yes and no are not facts; a fact that is only asked about is one."""
    assert Formula("known(a) and min(b, 3) > 2 and c == yes").names == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("source", "column", "message"),
    [
        ("rooms = 3", 7, "write == to compare, not ="),
        ("rooms > 3 && barrier", 11, "write and instead of &&"),
        ("rooms => 3", 7, "write >= instead of =>"),
        ("rooms > 30 %", 12, "write a plain number instead of %"),
        ("region == ‘DE’", 11, "write straight quotes, 'like this'"),
        ("rooms ** 2", 1, "only + - * / are known: write the formula with these"),
        ("maxx(rooms)", 1, "unknown function 'maxx': did you mean 'max'?"),
        ("rooms in other", 10, "write a list after in: in ['a', 'b']"),
        ("  rooms.real", 3, "this is not part of the formula language: "),
        ("__import__('os').system('x')", 1, "only abs, ceil, floor, known, max, min, round may be called"),
        ("(lambda: 1)()", 1, "only abs, ceil, floor, known, max, min, round may be called"),
        ("[x for x in rooms]", 1, "this is not part of the formula language: "),
        ("known(3)", 1, "known takes the name of one fact: known(rooms)"),
        ("round(1, 2, 3)", 1, "round takes 1 to 2 values, separated by commas"),
        ("9e99", 1, "a number this large is not allowed: at most 1e15"),
        ("", 1, "an empty formula: "),
    ],
)
def test_an_error_says_where_and_what_to_write(source: str, column: int, message: str) -> None:
    """The message tells an author who has never programmed what to do."""
    with pytest.raises(FormulaError) as raised:
        Formula(source)
    assert (raised.value.column, str(raised.value)[: len(message)]) == (column, message)


def test_an_unknown_name_comes_with_the_nearest_one() -> None:
    """Each wrong name is reported in its place."""
    errors = Formula("rooms > 3 and washble > rooom").errors({"rooms", "washable"})
    assert [(error.column, error.message) for error in errors] == [
        (15, "unknown name 'washble': did you mean 'washable'?"),
        (25, "unknown name 'rooom': did you mean 'rooms'?"),
    ]


@pytest.mark.parametrize("source", ["(" * 900, "-" * 900 + "1", "1+" * 400 + "1", "x" * (MAX_LENGTH + 1)])
def test_it_is_bounded(source: str) -> None:
    """No text, however long or deep, costs more than an error."""
    with pytest.raises(FormulaError):
        Formula(source)


def test_two_formulas_of_one_text_are_one() -> None:
    """Equal, of one hash, and the same after a copy or a pickle."""
    formula = Formula("rooms > 3")
    assert {formula, Formula("rooms > 3"), copy.deepcopy(formula), pickle.loads(pickle.dumps(formula))} == {formula}  # noqa: S301
    assert repr(formula) == "Formula(source='rooms > 3')"


@given(st.one_of(st.text(), st.text(alphabet="abc()[]'\"+-*/<>=!.,:0123456789 \n\t\\andorifelse")))
@settings(max_examples=500, deadline=None)
def test_any_text_is_a_formula_or_a_formula_error(source: str) -> None:
    """Nothing else is ever raised, neither when read nor when worked out."""
    try:
        formula = Formula(source)
    except FormulaError:
        return
    formula.value(dict.fromkeys(formula.names, 1))
    formula.unknown({})


NUMBERS = st.one_of(st.integers(-1000, 1000), st.floats(-1000, 1000, allow_nan=False).map(lambda x: round(x, 3)))


def _numeric(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({parts[0]} {parts[1]} {parts[2]})")
    calls = st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})")
    choice = st.tuples(inner, inner, inner, inner).map(lambda p: f"({p[0]} if {p[1]} < {p[2]} else {p[3]})")
    return st.one_of(binary, calls, choice, inner.map(lambda part: f"(-{part})"), inner.map(lambda part: f"abs({part})"))


@given(st.recursive(st.one_of(NUMBERS.map(repr), st.sampled_from(["a", "b"])), _numeric, max_leaves=8), NUMBERS, NUMBERS)
@settings(max_examples=300, deadline=None)
def test_it_agrees_with_python_on_numbers(source: str, a: float, b: float) -> None:
    """Numeric expressions come to what Python makes of them; a division by zero has no value."""
    try:
        expected = eval(source, {"a": a, "b": b, "min": min, "max": max, "abs": abs})  # noqa: S307
    except ZeroDivisionError:
        return
    value = Formula(source).value({"a": a, "b": b})
    assert isinstance(value, (int, float))
    assert math.isclose(value, expected, rel_tol=1e-12, abs_tol=1e-12)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.booleans()), st.sampled_from(["and", "or"]))
def test_knowing_more_never_changes_what_is_known(facts: dict[str, bool], word: str) -> None:
    """A value worked out from some facts stays the same when further facts become known."""
    formula = Formula(f"a {word} (b and not c)")
    value = formula.value(facts)
    if value is not None:
        full = {"a": True, "b": False, "c": True, **facts}
        assert formula.value(full) == value
