"""The dialogue files as a whole: every situation, every rung and every trade is in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations import dialogue as dialogue_files
from tests.conversations.dialogue import TRADES, DialogueError, dialogues

SITUATIONS = (
    "quote_request quote_now quote_now_twice price discount why_asked not_known declined personal correction "
    "changed_mind two_problems anger insult thanks small_talk off_topic other_language empty huge garbled markup "
    "sql emoji control_characters typos person_open person_closed hand_over no_answer stop hurry process abilities "
    "repeat privacy own_data erase refuse_notes allow_notes export returns read_back read_back_denied need_stated "
    "did_you_mean_button did_you_mean_words rejection why_not options how_do_you_know hands_off referral_sent "
    "referral_edited referral_declined not_ours outside_region hearsay complaint promise check_in_yes check_in_no "
    "known_customer told_assets danger missed retry two_tabs "
)
RUNGS = ("retrain", "reuse", "fix", "take_over", "refer", "buy", "nothing")


def test_there_are_enough() -> None:
    """At least sixty whole dialogues, some in every trade, and hardly any that is known to fail."""
    found = dialogues()
    assert len(found) >= 60
    assert {each.trade for each in found} == set(TRADES)
    assert sum(bool(each.xfail) for each in found) <= len(found) // 20


@pytest.mark.parametrize("situation", SITUATIONS.split())
def test_every_situation_is_played(situation: str) -> None:
    """Each situation a customer may bring about is shown by a dialogue that is expected to pass."""
    assert any(situation in each.shows for each in dialogues() if not each.xfail)


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_is_advised(rung: str) -> None:
    """Each rung, doing nothing included, is the advice of some dialogue."""
    assert any(turn.expected.get("rung") == rung for each in dialogues() for turn in each.turns)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {dialogue: a, trade: shoes, shows: x, turns: [{customer: hi}]}", "trade"),
        ("- {dialogue: a, trade: laundry, shows: x, turns: [{customer: hi, mvoe: advise}]}", "mvoe"),
        ("- {dialogue: a, trade: laundry, shows: x, turns: [{customer: hi, press: Yes}]}", "customer"),
        ("- {dialogue: a, trade: laundry, shows: x, moood: bad, turns: [{customer: hi}]}", "moood"),
    ],
)
def test_a_slip_in_a_file_is_told(text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt word of a dialogue file is an error that names it, never an expectation that is silently not checked."""
    (tmp_path / "slip.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(dialogue_files, "FOLDER", tmp_path)
    with pytest.raises(DialogueError, match=told):
        dialogues()
