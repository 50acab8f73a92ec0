"""A web app over fakes with the laundry's catalogue, and customers with affairs to see to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page

from bot.advice.archive import to_plain
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import CellName
from bot.advice.need_map import Cell, NeedMap, ReadBack, State
from bot.calls import Starting
from bot.content import load
from bot.store import EphemeralStore, Work
from bot.store.access import Role, User
from bot.store.records import (
    Asset,
    CheckIn,
    ClosingAnswer,
    Consent,
    Conversation,
    Customer,
    Expectation,
    HandOver,
    Promise,
    Referral,
)
from bot.web.access import COOKIE
from bot.web.app import create_app
from tests.calls.couriers import anna
from tests.store.conftest import Clock
from tests.web.access.people import user_of
from tests.web.browsing import Server
from tests.web.fake import FakeServices
from tests.web.sales.serving import CallServices
from tests.web.sales.visiting import DESKTOP, Opens

LAUNDRY = Path(__file__).parents[3] / "data" / "catalogues" / "laundry"
TODAY = date(2025, 5, 1)


@dataclass(frozen=True)
class Affair:
    """What was made for one customer: the ids of everything."""

    customer: str
    conversation: str
    promise: int
    check_in: int
    hand_over: int
    gap: int


@pytest.fixture(scope="session")
def laundry() -> Catalogue:
    """The laundry's catalogue."""
    return load(LAUNDRY)


@pytest.fixture
def clock() -> Clock:
    """Noon of the first of May 2025, until it is moved."""
    return Clock()


@pytest.fixture
def fake(tmp_path: Path, clock: Clock, laundry: Catalogue) -> FakeServices:
    """Fake services over the laundry's catalogue."""
    services = FakeServices(tmp_path)
    services.store = EphemeralStore(clock=clock)
    services.catalogue = laundry
    return services


@pytest.fixture
def app(fake: FakeServices) -> Iterator[FastAPI]:
    """The running app."""
    app = create_app(fake)
    with TestClient(app):
        yield app


def towels(catalogue: Catalogue) -> NeedMap:
    """A concern about towels, read back, confirmed, and served by teaching."""
    remedy = next(id for id, each in catalogue.remedies.items() if each.rung.value == "retrain")
    problem = next(id for id, each in catalogue.problems.items() if "clean_linen_in_time" in each.outcomes or each.outcomes)
    cells = {
        CellName.PROBLEM: Cell(problem, "we run out of clean towels by noon"),
        CellName.NEED: Cell(catalogue.problems[problem].outcomes[0], "spa guests complain"),
        CellName.SUCCESS: Cell("a full shelf at noon", "a full shelf at noon"),
    }
    return NeedMap(1, cells=cells, read_back=ReadBack.CONFIRMED, accepted=remedy, state=State.ACCEPTED)


def affair(work: Work, catalogue: Catalogue, name: str, keeper: User | None = None) -> Affair:
    """A customer with a conversation and one of everything to see to."""
    customer = work.customers.add(Customer(external_id=name, name=name, organisation=f"{name} Hotel"))
    if keeper is not None:
        work.keepers.keep(customer.id, keeper)
    state = to_plain(Dossier(concerns=(towels(catalogue),), active=0))
    talk = work.conversations.start(Conversation(id=f"talk-{name}", customer_id=customer.id, consent=Consent.GIVEN, state=state))
    remedy = towels(catalogue).accepted
    promise = work.promises.add(
        Promise(
            conversation_id=talk.id,
            owner="we",
            what=f"Show {name}'s team the towel programme",
            due=date(2025, 4, 28),
            check_in_question="Is the shelf full at noon?",
            remedy_id=remedy,
        )
    )
    check_in = work.check_ins.add(
        CheckIn(conversation_id=talk.id, promise_id=promise.id, due=TODAY, question="Is the shelf full at noon?")
    )
    work.expectations.add(Expectation(conversation_id=talk.id, promise_id=promise.id, expected="a full shelf at noon"))
    gap = work.expectations.add(Expectation(conversation_id=talk.id, expected="quiet drums"))
    work.expectations.check(gap.id, "louder than before", False)
    referral = work.referrals.add(
        Referral(conversation_id=talk.id, vendor_id="v", vendor_name="Linen Loan", reason="They lend linen", consent=Consent.GIVEN)
    )
    work.referrals.share(referral.id, {"introduction": "…"})
    hand_over = work.hand_overs.add(
        HandOver(conversation_id=talk.id, to_whom="Ada", reason="asked", contact=f"+49 30 {name}", dossier=state)
    )
    work.assets.upsert(Asset(customer_id=customer.id, model="W-20", quantity=3, source="customer", learned_in=talk.id))
    work.closing_answers.add(ClosingAnswer(conversation_id=talk.id, question="?", answer=f"{name} would miss the trainer"))
    return Affair(customer.id, talk.id, promise.id, check_in.id, hand_over.id, gap.id)


def changed(customer: Customer, **more: str) -> Customer:
    """The customer with some fields changed."""
    return replace(customer, **more)  # type: ignore[arg-type]


@pytest.fixture
def services(tmp_path: Path) -> CallServices:
    """The web's fakes with real calls."""
    return CallServices(tmp_path)


@pytest.fixture
def url(services: CallServices) -> Iterator[str]:
    """The address of a server over them."""
    with Server(services).running() as address:
        yield address


@pytest.fixture
def visit(browser: Browser, url: str, services: CallServices) -> Iterator[Opens]:
    """Opens a page signed in as a rep; an error in a script, or a breach of the content policy, fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def opened(path: str, rep: str = "ada", size: dict[str, int] = DESKTOP, **more: Any) -> Page:
        user, secret = user_of(services.store, Role.REP, rep, team="north"), f"secret of {rep}"
        with services.store.begin() as work:
            work.sessions.close(secret)
            work.sessions.open(user.id, secret, timedelta(hours=12))
        contexts.append(browser.new_context(viewport=size, reduced_motion="reduce", **more))
        contexts[-1].add_cookies([{"name": COOKIE, "value": secret, "url": url}])
        page: Page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.goto(url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def call(services: CallServices) -> str:
    """The address of a call with Anna Berg."""
    customer = anna(services.store)
    return f"/calls/{services.calls.start(Starting('ada', customer.id))}"
