"""The two bots that are compared: ours, and the one `rasa init` makes with its default pipeline."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.servers import Server, finished, free_port, serving

PROJECT = Path(__file__).resolve().parent.parent
_QUIET = {
    "PYTHONPATH": str(PROJECT),
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONUNBUFFERED": "1",
    "LOG_LEVEL": "ERROR",
}


class Bot(Protocol):
    """A bot that can be trained from nothing, loaded and served."""

    @property
    def name(self) -> str:
        """What the report calls it."""

    def train(self, folder: Path) -> float:
        """Train it from nothing in an empty folder; seconds from the start of the process until a model is there."""

    def serve(self) -> AbstractContextManager[Server]:
        """A server of it, with one process, that has answered its first message."""

    def load(self) -> float:
        """Seconds to load the trained model in a fresh process, after its libraries were imported."""


@dataclass
class Ours:
    """Our assistant with everything stored: `advisor run`."""

    work: Path
    catalogue: Path = PROJECT / "data" / "catalogues" / "laundry"
    name: str = "ours"
    trained: Path | None = None

    @property
    def model(self) -> Path:
        """A trained model, made when there is none yet."""
        if self.trained is None:
            self.train(_fresh(self.work / "ours-project"))
        assert self.trained is not None
        return self.trained

    def train(self, folder: Path) -> float:
        """`advisor train --force`, as `advisor run` trains at its first start."""
        seconds = _timed([*_PYTHON, "bot.cli", "train", "--force"], folder, {"ADVISOR_DATA_DIR": str(folder)})
        self.trained = _newest(folder / "models")
        return seconds

    def serve(self) -> AbstractContextManager[Server]:
        """A server with a data folder of its own that keeps the phrase vectors of the run before."""
        port = free_port()
        return serving([*_PYTHON, "bot.cli", "run"], _made(self.work), self.environment(port), port)

    def environment(self, port: int = 0) -> Mapping[str, str]:
        """The settings of a server: its data folder is `data` in the working folder."""
        return _environment(
            {
                "PORT": str(port or free_port()),
                "ADVISOR_CATALOGUE": str(self.catalogue),
                "ADVISOR_DATA_DIR": str(self.work / "data"),
                "ADVISOR_MODEL": str(self.model),
                "ADVISOR_RATE_LIMIT": "0",
                "ADVISOR_LOG_LEVEL": "error",
            }
        )

    def load(self) -> float:
        """Seconds of `Assistant(model)`."""
        code = _LOAD.format(imports="from bot.assistant import Assistant", call=f"Assistant(Path({str(self.model)!r}))")
        return float(finished([sys.executable, "-c", code], self.work, self.environment()).split()[-1])


@dataclass
class Stock:
    """The bot of `rasa init --no-prompt`, served by `rasa run` over its REST channel, its tracker in memory."""

    work: Path
    name: str = "stock bot"
    project: Path | None = None

    @property
    def folder(self) -> Path:
        """Its project, made and trained when there is none yet."""
        if self.project is None:
            self.train(_fresh(self.work / "stock-project"))
        assert self.project is not None
        return self.project

    def train(self, folder: Path) -> float:
        """Make the project, which trains it."""
        seconds = _timed([*_PYTHON, "rasa", "init", "--no-prompt"], folder, {})
        self.project = folder
        return seconds

    def serve(self) -> AbstractContextManager[Server]:
        """`rasa run` on a free port."""
        port = free_port()
        command = [*_PYTHON, "rasa", "run", "--port", str(port), "--interface", "127.0.0.1"]
        return serving(command, self.folder, _environment({}), port)

    def load(self) -> float:
        """Seconds of `Agent.load(model)`."""
        model = _newest(self.folder / "models")
        code = _LOAD.format(imports="from rasa.core.agent import Agent", call=f"Agent.load({str(model)!r})")
        return float(finished([sys.executable, "-c", code], self.folder, _environment({})).split()[-1])


_PYTHON = (sys.executable, "-m")
_LOAD = """
import time
from pathlib import Path
{imports}
started = time.perf_counter()
{call}
print()
print(time.perf_counter() - started)
"""


def _timed(command: Sequence[str], folder: Path, more: Mapping[str, str]) -> float:
    """Seconds a training takes, without anything kept from another."""
    started = time.perf_counter()
    finished(command, folder, _environment({"RASA_CACHE_DIRECTORY": str(folder / "cache"), **more}))
    return time.perf_counter() - started


def _newest(models: Path) -> Path:
    return max(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without settings of ours, which would make two runs differ."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ADVISOR_") and name != "PORT"}
    return {**kept, **_QUIET, **more}


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return _made(folder)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
