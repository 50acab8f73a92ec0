"""Figures for whoever runs the assistant, in the form Prometheus reads. They name nobody."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.store import StoreError

logger = logging.getLogger(__name__)

_SECONDS: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one app; `counts` gives those that the records keep, over all processes and restarts."""

    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._registry = registry
        self._turns = Counter("advisor_turns", "Turns by outcome.", ["outcome"], registry=registry)
        self._seconds = Histogram("advisor_turn_seconds", "Time of a turn.", buckets=_SECONDS, registry=registry)
        self._errors = Counter("advisor_errors", "What went wrong, by kind.", ["kind"], registry=registry)
        self._refused = Counter("advisor_refused", "Messages not taken, by reason.", ["reason"], registry=registry)
        registry.register(Counted(counts))
        self._reloads = Counter("advisor_reloads", "Catalogue reloads by outcome.", ["outcome"], registry=registry)
        self._running = Gauge("advisor_turns_running", "Turns being taken now.", registry=registry)
        self._requests = Histogram(
            "advisor_request_seconds",
            "Time of a request by route, method and status.",
            ["route", "method", "status"],
            buckets=_SECONDS,
            registry=registry,
        )

    def text(self) -> bytes:
        """All figures, as Prometheus reads them."""
        return generate_latest(self._registry)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Measure a turn, and whether it was answered."""
        start = time.perf_counter()
        self._running.inc()
        try:
            yield
        except BaseException:
            self._turns.labels("failed").inc()
            self.failed("turn")
            raise
        else:
            self._turns.labels("answered").inc()
        finally:
            self._running.dec()
            self._seconds.observe(time.perf_counter() - start)

    def failed(self, kind: str) -> None:
        """Count something that went wrong."""
        self._errors.labels(kind).inc()

    def refused(self, reason: str) -> None:
        """Count a message that was not taken."""
        self._refused.labels(reason).inc()

    def reloaded(self, accepted: bool) -> None:
        """Count a reload of the catalogue."""
        self._reloads.labels("accepted" if accepted else "rejected").inc()

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count and time a request."""
        self._requests.labels(route, method, str(status)).observe(seconds)


class Counted(Collector):
    """What the records count: turns, advice given by rung, promises, hand-overs, referrals, refusals to be recorded."""

    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        """The counts; none while the database does not answer."""
        family = CounterMetricFamily("advisor_moves", "Moves and events counted in the records.", labels=["kind"])
        try:
            counts = self._counts()
        except StoreError:
            logger.exception("The counts cannot be read.")
            counts = {}
        for kind, count in sorted(counts.items()):
            family.add_metric([kind], count)
        yield family

    def describe(self) -> list[CounterMetricFamily]:
        """Nothing is promised before it is asked for: the database need not be there yet."""
        return []


class Timing:
    """Times every request by the route that answered it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and time it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            status = message["status"] if message["type"] == "http.response.start" else status
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            self._metrics.request(_route(scope), _method(scope), status, time.perf_counter() - start)


def _route(scope: Scope) -> str:
    """The route's pattern: never the address itself, which may hold what is private and has no end of values."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "other"))


def _method(scope: Scope) -> str:
    method = scope["method"]
    return method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"
