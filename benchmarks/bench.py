"""The surroundings of one run: the two bots, how much to measure, and how long anything may take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from benchmarks.bots import Bot, Ours, Stock
from benchmarks.servers import Line, Server
from benchmarks.statistics import Figure

Amount = TypeVar("Amount", int, float)


@dataclass(frozen=True)
class Bench:
    """What every benchmark is given. `work` is a folder of its own, deleted afterwards; `until_done` ends with the run."""

    work: Path
    ours: Ours
    stock: Stock
    quick: bool = False
    until_done: ExitStack = field(default_factory=ExitStack)
    _servers: dict[str, Server] = field(default_factory=dict)

    @property
    def bots(self) -> tuple[Bot, Bot]:
        """Ours, then the stock bot."""
        return self.ours, self.stock

    def server(self, bot: Bot) -> Server:
        """The server of a bot that benchmarks share, started when first asked for."""
        if bot.name not in self._servers:
            self._servers[bot.name] = self.until_done.enter_context(bot.serve())
        return self._servers[bot.name]

    def lines(self) -> dict[str, Line]:
        """A line to the shared server of each bot."""
        return {bot.name: self.server(bot).line() for bot in self.bots}

    def amount(self, full: Amount, quick: Amount) -> Amount:
        """How much to measure: less in a quick run."""
        return quick if self.quick else full


class Benchmark(Protocol):
    """One benchmark: a module with a name, a sentence on what is done, and a function that does it."""

    NAME: str
    ABOUT: str

    def run(self, bench: Bench) -> list[Figure]:
        """Measure."""


def rounds(count: int, seconds: float) -> Iterator[int]:
    """0, 1, 2 … up to `count` numbers, fewer once the seconds are over; at least one."""
    started = time.perf_counter()
    for number in range(count):
        if number and time.perf_counter() - started > seconds:
            return
        yield number
