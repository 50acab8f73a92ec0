"""Scores, queues, the rubric, coaching, learning and experiments, as people in the room use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timezone
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.learning.scores import STANDARD
from bot.store import records
from bot.store.access import Role
from bot.store.calls import CallRow
from bot.store.scores import Score
from bot.web.app import create_app
from tests.web.access.people import client_of, user_of
from tests.web.fake import FakeServices

MONTH = datetime.now(timezone.utc).date().replace(day=1)


@pytest.fixture
def fake(tmp_path: Path) -> FakeServices:
    """Services whose store holds two conversations, one of them a rep's call, both scored."""
    fake = FakeServices(tmp_path)
    ada = user_of(fake.store, Role.REP, "ada")
    with fake.store.begin() as work:
        for id in ("talk-1", "talk-2"):
            held = work.conversations.start(records.Conversation(id=id, consent=records.Consent.GIVEN, catalogue_id="shop"))
            work.conversations.record(held, records.Turn(conversation_id=id, user_text="towels <b>run</b> out"))
            points = ({"criterion": "early", "share": 0.5, "why": "Named too soon.", "seq": 1, "points": 20.0, "most": 40.0},)
            facts = (("score", "20", "", 20.0), ("criterion", "early", "", 0.5))
            score = Score(
                conversation_id=id, catalogue_id="shop", month=MONTH, rubric_version=0, total=20.0, points=points, facts=facts
            )
            work.scores.add(score)
            work.learned.change((False, "shop", MONTH), (), facts)
        work.calls.start(CallRow(conversation_id="talk-2", rep=ada.name))
        facts = (("begun", "widget", "", 0.0), ("need", "on_time", "", 0.0), ("gave_up", "ask_check", "size", 0.0))
        work.learned.change((False, "shop", MONTH), (), (*facts, ("ended", "gave_up", "", 0.0), ("avoided", "fix", "clean", 900.0)))
    return fake


@pytest.fixture
def app(fake: FakeServices) -> Iterator[FastAPI]:
    """The app, running."""
    app = create_app(fake)
    with TestClient(app):
        yield app


def marks(**more: str) -> dict[str, str]:
    """A form that marks every criterion as fully met, except those named."""
    return {f"mark.{each.id}": more.get(each.id, "2") for each in STANDARD.criteria}


def test_the_overview_leads_from_the_lowest_score_to_its_explanation(app: FastAPI, fake: FakeServices) -> None:
    """The mean, each criterion and the lowest are shown; a score's page names the turn each point came from."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    page = kim.get("/review/scores").text
    assert "<strong>20</strong>" in page
    assert "Named too soon." in page
    assert "/review/scores/of/talk-1" in page
    explained = kim.get("/review/scores/of/talk-1").text
    assert "20.0 of 40.0" in explained
    assert "/review/read/talk-1?turn=1#t1" in explained


def test_the_score_stands_beside_the_conversation_that_is_read(app: FastAPI, fake: FakeServices) -> None:
    """Whoever reads a conversation sees its score, with the way to its explanation."""
    with fake.store.begin() as work:
        work.review.rebuild(work.conversations.require("talk-1"))
    page = client_of(app, fake, Role.TRAINER, "kim").get("/review/read/talk-1").text
    assert "<strong>20</strong> of 100 by the rules" in page
    assert "/review/scores/of/talk-1" in page


def test_the_second_reviewer_judges_without_seeing_the_first(app: FastAPI, fake: FakeServices) -> None:
    """Marks are hidden until one's own are given; then where they differ is shown, and can be settled once for both."""
    kim, sam = client_of(app, fake, Role.TRAINER, "kim"), client_of(app, fake, Role.TRAINER, "sam")
    assert kim.post("/review/scores/of/talk-1", data={**marks(), "note": "kim's secret view"}).status_code == 200
    before = sam.get("/review/scores/of/talk-1").text
    assert "1 other judgement will be shown" in before
    assert "secret view" not in before
    after = sam.post("/review/scores/of/talk-1", data=marks(early="0")).text
    assert "secret view" in after.replace("&#39;", "'")
    assert "Settle it" in after
    assert "No product or discount too early" in sam.get("/review/agreement").text
    settled = sam.post("/review/scores/settle/talk-1", data={"mark.early": "1", "note": "half each"}).text
    assert "Settled at" in settled
    assert ">Settled<" in kim.get("/review/agreement").text


def test_a_form_not_filled_in_says_so_and_keeps_what_was_chosen(app: FastAPI, fake: FakeServices) -> None:
    """Without a mark for every criterion nothing is stored; marks and note stand in the form again."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    told = {name: value for name, value in marks(early="1").items() if name != "mark.brevity"}
    answer = kim.post("/review/scores/of/talk-1", data={**told, "note": "not done <yet>"})
    assert answer.status_code == 422
    assert 'id="wrong-brevity">Choose a mark' in answer.text
    assert "not done &lt;yet&gt;" in answer.text
    assert re.search(r'name="mark.early" value="1" checked', answer.text)
    with fake.store.read() as work:
        assert work.judgements.of_conversation("talk-1") == ()


def test_a_queue_is_read_to_its_end(app: FastAPI, fake: FakeServices) -> None:
    """A queue made from a list hands out one conversation after another, counts them, and says when nothing is left."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    with fake.store.read() as work:
        me = work.users.by_name("kim")
    assert me is not None
    wrong = kim.post("/review/queues", data={"name": "all", "list": "", "size": "many", "twice": "0"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    with fake.store.begin() as work:
        from bot.store.score_queues import Queue

        queue = work.queues.add(Queue(name="all", by=me.id), ["talk-1", "talk-2"], [me.id], 0)
    for _ in range(2):
        reading = kim.get(f"/review/queues/{queue.id}/next")
        assert f'name="queue" value="{queue.id}"' in reading.text
        kim.post(str(reading.url.path), data={**marks(), "queue": str(queue.id)})
    assert "2 of 2 readings done" in kim.get("/review/queues").text
    assert "Nothing is left for you" in kim.get(f"/review/queues/{queue.id}/next").text


def test_a_changed_rubric_is_a_new_version(app: FastAPI, fake: FakeServices) -> None:
    """Weights change with a new version and everything is scored anew; a wrong weight is said beside it; who was late is told."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    form = {"version": "0", "note": "tone counts"}
    for each in STANDARD.criteria:
        form |= {f"{each.id}.title": each.title, f"{each.id}.help": each.help, f"{each.id}.weight": str(each.weight)}
        form |= {f"{each.id}.limit": str(each.limit)} if each.limit else {}
    wrong = kim.post("/review/rubric", data={**form, "early.weight": "heavy"})
    assert wrong.status_code == 422
    assert "Write a number from 0 to 10." in wrong.text
    assert 'value="heavy"' in wrong.text
    saved = kim.post("/review/rubric", data={**form, "early.weight": "5", "new.title": "Kind", "new.weight": "1"}).text
    assert "Version 1 is in force" in saved
    assert 'value="Kind"' in saved
    assert kim.post("/review/rubric", data=form).status_code == 409
    with fake.store.begin() as work:
        assert "talk-1" in work.learned.waiting(work.learned.place(), datetime(2100, 1, 1, tzinfo=timezone.utc), 10)[0]


def test_a_note_reaches_its_rep_only(app: FastAPI, fake: FakeServices) -> None:
    """A note on a call is on that rep's page until read; another rep never sees it, and a chat has no rep to write to."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    assert kim.post("/review/scores/note/talk-1", data={"text": "hello"}).status_code == 422
    assert kim.post("/review/scores/note/talk-2", data={"text": "x" * 5000}).status_code == 422
    kim.post("/review/scores/note/talk-2", data={"text": "Well <i>asked</i>", "seq": "1", "example": "1"})
    ada, ben = client_of(app, fake, Role.REP, "ada"), client_of(app, fake, Role.REP, "ben")
    page = ada.get("/coaching").text
    assert "Well &lt;i&gt;asked&lt;/i&gt;" in page
    assert "worth listening to" in page
    assert "Named too soon." in page
    assert "asked" not in ben.get("/coaching").text
    assert ben.post("/coaching/1/read").status_code == 404
    assert "I have read it" not in ada.post("/coaching/1/read").text
    listed = kim.get("/review/coaching").text
    assert listed.index("ada") < listed.index("ben")


@pytest.mark.parametrize("about", ["needs", "breaking", "remedies", "others", "giving-up", "promises", "avoided"])
def test_every_question_has_a_page(app: FastAPI, fake: FakeServices, about: str) -> None:
    """Each answers with bars or says that there are none, and simulated conversations are counted only when asked for."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    page = kim.get(f"/review/learn/{about}")
    assert page.status_code == 200
    assert "style=" not in page.text
    assert "0 simulated conversations" in kim.get(f"/review/learn/{about}?tests=1").text


def test_every_bar_leads_to_its_conversations(app: FastAPI, fake: FakeServices) -> None:
    """A bar's name is a link to the room's list with the filter, the trade and the months."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    page = kim.get("/review/learn/needs").text
    (link,) = re.findall(r'href="(/review\?need=on_time[^"]*)"', page)
    assert f"trade=shop&amp;from={_year_before(MONTH)}" in link
    assert kim.get(link.replace("&amp;", "&")).status_code == 200
    assert "gave_up=ask_check%3Dsize" in kim.get("/review/learn/giving-up").text


def _year_before(month: date) -> str:
    place = month.year * 12 + month.month - 1 - 11
    return date(place // 12, place % 12 + 1, 1).isoformat()


def test_odd_months_are_read_as_well_as_they_can_be(app: FastAPI, fake: FakeServices) -> None:
    """Nonsense in the address shows the last twelve months; an unknown question is not there."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    assert kim.get("/review/learn/needs?from=soon&to=2026-99").status_code == 200
    assert kim.get("/review/learn/needs?from=2030-01&to=2020-01").status_code == 200
    assert kim.get("/review/learn/profits").status_code == 404


def test_an_experiment_is_written_begun_and_ended(app: FastAPI, fake: FakeServices) -> None:
    """A wording with a hole it cannot fill is refused with what was typed; a good one runs, once on its phrase, and ends."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    form = {"title": "Warmer goodbye", "kind": "wording", "subject": "farewell", "text": "Bye, {price}.", "measure": "content"}
    wrong = kim.post("/review/experiments", data=form)
    assert wrong.status_code == 422
    assert "{price} has no value there" in wrong.text
    assert "Bye, {price}." in wrong.text
    page = kim.post("/review/experiments", data={**form, "text": "Goodbye, and thank you."})
    assert page.url.path == "/review/experiments/warmer-goodbye"
    assert "No difference has shown so far" in page.text
    assert "running" in kim.post("/review/experiments/warmer-goodbye/begin").text
    again = kim.post("/review/experiments", data={**form, "title": "Other", "text": "Bye."})
    assert kim.post(f"{again.url.path}/begin").status_code == 409
    assert "ended" in kim.post("/review/experiments/warmer-goodbye/end").text
    assert fake.taken_up == 2


def test_the_why_and_the_read_back_are_in_every_arm(app: FastAPI, fake: FakeServices) -> None:
    """No experiment may leave out what the guarantee stands on."""
    kim = client_of(app, fake, Role.TRAINER, "kim")
    for subject in ("why:more", "read_back:x", "consent"):
        form = {"title": "Quicker", "kind": "question", "subject": subject, "measure": "agreed"}
        answer = kim.post("/review/experiments", data=form)
        assert answer.status_code == 422
        assert "The why always stays." in answer.text


def test_reps_see_their_coaching_and_nothing_of_the_room(app: FastAPI, fake: FakeServices) -> None:
    """Scores, queues, learning and experiments are for trainers."""
    ada = client_of(app, fake, Role.REP, "ada")
    for address in ("scores", "queues", "agreement", "rubric", "coaching", "learn/needs", "experiments"):
        assert ada.get(f"/review/{address}").status_code == 403
    assert ada.get("/coaching").status_code == 200


def test_a_form_that_cannot_be_taken_keeps_what_was_told(app: FastAPI, fake: FakeServices) -> None:
    """Marks missing, a turn that is none, a queue without a name: each is said beside its field, and the rest stays."""
    sam = client_of(app, fake, Role.TRAINER, "sam")
    page = sam.post("/review/scores/of/talk-1", data={"mark.early": "1", "note": "half a thought"})
    assert page.status_code == 422
    assert "half a thought" in page.text
    assert 'id="wrong-why_first"' in page.text
    assert 'id="wrong-early"' not in page.text
    id = user_of(fake.store, Role.TRAINER, "sam").id
    page = sam.post("/review/queues", data={"name": " ", "list": "is=failed", "size": "12", "twice": "³³", "reviewers": id})
    assert page.status_code == 422
    assert 'id="wrong-name"' in page.text
    assert 'id="wrong-twice"' in page.text
    assert 'value="is=failed"' in page.text
    assert 'value="12"' in page.text
    assert f'value="{id}" checked' in page.text
    assert sam.post("/review/scores/of/talk-1", data={"queue": "³"}).status_code == 422
    kim = client_of(app, fake, Role.TRAINER, "kim")
    page = kim.post("/review/scores/note/talk-2", data={"text": "Well asked", "seq": "99", "example": "1"})
    assert page.status_code == 422
    assert "Well asked</textarea>" in page.text
    assert 'id="wrong-seq">Write the number of a turn, 1 to 1' in page.text


def test_the_places_of_the_room_stand_in_one_order(app: FastAPI, fake: FakeServices) -> None:
    """Whatever was imported first: conversations, what is learned, scores, experiments, teaching."""
    page = client_of(app, fake, Role.TRAINER, "kim").get("/review/queues").text.partition('aria-label="Review room"')[2]
    places = [page.index(f'href="{place}"') for place in ("/review", "/review/learn", "/review/scores", "/review/experiments")]
    assert places == sorted(places)
