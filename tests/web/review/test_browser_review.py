"""The review room in a real browser: find and read by keyboard, on every screen, in any colour, on paper, for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.store.access import Role
from bot.web.access import COOKIE
from tests.web.access.people import user_of
from tests.web.browsing import PICTURES, Server, wrong_for_some
from tests.web.fake import FakeServices
from tests.web.review.talks import LAUNDRY, long_talk, talk

pytestmark = pytest.mark.browser
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 320, "height": 700}}


@pytest.fixture
def url(services: FakeServices) -> Iterator[str]:
    """The address of a server over the room."""
    for number in range(6):
        talk(services.store, f"more {number}", LAUNDRY)
    long_talk(services.store, "long", 70)
    with Server(services).running() as address:
        yield address


@pytest.fixture
def room(browser: Browser, url: str, services: FakeServices) -> Iterator[Any]:
    """Opens a page of the room, signed in as a trainer; an error in a script fails the test."""
    user = user_of(services.store, Role.TRAINER, "tina", full_name="Tina Trainer")
    with services.store.begin() as work:
        work.sessions.open(user.id, "in the browser", timedelta(hours=1))
    contexts, errors = [], []

    def opened(path: str = "/review", size: str = "desktop", **more: Any) -> Page:
        contexts.append(browser.new_context(viewport=SIZES[size], reduced_motion="reduce", **more))
        contexts[-1].add_cookies([{"name": COOKIE, "value": "in the browser", "url": url}])
        page: Page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.goto(url + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def press(page: Page, *keys: str) -> None:
    """Press these keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def test_find_by_keyboard_alone(room: Any) -> None:
    """Search, walk down the list, open: the message that was found is the one in view."""
    page = room()
    press(page, "/")
    page.keyboard.type("programme")
    press(page, "Enter")
    expect(page.locator(".chip")).to_contain_text("Words: programme")
    page.wait_for_load_state()
    press(page, "j", "j", "Enter")
    page.wait_for_url(re.compile("/review/read/"))
    expect(page.locator("#t3")).to_have_class(re.compile("here"))


def test_read_by_keyboard_alone(room: Any, services: FakeServices) -> None:
    """Walk through the turns, open the reasons, flag, tag, mark done, go to the next and back to the list: without a mouse."""
    page = room("/review/read/more%203?turn=3")
    press(page, "[")
    expect(page.locator("#at-turn-words")).to_have_text("turn 2 of 3")
    expect(page.locator("#standing")).to_contain_text("After turn 2")
    press(page, "Enter", "f")
    expect(page.locator("#t2 .reasons")).to_have_attribute("open", "")
    expect(page.locator("#t2")).to_have_class(re.compile("flagged"))
    press(page, "t")
    page.keyboard.type("towels")
    press(page, "Enter")
    expect(page.locator("#tags")).to_contain_text("towels")
    press(page, "Escape", "d")
    expect(page.locator('[data-state="done"]')).to_have_attribute("aria-pressed", "true")
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    press(page, "Escape", "j")
    page.wait_for_url(re.compile("more%202"))
    press(page, "u")
    expect(page.locator("h1")).to_have_text("Conversations")
    with services.store.read() as work:
        assert work.review.tags() == ("towels",)


def test_a_long_conversation_loads_as_it_is_read(room: Any) -> None:
    """The first turns are there at once, the rest comes on the way down."""
    page = room("/review/read/long")
    expect(page.locator(".talk-turn")).to_have_count(30)
    for _ in range(20):
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_timeout(300)
        if page.locator("#t70").count():
            break
    expect(page.locator(".talk-turn")).to_have_count(70)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_screen_and_colour_is_for_everybody(room: Any, size: str, scheme: str) -> None:
    """Nothing scrolls sideways down to 320 pixels, and axe finds nothing wrong, with everything unfolded."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, path in (
        ("list", "/review?-is=broken&tests=1"),
        ("read", "/review/read/more%200?turn=2"),
        ("none", "/review?q=nothing"),
    ):
        page = room(path, size, color_scheme=scheme)
        page.wait_for_timeout(300)
        page.screenshot(path=PICTURES / f"review-{name}-{size}-{scheme}.png")
        page.evaluate("document.querySelectorAll('details:not(.me)').forEach((one) => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert wrong_for_some(page) == []


def test_a_conversation_prints_without_its_controls(room: Any) -> None:
    """On paper there is what was said and why, and nothing to press."""
    page = room("/review/read/more%200")
    page.emulate_media(media="print")
    expect(page.locator(".work")).to_be_hidden()
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator("#t2 .why")).to_be_visible()
    assert len(page.pdf()) > 1000
