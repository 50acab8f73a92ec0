"""The pages of a call over HTTP: who may come in, what is prepared, what an action answers, and what bad input hears."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.store import records
from bot.store.access import Role
from bot.web.access.csrf import HEADER
from bot.web.app import create_app
from bot.web.sales.following import Followers, events
from tests.calls.couriers import Held, anna
from tests.web.access.people import client_of, csrf_of, user_of
from tests.web.sales.serving import CallServices


@pytest.fixture
def services(tmp_path: Path) -> CallServices:
    """The web's fakes with real calls."""
    return CallServices(tmp_path)


@pytest.fixture
def app(services: CallServices) -> Iterator[FastAPI]:
    """The running app."""
    app = create_app(services)
    with TestClient(app):
        yield app


@pytest.fixture
def ada(app: FastAPI, services: CallServices) -> TestClient:
    """A rep of the northern team."""
    return client_of(app, services, Role.REP, "ada", team="north")


def begun(ada: TestClient, services: CallServices) -> str:
    """The id of a call of Ada's with a customer, prepared on the page."""
    anna(services.store)
    page = ada.get("/calls?q=berg").text
    customer = page.split('name="customer" value="')[1].split('"')[0]
    answer = ada.post("/calls", data={"csrf": csrf_of(page), "customer": customer}, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"].split("/")[2]


def act(client: TestClient, call: str, kind: str, id: str = "", **data: Any) -> Any:
    """One action."""
    body = {"id": id or f"{kind}-{json.dumps(data, sort_keys=True)}"[:100], "kind": kind, **data}
    return client.post(f"/calls/{call}/actions", json=body)


def test_nobody_comes_in_without_signing_in(app: FastAPI, services: CallServices) -> None:
    """Without a session there is no list, no call and no action."""
    stranger = TestClient(app)
    call = Held(services.calls).id
    for path in ("/calls", f"/calls/{call}", f"/calls/{call}/prepare", f"/calls/{call}/state", f"/calls/{call}/events"):
        assert stranger.get(path).status_code == 401
    assert act(stranger, call, "note", text="x").status_code == 401


def test_a_change_needs_the_sessions_token(ada: TestClient, services: CallServices) -> None:
    """A request forged by another site does nothing."""
    call = begun(ada, services)
    answer = ada.post(f"/calls/{call}/actions", json={"id": "1", "kind": "note", "text": "x"}, headers={HEADER: "wrong"})
    assert answer.status_code == 403


def test_another_team_does_not_see_the_call(app: FastAPI, ada: TestClient, services: CallServices) -> None:
    """To a rep of another team the call is not there; a colleague of the same team and a coach see it."""
    call = begun(ada, services)
    south = client_of(app, services, Role.REP, "sven", team="south")
    assert south.get(f"/calls/{call}").status_code == 404
    assert act(south, call, "note", text="x").status_code == 404
    assert client_of(app, services, Role.REP, "jo", team="north").get(f"/calls/{call}").status_code == 200
    coach = client_of(app, services, Role.TRAINER, "tina")
    assert coach.get(f"/calls/{call}").status_code == 200


def test_a_coach_may_leave_notes_only(app: FastAPI, ada: TestClient, services: CallServices) -> None:
    """Whoever only follows leaves notes; the call stays in the rep's hands."""
    call = begun(ada, services)
    act(ada, call, "consent", answer="given")
    coach = client_of(app, services, Role.TRAINER, "tina")
    assert act(coach, call, "note", text="ask since when").status_code == 200
    assert act(coach, call, "said", text="x", who="customer").status_code == 403
    assert "ask since when" in ada.get(f"/calls/{call}").text


def test_a_customer_is_found_or_created(ada: TestClient, services: CallServices) -> None:
    """A call is prepared with somebody known, or with somebody new; the page says who and what they own."""
    call = begun(ada, services)
    page = ada.get(f"/calls/{call}/prepare").text
    assert "Berg Couriers" in page
    assert "2 × C-1" in page
    assert "no longer sold" in page
    token = csrf_of(ada.get("/calls").text)
    answer = ada.post("/calls", data={"csrf": token, "new": "yes", "name": "Ole Krog", "contact": "0151 9"}, follow_redirects=True)
    assert "Ole Krog" in answer.text
    with services.store.read() as work:
        assert [line.action for line in work.audit.page(limit=9)].count("call prepared") == 2


def test_a_customer_without_a_name_is_refused_beside_the_field(ada: TestClient) -> None:
    """The page says what is missing, and what was typed is still there."""
    answer = ada.post("/calls", data={"csrf": csrf_of(ada.get("/calls").text), "new": "yes", "contact": "0151 9"})
    assert answer.status_code == 422
    assert "Write a name or an organisation" in answer.text
    assert 'value="0151 9"' in answer.text


def test_a_chat_that_waits_is_taken_up(ada: TestClient, services: CallServices) -> None:
    """A chat handed over stands on the list, and the call begins with what was told in it."""
    chat = Held(services.calls).allowed().says("the battery dies before noon")
    with services.store.begin() as work:
        work.hand_overs.add(records.HandOver(conversation_id=chat.id, to_whom="Mara", reason="asked", dossier={}))
    page = ada.get("/calls").text
    assert "Waiting for a person" in page
    call = ada.post("/calls", data={"csrf": csrf_of(page), "chat": chat.id}, follow_redirects=True)
    assert "do not ask for it again" in call.text
    assert "the battery is flat before the round is done" in call.text.lower()
    assert "Waiting for a person" not in ada.get("/calls").text


def test_an_action_answers_with_the_panels(ada: TestClient, services: CallServices) -> None:
    """Every action answers with the call as it stands: its number, and each panel whole."""
    call = begun(ada, services)
    assert act(ada, call, "consent", answer="given").json()["consent"] == "given"
    state = act(ada, call, "said", text="the battery dies before noon", who="customer", question="anything").json()
    assert state["seq"] == 2
    assert "How long is a round?" in state["panels"]["now"]
    assert "the battery dies before noon" in state["panels"]["map"]
    assert "closed" in state["panels"]["ladder"]
    assert "Take one bike with a second battery" not in json.dumps(state)
    assert ada.get(f"/calls/{call}/state").json()["panels"] == state["panels"]


def test_every_stage_of_a_call_is_shown(ada: TestClient, services: CallServices) -> None:
    """From the read-back over advice, a referral and a slip to what was agreed: the page has a place for each."""
    call = begun(ada, services)
    act(ada, call, "consent", answer="given")
    act(ada, call, "said", text="the battery dies before noon", who="customer", question="anything")
    act(ada, call, "said", text="30 km", who="customer", question="fact:round_km")
    state = act(ada, call, "tick", question="fact:assist", value="turbo", label="Turbo").json()
    state = act(ada, call, "ask", question="read_back:round_done").json()
    assert "Yes, that&#39;s it" in state["panels"]["now"]
    state = act(ada, call, "tick", question="read_back:round_done", value="yes").json()
    state = act(ada, call, "skip", question="cell:success").json()
    assert "The advice, to say aloud" in state["panels"]["now"]
    assert "side by side" in state["panels"]["ladder"]
    act(ada, call, "expect", text="faster rounds")
    act(ada, call, "refer", vendor="ochs")
    act(ada, call, "slip", text="ten percent off")
    state = act(ada, call, "tick", question="advice:ride_in_tour", value="yes").json()
    assert "Ride in tour mode" in state["panels"]["agreed"]
    assert "Ochs Transport" in state["panels"]["agreed"]
    assert "faster rounds" in state["panels"]["watch"]
    assert "A discount was offered" in state["panels"]["watch"]
    assert ada.get(f"/calls/{call}").status_code == 200


def test_a_line_is_corrected_and_taken_out(ada: TestClient, services: CallServices) -> None:
    """What was understood is put right by its line; what does not fit is refused and nothing changes."""
    call = begun(ada, services)
    act(ada, call, "consent", answer="given")
    act(ada, call, "said", text="90 km", who="customer", question="fact:round_km")
    state = act(ada, call, "correct", line="fact:round_km", value="60").json()
    assert "60 km" in state["panels"]["map"]
    refused = act(ada, call, "correct", line="fact:round_km", value="plenty")
    assert refused.status_code == 422
    assert refused.json()["about"] == "value"
    gone = act(ada, call, "correct", line="fact:round_km", remove=True).json()
    assert "How long is a round?" not in gone["panels"]["map"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"id": "", "kind": "note"}', b'{"id": "1"}', b'{"id": "\\n", "kind": "note"}']
)
def test_what_is_no_action_is_refused(ada: TestClient, services: CallServices, body: bytes) -> None:
    """A body that is no action gets a sentence that says what to send."""
    answer = ada.post(f"/calls/{begun(ada, services)}/actions", content=body)
    assert answer.status_code == 400
    assert answer.json()["do"].startswith("Send JSON")


def test_a_refused_action_says_why_and_shows_the_call(ada: TestClient, services: CallServices) -> None:
    """Before consent nothing is noted; the answer says what to do first."""
    answer = act(ada, begun(ada, services), "said", text="the battery dies", who="customer")
    assert answer.status_code == 422
    assert answer.json()["do"] == "Ask first, and mark their answer."
    assert answer.json()["state"]["seq"] == 0


def test_words_are_shown_as_words(ada: TestClient, services: CallServices) -> None:
    """Whatever is typed is text on the page and never runs."""
    call = begun(ada, services)
    act(ada, call, "consent", answer="given")
    state = act(ada, call, "said", text="<img src=x onerror=alert(1)>", who="customer").json()
    assert "<img" not in state["panels"]["log"]
    assert "&lt;img" in state["panels"]["log"]


def test_a_follower_hears_of_every_change(services: CallServices) -> None:
    """The stream tells of the call at once, of what is done in it, of who is here, and of its end by erasure."""
    held = Held(services.calls).allowed()
    followers = Followers()

    async def seq() -> int:
        return services.calls.seq(held.id)

    async def show() -> Mapping[str, Any]:
        return {"seq": services.calls.seq(held.id)}

    async def followed() -> list[str]:
        stream = events(followers, held.id, "Jo", seq, show)
        heard = [await anext(stream)]
        held.does("note", text="hello")
        followers.ring(held.id)
        heard.append(await anext(stream))
        with followers.following(held.id, "Ada"):
            heard.append(await anext(stream))
        with services.store.begin() as work:
            work.erase_conversation(held.id)
        heard.extend([line async for line in stream])
        return heard

    first, change, here, *rest = asyncio.run(followed())
    assert '"seq": 1' in first
    assert '"seq": 2' in change
    assert "Ada" in here
    assert rest[-1].startswith("event: gone")


def test_a_rep_sees_only_their_own_calls_in_the_list(app: FastAPI, ada: TestClient, services: CallServices) -> None:
    """The list holds the rep's calls, newest first, a page at a time."""
    for _ in range(17):
        Held(services.calls, rep="ada")
    Held(services.calls, rep="jo")
    page = ada.get("/calls").text
    assert page.count("row-link") == 15
    later = ada.get("/calls?before=" + page.split("/calls?before=")[1].split('"')[0].replace("&amp;", "&")).text
    assert later.count("row-link") == 2
    assert user_of(services.store, Role.REP, "ada").team == "north"
