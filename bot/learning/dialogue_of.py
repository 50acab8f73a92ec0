"""A corrected conversation as a conversation test: what was said until the turn, and what should have come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.advice.archive import from_plain
from bot.advice.dossier import Asset, Dossier
from bot.advice.heard import Source
from bot.learning.corrections import NOTHING, Correction
from bot.learning.stand_ins import voice_of, with_stand_ins
from bot.store.records import Conversation, Json, Turn

SHOWS = "corrected"
"""The situation that learnt dialogues are there for."""

_LONGEST_NAME = 60


def dialogue_of(correction: Correction, conversation: Conversation, turns: Sequence[Turn], names: Sequence[str]) -> Json | None:
    """The dialogue whose last turn expects what the correction says; None when it says nothing that can be checked."""
    expected = _expected(correction)
    if not expected:
        return None
    last = turns[-1]
    said = [_line(turn, before, names) for before, turn in zip([None, *turns[:-1]], turns, strict=True)]
    said[-1] = {**said[-1], **expected}
    about = correction.note or correction.should_say
    return {
        "dialogue": _name(conversation.id, last, names),
        "trade": conversation.catalogue_id,
        "shows": [SHOWS],
        **({"about": with_stand_ins(about, names)} if about else {}),
        "today": last.created_at.date().isoformat(),
        **_owner(last.dossier, turns[0].dossier),
        "turns": said,
    }


def was_pressed(turn: Turn) -> bool:
    """Whether the customer pressed a ready reply: its meaning is exact, so nothing says how well it was understood."""
    return bool(turn.heard) and "understood" not in turn.heard and "trouble" not in turn.heard


def button_for(turn: Turn, before: Turn | None) -> tuple[str, str]:
    """The title and the payload of the ready reply that was pressed; empty when it was on none of the last reply's buttons."""
    offered = [button for bubble in (before.message if before is not None else ()) for button in bubble.get("buttons", ())]
    said = turn.user_text.casefold()
    titled = [button for button in offered if str(button["title"]).casefold() == said]
    acted = [button for button in offered if str(button["payload"]) == f"/{turn.intent}"]
    chosen = next(iter(titled or (acted if len(acted) == 1 else [])), None)
    return (str(chosen["title"]), str(chosen["payload"])) if chosen is not None else ("", "")


def _expected(correction: Correction) -> dict[str, Any]:
    expected: dict[str, Any] = {}
    if correction.acts:
        expected["heard"] = [part.act for part in correction.acts]
    if correction.about:
        expected["problem"] = "" if correction.about == NOTHING else correction.about
    if correction.facts:
        expected["understood"] = {fact: "unknown" if value == NOTHING else value for fact, value in correction.facts.items()}
    if correction.things:
        expected["owns"] = {thing.name: thing.owns for thing in correction.things}
    if correction.move:
        expected["move"] = correction.move
    if correction.asks:
        expected["asks"] = correction.asks
    return expected


def _line(turn: Turn, before: Turn | None, names: Sequence[str]) -> dict[str, Any]:
    title, _ = button_for(turn, before) if was_pressed(turn) else ("", "")
    return {"press": title} if title else {"customer": with_stand_ins(turn.user_text, names)}


def _name(conversation_id: str, turn: Turn, names: Sequence[str]) -> str:
    words = " ".join(with_stand_ins(turn.user_text, names).split())
    short = words if len(words) <= _LONGEST_NAME else f"{words[:_LONGEST_NAME].rsplit(' ', 1)[0]} …"
    return f"{short or 'nothing said'} ({voice_of(conversation_id).removeprefix('learnt_')}, turn {turn.seq})"


def _owner(dossier: Json, first: Json) -> dict[str, Any]:
    """The customer of the records, under another name, with what the records say they own."""
    known = from_plain(Dossier, first) if first else Dossier()
    if not known.customer.id:
        return {}
    customer = {"name": "Kim Sander", **({"region": known.customer.region} if known.customer.region else {})}
    assets = [_asset(asset) for asset in known.assets if asset.source is Source.RECORD]
    return {"customer": customer, **({"assets": assets} if assets else {})}


def _asset(asset: Asset) -> Mapping[str, str]:
    told = {"model": asset.model or asset.product, "quantity": f"{asset.quantity:g}", "bought_on": asset.bought}
    told |= {"version": asset.version, "status": asset.status}
    return {name: value for name, value in told.items() if value}
