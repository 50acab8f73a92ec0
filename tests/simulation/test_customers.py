"""Simulated customers answer whatever the assistant does, in their own way, truthfully in the end."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from bot.advice.archive import move_record
from bot.advice.dossier import Ask, Option, Question
from bot.advice.heard import Act, CellName, Polarity
from bot.advice.moves import Move, MoveKind
from bot.simulation.customer import Customer
from bot.simulation.engine_runs import ENDS, conversation
from bot.simulation.policies import POLICIES, engine
from bot.simulation.truths import Truth, draw
from bot.simulation.wordings import (
    PhrasingsMissing,
    Style,
    Wordings,
    from_catalogue,
    from_phrasings,
    in_style,
    mistyped,
)
from tests.advice.worlds import BIKES

TRUTH = Truth("runs_flat", "turbo_habit", ("round_done",), {"assist": "turbo", "round_km": 30.0, "has_room": True})


def _customer(style: Style = Style.PLAIN, seed: int = 1, truth: Truth = TRUTH) -> Customer:
    return Customer(truth, BIKES, random.Random(seed), style, from_catalogue(BIKES))


def _asks(ask: Ask, key: str = "", *options: str, kind: MoveKind = MoveKind.ASK_CHECK) -> Move:
    return Move(kind, question=Question(ask, key, tuple(Option(value, value) for value in options)))


def test_they_open_with_their_problem() -> None:
    """The opening tells the true problem in one of its phrasings."""
    heard = _customer().heard(None)
    assert heard.text in BIKES.problems["runs_flat"].said_as
    assert heard.problems[0].id == "runs_flat"


def test_some_ask_for_a_product_first() -> None:
    """A product-first customer asks for something the company sells, and tells the problem when asked why."""
    customer = _customer(Style.PRODUCT_FIRST)
    opening = customer.heard(None)
    assert opening.acts == (Act.WANTS_PRODUCT,)
    assert opening.mentions[0].kind == "bike"
    assert customer.heard(_asks(Ask.WHY, "request", kind=MoveKind.ASK_WHY)).problems[0].id == "runs_flat"


@pytest.mark.parametrize(
    ("fact", "value", "polarity"),
    [("assist", "turbo", Polarity.NONE), ("round_km", 30.0, Polarity.NONE), ("has_room", True, Polarity.YES)],
)
def test_they_answer_what_they_are_asked(fact: str, value: object, polarity: Polarity) -> None:
    """An answer gives the true value."""
    heard = _customer().heard(_asks(Ask.FACT, fact))
    assert [(told.fact, told.value) for told in heard.told] == [(fact, value)]
    assert heard.polarity is polarity


def test_they_do_not_know_everything() -> None:
    """What is not part of their truth they do not know."""
    assert _customer().heard(_asks(Ask.FACT, "fleet_age")).does(Act.DOES_NOT_KNOW)


def test_they_confirm_their_need_and_no_other() -> None:
    """A read-back is confirmed when it names their need, and denied otherwise."""
    right, wrong = (_customer().heard(_asks(Ask.READ_BACK, need, kind=MoveKind.READ_BACK)) for need in ("round_done", "x"))
    assert right.polarity is Polarity.YES
    assert wrong.polarity is Polarity.NO


def test_they_pick_their_problem_from_what_is_offered() -> None:
    """Offered readings are answered with the true one, or with none of these."""
    offered = _asks(Ask.MEANT, "", "always_broken", "runs_flat", "other", kind=MoveKind.ASK_MEANT)
    others = _asks(Ask.MEANT, "", "always_broken", "other", kind=MoveKind.ASK_MEANT)
    assert _customer().heard(offered).chosen == "runs_flat"
    assert _customer().heard(others).chosen == "other"


def test_they_press_a_ready_reply_where_they_have_no_words() -> None:
    """Without a phrasing of their own for an answer, they send the payload of the button that means it."""
    customer = Customer(TRUTH, BIKES, random.Random(1), Style.PLAIN, Wordings({"runs_flat": ("it dies",)}))
    payload = '/choose{"question": "fact:assist", "value": "turbo"}'
    messages = [{"text": "Which?", "buttons": [{"title": "Turbo", "payload": payload}, {"title": "?", "payload": "/x"}]}]
    assert customer.reply(messages, move_record(_asks(Ask.FACT, "assist", "turbo", "tour"))) == payload
    assert customer.reply([], move_record(_asks(Ask.FACT, "assist"))) == "turbo"


def test_they_leave_a_contact_when_asked() -> None:
    """Asked where to reach them, they give a name and a number or address."""
    contact = _customer().heard(_asks(Ask.CONTACT, "booking", kind=MoveKind.ASK_CONTACT))
    assert contact.cells[CellName.CONTACT] == contact.text


@pytest.mark.parametrize("kind", list(MoveKind))
def test_they_have_something_to_say_to_every_move(kind: MoveKind) -> None:
    """Whatever the assistant does, a customer of any style says something."""
    for style in Style:
        customer = _customer(style)
        customer.heard(None)
        assert customer.heard(Move(kind, question=Question(Ask.FACT, "assist"))).text


def test_one_who_changes_their_mind_tells_the_truth_in_the_end() -> None:
    """A wrong answer is corrected before the end, so that the dossier holds only the truth."""
    corrected = 0
    for seed in range(60):
        customer = _customer(Style.CHANGES_MIND, seed, draw(random.Random(seed), BIKES, "runs_flat"))
        turns = list(conversation(customer, engine))
        corrected += any(turn.heard.does(Act.CORRECTS) for turn in turns)
        told = {name: cell.value for name, cell in turns[-1].dossier.facts.items()}
        assert {name: customer.truth.facts[name] for name in told} == told
    assert corrected


def test_an_evasive_one_asks_back_but_never_for_ever() -> None:
    """An evasive customer does not know, declines and asks back now and then, and still comes to an end."""
    acts = set()
    for seed in range(60):
        turns = list(conversation(_customer(Style.EVASIVE, seed), engine))
        acts |= {act for turn in turns for act in turn.heard.acts}
        assert turns[-1].move.kind in ENDS
    assert acts >= {Act.ASKS_WHY_ASKED, Act.DECLINES, Act.DOES_NOT_KNOW}


@pytest.mark.parametrize("style", list(Style))
def test_a_style_changes_how_it_is_said_and_not_what(style: Style) -> None:
    """A style adds words, cases and slips; the words themselves stay."""
    text = "the battery dies halfway through the round"
    said = in_style(random.Random(3), style, text)
    assert len(said) >= len(text) - 6
    assert "the" in said.lower()


def test_typos_are_few() -> None:
    """Slips change some of the longer words and leave the short ones alone."""
    text = "battery charger trailer is at the workshop again today " * 5
    before, after = text.split(), mistyped(random.Random(2), text).split()
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert 0 < len(changed) < len(before) / 3
    assert all(len(old) > 4 for old, _ in changed)


def test_phrasings_of_a_sample_company_are_there() -> None:
    """The sample companies have new ways to tell each problem, and to give answers."""
    words = from_phrasings("laundry")
    assert all(len(ways) >= 3 for ways in words.problems.values())
    assert words.answers


def test_a_company_without_phrasings_says_what_to_write() -> None:
    """Without phrasings of its own a company cannot be simulated with real words, and the error says what to do."""
    with pytest.raises(PhrasingsMissing, match=r"write bot/simulation/phrasings/bakery\.yml"):
        from_phrasings("bakery")
    with pytest.raises(PhrasingsMissing, match="new ways to tell it"):
        Wordings({}).problem(random.Random(1), "runs_flat")


def test_every_policy_faces_the_same_customer() -> None:
    """The engine, the script and chance all bring a plain customer to an end."""
    ends: Mapping[str, MoveKind] = {
        name: list(conversation(_customer(), policy))[-1].move.kind for name, policy in POLICIES.items()
    }
    assert all(kind in ENDS for kind in ends.values())
