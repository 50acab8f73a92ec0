"""The report of the benchmarks, from sample figures."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.report import Section, machine, page, table
from benchmarks.statistics import Bar, Figure

SECTIONS = (
    Section("turn", "How a turn is timed.", (Figure("turn, median", "ms", 9.5, 25.0, bar=Bar(0.5)),)),
    Section("memory", "How memory is read.", (Figure("memory", "MB", 1500.0, 900.0, bar=Bar(2 / 3)),)),
    Section("storing", "How storing is timed.", (Figure("store one turn", "ms", 0.123),)),
    Section("loading", "How loading is timed.", (), trouble="a server ended\nlast words"),
)


def test_the_table_has_a_line_for_each_figure_and_each_failure() -> None:
    """Values carry units; a missed bar is in capitals; what could not be measured is told."""
    lines = table(SECTIONS).splitlines()
    assert lines[2].split() == ["turn,", "median", "9.50", "ms", "stock", "bot", "25.0", "ms", "0.38", "×", "≤", "0.50", "×", "yes"]
    assert lines[3].split()[-1] == "NO"
    assert lines[4].split() == ["store", "one", "turn", "0.12", "ms"]
    assert lines[5:] == ["loading: could not be measured: a server ended", "last words"]


def test_the_page_tells_the_same_figures_and_how_they_were_had() -> None:
    """The page is made from the same cells, and names the day and the machine."""
    text = page(SECTIONS, date(2025, 6, 5), "2 cores")
    assert "| turn, median | 9.50 ms | stock bot | 25.0 ms | 0.38 × | ≤ 0.50 × | yes |" in text
    assert "2025-06-05" in text
    assert "2 cores" in text
    assert "- **loading**: How loading is timed. It could not be measured this time: a server ended" in text


def test_the_machine_is_described_without_telling_whose_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cores, memory and versions; no names and no folders."""
    told = machine()
    assert "cores" in told
    assert "Python 3.10" in told
    assert "/" not in told
    assert Path.home().name not in told or Path.home().name == ""
