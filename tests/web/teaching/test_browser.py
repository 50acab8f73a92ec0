"""The review room's teaching in a real browser: by keyboard from a wrong turn to a model in force, clean for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.store.access import Role
from bot.web.access import COOKIE
from tests.web.access.people import client_of
from tests.web.browsing import DESKTOP, PHONE, PICTURES, Server, wrong_for_some
from tests.web.fake import FakeServices

pytestmark = pytest.mark.browser

FIGURES = {"macro_f1": 0.812, "accuracy": 0.83, "calibration_error": 0.041, "kept_out": 0.93, "several": 0.61}
MENDED = {"name": "a queue at nine", "trade": "brightcup", "at": "we wait", "wrong": ["problem: expected long_queue"]}
FARES = {"text": "we queue", "act": "reports_problem", "old": "informs", "new": "reports_problem"}
SCORES: dict[str, Any] = {
    "against": "advisor-first.tar.gz",
    "tests": {"tests": 81, "old": 80, "new": 81, "broken": [], "mended": [MENDED], "failing": []},
    "voices": {
        "messages": 312,
        "voices": 4,
        "old": {**FIGURES, "macro_f1": 0.801, "by_act": {"greet": [0.88, 12]}},
        "new": {**FIGURES, "by_act": {"greet": [0.9, 12]}},
        "changed": [FARES],
    },
    "replay": {"conversations": 2, "turns": 5, "changed": []},
}
STEP = {
    "seq": 2,
    "was": {"kind": "ask_anything", "asks": "anything", "remedy": "", "problem": ""},
    "now": {"kind": "ask_check", "asks": "fact:when_slow", "remedy": "", "problem": "long_queue"},
}
CHANGED = {"conversation": "chat", "steps": [STEP], "advised": "larger_machine", "would_advise": "descale", "advice_changed": True}

Opens = Callable[..., Page]


@pytest.fixture
def visit(fake: FakeServices, browser: Browser) -> Iterator[Opens]:
    """Opens a page as Tara, a trainer; an error in a script fails the test."""
    server = Server(fake)
    client_of(server.app, fake, Role.TRAINER, "tara", full_name="Tara")
    contexts: list[Any] = []
    errors: list[str] = []
    with server.running() as url:

        def opened(path: str, size: dict[str, int] = DESKTOP, **more: Any) -> Page:
            contexts.append(browser.new_context(viewport=size, reduced_motion="reduce", **more))
            contexts[-1].add_cookies([{"name": COOKIE, "value": "secret of tara", "url": url}])
            page: Page = contexts[-1].new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
            page.goto(f"{url}{path}")
            return page

        yield opened
        for context in contexts:
            context.close()
    assert errors == []


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"teaching-{name}.png", full_page=True)


def clean(page: Page) -> None:
    """No finding of axe."""
    assert wrong_for_some(page) == []


def looked_at(page: Page, name: str) -> None:
    """The page is clean, and a picture of it is kept."""
    page.wait_for_load_state()
    clean(page)
    picture(page, name)


def test_by_keyboard_from_a_wrong_turn_to_a_model_in_force(visit: Opens, fake: FakeServices) -> None:
    """A turn is corrected, what it proposes accepted, a model trained, replayed and put in force, without a mouse."""
    fake.answering.scores, fake.answering.results = SCORES, {"conversations": 2, "turns": 5, "changed": [CHANGED]}
    page = visit("/review/read/chat?turn=2")
    page.keyboard.press("e")
    page.wait_for_url("**/review/correct/2/chat")
    correct_by_keyboard(page)
    page.get_by_role("navigation", name="Review room").get_by_role("link", name="Teaching").press("Enter")
    accept_by_keyboard(page)
    assert (fake.settings.data_dir / "learnt" / "nlu" / "learnt.yml").is_file()
    train_by_keyboard(page, fake)
    replay_by_keyboard(page)
    promote_by_keyboard(page)
    assert fake.answering.model == "advisor-made1.tar.gz"
    page.get_by_role("button", name="Roll back").press("Enter")
    expect(page.get_by_text("rolled back")).to_be_visible()
    assert fake.answering.model == "advisor-first.tar.gz"


def correct_by_keyboard(page: Page) -> None:
    """Fill the form and save it."""
    for name, letters in (("act0", "reports"), ("problem", "people")):
        page.locator(f"select[name={name}]").focus()
        page.keyboard.type(letters)
    page.get_by_label("A note for others").focus()
    page.keyboard.type("They tell of the queue.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="What this correction proposes")).to_be_visible()
    looked_at(page, "corrected")


def accept_by_keyboard(page: Page) -> None:
    """Accept everything that waits."""
    expect(page.locator(".proposal")).to_have_count(3)
    looked_at(page, "proposals")
    for left in (2, 1, 0):
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator(".proposal")).to_have_count(left)
        page.wait_for_load_state()


def train_by_keyboard(page: Page, fake: FakeServices) -> None:
    """Begin a training and watch it to its end."""
    page.get_by_role("navigation", name="Correcting and teaching").get_by_role("link", name="Training").press("Enter")
    fake.answering.gate.clear()
    page.get_by_role("button", name="Train now").press("Enter")
    expect(page.locator(".watch .step")).to_have_text("Learning the acts")
    looked_at(page, "training")
    fake.answering.gate.set()
    expect(page.locator(".watch")).to_have_count(0, timeout=10_000)


def replay_by_keyboard(page: Page) -> None:
    """Replay with the new model."""
    page.get_by_role("link", name="Replay", exact=True).press("Enter")
    page.locator("select[name=model]").select_option("advisor-made1.tar.gz")
    page.get_by_role("button", name="Replay").press("Enter")
    expect(page.get_by_text("1 of 2 conversations go otherwise")).to_be_visible(timeout=10_000)
    looked_at(page, "replay")


def promote_by_keyboard(page: Page) -> None:
    """Look at the model and put it in force."""
    page.get_by_role("link", name="Models").press("Enter")
    page.get_by_role("link", name="Look at it, and put it in force").wait_for()
    looked_at(page, "models")
    page.get_by_role("link", name="Look at it, and put it in force").press("Enter")
    page.get_by_role("button", name="Put it in force").wait_for()
    looked_at(page, "model")
    page.get_by_label("Why").focus()
    page.keyboard.type("knows queues")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Roll back")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["correct/4/chat", "suggestions", "evidence", "models"])
def test_on_a_phone_nothing_is_cut_off_and_axe_is_content(visit: Opens, fake: FakeServices, path: str, scheme: str) -> None:
    """At 320 pixels, light and dark, no page scrolls sideways and axe finds nothing."""
    with fake.store.begin() as work:
        for worked in (True, False, False):
            work.outcomes.add("shop", "descale", "chalky", worked)
    fake.suggester.begin()
    fake.suggester.wait(60)
    page = visit(f"/review/{path}", PHONE, color_scheme=scheme)
    clean(page)
    picture(page, f"{path.split('/', maxsplit=1)[0]}-{scheme}-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_selected_words_go_to_their_field(visit: Opens) -> None:
    """Words selected in the message go to the field that was used last."""
    page = visit("/review/correct/2/chat")
    page.get_by_label("A reason that was missed, in its words").focus()
    page.evaluate(
        """() => {
            const text = document.getElementById("said").firstChild, range = document.createRange();
            range.setStart(text, text.data.indexOf("before")); range.setEnd(text, text.data.length);
            getSelection().removeAllRanges(); getSelection().addRange(range);
            document.dispatchEvent(new MouseEvent("mouseup"));
        }"""
    )
    expect(page.get_by_label("A reason that was missed, in its words")).to_have_value("before the nine o'clock meeting")


def test_two_trainers_at_one_turn(visit: Opens) -> None:
    """The second one is shown the first one's correction, with their own text still there."""
    first, second = visit("/review/correct/2/chat"), visit("/review/correct/2/chat")
    for page, note in ((first, "the first note"), (second, "the second note")):
        page.get_by_label("A note for others").fill(note)
        page.get_by_role("button", name="Save the correction").click()
    expect(second.get_by_role("alert")).to_contain_text("Tara corrected this turn while you were writing")
    expect(second.get_by_label("A note for others")).to_have_value("the second note")
    expect(second.get_by_text("the first note")).to_be_visible()
    clean(second)
    picture(second, "conflict")
