"""The web over the real assistant: a whole visit, from the first message to the last trace erased."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.services import Services
from bot.web.app import create_app
from tests.conftest import OpenCompany

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def company(services: OpenCompany) -> Services:
    """The laundry company, open and with its model loaded."""
    opened = services("laundry")
    _ = opened.assistant
    return opened


@pytest.fixture(scope="module")
def visitor(company: Services) -> Iterator[TestClient]:
    """A visitor of its website."""
    with TestClient(create_app(company)) as running:
        yield running


def begin(visitor: TestClient) -> dict[str, str]:
    """Begin a conversation."""
    began: dict[str, str] = visitor.post("/chat/session").json()
    return began


def write(visitor: TestClient, began: dict[str, str], text: str, **metadata: str) -> Any:
    """Send a message and return the reply."""
    body = {"sender": began["sender"], "message": text, "metadata": metadata}
    answer = visitor.post("/webhooks/rest/webhook", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def turns(visitor: TestClient, began: dict[str, str]) -> Any:
    """The turns that the page would show after a reload."""
    headers = {"Authorization": f"Bearer {began['session']}"}
    return visitor.get("/chat/turns", headers=headers).json()["turns"]


def test_it_is_ready(visitor: TestClient) -> None:
    """Model, catalogue and database are there."""
    assert visitor.get("/readyz").json()["status"] == "ready"


def test_a_visit_is_restored_and_copied(visitor: TestClient) -> None:
    """The history shows button titles as the customer's words; the copy is complete, to read and to save."""
    began = begin(visitor)
    reply = write(visitor, began, "we run out of clean towels by noon")
    buttons = [button for message in reply for button in message.get("buttons", ())]
    write(visitor, began, buttons[0]["payload"])
    assert [turn["said"] for turn in turns(visitor, began)] == [
        "we run out of clean towels by noon",
        buttons[0]["title"],
    ]
    assert "we run out of clean towels by noon" in visitor.get(began["copy"], headers={"Accept": "text/html"}).text
    assert len(visitor.get(began["copy"]).json()["turns"]) == 2


def test_a_retry_is_one_turn(visitor: TestClient) -> None:
    """The same message id gets the same reply and leaves one turn."""
    began = begin(visitor)
    replies = [write(visitor, began, "our washer leaks", message_id="m1") for _ in range(2)]
    assert replies[0] == replies[1]
    assert len(turns(visitor, began)) == 1


def test_what_is_erased_is_gone(visitor: TestClient) -> None:
    """After an erasure there is no history and no copy."""
    began = begin(visitor)
    write(visitor, began, "our washer leaks")
    (message, *_) = write(visitor, began, "please delete everything you have about me")[-1:]
    write(visitor, began, message["buttons"][0]["payload"])
    assert turns(visitor, began) == []
    assert visitor.get(began["copy"]).status_code == 404


def test_without_notes_nothing_reaches_the_records(visitor: TestClient, company: Services) -> None:
    """Who wants no notes can go on chatting and see the chat; the records have nothing of it."""
    began = begin(visitor)
    write(visitor, began, "our washer leaks")
    write(visitor, began, "/refuses_recording")
    write(visitor, began, "it leaks at the door")
    with company.store.read() as work:
        assert work.conversations.get(began["sender"]) is None
    assert turns(visitor, began)


def test_what_was_done_is_counted(visitor: TestClient) -> None:
    """The figures tell how many turns there were."""
    write(visitor, begin(visitor), "our washer leaks")
    assert 'advisor_moves_total{kind="turns"}' in visitor.get("/metrics").text


@pytest.mark.parametrize(
    "text", ["", "   ", "😀😀😀", "<script>alert(1)</script>", "'; DROP TABLE turns; --", "\x00\x07", "مرحبا", "a" * 50_000]
)
def test_any_message_is_answered(visitor: TestClient, text: str) -> None:
    """Empty, huge, foreign, hostile or garbled: there is always a reply in words."""
    assert write(visitor, begin(visitor), text)[0]["text"]
