"""The REST channel is Rasa's: its clients connect unchanged, and whatever goes wrong is told truthfully."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.web.app import create_app
from bot.web.incoming import LONGEST_BODY
from tests.web.fake import BUTTONS, FakeServices

WEBHOOK = "/webhooks/rest/webhook"


def send(client: TestClient, message: object = "Hello", sender: object = "ada", **more: Any) -> Any:
    """Post one message."""
    return client.post(WEBHOOK, json={"sender": sender, "message": message, **more})


def test_a_message_gets_a_list_of_messages(client: TestClient) -> None:
    """The reply is a JSON list of messages for the sender."""
    answer = send(client)
    assert answer.status_code == 200
    assert answer.json() == [{"recipient_id": "ada", "text": "You said: Hello"}]


def test_buttons_come_in_rasas_form(client: TestClient) -> None:
    """Ready answers are buttons with a title and a payload."""
    (message,) = send(client, "no clean towels").json()
    assert message["buttons"] == BUTTONS


def test_the_channel_tells_that_it_is_there(client: TestClient) -> None:
    """`GET /webhooks/rest/` answers as Rasa's does."""
    answer = client.get("/webhooks/rest/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_a_sender_the_message_is_from_default(client: TestClient) -> None:
    """As in Rasa, a message without a sender belongs to the one conversation `default`."""
    assert client.post(WEBHOOK, json={"message": "Hi"}).json()[0]["recipient_id"] == "default"


def test_a_number_is_a_sender_too(client: TestClient) -> None:
    """As in Rasa, a numeric sender is read as text."""
    assert send(client, sender=17).json()[0]["recipient_id"] == "17"


def test_an_empty_message_is_a_message(client: TestClient, fake: FakeServices) -> None:
    """What to say to nothing is the assistant's to decide."""
    assert send(client, "").status_code == 200
    assert fake.taken == [("ada", "")]


def test_the_content_type_does_not_matter(client: TestClient) -> None:
    """As in Rasa, the body is read as JSON whatever its header says."""
    assert client.post(WEBHOOK, content=b'{"message": "Hi"}').status_code == 200


def test_unknown_fields_are_ignored(client: TestClient) -> None:
    """A client may send more than is known here."""
    assert send(client, colour="blue", metadata={"shoe": 44}).status_code == 200


def test_streaming_sends_one_message_on_each_line(client: TestClient) -> None:
    """With `?stream=true` each line is one message in JSON, of Rasa's content type."""
    answer = client.post(f"{WEBHOOK}?stream=true", json={"sender": "ada", "message": "Hi"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [json.loads(line) for line in answer.text.splitlines()] == [{"recipient_id": "ada", "text": "You said: Hi"}]


def test_the_same_message_id_is_answered_once(client: TestClient, fake: FakeServices) -> None:
    """A retry gets the reply that was stored; the conversation does not move."""
    first, second = (send(client, "Hi", metadata={"message_id": "m1"}).json() for _ in range(2))
    assert first == second
    assert fake.taken == [("ada", "Hi")]


def test_the_channel_is_passed_on(client: TestClient, fake: FakeServices) -> None:
    """`input_channel` names the channel, which is `rest` otherwise."""
    send(client, input_channel="kiosk")
    send(client)
    assert [told["channel"] for told in fake.told] == ["kiosk", "rest"]


def test_a_signed_customer_is_believed(client: TestClient, fake: FakeServices) -> None:
    """A token signed here tells the assistant who the customer is."""
    send(client, metadata={"customer_token": fake.sign("C-17", "customer")})
    assert fake.told[0]["customer"] == "C-17"


@pytest.mark.parametrize("purpose", ["chat", "export"])
def test_a_token_for_something_else_is_no_customer(client: TestClient, fake: FakeServices, purpose: str) -> None:
    """A token that was signed for another purpose is refused, and nothing is answered."""
    answer = send(client, metadata={"customer_token": fake.sign("C-17", purpose)})
    assert answer.status_code == 401
    assert fake.taken == []


def test_an_unsigned_customer_is_not_believed(client: TestClient, fake: FakeServices) -> None:
    """A bare customer id is ignored, and the programmer is told so in a header."""
    answer = send(client, metadata={"customer_id": "C-17"})
    assert answer.status_code == 200
    assert "customer" not in fake.told[0]
    assert "customer_token" in answer.headers["advisor-notice"]


def test_an_unsigned_customer_is_believed_where_the_settings_say_so(tmp_path: Path) -> None:
    """Behind the company's own systems a bare customer id is enough."""
    fake = FakeServices(tmp_path, ADVISOR_TRUST_CUSTOMER_ID="yes")
    with TestClient(create_app(fake)) as client:
        send(client, metadata={"customer_id": "C-17"})
    assert fake.told[0]["customer"] == "C-17"


def test_nobody_can_slip_a_customer_in(client: TestClient, fake: FakeServices) -> None:
    """Only what was checked reaches the assistant: other metadata stays behind."""
    send(client, metadata={"customer": "C-17", "message_id": "m1"})
    assert fake.told == [{"message_id": "m1", "channel": "rest"}]


WRONG = {
    "not JSON": (b"hello", 400),
    "empty": (b"", 400),
    "binary": (b"\x80\xff\x00", 400),
    "cut off": (b'{"message": "Hi"', 400),
    "not a number": (b'{"message": NaN}', 400),
    "deeply nested": (b"[" * 50_000, 400),
    "a list": (b"[]", 422),
    "a text": (b'"Hi"', 422),
    "no message": (b'{"sender": "ada"}', 422),
    "message null": (b'{"message": null}', 422),
    "message a number": (b'{"message": 5}', 422),
    "message a list": (b'{"message": ["Hi"]}', 422),
    "sender empty": (b'{"sender": "", "message": "Hi"}', 422),
    "sender blank": (b'{"sender": "  ", "message": "Hi"}', 422),
    "sender a list": (b'{"sender": [], "message": "Hi"}', 422),
    "sender true": (b'{"sender": true, "message": "Hi"}', 422),
    "sender with control characters": (b'{"sender": "a\\u0000b", "message": "Hi"}', 422),
    "sender too long": (b'{"sender": "%s", "message": "Hi"}' % (b"a" * 201), 422),
    "metadata a list": (b'{"message": "Hi", "metadata": []}', 422),
    "message id a list": (b'{"message": "Hi", "metadata": {"message_id": []}}', 422),
    "customer token a number": (b'{"message": "Hi", "metadata": {"customer_token": 5}}', 422),
    "too long": (b'{"message": "%s"}' % (b"a" * LONGEST_BODY), 413),
    "far too long": (b"a" * (30 * LONGEST_BODY), 413),
}


@pytest.mark.parametrize(("body", "status"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_body_is_refused_with_advice(client: TestClient, fake: FakeServices, body: bytes, status: int) -> None:
    """What cannot be read is refused with the right status, what is wrong and what to do; nothing is answered."""
    answer = client.post(WEBHOOK, content=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "do"}
    assert all(answer.json().values())
    assert fake.taken == []


def test_half_a_character_does_no_harm(client: TestClient, fake: FakeServices) -> None:
    """Half of a surrogate pair, which no database takes, is replaced before anybody sees it."""
    answer = client.post(WEBHOOK, content=b'{"message": "a\\ud800b"}')
    assert answer.status_code == 200
    assert fake.taken == [("default", "a?b")]


def test_a_failing_turn_is_told(client: TestClient, fake: FakeServices) -> None:
    """A turn that fails is no empty reply: 503, when to try again, and that a retry is safe."""
    fake.failing = RuntimeError("the disk is full")
    answer = send(client)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "message_id" in answer.json()["do"]
    assert "disk" not in answer.text


def test_a_sender_is_asked_to_slow_down(tmp_path: Path) -> None:
    """Beyond the rate in the settings a sender hears 429 and when to come back; others are not held up."""
    with TestClient(create_app(FakeServices(tmp_path, ADVISOR_RATE_LIMIT="3"))) as client:
        statuses = [send(client).status_code for _ in range(4)]
        refused = send(client)
        assert statuses == [200, 200, 200, 429]
        assert 1 <= int(refused.headers["retry-after"]) <= 20
        assert send(client, sender="bob").status_code == 200


def test_other_sites_are_not_let_in(client: TestClient) -> None:
    """Without a setting no other website's page may read an answer."""
    answer = client.post(WEBHOOK, json={"message": "Hi"}, headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_allowed_sites_are_let_in_to_the_channel_only(tmp_path: Path) -> None:
    """A website named in the settings may use the REST channel, not the copies."""
    origin = {"Origin": "https://shop.example"}
    with TestClient(create_app(FakeServices(tmp_path, ADVISOR_ALLOWED_ORIGINS="https://shop.example"))) as client:
        ask = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        assert client.options(WEBHOOK, headers=ask).status_code == 200
        answer = client.post(WEBHOOK, json={"message": "Hi"}, headers=origin)
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        copy = client.get(f"/export/{FakeServices(tmp_path).sign('a', 'export')}", headers=origin)
        assert "access-control-allow-origin" not in copy.headers
