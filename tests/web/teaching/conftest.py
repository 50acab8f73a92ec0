"""A review room over the coffee company and its one conversation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.content import STARTER, load
from bot.store import Store, make_engine, upgrade
from bot.store.access import Role
from bot.web.app import create_app
from tests.learning.coffee import SAID, tell
from tests.web.access.people import client_of
from tests.web.fake import FakeServices


def coffee_services(folder: Path) -> FakeServices:
    """Fake services of the coffee company, with the conversation `chat`, and another that says nearly the same."""
    engine = make_engine(f"sqlite:///{folder / 'review.sqlite3'}")
    upgrade(engine)
    fresh = FakeServices(folder, Store(engine))
    shop = fresh.settings.catalogue
    (shop / "catalogue.yml").write_text(STARTER, encoding="utf-8")
    fresh.catalogue = load(shop)
    tell(fresh.store, "chat", SAID, catalogue=shop.stem)
    tell(fresh.store, "other/chat", ("my people stand around for ages before the nine o'clock meeting!",), catalogue=shop.stem)
    return fresh


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeServices]:
    """The services, over a real database."""
    services = coffee_services(tmp_path)
    yield services
    services.answering.gate.set()
    services.store.close()


@pytest.fixture
def app(fake: FakeServices) -> Iterator[FastAPI]:
    """The running app."""
    app = create_app(fake)
    with TestClient(app):
        yield app


@pytest.fixture
def trainer(app: FastAPI, fake: FakeServices) -> TestClient:
    """Tara, signed in."""
    return client_of(app, fake, Role.TRAINER, "tara", full_name="Tara")


@pytest.fixture
def colleague(app: FastAPI, fake: FakeServices) -> TestClient:
    """Ben, signed in."""
    return client_of(app, fake, Role.TRAINER, "ben", full_name="Ben")
