"""Scores and learning in a real browser: judged by keyboard alone, and every page usable by everybody on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from bot.learning.scores import STANDARD
from tests.web.browsing import wrong_for_some
from tests.web.fake import FakeServices
from tests.web.review.test_browser_review import press, room, url

__all__ = ["room", "url"]
pytestmark = pytest.mark.browser
PAGES = ("scores", "scores/of/more%203", "agreement", "rubric", "queues", "coaching", "learn/needs", "learn/avoided", "experiments")


def test_a_conversation_is_judged_by_keyboard_alone(room: Any, services: FakeServices) -> None:
    """Each criterion is one stop of the tab key and one of the space bar; saved, it says so."""
    page = room("/review/scores/of/more%203")
    page.locator('input[name="mark.why_first"]').first.focus()
    for _ in STANDARD.criteria:
        press(page, "Space", "Tab")
    page.keyboard.type("well sought")
    press(page, "Tab", "Enter")
    expect(page.get_by_role("status")).to_have_text("Saved.")
    with services.store.read() as work:
        (judged,) = work.judgements.of_conversation("more 3")
    assert (judged.total, judged.note) == (100.0, "well sought")


def test_every_page_is_usable_by_everybody_on_a_phone(room: Any) -> None:
    """No violation that axe finds, and nothing to scroll sideways at 320 pixels."""
    for path in PAGES:
        page = room(f"/review/{path}", "phone")
        assert wrong_for_some(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
