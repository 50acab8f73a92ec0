"""A conversation as a person reads it: a button pressed is shown with the words that stood on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def readable(turns: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The turns as `seq`, `at`, `messages` and `said`, the customer's words.

    What a button sends is replaced by its title: the last button before the turn that sends it.
    """
    titles: dict[str, str] = {}
    shown = []
    for turn in turns:
        said = titles.get(turn["text"], turn["text"])
        shown.append({"seq": turn["seq"], "at": turn.get("at"), "said": said, "messages": turn["messages"]})
        titles.update(_titles(turn["messages"]))
    return shown


def _titles(messages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    buttons = (button for message in messages for button in message.get("buttons") or ())
    return {str(button.get("payload")): str(button.get("title")) for button in buttons}
