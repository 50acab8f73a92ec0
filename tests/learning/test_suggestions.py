"""Suggestions: what is alike, what is new, which examples to doubt, where data is thin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.advice.heard import Act
from bot.content import load, starter
from bot.learning.suggestions import Said, clashes, doubts, gaps, to_label_together, unforeseen
from bot.learning.voices import Spoken


def vectors(*directions: str) -> np.ndarray:
    """Unit vectors, one for each letter: the same letter the same direction, a second letter leans a little to its own."""
    rows = np.zeros((len(directions), 26), dtype=np.float32)
    for row, letters in enumerate(directions):
        for weight, letter in zip((1.0, 0.3), letters, strict=False):
            rows[row, ord(letter) - ord("a")] += weight
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def said(*texts: str, conversations: str = "") -> list[Said]:
    """Messages nobody understood, each of a conversation of its own unless told."""
    names = conversations or "".join(chr(97 + place) for place in range(len(texts)))
    return [Said(name, 1, text, "reports_problem", 0.2) for name, text in zip(names, texts, strict=True)]


def test_near_duplicates_stand_together() -> None:
    """Messages that say nearly the same are one group; what says something else is in none."""
    (group,) = to_label_together(said("we queue", "we do queue", "no milk"), vectors("a", "ab", "c"))
    assert [one.text for one in group.messages] == ["we queue", "we do queue"]
    assert to_label_together([], vectors()) == ()
    assert to_label_together(said("alone"), vectors("a")) == ()


def test_a_cluster_is_named_by_its_own_words() -> None:
    """Messages not understood in several conversations are shown with the words that set them apart, as a new problem."""
    texts = (
        "the grinder screams",
        "grinder screams again",
        "why does the grinder scream",
        "milk is sour",
        "sour milk again",
        "milk went sour",
    )
    found = unforeseen(said(*texts), vectors("a", "ab", "ac", "k", "kl", "km"))
    assert {frozenset(group.name.split()) & {"grinder", "milk"} for group in found} == {frozenset({"grinder"}), frozenset({"milk"})}
    assert {group.kind for group in found} == {"problem"}


def test_one_person_repeating_themselves_is_no_news() -> None:
    """What only one conversation says, however often, is not taken for something new."""
    texts = ("the grinder screams", "grinder screams again", "it screams")
    assert unforeseen(said(*texts, conversations="xxx"), vectors("a", "ab", "ac")) == ()


def test_messages_that_are_no_affair_look_like_an_intent() -> None:
    """A cluster of messages that were taken for manners or questions is shown as a possible new act."""
    asked = [Said(str(place), 1, "do you speak to my accountant", "asks_person", 0.2) for place in range(3)]
    assert unforeseen(asked, vectors("a", "ab", "ac"))[0].kind == "intent"


def test_examples_that_disagree_are_found_once() -> None:
    """Two examples that are nearly the same with different acts are one finding; the same act is none."""
    examples = [Spoken("fine", ("affirms",), "v"), Spoken("fine then", ("thank",), "w"), Spoken("fine!", ("affirms",), "w")]
    found = clashes(examples, vectors("a", "a", "a"))
    assert {(one.one.text, one.other.text) for one in found} == {("fine", "fine then"), ("fine then", "fine!")}


def test_a_wrong_label_is_doubted() -> None:
    """An example among many of another act, by other voices, is named with the act they say."""
    chance = np.random.default_rng(1)
    acts = ["greet"] * 30 + ["thank"] * 30
    rows = np.array([[1.0, 0.0] if act == "greet" else [0.0, 1.0] for act in acts]) + chance.normal(0, 0.05, (60, 2))
    examples = [Spoken(f"text {place}", (act,), f"voice {place % 4}") for place, act in enumerate(acts)]
    examples[5] = Spoken("thanks a lot", ("greet",), "voice 1")
    rows[5] = [0.0, 1.0]
    found = doubts(examples, rows.astype(np.float32))
    assert (found[0].example.text, found[0].likely) == ("thanks a lot", "thank")
    assert doubts(examples[:2], rows[:2].astype(np.float32)) == ()


@pytest.fixture
def catalogue_folder(tmp_path: Path) -> Path:
    """The catalogue of the documentation."""
    starter(tmp_path)
    return tmp_path


def test_gaps_name_what_is_thin(catalogue_folder: Path) -> None:
    """Acts with few examples or a single voice, and causes nobody phrased, are listed with what is missing."""
    plenty = [Spoken(f"hello {place}", ("greet",), f"voice {place % 5}") for place in range(40)]
    lonely = [Spoken(f"thanks {place}", ("thank",), "one voice") for place in range(40)]
    found = {(gap.kind, gap.id): gap.why for gap in gaps([*plenty, *lonely], load(catalogue_folder))}
    assert ("act", "greet") not in found
    assert found["act", "thank"] == "fewer than 3 voices"
    assert found["cause", "too_small"] == "no phrasing"
    assert ("cause", "chalky") not in found
    assert len([one for one in found if one[0] == "act"]) == len(Act) - 1
