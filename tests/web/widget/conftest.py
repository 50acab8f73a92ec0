"""A browser on somebody else's website, with the widget of a scripted company in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.browsing import DESKTOP, PICTURES
from tests.web.widget.company import Company, Running, app, running, site

ONLY_NOISE = ("Failed to load resource", "ERR_", "net::", "blocked by CORS policy")
"""What the browser itself writes of requests that failed; whether they matter the tests see by what is shown."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Running]:
    """The website."""
    with running(site()) as server:
        yield server


@pytest.fixture
def company() -> Company:
    """What the company's server knows."""
    return Company()


@pytest.fixture
def server(company: Company) -> Iterator[Running]:
    """The company's server."""
    with running(app(company), company) as started:
        yield started


Opens = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, shop: Running, server: Running) -> Iterator[Opens]:
    """Opens the website for a new visitor, or another page of it in a given context.

    An error in the script, or something the page's own policy forbids, fails the test.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def opened(
        size: dict[str, int] = DESKTOP,
        data: str = "data-open",
        html: str = "",
        context: Any = None,
        long: bool = False,
        **more: Any,
    ) -> Page:
        if context is None:
            context = browser.new_context(viewport=size, **{"reduced_motion": "reduce", **more})
            contexts.append(context)
        page: Page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" and not _is_noise(line.text) else None)
        query = {"server": server.url, "data": data, "html": html, **({"long": "1"} if long else {})}
        page.goto(f"{shop.url}/?{urlencode(query)}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def _is_noise(text: str) -> bool:
    return any(word in text for word in ONLY_NOISE)


def write(page: Page, text: str) -> None:
    """Type a message and send it with Enter."""
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")


def soon(page: Page, seen: Callable[[], Any], expected: Any) -> None:
    """What the server keeps is this within five seconds: the page thanks before the server has heard."""
    for _ in range(100):
        if seen() == expected:
            return
        page.wait_for_timeout(50)
    assert seen() == expected


def said(page: Page) -> list[str]:
    """The customer's own messages as shown, in order."""
    return page.locator(".said .bubble").all_text_contents()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"widget-{name}.png")


def press(page: Page, name: str, exact: bool = True) -> None:
    """Press the newest button of that name in the widget."""
    page.locator("advisor-chat").get_by_role("button", name=name, exact=exact).last.click()


def menu(page: Page, name: str) -> None:
    """Choose something in the menu."""
    page.locator("advisor-chat").get_by_label("More", exact=True).click()
    page.locator(".menu").get_by_text(name, exact=True).click()
