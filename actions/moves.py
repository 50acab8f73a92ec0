"""The actions Rasa calls: one that hears, and one for each move, which says what was decided and stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turns import take, turn_of
from bot.advice.moves import MoveKind


class ActionHear(Action):
    """Takes the turn: the parse goes to the engine, the turn is stored, and the slot says which move was decided."""

    def name(self) -> str:
        """The name the rules call it by."""
        return "action_hear"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Store the turn and set `next_move` and `turn`; says nothing itself."""
        turn = await take(tracker)
        return [SlotSet("next_move", turn.move), SlotSet("turn", turn.seq)]


class Say(Action, ABC):
    """Says the message of the turn that was just stored. Each move has a subclass, named after it."""

    @property
    @abstractmethod
    def kind(self) -> MoveKind:
        """The move it says."""

    def name(self) -> str:
        """The name the rules call it by."""
        return f"action_{self.kind.value}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Utter the stored bubbles, exactly as stored."""
        for bubble in await turn_of(tracker):
            dispatcher.utter_message(**bubble)
        return []


def _say(kind: MoveKind) -> type[Say]:
    name = "Action" + kind.value.title().replace("_", "")
    return type(name, (Say,), {"kind": kind, "__doc__": f"Says the move `{kind.value}`.", "__module__": __name__})


SAYING: dict[str, Any] = {action.__name__: action for action in map(_say, MoveKind)}
globals().update(SAYING)
