"""Finding over HTTP: who may, what is listed, what an address means, and doing something with all results."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from bot.store.access import Role
from tests.web.fake import FakeServices
from tests.web.review.talks import LAUNDRY, talk

HTML = {"accept": "text/html"}
PERSONAL = ("Gruber", "Maria", "maria@post.example", "1234567", "4711")


def listed(client: TestClient, query: str = "") -> list[str]:
    """The ids on a page of the list."""
    page = client.get(f"/review?{query}", headers=HTML)
    assert page.status_code == 200, page.text[:300]
    return re.findall(r'data-id="([^"]*)"', page.text)


@pytest.mark.parametrize(("role", "status"), [(Role.REP, 403), (Role.TRAINER, 200), (Role.ADMIN, 200)])
@pytest.mark.parametrize(
    "path", ["/review", "/review/read/short", "/review/standing/short?turn=1", "/review/turns/short", "/review/export"]
)
def test_only_trainers_and_admins_come_in(signed_in: Any, role: Role, status: int, path: str) -> None:
    """A rep is refused everywhere in the room."""
    assert signed_in(role).get(path).status_code == status


def test_nobody_comes_in_without_signing_in(app: Any) -> None:
    """A browser is led to the sign-in."""
    answer = TestClient(app).get("/review", headers=HTML, follow_redirects=False)
    assert (answer.status_code, "sign-in" in answer.headers.get("location", "")) == (303, True)


def test_a_write_needs_the_sessions_token(trainer: TestClient) -> None:
    """Another website cannot tag or reveal on a trainer's behalf."""
    for path in ("/review/act", "/review/note/short", "/review/reveal/short", "/review/views"):
        assert trainer.post(path, data={"action": "done"}, headers={"X-CSRF-Token": "x"}).status_code == 403


def test_the_newest_is_first_and_simulations_are_hidden(trainer: TestClient) -> None:
    """The list is newest activity first, without simulations unless asked for."""
    assert listed(trainer) == ["short", "laundry/1 ?&amp;"]
    assert listed(trainer, "tests=1")[0] == "simulated"


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("q=towels", ["laundry/1 ?&amp;"]),
        ("q=dryer", ["short"]),
        ("q=towels+-clean&in=customer", []),
        ("is=negative", ["short"]),
        ("-is=negative", ["laundry/1 ?&amp;"]),
        ("is=failed", ["short"]),
        ("outcome=advised&rung=retrain", ["laundry/1 ?&amp;"]),
        ("-outcome=advised", ["short"]),
        ("intent=wants_product", ["laundry/1 ?&amp;"]),
        ("below=50", ["laundry/1 ?&amp;"]),
        ("turns_from=2", ["laundry/1 ?&amp;"]),
        ("from=2000-01-01&to=2001-01-01", []),
        ("version=model-a", ["laundry/1 ?&amp;"]),
        ("channel=widget&trade=laundry&face=customer&problem=few_towels&sort=unsure", ["laundry/1 ?&amp;", "short"]),
        ("sort=random&seed=0", None),
        ("share=0", ["short"]),
        ("nonsense=1&is=nonsense2", []),
    ],
)
def test_every_filter_is_in_the_address(trainer: TestClient, query: str, ids: list[str] | None) -> None:
    """A list is its address: filters combine, exclude, and can be linked to."""
    found = listed(trainer, query)
    assert found == ids if ids is not None else len(found) == 2


def test_what_cannot_be_read_is_said_beside_its_field(trainer: TestClient) -> None:
    """A wrong date or number is told of and nothing typed is lost."""
    page = trainer.get("/review?from=yesterday&below=much&q=towels", headers=HTML).text
    assert "“yesterday” is no day" in page
    assert "“much” is no number" in page
    assert 'value="towels"' in page
    assert 'value="much"' in page


def test_a_page_goes_on_where_the_last_one_ended(
    trainer: TestClient, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Following “Older” lists every conversation once."""
    monkeypatch.setattr("bot.web.review.finding.SHOWN", 2)
    for number in range(5):
        talk(services.store, f"h{number}", LAUNDRY[:2])
    for query in ("", "q=towels", "sort=unsure", "sort=random&seed=0"):
        seen: list[str] = []
        path = f"/review?{query}"
        while path:
            page = trainer.get(path, headers=HTML).text
            seen += re.findall(r'data-id="([^"]*)"', page)
            further = re.search(r'id="next-page" href="([^"]*)"', page)
            path = further[1].replace("&amp;", "&") if further else ""
        assert len(seen) == len(set(seen)) == (6 if query == "q=towels" else 7)


def test_personal_data_is_masked_in_lists_and_searches(trainer: TestClient) -> None:
    """Neither a list nor a search shows a name, a number or an address."""
    for path in ("/review", "/review?q=towels", "/review?q=washers"):
        page = trainer.get(path, headers=HTML).text
        assert not [one for one in PERSONAL if one in page], path
    assert "[name]" in page


def test_an_action_takes_all_results_not_only_the_page(
    trainer: TestClient, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tagging all results of a filter reaches those on later pages, and only those of the filter."""
    monkeypatch.setattr("bot.store.review.CHUNK", 2)
    for number in range(5):
        talk(services.store, f"g{number}", LAUNDRY[:2])
    answer = trainer.post("/review/act", data={"action": "tag", "value": "Towels", "scope": "all", "query": "q=towels"})
    assert "Tagged “towels”: 6 conversations." in answer.text
    assert len(listed(trainer, "tag=towels")) == 6
    answer = trainer.post("/review/act", data={"action": "done", "scope": "all", "query": "state=new&tag=towels"})
    assert "Marked “reviewed”: 6 conversations." in answer.text
    assert listed(trainer, "state=new") == ["short"]
    with services.store.read() as work:
        assert [line.action for line in work.audit.page()][:2] == ["review: done", "review: tag"]


def test_an_action_on_those_ticked(trainer: TestClient, signed_in: Any) -> None:
    """Only what was chosen is touched; choosing nothing is told of."""
    signed_in(Role.TRAINER, "tom")
    trainer.post("/review/act", data={"action": "assign", "value": "tom", "scope": "chosen", "chosen": ["short"]})
    assert listed(trainer, "reviewer=tom") == ["short"]
    assert "Nothing was chosen" in trainer.post("/review/act", data={"action": "flag", "scope": "chosen"}).text
    assert trainer.post("/review/act", data={"action": "explode", "scope": "all"}).status_code == 422


def test_views_are_saved_used_and_removed(trainer: TestClient, signed_in: Any) -> None:
    """A saved view is there for everybody; only its maker removes it."""
    trainer.post("/review/views", data={"name": "Bad ones", "query": "is=negative"})
    page = signed_in(Role.TRAINER, "tom").get("/review", headers=HTML).text
    assert '<a href="/review?is=negative">Bad ones</a>' in page
    assert signed_in(Role.TRAINER, "tom").post("/review/views/1/remove").status_code == 404
    assert "Bad ones" not in trainer.post("/review/views/1/remove").text
    assert trainer.post("/review/views", data={"name": " "}).status_code == 422


def test_a_random_sample_has_its_seed_in_the_address(trainer: TestClient) -> None:
    """A random order can be shared, and keeps the filters."""
    answer = trainer.get("/review/random?channel=widget", follow_redirects=False)
    assert re.fullmatch(r"/review\?channel=widget&sort=random&seed=0\.\d+", answer.headers["location"])


def test_exports_hold_all_results_masked(trainer: TestClient) -> None:
    """JSON, CSV and Rasa stories hold the turns of every result and nothing personal."""
    for format in ("json", "csv", "stories"):
        text = trainer.get(f"/review/export?format={format}&q=towels").text
        assert not [one for one in PERSONAL if one in text], format
        assert "clean towels" in text
    whole = json.loads(trainer.get("/review/export?format=json").text)["conversations"]
    assert [len(one["turns"]) for one in whole] == [1, 3]
    rows = list(csv.DictReader(io.StringIO(trainer.get("/review/export?format=csv").text)))
    assert [row["move"] for row in rows] == ["ask_check", "ask_why", "ask_check", "advise"]
    stories = yaml.safe_load(trainer.get("/review/export?format=stories").text)
    assert stories["version"] == "3.1"
    assert stories["stories"][1]["steps"][0]["intent"] == "wants_product"
    assert {"action": "action_ask_why"} in stories["stories"][1]["steps"]


def test_an_unmasked_export_is_in_the_audit_log(trainer: TestClient, services: FakeServices) -> None:
    """Who may lift the veil may export without it, and that is written down."""
    assert "Maria Gruber" in trainer.get("/review/export?format=json&unmasked=1").text
    with services.store.read() as work:
        assert work.audit.page()[0].detail == "json, unmasked"
    assert trainer.get("/review/export?format=pdf").status_code == 422


def test_every_filter_of_the_list_is_its_own(trainer: TestClient) -> None:
    """No filter the list knows by a column is also looked for among the marks."""
    from bot.store.review_filter import COLUMNS, MARKED

    assert not set(COLUMNS) & set(MARKED)
    assert "Cause: too small" in trainer.get("/review?cause=too_small", headers=HTML).text


def test_what_cannot_be_done_is_said_beside_its_field_and_nothing_typed_is_lost(trainer: TestClient) -> None:
    """A tag too long, a reviewer nobody knows, a view without a name: the list comes again with ticks and words as they were."""
    told = {"action": "tag", "value": "x" * 61, "scope": "chosen", "chosen": ["short"], "query": "q=dryer"}
    answer = trainer.post("/review/act", data=told)
    assert answer.status_code == 422
    assert 'id="wrong-value">A tag is a word or two' in answer.text
    assert f'value="{"x" * 61}"' in answer.text
    assert 'value="short" checked' in answer.text
    assert 'name="query" value="q=dryer"' in answer.text
    answer = trainer.post("/review/act", data={**told, "action": "assign", "value": "nobody"})
    assert "Nobody signs in as “nobody”" in answer.text
    assert '<option value="assign" selected>' in answer.text
    answer = trainer.post("/review/views", data={"name": "   ", "query": "is=failed"})
    assert answer.status_code == 422
    assert 'id="wrong-view"' in answer.text
    assert 'name="query" value="is=failed"' in answer.text


def test_a_filter_that_cannot_be_read_says_so_beside_itself(trainer: TestClient) -> None:
    """A number of turns that is no number is shown as it was typed, with what to write."""
    page = trainer.get("/review?turns_from=many&below=200%25").text
    assert 'value="many" aria-invalid="true" aria-describedby="wrong-turns_from"><span class="error" id="wrong-turns_from">' in page
    assert 'id="wrong-below"' in page
