"""Commands for whoever writes a catalogue: check one, begin one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.problems import Trouble
from bot.settings import load_settings


def check(
    path: Annotated[Path | None, typer.Argument(help="A catalogue; the one in the settings unless given.")] = None,
) -> None:
    """Report the errors and warnings in a catalogue.

    Each comes with its file, its line and what to write instead; the exit code is 1 when there are errors.
    """
    from bot.content import check as check_catalogue

    place = path or load_settings().catalogue
    if not place.exists():
        raise Trouble(f"{place} is not there; name the folder or file of a catalogue")
    report = check_catalogue(place)
    typer.echo(str(report))
    raise typer.Exit(1 if report.errors else 0)


def new_catalogue(folder: Annotated[Path, typer.Argument(help="A folder; it is made if need be.")]) -> None:
    """Write a small complete catalogue to begin from."""
    from bot.content import starter

    try:
        files = starter(folder)
    except FileExistsError as error:
        raise Trouble(str(error)) from None
    for file in files:
        typer.echo(f"Written: {file}")
    typer.echo(f"Edit it, check it with `advisor check {folder}`, use it with ADVISOR_CATALOGUE={folder}.")


COMMANDS: tuple[tuple[str, Any, dict[str, Any]], ...] = (("check", check, {}), ("new-catalogue", new_catalogue, {}))
