"""Yes, no and unsure."""

from __future__ import annotations

import pytest

from bot.advice.heard import Polarity
from bot.nlu.polarity import is_negated, mentions_negation, read_polarity

YES = (
    "yes",
    "Yep!",
    "yup thats it",
    "yeah",
    "YES",
    "sure",
    "of course",
    "correct",
    "right",
    "exactly",
    "I guess so",
    "I think so",
    "that's right",
    "thats it",
    "spot on",
    "ok",
    "yes but only on mondays",
    "yeah, mostly",
    "well, yes",
    "absolutely",
    "it does",
    "they do",
    "we have",
    "👍",
    "mhm",
    "uh-huh",
    "I'd say yes",
    "that would be a yes",
    "definitely",
    "no doubt",
    "no problem",
    "pretty much",
    "sounds about right",
    "you got it",
    "aye",
    "y",
    "fine",
    "fine by me",
    "sure, go ahead",
    "I suppose so",
    "probably",
    "probably yes",
    "more or less",
    "honestly yes",
    "right, that is the issue",
    "true",
    "correct!",
    "yesss",
    "why not",
    "I'd think so yes",
    "you're right",
    "ok but be quick",
)
NO = (
    "no",
    "Nope",
    "nah",
    "naah",
    "not really",
    "not at all",
    "no, I said 12 not 20",
    "I don't think so",
    "i dont think so",
    "wrong",
    "that's not it",
    "thats not right",
    "never",
    "never did that, we just shut the tap",
    "we never do",
    "no way",
    "of course not",
    "definitely not",
    "I doubt it",
    "not exactly",
    "not quite",
    "not that I know of",
    "it doesn't",
    "it does not",
    "they don't",
    "we haven't",
    "nope, it's the dryer",
    "no noise",
    "oh no",
    "hmm no",
    "god no",
    "I'm afraid not",
    "👎",
    "that would be a no",
    "I'd say no",
    "none",
    "hardly",
    "on the contrary",
    "not yet",
    "no thanks",
    "the answer is no",
    "that isn't right",
    "you are wrong",
    "not to my knowledge",
    "incorrect",
    "probably not",
    "I wouldn't say so",
    "not any more",
    "no it's the other one",
    "don't think so",
)
UNSURE = (
    "I don't know",
    "no idea",
    "dunno",
    "not sure",
    "idk",
    "no idea tbh",
    "not really sure",
    "maybe",
    "perhaps",
    "hard to say",
    "can't say",
    "who knows",
    "I'd have to check",
    "let me check",
    "it depends",
    "depends",
    "yes and no",
    "sort of",
    "I haven't a clue",
    "no clue",
    "I would have to ask my boss",
    "couldn't tell you",
    "can't remember",
    "not 100% sure",
    "we never checked",
    "beats me",
    "i really don't know",
    "don't know",
    "haven't checked",
)
NONE = (
    "towels come out grey",
    "no steam comes out since May",
    "right now it is broken",
    "never mind",
    "it makes a noise",
    "about 40 a day",
    "no one told us about that",
    "the fine dust is everywhere",
    "three of them",
    "since may",
    "I need a quote",
    "not enough pressure in the line since monday",
    "no 12 is the broken one",
    "none of your business",
    "we run out of towels",
    "sure enough it broke again",
    "it does not make a noise when it is cold",
    "nothing to do with you",
    "can you do it cheaper?",
    "never had this before with the old ones at all",
)


@pytest.mark.parametrize("reply", YES)
def test_yes(reply: str) -> None:
    """However it is said, yes is yes."""
    assert read_polarity(reply).polarity is Polarity.YES


@pytest.mark.parametrize("reply", NO)
def test_no(reply: str) -> None:
    """However politely it is said, no is no."""
    assert read_polarity(reply).polarity is Polarity.NO


@pytest.mark.parametrize("reply", UNSURE)
def test_unsure(reply: str) -> None:
    """Not knowing is neither yes nor no."""
    assert read_polarity(reply).polarity is Polarity.UNSURE


@pytest.mark.parametrize("reply", NONE)
def test_no_answer(reply: str) -> None:
    """A statement that only begins like an answer, or tells something else, answers nothing."""
    assert read_polarity(reply).polarity is Polarity.NONE


@pytest.mark.parametrize(
    ("reply", "bare"), [("yes", True), ("no idea", True), ("yes but only on mondays", False), ("no it's the dryer", False)]
)
def test_bare_answers(reply: str, bare: bool) -> None:
    """A reply is bare when it says nothing else."""
    assert read_polarity(reply).bare is bare


@pytest.mark.parametrize(
    ("statement", "negated"),
    [
        ("it makes a noise", False),
        ("it does not make a noise", True),
        ("it doesnt make a noise", True),
        ("there is no pressure", True),
        ("we never clean it", True),
        ("I don't think it leaks", True),
        ("nothing comes out", True),
        ("not enough pressure", True),
        ("towels are clean", False),
        ("it stopped working", False),
    ],
)
def test_negation_of_the_main_predicate(statement: str, negated: bool) -> None:
    """Whether a statement denies is told by its grammar: the encoder cannot tell these apart."""
    assert is_negated(statement) is negated


@pytest.mark.parametrize(
    ("statement", "denies"), [("it works fine", True), ("no leaks", True), ("we want towels", False), ("it leaks", False)]
)
def test_any_denial(statement: str, denies: bool) -> None:
    """The cheap look finds any word that denies."""
    assert mentions_negation(statement) is denies


def test_curly_apostrophes() -> None:
    """Phones type curly apostrophes."""
    assert read_polarity("I don’t think so").polarity is Polarity.NO


def test_the_quote_is_what_was_said() -> None:
    """The words that answer are kept."""
    assert read_polarity("well, not really, only at night").quote == "not really"
