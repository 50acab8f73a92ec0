"""The server as a process of its own, killed or told to stop in the middle of a turn, and started again over the same records."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from bot.store import open_store
from tests.conftest import TODAY
from tests.web.browsing import DESKTOP
from tests.web.widget.conftest import picture, said, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 120_000
"""Milliseconds for a process to be there again on a busy machine, and for the page to notice."""
FIRST = "we run out of clean towels by noon"


class Process:
    """`advisor run` on one port and one data folder."""

    def __init__(self, folder: Path, model: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        told = {"PORT": str(self.port), "ADVISOR_CATALOGUE": "laundry", "ADVISOR_MODEL": str(model), "ADVISOR_TODAY": TODAY}
        told |= {"ADVISOR_DATA_DIR": str(folder), "ADVISOR_RATE_LIMIT": "0", "ADVISOR_LOG_LEVEL": "error"}
        self._environment = {**{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}, **told}
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it; returns when it can answer."""
        with (self.folder / "server.log").open("ab") as log:
            command = [sys.executable, "-m", "bot.cli", "run"]
            self._running = subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=log, stderr=log)
        for _ in range(600):
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            assert self._running.poll() is None, (self.folder / "server.log").read_text()[-2000:]
            time.sleep(0.2)
        raise AssertionError("The server does not get ready.")

    def end(self, sign: signal.Signals) -> int:
        """Send it the signal and wait until it is gone; says how it ended."""
        assert self._running is not None
        if self._running.poll() is None:
            self._running.send_signal(sign)
        return self._running.wait(60)

    def texts(self, sender: str) -> list[str]:
        """What the records hold of a conversation, in order."""
        store = open_store(f"sqlite:///{self.folder / 'advisor.sqlite3'}")
        with store.read() as work:
            found = [turn.user_text for turn in work.turns.after(sender)]
        store.close()
        return found


@pytest.fixture
def process(tmp_path: Path, trained_model: Path, kept: Path) -> Iterator[Process]:
    """A running server process."""
    (kept / "phrases").mkdir(exist_ok=True)
    (tmp_path / "phrases").symlink_to(kept / "phrases")
    made = Process(tmp_path, trained_model)
    made.start()
    yield made
    made.end(signal.SIGKILL)


@pytest.fixture
def page(browser: Browser, process: Process) -> Iterator[Page]:
    """A customer in the middle of a talk."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{process.url}/chat")
    write(page, FIRST)
    expect(page.locator(".turn")).to_have_count(1, timeout=PATIENCE)
    yield page
    context.close()


def sent(page: Page, text: str) -> None:
    """Write something; returns as soon as it is on its way to the server."""
    with page.expect_request("**/chat/messages"):
        write(page, text)


def whole(page: Page, process: Process, texts: list[str]) -> None:
    """Every message has one turn, in order, on the page, after a reload of it, and in the records."""
    for _ in range(2):
        expect(page.locator(".turn")).to_have_count(len(texts), timeout=PATIENCE)
        expect(page.locator(".waits")).to_have_count(0)
        assert said(page) == texts
        page.reload()
    assert process.texts(sender_of(page)) == texts


def test_killed_in_the_middle_of_a_turn(page: Page, process: Process) -> None:
    """Killed (SIGKILL) at once after a message, and later while one is worked on: it is told, and nothing is lost or doubled."""
    texts = [FIRST]
    for milliseconds, message in ((0, "always heavy soil, to be safe"), (30, "since may, when the spa opened")):
        sent(page, message)
        page.wait_for_timeout(milliseconds)
        process.end(signal.SIGKILL)
        write(page, f"are you there? {milliseconds}")
        expect(page.locator(".status")).to_contain_text("cannot be reached. Your message is kept", timeout=PATIENCE)
        expect(page.locator(".waits").last).to_contain_text("Not sent yet")
        picture(page, f"process-killed-{milliseconds}")
        process.start()
        texts += [message, f"are you there? {milliseconds}"]
        expect(page.locator(".turn")).to_have_count(len(texts), timeout=PATIENCE)
        expect(page.locator(".status")).to_have_text("")
    whole(page, process, texts)


def test_a_deploy_in_the_middle_of_a_turn(page: Page, process: Process) -> None:
    """Told to stop (SIGTERM), it finishes the turn and ends by itself; what is written meanwhile goes to its successor."""
    sent(page, "always heavy soil, to be safe")
    assert process.end(signal.SIGTERM) == 0
    write(page, "are you there?")
    expect(page.locator(".waits").last).to_contain_text("Not sent yet", timeout=PATIENCE)
    process.start()
    whole(page, process, [FIRST, "always heavy soil, to be safe", "are you there?"])


def sender_of(page: Page) -> str:
    """The conversation's id."""
    return str(page.evaluate("JSON.parse(localStorage.getItem(`advisor:${location.host}:who`)).sender"))
