"""One long conversation: what turn 200 costs against turn 5."""

from __future__ import annotations

from benchmarks.bench import Bench, rounds
from benchmarks.conversations import begun, ramblers, side_by_side
from benchmarks.statistics import Bar, Figure, median

NAME = "long conversation"
ABOUT = "Conversations of 204 turns with both bots side by side: the median of turns 2 to 8 and of turns 196 to 204."
TURNS = 204
EARLY, LATE = slice(1, 8), slice(195, 204)


def run(bench: Bench) -> list[Figure]:
    """Whole conversations, each with fresh words."""
    ours, stock = bench.ours.name, bench.stock.name
    early: dict[str, list[float]] = {ours: [], stock: []}
    late: dict[str, list[float]] = {ours: [], stock: []}
    new = {bot.name: ramblers(bench, bot) for bot in bench.bots}
    lines = bench.lines()
    for number in rounds(bench.amount(3, 1), seconds=80):
        going = begun(f"long-{number}", lines, new)
        for name, taken in side_by_side(going, TURNS).items():
            early[name] += taken[EARLY]
            late[name] += taken[LATE]
    return [
        Figure("turn 200 of one conversation", "ms", median(late[ours]) * 1e3, median(late[stock]) * 1e3),
        _growth("turn 200, ours", early[ours], late[ours], Bar(1.5)),
        _growth("turn 200, stock bot", early[stock], late[stock], None),
    ]


def _growth(what: str, early: list[float], late: list[float], bar: Bar | None) -> Figure:
    return Figure(what, "ms", median(late) * 1e3, median(early) * 1e3, "its own turn 5", bar)
