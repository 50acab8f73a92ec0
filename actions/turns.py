"""Between Rasa and the engine: a tracker's latest message becomes a turn, and the stored turn is said."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker

from bot.conversation import Incoming
from bot.nlu.reading import from_parse
from bot.services import current_services

REMEMBERED = 2048


@dataclass(frozen=True)
class Taken:
    """A turn just taken: its number, its move, and the bubbles to say."""

    seq: int
    move: str
    bubbles: tuple[dict[str, Any], ...]


_taken: OrderedDict[str, Taken] = OrderedDict()
"""The latest turn of each recent sender, so that saying it costs no look-up; an erased turn is only here."""


async def take(tracker: Tracker) -> Taken:
    """Take the turn for the tracker's latest message; it is stored when this returns."""
    services = current_services()
    turn = await asyncio.to_thread(services.desk.take_turn, incoming(tracker))
    taken = Taken(turn.seq, str(turn.move["kind"]), turn.message)
    _taken[tracker.sender_id] = taken
    _taken.move_to_end(tracker.sender_id)
    while len(_taken) > REMEMBERED:
        _taken.popitem(last=False)
    return taken


async def turn_of(tracker: Tracker) -> tuple[dict[str, Any], ...]:
    """The bubbles of the turn that was just taken."""
    taken = _taken.get(tracker.sender_id)
    if taken is not None:
        return taken.bubbles
    services = current_services()
    with services.desk.store_of(tracker.sender_id).read() as work:
        turn = work.turns.at(tracker.sender_id, int(tracker.get_slot("turn") or 0))
    return turn.message if turn is not None else ()


def incoming(tracker: Tracker) -> Incoming:
    """The tracker's latest message as the desk takes it."""
    parse = tracker.latest_message
    metadata = parse.get("metadata") or {}
    return Incoming(
        sender=tracker.sender_id,
        reading=from_parse(parse),
        message_id=str(metadata["message_id"]) if metadata.get("message_id") else None,
        customer=str(metadata.get("customer") or ""),
        channel=tracker.get_latest_input_channel() or "rest",
        simulated=bool(metadata.get("simulated")),
        model=str(metadata.get("model") or ""),
        page={str(name): str(value) for name, value in (metadata.get("page") or {}).items()},
    )
