"""Whatever a stranger or a hostile page sends to the widget's API gets an answer that is no accident, and harms nobody."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.web.customer.shop import Shop
from tests.web.customer.visitor import Visitor

FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
POSTS = ("session", "messages", "understood", "feedback")

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
LINES = ("fact:assist", "concern:0:problem", "concern:0:need", "concern:0:success", "page", "contact", "introduction:x", "asset:0")
nearly_right = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text() | anything,
        "message_id": st.text(max_size=5) | anything,
        "page": st.fixed_dictionaries({}, optional={"url": anything, "title": st.text(), "topic": st.text() | anything}) | anything,
        "line": st.sampled_from(LINES) | anything,
        "value": st.text() | anything,
        "seq": st.integers(-2, 5) | anything,
        "rating": st.sampled_from((1, -1)) | anything,
        "customer_token": anything,
    },
)


def check(answer: Any) -> None:
    """The answer is what was asked for, or a refusal that says what to do."""
    assert answer.status_code in (200, 201, 204, 400, 401, 404, 413, 422)
    if answer.status_code >= 400:
        assert set(answer.json()) == {"error", "do"}


@pytest.mark.parametrize("path", POSTS)
@FUZZ
@given(body=st.binary(max_size=1000))
@example(b"\xff\xfe")
@example(b'{"text": "\\ud800", "message_id": "a"}')
@example(b"[" * 900)
def test_any_bytes(visitor: Visitor, path: str, body: bytes) -> None:
    """Any bytes at all are answered or refused."""
    check(visitor.http.post(f"/chat/{path}", content=body, headers=visitor.headers))


@pytest.mark.parametrize("path", POSTS)
@FUZZ
@given(body=nearly_right | anything)
def test_any_json(visitor: Visitor, path: str, body: Any) -> None:
    """Any JSON, and above all what is nearly right, is answered or refused; the talk can be read afterwards."""
    check(visitor.http.post(f"/chat/{path}", content=json.dumps(body).encode(), headers=visitor.headers))
    check(visitor.http.get("/chat/state", headers=visitor.headers))


@FUZZ
@given(header=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80))
def test_any_session(http: TestClient, header: str) -> None:
    """No invented session opens anything."""
    for path in ("state", "turns", "conversations", "events"):
        assert http.get(f"/chat/{path}", headers={"Authorization": f"Bearer {header}"}).status_code == 401


@FUZZ
@given(value=st.text(max_size=30) | st.integers().map(str))
def test_any_numbers(visitor: Visitor, value: str) -> None:
    """Whatever stands where a number should."""
    for name in ("after", "before", "limit"):
        check(visitor.http.get(f"/chat/turns?{name}={quote(value, safe='')}", headers=visitor.headers))


@FUZZ
@given(signed=st.text(min_size=1, max_size=60))
def test_any_signed_address(http: TestClient, signed: str) -> None:
    """Dates and pages cannot be had by guessing; an address that cannot be a file's name is one more that is not there."""
    assert http.get(f"/chat/promises/{quote(signed, safe='')}.ics").status_code == 404
    assert http.get(f"/products/{quote(signed, safe='')}").status_code in (200, 404)
    assert http.get(f"/site/kind/{quote(signed, safe='')}.svg").status_code in (200, 404)


MARKUP = "<img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}} \"'`\u202e\u0000😀"


def test_markup_is_kept_as_text_everywhere(visitor: Visitor) -> None:
    """Markup typed as a message, as a correction or as a page's title comes back as the text it was."""
    state = visitor.says(MARKUP, page={"title": MARKUP, "topic": "LR-2", "url": "javascript:alert(1)"})
    assert state["turns"][-1]["said"].startswith("<img src=x onerror=alert(1)>")
    assert any(line["value"].startswith("<img") for line in state["understood"]["about_you"])
    copy = visitor.http.get(state["copy"], headers={"accept": "text/html"}).text
    assert "<script>alert" not in copy
    assert "<img src=x" not in copy


def test_one_visitor_cannot_reach_another(http: TestClient, shop: Shop) -> None:
    """A session opens its own conversation and nothing of anybody else's, whatever ids are sent beside it."""
    mine, theirs = Visitor.begun(http), Visitor.begun(http)
    theirs.says("the bikes run flat before noon")
    mine.post("messages", {"text": "hello", "message_id": "a", "sender": theirs.sender, "session": theirs.session})
    assert mine.get("state")["last_seq"] == 1
    assert theirs.get("state")["last_seq"] == 1
    forged = shop.sign(theirs.sender, "export")
    assert http.get("/chat/state", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_too_fast_is_told_and_nothing_is_lost(tmp_path: Any) -> None:
    """Above the limit a message is refused with the time to wait; sent again later with its id it counts once."""
    from bot.web.app import create_app

    shop = Shop(tmp_path, {"ADVISOR_RATE_LIMIT": "3"})
    with TestClient(create_app(shop)) as http:
        visitor = Visitor.begun(http)
        visitor.says("always turbo", "always turbo", "always turbo")
        refused = visitor.post("messages", {"text": "one more", "message_id": "later"})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1
        assert visitor.get("state")["last_seq"] == 3
    shop.close()


def test_a_failed_turn_is_told_truthfully(visitor: Visitor, shop: Shop) -> None:
    """When nothing could be stored the sender hears so, and the same message sent again is answered."""
    shop.failing = RuntimeError("the disk is full")
    body = {"text": "the bikes run flat before noon", "message_id": "again"}
    assert visitor.post("messages", body).status_code == 503
    shop.failing = None
    assert visitor.post("messages", body).json()["last_seq"] == 1
