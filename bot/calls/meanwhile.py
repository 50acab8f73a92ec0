"""What somebody else did to the same thing meanwhile: two people in one call, or one who was offline, overwrite nothing unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.calls.doing import Action, Refused
from bot.store.calls import CallAction

CONFLICT = "conflict"
"""What a refusal is about when somebody else was first."""


def refuse_conflict(action: Action, since: Iterable[CallAction]) -> None:
    """Nothing, unless an action done since the page of `action` last looked changed the same thing otherwise. Raises Refused.

    What the same page did is no conflict, however late it arrives; the same value noted twice is none either.
    """
    page, mine = action.data.get("page"), _subject(action.kind, action.data)
    last = next((one for one in reversed(tuple(since)) if mine and _subject(one.kind, one.data) == mine), None)
    if last is None or last.data.get("page") == page or _value(last.data) == _value(action.data):
        return
    do = "Yours is not noted. Look at it together; note it all the same if yours is right."
    raise Refused(f"{last.by} noted something else here meanwhile: {_shown(last.data)}.", do, CONFLICT)


def refuse_other_undo(action: Action, last: CallAction | None) -> None:
    """Nothing, unless the last note is not the one that `action` means to take back. Raises Refused."""
    meant = action.data.get("of")
    if not meant or last is None or last.message_id == meant:
        return
    raise Refused(
        f"{last.by} noted something after that: {_shown(last.data)}.", "Take that back first, or correct the single line.", CONFLICT
    )


def _subject(kind: str, data: Mapping[str, Any]) -> str:
    """What an action is about, so that two of them about the same can meet: a line, a question, an expectation."""
    name = {"correct": "line", "tick": "question", "settle": "expectation"}.get(kind)
    found = data.get(name) if name is not None else None
    return found if isinstance(found, str) else ""


def _value(data: Mapping[str, Any]) -> tuple[object, ...]:
    return (data.get("value"), data.get("fate"), bool(data.get("remove")))


def _shown(data: Mapping[str, Any]) -> str:
    if data.get("remove"):
        return "taken out"
    said = data.get("label") or data.get("text") or data.get("value") or data.get("fate") or ""
    return f"“{str(said)[:120]}”"
