"""Clauses, reasons and purposes."""

from __future__ import annotations

import pytest

from bot.nlu.clauses import MAX_CLAUSES, find_why, split_clauses


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("towels come out grey", ["towels come out grey"]),
        ("Hi, I need a quote for two more 30 kg washers.", ["Hi", "I need a quote for two more 30 kg washers."]),
        ("we run out of clean towels by noon, spa guests complain", ["we run out of clean towels by noon", "spa guests complain"]),
        ("no, I said 12 not 20", ["no", "I said 12 not 20"]),
        ("Yes but only on mondays", ["Yes", "but only on mondays"]),
        ("thanks that helps, what does it cost", ["thanks", "that helps", "what does it cost"]),
        ("three washers, two dryers and an ironer from 2019", ["three washers, two dryers and an ironer from 2019"]),
        ("it broke again i need a new one", ["it broke again", "i need a new one"]),
        (
            "we need a new saw because the blade wanders and the customers send parts back",
            ["we need a new saw", "because the blade wanders and the customers send parts back"],
        ),
    ],
)
def test_clauses(text: str, clauses: list[str]) -> None:
    """Each clause says one thing, in the customer's words."""
    assert [clause.text for clause in split_clauses(text)] == clauses


def test_clauses_know_their_place() -> None:
    """A clause can be found again in the message."""
    text = "Hello, the pump is loud. Since may!"
    assert all(text[clause.start : clause.end] == clause.text for clause in split_clauses(text))


def test_endless_messages_have_few_clauses() -> None:
    """A very long message costs no more than MAX_CLAUSES readings."""
    assert len(split_clauses("It broke. " * 200)) == MAX_CLAUSES


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("we need it because the spa opened in May", "the spa opened in May"),
        ("cos we can't keep up", "we can't keep up"),
        ("since we have no spare room we can't add a machine", "we have no spare room"),
        ("as we are a small team we cannot train people", "we are a small team"),
        ("Otherwise the guests complain!", "the guests complain"),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    """A reason is quoted without the word that joins it."""
    assert find_why(text).reasons == (reason,)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("two more washers so we can keep up with the spa", "we can keep up with the spa"),
        ("need a machine to dry towels faster", "dry towels faster"),
        ("looking for a saw for cutting thick plates", "cutting thick plates"),
        ("in order to be sure that deliveries arrive on time we want a truck", "be sure that deliveries arrive on time"),
    ],
)
def test_purposes(text: str, purpose: str) -> None:
    """What something is for is quoted, too."""
    assert find_why(text).purposes == (purpose,)


@pytest.mark.parametrize("text", ["we want to buy new phones", "it started since we moved", "can you send someone", "because"])
def test_no_reason_given(text: str) -> None:
    """Wishes, dates and lone words give no reason."""
    why = find_why(text)
    assert (why.reasons, why.purposes) == ((), ())
