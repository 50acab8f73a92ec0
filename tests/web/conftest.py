"""A web app over fake services, a client of it, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, sync_playwright

from bot.web.app import create_app
from tests.web.browsing import FLAGS
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window. It ends with the file: while it runs, its event loop is the thread's."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield launched
        launched.close()
