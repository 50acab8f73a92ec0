"""The widget over the real server, desk, engine and records of a shop: only reading free words is scripted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import DESKTOP, PHONE, Server
from tests.web.customer.shop import Shop
from tests.web.widget.conftest import picture, press, said, write

pytestmark = pytest.mark.browser

PATIENCE = 20_000
"""Milliseconds for a turn of the real engine on a busy machine."""


@pytest.fixture
def shop_page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Shop, Page]]:
    """The shop's own site, open at the widget; an error in a script fails the test."""
    shop = Shop(tmp_path, {})
    errors: list[str] = []
    with Server(shop).running() as address:
        context = browser.new_context(viewport=request.param, reduced_motion="reduce")
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.goto(address)
        page.locator(".launcher").click()
        yield shop, page
        context.close()
    shop.close()
    assert errors == []


def tell(page: Page, *texts: str) -> None:
    """Say something and wait for each reply."""
    for text in texts:
        before = page.locator(".turn").count()
        write(page, text)
        expect(page.locator(".turn")).to_have_count(before + 1, timeout=PATIENCE)


def choose(page: Page, name: str) -> None:
    """Press a button and wait for the reply."""
    before = page.locator(".turn").count()
    press(page, name)
    expect(page.locator(".turn")).to_have_count(before + 1, timeout=PATIENCE)


@pytest.mark.parametrize("shop_page", [DESKTOP, PHONE], indirect=True, ids=["desktop", "phone"])
def test_from_a_problem_to_a_promise(shop_page: tuple[Shop, Page]) -> None:
    """A real conversation ends in advice over the rungs, a correction moves it, and what is agreed stands as promises."""
    _, page = shop_page
    tell(page, "the bikes run flat before noon", "always turbo", "forty kilometres")
    choose(page, "I'd rather not say")
    choose(page, "Yes, that's it")
    options = page.locator(".option")
    expect(options.first).to_contain_text("Ride in tour mode")
    assert options.count() >= 3
    expect(page.locator(".progress summary")).to_contain_text("Step 4 of 6")
    picture(page, f"real-advice-{page.viewport_size['width']}")  # type: ignore[index]
    choose(page, "I choose “Ride in tour mode”")
    before = said(page)
    assert before[3:] == ["I'd rather not say", "Yes, that's it", "I choose “Ride in tour mode”"]
    picture(page, f"real-promised-{page.viewport_size['width']}")  # type: ignore[index]
    page.reload()
    expect(page.locator(".turn")).to_have_count(6, timeout=PATIENCE)
    assert said(page)[:3] == before[:3]


@pytest.mark.parametrize("shop_page", [DESKTOP], indirect=True)
def test_a_corrected_line_is_said_back(shop_page: tuple[Shop, Page]) -> None:
    """A number put right in the card is a turn of its own, and the card holds the new value."""
    _, page = shop_page
    tell(page, "the bikes run flat before noon", "always turbo", "forty kilometres")
    page.locator(".pill").click()
    line = page.locator(".lines li", has_text="How long is a round?")
    line.get_by_role("button", name="Correct").click()
    page.locator(".side input").fill("25")
    press(page, "Save")
    expect(page.locator(".lines li", has_text="How long is a round?")).to_contain_text("25", timeout=PATIENCE)
    press(page, "Back")
    expect(page.locator(".turn")).to_have_count(4, timeout=PATIENCE)
    expect(page.locator(".turn").last).to_contain_text("25")
    picture(page, "real-corrected")


@pytest.mark.parametrize("shop_page", [DESKTOP], indirect=True)
def test_an_erased_conversation_is_gone(shop_page: tuple[Shop, Page]) -> None:
    """What the customer wants deleted is deleted; the page says so and goes on."""
    _, page = shop_page
    tell(page, "the bikes run flat before noon", "delete my data")
    page.locator(".turn:last-child .replies button").first.click()
    expect(page.locator(".scroll")).to_contain_text("Nothing of what stands above is kept any more.", timeout=PATIENCE)
    tell(page, "always turbo")
