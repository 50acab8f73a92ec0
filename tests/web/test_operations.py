"""What whoever runs the assistant sees: health, readiness, figures, and work that goes on by itself."""

from __future__ import annotations

import asyncio
import threading

import pytest
from fastapi.testclient import TestClient

from bot.store import StoreUnavailable
from bot.web import background as beside
from bot.web.app import create_app
from bot.web.background import RELOAD_REQUEST, CatalogueWatch
from bot.web.metrics import Metrics
from tests.web.fake import FakeReport, FakeServices

WEBHOOK = "/webhooks/rest/webhook"


def test_health_is_that_the_process_is_up(client: TestClient, fake: FakeServices) -> None:
    """It answers whatever else is missing."""
    fake.missing = ["the database does not answer"]
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.head("/healthz").status_code == 200


def test_readiness_names_what_is_missing(client: TestClient, fake: FakeServices) -> None:
    """200 when messages can be answered, else 503 with the reasons."""
    assert client.get("/readyz").json() == {"status": "ready", "catalogue": "v1"}
    fake.missing = ["the model is still loading"]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["the model is still loading"])
    assert client.head("/readyz").status_code == 503


def test_figures_are_prometheus(client: TestClient, fake: FakeServices) -> None:
    """Turns, their times, failures, refusals and what the records count can be read; no sender is named."""
    client.post(WEBHOOK, json={"sender": "ada", "message": "Hi"})
    fake.failing = RuntimeError()
    client.post(WEBHOOK, json={"sender": "ada", "message": "Hi"})
    with fake.store.begin() as work:
        work.counters.add("advised_fix", 2)
    text = client.get("/metrics").text
    for line in (
        'advisor_turns_total{outcome="answered"} 1.0',
        'advisor_turns_total{outcome="failed"} 1.0',
        "advisor_turn_seconds_count 2.0",
        'advisor_errors_total{kind="turn"} 1.0',
        'advisor_moves_total{kind="advised_fix"} 2.0',
        'advisor_request_seconds_count{method="POST",route="/webhooks/rest/webhook",status="503"} 1.0',
    ):
        assert line in text
    assert "ada" not in text


def test_addresses_do_not_become_figures(client: TestClient, fake: FakeServices) -> None:
    """A signed address, or any address that is not there, never stands in the figures."""
    client.get("/nowhere/at/all")
    client.get(f"/export/{fake.sign('ada', 'export')}")
    text = client.get("/metrics").text
    assert "nowhere" not in text
    assert 'route="/export/{signed}"' in text
    assert fake.sign("ada", "export") not in text


def test_figures_do_not_need_the_database(fake: FakeServices) -> None:
    """While the database does not answer, the other figures are there all the same."""

    def counts() -> dict[str, int]:
        raise StoreUnavailable("locked")

    assert b"advisor_turns_running" in Metrics(counts).text()


def test_the_api_describes_itself(client: TestClient) -> None:
    """OpenAPI has the JSON API only: no pages."""
    paths = set(client.get("/openapi.json").json()["paths"])
    assert {WEBHOOK, "/webhooks/rest/", "/chat/session", "/chat/turns", "/healthz", "/readyz", "/metrics"} <= paths
    assert not paths & {"/", "/privacy", "/docs"}


def test_an_accident_is_told_without_its_details(fake: FakeServices) -> None:
    """What nobody foresaw is 500 in JSON, and what happened stays in the log."""

    def broken(_: str) -> list[dict[str, object]]:
        raise ZeroDivisionError("secret detail")

    fake.history = broken  # type: ignore[assignment]
    with TestClient(create_app(fake), raise_server_exceptions=False) as client:
        session = {"Authorization": f"Bearer {fake.sign('ada', 'chat')}"}
        answer = client.get("/chat/turns", headers=session)
    assert answer.status_code == 500
    assert set(answer.json()) == {"error", "do"}
    assert "secret" not in answer.text


def test_an_edited_catalogue_is_taken_up(fake: FakeServices) -> None:
    """A changed, new or removed file, or a request for it, reloads; nothing changed does not."""
    watch = CatalogueWatch(fake, Metrics(dict))
    file = fake.settings.catalogue / "shop.yml"

    def looked() -> int:
        watch.look()
        watch.look()
        return fake.reloads

    assert looked() == 0
    file.write_text("company: {}")
    assert looked() == 1
    file.write_text("company: {name: A}")
    assert looked() == 2
    (fake.settings.catalogue / "notes.txt").write_text("not a catalogue")
    assert looked() == 2
    (fake.settings.data_dir / RELOAD_REQUEST).touch()
    assert looked() == 3
    file.unlink()
    assert looked() == 4


def test_a_broken_catalogue_is_reported(fake: FakeServices, caplog: pytest.LogCaptureFixture) -> None:
    """Its errors are in the log, and the one before stays in use."""
    watch = CatalogueWatch(fake, Metrics(dict))
    fake.report = FakeReport(errors=["shop.yml:3: `naem` is not known; write `name`"])
    (fake.settings.catalogue / "shop.yml").write_text("x")
    watch.look()
    assert "shop.yml:3" in caplog.text
    assert "stays in use" in caplog.text


def test_work_beside_the_requests_goes_on(fake: FakeServices, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversations held too long are purged again and again, also after a failure."""
    monkeypatch.setattr(beside, "_SECONDS_BETWEEN_PURGES", 0.01)
    tried = 0
    again = threading.Event()

    def failing_first() -> int:
        nonlocal tried
        tried += 1
        if tried == 1:
            raise StoreUnavailable("locked")
        again.set()
        return 3

    fake.purge = failing_first  # type: ignore[method-assign]

    async def scene() -> bool:
        async with beside.background(fake, Metrics(dict)):
            return await asyncio.to_thread(again.wait, 10)

    assert asyncio.run(scene())
