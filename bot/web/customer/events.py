"""Telling every open tab of a conversation that a turn was stored, by whichever tab or process."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from bot.web.backend import Customer

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS: Final = 2.0
"""How often the records are asked whether another process has stored a turn."""
SECONDS_BETWEEN_PINGS: Final = 15.0
SECONDS_TO_SETTLE: Final = 0.1
"""How long a stream waits before it tells: the reply to whoever wrote leaves first, and turns that come together are one event."""
MOST_STREAMS: Final = 20
"""How many open streams one conversation may have; the oldest is closed for one more."""

MOST_IN_ALL: Final = 5000
"""How many streams this process holds open at once; whoever comes later asks for turns instead."""

Since = Callable[[int], Awaitable[Mapping[str, Any]]]


class Watch:
    """Who is waiting for turns of which conversation."""

    def __init__(self, customer: Customer) -> None:
        self._customer = customer
        self._waiting: dict[str, list[asyncio.Event]] = {}
        self._seen: dict[str, int] = {}
        self._looking: asyncio.Task[None] | None = None
        self.closed = False

    @property
    def full(self) -> bool:
        """Whether no more streams can be held open."""
        return self.closed or sum(map(len, self._waiting.values())) >= MOST_IN_ALL

    def told(self, sender: str) -> None:
        """A turn of this conversation was stored in this process."""
        for each in self._waiting.get(sender, ()):
            each.set()

    def join(self, sender: str) -> asyncio.Event:
        """An event that is set whenever there may be something new; `leave` with it afterwards."""
        event = asyncio.Event()
        mine = self._waiting.setdefault(sender, [])
        mine.append(event)
        for old in mine[:-MOST_STREAMS]:
            self.leave(sender, old)
            old.set()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return event

    def joined(self, sender: str, event: asyncio.Event) -> bool:
        """Whether this stream is still among those that are told."""
        return event in self._waiting.get(sender, ()) and not self.closed

    def leave(self, sender: str, event: asyncio.Event) -> None:
        """Stop waiting."""
        mine = self._waiting.get(sender, [])
        if event in mine:
            mine.remove(event)
        if not mine:
            self._waiting.pop(sender, None)
            self._seen.pop(sender, None)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self.closed = True
        for sender in list(self._waiting):
            self.told(sender)

    async def _look(self) -> None:
        """Ask the records while anybody is waiting: another process may have stored a turn."""
        while self._waiting and not self.closed:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            senders = list(self._waiting)
            try:
                found = await run_in_threadpool(self._customer.last_seqs, senders)
            except Exception:  # the records may fail in any way; the next look may succeed
                logger.exception("Looking for new turns failed; it is tried again.")
                continue
            for sender, seq in found.items():
                if sender in self._waiting and self._seen.get(sender, seq) != seq:
                    self.told(sender)
                if sender in self._waiting:
                    self._seen[sender] = seq


async def stream(watch: Watch, sender: str, after: int | None, since: Since) -> AsyncIterator[str]:
    """The events of one stream: what is new at once, then whatever comes, a ping when nothing does."""
    event = watch.join(sender)
    try:
        seen = after if after is not None else int((await since(10**9))["last_seq"])
        yield f"retry: 3000\n{_event('ping', {})}"
        while watch.joined(sender, event):
            event.clear()
            state = await since(seen)
            if state["last_seq"] != seen:
                if state["last_seq"] < seen:
                    state = {**await since(0), "reset": True}
                seen = int(state["last_seq"])
                yield _event("turn", state)
            try:
                await asyncio.wait_for(event.wait(), SECONDS_BETWEEN_PINGS)
                await asyncio.sleep(SECONDS_TO_SETTLE)
            except asyncio.TimeoutError:
                yield _event("ping", {})
    finally:
        watch.leave(sender, event)


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
