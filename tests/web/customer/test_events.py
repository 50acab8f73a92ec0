"""The stream of turns over a real connection: every tab and every process hears of every turn, and a server can stop."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest

from tests.web.browsing import Server
from tests.web.customer.shop import Shop


@pytest.fixture(scope="module")
def url(shop: Shop) -> Iterator[str]:
    """The address of the shop's server."""
    with Server(shop).running() as address:
        yield address


def begin(url: str) -> dict[str, str]:
    """The headers of a new visitor."""
    return {"Authorization": f"Bearer {httpx.post(f'{url}/chat/session').json()['session']}"}


def send(url: str, headers: dict[str, str], text: str, message_id: str) -> Any:
    """Send a message."""
    body = {"text": text, "message_id": message_id}
    return httpx.post(f"{url}/chat/messages", json=body, headers=headers, timeout=30).json()


class Tab:
    """A tab that listens."""

    def __init__(self, url: str, headers: dict[str, str], after: int = 0) -> None:
        self.heard: Queue[Any] = Queue()
        self.ready = threading.Event()
        self.ended = threading.Event()
        address = f"{url}/chat/events?after={after}"
        threading.Thread(target=self._listen, args=(address, headers), daemon=True).start()
        assert self.ready.wait(20)

    def _listen(self, address: str, headers: dict[str, str]) -> None:
        try:
            with httpx.stream("GET", address, headers=headers, timeout=60) as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                for line in answer.iter_lines():
                    self.ready.set()
                    if line.startswith("data: {") and len(line) > 10:
                        self.heard.put(json.loads(line.removeprefix("data: ")))
        finally:
            self.ended.set()


def test_every_tab_hears_every_turn_once_and_in_order(url: str) -> None:
    """Two tabs of one conversation hear each turn; a stranger's tab hears nothing of it."""
    headers = begin(url)
    tabs, other = [Tab(url, headers), Tab(url, headers)], Tab(url, begin(url))
    for number in range(3):
        send(url, headers, "always turbo", f"m{number}")
    for tab in tabs:
        heard: list[int] = []
        while len(heard) < 3:
            heard += [turn["seq"] for turn in tab.heard.get(timeout=20)["turns"]]
        assert heard == [1, 2, 3]
    assert other.heard.empty()


def test_a_tab_that_was_away_gets_what_it_missed(url: str) -> None:
    """A stream opened again after a turn starts with the turns that followed it."""
    headers = begin(url)
    for number in range(3):
        send(url, headers, "always turbo", f"m{number}")
    assert [turn["seq"] for turn in Tab(url, headers, after=1).heard.get(timeout=20)["turns"]] == [2, 3]


def test_a_turn_of_another_process_is_heard(url: str, shop: Shop) -> None:
    """A turn stored by somebody else on the same records is noticed within a few seconds."""
    from bot.conversation import Incoming
    from bot.nlu.reading import read_message

    session = httpx.post(f"{url}/chat/session").json()
    headers = {"Authorization": f"Bearer {session['session']}"}
    send(url, headers, "always turbo", "m0")
    tab = Tab(url, headers, after=1)
    time.sleep(2.5)
    shop.desk.take_turn(Incoming(session["sender"], read_message("they stand inside"), "m1"))
    assert [turn["seq"] for turn in tab.heard.get(timeout=20)["turns"]] == [2]


def test_numbering_that_begins_again_is_told(url: str) -> None:
    """After an erasure the talk begins under new numbers: the stream says so."""
    headers = begin(url)
    for number, text in enumerate(("always turbo", "delete my data", "/affirms")):
        send(url, headers, text, f"m{number}")
    told = Tab(url, headers, after=2).heard.get(timeout=20)
    assert (told["reset"], told["last_seq"]) == (True, 0)


def test_refused_notes_keep_the_numbering(url: str) -> None:
    """When notes are refused the talk goes on in memory, with what was said before and under the same numbers."""
    headers = begin(url)
    send(url, headers, "always turbo", "m0")
    tab = Tab(url, headers, after=1)
    send(url, headers, "keep no notes", "m1")
    told = tab.heard.get(timeout=20)
    assert ("reset" in told, told["last_seq"], told["consent"]["notes"]) == (False, 2, "refused")
    again = send(url, headers, "always turbo", "m0")
    assert (again["last_seq"], again["turns"][0]["seq"]) == (2, 1)


def test_a_server_with_open_streams_stops_at_once(tmp_path: Path) -> None:
    """Open streams end when the server stops; nobody waits for them."""
    shop = Shop(tmp_path)
    with Server(shop).running() as address:
        tab = Tab(address, begin(address))
        began = time.monotonic()
    assert tab.ended.wait(10)
    assert time.monotonic() - began < 10
    shop.close()
