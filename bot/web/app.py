"""The web app, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from bot.web import chat, operations, rest
from bot.web.backend import Backend
from bot.web.background import background
from bot.web.guards import RestFromElsewhere, SafeHeaders
from bot.web.metrics import Metrics, Timing
from bot.web.pages import STATIC, Files
from bot.web.problems import answer_problems
from bot.web.turns import Turns

VERSION: Final = "1"
_ABOUT: Final = "Rasa's REST channel, and what belongs to the chat page and to running the assistant."


def create_app(backend: Backend) -> FastAPI:
    """The app over opened services; it does not close them. Running turns are finished when it stops."""
    metrics = Metrics(lambda: _counts(backend))
    app = FastAPI(title="Advisor", version=VERSION, description=_ABOUT, docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.backend, app.state.metrics, app.state.turns = backend, metrics, Turns(backend, metrics)
    answer_problems(app)
    for router in (rest.router, chat.router, operations.router):
        app.include_router(router)
    app.mount("/static", Files(directory=STATIC), name="static")
    app.add_middleware(RestFromElsewhere, origins=backend.settings.allowed_origins)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Timing, metrics=metrics)
    return app


def _counts(backend: Backend) -> Mapping[str, int]:
    with backend.store.read() as work:
        return work.counters.totals()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with background(app.state.backend, app.state.metrics):
        yield
    await app.state.turns.finish()
