"""The rep's guide at scale: what every action of a call takes, with many problems in the catalogue and many customers."""

from __future__ import annotations

import http.client
import json
import re
import secrets
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from benchmarks.bench import Bench, rounds
from benchmarks.bots import Ours
from benchmarks.customers import OTHERS, fill
from benchmarks.servers import HOST, PATIENCE, BenchmarkFailed
from benchmarks.statistics import Bar, Figure, median, percentile
from benchmarks.synthetic import write_catalogue
from bot.advice.catalogue import Catalogue, Problem
from bot.content import load
from bot.store import open_store
from bot.store.access import Role, User
from bot.web.access.csrf import HEADER, token_for
from bot.web.access.signed_in import COOKIE

NAME = "guiding"
ABOUT = (
    "Whole calls over HTTP as their page holds them, on SQLite: each request until its whole answer is there. Half the customers "
    "are another team's. What is done in a call has the bar of 100 ms; opening a page has none."
)
VISIBLE = 100.0
"""Milliseconds within which an action of a call is to be seen."""

_SECRET = secrets.token_urlsafe()
_PAGES = ("search for a customer", "search, a common word", "prepare a call", "open the call")
_MOST_STEPS = 14


def run(bench: Bench) -> list[Figure]:
    """Calls until there are enough of them or the time is over; the first one only warms up."""
    problems, customers = bench.amount(10_000, 1_000), bench.amount(100_000, 10_000)
    bot = _bot(bench.ours, bench.work / "guiding", problems)
    catalogue = load(bot.catalogue)
    with bot.serve():  # makes the tables and encodes the phrasings
        pass
    called = _prepared(bot, customers)
    taken: dict[str, list[float]] = defaultdict(list)
    with bot.serve() as server:
        page = Page(server.port)
        for number in rounds(bench.amount(61, 11), seconds=240):
            some = dict(_call(page, catalogue, called[number % len(called)], number))
            for what, seconds in some.items() if number else ():
                taken[what] += seconds
    return [figure for what, seconds in taken.items() for figure in _figures(what, seconds)]


@dataclass
class Page:
    """A rep's page: a kept-open connection, signed in, that remembers what each request took, in seconds."""

    port: int
    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _ids: Any = field(default_factory=count)
    _connection: http.client.HTTPConnection | None = None

    def get(self, what: str, path: str) -> str:
        """A page. Raises BenchmarkFailed."""
        return self._send(what, "GET", path, None, {"Accept": "text/html"})[1]

    def form(self, path: str, **fields: str) -> str:
        """Where a form that was sent leads to, without a figure of its own. Raises BenchmarkFailed."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("", "POST", path, urlencode(fields).encode(), kind)[0]

    def act(self, what: str, call: str, kind: str, **data: Any) -> dict[str, Any]:
        """The call as it stands after an action. Raises BenchmarkFailed."""
        body = json.dumps({"id": f"bench-{next(self._ids)}", "kind": kind, **data}).encode()
        state: dict[str, Any] = json.loads(
            self._send(what, "POST", f"{call}/actions", body, {"Content-Type": "application/json"})[1]
        )
        return state

    def _send(self, what: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[str, str]:
        connection = self._connection = self._connection or http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        signed = {"Cookie": f"{COOKIE}={_SECRET}", HEADER: token_for(_SECRET), **headers}
        started = time.perf_counter()
        connection.request(method, path, body, signed)
        response = connection.getresponse()
        text = response.read().decode()
        self.taken[what].append(time.perf_counter() - started)
        if response.status not in (200, 303):
            raise BenchmarkFailed(f"{response.status} in reply to {method} {path}: {text[:200]}")
        return response.headers.get("Location", ""), text


def _call(page: Page, catalogue: Catalogue, customer: Mapping[str, str], number: int) -> Mapping[str, list[float]]:
    """The seconds of everything done in one call, from finding the customer to a promise."""
    page.taken = defaultdict(list)
    page.get("search for a customer", f"/calls?q={quote(customer['name'])}")
    page.get("search, a common word", f"/calls?q={quote(OTHERS[number % len(OTHERS)])}")
    prepare = page.form("/calls", customer=customer["id"])
    call = prepare.removesuffix("/prepare")
    page.get("prepare a call", prepare)
    page.act("mark consent", call, "consent", answer="given")
    page.get("open the call", call)
    page.act("note", call, "note", text="calls back on Friday")
    problem = list(catalogue.problems.values())[number * 7919 % len(catalogue.problems)]
    state = page.act("capture what was said", call, "said", text=problem.said_as[0], who="customer")
    page.act("next question: another one", call, "ask", question="cell:who")
    page.act("skip", call, "skip", question="cell:who")
    _to_advice(page, call, catalogue, problem, state)
    page.act("promise", call, "promise", text="send the manual", due=(_now().date() + timedelta(days=7)).isoformat())
    page.taken.pop("", None)
    return page.taken


def _to_advice(page: Page, call: str, catalogue: Catalogue, problem: Problem, state: Mapping[str, Any]) -> None:
    """Answer what the guide asks until it advises and the customer agrees. Raises BenchmarkFailed when it never does."""
    for _ in range(_MOST_STEPS):
        if advice := re.search(r"\badvice:\w+", state["panels"]["now"]):
            page.act("answer to the advice", call, "tick", question=advice[0], value="yes")
            return
        ask, _, key = (name := state["question"]).partition(":")
        if ask == "read_back":
            state = page.act("read-back", call, "tick", question=name, value="yes")
        elif ask == "fact" and catalogue.facts[key].choices:
            state = page.act("tick an answer", call, "tick", question=name, value=catalogue.facts[key].choices[0].id)
        else:
            state = page.act(
                "capture what was said", call, "said", question=name, text="because it just has to run", who="customer"
            )
    raise BenchmarkFailed(f"a call about {problem.name} came to no advice; asked last: {state['question']}")


def _bot(ours: Ours, folder: Path, problems: int) -> Ours:
    catalogue = write_catalogue(folder / "catalogue", problems)
    return replace(ours, work=folder, catalogue=catalogue, trained=ours.model)


def _prepared(bot: Ours, customers: int) -> list[Mapping[str, str]]:
    """A rep who is signed in, the customers, and some of the rep's own to call, with what they own."""
    store = open_store(f"sqlite:///{bot.work / 'data' / 'advisor.sqlite3'}")
    try:
        with store.begin() as work:
            rep, other = (work.users.add(User(name=name, role=Role.REP, team=name)) for name in ("bench-rep", "bench-other"))
            work.sessions.open(rep.id, _SECRET, timedelta(hours=4))
        return fill(store, customers, rep, other)
    finally:
        store.close()


def _figures(what: str, seconds: list[float]) -> list[Figure]:
    p95 = percentile(seconds, 0.95) * 1e3
    barred = {} if what in _PAGES else {"other": VISIBLE, "against": f"{VISIBLE:.0f} ms", "bar": Bar(1)}
    return [
        Figure(f"guide: {what}, median", "ms", median(seconds) * 1e3),
        Figure(f"guide: {what}, p95", "ms", p95, **barred),  # type: ignore[arg-type]
    ]


def _now() -> datetime:
    return datetime.now(timezone.utc)
