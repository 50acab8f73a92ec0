"""Following a call live: everybody who looks at it hears at once when something was done in it, also in another process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import contextmanager
from typing import Any, Final

LOOK_EVERY: Final = 1.0
"""Seconds between looks at the records, for what other processes did."""

PING_EVERY: Final = 15.0
"""Seconds after which something is sent, so that a broken line is noticed."""


class Followers:
    """Who follows which call in this process, by name, and the bell that wakes them."""

    def __init__(self) -> None:
        self._here: dict[str, dict[object, str]] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self.closed = False

    def close(self) -> None:
        """Let everybody go: the server stops."""
        self.closed = True
        for call_id in list(self._bells):
            self.ring(call_id)

    def names(self, call_id: str) -> list[str]:
        """Who is looking at the call, each once."""
        return sorted(set(self._here.get(call_id, {}).values()))

    def ring(self, call_id: str) -> None:
        """Something was done in the call, or somebody came or went."""
        bell = self._bells.pop(call_id, None)
        if bell is not None:
            bell.set()

    async def wait(self, call_id: str, seconds: float) -> None:
        """Until the bell rings, at most that long."""
        bell = self._bells.setdefault(call_id, asyncio.Event())
        try:
            await asyncio.wait_for(bell.wait(), seconds)
        except asyncio.TimeoutError:
            return

    @contextmanager
    def following(self, call_id: str, name: str) -> Any:
        """Be there while the block runs."""
        token = object()
        self._here.setdefault(call_id, {})[token] = name
        self.ring(call_id)
        try:
            yield
        finally:
            self._here[call_id].pop(token, None)
            if not self._here[call_id]:
                del self._here[call_id]
            self.ring(call_id)


async def events(
    followers: Followers,
    call_id: str,
    name: str,
    seq: Callable[[], Awaitable[int]],
    show: Callable[[], Awaitable[Mapping[str, Any]]],
) -> AsyncIterator[str]:
    """The events of a call for one follower: its panels whenever it changed, who is here, and a ping now and then."""
    seen, here, quiet = -1, [""], 0.0
    with followers.following(call_id, name):
        while not followers.closed:
            now = await seq()
            if now == 0 and seen > 0:
                yield _event("gone", {})
                return
            if now != seen:
                seen, here, quiet = now, followers.names(call_id), 0.0
                yield _event("state", await show())
            elif (names := followers.names(call_id)) != here:
                here = names
                yield _event("here", {"here": names})
            elif quiet >= PING_EVERY:
                quiet = 0.0
                yield ": still here\n\n"
            await followers.wait(call_id, LOOK_EVERY)
            quiet += LOOK_EVERY


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
