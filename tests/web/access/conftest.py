"""A web app over fakes whose clock can be moved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.store import EphemeralStore
from bot.web.app import create_app
from tests.store.conftest import Clock
from tests.web.fake import FakeServices


@pytest.fixture
def clock() -> Clock:
    """Noon of the first of May 2025, until it is moved."""
    return Clock()


@pytest.fixture
def fake(tmp_path: Path, clock: Clock) -> FakeServices:
    """Fake services whose records go by the clock."""
    services = FakeServices(tmp_path)
    services.store = EphemeralStore(clock=clock)
    return services


@pytest.fixture
def app(fake: FakeServices) -> Iterator[FastAPI]:
    """The running app."""
    app = create_app(fake)
    with TestClient(app):
        yield app


@pytest.fixture
def stranger(app: FastAPI) -> TestClient:
    """A browser that nobody is signed in on."""
    return TestClient(app, headers={"accept": "text/html"}, follow_redirects=False)
