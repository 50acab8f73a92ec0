"""Training and replaying in a process of its own, at low priority: the job comes by standard input, progress goes out by lines."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.assistant import Assistant, TrainingFailed, code_fingerprint, train
from bot.knowledge import Knowledge, know
from bot.learning import comparing, voices
from bot.learning.replaying import Mind, Replay, replay_all
from bot.learning.voices import Spoken
from bot.settings import Settings, load_settings
from bot.store import Store, open_store
from bot.store.models import REPLAY
from bot.store.records import Json, Turn

MARK = "@advisor "
"""How a line begins that is meant for the program that started this one."""

NICENESS = 10


def main() -> int:
    """Do the job on standard input; 1 with a sentence when it cannot be done."""
    os.nice(NICENESS)
    job = json.loads(sys.stdin.read())
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    settings = load_settings(job["environ"], folder=Path(job["folder"]))
    try:
        done = _replayed(settings, job) if job["kind"] == REPLAY else _trained(settings, job)
    except TrainingFailed as error:
        _say({"failed": str(error)})
        return 1
    _say({"done": done})
    return 0


def _trained(settings: Settings, job: Json) -> Json:
    learnt = settings.data_dir / "learnt"
    _tell("Learning the acts", 0.02)
    path = train(settings.data_dir / "models", tell=lambda line: _tell(line.strip(" ."), 0.1), learnt=learnt / "nlu")
    _tell("Loading both models", 0.35)
    old, new = Assistant(Path(job["old"])), Assistant(path)
    _tell("Listening to held-out voices", 0.4)
    heard = comparing.on_voices(old, new, learnt / "nlu")
    _tell("Playing the conversation tests", 0.55)
    tests = comparing.on_dialogues(
        old, new, settings, learnt / "conversations", lambda share: _tell("Playing the conversation tests", 0.55 + 0.3 * share)
    )
    _tell("Replaying stored conversations", 0.85)
    replay = _replay(settings, job, new, old)
    scores = {"voices": heard, "tests": tests, "replay": replay, "against": Path(job["old"]).name}
    return {"archive": str(path), "code": code_fingerprint(), "data": data_of(learnt / "nlu"), "scores": scores}


def _replayed(settings: Settings, job: Json) -> Json:
    _tell("Loading the model", 0.05)
    new = Assistant(Path(job["new"] or job["old"]))
    old = Assistant(Path(job["old"])) if job["new"] else None
    _tell("Replaying stored conversations", 0.2)
    return {"replay": _replay(settings, job, new, old)}


def _replay(settings: Settings, job: Json, new: Assistant, old: Assistant | None) -> Json:
    if not job["database_url"]:
        return {"missing": "The records are in memory only, so there is nothing to replay."}
    store = open_store(job["database_url"])
    try:
        knowledge = know(settings.catalogue, settings.data_dir / "phrases", store)
        other = know(Path(job["catalogue"]), settings.data_dir / "phrases", store) if job.get("catalogue") else knowledge
        before = mind(old, knowledge) if old is not None else (mind(new, knowledge) if other is not knowledge else None)
        return as_plain(replay_all(stored_turns(store, settings.catalogue.stem, int(job["limit"])), mind(new, other), before))
    finally:
        store.close()


def mind(assistant: Assistant, knowledge: Knowledge) -> Mind:
    """A mind of that model and that knowledge."""
    return Mind(lambda text: asyncio.run(assistant.read(text)), knowledge)


def stored_turns(store: Store, catalogue_id: str, limit: int) -> Iterator[Sequence[Turn]]:
    """The turns of the conversations last active about a catalogue, at most `limit` conversations."""
    with store.read() as work:
        recent = work.conversations.recent(limit)
    for conversation in recent:
        if conversation.catalogue_id == catalogue_id:
            with store.read() as work:
                yield work.turns.after(conversation.id)


def as_plain(replay: Replay) -> Json:
    """A replay as it is stored: conversations by id, moves by name, no words."""
    changed = [{**asdict(one), "advice_changed": one.advice_changed} for one in replay.changed]
    return {"conversations": replay.conversations, "turns": replay.turns, "changed": changed}


def data_of(learnt: Path) -> Json:
    """What a model is trained on: how many examples of each act, by how many voices, and how many were learnt."""
    shipped = voices.trained_on() if voices.TRAINING.is_dir() else ()
    more = voices.trained_on(learnt) if learnt.is_dir() else ()
    return {
        "examples": len(shipped) + len(more),
        "learnt": len(more),
        "voices": len(_voices((*shipped, *more))),
        "acts": _acts(more),
    }


def _voices(spoken: Sequence[Spoken]) -> set[str]:
    return {one.voice for one in spoken}


def _acts(spoken: Sequence[Spoken]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in spoken:
        found[one.act] = found.get(one.act, 0) + 1
    return found


def _end_with(parent: int) -> None:
    """End when the program that started this one has ended: nobody would take the result."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _tell(step: str, share: float) -> None:
    _say({"step": step, "share": share})


def _say(told: dict[str, Any]) -> None:
    sys.__stdout__.write(f"{MARK}{json.dumps(told)}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


if __name__ == "__main__":
    sys.exit(main())
