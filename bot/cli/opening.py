"""What the commands open: settings, records, services; each only when a command needs it, as some are slow to load."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.services import Services
    from bot.store import Store


@contextmanager
def opened_store() -> Iterator[Store]:
    """The records in the database of the settings."""
    from bot.store import open_store

    settings = load_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = open_store(settings.database_url, hold=settings.hold)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def opened_services(settings: Settings) -> Iterator[Services]:
    """Records, catalogue and what understands it; the model is loaded when first used."""
    with working("Opening records and catalogue"):
        log_as(settings.log_level)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        from bot.services import open_services

        opening = open_services(settings)
        services = opening.__enter__()
    try:
        yield services
    finally:
        opening.__exit__(None, None, None)


def load_model(services: Services) -> None:
    """Load the language model, training it first when there is none."""
    from bot.assistant import ensure_model

    ensure_model(services.settings, tell)
    with working("Loading the model"):
        _ = services.assistant


def tell(line: str) -> None:
    """Say how something that takes long is getting on."""
    typer.echo(line, err=True)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say what is being done while the block runs; in a terminal, with the seconds it has taken so far."""
    if not sys.stderr.isatty():
        tell(f"{what} …")
        yield
        return
    over = threading.Event()
    clock = threading.Thread(target=_tick, args=(what, over), daemon=True)
    clock.start()
    try:
        yield
    finally:
        over.set()
        clock.join()


def log_as(level: str) -> None:
    """Log to standard error from this level on; what libraries have to say, from warnings on, unless debugging."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    debugging = level == "debug"
    os.environ.setdefault("LOG_LEVEL", "DEBUG" if debugging else "WARNING")  # Rasa's progress bars go by it
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.captureWarnings(True)
    if not debugging:
        handler.addFilter(_is_for_an_operator)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)


def _is_for_an_operator(record: logging.LogRecord) -> bool:
    """Our own notes, and the warnings of libraries; not what they tell each other's programmers."""
    if record.name == "py.warnings":
        return False
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == "bot"


def _tick(what: str, over: threading.Event) -> None:
    seconds = 0
    while True:
        typer.echo(f"\r{what} … {f'{seconds} s' if seconds else ''}", err=True, nl=False)
        if over.wait(1):
            typer.echo(err=True)
            return
        seconds += 1
