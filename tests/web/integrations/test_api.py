"""The JSON API: what a token may do, what is stored, what is told."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.store.access import Role
from bot.store.calls import CallRow
from bot.store.records import Consent, Conversation, Customer, Promise
from bot.web.integrations.records import csv_of
from bot.web.integrations.tokens import SCOPES
from tests.store.conftest import Clock
from tests.web.access.people import client_of, user_of
from tests.web.fake import FakeServices
from tests.web.integrations.conftest import bearer


@pytest.fixture
def program(app: FastAPI) -> TestClient:
    """Another system, without a token yet."""
    return TestClient(app)


NEEDS = {
    ("POST", "/api/v1/calls"): "calls:write",
    ("POST", "/api/v1/assets"): "assets:write",
    ("GET", "/api/v1/customers/{number}/conversations"): "dossiers:read",
    ("GET", "/api/v1/dossiers/{conversation}"): "dossiers:read",
    ("GET", "/api/v1/records/{name}"): "records:read",
    ("GET", "/api/v1/webhooks"): "webhooks:write",
    ("POST", "/api/v1/webhooks"): "webhooks:write",
    ("DELETE", "/api/v1/webhooks/{webhook_id}"): "webhooks:write",
}
BODIES = {
    "/api/v1/calls": {"rep": "nobody"},
    "/api/v1/assets": {"assets": []},
    "/api/v1/webhooks": {"url": "x", "events": []},
}


def test_every_address_needs_its_scope(app: FastAPI, fake: FakeServices, program: TestClient) -> None:
    """Without a token 401, with every scope but its own 403; the description lists each address and asks for a token."""
    described = app.openapi()["paths"]
    listed = {(method.upper(), path) for path, each in described.items() if path.startswith("/api/") for method in each}
    assert listed == set(NEEDS)
    for (method, path), scope in NEEDS.items():
        address = re.sub(r"{[^}]+}", "1", path)
        others = [other for other in SCOPES if other != scope]
        assert program.request(method, address, json=BODIES.get(path)).status_code == 401
        asked = program.request(method, address, json=BODIES.get(path), headers=bearer(fake, *others))
        assert asked.status_code == 403, path
        given = program.request(method, address, json=BODIES.get(path), headers=bearer(fake, scope))
        assert given.status_code not in (401, 403), path
        assert described[path][method.lower()]["security"], path


def test_a_token_ends(app: FastAPI, fake: FakeServices, program: TestClient, clock: Clock) -> None:
    """Revoked on the page or expired, a token opens nothing; its secret is shown once and kept nowhere."""
    admin = client_of(app, fake, Role.ADMIN)
    form = {"name": "CRM", "scopes": ["records:read"], "lasts": "30"}
    page = admin.post("/admin/integrations/tokens", data=form).text
    secret = re.search(r"<code>(adv_[\w-]+)</code>", page)
    assert secret
    assert secret[1] not in admin.get("/admin/integrations").text
    with fake.store.read() as work:
        assert secret[1] not in str(work.tokens.all())
    headers = {"Authorization": f"Bearer {secret[1]}"}
    assert program.get("/api/v1/records/promises.json", headers=headers).status_code == 200
    clock.now += timedelta(days=31)
    assert program.get("/api/v1/records/promises.json", headers=headers).status_code == 401
    again = bearer(fake, "records:read")
    assert program.get("/api/v1/records/promises.json", headers=again).status_code == 200
    client_of(app, fake, Role.ADMIN).post("/admin/integrations/tokens/2/revoke")
    refused = program.get("/api/v1/records/promises.json", headers=again)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_a_wrong_token_form_keeps_what_was_typed(app: FastAPI, fake: FakeServices) -> None:
    """A token needs a name and something it may do."""
    admin = client_of(app, fake, Role.ADMIN)
    page = admin.post("/admin/integrations/tokens", data={"name": "CRM <1>"})
    assert page.status_code == 422
    assert "at least one thing" in page.text
    assert "CRM &lt;1&gt;" in page.text


def test_a_call_begins_from_a_crm(fake: FakeServices, program: TestClient) -> None:
    """The answer is a link for the rep, whose customer it is from then on; an unknown rep or customer is told apart."""
    rep = user_of(fake.store, Role.REP, "ada")
    user_of(fake.store, Role.TRAINER, "tom")
    with fake.store.begin() as work:
        customer = work.customers.add(Customer(external_id="C-17"))
    headers = bearer(fake, "calls:write")
    done = program.post("/api/v1/calls", json={"rep": "ada", "customer": "C-17", "purpose": "washers"}, headers=headers)
    assert (done.status_code, done.json()) == (201, {"id": "call-1", "link": "http://testserver/calls/call-1/prepare"})
    assert fake.calls.started[0].purpose == "washers"  # type: ignore[attr-defined]
    with fake.store.read() as work:
        assert work.keepers.of(customer.id) == rep.id
    for body, status in (({"rep": "tom"}, 422), ({"rep": "x"}, 422), ({"rep": "ada", "customer": "C-9"}, 404), ({}, 422)):
        assert program.post("/api/v1/calls", json=body, headers=headers).status_code == status


def test_assets_are_pushed_all_or_none(fake: FakeServices, program: TestClient) -> None:
    """What customers own is stored with its customer; one mistake stores nothing and is named; twice changes nothing."""
    headers = bearer(fake, "assets:write")
    good = {"customer_id": "C-17", "customer_name": "Spa", "model": "W-20", "quantity": 3, "bought_on": "2019-05-01"}
    wrong = program.post("/api/v1/assets", json={"assets": [good, {"model": "x"}, {**good, "colour": "red"}]}, headers=headers)
    assert wrong.status_code == 422
    assert "assets[1]:" in wrong.json()["error"]
    assert "assets[2]: there is no field colour" in wrong.json()["error"]
    with fake.store.read() as work:
        assert work.customers.by_external_id("C-17") is None
    first = program.post("/api/v1/assets", json={"assets": [good]}, headers=headers)
    assert first.json() == {"created": 1, "updated": 0, "unchanged": 0}
    assert program.post("/api/v1/assets", json={"assets": [good]}, headers=headers).json()["unchanged"] == 1
    with fake.store.read() as work:
        customer = work.customers.by_external_id("C-17")
        assert customer is not None
        assert [(asset.quantity, asset.bought_on) for asset in work.assets.of_customer(customer.id)] == [(3, date(2019, 5, 1))]


def test_a_dossier_needs_consent_and_leaves_a_trace(fake: FakeServices, program: TestClient) -> None:
    """Only conversations whose customer allowed notes are listed and given, and each look is in the audit log."""
    with fake.store.begin() as work:
        customer = work.customers.add(Customer(external_id="C-17"))
        work.conversations.start(Conversation(id="open", customer_id=customer.id, consent=Consent.GIVEN))
        work.conversations.start(Conversation(id="held", customer_id=customer.id, consent=Consent.PENDING))
    fake.turns["open"] = []
    headers = bearer(fake, "dossiers:read")
    listed = program.get("/api/v1/customers/C-17/conversations", headers=headers).json()["conversations"]
    assert [each["id"] for each in listed] == ["open"]
    assert program.get("/api/v1/dossiers/open", headers=headers).json()["conversation"] == {"id": "open"}
    assert program.get("/api/v1/dossiers/held", headers=headers).status_code == 403
    assert program.get("/api/v1/dossiers/none", headers=headers).status_code == 404
    assert program.get("/api/v1/customers/C-9/conversations", headers=headers).status_code == 404
    with fake.store.read() as work:
        assert [(line.user_name, line.subject) for line in work.audit.page(action="dossier pulled")] == [("token CRM", "open")]


def test_records_come_in_pages(fake: FakeServices, program: TestClient) -> None:
    """Every row once, oldest first, by following the link; nothing of conversations that are only held."""
    with fake.store.begin() as work:
        for name, consent in (("open", Consent.GIVEN), ("held", Consent.PENDING)):
            work.conversations.start(Conversation(id=name, consent=consent))
            work.calls.start(CallRow(conversation_id=name, rep="ada"))
            for number in range(5):
                work.promises.add(Promise(conversation_id=name, owner="we", what=f"{name} {number}"))
    headers = bearer(fake, "records:read")
    address, found = "/api/v1/records/promises.json?limit=2", []
    while address:
        answer = program.get(address, headers=headers)
        found += [row["what"] for row in answer.json()["promises"]]
        address = answer.links.get("next", {}).get("url", "")
    assert found == [f"open {number}" for number in range(5)]
    calls = program.get("/api/v1/records/calls.json?limit=1", headers=headers)
    assert [row["rep"] for row in calls.json()["calls"]] == ["ada"]
    assert program.get(calls.links["next"]["url"], headers=headers).json() == {"calls": []}
    for wrong in ("x.json", "promises.xml", "promises", "promises.json?limit=0", "promises.json?after=x", "calls.json?after=x"):
        assert program.get(f"/api/v1/records/{wrong}", headers=headers).status_code in (404, 422)


def test_a_rep_takes_only_what_they_see(app: FastAPI, fake: FakeServices) -> None:
    """The file of a rep holds their customers' records and not another team's."""
    rep = user_of(fake.store, Role.REP, "cy", team="south")
    with fake.store.begin() as work:
        customer = work.customers.add(Customer(external_id="C-17"))
        work.keepers.keep(customer.id, rep)
        work.conversations.start(Conversation(id="talk", customer_id=customer.id, consent=Consent.GIVEN))
        work.promises.add(Promise(conversation_id="talk", owner="we", what="=HYPERLINK()", due=date(2025, 5, 1)))
    mine = client_of(app, fake, Role.REP, "cy").get("/records/promises.csv")
    (row,) = csv.DictReader(io.StringIO(mine.text))
    assert (row["what"], row["customer"], row["due"]) == ("'=HYPERLINK()", "C-17", "2025-05-01")
    assert mine.headers["content-disposition"] == 'attachment; filename="promises.csv"'
    assert client_of(app, fake, Role.REP, "ada").get("/records/promises.csv").text == ""


def test_csv_says_everything() -> None:
    """Commas, quotation marks and line ends survive a round trip."""
    rows = [{"a": 'x, "y"\nz', "b": ""}]
    assert list(csv.DictReader(io.StringIO(csv_of(rows), newline=""))) == rows
