"""A web app over fakes, tokens for it, and a receiver of webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.calls import Starting
from bot.store import EphemeralStore
from bot.web.app import create_app
from bot.web.integrations.sender import Sender
from tests.store.conftest import Clock
from tests.web.fake import FakeServices


@dataclass
class FakeCalls:
    """Remembers the calls it was asked to start."""

    started: list[Starting] = field(default_factory=list)

    def start(self, starting: Starting) -> str:
        """The id of a call."""
        self.started.append(starting)
        return f"call-{len(self.started)}"


@dataclass
class Receiver:
    """Another company's system: answers with `status`, keeps what it was sent, or fails with `failing`."""

    status: int = 200
    failing: Exception | None = None
    got: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Take a message."""
        request.read()
        self.got.append(request)
        if self.failing is not None:
            raise self.failing
        return httpx.Response(self.status, headers={"Location": "http://127.0.0.1/"})


@pytest.fixture
def clock() -> Clock:
    """Noon of the first of May 2025, until it is moved."""
    return Clock()


@pytest.fixture
def fake(tmp_path: Path, clock: Clock) -> FakeServices:
    """Fake services whose records go by the clock, and which can start calls."""
    services = FakeServices(tmp_path)
    services.store = EphemeralStore(clock=clock)
    services.calls = FakeCalls()  # type: ignore[attr-defined]
    services.dossier = services.export  # type: ignore[attr-defined]
    return services


@pytest.fixture
def app(fake: FakeServices) -> Iterator[FastAPI]:
    """The running app."""
    app = create_app(fake)
    with TestClient(app):
        yield app


@pytest.fixture
def receiver() -> Receiver:
    """Another company's system."""
    return Receiver()


@pytest.fixture
def sender(fake: FakeServices, receiver: Receiver, clock: Clock) -> Iterator[Sender]:
    """The sender, with a public address behind every name."""
    made = Sender(
        fake,  # type: ignore[arg-type]
        lookup=lambda host, port: ["93.184.216.34"],
        transport=httpx.MockTransport(receiver),
        clock=lambda: clock().timestamp(),
    )
    yield made
    made.close()


def bearer(fake: FakeServices, *scopes: str) -> dict[str, str]:
    """The header of a token with those scopes."""
    secret = f"adv_{'-'.join(scopes)}"
    with fake.store.begin() as work:
        if work.tokens.live(secret) is None:
            work.tokens.add("CRM", secret, scopes, "ada")
    return {"Authorization": f"Bearer {secret}"}
