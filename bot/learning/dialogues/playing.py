"""Plays whole dialogues against an opened company and tells, without stopping, which went otherwise than written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.learning.dialogues.dialogue import Dialogue, Turn
from bot.learning.dialogues.expectations import amiss
from bot.learning.dialogues.stage import Stage
from bot.services import Services


@dataclass(frozen=True)
class Played:
    """One dialogue played: where it went wrong (`at`, in the words said there) and how; nothing when it went as written."""

    name: str
    trade: str
    at: str = ""
    wrong: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every reply was as expected."""
        return not self.wrong


def play_all(dialogues: Iterable[Dialogue], services: Services) -> list[Played]:
    """Play each dialogue that is not marked as known to fail."""
    return [played(dialogue, services) for dialogue in dialogues if not dialogue.xfail]


def played(dialogue: Dialogue, services: Services) -> Played:
    """Play one dialogue up to its first reply that is not as expected."""
    stage = Stage(services, dialogue)
    try:
        for turn in dialogue.turns:
            wrong = _wrong(stage, turn, services)
            if wrong:
                return Played(dialogue.name, dialogue.trade, str(turn.what)[:200], tuple(wrong))
    finally:
        stage.leave()
    return Played(dialogue.name, dialogue.trade)


def _wrong(stage: Stage, turn: Turn, services: Services) -> list[str]:
    before = stage.replies[-1] if stage.replies else None
    try:
        reply = stage.play(turn)
    except (LookupError, IndexError) as error:
        return [str(error)]
    return [] if turn.does == "visit" else amiss(turn.expected, reply, before, services.catalogue)
