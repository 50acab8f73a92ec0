"""`advisor simulate`: simulated customers through the engine and through the whole assistant, with a report as a page."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.content import load
from bot.settings import PROJECT, Settings, load_settings
from bot.simulation.engine_runs import compare
from bot.simulation.report import Report, report_page, summary
from bot.simulation.results import Result
from bot.simulation.wordings import PhrasingsMissing

PAGE = "simulation.html"
TRADES = ("laundry", "metals", "telephony")
CATALOGUES = PROJECT / "data" / "catalogues"


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate, print the tables and write the page; 1 with a sentence on standard error when it cannot be done."""
    asked = _arguments(argv)
    settings = load_settings()
    companies = [_place(name) for name in asked.company or TRADES]
    engine = _engine(companies, asked) if asked.mode in ("engine", "both") else []
    try:
        real = _real(companies, asked, settings) if asked.mode in ("real", "both") else []
    except PhrasingsMissing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    report = Report(tuple(engine), tuple(real))
    path: Path = asked.out or settings.data_dir / PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report_page(report), encoding="utf-8")
    _say(f"\n{summary(report)}\n\nThe page with plots: {path}")
    return 0


def _place(name: str) -> Path:
    """A company by the name of a sample or by the path of its catalogue."""
    return CATALOGUES / name if name in TRADES else Path(name)


def _engine(companies: list[Path], asked: argparse.Namespace) -> list[Result]:
    results = []
    for place in companies:
        _say(f"The engine and {asked.customers} customers of {place.stem}.")
        results += compare(place.stem, load(place), asked.customers, asked.seed)
    return results


def _real(companies: list[Path], asked: argparse.Namespace, settings: Settings) -> list[Result]:
    from bot.simulation.real_runs import company, talk_to

    results = []
    for place in companies:
        _say(f"The assistant and {asked.real} customers of {place.stem}.")
        tell = _say if asked.transcripts else _silent
        with company(settings, place) as services:
            results += asyncio.run(talk_to(services, place.stem, asked.real, asked.seed, tell))
    return results


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _silent(line: str) -> None:
    """Says nothing."""


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="advisor simulate", description=__doc__)
    parser.add_argument("--mode", choices=("engine", "real", "both"), default="both", help="what faces the customers")
    parser.add_argument("--customers", type=_positive, default=300, help="customers of each company for the engine (300)")
    parser.add_argument("--real", type=_positive, default=24, help="customers of each company for the assistant (24)")
    parser.add_argument("--company", action="append", help="a sample company or a catalogue's path; may be repeated")
    parser.add_argument("--seed", type=int, default=1, help="another number gives other customers (1)")
    parser.add_argument("--transcripts", action="store_true", help="print the assistant's conversations")
    parser.add_argument("--out", type=Path, help=f"where to write the page (default: {PAGE} in the data folder)")
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("write a number of at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
