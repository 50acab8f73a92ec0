"""Wording: a move becomes the message a person reads. Every sentence comes from the phrasebook or the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.advice.dossier import Consent
from bot.advice.moves import MoveKind
from bot.advice.scene import Bubble, Button, Message, Scene, payload
from bot.advice.wording_advice import ADVICE
from bot.advice.wording_answers import answers
from bot.advice.wording_moves import MOVES

_WORDINGS: Mapping[MoveKind, Callable[[Scene], list[Bubble]]] = {**MOVES, **ADVICE}


def word(scene: Scene) -> Message:
    """The message for a move: first what was asked in passing, then the move, then (once) the word about notes."""
    said = [bubble for bubble in answers(scene) if bubble.text]
    core = _WORDINGS[scene.move.kind](scene)
    return Message((*_joined(said, core), *_notice(scene)))


def _joined(said: list[Bubble], core: list[Bubble]) -> tuple[Bubble, ...]:
    """Short answers stand in one bubble with what follows, so that a reply reads as one."""
    if not said:
        return tuple(core)
    text = " ".join(bubble.text for bubble in said)
    if "\n" in text or not core:
        return (Bubble(text), *core)
    first, *rest = core
    return (Bubble(f"{text} {first.text}".strip(), first.buttons), *rest)


def _notice(scene: Scene) -> tuple[Bubble, ...]:
    if scene.dossier.consent is not Consent.UNASKED or scene.move.kind in (MoveKind.ERASED, MoveKind.FAREWELL):
        return ()
    text = scene.catalogue.company.consent or scene.say("consent_notice")
    yes = Button(scene.say("button_consent_yes"), payload("allows_recording"))
    no = Button(scene.say("button_consent_no"), payload("refuses_recording"))
    return (Bubble(text, (yes, no)),)
