"""The figures as a table for the terminal and as the page docs/measured.md, both from the same numbers."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks.statistics import Figure

HEADINGS = ("what", "ours", "against", "value", "ratio", "bar", "met")


@dataclass(frozen=True)
class Section:
    """What one benchmark gave: its name, how it measures, its figures, and the seconds it took."""

    name: str
    about: str
    figures: tuple[Figure, ...]
    seconds: float = 0.0
    trouble: str = ""


def machine() -> str:
    """The machine in one line, without anything that tells whose it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}"
    return f"{system}, Python {platform.python_version()}, Rasa {version('rasa')}"


def table(sections: Sequence[Section]) -> str:
    """The table for the terminal, one line for each figure."""
    rows = [HEADINGS, *(_cells(figure) for section in sections for figure in section.figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    troubles = [f"{section.name}: could not be measured: {section.trouble}" for section in sections if section.trouble]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:], *troubles])


def page(sections: Sequence[Section], on: date, where: str) -> str:
    """The text of docs/measured.md."""
    parts = [
        "# Measured",
        "",
        f"Measured on {on.isoformat()} in one run of `make bench`, which wrote this page: {where}.",
        "The stock bot is what `rasa init` makes, with Rasa's default pipeline and policies, on the same machine;",
        "where two things are compared, their measurements took turns.",
        "",
        *_markdown(("", *HEADINGS[1:]), [_cells(figure) for section in sections for figure in section.figures]),
        "",
        "## How",
        "",
        *(f"- **{section.name}**: {section.about}{_trouble(section)}" for section in sections),
    ]
    return "\n".join(parts) + "\n"


def write_page(path: Path, sections: Sequence[Section], on: date) -> None:
    """Write docs/measured.md."""
    path.write_text(page(sections, on, machine()), encoding="utf-8")


def _cells(figure: Figure) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: ""}[figure.met]
    return (
        figure.what,
        _amount(figure.ours, figure.unit),
        figure.against if figure.other is not None else "",
        _amount(figure.other, figure.unit),
        f"{figure.ratio:.2f} ×" if figure.ratio is not None else "",
        str(figure.bar) if figure.bar is not None else "",
        met,
    )


def _amount(value: float | None, unit: str) -> str:
    """A value with its unit, to three figures or so."""
    if value is None:
        return ""
    places = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{places}f} {unit}"


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_row(headings), _row(["---"] * len(headings)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _trouble(section: Section) -> str:
    return f" It could not be measured this time: {section.trouble.splitlines()[0]}" if section.trouble else ""
