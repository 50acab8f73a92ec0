"""Advice replay: stored words heard anew, and exactly what would be done otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.advice.archive import move_record, to_plain
from bot.advice.dossier import Dossier
from bot.advice.hearing import hear
from bot.advice.next_move import next_move
from bot.advice.speaking import spoken
from bot.content import starter
from bot.knowledge import know
from bot.learning.replaying import Mind, answered, replay, replay_all
from bot.nlu.reading import ActHeard, Reading, read_message
from bot.store import EphemeralStore
from bot.store.records import Turn
from tests.learning.coffee import NOW

SAID = {
    "there is always a queue at the machine": "reports_problem",
    "every cup, it never runs fast": "informs",
    "a cup in a minute": "informs",
}
DEAF = dict.fromkeys(SAID, "greet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The coffee company's catalogue."""
    place = tmp_path_factory.mktemp("brightcup")
    starter(place)
    return place


def mind(folder: Path, acts: Mapping[str, str]) -> Mind:
    """A mind whose model takes each text for the act given."""

    def read(text: str) -> Reading:
        act = acts[text]
        return replace(read_message(text), acts=(ActHeard(act, 0.95, text),), understood=0.95)

    return Mind(read, know(folder, folder / ".phrases", EphemeralStore()))


def told(mind: Mind) -> list[Turn]:
    """The conversation as it went with this mind, stored."""
    dossier, turns = Dossier(today="2025-05-19"), []
    for seq, text in enumerate(SAID, 1):
        heard = mind.knowledge.listener.listen(mind.read(text), dossier)
        after = hear(dossier, heard, mind.knowledge.catalogue)
        move = next_move(after, mind.knowledge.catalogue)
        dossier = spoken(after, move)
        turns.append(
            Turn(
                conversation_id="chat",
                seq=seq,
                user_text=text,
                heard=to_plain(heard),
                dossier=to_plain(dossier),
                move=move_record(move),
                created_at=NOW,
            )
        )
    return turns


def test_the_same_mind_does_the_same(folder: Path) -> None:
    """Replayed with the model, catalogue and rules it was held with, a conversation goes exactly as it went."""
    same = mind(folder, SAID)
    turns = told(same)
    found = replay(turns, same)
    assert (found.changed, found.advice_changed) == (False, False)
    assert [done.kind for done in answered(turns, same)] == [turn.move["kind"] for turn in turns]
    assert replay_all([turns], same).changed == ()


def test_a_model_that_hears_otherwise_is_found_out(folder: Path) -> None:
    """With a model that takes everything for a greeting, the answer that was heard before is missed, and its turn is named."""
    turns = told(mind(folder, SAID))
    found = replay_all([turns, []], mind(folder, DEAF), mind(folder, SAID))
    assert (found.conversations, found.turns) == (1, 3)
    (changed,) = found.changed
    assert [(step.seq, step.was.kind, step.now.kind) for step in changed.steps] == [(3, "read_back", "ask_cell")]


def test_an_edited_catalogue_changes_whose_advice_it_changes(folder: Path, tmp_path: Path) -> None:
    """Another price of the rules of the catalogue changes nothing; a problem that is gone changes the talk about it."""
    starter(tmp_path)
    file = tmp_path / "catalogue.yml"
    file.write_text(file.read_text().replace("cost: 140", "cost: 150"))
    old = mind(folder, SAID)
    assert not replay(told(old), mind(tmp_path, SAID), old).changed
    file.write_text(
        file.read_text().replace("ask: When is it slow?", "ask: At what time is it slow?").replace("id: when_slow", "id: slow_when")
    )
    assert replay(told(old), mind(tmp_path, SAID), old).changed


def test_a_button_pressed_means_the_same_again(folder: Path) -> None:
    """What was chosen with a button is not read anew: its meaning was exact."""
    turns = told(mind(folder, SAID))
    pressed = {key: value for key, value in turns[1].heard.items() if key != "understood"}
    turns[1] = replace(turns[1], heard=pressed)
    replay(turns, mind(folder, {text: act for text, act in SAID.items() if text != turns[1].user_text}))


def test_a_replay_quotes_nobody(folder: Path) -> None:
    """What a replay keeps are names of moves and ids; no word of a customer is in it."""
    found = replay_all([told(mind(folder, SAID))], mind(folder, DEAF), mind(folder, SAID))
    kept = repr(found)
    assert not any(word in kept for text in SAID for word in (text, text.split()[-1]))
