"""Resident memory of each bot's process after it has talked for a while."""

from __future__ import annotations

import random

from benchmarks.bench import Bench, rounds
from benchmarks.bots import Bot
from benchmarks.conversations import talkers
from benchmarks.statistics import Bar, Figure
from benchmarks.talk import Conversation

NAME = "memory"
ABOUT = "Resident memory of the server and all it started, after the turns named, eight to a conversation."
TURNS_EACH = 8


def run(bench: Bench) -> list[Figure]:
    """One bot after the other; both have done nothing else yet unless benchmarks before this one used them."""
    turns = bench.amount(400, 80)
    ours, stock = (_after(bench, bot, turns) for bot in bench.bots)
    return [Figure(f"resident memory after {turns} turns", "MB", ours, stock, bar=Bar(2 / 3))]


def _after(bench: Bench, bot: Bot, turns: int) -> float:
    new = talkers(bench, bot)
    server = bench.server(bot)
    line = server.line()
    for number in rounds(turns // TURNS_EACH, seconds=60):
        conversation = Conversation(line, f"memory-{number}", new(random.Random(number)))
        for _ in range(TURNS_EACH):
            conversation.turn()
    return server.memory()
