"""The trainers' review room: finding conversations and reading them with the reasons behind every turn.

What else belongs to the room (correcting and teaching, scores and learning) hangs itself in through `panels`.
"""

from __future__ import annotations

from fastapi import FastAPI

from bot.web.review import (
    acting,
    agreement,
    coaching,
    experiments,
    exporting,
    finding,
    judging,
    learn,
    queues,
    reading,
    rubric,
    scores,
)

PARTS = (finding, acting, exporting, reading, scores, judging, agreement, rubric, queues, coaching, learn, experiments)
"""The modules with pages of the room. Each has a `router`; import of one hangs its panels and places in."""


def install(app: FastAPI) -> None:
    """Put the room into the app."""
    for part in PARTS:
        app.include_router(part.router)
