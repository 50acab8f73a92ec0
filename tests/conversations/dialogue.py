"""The dialogue files of the sample companies, read with `bot.learning.dialogues`."""

from __future__ import annotations

from pathlib import Path

from bot.learning.dialogues.dialogue import Dialogue, DialogueError, Turn, read_dialogues

__all__ = ["FOLDER", "TRADES", "Dialogue", "DialogueError", "Turn", "dialogues"]

FOLDER = Path(__file__).parent
TRADES = ("laundry", "metals", "telephony")


def dialogues(trade: str | None = None) -> list[Dialogue]:
    """All dialogues, or those of one trade, in the order of their files. Raises DialogueError."""
    return [dialogue for dialogue in read_dialogues(FOLDER, TRADES) if trade in (None, dialogue.trade)]
