"""A web app over fake services, and a client of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.web.app import create_app
from tests.web.fake import FakeServices


@pytest.fixture
def fake(tmp_path: Path) -> FakeServices:
    """Fake services over a folder of their own."""
    return FakeServices(tmp_path)


@pytest.fixture
def client(fake: FakeServices) -> Iterator[TestClient]:
    """A client of the running app."""
    with TestClient(create_app(fake)) as running:
        yield running
