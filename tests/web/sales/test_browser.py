"""Whole calls in a real browser: by keyboard alone, with a dead network in between, and followed by two people."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.browsing import PICTURES, wrong_for_some
from tests.web.sales.serving import CallServices
from tests.web.sales.visiting import DESKTOP, PHONE, QUESTION, Opens, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def clean(page: Page) -> None:
    """Nothing that axe-core finds wrong."""
    assert wrong_for_some(page) == []


def test_a_whole_call_by_keyboard(visit: Opens, call: str, services: CallServices) -> None:
    """Consent, need, causes, read-back, advice, yes and a promise, without the mouse and without a page load."""
    page = visit(call)
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    page.keyboard.press("1")
    expect(page.locator("#said")).to_be_focused()
    page.keyboard.type("the battery dies before noon")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(QUESTION)).to_have_text("Which assistance do the riders use?")
    page.keyboard.press("1")
    expect(page.locator(".log .taken").first).to_contain_text("Turbo")
    write(page, "30 km")
    expect(page.locator(".log .taken").first).to_contain_text("30 km")
    _until(page, "Let me check I have it right")
    page.keyboard.press("1")
    expect(page.locator(".aloud.advice .say").first).to_contain_text("Ride in tour mode")
    page.keyboard.press("1")
    expect(page.locator(".stages .now")).to_contain_text("Agreed")
    _promise(page, "send the mode card")
    assert loads == []
    seen = services.calls.see(call.rpartition("/")[2])
    assert {promise.what for promise in seen.promises} == {"Ride in tour mode", "send the mode card"}


def _until(page: Page, words: str) -> None:
    """Skip questions until the one with these words is asked."""
    for _ in range(5):
        asked = page.locator(QUESTION).inner_text()
        if words in asked:
            return
        page.keyboard.press("s")
        expect(page.locator(QUESTION)).not_to_have_text(asked)
        expect(page.locator("#call.waiting")).to_have_count(0)
    raise AssertionError(f"never asked: {words}")


def _promise(page: Page, words: str) -> None:
    page.keyboard.press("p")
    expect(page.locator("#promise-text")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    expect(page.locator('[data-panel="agreed"]')).to_contain_text(words, ignore_case=True)


def test_every_key_shows_its_effect_within_a_tenth_of_a_second(visit: Opens, call: str) -> None:
    """What the rep does is on the page at once, before the server has answered."""
    page = visit(call)
    page.keyboard.press("1")
    page.keyboard.type("the battery dies before noon")
    page.route("**/actions", lambda route: None)
    waited = page.evaluate(
        """async () => {
          const field = document.getElementById("said"), from = performance.now();
          const shown = new Promise((done) => new MutationObserver(() => done(performance.now() - from))
            .observe(document.getElementById("pending"), { childList: true }));
          field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
          return await shown;
        }"""
    )
    assert waited < 100
    expect(page.locator("#pending")).to_contain_text("the battery dies before noon")


def test_offline_and_back(visit: Opens, call: str, services: CallServices) -> None:
    """Without a network the call goes on, a reload keeps what was typed, and all of it arrives once, in order."""
    page = visit(call)
    page.keyboard.press("1")
    expect(page.locator(QUESTION)).to_be_visible()
    page.context.set_offline(True)
    page.keyboard.press("Escape")
    write(page, "the battery dies before noon")
    write(page, "30 km")
    page.keyboard.press("w")
    page.keyboard.type("half a sent")
    expect(page.locator("#net")).to_contain_text("No connection")
    expect(page.locator("#pending li")).to_have_count(2)
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#said")).to_have_value("half a sent")
    expect(page.locator("#pending li")).to_have_count(0, timeout=15_000)
    expect(page.locator(".log")).to_contain_text("30 km")
    seen = services.calls.see(call.rpartition("/")[2])
    assert [one.text for one in seen.log if one.kind == "said"] == ["the battery dies before noon", "30 km"]


def test_two_people_follow_one_call(visit: Opens, call: str) -> None:
    """Each sees the other's changes at once and who is there; what one is typing is left alone."""
    first, second = visit(call), visit(call, "jo")
    first.keyboard.press("1")
    expect(second.locator(QUESTION)).to_be_visible()
    second.keyboard.press("w")
    second.keyboard.type("typing th")
    first.keyboard.type("the battery dies before noon")
    first.keyboard.press("Enter")
    expect(second.locator(".log")).to_contain_text("the battery dies before noon")
    expect(second.locator("#said")).to_have_value("typing th")
    expect(second.locator("#here")).to_contain_text("ada")
    second.keyboard.press("Escape")
    second.keyboard.press("n")
    second.keyboard.type("ask about the cold")
    second.locator("#note-box button").click()
    expect(first.locator('[data-panel="notes"]')).to_contain_text("ask about the cold")


def test_two_people_answer_the_same_question(visit: Opens, call: str) -> None:
    """Who comes second is told what the other noted, and notes theirs all the same with one press."""
    first, second = visit(call), visit(call, "jo")
    first.keyboard.press("1")
    first.keyboard.press("Escape")
    write(first, "the battery dies before noon")
    expect(second.locator(QUESTION)).to_have_text("Which assistance do the riders use?")
    second.context.set_offline(True)
    second.locator(".question:first-child .ticks button").nth(1).click()
    first.locator(".question:first-child .ticks button").nth(0).click()
    expect(first.locator(".log .taken").first).to_contain_text("Turbo")
    second.context.set_offline(False)
    expect(second.locator("#notices")).to_contain_text("ada noted something else here meanwhile: “Turbo”.", timeout=20_000)
    second.reload()
    clean(second)
    second.get_by_role("button", name="Note mine all the same").click()
    expect(first.locator(".log .taken").first).not_to_contain_text("Turbo")
    expect(second.locator("#notices li")).to_have_count(0)


def test_jumping_and_correcting_by_keyboard(visit: Opens, call: str) -> None:
    """J and the arrows lead to any question, c to what was just taken, a says that it was no answer, Ctrl Enter beforehand."""
    page = visit(call)
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    write(page, "the battery dies before noon")
    expect(page.locator(QUESTION)).to_have_text("Which assistance do the riders use?")
    page.keyboard.press("c")
    expect(page.locator(".line.fresh .edit:visible select")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(QUESTION)).to_contain_text("how will you know it is solved")
    expect(page.locator("#jump-box")).not_to_have_attribute("open", "")
    write(page, "they are all new in this")
    expect(page.locator(".log .taken").first).to_contain_text("They know it is solved by")
    page.keyboard.press("a")
    expect(page.locator(".log .entry")).to_have_count(5)
    expect(page.locator('[data-panel="map"]')).not_to_contain_text("They know it is solved by")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(QUESTION)).to_contain_text("how will you know it is solved")
    page.keyboard.press("w")
    page.keyboard.type("it was hot that day")
    expect(page.locator("#answers")).to_contain_text("how will you know it is solved")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".log")).to_contain_text("it was hot that day")
    expect(page.locator('[data-panel="map"]')).not_to_contain_text("They know it is solved by")


def test_a_note_is_taken_back_with_one_key(visit: Opens, call: str) -> None:
    """Z undoes the last note; a line is taken out with Delete."""
    page = visit(call)
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    write(page, "the battery dies before noon")
    expect(page.locator('[data-panel="map"]')).to_contain_text("battery dies")
    page.keyboard.press("z")
    expect(page.locator('[data-panel="map"]')).not_to_contain_text("battery dies")


def test_a_refused_promise_says_why_and_keeps_what_was_typed(visit: Opens, call: str) -> None:
    """A day that passed is refused beside the form, with the words still in it."""
    page = visit(call)
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.locator("#promise-text").fill("call back")
    page.locator("#promise-box [name=due]").fill("2025-04-01")
    page.keyboard.press("Enter")
    expect(page.locator("#promise-box [data-error]")).to_have_text("This day has passed. Choose today or a later day.")
    expect(page.locator("#promise-text")).to_have_value("call back")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible(visit: Opens, call: str, services: CallServices, size: dict[str, int], scheme: str) -> None:
    """List, preparation and call: axe-core finds nothing, nothing scrolls sideways."""
    page = visit("/calls", size=size, color_scheme=scheme)
    clean(page)
    page.goto(page.url + call.removeprefix("/calls") + "/prepare")
    clean(page)
    page.get_by_role("link", name="Begin the call").click()
    page.wait_for_url(f"**{call}")
    page.wait_for_load_state()
    clean(page)
    page.get_by_role("button", name="They allow it").click()
    page.locator("#said").fill("the battery dies before noon")
    page.keyboard.press("Enter")
    expect(page.locator(QUESTION)).to_have_text("Which assistance do the riders use?")
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"call-{size['width']}-{scheme}.png", full_page=True)


def test_a_call_prints_what_matters(visit: Opens, call: str) -> None:
    """On paper stand what was understood and the ladder, without fields and buttons."""
    page = visit(call)
    page.keyboard.press("1")
    page.keyboard.type("the battery dies before noon")
    page.keyboard.press("Enter")
    expect(page.locator(QUESTION)).to_have_text("Which assistance do the riders use?")
    page.emulate_media(media="print")
    expect(page.locator('[data-panel="map"] .line').first).to_be_visible()
    expect(page.locator("#capture")).to_be_hidden()
    expect(page.locator("#finish")).to_be_hidden()


def test_keys_can_be_switched_off(visit: Opens, call: str) -> None:
    """The list of keys is one key away, and whoever wants none can switch them off."""
    page = visit(call)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#capture")).to_be_hidden()
