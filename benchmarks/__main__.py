"""`python -m benchmarks`: measure the bars of the design against a stock bot; print them, write docs/measured.md."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from benchmarks import (
    engine,
    guiding,
    loading,
    long_conversation,
    many_problems,
    memory,
    reviewing,
    simulated,
    storing,
    throughput,
    training,
    turn,
    widget,
)
from benchmarks.bench import Bench, Benchmark
from benchmarks.bots import PROJECT, Ours, Stock
from benchmarks.report import Section, machine, table, write_page
from benchmarks.servers import BenchmarkFailed

BENCHMARKS: tuple[Benchmark, ...] = (
    training,
    loading,
    memory,
    turn,
    long_conversation,
    throughput,
    many_problems,
    engine,
    guiding,
    storing,
    reviewing,
    simulated,
    widget,
)
PAGE = PROJECT / "docs" / "measured.md"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmarks asked for; 1 when a bar is missed or something could not be measured."""
    asked = _arguments(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"{machine()}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        sections = _measured(asked, Path(name))
    print(f"\n{table(sections)}")
    if asked.only or asked.quick:
        print(f"\nA full run (make bench) writes {PAGE.relative_to(PROJECT)}; this one did not.")
    else:
        write_page(PAGE, sections, datetime.now(timezone.utc).date())
        print(f"\nWritten to {PAGE.relative_to(PROJECT)}.")
    return int(any(section.trouble or any(f.met is False for f in section.figures) for section in sections))


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    names = [benchmark.NAME for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure less: under three minutes instead of twelve")
    parser.add_argument("--only", action="append", metavar="NAME", choices=names, help=f"only this: {', '.join(names)}")
    return parser.parse_args(argv)


def _measured(asked: argparse.Namespace, work: Path) -> list[Section]:
    bench = Bench(work, Ours(work / "ours"), Stock(work), asked.quick)
    chosen = [one for one in BENCHMARKS if not asked.only or one.NAME in asked.only]
    with bench.until_done:
        return [_section(benchmark, bench) for benchmark in chosen]


def _section(benchmark: Benchmark, bench: Bench) -> Section:
    """What a benchmark gives; a failure is told and the rest goes on."""
    print(f"{benchmark.NAME} …", end=" ", flush=True)
    started = time.perf_counter()
    try:
        figures, trouble = tuple(benchmark.run(bench)), ""
    except Exception as error:  # noqa: BLE001  one failure must not cost the figures of the others
        figures, trouble = (), f"{type(error).__name__}: {error}"
        if not isinstance(error, BenchmarkFailed):
            traceback.print_exc()
    seconds = time.perf_counter() - started
    print(f"{seconds:.0f} s", flush=True)
    return Section(benchmark.NAME, benchmark.ABOUT, figures, seconds, trouble)


if __name__ == "__main__":
    sys.exit(main())
