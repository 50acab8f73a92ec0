"""Experiments as they touch a turn."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from bot.advice.dossier import Dossier
from bot.advice.phrasing import Phrasebook
from bot.advice.trials import Arm, Trial, Tried
from bot.content.phrases import load_phrases
from bot.knowledge import PROJECT
from bot.simulation.customer import Customer
from bot.simulation.engine_runs import conversation
from bot.simulation.policies import POLICIES
from bot.simulation.truths import draw
from bot.simulation.wordings import from_catalogue
from tests.advice.worlds import BIKES

WORDING = Trial("greet", "wording", "hello", (Arm("as it is"), Arm("warmer", "Good to see you, {name}.")))
BOOK = Phrasebook({"hello": ("Hello {name}.",), "bye": ("Bye.",)})
PHRASES = load_phrases(PROJECT / "domain.yml")


@given(st.text(min_size=1, max_size=40))
def test_a_conversation_stays_in_its_arm(conversation: str) -> None:
    """The arm depends on the experiment and the conversation only."""
    assert WORDING.arm_of(conversation) == WORDING.arm_of(conversation)


def test_arms_get_equal_shares() -> None:
    """Of three thousand conversations each of three arms gets a third, and another experiment divides them otherwise."""
    three = Trial("t", "wording", "hello", (Arm("a"), Arm("b"), Arm("c")))
    other = Trial("u", "wording", "hello", three.arms)
    counts = Counter(three.arm_of(f"c{number}").name for number in range(3000))
    assert all(900 < count < 1100 for count in counts.values())
    same = sum(three.arm_of(f"c{number}") == other.arm_of(f"c{number}") for number in range(3000))
    assert 800 < same < 1200


def test_only_what_was_said_was_met() -> None:
    """A conversation meets a wording experiment when its phrase is said, in its arm's words, and not before."""
    for sender in ("a", "b", "c", "d"):
        tried = Tried((WORDING,), sender, BOOK)
        assert tried.phrases.say("bye") == "Bye."
        assert tried.met == {}
        arm = WORDING.arm_of(sender)
        said = tried.phrases.say("hello", name="Kim")
        assert said == ("Good to see you, Kim." if arm.text else "Hello Kim.")
        assert tried.met == {"greet": arm.name}


def test_without_experiments_the_book_is_the_same() -> None:
    """No experiment runs: nothing is wrapped, nothing noted."""
    tried = Tried((), "a", BOOK)
    assert tried.phrases is BOOK
    assert tried.met == {}


def _dossiers() -> list[Dossier]:
    """Dossiers on the way of some conversations."""
    found = []
    for number in range(40):
        truth = draw(random.Random(f"trial {number}"), BIKES)
        customer = Customer(truth, BIKES, random.Random(number), words=from_catalogue(BIKES))
        found += [turn.dossier for turn in conversation(customer, POLICIES["engine"])]
    return found


def test_a_spared_question_is_not_asked_and_both_arms_are_noted() -> None:
    """Where the question would come next, the arm with it asks it and the arm without goes on; elsewhere nothing changes."""
    trial = Trial("spare", "question", "cell:success", (Arm("asked"), Arm("spared", spares=True)))
    met: Counter[str] = Counter()
    for place, dossier in enumerate(_dossiers()):
        tried = Tried((trial,), f"c{place}", PHRASES)
        move = tried.move(dossier, BIKES)
        plain = Tried((), "", PHRASES).move(dossier, BIKES)
        asked = plain.question is not None and plain.question.name == "cell:success"
        assert dict(tried.met) == ({"spare": trial.arm_of(f"c{place}").name} if asked else {})
        if asked and trial.arm_of(f"c{place}").spares:
            assert move.question is None or move.question.name != "cell:success"
        else:
            assert move == plain
        met.update(tried.met.values())
    assert set(met) == {"asked", "spared"}


def test_what_the_guarantee_needs_is_never_spared() -> None:
    """An experiment on the read-back or on the why changes nothing."""
    for subject in ("read_back", "why"):
        trial = Trial("x", "question", subject, (Arm("spared", spares=True), Arm("spared too", spares=True)))
        for dossier in _dossiers():
            name = getattr(Tried((), "", PHRASES).move(dossier, BIKES).question, "name", "")
            narrow = Trial("x", "question", name, trial.arms) if name.startswith(subject) else trial
            assert Tried((narrow,), "c", PHRASES).move(dossier, BIKES) == Tried((), "c", PHRASES).move(dossier, BIKES)
