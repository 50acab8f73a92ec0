"""How far the process has come: the same stages for everyone, in plain sight."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bot.advice.dossier import Ask, Dossier
from bot.advice.need_map import NeedMap, ReadBack, State
from bot.advice.phrasing import Phrasebook


class Stage(str, Enum):
    """The stages, in order."""

    LISTEN = "listen"
    UNDERSTAND = "understand"
    AGREE = "agree"
    ADVISE = "advise"
    ARRANGE = "arrange"
    CHECK = "check"


class Reached(str, Enum):
    """Where a stage stands."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True)
class Step:
    """One stage with its title and where it stands."""

    id: Stage
    title: str
    state: Reached


def progress(dossier: Dossier, phrases: Phrasebook) -> tuple[Step, ...]:
    """Every stage of the concern at hand; exactly one is `now`."""
    stages = tuple(Stage)
    now = stages.index(stage(dossier))
    reached = [Reached.DONE] * now + [Reached.NOW] + [Reached.NEXT] * (len(stages) - now - 1)
    return tuple(Step(one, phrases.say(f"stage_{one.value}"), state) for one, state in zip(stages, reached, strict=True))


def stage(dossier: Dossier) -> Stage:
    """The stage the talk is in."""
    if dossier.open is not None and dossier.open.ask is Ask.CHECK_IN:
        return Stage.CHECK
    concern = dossier.concern
    return Stage.LISTEN if concern is None or concern.state is State.DROPPED else _stage_of(concern)


def _stage_of(concern: NeedMap) -> Stage:
    if concern.state is State.ACCEPTED:
        return Stage.CHECK
    if concern.accepted or concern.state is State.HANDED_OVER:
        return Stage.ARRANGE
    if concern.advised:
        return Stage.ADVISE
    if concern.read_back is ReadBack.CONFIRMED:
        return Stage.ADVISE
    return Stage.AGREE if concern.read_back is ReadBack.SAID else Stage.UNDERSTAND
