"""The veil over a conversation: what is personal in it is masked wherever it is shown, until somebody lifts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.store import records
from bot.store.masking import mask, mask_plain
from bot.store.review_record import known_names


@dataclass(frozen=True)
class Veil:
    """Masks what it is given, with the names known to be personal here; a lifted one gives everything back as it is."""

    names: tuple[str, ...] = ()
    lifted: bool = False

    def text(self, text: str) -> str:
        """A text as it may be shown."""
        return text if self.lifted else mask(text, self.names)

    def plain(self, value: Any) -> Any:
        """Plain data (mappings, lists, text, numbers) as it may be shown."""
        return value if self.lifted else mask_plain(value, self.names)

    def turn(self, turn: records.Turn) -> records.Turn:
        """A turn as it may be shown: whatever is made from it later holds nothing that is masked."""
        if self.lifted:
            return turn
        return replace(
            turn,
            user_text=self.text(turn.user_text),
            heard=self.plain(turn.heard),
            dossier=self.plain(turn.dossier),
            move=self.plain(turn.move),
            message=tuple(self.plain(bubble) for bubble in turn.message),
        )


def veil_over(state: records.Json, people: Iterable[str] = (), lifted: bool = False) -> Veil:
    """The veil for a conversation with this dossier (as plain data) in which these people are named."""
    contacts = (str(one.get("cells", {}).get("contact", {}).get("value", "")) for one in state.get("concerns", ()))
    return Veil(tuple(sorted({name for name in (*known_names(state), *contacts, *people) if name})), lifted)
