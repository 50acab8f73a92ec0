"""The summary as a PDF to hand over: headings, quotes and lists of a small part of Markdown, on A4."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fpdf import FPDF


def pdf_of(markdown: str, company: str) -> bytes:
    """The text as a PDF. Signs that the font does not have are shown as a box."""
    page = FPDF(format="A4")
    page.set_title(company)
    page.set_author(company)
    page.set_lang("en")
    page.set_margins(22, 22)
    page.set_auto_page_break(True, 22)
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf"), ("I", "DejaVuSans-Oblique.ttf")):
        page.add_font("text", style, _fonts() / file)
    page.add_page()
    _write(page, company, 9, gap=2)
    for block in markdown.strip().split("\n"):
        _line(page, block.rstrip())
    return bytes(page.output())


def _line(page: Any, line: str) -> None:
    if not line:
        page.ln(2)
    elif line.startswith("# "):
        _write(page, line[2:], 17, "B", gap=2)
    elif line.startswith("## "):
        _write(page, line[3:], 12, "B", gap=1)
    elif line.startswith(">"):
        _write(page, f"“{line.lstrip('> ')}”", 11, "I", indent=5)
    elif line.startswith("- "):
        _write(page, f"•  {line[2:]}", 11, indent=3)
    else:
        bold = line.startswith("**") and line.endswith("**")
        _write(page, line.replace("**", ""), 11, "B" if bold else "")


def _write(page: Any, text: str, size: int, style: str = "", indent: int = 0, gap: int = 0) -> None:
    page.set_font("text", style, size)
    page.set_x(page.l_margin + indent)
    page.multi_cell(0, size * 0.55, text, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(gap)


def _fonts() -> Path:
    """The fonts that come with matplotlib: they know European scripts, Greek and Cyrillic."""
    found = find_spec("matplotlib")
    places = found.submodule_search_locations if found is not None else None
    assert places, "matplotlib is a part of every installation"
    return Path(places[0]) / "mpl-data" / "fonts" / "ttf"
