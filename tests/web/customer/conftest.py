"""A shop over HTTP, and a visitor of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from bot.web.app import create_app
from tests.web.customer.shop import Shop
from tests.web.customer.visitor import Visitor


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for a module: every visitor has a conversation of their own."""
    opened = Shop(tmp_path_factory.mktemp("shop"), {"ADVISOR_ALLOWED_ORIGINS": "https://shop.example"})
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def http(shop: Shop) -> Iterator[TestClient]:
    """A client of the shop's server."""
    with TestClient(create_app(shop)) as running:
        yield running


@pytest.fixture
def visitor(http: TestClient) -> Visitor:
    """Somebody who has just opened the chat."""
    return Visitor.begun(http)
