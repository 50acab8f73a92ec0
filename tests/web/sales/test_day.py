"""The rep's day: what is seen, by whom, and what recording it does."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from bot.store.access import Role
from bot.store.records import ExpectationState, HandOverState, PromiseState
from tests.web.access.people import client_of, user_of
from tests.web.fake import FakeServices
from tests.web.sales.conftest import Affair, affair


@pytest.fixture
def spa(fake: FakeServices) -> Affair:
    """A customer whom ada keeps, of the northern team."""
    ada = user_of(fake.store, Role.REP, "ada", team="north")
    with fake.store.begin() as work:
        return affair(work, fake.catalogue, "Spa", ada)


def test_the_day_shows_what_there_is_to_see_to(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """Who waits, what is late with what was expected, what did not arrive, and what was learned stand on one page."""
    page = client_of(app, fake, Role.REP, "ada").get("/day").text
    for said in (
        "Spa Hotel",
        "Asked for a person.",
        '<blockquote class="said-words">we run out of clean towels by noon',
        "3 days late",
        "Show Spa&#39;s team the towel programme",
        "They expected: “a full shelf at noon”",
        "“louder than before”",
        "Is the shelf full at noon?",
        "owns 3 × W-20",
        "would miss: “Spa would miss the trainer”",
    ):
        assert said in page, said


def test_others_see_only_what_is_theirs(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """The team sees each other's customers; another team neither sees them nor can do anything with them."""
    ben = client_of(app, fake, Role.REP, "ben", team="north")
    cy = client_of(app, fake, Role.REP, "cy", team="south")
    assert "Spa Hotel" in ben.get("/day").text
    assert "Spa Hotel" not in ben.get("/day?mine=1").text
    assert "Spa Hotel" not in cy.get("/day").text
    assert cy.get(f"/after/{spa.conversation}").status_code == 404
    for address, data in (
        (f"/day/promises/{spa.promise}", {"quote": "x", "kept": "yes"}),
        (f"/day/check-ins/{spa.check_in}", {"quote": "x", "worked": "yes"}),
        (f"/day/gaps/{spa.gap}", {"resolution": "x"}),
        (f"/day/hand-overs/{spa.hand_over}/take", {}),
        (f"/day/hand-overs/{spa.hand_over}/close", {}),
        (f"/after/{spa.conversation}", {"text": "x"}),
        (f"/after/{spa.conversation}/self-check", {"expects": "yes"}),
    ):
        assert cy.post(address, data=data, follow_redirects=False).status_code == 404, address


def test_a_check_in_settles_everything_at_once(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """The customer's words settle check-in, promise and expectation, and the remedy's record learns from them."""
    ada = client_of(app, fake, Role.REP, "ada")
    done = ada.post(f"/day/check-ins/{spa.check_in}", data={"quote": "shelf is full now", "worked": "yes"})
    assert "Recorded." in done.text
    with fake.store.read() as work:
        promise = work.promises.get(spa.promise)
        (expectation, _) = work.expectations.of_conversation(spa.conversation)
        counts = work.outcomes.of_catalogue("shop")
    assert (promise.state, promise.evidence) == (PromiseState.KEPT, "shelf is full now")
    assert (expectation.state, expectation.received) == (ExpectationState.MET, "shelf is full now")
    assert [(count.worked, count.failed) for count in counts] == [(1, 0)]


def test_what_did_not_arrive_becomes_a_quality_case(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """A promise not kept is broken, its expectation a gap, until somebody writes what made it good."""
    ada = client_of(app, fake, Role.REP, "ada")
    page = ada.post(f"/day/promises/{spa.promise}", data={"quote": "nobody came", "kept": "no"}).text
    assert "“nobody came”" in page
    with fake.store.read() as work:
        (expectation, _) = work.expectations.of_conversation(spa.conversation)
    ada.post(f"/day/gaps/{expectation.id}", data={"resolution": "I went myself on Friday"})
    with fake.store.read() as work:
        (expectation, _) = work.expectations.of_conversation(spa.conversation)
        assert (expectation.state, expectation.resolution) == (ExpectationState.RESOLVED, "I went myself on Friday")
        assert work.promises.get(spa.promise).state is PromiseState.BROKEN


def test_too_early_to_say_leaves_it_open(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """An answer that does not say whether it worked is kept, and the promise stays open."""
    ada = client_of(app, fake, Role.REP, "ada")
    ada.post(f"/day/check-ins/{spa.check_in}", data={"quote": "ask me in a week", "worked": "unclear"})
    with fake.store.read() as work:
        assert work.check_ins.get(spa.check_in).answer == "ask me in a week"
        assert work.promises.get(spa.promise).state is PromiseState.OPEN


def test_words_are_needed_and_never_lost(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """Without the customer's words, or with too many, the page says so beside the field and keeps what was typed."""
    ada = client_of(app, fake, Role.REP, "ada")
    refused = ada.post(f"/day/promises/{spa.promise}", data={"quote": " ", "kept": "yes"})
    assert refused.status_code == 422
    assert f'id="promise-{spa.promise}-wrong"' in refused.text
    long = "too long " * 300
    refused = ada.post(f"/day/check-ins/{spa.check_in}", data={"quote": long, "worked": "yes"})
    assert refused.status_code == 422
    assert long in refused.text
    assert ada.post(f"/day/promises/{spa.promise}", data={"quote": "fine", "kept": "maybe"}).status_code == 422


@pytest.mark.parametrize("promise", ["999999", "9" * 30])
def test_what_was_written_for_an_entry_that_is_gone_stays(app: FastAPI, fake: FakeServices, spa: Affair, promise: str) -> None:
    """An entry that was erased meanwhile, or never was, says so, and shows again what had been typed for it."""
    ada = client_of(app, fake, Role.REP, "ada")
    answer = ada.post(f"/day/promises/{promise}", data={"quote": "full at <noon>", "kept": "yes"})
    assert answer.status_code == 404
    assert "full at &lt;noon&gt;" in answer.text
    assert "no longer there" in answer.text


def test_a_waiting_customer_is_taken_by_one(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """The contact is shown once somebody took it, which is noted; whoever comes second hears who was first."""
    ada, ben = client_of(app, fake, Role.REP, "ada"), client_of(app, fake, Role.REP, "ben", team="north", full_name="Ben B")
    assert "+49 30 Spa" not in ada.get("/day").text
    assert "+49 30 Spa" in ben.post(f"/day/hand-overs/{spa.hand_over}/take").text
    second = ada.post(f"/day/hand-overs/{spa.hand_over}/take")
    assert second.status_code == 409
    assert "Ben B took it a moment ago." in second.text
    ben.post(f"/day/hand-overs/{spa.hand_over}/close")
    with fake.store.read() as work:
        assert work.hand_overs.get(spa.hand_over).state is HandOverState.CLOSED
        actions = [line.action for line in work.audit.page()]
    assert actions[:2] == ["hand-over closed", "hand-over taken, contact shown"]


def test_long_lists_come_in_pages(app: FastAPI, fake: FakeServices) -> None:
    """More than a page of entries leads on, from the last one seen, and shows each entry once."""
    with fake.store.begin() as work:
        for number in range(30):
            affair(work, fake.catalogue, f"c{number:02}")
    rep = client_of(app, fake, Role.REP, "ada")
    first = rep.get("/day").text
    link = next(part for part in first.split('href="') if part.startswith("/day/more/promises")).split('"')[0].replace("&amp;", "&")
    second = rep.get(link).text
    for number in range(30):
        assert (f"Show c{number:02}&#39;s" in first) + (f"Show c{number:02}&#39;s" in second) == 1


def test_the_measures_are_ones_own(app: FastAPI, fake: FakeServices, spa: Affair) -> None:
    """A rep sees figures of their own customers only, none of them about sales."""
    ada = client_of(app, fake, Role.REP, "ada")
    ada.post(f"/day/check-ins/{spa.check_in}", data={"quote": "it works", "worked": "yes"})
    mine = ada.get("/day/measures").text
    figures = [part.split("</strong>")[0] for part in mine.split("<strong>")[1:]]
    assert figures == ["1", "1", "1", "1", "1", "2"]
    other = client_of(app, fake, Role.REP, "cy", team="south").get("/day/measures").text
    assert [part.split("</strong>")[0] for part in other.split("<strong>")[1:]] == ["0"] * 6
