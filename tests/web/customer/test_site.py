"""The company's own site: made from the catalogue in force, true for any company, safe, and good to use for everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from bot.advice.catalogue import Catalogue, Company, Product, ProductStatus
from bot.content import load
from bot.web.app import create_app
from bot.web.customer.drawing import PALETTES, cover, emblem
from bot.web.customer.site import kinds, priced, wishes
from tests.advice.worlds import BIKES
from tests.web.browsing import DESKTOP, PHONE, PICTURES, Server, wrong_for_some
from tests.web.customer.shop import Shop
from tests.web.fake import FakeServices

CATALOGUES = Path(__file__).parents[3] / "data" / "catalogues"
TRADES = ("laundry", "metals", "telephony")
PAGES = ("/", "/products", "/services", "/how-it-works", "/embed", "/chat")


def company_of(folder: Path, catalogue: Catalogue) -> FakeServices:
    """Services of a company."""
    fake = FakeServices(folder)
    fake.catalogue = catalogue
    return fake


@pytest.fixture(scope="module", params=TRADES)
def trade(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalogue, TestClient]]:
    """A shipped company and a client of its site."""
    catalogue = load(CATALOGUES / str(request.param))
    with TestClient(create_app(company_of(tmp_path_factory.mktemp("site"), catalogue))) as running:
        yield catalogue, running


def text_of(client: TestClient, path: str) -> str:
    """What a page says."""
    answer = client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, path
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_the_site_says_what_the_catalogue_says(trade: tuple[Catalogue, TestClient]) -> None:
    """Name, trade, hours, region, people, services, every product sold: from the catalogue, with the whole cost to own."""
    catalogue, client = trade
    home = text_of(client, "/")
    assert catalogue.company.name in home
    assert all(expert.name in home for expert in catalogue.experts.values())
    assert all(limit.say in home for limit in catalogue.company.limits)
    assert catalogue.company.hours.opens in home
    products = text_of(client, "/products")
    assert all(product.name in products for product in catalogue.products.values())
    services = text_of(client, "/services")
    assert all(service.name in services for service in catalogue.services.values())


def test_every_product_has_a_page_the_chat_knows_of(trade: tuple[Catalogue, TestClient]) -> None:
    """A product's page gives the widget the product as its topic, tells the cost, and points on where it is no longer sold."""
    catalogue, client = trade
    for product in catalogue.products.values():
        answer = client.get(f"/products/{product.id}", headers={"accept": "text/html"})
        assert f'data-topic="{product.id}"' in answer.text
        if product.replaced_by:
            assert f"/products/{product.replaced_by}" in answer.text
    assert client.get("/products/nothing").status_code == 404


def test_each_sample_company_has_colours_of_its_own() -> None:
    """The three sample companies look different; the same company always looks the same."""
    names = [load(CATALOGUES / trade).company.name for trade in TRADES]
    assert len({cover(name) for name in names}) == 3
    assert cover(names[0]) == cover(names[0])
    assert emblem(names[0], "washer") != emblem(names[0], "dryer")
    assert all(contrast(each.accent, "#ffffff") >= 4.5 and contrast(each.light, "#1b2222") >= 4.5 for each in PALETTES)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, 1.4.3)."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_a_company_that_knows_little_has_a_true_site(tmp_path: Path) -> None:
    """No products, services, people or limits: nothing is said of them, and nothing fails."""
    bare = Catalogue(Company("Ink & Co", "printing", "We print.", "call 5", currency="GBP"), {}, {}, {}, {}, {})
    with TestClient(create_app(company_of(tmp_path, bare))) as client:
        home = text_of(client, "/")
        assert "Ink & Co" in home
        for words in ("What we sell", "What we do for you", "The people you reach", "What people say about us"):
            assert words not in home
        assert all(client.get(path).status_code == 200 for path in PAGES)


def test_words_of_a_catalogue_cannot_break_a_page(tmp_path: Path) -> None:
    """Whatever stands in a catalogue is shown as text, in every page and attribute."""
    evil = '"><script>alert(1)</script>'
    product = Product(evil, evil, evil, about=evil, status=ProductStatus.CURRENT, limits=(evil,), capabilities={evil: evil})
    catalogue = Catalogue(Company(evil, evil, evil, evil), {}, {evil: product}, {}, {}, {})
    with TestClient(create_app(company_of(tmp_path, catalogue))) as client:
        for path in (*PAGES, "/site/cover.svg", "/site/colours.css"):
            assert "<script>alert" not in client.get(path).text


def test_costs_are_whole() -> None:
    """Once, a year, and over the company's years; free is said; what is not known is not made up."""
    catalogue = BIKES
    told = priced(catalogue.products["lr2"].cost, catalogue)
    assert [told[name].replace("\u00a0", " ") for name in ("once", "yearly", "whole", "years")] == [
        "5 200 €",
        "300 €",
        "6 700 €",
        "5",
    ]
    assert priced(catalogue.products["c1"].cost, catalogue) == {}
    assert next(kind.id for kind in kinds(catalogue)) == "bike"
    assert len(wishes(catalogue)) == 3


def test_the_documentation_knows_every_setting_of_the_widget() -> None:
    """Each attribute that the widget reads, and each property it can be styled by, stands in docs/embedding.md."""
    root = Path(__file__).parents[3]
    widget = root / "bot" / "web" / "static" / "widget"
    scripts = "".join(path.read_text("utf-8") for path in widget.glob("*.js"))
    style = (widget / "widget.css").read_text("utf-8")
    told = (root / "docs" / "embedding.md").read_text("utf-8")
    read = set(re.findall(r'this\.(?:get|has)Attribute\("([a-z]+)"\)', scripts)) | set(re.findall(r":host\(\[([a-z]+)", style))
    assert [name for name in sorted(read) if f"`data-{name}" not in told] == []
    assert [name for name in sorted(set(re.findall(r"--advisor-[a-z]+", style))) if name not in told] == []


@pytest.fixture(scope="module")
def url(shop: Shop) -> Iterator[str]:
    """The address of the bicycle shop."""
    with Server(shop).running() as address:
        yield address


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "/products/lr2", "/privacy", "/docs"])
def test_axe_finds_nothing(browser: Browser, url: str, path: str, scheme: Any) -> None:
    """No page breaks a rule of WCAG 2.2 AA that a program can find, on a phone in either scheme, and none scrolls sideways."""
    context = browser.new_context(viewport={"width": 320, "height": 720}, color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{url}{path}")
    if path not in ("/privacy", "/docs"):
        page.locator("advisor-chat").wait_for(state="attached")
    assert wrong_for_some(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    picture(page, f"{path.strip('/').replace('/', '_') or 'home'}_{scheme}")
    context.close()


@pytest.mark.browser
def test_a_problem_on_the_first_page_opens_the_chat_with_it(browser: Browser, url: str) -> None:
    """What brings people here is one click away from being told."""
    page: Page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    page.locator(".tiles a").first.click()
    expect(page.locator("advisor-chat").get_by_role("textbox")).to_have_value(re.compile(r"\w"))
    page.close()


@pytest.mark.browser
def test_the_line_to_copy_follows_the_settings(browser: Browser, url: str) -> None:
    """What is chosen stands in the line, escaped; what is left as it is does not."""
    page: Page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/embed")
    line = page.locator("#line")
    expect(line).to_contain_text(f'<script src="{url}/widget.js"')
    page.get_by_label("Theme").select_option("dark")
    page.get_by_label("On the button").fill('Ask "us" <b>')
    page.get_by_label("On the button").press("Tab")
    page.get_by_label("Which corner").select_option("start")
    expect(line).to_contain_text('data-position="start"')
    page.get_by_label("Where it stands").select_option("here")
    expect(line).not_to_contain_text("data-position")
    expect(line).to_contain_text('data-theme="dark"')
    expect(line).to_contain_text('data-label="Ask &quot;us&quot; &lt;b>"')
    expect(line).to_contain_text("data-inline ")
    expect(page.locator("advisor-chat")).to_have_attribute("theme", "dark")
    expect(page.locator("advisor-chat")).to_have_count(1)
    page.close()


@pytest.mark.browser
def test_a_link_says_who_the_customer_is(browser: Browser, url: str, shop: Shop) -> None:
    """The token behind # leaves the address bar and the talk is that customer's, on the next page too."""
    page: Page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/#customer={shop.sign('K-7', 'customer')}")
    expect(page.locator("advisor-chat").get_by_role("textbox")).to_be_visible()
    page.goto(f"{url}/products")
    field = page.locator("advisor-chat").get_by_role("textbox")
    field.fill("the bikes run flat before noon")
    field.press("Enter")
    expect(page.locator("advisor-chat").get_by_text("the bikes run flat before noon").first).to_be_visible()
    page.wait_for_timeout(1500)
    assert shop.told[-1]["customer"] == "K-7"
    assert "customer" not in page.url
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_chat_alone_fills_its_page(browser: Browser, url: str, size: Any) -> None:
    """At /chat the widget has the whole page; nothing scrolls but the talk, which is there again after a reload."""
    context = browser.new_context(viewport=size, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{url}/chat")
    chat = page.locator("advisor-chat")
    field = chat.get_by_label("Your message")
    field.fill("the bikes run flat before noon")
    field.press("Enter")
    chat.get_by_role("button", name="Keep none").wait_for()
    picture(page, f"chat-{size['width']}")
    box = chat.bounding_box()
    assert box is not None
    assert box["height"] > 0.75 * size["height"]
    assert page.evaluate("(({scrollWidth, scrollHeight}) => [scrollWidth, scrollHeight])(document.documentElement)") == [
        size["width"],
        size["height"],
    ]
    page.reload()
    expect(chat.locator(".turn")).to_have_count(1)
    context.close()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"site_{name}.png")
