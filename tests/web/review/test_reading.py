"""Reading over HTTP: the transcript with its reasons, how things stood, lazy loading, and the veil over personal data."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.advice.catalogue import Catalogue
from bot.advice.moves import MoveKind
from bot.store.access import Role
from bot.store.records import Turn
from bot.web.review.because import because
from bot.web.review.names import Names
from bot.web.review.panels import _ROOM, Panel, add_turn_panel
from bot.web.review.veil import veil_over
from tests.web.fake import COMPANY, FakeServices
from tests.web.review.talks import CUSTOMER, LAUNDRY, dossier, long_talk

HTML = {"accept": "text/html"}
LAUNDRY_PAGE = "/review/read/laundry%2F1%20%3F%26"
PERSONAL = ("Gruber", "Maria", "maria@post.example", "1234567", "4711")


def test_each_turn_says_what_was_understood_and_why_it_moved_so(trainer: TestClient) -> None:
    """A layman reads in words why each move was made, with intents, cells, beliefs, rivals and time beneath."""
    page = trainer.get(LAUNDRY_PAGE, headers=HTML).text
    for said in (
        "First it answered the greeting and the wish for a quote.",
        "What they want it for was not known yet, so it asked why before which.",
        "Of everything it could ask, the answer to this was worth most.",
        "A purchase could not have been proposed here: still missing the need read back and confirmed",
        "asks least of the customer, with a chance of 86% of serving the need.",
        "wants product",
        "93 %",
        "What was asked for",
        "could lead to towel programme, w30",
        "Took 12 ms",
        "0.198",
    ):
        assert said in page, said
    assert 'aria-label="wrong programme 91 percent, before 55"' in page
    assert "Heavy soil" in page, "a button pressed is shown with its words"


def test_how_things_stood_at_any_turn(trainer: TestClient) -> None:
    """Need map and ladder are shown as they were then."""
    first = trainer.get(LAUNDRY_PAGE.replace("read", "standing") + "?turn=1").text
    assert "two more 30 kg washers" in first
    assert "Ladder" not in first
    third = trainer.get(LAUNDRY_PAGE.replace("read", "standing") + "?turn=3").text
    assert "read back and confirmed" in third
    assert re.search(r'class="chosen"><b>Use it better</b>', third)
    assert "something that asks less serves well enough" in third.lower()


def test_a_link_to_a_message_opens_there(trainer: TestClient) -> None:
    """A deep link shows that turn and how things stood at it."""
    page = trainer.get(LAUNDRY_PAGE + "?turn=2", headers=HTML).text
    assert 'id="t2"' in page
    assert "turn 2 of 3" in page
    assert trainer.get(LAUNDRY_PAGE + "?turn=999", headers=HTML).status_code == 200


def test_a_long_conversation_loads_piece_by_piece(trainer: TestClient, services: FakeServices) -> None:
    """The page holds the first turns; following its links gives every turn once, the last one too."""
    long_talk(services.store, "long", 95)
    page = trainer.get("/review/read/long", headers=HTML).text
    seen = re.findall(r'id="t(\d+)"', page)
    while further := re.search(r'data-after="(\d+)"', page):
        page = trainer.get(f"/review/turns/long?after={further[1]}").text
        seen += re.findall(r'id="t(\d+)"', page)
    assert seen == [str(number) for number in range(1, 96)]
    assert 'id="t60"' in trainer.get("/review/read/long?turn=60", headers=HTML).text


def test_next_and_previous_follow_the_list(trainer: TestClient) -> None:
    """The steps go through the list that was open, with its filters."""
    page = trainer.get(LAUNDRY_PAGE + "?channel=widget", headers=HTML).text
    assert 'rel="prev" href="/review/read/short?channel=widget"' in page


def test_personal_data_is_masked_until_revealed_and_that_is_logged(
    trainer: TestClient, signed_in: Any, services: FakeServices
) -> None:
    """Nothing personal is on the page, in a piece of it or in how things stood; after revealing it is, for that person only."""
    paths = [LAUNDRY_PAGE, LAUNDRY_PAGE.replace("read", "turns"), LAUNDRY_PAGE.replace("read", "standing") + "?turn=1"]
    for path in paths:
        text = trainer.get(path, headers=HTML).text
        assert not [one for one in PERSONAL if one in text], path
    assert "[phone]" in trainer.get(LAUNDRY_PAGE, headers=HTML).text
    answer = trainer.post(LAUNDRY_PAGE.replace("read", "reveal"), data={"reason": "to call back"}, headers=HTML)
    assert "Maria Gruber here" in answer.text
    assert "Maria Gruber" not in signed_in(Role.TRAINER, "tom").get(LAUNDRY_PAGE, headers=HTML).text
    with services.store.read() as work:
        line = work.audit.page()[0]
    assert (line.action, line.subject) == ("personal data revealed", "laundry/1 ?&")


def test_notes_are_taken_on_the_page_and_by_script(trainer: TestClient) -> None:
    """Tag, flag, done work as forms and as JSON; what cannot be done is said."""
    note = LAUNDRY_PAGE.replace("read", "note")
    stands = trainer.post(note, data={"action": "tag", "value": "Towels"}, headers={"accept": "application/json"}).json()
    assert stands == {"state": "new", "reviewer": "", "tags": ["towels"], "flags": []}
    stands = trainer.post(note, data={"action": "flag", "seq": "2"}, headers={"accept": "application/json"}).json()
    assert stands["flags"] == [2]
    page = trainer.post(note, data={"action": "done", "back": "channel=widget"}, headers=HTML)
    assert str(page.url).endswith("?channel=widget")
    assert "Reviewer: tina" in page.text
    assert trainer.post(note, data={"action": "tag", "value": ""}).status_code == 422
    assert trainer.post("/review/note/nobody", data={"action": "done"}).status_code == 404


def test_a_conversation_that_is_gone_is_said_to_be(trainer: TestClient) -> None:
    """An erased conversation has a clear page of its own."""
    answer = trainer.get("/review/read/gone", headers=HTML)
    assert answer.status_code == 404
    assert "erased" in answer.text


def test_other_parts_of_the_room_hang_their_panels_under_turns(trainer: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A panel gets the turns being read and is shown under those it has values for."""
    monkeypatch.setattr(_ROOM, "turn_panels", [])
    add_turn_panel(Panel("review/parts.html", lambda work, read: {read.turns[0].seq: {"a": 1}}))
    assert trainer.get(LAUNDRY_PAGE, headers=HTML).status_code == 200


@pytest.mark.parametrize("kind", MoveKind)
def test_every_move_has_its_reason_in_words(kind: MoveKind) -> None:
    """No move, however bare, is left without a sentence, and none shows a code."""
    said = because({"kind": kind.value}, {}, Names(Catalogue(COMPANY, {}, {}, {}, {}, {})))
    assert said
    assert not [sentence for sentence in said if "_" in sentence or "The move was" in sentence]


WORDS = st.text(st.characters(whitelist_categories=("Lu", "Ll", "Zs", "Po")), max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(before=WORDS, after=WORDS, where=st.sampled_from(["user_text", "quote", "fact", "reply", "about"]))
def test_nothing_shown_of_a_turn_holds_what_is_masked(before: str, after: str, where: str) -> None:
    """Wherever in a turn personal data stands, the veiled turn does not hold it."""
    secret = f"{before} Maria Gruber, maria@post.example, +49 30 1234567 {after}"
    turn = Turn(
        conversation_id="x",
        user_text=secret if where == "user_text" else "hello",
        heard={"told": [{"fact": "a", "quote": secret if where == "quote" else ""}]},
        dossier={**dossier({}), "facts": {"a": {"value": secret if where == "fact" else 1}}},
        move={"kind": "advise", "about": {"say": secret if where == "about" else ""}},
        message=({"text": secret if where == "reply" else "hi"},),
    )
    shown = repr(veil_over({"customer": CUSTOMER}).turn(turn))
    assert not [one for one in ("Maria Gruber", "maria@post.example", "1234567") if one in shown]


def test_a_lifted_veil_changes_nothing() -> None:
    """What was revealed is shown exactly as it was stored."""
    assert veil_over({"customer": CUSTOMER}, lifted=True).turn(LAUNDRY[0]) == LAUNDRY[0]
