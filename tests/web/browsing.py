"""A real browser for tests: where it is, what a page is looked at with, and a server for it to visit."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from bot.web.app import create_app, let_go
from bot.web.backend import Backend

PICTURES = Path(__file__).parents[2] / "results" / "pages"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-pings"]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 320, "height": 640}
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Server(uvicorn.Server):
    """A server in a thread of its own, on a free port of this machine or the one given."""

    def __init__(self, backend: Backend, port: int = 0) -> None:
        self.app = create_app(backend)
        super().__init__(uvicorn.Config(self.app, log_config=None, lifespan="on"))
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell when it is up."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of open streams first, as the real server does."""
        await let_go(self.app)
        await super().shutdown(sockets)

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve while the block runs."""
        thread = threading.Thread(target=self.run, kwargs={"sockets": [self.socket]}, daemon=True)
        thread.start()
        assert self.up.wait(20)
        yield self.url
        self.should_exit = True
        thread.join(20)
        assert not thread.is_alive(), "the server does not stop"

    @contextmanager
    def killed(self) -> Iterator[str]:
        """Serve while the block runs; then break off every connection and every turn, as when a process is killed."""
        with self.running() as url:
            yield url
            self.force_exit = True


def wrong_for_some(page: Page) -> list[str]:
    """What keeps somebody from using the page, as axe-core sees it (WCAG 2.2 A and AA, and its best practice)."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": _RULES}})
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found.response["violations"]]
