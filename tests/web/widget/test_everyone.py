"""For everyone: screen readers, keyboards, small and large screens, dark and light, right to left, any colour, any website."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browsing import DESKTOP, PHONE
from tests.web.widget.company import Company, Running
from tests.web.widget.conftest import Opens, menu, picture, press, write

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def advice(page: Page) -> None:
    """Up to the advice."""
    write(page, "no clean towels")
    press(page, "Heavy soil, to be safe")
    press(page, "Exactly")
    page.locator(".option").nth(2).wait_for()


def correcting(page: Page) -> None:
    """In the middle of a correction."""
    write(page, "no clean towels")
    page.locator(".turn").wait_for()
    menu(page, "What I understood")
    page.get_by_label("Correct “Spa guests a day”").click()


def promised(page: Page) -> None:
    """Promises shown beside."""
    advice(page)
    press(page, "Yes, let's do that")
    menu(page, "Promises")


def refused(page: Page) -> None:
    """A message refused, another waiting."""
    page.route("**/chat/messages", lambda route: route.fulfill(status=422, json={"error": "No.", "do": "Stop."}))
    write(page, "Hello")
    page.locator(".failed").wait_for()
    page.unroute("**/chat/messages")
    page.route("**/chat/messages", lambda route: route.abort())
    write(page, "Hello again")
    expect(page.locator(".status")).to_contain_text("kept")


def steps(page: Page) -> None:
    """All steps shown."""
    write(page, "no clean towels")
    page.locator(".progress summary").click()


STATES: dict[str, Callable[[Page], None]] = {
    "first": lambda page: None,
    "question": lambda page: write(page, "no clean towels"),
    "steps": steps,
    "correcting": correcting,
    "advice": advice,
    "promises": promised,
    "referral": lambda page: write(page, "we need linen"),
    "person": lambda page: write(page, "a person please"),
    "night": lambda page: write(page, "at night"),
    "warning": lambda page: write(page, "there is smoke"),
    "menu": lambda page: page.get_by_label("More", exact=True).click(),
    "privacy": lambda page: menu(page, "Privacy"),
    "past": lambda page: menu(page, "Past conversations"),
    "restart": lambda page: menu(page, "Start again"),
    "refused": refused,
}


SEEN: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
}
"""How the widget may be seen."""


@pytest.mark.parametrize("seen", SEEN)
def test_every_state_is_clean(visit: Opens, company: Company, seen: str) -> None:
    """Axe finds nothing in any state, on a phone and on a wide screen, however it is seen; nothing scrolls sideways."""
    found = {}
    for name, reach in STATES.items():
        page = visit(**{"size": PHONE if name != "advice" else DESKTOP, **SEEN[seen]})
        reach(page)
        page.wait_for_timeout(150)
        found[f"{name}-phone"] = problems(page)
        picture(page, f"state-{seen}-{name}")
        assert page.locator(".scroll").evaluate("each => each.scrollWidth <= each.clientWidth")
        if name in ("advice", "correcting"):
            page.set_viewport_size(DESKTOP)
            page.get_by_label("Make wider").click()
            found[f"{name}-wide"] = problems(page)
            picture(page, f"state-{seen}-{name}-wide")
        page.context.close()
    assert {name: told for name, told in found.items() if told} == {}


def problems(page: Page) -> list[str]:
    """What axe finds in the widget."""
    results = Axe().run(page, context={"include": [["advisor-chat"]]}, options=RULES)
    return [
        f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0]['failureSummary']}" for one in results.response["violations"]
    ]


def test_a_screen_reader_hears_it(visit: Opens) -> None:
    """Replies are announced once and whole; who speaks is told; what stands in the log is not announced again on reload."""
    page = visit()
    page.locator("advisor-chat [aria-live=polite]")
    write(page, "no clean towels")
    expect(page.locator(".unseen[aria-live=polite]")).to_contain_text("Assistant: So it's towels on the shelf before noon.")
    expect(page.get_by_role("log")).to_contain_text("You:")
    press(page, "Heavy soil, to be safe")
    press(page, "Exactly")
    expect(page.locator(".unseen[aria-live=polite]")).to_contain_text("Does that serve it? 3 options, compared below")
    page.reload()
    expect(page.locator(".turn")).to_have_count(3)
    page.wait_for_timeout(200)
    expect(page.locator(".unseen[aria-live=polite]")).to_have_text("")


def test_what_the_stream_brings_first_is_not_news(visit: Opens) -> None:
    """After a reload the stream may be quicker than the request for the whole (here unanswered): the old talk is not announced."""
    page = visit()
    write(page, "no clean towels")
    expect(page.locator(".unseen[aria-live=polite]")).to_contain_text("So it's towels")
    page.route("**/chat/state", lambda _: None)
    page.reload()
    expect(page.locator(".turn")).to_have_count(1)
    page.wait_for_timeout(200)
    expect(page.locator(".unseen[aria-live=polite]")).to_have_text("")


def test_a_phone_shows_only_the_chat(visit: Opens) -> None:
    """On a phone the panel fills the screen and keeps the focus; Escape leads back to the launcher."""
    page = visit(PHONE, data="", has_touch=True)
    press(page, "Ask us")
    box = page.locator(".panel").bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") in ("advisor-chat", "body")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize("size", [PHONE, {"width": 640, "height": 400}])
def test_large_type_and_small_screens(visit: Opens, size: dict[str, int]) -> None:
    """At 320 pixels, and at 1280 pixels zoomed to 200 %, everything is there without scrolling sideways."""
    page = visit(size, device_scale_factor=2)
    advice(page)
    assert page.locator(".scroll").evaluate("each => each.scrollWidth <= each.clientWidth")
    assert page.locator(".scroll").evaluate("each => each.clientHeight") >= 130
    for name in ("More", "Close", "Send"):
        target = page.get_by_label(name, exact=True).last.bounding_box()
        assert target is not None
        assert min(target["width"], target["height"]) >= 24
    picture(page, f"advice-{size['width']}")


def test_targets_are_large_enough(visit: Opens) -> None:
    """Everything to press is at least 24 pixels high (WCAG 2.2, 2.5.8)."""
    page = visit(PHONE)
    advice(page)
    small = "each => each.map(one => one.getBoundingClientRect()).filter(box => box.height > 0 && box.height < 24).length"
    assert page.locator("advisor-chat button").evaluate_all(small) == 0


def test_right_to_left(visit: Opens, company: Company) -> None:
    """On a right-to-left page all is mirrored; each text runs in its own direction."""
    page = visit(PHONE, data='data-open data-dir="rtl"', html='dir="rtl"')
    write(page, "אין לנו מגבות נקיות towels")
    page.locator(".turn").wait_for()
    said, reply = page.locator(".said").bounding_box(), page.locator(".turn .reply .bubble").bounding_box()
    assert said is not None
    assert reply is not None
    assert said["x"] < reply["x"]
    assert page.locator(".said .bubble").evaluate("each => getComputedStyle(each).direction") == "rtl"
    assert page.locator(".turn .reply .bubble p").evaluate("each => getComputedStyle(each).direction") == "ltr"
    picture(page, "rtl")
    assert page.locator(".scroll").evaluate("each => each.scrollWidth <= each.clientWidth")


def test_dark_can_be_chosen(visit: Opens) -> None:
    """The look follows the device, the website may set it, and the customer has the last word."""
    page = visit(data='data-open data-theme="dark"')
    background = "each => getComputedStyle(each).backgroundColor"
    dark = page.locator(".panel").evaluate(background)
    menu(page, "Light")
    light = page.locator(".panel").evaluate(background)
    assert dark != light
    page.reload()
    assert page.locator(".panel").evaluate(background) == light


@pytest.mark.parametrize("colour", ["#ffd400", "#0a58ca", "#111111", "#39ff14"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_colour_can_be_read(visit: Opens, colour: str, scheme: str) -> None:
    """The company's colour is used as it can be read, in light and dark."""
    page = visit(data=f'data-open data-accent="{colour}"', color_scheme=scheme)
    write(page, "no clean towels")
    page.locator(".turn").wait_for()
    assert problems(page) == []
    picture(page, f"accent-{scheme}-{colour[1:]}")


def test_motion_is_reduced(visit: Opens) -> None:
    """Who wants no motion gets none."""
    page = visit()
    moving = "each => getComputedStyle(each).animationName"
    assert page.locator(".panel").evaluate(moving) == "none"
    assert visit(reduced_motion="no-preference").locator(".panel").evaluate(moving) == "arrive"


def test_in_the_page(visit: Opens) -> None:
    """The chat may stand in the page instead of floating over it; it takes no focus and does not scroll the page to itself."""
    page = visit(data='data-inline="#place"')
    expect(page.get_by_role("button", name="Ask us")).to_have_count(0)
    page.get_by_label("Your message").wait_for()
    page.wait_for_timeout(200)
    expect(page.get_by_label("Your message")).not_to_be_focused()
    write(page, "no clean towels")
    page.locator(".turn").wait_for()
    box = page.locator("advisor-chat").bounding_box()
    assert box is not None
    assert box["width"] > 760
    expect(page.locator(".side")).to_contain_text("What I understood")
    assert problems(page) == []
    picture(page, "inline")


def test_it_may_be_moved_and_taken_out(visit: Opens, company: Company) -> None:
    """A page that builds itself anew may move the element or put a new one in its place; the conversation goes on."""
    page = visit(data='data-inline="#place"')
    write(page, "Hello")
    page.locator(".turn").wait_for()
    page.evaluate("document.querySelector('main').append(document.querySelector('advisor-chat'))")
    write(page, "moved")
    expect(page.locator(".turn")).to_have_count(2)
    fresh = "const made = document.createElement('advisor-chat'); made.setAttribute('inline', '');"
    page.evaluate(f"(() => {{ {fresh} document.querySelector('advisor-chat').replaceWith(made); }})()")
    expect(page.locator(".turn")).to_have_count(2)
    write(page, "anew")
    expect(page.locator(".turn")).to_have_count(3)
    assert company.texts() == ["Hello", "moved", "anew"]


def test_it_opens_by_link_and_by_button(visit: Opens) -> None:
    """A link to #advisor and any element with data-advisor-open open it, with words to begin with if it has some."""
    page = visit(data="")
    page.get_by_role("link", name="Ask for advice").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    press(page, "Close")
    page.get_by_role("button", name="More washers?").click()
    expect(page.get_by_label("Your message")).to_have_value("I need more washers")


def test_a_website_can_speak_to_it(visit: Opens, company: Company) -> None:
    """Its own script opens and closes it, tells what page this is and who the customer is, and hears of unread messages."""
    page = visit(data="")
    page.evaluate("Advisor.page({topic: 'ironers'}); Advisor.identify('signed'); Advisor.open({draft: 'Hello'})")
    page.keyboard.press("Enter")
    page.locator(".turn").wait_for()
    assert company.began[0]["customer_token"] == "signed"
    assert company.pages[0]["topic"] == "ironers"
    page.evaluate("Advisor.close()")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.evaluate("Advisor.identify(null)")
    page.evaluate("Advisor.open()")
    expect(page.locator(".turn")).to_have_count(0)
    menu(page, "Past conversations")
    expect(page.locator(".side")).to_contain_text("There are no other conversations.")


def test_hostile_text_is_only_text(visit: Opens) -> None:
    """Whatever anybody writes or a server sends is shown as written; no link leads anywhere else, nothing runs."""
    page = visit()
    page.on("dialog", lambda dialog: pytest.fail("something ran"))
    write(page, "hostile <img src=x onerror=alert(1)>")
    expect(page.locator(".said .bubble")).to_contain_text("hostile <img src=x onerror=alert(1)>")
    expect(page.locator(".turn .reply .bubble")).to_contain_text("<b>bold</b> [x](javascript:alert(1))")
    assert page.locator(".log img, .log b, .log a, .log script").count() == 0
    expect(page.get_by_role("button", name="<i>tap</i>")).to_be_visible()


def test_links_lead_only_to_the_company(visit: Opens, company: Company) -> None:
    """Addresses that are not the company's own are never made into links."""
    page = visit()
    page.route(
        "**/chat/state*",
        lambda route: route.fulfill(
            json={
                **company.state(next(iter(company.conversations.values())), []),
                "last_seq": 1,
                "copy": "https://elsewhere.example/x",
                "consent": {"notes": "given", "privacy_url": "javascript:alert(1)"},
                "promises": [{"owner": "we", "who": None, "what": "x", "due": None, "state": "open"}],
                "promises_ics": "//elsewhere.example/x.ics",
            },
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    write(page, "Hello")
    page.locator(".turn").wait_for()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".foot")).to_contain_text("Notes are kept")
    menu(page, "Privacy")
    hrefs = page.locator("advisor-chat a:visible").evaluate_all("each => each.map(one => one.href)")
    assert [address for address in hrefs if "elsewhere" in address or "javascript" in address] == []
    menu(page, "Promises")
    expect(page.get_by_role("link", name="Add to my calendar")).to_have_count(0)


def test_nothing_is_kept_or_loaded_elsewhere(visit: Opens, server: Running, shop: Running) -> None:
    """No cookie, no request to anybody but the company."""
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    advice(page)
    assert [address for address in asked if not address.startswith((server.url, shop.url))] == []
    assert page.context.cookies() == []
