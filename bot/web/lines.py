"""Fairness between senders: each waits in a line of its own, one message at a time, at a pace."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

LONGEST_LINE: Final = 20
"""Messages of one sender that may wait, the one being answered included."""
MOST_WAITING: Final = 1000
"""Messages of all senders together that may wait."""
_MOST_REMEMBERED: Final = 10_000


class LineFull(Exception):
    """The sender already has as many messages waiting as may wait."""


class HouseFull(Exception):
    """All senders together have as many messages waiting as may wait."""


@dataclass
class _Line:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


class Lines:
    """The lines of all senders. A sender's messages are answered one by one in the order in which they joined."""

    def __init__(self, longest: int = LONGEST_LINE, most: int = MOST_WAITING) -> None:
        self._longest = longest
        self._most = most
        self._lines: dict[str, _Line] = {}
        self.waiting = 0

    def join(self, sender: str) -> Place:
        """Take the last place in the sender's line. Raises `LineFull` or `HouseFull`."""
        if self.waiting >= self._most:
            raise HouseFull
        line = self._lines.setdefault(sender, _Line())
        if line.length >= self._longest:
            raise LineFull
        line.length += 1
        self.waiting += 1
        return Place(self, sender, line)

    def leave(self, sender: str, line: _Line) -> None:
        """Give a place back; an empty line is forgotten."""
        line.length -= 1
        self.waiting -= 1
        if line.length == 0:
            self._lines.pop(sender, None)


class Place:
    """A place in a line: entered when it is its turn, given back when left."""

    def __init__(self, lines: Lines, sender: str, line: _Line) -> None:
        self._lines = lines
        self._sender = sender
        self._line = line

    async def __aenter__(self) -> None:
        try:
            await self._line.lock.acquire()
        except BaseException:
            self._lines.leave(self._sender, self._line)
            raise

    async def __aexit__(self, *_: object) -> None:
        self._line.lock.release()
        self._lines.leave(self._sender, self._line)


class Pace:
    """How many messages a minute each sender may send; that many may come at once. 0 sets no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, sender: str) -> float:
        """Seconds the sender has to wait: 0 when the message may be taken now, and is counted."""
        if self._per_minute == 0:
            return 0.0
        now = self._clock()
        left, seen = self._left.pop(sender, (float(self._per_minute), now))
        rate = self._per_minute / 60
        left = min(float(self._per_minute), left + (now - seen) * rate)
        taken = left >= 1
        self._remember(sender, left - 1 if taken else left, now)
        return 0.0 if taken else (1 - left) / rate

    def _remember(self, sender: str, left: float, now: float) -> None:
        self._left[sender] = (left, now)
        if len(self._left) > _MOST_REMEMBERED:
            self._left.popitem(last=False)
