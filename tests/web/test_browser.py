"""The chat page in a real browser: what a customer sees, with the mouse, the keyboard, a phone and a bad network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import DESKTOP, PHONE, PICTURES, Server
from tests.web.fake import FakeServices

pytestmark = pytest.mark.browser


@pytest.fixture
def url(fake: FakeServices) -> Iterator[str]:
    """The address of a server over the fakes."""
    with Server(fake).running() as address:
        yield address


Opens = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, url: str) -> Iterator[Opens]:
    """Opens the chat page in a browser of a new visitor; an error in the page's script fails the test."""
    contexts: list[Any] = []
    errors: list[str] = []

    def opened(size: dict[str, int] = DESKTOP, **more: Any) -> Page:
        contexts.append(browser.new_context(viewport=size, reduced_motion="reduce", **more))
        page: Page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.goto(f"{url}/chat")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def write(page: Page, text: str) -> None:
    """Type a message and send it with Enter."""
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")


def said(page: Page) -> list[str]:
    """The customer's own messages on the page."""
    return [text.removeprefix("You:").strip() for text in page.locator(".said .bubble").all_inner_texts()]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")


def talk(page: Page) -> None:
    """A short conversation with a button in it and advice at its end."""
    write(page, "we run out of clean towels by noon")
    page.get_by_role("button", name="The short programme").wait_for()
    write(page, "always heavy soil, to be safe")
    page.get_by_role("button", name="Yes, let's do that").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "size"), [("desktop", DESKTOP), ("phone", PHONE)])
def test_a_conversation_on_every_screen(visit: Opens, url: str, name: str, size: dict[str, int], scheme: str) -> None:
    """Down to 320 pixels nothing is cut off or scrolls sideways; lists are lists and numbers stay numbers."""
    page = visit(size, color_scheme=scheme)
    picture(page, f"{name}-{scheme}-first")
    write(page, "we run out of clean towels by noon")
    page.get_by_role("button", name="The short programme").wait_for()
    picture(page, f"{name}-{scheme}-question")
    write(page, "always heavy soil, to be safe")
    page.get_by_role("button", name="Yes, let's do that").wait_for()
    picture(page, f"{name}-{scheme}-advice")
    expect(page.locator(".reply ul > li")).to_have_count(5)
    expect(page.locator(".reply ol > li")).to_have_count(2)
    for path in ("", "privacy", "docs"):
        page.goto(f"{url}/{path}")
        if path:
            picture(page, f"{name}-{scheme}-{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_button_says_its_own_words(visit: Opens, fake: FakeServices) -> None:
    """Choosing a button shows its title as the customer's words, marks it, and leaves it usable."""
    page = visit()
    write(page, "no clean towels")
    page.get_by_role("button", name="Heavy soil, to be safe").click()
    expect(page.locator(".reply")).to_have_count(3)
    assert said(page) == ["no clean towels", "Heavy soil, to be safe"]
    assert fake.taken[1][1].startswith("/choose")
    expect(page.get_by_role("button", name="Heavy soil, to be safe")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="The short programme").click()
    expect(page.locator(".said")).to_have_count(3)
    assert said(page)[-1] == "The short programme"


def test_the_keyboard_is_enough(visit: Opens) -> None:
    """The message field has the focus, Shift and Enter make a new line, and buttons are reached with Tab."""
    page = visit()
    page.keyboard.type("no clean")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("towels")
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="The short programme")
    button.wait_for()
    for _ in range(3):
        page.keyboard.press("Shift+Tab")
        if button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".said")).to_have_count(2)
    assert said(page) == ["no clean\ntowels", "The short programme"]


def test_a_screen_reader_hears_it(visit: Opens) -> None:
    """Messages stand in a live log, every control has a name, and it is told who speaks."""
    page = visit()
    talk(page)
    log = page.get_by_role("log", name="Messages")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(log).to_contain_text("Assistant:")
    expect(page.get_by_role("textbox", name="Your message")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('button')].every(b => b.ariaLabel || b.textContent.trim())")


def test_a_reload_loses_nothing(visit: Opens) -> None:
    """After a reload the same conversation is there, with the words that were on the buttons, and goes on."""
    page = visit()
    write(page, "no clean towels")
    page.get_by_role("button", name="Heavy soil, to be safe").click()
    expect(page.locator(".reply")).to_have_count(3)
    before = page.locator("#log").inner_text()
    page.reload()
    expect(page.locator(".reply")).to_have_count(3)
    assert page.locator("#log").inner_text() == before
    write(page, "and now?")
    expect(page.locator(".reply").last).to_contain_text("You said: and now?")


def test_a_copy_is_one_click_away(visit: Opens) -> None:
    """Once something was said there is a link to the customer's own copy, which opens readable in a new tab."""
    page = visit()
    expect(page.locator("#copy")).to_be_hidden()
    talk(page)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Your copy").click()
    copy = opened.value
    expect(copy.get_by_role("heading", name="Your copy")).to_be_visible()
    expect(copy.get_by_text("always heavy soil, to be safe")).to_be_visible()
    picture(copy, "desktop-light-copy")


def test_a_failure_is_waited_out(visit: Opens, fake: FakeServices) -> None:
    """While turns fail the customer hears that it is tried again; then the message is answered, once."""
    fake.failing = RuntimeError()
    page = visit()
    write(page, "Hello")
    expect(page.get_by_role("status")).to_contain_text("Trying again")
    fake.failing = None
    expect(page.locator(".reply").last).to_contain_text("You said: Hello", timeout=15_000)
    expect(page.get_by_role("status")).to_be_empty()
    assert said(page) == ["Hello"]
    assert len(fake.taken) == 1


def test_a_broken_connection_is_waited_out(visit: Opens, fake: FakeServices) -> None:
    """Messages written without a connection are sent in order as soon as there is one, each once."""
    page = visit()
    write(page, "one")
    expect(page.locator(".reply")).to_have_count(2)
    page.context.set_offline(True)
    write(page, "two")
    write(page, "three")
    expect(page.get_by_role("status")).to_contain_text("No connection")
    picture(page, "desktop-light-offline")
    page.context.set_offline(False)
    expect(page.locator(".reply").last).to_contain_text("You said: three", timeout=15_000)
    assert [text for _, text in fake.taken] == ["one", "two", "three"]
    assert said(page) == ["one", "two", "three"]


def test_a_lost_reply_is_fetched_once(visit: Opens, fake: FakeServices) -> None:
    """A reply lost on the way is asked for again under the same id: the conversation has the message once."""
    page = visit()
    lost: list[Any] = []

    def lose_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/webhooks/rest/webhook", lose_first)
    write(page, "Hello")
    expect(page.locator(".reply").last).to_contain_text("You said: Hello", timeout=15_000)
    assert len(fake.taken) == 1


def test_a_reload_while_waiting_sends_once(visit: Opens, fake: FakeServices) -> None:
    """A page reloaded before the reply came shows message and reply once."""
    fake.delay = 1.0
    page = visit()
    write(page, "Hello")
    expect(page.locator(".said")).to_have_count(1)
    page.wait_for_timeout(300)
    page.reload()
    expect(page.locator(".reply").last).to_contain_text("You said: Hello", timeout=15_000)
    page.wait_for_timeout(300)
    assert said(page) == ["Hello"]
    assert len(fake.taken) == 1


def test_what_cannot_be_sent_says_so(visit: Opens, fake: FakeServices) -> None:
    """A message that is refused for good says why; the next one goes through."""
    page = visit()
    page.route("**/webhooks/rest/webhook", lambda route: route.fulfill(status=422, json={"error": "No.", "do": "Stop."}))
    write(page, "Hello")
    expect(page.locator(".note")).to_contain_text("Not sent. No. Stop.")
    page.unroute("**/webhooks/rest/webhook")
    write(page, "Again")
    expect(page.locator(".reply").last).to_contain_text("You said: Again")
    assert [text for _, text in fake.taken] == ["Again"]


def test_markup_is_only_text(visit: Opens) -> None:
    """Whatever anybody writes is shown as written and never runs."""
    page = visit()
    write(page, "<img src=x onerror=alert(1)><b>bold</b>")
    expect(page.locator(".reply").last).to_contain_text("You said: <img src=x onerror=alert(1)><b>bold</b>")
    expect(page.locator("#log img, #log b")).to_have_count(0)


def test_a_new_conversation_forgets_the_old_one(visit: Opens) -> None:
    """The browser begins anew, and a reload doesn't bring the old one back."""
    page = visit()
    write(page, "Hello")
    expect(page.locator(".reply")).to_have_count(2)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".said")).to_have_count(0)
    page.reload()
    expect(page.locator(".reply")).to_have_count(1)
    assert page.evaluate("localStorage.getItem('advisor.conversation')") in (None, "null")


def test_two_tabs_show_one_conversation(visit: Opens, url: str) -> None:
    """What is said in one tab appears in the other."""
    first = visit()
    write(first, "Hello")
    expect(first.locator(".reply")).to_have_count(2)
    second = first.context.new_page()
    second.goto(f"{url}/chat")
    expect(second.locator(".said")).to_have_count(1)
    write(second, "from the second")
    expect(first.locator(".reply").last).to_contain_text("You said: from the second")
    assert said(first) == ["Hello", "from the second"]


def test_a_customer_may_come_with_a_token(visit: Opens, url: str, fake: FakeServices) -> None:
    """A token after # in the address tells who the customer is, and leaves the address bar at once."""
    page = visit()
    page.goto(f"{url}/chat#customer={fake.sign('C-17', 'customer')}")
    page.reload()
    write(page, "Hello")
    expect(page.locator(".reply")).to_have_count(2)
    assert fake.told[0]["customer"] == "C-17"
    assert "#" not in page.url


def test_nothing_is_loaded_from_elsewhere(visit: Opens, url: str) -> None:
    """The page asks no other server for anything, and keeps no cookie."""
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    talk(page)
    assert [address for address in asked if not address.startswith(url)] == []
    assert page.context.cookies() == []
