"""`advisor run` serves the assistant; `advisor reload` makes it take up an edited catalogue."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from bot.cli.opening import load_model, opened_services
from bot.cli.problems import Trouble
from bot.cli.users import first_admin
from bot.settings import Settings, load_settings, session_secret

_PROCESS = "advisor.pid"


def run() -> None:
    """Serve the assistant until Ctrl-C.

    The first start trains the model and makes the database. PORT and the other settings are read from the environment
    and from .env.
    """
    from bot.web.serving import take_port

    settings = load_settings()
    session_secret(settings)  # fails early when the data folder cannot be written
    port = take_port(settings)
    with opened_services(settings) as services:
        load_model(services)
        _serve(services, port)
    typer.echo("Stopped. Everything answered is stored.")


def reload() -> None:
    """Make the running assistant read its catalogue again.

    A catalogue with errors is reported and not taken up. An edited one is also noticed by itself.
    """
    from bot.content import check
    from bot.web.background import RELOAD_REQUEST

    settings = load_settings()
    report = check(settings.catalogue)
    if report.errors:
        raise Trouble(f"the catalogue has errors, so the one in use stays:\n{report}")
    process = running(settings)
    if process is None:
        raise Trouble("no assistant is running over this data folder; start it with `advisor run`")
    (settings.data_dir / RELOAD_REQUEST).touch()
    typer.echo(f"The catalogue has no errors; process {process} takes it up within a few seconds.")


def running(settings: Settings) -> int | None:
    """The number of the process that serves over this data folder, if there is one."""
    try:
        process = int((settings.data_dir / _PROCESS).read_text())
        os.kill(process, 0)
    except (OSError, ValueError):
        return None
    return process


def _serve(services: Any, port: socket.socket) -> None:
    from bot.web.serving import address, serve

    settings: Settings = services.settings
    company = services.catalogue.company.name
    where = address(settings)
    for line in (
        "",
        f"  {company}",
        f"  Chat         {where}",
        f"  Staff        {where}/sign-in",
        f"  For programs {where}/docs",
        "",
        "  Customers need not sign in. For one you know, `advisor token CUSTOMER` prints a link that names them.",
        *first_admin(services.store),
        "",
        "  Ctrl-C stops it.",
        "",
    ):
        typer.echo(line)
    with _known_as_running(settings.data_dir / _PROCESS):
        serve(services, port)


@contextmanager
def _known_as_running(file: Path) -> Iterator[None]:
    file.write_text(str(os.getpid()))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


COMMANDS: tuple[tuple[str, Any, dict[str, Any]], ...] = (("run", run, {}), ("reload", reload, {}))
