"""The solution-first score: what it rewards, and that its explanation adds up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advice.moves import MoveKind
from bot.learning.scores import STANDARD, Aftermath, Rubric, Seen, read_rubric, score
from bot.learning.scores.rubric import AUTOMATIC, RubricError

WEIGHED = dict.fromkeys(("nothing", "retrain", "reuse", "fix", "take_over", "refer"), "rejected")
GOOD = (
    Seen(1, "two new washers please", kind="ask_why", question="why:request", text="What makes you want two more?"),
    Seen(2, "towels run out by noon", kind="ask_check", question="fact:programme", problem="late", need="on_time", text="Which?"),
    Seen(3, "heavy soil", kind="ask_cell", question="cell:success", problem="late", need="on_time", text="How will you know?"),
    Seen(4, "full shelf", kind="read_back", question="read_back:on_time", problem="late", need="on_time", text="Is that it?"),
    Seen(
        5,
        "exactly",
        kind="advise",
        remedy="towels",
        rung="retrain",
        standings=WEIGHED,
        text="Then use the towel programme.",
        aloud=True,
        read_back="confirmed",
        problem="late",
        need="on_time",
        success=True,
    ),
    Seen(6, "fine", kind="promise", remedy="towels", read_back="confirmed", text="Thursday, then."),
)
AFTER = Aftermath(("kept",), checked=True)


def share(criterion: str, turns: tuple[Seen, ...] = GOOD, after: Aftermath = AFTER, products: tuple[str, ...] = ()) -> float | None:
    """How far one criterion is met."""
    scored = score(turns, after, STANDARD, products)
    return next(point.finding.share for point in scored.points if point.criterion == criterion)


def test_the_standard_to_write_to_gets_everything() -> None:
    """Why first, checked, read back, confirmed, advised on the cheapest rung, promised, kept: one hundred."""
    assert score(GOOD, AFTER, STANDARD).total == pytest.approx(100)


def test_which_before_why_is_told_with_its_turn() -> None:
    """A which-question while nothing is known of the reason gives nothing, and the explanation names the turn."""
    hasty = (Seen(1, "two washers", kind="ask_check", question="fact:size", text="Which size?"), *GOOD[1:])
    scored = score(hasty, AFTER, STANDARD)
    point = next(point for point in scored.points if point.criterion == "why_first")
    assert (point.finding.share, point.finding.seq) == (0.0, 1)


@pytest.mark.parametrize(("standing", "expected"), [("confirmed", 1.0), ("said", 0.5)])
def test_the_need_must_be_confirmed_before_advice(standing: str, expected: float) -> None:
    """Read back and confirmed counts in full; only said counts half; not at all counts nothing."""
    turns = (*GOOD[:4], replace(GOOD[4], read_back=standing), GOOD[5])
    assert share("read_back", turns) == expected
    assert share("read_back", (*GOOD[:3], replace(GOOD[4], read_back="not_yet"))) == 0.0


def test_a_purchase_without_weighing_the_cheaper_rungs_gets_nothing_for_it() -> None:
    """A missing verdict on a cheaper rung is named; verdicts the customer never heard of count half."""
    bought = replace(GOOD[4], rung="buy", standings={**WEIGHED, "buy": "chosen"})
    assert share("cheaper", (*GOOD[:4], bought)) == 1.0
    assert share("cheaper", (*GOOD[:4], replace(bought, aloud=False))) == 0.5
    assert share("cheaper", (*GOOD[:4], replace(bought, standings={"nothing": "rejected"}))) == 0.0


def test_products_and_discounts_before_the_need_are_seen() -> None:
    """Our bringing up a discount or a product early costs; answering what the customer asked about does not."""
    offer = replace(GOOD[0], text="We have a special offer this week.")
    assert share("early", (offer, *GOOD[1:])) == 0.0
    asked = replace(offer, acts=frozenset({"asks_discount"}))
    assert share("early", (asked, *GOOD[1:])) == 1.0
    pushed = replace(GOOD[0], text="A W-22 would do.")
    assert share("early", (pushed, *GOOD[1:]), products=("W-22",)) == 0.5
    theirs = replace(pushed, said="I want a W-22")
    assert share("early", (theirs, *GOOD[1:]), products=("W-22",)) == 1.0


def test_promises_count_once_they_are_due() -> None:
    """Kept counts in full, late half, broken nothing; open ones not yet."""
    assert share("promises", after=Aftermath(("kept", "broken"))) == 0.5
    assert share("promises", after=Aftermath(("late",))) == 0.5
    assert share("promises", after=Aftermath(("open",))) is None


def test_long_questions_and_repeated_ones_cost() -> None:
    """Beyond the limit brevity falls to nothing at twice the limit; a question put again costs the customer's effort."""
    wordy = tuple(replace(turn, text="word " * 120) for turn in GOOD[:4])
    assert share("brevity", (*wordy, *GOOD[4:])) == 0.0
    again = (GOOD[0], replace(GOOD[1], again=True), *GOOD[2:])
    assert share("effort", again) == 0.75


RUNGS = st.sampled_from(("retrain", "reuse", "fix", "take_over", "refer", "buy"))
STATES = st.sampled_from(("open", "kept", "late", "broken"))
seens = st.builds(
    Seen,
    seq=st.integers(1, 40),
    said=st.text(max_size=30),
    kind=st.sampled_from([kind.value for kind in MoveKind]),
    question=st.sampled_from(("", "why:request", "fact:x", "cell:success", "read_back:n")),
    again=st.booleans(),
    rung=st.sampled_from(("", "retrain", "reuse", "fix", "take_over", "refer", "buy")),
    standings=st.dictionaries(RUNGS, st.sampled_from(("chosen", "rejected"))),
    text=st.text(max_size=60),
    read_back=st.sampled_from(("not_yet", "said", "confirmed", "denied")),
    problem=st.sampled_from(("", "p")),
)
talks = st.lists(seens, max_size=12).map(lambda turns: tuple(replace(turn, seq=place) for place, turn in enumerate(turns, 1)))
afters = st.builds(Aftermath, st.lists(STATES, max_size=4).map(tuple), st.booleans(), st.booleans())
rubrics = st.lists(st.floats(0, 10), min_size=len(AUTOMATIC), max_size=len(AUTOMATIC)).map(
    lambda weights: Rubric(1, tuple(replace(one, weight=weight) for one, weight in zip(STANDARD.criteria, weights, strict=True)))
)


@given(talks, afters, rubrics)
def test_the_explanation_adds_up(turns: tuple[Seen, ...], after: Aftermath, rubric: Rubric) -> None:
    """For any conversation and any weights the points add up to the score, the most to 100, and every turn named exists."""
    scored = score(turns, after, rubric, ("W-22",))
    if scored.total is None:
        assert all(point.most == 0 for point in scored.points)
        return
    assert sum(point.points for point in scored.points) == pytest.approx(scored.total, abs=1e-4)
    assert sum(point.most for point in scored.points) == pytest.approx(100)
    assert 0 <= scored.total <= 100 + 1e-9
    assert all(0 <= point.points <= point.most + 1e-9 for point in scored.points)
    assert {point.finding.seq for point in scored.points} <= {turn.seq for turn in turns} | {None}


@given(talks, afters)
def test_the_same_conversation_gets_the_same_score(turns: tuple[Seen, ...], after: Aftermath) -> None:
    """Scoring has no chance and no clock in it."""
    assert score(turns, after, STANDARD) == score(turns, after, STANDARD)


def test_a_rubric_survives_being_stored() -> None:
    """Criteria written out and read again are the same, own ones included, which only people judge."""
    own = [*STANDARD.plain(), {"id": "own_tone", "title": "Kind", "help": "", "weight": "2,5"}]
    read = read_rubric(3, own)
    assert read.criteria[:-1] == STANDARD.criteria
    assert (read.criteria[-1].weight, read.criteria[-1].automatic) == (2.5, False)


@pytest.mark.parametrize("wrong", [{"weight": "11"}, {"weight": "a lot"}, {"title": " "}, {"limit": "0"}])
def test_a_wrong_rubric_says_which_field(wrong: dict[str, str]) -> None:
    """Every wrong field is named with what to write."""
    told = [{**STANDARD.plain()[0], **wrong}, *STANDARD.plain()[1:]]
    with pytest.raises(RubricError) as caught:
        read_rubric(1, told)
    assert list(caught.value.problems) == [f"why_first.{next(iter(wrong))}"]
