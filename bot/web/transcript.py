"""A conversation as a person reads it: a button pressed is shown with the words that stood on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.pressed import titles_in


def readable(turns: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The turns as `seq`, `at`, `messages` and `said`, the customer's words.

    What a button sends is replaced by its title: the last button before the turn that sends it.
    """
    titles: dict[str, str] = {}
    shown = []
    for turn in turns:
        said = titles.get(turn["text"], turn["text"])
        shown.append({"seq": turn["seq"], "at": turn.get("at"), "said": said, "messages": turn["messages"]})
        titles.update(titles_in(turn["messages"]))
    return shown
