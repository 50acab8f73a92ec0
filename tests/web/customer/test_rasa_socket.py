"""Rasa's Socket.IO channel: its events as documented, the same turns and limits, and an existing Rasa client that connects."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio
from playwright.sync_api import Browser, Page, expect

from bot.web.app import let_go
from tests.web.browsing import Server
from tests.web.customer.shop import Shop

CLIENT = "rasa-webchat@1.0.1"
"""A web client made for Rasa, from the npm registry."""


@pytest.fixture(scope="module")
def url(shop: Shop) -> Iterator[str]:
    """The address of the shop's server."""
    with Server(shop).running() as address:
        yield address


class Client:
    """One connected client that keeps what it is sent."""

    def __init__(self) -> None:
        self.socket = socketio.AsyncClient(reconnection=False)
        self.session = asyncio.Queue()  # type: ignore[var-annotated]
        self.messages = asyncio.Queue()  # type: ignore[var-annotated]
        self.socket.on("session_confirm", self.session.put)
        self.socket.on("bot_uttered", self.messages.put)

    async def open(self, url: str, **headers: str) -> Client:
        """Connect, by long polling: the browser test below takes the WebSocket."""
        await self.socket.connect(url, headers=headers, transports=["polling"])
        return self

    async def close(self) -> None:
        """Go away at once, without waiting for the poll under way."""
        await self.socket.eio.disconnect(abort=True)

    async def asks(self, session: Any = None) -> str:
        """Ask for a session and return the one confirmed."""
        await self.socket.emit("session_request", {"session_id": session})
        return str(await asyncio.wait_for(self.session.get(), 10))

    async def says(self, session: Any, text: Any, **more: Any) -> dict[str, Any]:
        """Send a message and return the first one back."""
        await self.socket.emit("user_uttered", {"message": text, "session_id": session, **more})
        return dict(await asyncio.wait_for(self.messages.get(), 10))


def test_the_documented_events(url: str, shop: Shop) -> None:
    """A session is confirmed, a message answered with paragraphs and quick replies, and the turn is stored as any other."""

    async def talk() -> tuple[str, dict[str, Any]]:
        client = await Client().open(url)
        session = await client.asks()
        first = await client.says(session, "the bikes run flat before noon", metadata={"message_id": "s1"})
        await client.close()
        return session, first

    session, first = asyncio.run(talk())
    assert first["text"]
    assert [reply["content_type"] for reply in first.get("quick_replies", [])] == ["text"] * len(first.get("quick_replies", []))
    with shop.desk.store_of(session).read() as work:
        assert [turn.user_text for turn in work.turns.after(session)] == ["the bikes run flat before noon"]


def test_a_session_goes_on_after_a_new_connection(url: str, shop: Shop) -> None:
    """With the same session id the conversation continues, and every tab that has it hears the replies."""

    async def talk() -> tuple[str, dict[str, Any]]:
        client = await Client().open(url)
        session = await client.asks()
        await client.says(session, "the bikes run flat before noon")
        await client.close()
        one, other = await Client().open(url), await Client().open(url)
        assert await one.asks(session) == await other.asks(session) == session
        await one.says(session, "always turbo")
        heard = await asyncio.wait_for(other.messages.get(), 10)
        await one.close()
        await other.close()
        return session, heard

    session, heard = asyncio.run(talk())
    assert heard["text"]
    with shop.desk.store_of(session).read() as work:
        assert len(work.turns.after(session)) == 2


@pytest.mark.parametrize(
    "data",
    [
        None,
        "hello",
        {},
        {"message": "hello"},
        {"message": "hello", "session_id": ""},
        {"message": "hello", "session_id": "x" * 201},
        {"message": "hello", "session_id": {"a": 1}},
        {"message": ["hello"], "session_id": "junk-1"},
        {"message": "hello", "session_id": "junk-2", "metadata": {"customer_token": "forged"}},
        {"message": "hello", "session_id": "junk-3", "metadata": [1]},
    ],
)
def test_what_cannot_be_read_is_told_as_a_message(url: str, data: Any) -> None:
    """Whatever a client sends, it is answered with what is wrong and what to do, and the connection stays up."""

    async def send() -> tuple[dict[str, Any], str]:
        client = await Client().open(url)
        await client.socket.emit("user_uttered", data)
        told = await asyncio.wait_for(client.messages.get(), 10)
        session = await client.asks()
        await client.close()
        return told, session

    told, session = asyncio.run(send())
    assert told["text"]
    assert session


def test_other_websites_cannot_connect(url: str) -> None:
    """A page of a site that is not listed is turned away; a listed one and the server's own are let in."""

    async def tried(origin: str) -> bool:
        client = Client()
        try:
            await client.open(url, Origin=origin)
        except socketio.exceptions.ConnectionError:
            return False
        await client.close()
        return True

    assert [asyncio.run(tried(origin)) for origin in ("https://evil.example", "null")] == [False, False]
    assert asyncio.run(tried("https://shop.example"))
    assert asyncio.run(tried(url))


@pytest.fixture(scope="module")
def client_script(kept: Path) -> str:
    """The script of the Rasa client, from the npm registry."""
    folder = kept / "npm"
    script = folder / "package" / "lib" / "index.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed, so the existing Rasa client cannot be fetched")
        folder.mkdir(exist_ok=True)
        subprocess.run([npm, "pack", CLIENT, "--silent"], cwd=folder, check=True, capture_output=True, timeout=120)
        with tarfile.open(next(folder.glob("*.tgz"))) as packed:
            packed.extractall(folder)
    return script.read_text("utf-8")


PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bikes</title></head><body>
<div id="webchat"></div><script src="/client.js"></script><script>
WebChat.default({ selector: '#webchat', initPayload: 'hello', customData: {language: 'en'}, socketUrl: '%s',
  socketPath: '/socket.io/', title: 'Pedal Works', embedded: true, params: {storage: 'session'} }, null);
</script></body></html>"""


@pytest.mark.browser
def test_an_existing_rasa_client_connects_unchanged(url: str, browser: Browser, client_script: str, shop: Shop) -> None:
    """rasa-webchat, as published, holds a conversation on a page of its own: greeting, message, quick reply, stored turns."""
    page: Page = browser.new_page()
    here = f"{url}/elsewhere"
    page.route(here, lambda route: route.fulfill(body=PAGE % url, content_type="text/html"))
    page.route(f"{url}/client.js", lambda route: route.fulfill(body=client_script, content_type="text/javascript"))
    page.goto(here)
    page.locator(".rw-response").first.wait_for(timeout=20000)
    field = page.locator(".rw-new-message")
    field.fill("the bikes run flat before noon")
    page.keyboard.press("Enter")
    expect(page.locator(".rw-client").last).to_contain_text("the bikes run flat before noon")
    page.locator(".rw-reply").first.wait_for(timeout=20000)
    chosen = page.locator(".rw-reply").first
    title = chosen.inner_text()
    chosen.click()
    expect(page.locator(".rw-client").last).to_contain_text(title)
    page.wait_for_timeout(500)
    expect(page.locator(".rw-response").last).not_to_be_empty()
    with shop.store.read() as work:
        talks = [work.turns.after(one.id) for one in work.conversations.recent(1)]
    assert [turn.user_text for turn in talks[0]][:2] == ["hello", "the bikes run flat before noon"]
    assert len(talks[0]) == 3
    page.close()


def test_a_server_with_clients_stops_cleanly(tmp_path: Path) -> None:
    """Clients are let go, what runs beside the requests is ended in order, and nothing fails on the way."""
    shop = Shop(tmp_path)
    server = Server(shop)
    with server.running() as address:
        asyncio.run_coroutine_threadsafe(_connected(address), server.loop).result(20)
        asyncio.run_coroutine_threadsafe(let_go_twice(server), server.loop).result(20)
    assert not server.lifespan.shutdown_failed
    shop.close()


async def let_go_twice(server: Server) -> None:
    """What a stopping server does: once before its connections end, once after."""
    await let_go(server.app)
    await let_go(server.app)


async def _connected(address: str) -> None:
    client = await Client().open(address)
    await client.asks()
    await client.close()
