"""Training from nothing: each bot in an empty folder, without caches, in turns."""

from __future__ import annotations

from pathlib import Path
from tempfile import mkdtemp

from benchmarks.bench import Bench, rounds
from benchmarks.statistics import Bar, Figure, median

NAME = "training"
ABOUT = (
    "Seconds from the start of the process until a trained model is on the disk, without caches: ours from its own "
    "thousands of examples, the stock bot by `rasa init --no-prompt` from its few dozen."
)


def run(bench: Bench) -> list[Figure]:
    """Both bots in turns; the last models are used by the benchmarks that follow."""
    seconds: dict[str, list[float]] = {bot.name: [] for bot in bench.bots}
    for _ in rounds(bench.amount(2, 1), seconds=100):
        for bot in bench.bots:
            seconds[bot.name].append(bot.train(Path(mkdtemp(dir=bench.work))))
    ours, stock = (median(seconds[bot.name]) for bot in bench.bots)
    return [Figure("train from nothing", "s", ours, stock, bar=Bar(0.5))]
