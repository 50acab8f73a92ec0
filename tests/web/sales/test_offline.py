"""A dead network in a real browser: the call opens again without it, what was noted waits there, and arrives once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bot.store.access import Role
from bot.web.access import COOKIE
from tests.web.access.people import user_of
from tests.web.sales.serving import CallServices
from tests.web.sales.visiting import QUESTION, Opens, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOON = "the battery dies before noon"
_KEPT = "async () => (await caches.has('advisor-call')) ? (await (await caches.open('advisor-call')).keys()).length : 0"


def begun(visit: Opens, call: str) -> Page:
    """A call that is under way, with its page kept on the device."""
    page = visit(call)
    page.keyboard.press("1")
    expect(page.locator(QUESTION)).to_be_visible()
    page.keyboard.press("Escape")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_function(f"({_KEPT})().then((count) => count > 5)")
    return page


def said(services: CallServices, call: str) -> list[str]:
    """What was noted in the call, as the server has it."""
    seen = services.calls.see(call.rpartition("/")[2])
    return [one.text for one in seen.log if one.kind == "said"]


def test_a_call_opens_again_without_a_network(visit: Opens, call: str, services: CallServices) -> None:
    """A reload and a new tab show the call as it stood and what waits; back online all of it arrives once, in order."""
    page = begun(visit, call)
    write(page, NOON)
    expect(page.locator(QUESTION)).to_have_text("Which assistance do the riders use?")
    page.context.set_offline(True)
    write(page, "30 km")
    write(page, "since the spring")
    page.keyboard.press("w")
    page.keyboard.type("half a sent")
    page.reload()
    expect(page.locator("#pending li")).to_have_text(["“since the spring”", "“30 km”"])
    expect(page.locator("#said")).to_have_value("half a sent")
    expect(page.locator(QUESTION)).to_have_text("Which assistance do the riders use?")
    expect(page.locator("#net")).to_contain_text("No connection")
    lid = page.context.new_page()
    page.close()
    lid.goto(page.url)
    expect(lid.locator("#pending li")).to_have_count(2)
    lid.keyboard.press("Escape")
    write(lid, "")
    lid.context.set_offline(False)
    expect(lid.locator("#pending li")).to_have_count(0, timeout=20_000)
    expect(lid.locator(".log")).to_contain_text("since the spring")
    assert said(services, call) == [NOON, "30 km", "since the spring", "half a sent"]


def test_with_a_network_the_page_is_the_servers(visit: Opens, call: str, services: CallServices) -> None:
    """What is kept is never shown while the server answers."""
    page = begun(visit, call)
    page.evaluate(
        """async (path) => {
          const cache = await caches.open("advisor-call");
          const until = { headers: { "Content-Type": "text/html", "Advisor-Kept-Until": "9999999999" } };
          await cache.put(path, new Response("<h1>stale</h1>", until));
        }""",
        call,
    )
    page.reload()
    expect(page.locator("#said")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("#said")).to_be_visible()


def test_signing_out_leaves_nothing_of_the_call_on_the_device(visit: Opens, call: str) -> None:
    """Neither page nor state nor draft stays; without a network the call does not open."""
    page = begun(visit, call)
    page.locator("#said").fill("a draft about the customer")
    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_label("Password")).to_be_visible()
    page.wait_for_function(f"({_KEPT})().then((count) => count === 0)")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('advisor.call.'))") == []
    page.context.set_offline(True)
    page.goto(page.url.replace("/sign-in", call))
    expect(page.locator("h1")).to_have_text("No connection")


def test_what_was_not_sent_is_asked_about_before_signing_out(visit: Opens, call: str) -> None:
    """Who stays keeps it."""
    page = begun(visit, call)
    page.route("**/actions", lambda route: route.abort())
    write(page, NOON)
    expect(page.locator("#pending li")).to_have_count(1)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.locator("#pending li")).to_have_count(1)
    assert asked == ["Some of what you noted in a call has not been sent yet. Sign out and throw it away?"]


def test_a_session_that_ended_closes_what_was_kept(visit: Opens, call: str, services: CallServices) -> None:
    """A page that leads to the sign-in takes what was kept with it; what waits stays for its writer."""
    page = begun(visit, call)
    page.context.set_offline(True)
    write(page, NOON)
    expect(page.locator("#pending li")).to_have_count(1)
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.reload()
    expect(page.get_by_label("Password")).to_be_visible()
    page.wait_for_function(f"({_KEPT})().then((count) => count === 0)")
    signed_in_again(page, services)
    page.goto(page.url.partition("/sign-in")[0] + call)
    expect(page.locator(".log")).to_contain_text(NOON, timeout=15_000)
    assert said(services, call) == [NOON]


def test_a_call_without_notes_is_not_kept(visit: Opens, call: str) -> None:
    """Who wants no notes leaves none on the rep's device either."""
    page = visit(call)
    page.keyboard.press("2")
    expect(page.locator('[data-panel="bar"]')).to_contain_text("no notes are kept")
    page.locator("#said").fill("private")
    page.wait_for_timeout(600)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('advisor.call.'))") == []
    found = page.evaluate("async (path) => Boolean(await caches.match(path)) || Boolean(await caches.match(`${path}/state`))", call)
    assert not found


def test_notes_go_on_after_signing_in_again_elsewhere(visit: Opens, call: str, services: CallServices) -> None:
    """A session of the same user begun in another tab: the page takes its token and sends what waits."""
    page = begun(visit, call)
    signed_in_again(page, services)
    write(page, NOON)
    expect(page.locator(".log")).to_contain_text(NOON)
    assert said(services, call) == [NOON]


def test_nobody_sends_what_somebody_else_noted(visit: Opens, call: str, services: CallServices) -> None:
    """Signed in as another in the meantime, what waits is kept for who wrote it."""
    page = begun(visit, call)
    signed_in_again(page, services, "jo")
    write(page, NOON)
    expect(page.locator("#net")).to_have_text(
        "jo is signed in here now. What you noted waits on this device until you sign in again."
    )
    assert said(services, call) == []


def signed_in_again(page: Page, services: CallServices, name: str = "ada") -> None:
    """A new session in the page's browser, as a sign-in in another tab makes one."""
    user = user_of(services.store, Role.REP, name, team="north")
    secret = f"another secret of {name}"
    with services.store.begin() as work:
        work.sessions.open(user.id, secret, timedelta(hours=12))
    url = page.evaluate("location.origin")
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": url}])
