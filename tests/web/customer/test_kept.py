"""The customer's pages: nothing is shown to anybody but the one who wrote it, and nothing comes from elsewhere."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.fake import BUTTONS, FakeServices

WEBHOOK = "/webhooks/rest/webhook"
PAGES = ["/", "/chat", "/products", "/services", "/how-it-works", "/embed", "/privacy", "/docs"]


def begin(client: TestClient) -> dict[str, str]:
    """Begin a conversation."""
    began: dict[str, str] = client.post("/chat/session").json()
    return began


def write(client: TestClient, sender: str, *messages: str) -> None:
    """Send messages, one after the other."""
    for message in messages:
        assert client.post(WEBHOOK, json={"sender": sender, "message": message}).status_code == 200


def history(client: TestClient, session: str) -> Any:
    """Ask for the conversation so far."""
    return client.get("/chat/turns", headers={"Authorization": f"Bearer {session}"})


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole_and_ours(client: TestClient, path: str) -> None:
    """Each page is complete HTML with the company's name, and loads nothing from another server."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert "Weisshaupt Laundry Systems" in answer.text
    loaded = re.findall(r'(?:src|href)="([^"]*)"', answer.text)
    assert [each for each in loaded if not each.startswith(("/", "#", "mailto:", "tel:"))] == []
    assert "<script>" not in answer.text
    assert "style=" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_safe(client: TestClient, path: str) -> None:
    """The headers let a page use our own files only, in no other site's frame; it sets no cookie."""
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "set-cookie" not in headers


def test_every_file_a_page_names_is_there(client: TestClient) -> None:
    """Style, script and icon are served, and a browser asks again whether they changed."""
    for path in re.findall(r'"(/static/[^"]+)"', client.get("/").text + client.get("/chat").text):
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"


def test_the_company_cannot_break_its_page(client: TestClient, fake: FakeServices) -> None:
    """Signs that mean something in HTML are shown as they are."""
    company = fake.catalogue.company
    object.__setattr__(fake.catalogue, "company", type(company)('<b>"&', "trade", "<script>x", "call"))
    text = client.get("/").text
    assert "<script>x" not in text
    assert '<b>"&' in unescape(text)


def test_each_conversation_has_an_id_nobody_can_guess(client: TestClient) -> None:
    """Ids are long, random and never the same."""
    senders = {begin(client)["sender"] for _ in range(50)}
    assert len(senders) == 50
    assert min(map(len, senders)) >= 32


def test_a_conversation_without_a_message_is_empty(client: TestClient) -> None:
    """A fresh conversation, or one erased, has no turns and no copy."""
    began = begin(client)
    assert client.get(began["copy"]).status_code == 404
    assert history(client, began["session"]).json() == {"turns": [], "more": False}


def test_history_needs_the_session(client: TestClient, fake: FakeServices) -> None:
    """Knowing or guessing a sender's id shows nothing; nor does a token made for something else."""
    write(client, "ada", "our secret")
    for session in ("", "ada", fake.sign("ada", "customer"), fake.sign("ada", "export"), "ada.abc"):
        answer = history(client, session)
        assert answer.status_code == 401
        assert "secret" not in answer.text
    assert client.get("/chat/turns").status_code == 401


def test_a_copy_is_a_download(client: TestClient, fake: FakeServices) -> None:
    """The signed address gives everything kept, as JSON to save."""
    write(client, "ada", "Hello")
    answer = client.get(f"/export/{fake.sign('ada', 'export')}")
    assert answer.headers["content-disposition"] == 'attachment; filename="conversation.json"'
    assert answer.json() == fake.export("ada")


@pytest.mark.parametrize(("query", "accept"), [("?format=html", "*/*"), ("", "text/html,*/*")])
def test_a_copy_is_a_page_to_read(client: TestClient, fake: FakeServices, query: str, accept: str) -> None:
    """In a browser, or when asked, the copy is a page: what was said, what was promised, and the download."""
    write(client, "ada", "no clean towels", BUTTONS[0]["payload"], "<i>done</i>")
    path = f"/export/{fake.sign('ada', 'export')}"
    text = client.get(path + query, headers={"Accept": accept}).text
    assert "The short programme" in text
    assert "&lt;i&gt;done" in text
    assert "Call you back" in text
    assert f"{path}?format=json" in text


def test_a_conversation_begins_with_its_copy(client: TestClient) -> None:
    """A conversation begins with the address of its copy, and it works."""
    began = begin(client)
    write(client, began["sender"], "Hello")
    assert client.get(began["copy"]).status_code == 200


@pytest.mark.parametrize("value", ["ada", "ada.abc", "", "%00"])
def test_an_unsigned_copy_is_not_there(client: TestClient, fake: FakeServices, value: str) -> None:
    """Nobody's copy is shown for a guessed address, and the answer doesn't tell whether there is one."""
    write(client, "ada", "our secret")
    wrong = [f"/export/{value}", f"/export/{fake.sign('ada', 'chat')}", f"/export/{fake.sign('eve', 'export')}"]
    for path in wrong:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "secret" not in answer.text


def test_a_person_gets_a_page_for_a_wrong_address(client: TestClient) -> None:
    """In a browser a problem is a page that says what to do; for a program it is JSON."""
    page = client.get("/nowhere", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "nothing at this address" in page.text
    assert set(client.get("/nowhere").json()) == {"error", "do"}


def test_the_privacy_page_says_how_long(client: TestClient) -> None:
    """It names the minutes after which a chat without consent is erased."""
    assert "60 minutes after your last message" in re.sub(r"\s+", " ", client.get("/privacy").text)
