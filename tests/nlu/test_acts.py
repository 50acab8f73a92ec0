"""Telling acts apart: the model on small examples, and the trained pipeline on voices it never heard."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bot.nlu.act_model import ActModel
from bot.nlu.act_training import Example, fit
from bot.nlu.encoder import shared_encoder
from bot.nlu.ngrams import character_grams, word_grams

VOICES = Path(__file__).parents[1] / "voices"
SAID = {
    "greet": ["hello", "hi there", "good morning", "hey", "hiya", "hello again"],
    "asks_price": [
        "what does it cost",
        "how much is a visit",
        "price for a new one",
        "what would I pay",
        "is it expensive",
        "costs",
    ],
    "denies": ["no", "nope", "that's wrong", "not at all", "no that's not it", "never"],
    "reports_problem": ["it leaks", "towels are grey", "the pump is loud", "calls drop", "it won't start", "the blade wanders"],
}
EXAMPLES = [
    Example(text, act, voice) for act, texts in SAID.items() for text, voice in zip(texts, ("ann", "bob", "cem") * 2, strict=True)
]


@pytest.fixture(scope="module")
def model() -> ActModel:
    """A model of four acts, taught by three voices."""
    return fit(EXAMPLES, shared_encoder().views_all([example.text for example in EXAMPLES]))


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("hello you", "greet"),
        ("how much does that cost", "asks_price"),
        ("nope, wrong", "denies"),
        ("the machine leaks", "reports_problem"),
    ],
)
def test_acts_are_told_apart(model: ActModel, text: str, act: str) -> None:
    """What was not among the examples is still told."""
    assert model.judge(text, shared_encoder()).act == act


def test_probabilities(model: ActModel) -> None:
    """Every act has a probability, likeliest first, and together they are one."""
    verdict = model.judge("hello", shared_encoder())
    chances = [chance for _, chance in verdict.ranking]
    assert sum(chances) == pytest.approx(1.0, abs=1e-5)
    assert chances == sorted(chances, reverse=True)
    assert {act for act, _ in verdict.ranking} == set(SAID)


def test_strange_messages_are_less_understood(model: ActModel) -> None:
    """What is far from every example is understood less than what is near one."""
    encoder = shared_encoder()
    assert (
        model.judge("what does it cost", encoder).understood > model.judge("quantum chromodynamics of gluons", encoder).understood
    )


def test_saving_and_loading(model: ActModel, tmp_path: Path) -> None:
    """A saved model judges as before."""
    model.save(tmp_path)
    loaded = ActModel.load(tmp_path)
    before, after = model.judge("how much", shared_encoder()), loaded.judge("how much", shared_encoder())
    assert after.act == before.act
    assert after.understood == pytest.approx(before.understood, abs=1e-3)


def test_one_act_cannot_be_learnt() -> None:
    """There must be something to tell apart."""
    with pytest.raises(ValueError, match="at least two acts"):
        fit(EXAMPLES[:3], np.zeros((3, 1920), dtype=np.float32))


def test_grams() -> None:
    """Every number is the same word, the ends of a text are words, and characters stay inside words."""
    assert word_grams("About 40 a day!") == ["about", "0", "a", "day", "!", "< about", "about 0", "0 a", "a day", "day !", "! >"]
    assert " 0" in character_grams("7 up")
    assert "7 u" not in character_grams("7 up")


# ---- the trained pipeline on voices kept out of training


def voices(name: str) -> list[tuple[str, str]]:
    """(text, act) of a file of held-out messages."""
    found, act = [], ""
    for line in (VOICES / name).read_text(encoding="utf-8").splitlines():
        if intent := re.match(r"- intent: (\w+)", line):
            act = intent[1]
        elif line.startswith("    - "):
            found.append((line.removeprefix("    - "), act))
    return found


@pytest.mark.slow
def test_voices_never_heard(trained_model: Path) -> None:
    """Of messages by people kept out of training, four in five get the right act of 41, and confidence means what it says."""
    parses = _parse(trained_model, [text for text, _ in voices("heldout.yml")])
    right = [parse["intent"]["name"] == act for parse, (_, act) in zip(parses, voices("heldout.yml"), strict=True)]
    sure = [hit for hit, parse in zip(right, parses, strict=True) if parse["understood"] >= 0.85]
    unsure = [hit for hit, parse in zip(right, parses, strict=True) if parse["understood"] < 0.5]
    assert np.mean(right) >= 0.76
    assert np.mean(sure) >= 0.88
    assert np.mean(unsure) <= 0.6


@pytest.mark.slow
def test_out_of_scope_messages(trained_model: Path) -> None:
    """Of messages no act covers, two in three are off topic, another language, or not understood."""
    parses = _parse(trained_model, [text for text, _ in voices("out_of_scope.yml")])
    noticed = Counter(
        parse["intent"]["name"] == "off_topic" or parse["understood"] < 0.5 or parse["reading"]["trouble"] is not None
        for parse in parses
    )
    assert noticed[True] / len(parses) >= 0.66


@pytest.mark.slow
def test_several_acts(trained_model: Path) -> None:
    """Of the acts of messages that carry several, most are found."""
    lines = (VOICES / "several_acts.yml").read_text(encoding="utf-8")
    blocks = re.findall(r"acts:\n((?:\s+- \w+\n)+)\s+text: (.+)", lines)
    messages = [(set(re.findall(r"- (\w+)", acts)), text.strip("'\"").replace("''", "'")) for acts, text in blocks]
    parses = _parse(trained_model, [text for _, text in messages])
    wanted = sum(len(acts) for acts, _ in messages)
    found = sum(len(acts & {act["name"] for act in parse["acts"]}) for (acts, _), parse in zip(messages, parses, strict=True))
    assert len(messages) > 100
    assert found / wanted >= 0.65


def _parse(model: Path, texts: list[str]) -> list[dict]:  # type: ignore[type-arg]
    from types import ModuleType

    from bot.assistant import Assistant

    class _Reader(Assistant):
        def _check(self, archive: Path, processor: object) -> None:
            """Only reads: needs no actions."""

    async def read() -> list[dict]:  # type: ignore[type-arg]
        assistant = _Reader(model, actions=ModuleType("no_actions"))
        return [await assistant.parse(text) for text in texts]

    return asyncio.run(read())
