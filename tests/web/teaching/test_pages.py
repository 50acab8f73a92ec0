"""Correcting and teaching over HTTP: every step from a wrong turn to a model in force, and everything that can be refused."""

from __future__ import annotations

import re
import time

import pytest
from fastapi.testclient import TestClient

from bot.store.models import TRAINING, RunState
from tests.web.fake import FakeServices

TURN = "/review/correct/2/chat"
QUEUE = {"seen": "0", "act0": "reports_problem", "problem": "long_queue", "problem_words": "my people stand around for ages"}


def settled(fake: FakeServices) -> None:
    """Wait until no run is under way."""
    deadline = time.monotonic() + 20
    while any(run.state is RunState.RUNNING for run in fake.teacher.runs(TRAINING)) and time.monotonic() < deadline:
        time.sleep(0.02)


def proposal_ids(page: str) -> list[str]:
    """The numbers of the proposals on a page."""
    return list(dict.fromkeys(re.findall(r'action="/review/proposals/(\d+)"', page)))


def test_the_turn_is_shown_masked_with_what_was_understood(trainer: TestClient) -> None:
    """A trainer sees the message, how it was understood and every field; names and numbers are masked."""
    page = trainer.get("/review/correct/4/chat").text
    assert "nobody ever cleans it" in page
    assert "0171" not in page
    assert "When is it slow" in page
    assert "40 % sure" in page


def test_a_correction_is_kept_and_proposes(trainer: TestClient, fake: FakeServices) -> None:
    """What is saved stands on the page with its author, and its proposals wait with their diffs."""
    page = trainer.post(TURN, data=QUEUE).text
    assert "What this correction proposes" in page
    assert "<strong>Tara</strong>" in page
    assert "my people stand around for ages]" in page
    assert len(proposal_ids(page)) == 3
    with fake.store.read() as work:
        assert "turn corrected" in {line.action for line in work.audit.page()}


def test_accepting_changes_data_catalogue_and_tests(trainer: TestClient, fake: FakeServices) -> None:
    """Accepted one by one or all at once, proposals reach their files; taken back, they leave them."""
    catalogue = fake.settings.catalogue / "catalogue.yml"
    before = catalogue.read_bytes()
    first, *others = proposal_ids(trainer.post(TURN, data=QUEUE).text)
    trainer.post(f"/review/proposals/{first}", data={"decision": "accept"})
    trainer.post("/review/proposals/all", data={"id": others})
    learnt = fake.settings.data_dir / "learnt"
    assert (learnt / "nlu" / "learnt.yml").is_file()
    assert (learnt / "conversations" / "learnt.yml").is_file()
    assert b"my people stand around for ages" in catalogue.read_bytes()
    assert "accepted by Tara" in trainer.get("/review/proposals?state=accepted").text
    trainer.post("/review/undo/2/chat", data={"seen": "1"})
    assert catalogue.read_bytes() == before
    assert not (learnt / "nlu" / "learnt.yml").exists()


def test_refused_and_reconsidered(trainer: TestClient) -> None:
    """A refused proposal is listed as such and can wait again."""
    first = proposal_ids(trainer.post(TURN, data=QUEUE).text)[0]
    trainer.post(f"/review/proposals/{first}", data={"decision": "refuse"})
    assert f'id="p{first}"' in trainer.get("/review/proposals?state=refused").text
    trainer.post(f"/review/proposals/{first}", data={"decision": "reconsider"})
    assert f'id="p{first}"' in trainer.get("/review/proposals").text
    assert trainer.post(f"/review/proposals/{first}", data={"decision": "dance"}).status_code == 422
    assert trainer.post("/review/proposals/999", data={"decision": "accept"}).status_code == 404


def test_the_second_trainer_sees_the_first_and_loses_nothing(trainer: TestClient, colleague: TestClient) -> None:
    """Who saves over somebody else's correction is shown it, with their own text still in the form, and may then save."""
    trainer.post(TURN, data=QUEUE)
    answer = colleague.post(TURN, data={"seen": "0", "note": "I think it is about chalk", "cause": "chalky"})
    assert answer.status_code == 409
    assert "Tara corrected this turn while you were writing" in answer.text
    assert "I think it is about chalk" in answer.text
    assert 'name="seen" value="1"' in answer.text
    assert colleague.post(TURN, data={"seen": "1", "note": "I think it is about chalk"}).status_code == 200
    assert colleague.post("/review/undo/2/chat", data={"seen": "1"}).status_code == 409


def test_what_is_wrong_is_told_beside_its_field(trainer: TestClient) -> None:
    """Words that were not said are refused beside the field, and everything typed is still there."""
    answer = trainer.post(TURN, data={**QUEUE, "reason": "because of the moon", "note": "keep me"})
    assert answer.status_code == 422
    assert "The message does not say “because of the moon”" in answer.text
    assert "keep me" in answer.text
    assert trainer.get("/review/correct/99/chat").status_code == 404
    assert trainer.get("/review/correct/1/nobody").status_code == 404


def test_a_conversation_whose_name_has_a_slash(trainer: TestClient) -> None:
    """Ids come from outside; one with a slash in it is corrected like any other."""
    page = trainer.post("/review/correct/1/other%2Fchat", data={"seen": "0", "act0": "complains"}).text
    assert "What this correction proposes" in page


def test_train_watch_and_put_in_force(trainer: TestClient, fake: FakeServices) -> None:
    """A training is begun, watched, and its model put in force with one press; another press puts the old one back."""
    fake.answering.gate.clear()
    page = trainer.post("/review/training").text
    run = re.search(r'data-run="(\d+)"', page)
    assert run is not None
    assert trainer.get(f"/review/runs/{run[1]}").json()["state"] == "running"
    assert trainer.post("/review/training").status_code == 409
    fake.answering.gate.set()
    settled(fake)
    assert "advisor-made1.tar.gz" in trainer.get("/review/models").text
    assert trainer.post("/review/models/advisor-made1.tar.gz/promote", data={"why": "knows queues"}).status_code == 200
    assert fake.answering.model == "advisor-made1.tar.gz"
    page = trainer.get("/review/models").text
    assert "knows queues" in page
    assert 'action="/review/models/advisor-first.tar.gz/promote"' in page
    trainer.post("/review/models/advisor-first.tar.gz/promote", data={"looked": "yes"})
    assert fake.answering.model == "advisor-first.tar.gz"


def test_a_training_is_stopped(trainer: TestClient, fake: FakeServices) -> None:
    """Stopped, a training says who stopped it."""
    fake.answering.gate.clear()
    run = re.search(r'data-run="(\d+)"', trainer.post("/review/training").text)
    assert run is not None
    assert "Stopped by Tara" in trainer.post(f"/review/runs/{run[1]}/stop").text
    fake.answering.gate.set()
    assert trainer.post("/review/runs/999/stop").status_code == 404


def test_a_model_that_breaks_tests_is_looked_at_first(trainer: TestClient, fake: FakeServices) -> None:
    """A model under which a conversation test fails that passed before is put in force only by who says to have looked."""
    broken = {"name": "the spa towels", "trade": "laundry", "at": "exactly", "wrong": ["move: expected advise"]}
    figures = {
        "macro_f1": 0.81,
        "accuracy": 0.8,
        "calibration_error": 0.04,
        "kept_out": 0.9,
        "several": 0.6,
        "by_act": {"greet": [0.9, 12]},
    }
    fake.answering.scores = {
        "against": "advisor-first.tar.gz",
        "tests": {"tests": 80, "old": 80, "new": 79, "broken": [broken], "mended": [], "failing": []},
        "voices": {"messages": 12, "voices": 3, "old": figures, "new": figures, "changed": []},
        "replay": {"conversations": 2, "turns": 5, "changed": []},
    }
    trainer.post("/review/training")
    settled(fake)
    page = trainer.get("/review/models/advisor-made1.tar.gz").text
    assert "the spa towels" in page
    assert "move: expected advise" in page
    assert trainer.post("/review/models/advisor-made1.tar.gz/promote").status_code == 422
    assert fake.answering.model == "advisor-first.tar.gz"
    trainer.post("/review/models/advisor-made1.tar.gz/promote", data={"looked": "yes"})
    assert fake.answering.model == "advisor-made1.tar.gz"
    assert trainer.get("/review/models/nothing").status_code == 404


def test_a_replay_is_shown_side_by_side(trainer: TestClient, fake: FakeServices) -> None:
    """Whose advice would change stands there with the customer's masked words, the move before and the move then."""
    was = {"kind": "advise", "asks": "advice", "remedy": "larger_machine", "problem": "long_queue"}
    now = {"kind": "advise", "asks": "advice", "remedy": "descale", "problem": "long_queue"}
    step = {"seq": 4, "was": was, "now": now}
    one = {"conversation": "chat", "steps": [step], "advised": "larger_machine", "would_advise": "descale", "advice_changed": True}
    gone = {**one, "conversation": "erased"}
    fake.answering.results = {"conversations": 2, "turns": 8, "changed": [one, gone]}
    trainer.post("/review/replay", data={"limit": "50"})
    deadline = time.monotonic() + 10
    while "2 of 2 conversations" not in (page := trainer.get("/review/replay").text) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "A Quattro in place of the Duo" in page
    assert "Descale the machine" in page
    assert "nobody ever cleans it" in page
    assert "5554443" not in page
    assert "erased since" in page
    assert trainer.post("/review/replay", data={"model": "nothing"}).status_code == 404


def test_evidence_is_shown_set_aside_and_taken_back(trainer: TestClient, fake: FakeServices) -> None:
    """Counts stand beside what the author wrote; set aside with a reason they show it, and can count again."""
    with fake.store.begin() as work:
        for worked in (True, False, False):
            work.outcomes.add("shop", "descale", "chalky", worked)
    assert "<strong>1</strong> worked, <strong>2</strong> did not" in trainer.get("/review/evidence").text
    told = {"remedy": "descale", "cause": "chalky", "action": "set aside"}
    answer = trainer.post("/review/evidence", data=told)
    assert answer.status_code == 422
    assert "Write why" in answer.text
    assert "by Tara: the fitter was ill" in trainer.post("/review/evidence", data={**told, "why": "the fitter was ill"}).text
    assert "set aside</span>" not in trainer.post("/review/evidence", data={**told, "action": "take back"}).text


def test_suggestions_are_made_and_acted_on(trainer: TestClient, fake: FakeServices) -> None:
    """Messages that say the same are corrected together; what they propose waits."""
    trainer.post("/review/suggestions")
    fake.suggester.wait(60)
    page = trainer.get("/review/suggestions").text
    assert "correct them together" in page
    assert 'value="1:other/chat"' in page
    answer = trainer.post(
        "/review/suggestions/together",
        data={"turn": ["2:chat", "1:other/chat", "x"], "act": "reports_problem", "problem": "long_queue"},
    )
    assert "2 messages corrected" in answer.text
    assert len(proposal_ids(trainer.get("/review/proposals").text)) >= 4


def test_suggestions_forget_what_was_erased(trainer: TestClient, fake: FakeServices) -> None:
    """After a conversation is erased no suggestion quotes it any more."""
    fake.suggester.begin()
    fake.suggester.wait(60)
    assert "1:other/chat" in trainer.get("/review/suggestions").text
    with fake.store.begin() as work:
        work.erase_conversation("other/chat")
    assert "other/chat" not in trainer.get("/review/suggestions").text


@pytest.mark.parametrize("page", ["proposals", "suggestions", "training", "models", "replay", "evidence"])
def test_every_page_when_nothing_is_there_yet(trainer: TestClient, page: str) -> None:
    """Every page says what to do when it has nothing to show."""
    answer = trainer.get(f"/review/{page}")
    assert answer.status_code == 200
    assert "empty" in answer.text or "Train now" in answer.text


def test_back_leads_to_this_site_only(trainer: TestClient) -> None:
    """A form that names another site to go back to is led to the list instead."""
    first = proposal_ids(trainer.post(TURN, data=QUEUE).text)[0]
    answer = trainer.post(
        f"/review/proposals/{first}", data={"decision": "refuse", "back": "https://evil.example/"}, follow_redirects=False
    )
    assert answer.headers["location"] == "/review/proposals"
