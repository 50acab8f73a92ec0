"""Loading a trained model: from the start of a process to its first answer, and in one that has its libraries."""

from __future__ import annotations

from benchmarks.bench import Bench, rounds
from benchmarks.statistics import Bar, Figure, median

NAME = "loading"
ABOUT = (
    "Start of the server's process until its first answer over REST; and the seconds `Assistant(model)` and Rasa's "
    "`Agent.load(model)` take in a fresh process once their modules are imported. Ours starts once beforehand, so "
    "that the catalogue's phrasings are encoded as at any start but the first."
)


def run(bench: Bench) -> list[Figure]:
    """Both bots in turns, a fresh process each time."""
    with bench.ours.serve() as first:
        once = first.first_answer
    starts: dict[str, list[float]] = {bot.name: [] for bot in bench.bots}
    loads: dict[str, list[float]] = {bot.name: [] for bot in bench.bots}
    for _ in rounds(bench.amount(3, 1), seconds=60):
        for bot in bench.bots:
            with bot.serve() as server:
                starts[bot.name].append(server.first_answer)
            loads[bot.name].append(bot.load())
    ours, stock = bench.ours.name, bench.stock.name
    return [
        Figure("start to first answer", "s", median(starts[ours]), median(starts[stock]), bar=Bar(1 / 3)),
        Figure("load a model", "s", median(loads[ours]), median(loads[stock]), bar=Bar(1 / 3)),
        Figure("first start ever, phrasings encoded", "s", once),
    ]
