"""A review room over a real database with some conversations in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.store import Store, make_engine, upgrade
from bot.store.access import Role
from bot.web.app import create_app
from tests.web.access.people import client_of
from tests.web.fake import FakeServices
from tests.web.review.talks import stored

SignedIn = Callable[..., TestClient]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[FakeServices]:
    """Fake services over a real SQLite database with three conversations."""
    fake = FakeServices(tmp_path)
    engine = make_engine(f"sqlite:///{tmp_path / 'review.sqlite3'}")
    upgrade(engine)
    fake.store = Store(engine)  # type: ignore[assignment]
    stored(fake.store)
    yield fake
    fake.store.close()


@pytest.fixture
def app(services: FakeServices) -> FastAPI:
    """The app over them."""
    return create_app(services)


@pytest.fixture
def signed_in(app: FastAPI, services: FakeServices) -> SignedIn:
    """A client signed in with a role."""

    def client(role: Role = Role.TRAINER, name: str = "", **more: Any) -> TestClient:
        return client_of(app, services, role, name, **more)

    return client


@pytest.fixture
def trainer(signed_in: SignedIn) -> TestClient:
    """A client of a trainer."""
    return signed_in(Role.TRAINER, "tina")
