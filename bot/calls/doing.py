"""What a rep does in a call, as it arrives: one action with its own id, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

LONGEST = 2000
"""Characters of what was said, a note, a promise."""

SHORTEST_WORD = 120
"""Characters of a name or an id."""


class Refused(ValueError):
    """An action that cannot be done: what is wrong, what to do instead, and the field it is about (empty: none)."""

    def __init__(self, error: str, do: str, about: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.do = do
        self.about = about


@dataclass(frozen=True)
class Action:
    """One thing a rep did: `id` is the page's own id for it, so that it is done once however often it is sent."""

    id: str
    kind: str
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str, most: int = LONGEST, *, needed: bool = True) -> str:
        """A text field, without spaces around it. Raises Refused when it is missing, empty or too long."""
        value = self.data.get(name, "")
        if not isinstance(value, str):
            raise Refused(f"`{name}` is not a text.", "Write it as text.", name)
        text = value.encode("utf-8", "replace").decode("utf-8").replace("\0", "").strip()
        if needed and not text:
            raise Refused("There is nothing written here yet.", "Write it, or press Escape to leave it.", name)
        if len(text) > most:
            raise Refused(f"This is {len(text)} characters long.", f"Write at most {most}; the rest fits into a second one.", name)
        return text

    def word(self, name: str, *, needed: bool = True) -> str:
        """A short text: a name or an id. Raises Refused."""
        return self.text(name, SHORTEST_WORD, needed=needed)

    def number(self, name: str, least: float, most: float) -> float:
        """A number within its bounds. Raises Refused."""
        value = self.data.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            raise Refused(f"`{name}` is not a number from {least:g} to {most:g}.", "Write such a number.", name)
        return float(value)

    def flag(self, name: str) -> bool:
        """A yes or no; what is missing is a no."""
        return self.data.get(name) is True

    def day(self, name: str, today: date) -> date:
        """A day from today on. Raises Refused."""
        text = self.word(name)
        try:
            found = date.fromisoformat(text)
        except ValueError:
            raise Refused(f"“{text}” is no date.", "Choose a day, such as 2026-05-31.", name) from None
        if found < today:
            raise Refused("This day has passed.", "Choose today or a later day.", name)
        return found
