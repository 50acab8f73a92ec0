"""The pages of reps: the guide before and during a call, what is written after it, and the day."""

from __future__ import annotations

from fastapi import FastAPI

from bot.web.sales import after, calls, day, live, measures
from bot.web.sales.following import Followers


def install(app: FastAPI) -> None:
    """Put the pages of reps into the app."""
    app.state.followers = Followers()
    for module in (calls, live, measures, day, after):
        app.include_router(module.router)
