"""The web app, put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI

from bot.web import access, operations, rest, review, sales, teaching, widget
from bot.web.backend import Backend
from bot.web.background import background
from bot.web.customer import api, kept, rasa_socket, site
from bot.web.customer.events import Watch
from bot.web.guards import ListedSites, SafeHeaders
from bot.web.integrations import admin, records
from bot.web.integrations import api as programs
from bot.web.metrics import Metrics, Timing
from bot.web.pages import STATIC, Files
from bot.web.problems import answer_problems
from bot.web.turns import Turns

VERSION: Final = "1"
_ABOUT: Final = "Rasa's REST channel, the widget's API, and what belongs to running the assistant."


def create_app(backend: Backend) -> FastAPI:
    """The app over opened services; it does not close them. Running turns are finished when it stops."""
    metrics = Metrics(lambda: _counts(backend))
    app = FastAPI(title="Advisor", version=VERSION, description=_ABOUT, docs_url=None, redoc_url=None, lifespan=_lifespan)
    app.state.backend, app.state.metrics, app.state.turns = backend, metrics, Turns(backend, metrics)
    app.state.watch = Watch(backend.customer)
    app.state.turns.stored = app.state.watch.told
    answer_problems(app)
    for router in (rest.router, rasa_socket.router, api.router, site.router, kept.router, operations.router, widget.router):
        app.include_router(router)
    app.state.rasa_socket = rasa_socket.mount(app, backend, app.state.turns)
    access.install(app)
    for router in (records.staff, records.api, programs.router, admin.router):
        app.include_router(router)
    review.install(app)
    teaching.install(app)
    sales.install(app)
    app.mount("/static", Files(directory=STATIC), name="static")
    app.add_middleware(ListedSites, origins=backend.settings.allowed_origins)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Timing, metrics=metrics)
    return app


async def let_go(app: FastAPI) -> None:
    """End the connections that would stay open for ever, so that a server can stop at once."""
    app.state.watch.close()
    app.state.followers.close()
    await app.state.rasa_socket.close()


def _counts(backend: Backend) -> Mapping[str, int]:
    with backend.store.read() as work:
        return work.counters.totals()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with background(app.state.backend, app.state.metrics):
        yield
    await let_go(app)
    await app.state.turns.finish()
