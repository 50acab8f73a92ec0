"""Correcting and teaching in the review room: a turn put right, proposals decided, training, models, replay, evidence."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from bot.store import Work
from bot.web.access import Permission
from bot.web.review.panels import Panel, Read, RoomPlace, add_place, add_turn_panel
from bot.web.teaching import correcting, evidence, models, proposing, replays, suggesting, training
from bot.web.teaching.frame import PLACE

__all__ = ["install"]


def install(app: FastAPI) -> None:
    """Add the pages to the app."""
    for part in (correcting, proposing, suggesting, training, models, replays, evidence):
        app.include_router(part.router)


def _corrections(work: Work, read: Read) -> dict[int, dict[str, Any]]:
    """For each turn where it is corrected, and by whom it was."""
    standing = work.corrections.standing(read.conversation_id)
    by = {seq: one.by for seq, one in standing.items() if one.content}
    return {
        turn.seq: {"address": correcting.address(read.conversation_id, turn.seq), "by": by.get(turn.seq, "")} for turn in read.turns
    }


add_place(RoomPlace(PLACE, "/review/proposals", Permission.TEACH))
add_turn_panel(Panel("review/teaching/turn_panel.html", _corrections, Permission.CORRECT))
