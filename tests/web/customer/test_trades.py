"""The site of each sample company, in a browser: for everyone, on a wide screen and a phone, its own words and the widget on it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import OpenCompany
from tests.web.browsing import DESKTOP, PHONE, PICTURES, Server, wrong_for_some

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("trade", ["laundry", "metals", "telephony"])
def test_a_site_for_each_trade(browser: Browser, services: OpenCompany, trade: str) -> None:
    """Home and the page on how the advice works: nothing stands in anybody's way, nothing scrolls sideways."""
    company = services(trade)
    found = {}
    with Server(company).running() as url:
        for size in (DESKTOP, PHONE):
            page = browser.new_page(viewport=size, reduced_motion="reduce")
            for path in ("", "how-it-works"):
                page.goto(f"{url}/{path}")
                expect(page.get_by_role("button", name="Ask us")).to_be_visible()
                expect(page.locator("h1")).to_be_visible()
                found[f"{path or 'home'} {size['width']}"] = wrong_for_some(page)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
                PICTURES.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=PICTURES / f"trade-{trade}-{path or 'home'}-{size['width']}.png", full_page=True)
            page.close()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
