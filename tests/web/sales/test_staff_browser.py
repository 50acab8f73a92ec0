"""The pages for staff in a real browser: signing in by keyboard, the day, after a conversation, users, integrations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.store.access import Role
from tests.web.access.people import PASSWORD, user_of
from tests.web.browsing import PICTURES, Server, wrong_for_some
from tests.web.fake import FakeServices
from tests.web.sales.conftest import affair

pytestmark = pytest.mark.browser

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 800}, "narrow": {"width": 320, "height": 640}}
PAGES = ("day", "day/measures", "after/talk-Spa", "account", "admin/users", "admin/integrations", "admin/audit")


@pytest.fixture
def url(fake: FakeServices) -> Iterator[str]:
    """The address of a server with two customers, one of them ada's, who is an admin too."""
    ada = user_of(fake.store, Role.ADMIN, "ada", full_name="Ada Byron", team="North")
    with fake.store.begin() as work:
        affair(work, fake.catalogue, "Spa", ada)
        affair(work, fake.catalogue, "Harbour")
    with Server(fake).running() as address:
        yield address


def sign_in(page: Page, url: str) -> None:
    """Sign in with nothing but the keyboard."""
    page.goto(f"{url}/sign-in")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("ada")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "sign-in" not in address)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_on_every_screen(browser: Browser, url: str, scheme: str) -> None:
    """Nothing scrolls sideways down to 320 pixels, axe-core finds nothing, no script or style is blocked, light and dark."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page, blocked = context.new_page(), []
    page.on("console", lambda line: blocked.append(line.text) if "Content Security" in line.text else None)
    page.on("pageerror", lambda error: blocked.append(str(error)))
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.goto(f"{url}/sign-in")
    assert wrong_for_some(page) == []
    page.screenshot(path=PICTURES / f"staff-{scheme}-sign-in.png")
    sign_in(page, url)
    for path in PAGES:
        page.goto(f"{url}/{path}")
        for name, size in SIZES.items():
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.screenshot(path=PICTURES / f"staff-{scheme}-{name}-{path.replace('/', '-')}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (path, name)
        assert wrong_for_some(page) == [], path
    assert blocked == []
    context.close()


def test_a_day_by_keyboard(browser: Browser, url: str, fake: FakeServices) -> None:
    """A rep takes a waiting customer, records a check-in and edits the summary without touching the mouse."""
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    sign_in(page, url)
    page.goto(f"{url}/day")
    page.get_by_role("button", name="Take").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It is yours now")
    expect(page.get_by_text("+49 30 Spa")).to_be_visible()
    page.locator("#check-in-1 summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("the shelf is full")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("What worked")
    expect(page.locator("#check-in-1")).to_have_count(0)
    page.goto(f"{url}/after/talk-Spa")
    page.get_by_label("Summary for the customer").fill("# Towels\n\n> full at noon\n")
    page.get_by_role("button", name="Keep", exact=True).press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Kept.")
    expect(page.get_by_label("Summary for the customer")).to_have_value("# Towels\n\n> full at noon\n")
    with page.expect_download() as got:
        page.get_by_role("link", name="PDF").click()
    assert got.value.suggested_filename == "summary.pdf"
    page.emulate_media(media="print")
    assert page.get_by_role("button", name="Keep", exact=True).is_hidden()
    context.close()
