"""The process that trains or replays: started, listened to, and stopped when it is asked to."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from bot.learning.voices import PROJECT
from bot.settings import Settings
from bot.store.records import Json

MARK = "@advisor "
SECONDS = 0.5
_LAST_WORDS = 2000
_GRACE = 5.0


class JobFailed(RuntimeError):
    """The job could not be done; the text says why."""


class JobStopped(RuntimeError):
    """The job was stopped as asked."""


@dataclass(frozen=True)
class Job:
    """What is to be done: `kind` as in `TrainingRun`, the archives of the models, and how many conversations to replay."""

    kind: str
    old: Path
    new: Path | None = None
    catalogue: Path | None = None
    limit: int = 200


Tell = Callable[[str, float], None]
Worker = Callable[[Job, Tell, Callable[[], bool]], Json]
"""Does a job: hears of steps with the share done (0..1), asks whether to stop, and returns what came of it."""


def in_a_process(settings: Settings) -> Worker:
    """The worker that does each job in a process of its own, at low priority, and ends it with this one."""

    def work(job: Job, tell: Tell, stop: Callable[[], bool]) -> Json:
        process = _started(settings, job)
        try:
            return _heard(process, tell, stop)
        finally:
            _end(process)

    return work


def _started(settings: Settings, job: Job) -> subprocess.Popen[str]:
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "ERROR", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONIOENCODING": "utf-8"}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ADVISOR_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.learning.job"],
        cwd=PROJECT,
        env={**environ, **quiet},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(_told(settings, job)))
    process.stdin.close()
    return process


def _told(settings: Settings, job: Job) -> dict[str, Any]:
    """The job as the process reads it; the database's address goes by this way only, as others may read arguments."""
    environ = {"ADVISOR_CATALOGUE": str(settings.catalogue), "ADVISOR_DATA_DIR": str(settings.data_dir)}
    if settings.today is not None:
        environ["ADVISOR_TODAY"] = settings.today.isoformat()
    return {
        "kind": job.kind,
        "environ": environ,
        "folder": str(settings.data_dir),
        "database_url": settings.database_url,
        "old": str(job.old),
        "new": str(job.new) if job.new else "",
        "catalogue": str(job.catalogue) if job.catalogue else "",
        "limit": job.limit,
    }


def _heard(process: subprocess.Popen[str], tell: Tell, stop: Callable[[], bool]) -> Json:
    """What the process says in the end. Raises JobFailed and JobStopped."""
    lines: queue.Queue[str | None] = queue.Queue()
    words: list[str] = []
    assert process.stdout is not None
    assert process.stderr is not None
    threading.Thread(target=_listen, args=(process.stdout, lines), daemon=True).start()
    threading.Thread(target=_collect, args=(process.stderr, words), daemon=True).start()
    while True:
        if stop():
            raise JobStopped("Stopped as asked.")
        try:
            line = lines.get(timeout=SECONDS)
        except queue.Empty:
            continue
        if line is None:
            raise JobFailed(_last_words(process, words))
        if line.startswith(MARK) and (done := _taken(json.loads(line[len(MARK) :]), tell)) is not None:
            return done


def _taken(told: dict[str, Any], tell: Tell) -> Json | None:
    if "failed" in told:
        raise JobFailed(str(told["failed"]))
    if "step" in told:
        tell(str(told["step"]), float(told["share"]))
        return None
    return dict(told["done"])


def _listen(output: IO[str], lines: queue.Queue[str | None]) -> None:
    for line in output:
        lines.put(line)
    lines.put(None)


def _collect(output: IO[str], words: list[str]) -> None:
    for line in output:
        words.append(line)
        del words[:-50]


def _last_words(process: subprocess.Popen[str], words: list[str]) -> str:
    code = process.wait(_GRACE)
    return f"The process that did it ended early (code {code}). It said:\n{''.join(words)[-_LAST_WORDS:].strip() or 'nothing'}"


def _end(process: subprocess.Popen[str]) -> None:
    """End the process and what it started; it leads a group of its own."""
    for sent in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        try:
            os.killpg(process.pid, sent)
            process.wait(_GRACE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
