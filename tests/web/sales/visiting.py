"""What tests of the rep's pages share in a real browser: sizes, how a call is visited, and noting something by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
QUESTION = "#questions .question:first-child > .say:not([hidden])"

Opens = Callable[..., Page]
"""Opens a page at a path, signed in as a rep (`rep`), in a window of a size (`size`)."""


def write(page: Page, text: str) -> None:
    """Type into the capture field by keyboard and leave it again."""
    page.keyboard.press("w")
    expect(page.locator("#said")).to_be_focused()
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
