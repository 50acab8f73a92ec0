"""Whole conversations in the browser with the real assistant: one for every rung, by mouse, keyboard and phone; and a bad day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.advice.archive import from_plain
from bot.advice.dossier import Dossier
from bot.services import Services
from tests.conftest import OpenCompany
from tests.web.browsing import DESKTOP, PHONE, Server, wrong_for_some
from tests.web.widget.conftest import menu, picture, press, said

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 30_000
"""Milliseconds for a turn on a busy machine."""
USUAL = {"read_back": "Yes, that's it", "contact": "Kim Sander, kim@sander.example", "region": "Germany"}
"""What a customer answers to what everybody is asked; to anything they know nothing of, "no idea"."""


@pytest.fixture(scope="module")
def company(services: OpenCompany) -> Services:
    """The laundry company, open and with its model loaded."""
    opened = services("laundry", ADVISOR_RATE_LIMIT="1000")
    _ = opened.assistant
    return opened


@pytest.fixture(scope="module")
def url(company: Services) -> Iterator[str]:
    """The address of its server."""
    with Server(company).running() as address:
        yield address


@dataclass
class Guest:
    """A customer at the page, who knows some answers and has one way to use it."""

    page: Page
    company: Services
    knows: Mapping[str, str]

    def open(self) -> None:
        """From the site into the chat."""
        self.press("Ask us")

    def tell(self, text: str) -> None:
        """Write something and wait for the reply."""
        with self.replied():
            self.page.get_by_label("Your message").fill(text)
            self.press("Send")

    def choose(self, name: str) -> None:
        """Press a reply that is offered and wait for the next."""
        with self.replied():
            self.press(name)

    def press(self, name: str) -> None:
        """Press the newest button of that name."""
        press(self.page, name)

    def until(self, wanted: str) -> None:
        """Answer what is asked until there is such a view."""
        for _ in range(12):
            if self.page.locator(f".turn:last-child .is-{wanted}").count():
                return
            self.answer()
        raise AssertionError(self.page.locator(".turn").all_inner_texts())

    def answer(self) -> None:
        """Answer the open question: by the button that says it, where there is one."""
        known = {**USUAL, **self.knows}
        kind, _, key = self.asked().partition(":")
        text = known.get(key) or known.get(kind) or "no idea"
        offered = self.page.locator(".turn:last-child .replies button").all_inner_texts()
        if text in offered:
            self.choose(text)
        else:
            self.tell(text)

    def asked(self) -> str:
        """The name of the question that is open, from the records."""
        dossier = self.dossier()
        return dossier.open.name if dossier.open is not None else ""

    def dossier(self) -> Dossier:
        """What is known in this conversation."""
        with self.company.desk.store_of(self.sender).read() as work:
            return from_plain(Dossier, work.conversations.require(self.sender).state)

    @property
    def sender(self) -> str:
        """The conversation's id."""
        return str(self.page.evaluate("JSON.parse(localStorage.getItem(`advisor:${location.host}:who`)).sender"))

    def replied(self) -> Any:
        """Waits at its end until there is one turn more."""
        return _Replied(self.page)

    def reloads(self, told: Mapping[str, str] = {}) -> None:
        """A reload shows the talk as it was, in the same words; `told` are those the records put otherwise."""
        before = [told.get(text, text) for text in said(self.page)]
        self.page.reload()
        expect(self.page.locator(".turn")).to_have_count(len(before), timeout=PATIENCE)
        assert [_plain(text) for text in said(self.page)] == [_plain(text) for text in before]


class Fingers(Guest):
    """On a phone, by touch."""

    def press(self, name: str) -> None:
        """Touch it."""
        self.page.locator("advisor-chat").get_by_role("button", name=name, exact=True).last.tap()


class Keys(Guest):
    """Without a mouse: what is to be pressed is reached with Tab."""

    def tell(self, text: str) -> None:
        """Type and send with Enter."""
        self._reach("Your message", "Tab")
        with self.replied():
            self.page.keyboard.type(text)
            self.page.keyboard.press("Enter")

    def press(self, name: str) -> None:
        """Walk to it and press Enter."""
        self._reach(name, "Shift+Tab")
        self.page.keyboard.press("Enter")

    def _reach(self, name: str, way: str) -> None:
        focused = "(e => e && (e.ariaLabel || e.textContent))(document.querySelector('advisor-chat').shadowRoot.activeElement)"
        for _ in range(120):
            if self.page.evaluate(focused) == name:
                return
            self.page.keyboard.press(way)
        raise AssertionError(f"“{name}” is not reached with {way}.")


class _Replied:
    def __init__(self, page: Page) -> None:
        self._turns = page.locator("advisor-chat .turn")

    def __enter__(self) -> None:
        self._before = self._turns.count()

    def __exit__(self, *_: object) -> None:
        expect(self._turns).to_have_count(self._before + 1, timeout=PATIENCE)


Meets = Callable[..., Guest]


@pytest.fixture
def meet(browser: Browser, company: Services, url: str) -> Iterator[Meets]:
    """Brings a customer to a page of the site; an error in a script fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def met(kind: type[Guest] = Guest, path: str = "/", size: dict[str, int] = DESKTOP, **knows: str) -> Guest:
        contexts.append(browser.new_context(viewport=size, reduced_motion="reduce", has_touch=kind is Fingers))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.goto(url + path)
        guest = kind(page, company, knows)
        if path != "/chat":
            guest.open()
        return guest

    yield met
    for context in contexts:
        context.close()
    assert errors == []


def advised(guest: Guest, rung: str, words: str) -> None:
    """The advice stands first among the cards, is of that rung, and is what the records hold."""
    guest.until("advice")
    first = guest.page.locator(".turn:last-child .option").first
    expect(first.locator(".rung")).to_contain_text(words)
    expect(first).to_have_class("option advised")
    with guest.company.desk.store_of(guest.sender).read() as work:
        remedy = work.turns.latest(guest.sender, 1)[0].move["remedy"]
    assert guest.company.catalogue.remedy(remedy).rung.value == rung
    picture(guest.page, f"rung-{rung}-{guest.page.viewport_size['width']}")  # type: ignore[index]
    assert wrong_for_some(guest.page) == []
    assert guest.page.locator("advisor-chat .scroll").evaluate("each => each.scrollWidth <= each.clientWidth")


def accepted(guest: Guest) -> None:
    """The advice is taken by its card."""
    guest.choose(str(guest.page.locator(".turn:last-child .option.advised .acts button").first.get_attribute("aria-label")))


def test_use_it_better(meet: Meets) -> None:
    """By mouse: from a quote asked for to a training agreed, with its promises and the day we ask."""
    guest = meet(towel_programme="Heavy soil", success="a full shelf at noon")
    guest.tell("Hi, I need a quote for two more 30 kg washers.")
    guest.tell("we run out of clean towels by noon, spa guests complain")
    guest.choose("You may keep notes")
    expect(guest.page.locator("advisor-chat .foot")).to_contain_text("Notes are kept")
    advised(guest, "retrain", "Use it better")
    accepted(guest)
    guest.until("promises")
    expect(guest.page.locator(".turn .timeline li").first).to_be_visible()
    picture(guest.page, "rung-retrain-promised")
    guest.reloads()


def test_use_it_otherwise(meet: Meets) -> None:
    """By keyboard alone, on the page that is the chat."""
    guest = meet(
        Keys, "/chat", growth_how_long="All year", run_hours="6 hours", new_rooms="10", success="all of it washed every day"
    )
    guest.tell("we're adding a wing with 10 more rooms, all on the same laundry")
    advised(guest, "reuse", "Use it otherwise")
    accepted(guest)
    guest.until("promises")
    guest.reloads()


def test_fix_it(meet: Meets) -> None:
    """By keyboard alone, in the panel over the site."""
    guest = meet(Keys, leak_place="from the door, at the bottom", success="a dry floor, someone is going to slip")
    guest.tell("washer number 2 leaves a puddle in front of the door every time, think we need a new machine")
    advised(guest, "fix", "Fix it")
    guest.tell("ok please send someone")
    guest.until("promises")
    guest.reloads()


def test_have_it_taken_over(meet: Meets) -> None:
    """On a phone, by touch."""
    guest = meet(
        Fingers,
        size=PHONE,
        region="Austria",
        what_inspector_asked="a written plan with someone responsible for it",
        hygiene_keeper="nobody really, she left in spring",
        infectious_programme="the disinfecting one",
        success="that we pass the next inspection in autumn",
    )
    guest.tell(
        "The health inspector wants a hygiene plan for our laundry and honestly i just want someone to take this off our hands"
    )
    advised(guest, "take_over", "Have it taken over")
    accepted(guest)
    guest.until("promises")
    picture(guest.page, "rung-take_over-promised")
    guest.reloads()


LOST = {
    "what_vanishes": "residents' clothes",
    "count_all": "yes",
    "loss_share": "no idea",
    "success": "every cardigan back with its owner",
}


def test_another_vendor(meet: Meets) -> None:
    """By mouse: the introduction is read, changed and sent as it was changed, and only then."""
    guest = meet(**LOST)
    guest.tell("residents' clothes keep going missing in the wash")
    advised(guest, "refer", "Go to another vendor")
    accepted(guest)
    guest.until("referral")
    picture(guest.page, "rung-refer-introduction")
    letter = guest.page.locator(".turn:last-child textarea")
    letter.fill("Hello, we look for labels for 80 residents. Please write, do not call.")
    before = guest.page.locator(".turn").count()
    guest.press("Send it as I changed it")
    expect(guest.page.locator(".turn")).to_have_count(before + 2, timeout=PATIENCE)
    with guest.company.store.read() as work:
        (referral,) = work.referrals.of_conversation(guest.sender)
    assert "80 residents" in str(referral.shared)


def test_an_introduction_declined(meet: Meets) -> None:
    """On a phone: one touch, and nothing is passed on."""
    guest = meet(Fingers, size=PHONE, **LOST)
    guest.tell("residents' clothes keep going missing in the wash")
    guest.until("advice")
    accepted(guest)
    guest.until("referral")
    picture(guest.page, "rung-refer-320")
    guest.choose("Don't send it")
    with guest.company.store.read() as work:
        assert [one.shared for one in work.referrals.of_conversation(guest.sender)] == [None]


def test_something_new(meet: Meets) -> None:
    """On a phone: only after every lighter way was weighed, each with its reason on a card."""
    guest = meet(
        Fingers,
        size=PHONE,
        hours_go="folding towels, all day long",
        open_posts="no, we have our people",
        what_is_ironed="only the table linen",
        success="two people less standing at the folding table",
    )
    guest.tell("laundry takes too many hands, i've got 4 people doing nothing but this")
    advised(guest, "buy", "Buy something new")
    rungs = guest.page.locator(".turn:last-child .option .rung").all_inner_texts()
    assert len(rungs) > 2
    guest.reloads()


def test_doing_nothing(meet: Meets) -> None:
    """By mouse, on the page that is the chat, without notes: the records hold nothing of it, the page shows all of it."""
    guest = meet(
        path="/chat",
        damage_kind="they get thin and the hems fray",
        linen_age="about 3 years i'd guess",
        bleach_used="hardly ever",
        success="towels that don't embarrass us",
    )
    guest.tell("need a gentler washer. our towels are wearing out way too early")
    guest.choose("Keep none")
    expect(guest.page.locator("advisor-chat .foot")).to_contain_text("No notes are kept")
    advised(guest, "nothing", "Leave it as it is")
    with guest.company.store.read() as work:
        assert work.conversations.get(guest.sender) is None
    guest.reloads()


def test_a_corrected_line_changes_the_advice(meet: Meets) -> None:
    """What was understood wrongly is put right on its card, said back in the chat, and the advice follows."""
    guest = meet(path="/chat", towel_programme="Heavy soil", success="a full shelf at noon")
    guest.tell("we run out of clean towels by noon")
    guest.until("advice")
    line = guest.page.locator(".lines li", has_text="Which programme")
    line.get_by_role("button", name="Correct").click()
    guest.page.locator(".side select").select_option(label="The towel programme")
    with guest.replied():
        press(guest.page, "Save")
    expect(guest.page.locator(".lines li", has_text="Which programme")).to_contain_text("The towel programme")
    expect(guest.page.locator(".turn").last).to_contain_text("I've put that right")
    picture(guest.page, "real-corrected-advice")
    assert said(guest.page)[-1] == "Please correct this. Which programme do the staff use for towels? The towel programme"
    guest.reloads()


def test_the_copy_is_the_conversation(meet: Meets) -> None:
    """The transcript opens in a new tab and holds what was said."""
    guest = meet()
    guest.tell("our washer leaks")
    guest.page.locator("advisor-chat").get_by_label("More", exact=True).click()
    with guest.page.expect_popup() as opened:
        guest.page.get_by_role("link", name="Transcript to read or print").click()
    expect(opened.value.get_by_role("heading", name="Your copy")).to_be_visible()
    expect(opened.value.get_by_text("our washer leaks").first).to_be_visible()
    picture(opened.value, "real-copy")


def test_what_was_erased_is_gone(meet: Meets) -> None:
    """The menu's “Delete my data”, confirmed, leaves nothing, and the talk can begin afresh."""
    guest = meet()
    guest.tell("our washer leaks")
    menu(guest.page, "Privacy")
    with guest.replied():
        press(guest.page, "Delete my data")
    guest.page.locator(".turn:last-child .replies button").first.click()
    expect(guest.page.locator(".scroll")).to_contain_text("Nothing of what stands above is kept any more.", timeout=PATIENCE)
    with guest.company.store.read() as work:
        assert work.conversations.get(guest.sender) is None


@pytest.mark.parametrize("stored", [False, True], ids=["before the turn is stored", "before the reply leaves"])
def test_the_server_dies_in_the_middle_of_a_turn(
    browser: Browser, company: Services, monkeypatch: pytest.MonkeyPatch, stored: bool
) -> None:
    """Killed and started again over the same records: every message has one turn, in order, and none is lost."""
    held = asyncio.Event()
    handle = Services.handle

    async def stuck(services: Services, sender: str, text: str, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
        replies = await handle(services, sender, text, metadata) if stored else []
        await held.wait()
        return replies

    first = Server(company)
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    page = context.new_page()
    with first.killed():
        page.goto(f"{first.url}/chat")
        guest = Guest(page, company, {})
        guest.tell("we run out of clean towels by noon")
        monkeypatch.setattr(Services, "handle", stuck)
        page.get_by_label("Your message").fill("always heavy soil, to be safe")
        page.keyboard.press("Enter")
        page.locator(".typing").wait_for()
    expect(page.locator(".status")).to_contain_text("cannot be reached. Your message is kept", timeout=PATIENCE)
    picture(page, f"real-server-gone-{'stored' if stored else 'unstored'}")
    page.get_by_label("Your message").fill("are you there?")
    page.keyboard.press("Enter")
    monkeypatch.undo()
    with Server(company, first.port).running():
        expect(page.locator(".turn")).to_have_count(3, timeout=PATIENCE)
        expect(page.locator(".waits")).to_have_count(0)
        texts = ["we run out of clean towels by noon", "always heavy soil, to be safe", "are you there?"]
        assert said(page) == texts
        with company.store.read() as work:
            assert [turn.user_text for turn in work.turns.after(guest.sender)] == texts
        context.close()


def _plain(text: str) -> str:
    """Words without the spaces around them."""
    return text.strip()
