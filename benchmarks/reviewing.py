"""The review room at scale: the 95th percentile of every list, filter, search and count, and what it costs a turn."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy

from benchmarks.bench import Bench
from benchmarks.review_filled import TURNS, fill, schema
from benchmarks.review_pages import PAGES, address, next_to_score, opened, room, watched
from benchmarks.servers import BenchmarkFailed
from benchmarks.statistics import Figure, percentile
from bot.store import Store, make_engine, upgrade
from bot.store.review_filter import Order, Sought, Span

NAME = "reviewing"
ABOUT = (
    f"Conversations of {TURNS} turns with scores, judgements, counts, calls, promises, experiments and corrections, written by "
    "the database itself. Each list is opened at its start and at its second page, and counted; then every page of the room, "
    "through the whole application. A plan that reads a large table whole fails the benchmark. PostgreSQL where one answers "
    "(`TEST_POSTGRES_URL`)."
)
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/test")
SEARCHES: Mapping[str, Sought] = {
    "newest": Sought(),
    "one filter": Sought(wanted={"channel": ("rest",)}),
    "three filters": Sought(wanted={"channel": ("rest",), "outcome": ("accepted",), "rung": ("fix",)}),
    "what never meets": Sought(wanted={"channel": ("rest",), "stage": ("why",), "outcome": ("referred",), "face": ("customer",)}),
    "leaving out": Sought(unwanted={"channel": ("rest",), "is": ("corrected",), "intent": ("3",)}),
    "rare trait": Sought(wanted={"is": ("near_risk",)}),
    "two traits": Sought(wanted={"is": ("corrected", "negative")}),
    "abandoned at checks": Sought(wanted={"is": ("abandoned",), "stage": ("checks",)}),
    "old model version": Sought(wanted={"version": ("model-1",)}),
    "intent": Sought(wanted={"intent": ("3",)}),
    "rare intent": Sought(wanted={"intent": ("rare7",)}),
    "asset model": Sought(wanted={"model": ("m250",)}),
    "tag": Sought(wanted={"tag": ("t20",)}),
    "customer": Sought(wanted={"customer": ("u7",)}),
    "low confidence": Sought(confidence_below=0.01),
    "long ones": Sought(turns=Span(30, None), seconds=Span(None, 60)),
    "unsure first": Sought(order=Order.UNSURE),
    "random": Sought(order=Order.RANDOM, seed=0.4),
    "failures and a share": Sought(share=0.05),
    "common word": Sought(words="towels"),
    "two words": Sought(words="towels dryer"),
    "phrase": Sought(words='"shakes noon"', who="customer"),
    "rare word": Sought(words="sycamore"),
    "word and filter": Sought(words="towels", wanted={"outcome": ("referred",), "is": ("near_risk",)}),
}
_TIMES = 12


def run(bench: Bench) -> list[Figure]:
    """SQLite always, PostgreSQL where one answers."""
    file = f"sqlite:///{bench.work / 'reviewing.sqlite3'}"
    figures = _measured(bench, file, bench.amount(100_000, 5_000), "SQLite")
    if _answers(POSTGRES):
        with schema(POSTGRES, f"advisor_bench_{os.getpid()}") as url:
            figures += _measured(bench, url, bench.amount(1_000_000, 20_000), "PostgreSQL")
    return figures


def _measured(bench: Bench, url: str, count: int, kind: str) -> list[Figure]:
    engine = make_engine(url)
    upgrade(engine)
    store = Store(engine)
    try:
        fill(store, count)
        taken, whole = measured(store, count, bench.work)
    finally:
        store.close()
    if whole:
        raise BenchmarkFailed(f"{kind} reads a big table whole for: {'; '.join(whole)}")
    of = f"{kind}, {count:,} conversations"
    lists = [seconds for name, seconds in taken.items() if name in SEARCHES]
    pages = [seconds for name, seconds in taken.items() if name not in SEARCHES]
    slowest = [
        Figure(f"review room, {of}: slowest of {len(lists)} lists, p95", "ms", max(lists) * 1e3),
        Figure(f"review room, {of}: slowest of {len(pages)} pages, p95", "ms", max(pages) * 1e3),
    ]
    return slowest + [Figure(f"review room, {of}: {name}, p95", "ms", seconds * 1e3) for name, seconds in taken.items()]


def measured(store: Store, count: int, work: Path) -> tuple[dict[str, float], list[str]]:
    """Seconds of every list and page at the 95th percentile, by name, and what reads a large table whole."""
    with watched(store) as whole:
        for sought in SEARCHES.values():
            _p95(store, sought, 1)
        next_to_score(store)
    taken = {name: _p95(store, sought, _TIMES) for name, sought in SEARCHES.items()}
    taken["next to score"] = percentile([next_to_score(store) for _ in range(_TIMES)], 0.95)
    with room(store, work) as client:
        places = {f"page: {name}": address(name, count) for name in PAGES}
        with watched(store) as more:
            for place in places.values():
                opened(client, place)
        for name, place in places.items():
            taken[name] = percentile([opened(client, place) for _ in range(_TIMES)], 0.95)
    return taken, list(dict.fromkeys([*whole, *more]))


def _p95(store: Store, sought: Sought, times: int) -> float:
    """Seconds of the slowest of first page, second page and count, each at its 95th percentile."""
    with store.read() as work:
        after = work.review.page(sought).after
    steps: tuple[Callable[[Any], Any], ...] = (
        lambda work: work.review.page(sought),
        lambda work: work.review.page(sought, after),
        lambda work: work.review.count(sought),
    )
    return max(percentile([_timed(store, step) for _ in range(times)], 0.95) for step in steps)


def _timed(store: Store, step: Callable[[Any], Any]) -> float:
    started = time.perf_counter()
    with store.read() as work:
        step(work)
    return time.perf_counter() - started


def _answers(url: str) -> bool:
    engine = sqlalchemy.create_engine(url, connect_args={"connect_timeout": 2})
    try:
        engine.connect().close()
    except sqlalchemy.exc.OperationalError:
        return False
    finally:
        engine.dispose()
    return True
