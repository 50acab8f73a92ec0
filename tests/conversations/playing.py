"""Plays a dialogue from its first line to its last; what goes wrong is told with everything that was said until then."""

from __future__ import annotations

import pytest

from bot.learning.dialogues.expectations import amiss
from bot.learning.dialogues.stage import Reply, Stage
from bot.services import Services
from tests.conversations.dialogue import Dialogue, Turn, dialogues
from tests.conversations.manners import ill_mannered


def scenes(trade: str) -> list[object]:
    """The dialogues of a trade as parameters of a test."""
    return [pytest.param(dialogue, id=dialogue.name, marks=_marks(dialogue)) for dialogue in dialogues(trade)]


def play(dialogue: Dialogue, services: Services) -> Stage:
    """The stage after the last turn; fails at the first turn whose reply is not as expected."""
    stage = Stage(services, dialogue)
    try:
        for turn in dialogue.turns:
            wrong = _turn(stage, turn, services)
            if wrong:
                pytest.fail(_told(dialogue, stage, turn, wrong), pytrace=False)
    finally:
        stage.leave()
    return stage


def transcript(stage: Stage) -> str:
    """Everything said, with the move behind each reply and the question it left open."""
    return "\n".join(_lines(reply) for reply in stage.replies)


def _turn(stage: Stage, turn: Turn, services: Services) -> list[str]:
    begun = len(stage.replies)
    before = stage.replies[-1] if stage.replies else None
    try:
        reply = stage.play(turn)
    except LookupError as error:
        return [str(error)]
    if turn.does == "visit":
        return []
    return [*amiss(turn.expected, reply, before, services.catalogue), *_ill_mannered(stage, turn, begun)]


def _ill_mannered(stage: Stage, turn: Turn, begun: int) -> list[str]:
    """What is wrong with the manners of every reply this turn brought; a repeated one was judged when it first came."""
    if turn.does in ("again", "at_once"):
        return []
    replies = stage.replies
    return [line for end in range(begun, len(replies)) for line in ill_mannered(replies[: end + 1])]


def _lines(reply: Reply) -> str:
    said = reply.said if len(reply.said) <= 200 else f"{reply.said[:200]}… ({len(reply.said)} characters)"
    answered = "\n      ".join(reply.text.splitlines())
    buttons = f"\n      {' '.join(f'[{title}]' for title in reply.buttons)}" if reply.buttons else ""
    remedy = f" {reply.move['remedy']}" if reply.move.get("remedy") else ""
    facts = [f"{one['fact']}={one['value']}" for one in (reply.turn.heard if reply.turn is not None else {}).get("told", ())]
    understood = f"   [{', '.join(facts)}]" if facts else ""
    return f"  > {said!r}{understood}\n    ({reply.move['kind']}{remedy} → {reply.open or '–'})\n      {answered}{buttons}"


def _told(dialogue: Dialogue, stage: Stage, turn: Turn, wrong: list[str]) -> str:
    head = f"{dialogue.file}.yml: {dialogue.name} ({dialogue.trade}), at {turn.does}: {str(turn.what)[:120]}"
    heard = stage.replies[-1].turn.heard if stage.replies and stage.replies[-1].turn is not None else {}
    acts, told = heard.get("acts", ()), [(one["fact"], one["value"]) for one in heard.get("told", ())]
    found = [(one["id"], round(one["score"], 2)) for one in heard.get("problems", ())[:3]]
    return "\n".join((head, transcript(stage), f"  heard: {acts} {told} {found}", *(f"  ✗ {line}" for line in wrong)))


def _marks(dialogue: Dialogue) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=dialogue.xfail, strict=True)] if dialogue.xfail else []
