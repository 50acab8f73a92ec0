"""The widget's API over the real desk: state, turns, corrections, feedback, past conversations, and what is refused."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.store import records
from bot.web.app import create_app
from tests.web.customer.shop import NOON, Shop
from tests.web.customer.visitor import Visitor


def lines(state: Any) -> dict[str, Any]:
    """The lines of the card by id."""
    shown = [*state["understood"]["about_you"], *(line for each in state["understood"]["concerns"] for line in each["lines"])]
    return {line["id"]: line for line in shown}


def test_a_new_visitor_finds_an_empty_talk(visitor: Visitor) -> None:
    """Before the first message there is a state: the first stage, nothing understood, nobody asked about notes."""
    state = visitor.get("state")
    assert (state["turns"], state["last_seq"], state["promises"], state["promises_ics"]) == ([], 0, [], None)
    assert [one["state"] for one in state["progress"]] == ["now", *["next"] * 5]
    assert state["consent"] == {"notes": "unasked", "privacy_url": "/privacy"}


def test_a_message_is_answered_with_its_turn_and_the_state(visitor: Visitor) -> None:
    """The turn holds what was said and the reply; the card holds what was understood, with the words it came from."""
    state = visitor.says("the bikes run flat before noon")
    turn = state["turns"][-1]
    assert (turn["seq"], turn["said"], turn["view"]["kind"]) == (1, "the bikes run flat before noon", "question")
    assert turn["view"]["why"] == "/asks_why_asked"
    assert lines(state)["concern:0:problem"]["quote"] == "the bikes run flat before noon"
    assert state["consent"]["notes"] == "asked"


def test_the_same_message_id_counts_once(visitor: Visitor) -> None:
    """A message sent again is answered with the turn it had."""
    first = visitor.post("messages", {"text": "always turbo", "message_id": "one"}).json()
    again = visitor.post("messages", {"text": "always turbo", "message_id": "one"}).json()
    assert first["turns"] == again["turns"]
    assert again["last_seq"] == 1


def test_a_press_is_kept_in_the_words_of_the_button(visitor: Visitor) -> None:
    """A reply pressed, also an older one, and one on a card stand in the talk as they were read; what is typed stays as it is."""
    state = visitor.advised()
    kept = visitor.get("turns")["turns"]
    assert "Yes, that's it" in [turn["said"] for turn in kept]
    options = state["turns"][-1]["view"]["options"]
    reuse = next(one for one in options if one["rung"] == "reuse")
    visitor.says(reuse["why_not"], options[0]["accept"], "Ana, 0151 2345")
    said = [turn["said"] for turn in visitor.get("turns")["turns"][len(kept) :]]
    assert said == [f"Why not “{reuse['title']}”?", "I choose “Ride in tour mode”", "Ana, 0151 2345"]
    visitor.says("/allows_recording", '/choose{"question": "fact:assist", "value": "eco"}')
    assert [turn["said"] for turn in visitor.get("turns")["turns"][-2:]] == ["You may keep notes", "Eco"]


def test_the_stages_follow_the_talk(visitor: Visitor) -> None:
    """From understanding over the read-back to the advice and the promise, exactly one stage is now."""
    state = visitor.advised()
    assert [one["id"] for one in state["progress"] if one["state"] == "now"] == ["advise"]
    state = visitor.says("/accepts")
    assert state["turns"][-1]["view"] == {"kind": "promises"}
    assert [one["id"] for one in state["progress"] if one["state"] == "now"] == ["check"]


def test_advice_compares_the_rungs(visitor: Visitor) -> None:
    """The advised option comes first with its reason; each other rung at most once, with why not; marks are 1 to 5."""
    state = visitor.advised()
    view = state["turns"][-1]["view"]
    first, *others = view["options"]
    assert first["standing"] == "advised"
    assert first["accept"] == '/accepts{"value": "ride_in_tour"}'
    assert first["why_not"] is None
    assert first["outcome"]
    assert first["cost"]
    assert first["time"]
    assert first["reason"]
    rungs = [option["rung"] for option in view["options"]]
    assert len(set(rungs)) == len(rungs)
    assert "nothing" not in rungs
    assert view["doing_nothing"]
    assert all(option["standing"] in ("possible", "ruled_out") and option["why_not"] for option in others)
    assert all(1 <= mark <= 5 for option in view["options"] for mark in option["attributes"].values())
    buy = next(option for option in others if option["rung"] == "buy")
    assert buy["accept"] is None


def test_an_option_can_be_asked_about_and_taken(visitor: Visitor) -> None:
    """ "Why not" is answered; a yes to another possible way arranges that one."""
    view = visitor.advised("something is always broken")["turns"][-1]["view"]
    other = next(option for option in view["options"] if option["standing"] == "possible" and option["accept"])
    state = visitor.says(other["why_not"])
    assert state["turns"][-1]["messages"][0]["text"]
    state = visitor.says(other["accept"])
    with_dossier = visitor.http.app.state.backend.desk.store.read  # type: ignore[attr-defined]
    with with_dossier() as work:
        stored = work.conversations.require(visitor.sender).state
    assert stored["concerns"][0]["accepted"] == other["remedy"]


def test_old_advice_can_no_longer_be_accepted(visitor: Visitor) -> None:
    """Once the talk has moved on, the cards of earlier advice offer no yes."""
    visitor.advised()
    visitor.says("/accepts", "Ana, 0151 2345")
    old = [turn for turn in visitor.get("turns?after=0")["turns"] if (turn["view"] or {}).get("kind") == "advice"][-1]
    assert all(option["accept"] is None for option in old["view"]["options"])


def test_promises_have_a_timeline_and_a_calendar(visitor: Visitor) -> None:
    """Who does what by when, our check-in with it, and the same as a calendar file any program reads."""
    from icalendar import Calendar

    visitor.advised()
    state = visitor.says("/accepts", "Ana, 0151 2345")
    assert state["promises"]
    assert state["promises"] == sorted(state["promises"], key=lambda one: one["due"])
    assert {"promise"} <= {one["kind"] for one in state["promises"]} <= {"promise", "check_in", "step"}
    answer = visitor.http.get(state["promises_ics"])
    assert answer.headers["content-type"].startswith("text/calendar")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert len(events) == len(state["promises"])
    assert visitor.http.get("/chat/promises/forged.ics").status_code == 404


def test_a_corrected_line_is_a_turn_of_its_own(visitor: Visitor) -> None:
    """It is said in words by the customer, said back by the assistant, stored, and counts once."""
    visitor.says("the bikes run flat before noon", "always turbo")
    body = {"line": "fact:assist", "value": "Eco", "message_id": "correction"}
    state = visitor.post("understood", body).json()
    again = visitor.post("understood", body).json()
    turn = state["turns"][-1]
    assert "Which assistance" in turn["said"]
    assert "Eco" in turn["said"]
    assert "Eco" in turn["messages"][0]["text"]
    assert lines(state)["fact:assist"]["value"] == "Eco"
    assert again["last_seq"] == state["last_seq"]
    assert again["turns"] == state["turns"]


def test_a_line_can_be_taken_out_and_a_wrong_value_is_refused(visitor: Visitor) -> None:
    """Null takes the line out; a value that does not fit is a 422 that says what to write, and nothing changes."""
    state = visitor.says("the bikes run flat before noon", "always turbo")
    refused = visitor.post("understood", {"line": "fact:assist", "value": "warp", "message_id": "x1"})
    assert refused.status_code == 422
    assert "Choose one of these" in refused.json()["do"]
    assert visitor.get("state")["last_seq"] == state["last_seq"]
    assert "fact:assist" not in lines(visitor.corrects("fact:assist", None))


@pytest.fixture
def referred(visitor: Visitor) -> Visitor:
    """Somebody to whom the introduction to another vendor has been shown."""
    state = visitor.says("a motor scooter, please", "/accepts", "Ana, 0151 2345")
    assert state["turns"][-1]["view"]["kind"] == "referral", state["turns"][-1]
    return visitor


def test_an_introduction_is_edited_before_it_is_shared(referred: Visitor, shop: Shop) -> None:
    """The customer's own words are shown again, then shared after the yes exactly as edited."""
    view = referred.get("state")["turns"][-1]["view"]
    assert view["vendor"] == "Alpine Bikes"
    assert view["introduction"]
    assert view["editable"]
    mine = "Dear Ida, please only call me after six.\nWe have forty parcels of 80 kg a day."
    state = referred.corrects(view["line"], mine)
    assert state["turns"][-1]["view"]["introduction"] == mine
    assert mine in "\n".join(message["text"] for message in state["turns"][-1]["messages"])
    referred.says(view["yes"])
    with shop.desk.store_of(referred.sender).read() as work:
        shared = work.referrals.of_conversation(referred.sender)[-1]
    assert shared.consent is records.Consent.GIVEN
    assert shared.shared is not None
    assert shared.shared["introduction"] == mine == shared.introduction


def test_turns_are_loaded_bit_by_bit(visitor: Visitor) -> None:
    """A long conversation comes in pieces, forwards and backwards, without a gap."""
    visitor.says(*["always turbo"] * 7)
    newest = visitor.get("state?limit=3")
    assert [turn["seq"] for turn in newest["turns"]] == [5, 6, 7]
    assert newest["earlier"]
    before = visitor.get("turns?before=5&limit=3")
    assert [turn["seq"] for turn in before["turns"]] == [2, 3, 4]
    assert before["more"]
    assert visitor.get("turns?before=2&limit=3")["more"] is False
    after = visitor.get("turns?after=2&limit=3")
    assert [turn["seq"] for turn in after["turns"]] == [3, 4, 5]
    assert after["more"]


def test_feedback_is_kept_once_and_the_last_counts(visitor: Visitor, shop: Shop) -> None:
    """An opinion on a reply is stored with it; the same again is not stored twice; an unknown turn is refused."""
    visitor.says("the bikes run flat before noon")
    for rating, text in ((1, ""), (1, ""), (-1, "too quick")):
        assert visitor.post("feedback", {"seq": 1, "rating": rating, "text": text}).status_code == 204
    with shop.desk.store_of(visitor.sender).read() as work:
        kept = [(one.seq, one.rating, one.text, one.by) for one in work.feedback.of_conversation(visitor.sender)]
    assert kept == [(1, 1, "", "customer"), (1, -1, "too quick", "customer")]
    assert visitor.post("feedback", {"seq": 9, "rating": 1}).status_code == 404


def test_a_signed_customer_finds_past_conversations(http: TestClient, shop: Shop) -> None:
    """With a token the records of the customer are known at once and earlier talks can be gone on with; strangers have none."""
    with shop.store.begin() as work:
        customer = work.customers.add(records.Customer(external_id="K-1", name="Kurier Kollektiv", contact="kk@x.example"))
        work.assets.upsert(records.Asset(customer_id=customer.id, model="C-1", product_id="c1", quantity=4))
    token = shop.sign("K-1", "customer")
    first = Visitor.begun(http, customer_token=token)
    assert any(line["value"].startswith("4 × C-1") for line in first.get("state")["understood"]["about_you"])
    first.says("the bikes run flat before noon")
    second = Visitor.begun(http, customer_token=token)
    past = second.get("conversations")["conversations"]
    assert [(one["sender"], one["about"]) for one in past] == [(first.sender, lines_title(first))]
    resumed = Visitor(http, past[0]["session"], past[0]["sender"])
    assert resumed.get("state")["last_seq"] == 1
    assert Visitor.begun(http).get("conversations") == {"conversations": []}


def lines_title(visitor: Visitor) -> str:
    """The title of the first concern."""
    return str(visitor.get("state")["understood"]["concerns"][0]["title"])


def test_the_page_looked_at_is_evidence_said_plainly(http: TestClient) -> None:
    """A page that says which product it is about is named in the reply and stands on the card; a title alone is no topic."""
    told = Visitor.begun(http)
    state = told.says(
        "the bikes run flat before noon", page={"title": "The LR-2", "url": "https://shop.example/lr2", "topic": "LR-2"}
    )
    assert "You were looking at LR-2 on our site." in state["turns"][-1]["messages"][0]["text"]
    assert lines(state)["page"]["value"] == "The LR-2"
    silent = Visitor.begun(http)
    state = silent.says("the bikes run flat before noon", page={"title": "The LR-2"})
    assert "looking at" not in str(state["turns"])
    assert "page" not in lines(state)


def test_a_page_taken_out_stays_out(http: TestClient) -> None:
    """The page is a line of the card like any other: once out, the same page does not come back with the next message."""
    visitor = Visitor.begun(http)
    page = {"title": "The LR-2", "topic": "LR-2"}
    visitor.says("the bikes run flat before noon", page=page)
    assert "page" not in lines(visitor.corrects("page", None))
    assert "page" not in lines(visitor.says("always turbo", page=page))
    assert lines(visitor.says("always turbo", page={"title": "Trailers", "topic": "T-1"}))["page"]["value"] == "Trailers"


def test_words_too_long_to_send_are_refused_whole(referred: Visitor) -> None:
    """An introduction that would be cut on its way is refused with what to do, never shortened in silence."""
    answer = referred.post("understood", {"line": "introduction:not_ours:scooters", "value": '"\n' * 600, "message_id": "long"})
    assert answer.status_code == 422
    assert "Shorten" in answer.json()["do"]


def test_a_hand_over_says_when_somebody_answers(visitor: Visitor, shop: Shop) -> None:
    """In opening hours how long it takes; outside them when we open, and what is written then reaches the person too."""
    state = visitor.says("the bikes run flat before noon", "a person please", "Ana, 0151 2345")
    view = state["turns"][-1]["view"]
    assert (view["kind"], view["staffed"], view["opens"]) == ("hand_over", True, None)
    assert "10 minutes" in view["wait"]
    shop.clock.now = datetime(2025, 5, 18, 3, tzinfo=timezone.utc)
    try:
        late = Visitor.begun(visitor.http)
        state = late.says("the bikes run flat before noon", "a person please", "Ana, 0151 2345")
        view = state["turns"][-1]["view"]
        assert (view["staffed"], view["wait"], state["staffed"]) == (False, None, False)
        assert "09:00" in view["opens"]
        late.says("please ring the back door")
        with shop.desk.store_of(late.sender).read() as work:
            waiting = work.hand_overs.of_conversation(late.sender)[-1]
        assert "please ring the back door" in str(waiting.dossier)
    finally:
        shop.clock.now = NOON


def test_refused_notes_and_erasure_leave_a_reply(visitor: Visitor) -> None:
    """When notes are refused the talk goes on in memory; when all is erased the last reply is still shown, and nothing else."""
    visitor.says("the bikes run flat before noon")
    state = visitor.says("keep no notes")
    assert state["consent"]["notes"] == "refused"
    assert state["turns"][-1]["messages"]
    visitor.says("delete my data")
    state = visitor.says("/affirms")
    assert state["turns"][-1]["messages"][0]["text"]
    assert state["turns"][-1]["seq"] == 0
    assert state["last_seq"] == 0
    assert state["understood"]["concerns"] == []


def test_a_stream_tells_every_tab(visitor: Visitor, shop: Shop) -> None:
    """A turn taken by one tab is told to another that listens, with the state."""
    from bot.web.customer.events import Watch, stream

    async def listened() -> str:
        watch = Watch(shop.customer)

        async def since(seq: int) -> Any:
            return shop.customer.state(visitor.sender, after=seq)

        found = stream(watch, visitor.sender, 0, since)
        assert "ping" in await anext(found)
        waiting = asyncio.ensure_future(anext(found))
        await asyncio.to_thread(visitor.says, "the bikes run flat before noon")
        watch.told(visitor.sender)
        told = await asyncio.wait_for(waiting, 10)
        await found.aclose()
        return str(told)

    told = asyncio.run(listened())
    assert told.startswith("event: turn\ndata: ")
    assert "the bikes run flat before noon" in told


def test_the_configuration_is_open_to_all(http: TestClient) -> None:
    """The greeting, the hours and the limits can be had without a session."""
    told = http.get("/chat/config").json()
    assert told["company"]["name"] == "Pedal Works"
    assert "Pedal Works" in told["greeting"]
    assert told["hours"] == {"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "opens": "09:00", "closes": "17:00", "zone": "UTC"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("messages", {"text": 5, "message_id": "a"}, 422),
        ("messages", {"text": "hello"}, 422),
        ("messages", {"text": "hello", "message_id": "a", "page": "x"}, 422),
        ("messages", {"text": "hello", "message_id": "a", "page": {"title": ["x"]}}, 422),
        ("understood", {"value": "x", "message_id": "a"}, 422),
        ("understood", {"line": "fact:assist", "value": ["x"], "message_id": "a"}, 422),
        ("feedback", {"seq": 1, "rating": 5}, 422),
        ("feedback", {"seq": "1", "rating": 1}, 422),
    ],
)
def test_what_cannot_be_read_is_refused(visitor: Visitor, path: str, body: Any, status: int) -> None:
    """A refusal says what is wrong and what to do."""
    answer = visitor.post(path, body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "do"}


@pytest.mark.parametrize("path", ["state", "turns", "events", "conversations"])
def test_nothing_is_shown_without_a_session(http: TestClient, path: str) -> None:
    """No session, a forged one, or one made for another purpose: 401."""
    other = http.app.state.backend.sign("somebody", "export")  # type: ignore[attr-defined]
    for header in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {other}"}, {"Authorization": "Basic eDp5"}):
        assert http.get(f"/chat/{path}", headers=header).status_code == 401


def test_only_listed_sites_are_let_in(http: TestClient) -> None:
    """A page of a listed site may call the chat; any other gets no permission from the browser's point of view."""
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    listed = http.options("/chat/messages", headers={"Origin": "https://shop.example", **asks})
    assert listed.headers["access-control-allow-origin"] == "https://shop.example"
    for origin in ("https://evil.example", "https://shop.example.evil.example", "null", "http://shop.example"):
        other = http.options("/chat/messages", headers={"Origin": origin, **asks})
        assert "access-control-allow-origin" not in other.headers
        assert "access-control-allow-origin" not in http.get("/chat/config", headers={"Origin": origin}).headers


def test_a_forged_customer_token_is_refused(http: TestClient) -> None:
    """Nobody becomes a customer by guessing."""
    assert http.post("/chat/session", json={"customer_token": "K-1"}).status_code == 401


def test_every_web_app_has_its_own_watch(shop: Shop) -> None:
    """Two apps over one shop do not share open streams."""
    assert create_app(shop).state.watch is not create_app(shop).state.watch
