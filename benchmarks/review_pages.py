"""Every page of the review room over very many conversations: how long each takes, and how the database finds what is on it."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import event, func, literal, select

from benchmarks.servers import BenchmarkFailed
from bot.knowledge import know
from bot.learning.company.answers import QUESTIONS
from bot.learning.company.refreshing import QUIET
from bot.services import Services
from bot.settings import load_settings
from bot.store import Store
from bot.store.access import Role, User
from bot.store.store import utc_now
from bot.store.tables import metadata
from bot.web.access.signed_in import COOKIE
from bot.web.app import create_app

_MONTHS = "from=2025-01&to=2025-12"
PAGES: Mapping[str, str] = {
    "list": "/review",
    "list, filtered": "/review?outcome=referred&is=corrected",
    "list, searched": "/review?q=towels",
    "a conversation": "/review/read/c{middle}?channel=rest",
    "scores": f"/review/scores?{_MONTHS}",
    "scores of calls": f"/review/scores?{_MONTHS}&channel=call",
    "scores, further ones": f"/review/scores?{_MONTHS}&after=50.0~{{middle}}",
    "one score": "/review/scores/of/c{judged}",
    "agreement": "/review/agreement",
    "queues": "/review/queues",
    "coaching": "/review/coaching",
    "coaching of one rep": "/review/coaching/bench-rep-1",
    **{f"learn, {word}": f"/review/learn/{word}?{_MONTHS}" for word in QUESTIONS},
    "experiments": "/review/experiments",
    "one experiment": "/review/experiments/e3",
    "proposals": "/review/proposals",
    "proposals accepted": "/review/proposals?state=accepted",
    "evidence": "/review/evidence",
}
"""The pages by name, with places for the numbers of a conversation in the middle and of one that was judged twice."""

LARGE = 20_000
"""A table with fewer rows may be read whole."""

_SECRET = secrets.token_urlsafe()


@contextmanager
def room(store: Store, work: Path) -> Iterator[TestClient]:
    """A trainer's browser before the whole application over a store; no model is loaded, as no page needs one."""
    settings = load_settings({"ADVISOR_DATA_DIR": str(work / "room")})
    services = Services(settings, store, know(settings.catalogue, settings.data_dir / "phrases", store))
    with store.begin() as records:
        user = records.users.by_name("bench-trainer") or records.users.add(User(name="bench-trainer", role=Role.TRAINER))
        records.sessions.close(_SECRET)
        records.sessions.open(user.id, _SECRET, timedelta(hours=4))
    client = TestClient(create_app(services), headers={"Accept": "text/html"})
    client.cookies.set(COOKIE, _SECRET)
    yield client


def address(page: str, count: int) -> str:
    """The address of a page over that many conversations."""
    return PAGES[page].format(middle=count // 2, judged=max(1, count // 500) * 250)


def opened(client: TestClient, place: str) -> float:
    """Seconds until the page is there. Raises BenchmarkFailed when it is not."""
    started = time.perf_counter()
    answer = client.get(place)
    if answer.status_code != 200:
        raise BenchmarkFailed(f"{answer.status_code} in reply to {place}: {answer.text[:200]}")
    return time.perf_counter() - started


def next_to_score(store: Store) -> float:
    """Seconds to find the conversations that are to be scored next, as happens every half minute."""
    started = time.perf_counter()
    with store.begin() as work:
        work.learned.waiting(work.learned.place(), utc_now() - QUIET, 10)
    return time.perf_counter() - started


@contextmanager
def watched(store: Store) -> Iterator[list[str]]:
    """Collects what reads a large table from one end to the other while the block runs, as the database's own plans say."""
    engine, found = store.engine, []
    large = _large(engine)

    def look(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if not statement.lstrip().upper().startswith("SELECT") or many:
            return
        asking = connection.connection.cursor()
        asking.execute(f"{_EXPLAIN[engine.dialect.name]} {statement}", parameters)
        lines = [str(row[-1]) for row in asking.fetchall()]
        asking.close()
        found.extend(f"{line.strip()} in {' '.join(statement.split())[:200]}" for line in lines if _whole(line, large))

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", look)


_EXPLAIN = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}


def _large(engine: Any) -> frozenset[str]:
    with engine.connect() as connection:
        some = {name: select(literal(1)).select_from(table).limit(LARGE).subquery() for name, table in metadata.tables.items()}
        return frozenset(name for name, rows in some.items() if connection.scalar(select(func.count()).select_from(rows)) == LARGE)


def _whole(line: str, large: frozenset[str]) -> bool:
    scan = "Seq Scan on" in line or line.startswith("SCAN ")
    indexed = "USING" in line or "VIRTUAL" in line
    return scan and not indexed and bool(large & set(re.findall(r"\w+", line)))
