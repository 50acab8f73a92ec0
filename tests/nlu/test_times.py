"""Dates, since when, and by when."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu.times import find_dates, find_deadline, find_since

TODAY = date(2025, 5, 19)


@pytest.mark.parametrize(
    ("text", "quote", "day"),
    [
        ("since may", "since may", "2025-05-01"),
        ("since May, when the spa opened", "since May, when the spa opened", "2025-05-01"),
        ("since june", "since june", "2024-06-01"),
        ("two weeks ago", "two weeks ago", "2025-05-05"),
        ("half a year ago", "half a year ago", "2024-11-17"),
        ("since 2 weeks", "since 2 weeks", "2025-05-05"),
        ("it is like this for about 3 weeks", "for about 3 weeks", "2025-04-28"),
        ("last summer", "last summer", "2024-06-01"),
        ("three of them, from 2019", "from 2019", "2019-01-01"),
        ("since the 3rd of May", "since the 3rd of May", "2025-05-03"),
        ("since 12.05.2023", "since 12.05.2023", "2023-05-12"),
        ("since last friday", "since last friday", "2025-05-16"),
        ("yesterday", "yesterday", "2025-05-18"),
        ("since we moved to the new hall", "since we moved to the new hall", ""),
        ("from day one", "from day one", ""),
    ],
)
def test_since(text: str, quote: str, day: str) -> None:
    """Since when is quoted, and dated where the words tell a date."""
    found = find_since(text, TODAY)
    assert found is not None
    assert (found.quote, found.day) == (quote, day)


@pytest.mark.parametrize(
    "text",
    ["it may be broken", "we use it for 3 guests", "since we have no spare room", "we march on", "they pay for a day of peace"],
)
def test_not_since(text: str) -> None:
    """A reason, a "may", a number of guests and a day of something are no points in time."""
    assert find_since(text, TODAY) is None


@pytest.mark.parametrize(
    ("text", "quote", "day"),
    [
        ("clean towels by noon", "by noon", ""),
        ("before Friday", "before Friday", "2025-05-23"),
        ("end of the month", "end of the month", "2025-05-31"),
        ("by the end of June", "by the end of June", "2025-06-30"),
        ("no later than 3 March", "no later than 3 March", "2026-03-03"),
        ("within two weeks", "within two weeks", "2025-06-02"),
        ("need it by tomorrow", "by tomorrow", "2025-05-20"),
        ("by next week", "by next week", "2025-05-26"),
        ("asap please", "asap", "2025-05-19"),
    ],
)
def test_deadline(text: str, quote: str, day: str) -> None:
    """By when is quoted, and dated where the words tell a date."""
    found = find_deadline(text, TODAY)
    assert found is not None
    assert (found.quote, found.day) == (quote, day)


def test_dates_named() -> None:
    """Every date named is found, and "may" the verb is none."""
    found = find_dates("it may need a service, bought in 2018, moved in March", TODAY)
    assert [moment.quote for moment in found] == ["2018", "March"]


def test_impossible_dates() -> None:
    """A date that does not exist has no day."""
    found = find_dates("31.02.2024", TODAY)
    assert [moment.day for moment in found] == [""]
