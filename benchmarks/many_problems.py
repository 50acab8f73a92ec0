"""A turn with 10,000 problems in the catalogue against one with 20."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.bench import Bench, rounds
from benchmarks.bots import Ours
from benchmarks.conversations import begun, side_by_side, talkers
from benchmarks.statistics import Bar, Figure, median, percentile
from benchmarks.synthetic import write_catalogue

NAME = "many problems"
ABOUT = (
    "Two servers of ours with made-up catalogues of one pattern, side by side. The first build reads the large "
    "catalogue and encodes its phrasings; a later start reads their vectors from the disk."
)
FEW = 20


def run(bench: Bench) -> list[Figure]:
    """Conversations with both servers side by side; the first pair only warms up."""
    many = bench.amount(10_000, 1_000)
    built, again, seconds = _talk(bench, many)
    few_ms, many_ms = (median(values) * 1e3 for values in seconds)
    few_p95, many_p95 = (percentile(values, 0.95) * 1e3 for values in seconds)
    against = f"{FEW} problems"
    return [
        Figure(f"turn with {many:,} problems, median", "ms", many_ms, few_ms, against, Bar(1.5)),
        Figure(f"turn with {many:,} problems, p95", "ms", many_p95, few_p95, against),
        Figure(f"first start with {many:,} problems", "s", built),
        Figure(f"later start with {many:,} problems", "s", again),
    ]


def _talk(bench: Bench, many: int) -> tuple[float, float, tuple[list[float], list[float]]]:
    """Seconds of the first and of a later start with many problems, and of the turns with few and with many."""
    bots = {size: _with(bench, size) for size in (FEW, many)}
    with bots[many].serve() as first:
        built = first.first_answer
    new = {str(size): talkers(bench, bot) for size, bot in bots.items()}
    taken: dict[str, list[float]] = {name: [] for name in new}
    with bots[FEW].serve() as few_server, bots[many].serve() as many_server:
        lines = {str(FEW): few_server.line(), str(many): many_server.line()}
        for number in rounds(bench.amount(20, 5) + 1, seconds=60):
            going = begun(f"many-{number}", lines, new)
            for name, seconds in side_by_side(going, turns=10).items():
                taken[name] += seconds if number else []
        return built, many_server.first_answer, (taken[str(FEW)], taken[str(many)])


def _with(bench: Bench, size: int) -> Ours:
    """Our bot with a made-up catalogue of that many problems and a data folder of its own."""
    folder = bench.work / f"problems-{size}"
    catalogue = write_catalogue(folder / "catalogue", size)
    return replace(bench.ours, work=folder, catalogue=catalogue, trained=bench.ours.model)
