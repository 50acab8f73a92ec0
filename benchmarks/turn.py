"""One turn end to end over REST: both servers up, a turn of one, then a turn of the other."""

from __future__ import annotations

from benchmarks.bench import Bench, rounds
from benchmarks.conversations import begun, side_by_side, talkers
from benchmarks.statistics import Bar, Figure, median, percentile

NAME = "turn"
ABOUT = (
    "From sending a message to having its reply over REST, in turns between the two servers, in conversations of ten "
    "turns. Ours stores every turn in SQLite before it replies; the stock bot keeps its tracker in memory."
)
TURNS_EACH = 10


def run(bench: Bench) -> list[Figure]:
    """Conversations side by side; the first pair only warms up."""
    ours, stock = bench.ours.name, bench.stock.name
    seconds: dict[str, list[float]] = {ours: [], stock: []}
    new = {bot.name: talkers(bench, bot) for bot in bench.bots}
    lines = bench.lines()
    for number in rounds(bench.amount(40, 8) + 1, seconds=60):
        going = begun(f"turn-{number}", lines, new)
        for name, taken in side_by_side(going, TURNS_EACH).items():
            seconds[name] += taken if number else []
    return [
        Figure("turn over REST, median", "ms", median(seconds[ours]) * 1e3, median(seconds[stock]) * 1e3, bar=Bar(0.5)),
        Figure("turn over REST, p95", "ms", p95(seconds[ours]) * 1e3, p95(seconds[stock]) * 1e3, bar=Bar(0.5)),
    ]


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return percentile(values, 0.95)
