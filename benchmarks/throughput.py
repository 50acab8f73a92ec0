"""Turns per second of one process with a few senders at once."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from benchmarks.bench import Bench, rounds
from benchmarks.conversations import NewTalker, talkers
from benchmarks.servers import Server
from benchmarks.statistics import Bar, Figure, median
from benchmarks.talk import Conversation

NAME = "throughput"
ABOUT = (
    "Eight senders at once, each in conversations of eight turns one after the other, for some seconds; first one "
    "server, then the other, several times; the median rate of each."
)
SENDERS = 8
TURNS_EACH = 8


def run(bench: Bench) -> list[Figure]:
    """Both servers up, one under load at a time."""
    ours, stock = bench.ours.name, bench.stock.name
    rates: dict[str, list[float]] = {ours: [], stock: []}
    new = {bot.name: talkers(bench, bot) for bot in bench.bots}
    servers = {bot.name: bench.server(bot) for bot in bench.bots}
    for number in rounds(bench.amount(3, 1), seconds=60):
        for name, server in servers.items():
            rates[name].append(_rate(server, new[name], bench.amount(8.0, 4.0), f"{name}-{number}"))
    return [Figure("turns per second", "turns/s", median(rates[ours]), median(rates[stock]), bar=Bar(3.0, at_least=True))]


def _rate(server: Server, new: NewTalker, seconds: float, name: str) -> float:
    """Turns per second while all senders talk."""
    started = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        asked = [pool.submit(_talk, server, new, started + seconds, f"{name}-{sender}") for sender in range(SENDERS)]
        turns = sum(one.result() for one in asked)
    return turns / (time.perf_counter() - started)


def _talk(server: Server, new: NewTalker, until: float, name: str) -> int:
    """One sender's turns until the time is over."""
    line, turns = server.line(), 0
    for number in count():
        conversation = Conversation(line, f"{name}-{number}", new(random.Random(f"{name}-{number}")))
        for _ in range(TURNS_EACH):
            if time.perf_counter() >= until:
                line.close()
                return turns
            conversation.turn()
            turns += 1
    return turns
