"""Whatever arrives over HTTP gets an answer that is no accident."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.web.app import create_app
from tests.web.fake import FakeServices

FUZZ = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
nearly_right = st.fixed_dictionaries(
    {},
    optional={
        "sender": anything,
        "message": st.text() | anything,
        "input_channel": anything,
        "metadata": st.fixed_dictionaries(
            {}, optional={"message_id": anything, "customer_token": st.text(), "customer_id": anything}
        )
        | anything,
    },
)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client that shows every exception in the app as one."""
    with TestClient(create_app(FakeServices(tmp_path_factory.mktemp("fuzz")))) as running:
        yield running


def check(answer: Any) -> None:
    """The answer is a reply, or a refusal that says what to do."""
    assert answer.status_code in (200, 400, 401, 413, 422)
    if answer.status_code == 200:
        assert isinstance(answer.json(), list)
    else:
        assert set(answer.json()) == {"error", "do"}


@FUZZ
@given(body=st.binary(max_size=2000))
def test_any_bytes(stranger: TestClient, body: bytes) -> None:
    """Any bytes at all are answered or refused."""
    check(stranger.post("/webhooks/rest/webhook", content=body))


@FUZZ
@given(told=anything | nearly_right)
def test_any_json(stranger: TestClient, told: object) -> None:
    """Any JSON, near to a message or far from it, is answered or refused; half characters and NaN included."""
    check(stranger.post("/webhooks/rest/webhook", content=json.dumps(told).encode()))


@FUZZ
@given(message=st.text(st.characters(codec=None), max_size=300), sender=st.text(min_size=1, max_size=50))
def test_any_text(stranger: TestClient, message: str, sender: str) -> None:
    """Any text is answered, whatever script or characters it has, if only its sender can be told from others."""
    check(stranger.post("/webhooks/rest/webhook", content=json.dumps({"sender": sender, "message": message}).encode()))


@FUZZ
@given(token=st.text(min_size=1, max_size=100))
def test_any_token(stranger: TestClient, token: str) -> None:
    """A token nobody signed opens nothing."""
    assert stranger.get("/export/x" + quote(token, safe="")).status_code in (404, 405)
    header = {"Authorization": b"Bearer " + re.sub(rb"[\r\n]", b"", token.encode())}
    assert stranger.get("/chat/turns", headers=header).status_code == 401


@FUZZ
@given(place=st.sampled_from(["", "static/", "chat/", "export/"]), path=st.text(max_size=60))
@example("static/", "\0")
@example("static/", "../app.py")
@example("static/", "a" * 5000)
def test_any_address(stranger: TestClient, place: str, path: str) -> None:
    """No address makes the app fall over, or shows a file that is not meant to be seen."""
    answer = stranger.get(f"/{place}{quote(path)}", follow_redirects=False)
    assert answer.status_code in (200, 307, 401, 404, 405, 422)
    assert "import" not in answer.text
