"""Work beside the requests: forgetting what may not be kept, and taking up a catalogue that was edited."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool

from bot.web.backend import Backend
from bot.web.integrations.sender import Sender
from bot.web.metrics import Metrics

logger = logging.getLogger(__name__)

RELOAD_REQUEST: Final = "reload"
"""The file in the data folder that asks a running server to read its catalogue again when it is touched."""
_SECONDS_BETWEEN_LOOKS: Final = 2.0
_SECONDS_BETWEEN_PURGES: Final = 60.0
_SECONDS_BETWEEN_LESSONS: Final = 30.0
_SECONDS_BETWEEN_DELIVERIES: Final = 5.0


@asynccontextmanager
async def background(backend: Backend, metrics: Metrics) -> AsyncIterator[None]:
    """Do the work beside the requests while the block runs."""
    watch = CatalogueWatch(backend, metrics)
    sender = Sender(backend)
    tasks = [
        asyncio.create_task(_every(_SECONDS_BETWEEN_LOOKS, watch.look, metrics)),
        asyncio.create_task(_every(_SECONDS_BETWEEN_LOOKS, backend.teacher.watch, metrics)),
        asyncio.create_task(_every(_SECONDS_BETWEEN_PURGES, lambda: _purge(backend), metrics)),
        asyncio.create_task(_every(_SECONDS_BETWEEN_LESSONS, lambda: _learn(backend), metrics)),
        asyncio.create_task(_every(_SECONDS_BETWEEN_DELIVERIES, lambda: _send(sender), metrics)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sender.close()


class CatalogueWatch:
    """Notices that a catalogue's files changed, or that a reload was asked for, and reloads."""

    def __init__(self, backend: Backend, metrics: Metrics) -> None:
        self._backend = backend
        self._metrics = metrics
        self._seen = self._print()

    def look(self) -> None:
        """Reload if there is reason to. A catalogue with errors is reported in the log and the one before stays."""
        now = self._print()
        if now == self._seen:
            return
        self._seen = now
        report = self._backend.reload_catalogue()
        self._metrics.reloaded(not report.errors)
        if report.errors:
            lines = "\n".join(str(error) for error in report.errors)
            logger.error("The catalogue has errors and the one before stays in use:\n%s", lines)
        else:
            logger.info("The catalogue was read again and is in use (%d warnings).", len(report.warnings))

    def _print(self) -> tuple[object, ...]:
        settings = self._backend.settings
        return (*fingerprint(settings.catalogue), *fingerprint(settings.data_dir / RELOAD_REQUEST))


def fingerprint(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Name, time and size of the file, or of every YAML file in the folder; nothing for what is not there."""
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.suffix in (".yml", ".yaml"))
    else:
        files = [path]
    return tuple(mark for file in files for mark in _mark(file))


def _mark(file: Path) -> tuple[tuple[str, int, int], ...]:
    try:
        state = file.stat()
    except OSError:
        return ()
    return ((str(file), state.st_mtime_ns, state.st_size),)


def _purge(backend: Backend) -> None:
    count = backend.purge()
    if count:
        logger.info("Erased %d conversations held without consent for too long.", count)


def _learn(backend: Backend) -> None:
    """Score and count what became quiet."""
    backend.learn()


def _send(sender: Sender) -> None:
    sender.work()


async def _every(seconds: float, work: Callable[[], None], metrics: Metrics) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await run_in_threadpool(work)
        except Exception:
            metrics.failed("background")
            logger.exception("Work in the background failed; it is tried again in %g seconds.", seconds)
