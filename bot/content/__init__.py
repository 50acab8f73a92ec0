"""A company's catalogue: read from YAML, checked, and handed over as data."""

from __future__ import annotations

from pathlib import Path

from bot.advice.catalogue import Catalogue
from bot.content.alike import check_phrasings
from bot.content.building import build
from bot.content.dead_ends import check_dead_ends
from bot.content.findings import CatalogueErrors, Finding, Report
from bot.content.folder import read_folder
from bot.content.formula_checks import check_formulas
from bot.content.reader import Reader
from bot.content.references import check_placeholders, check_references
from bot.content.schema import schema, tables
from bot.content.starter import STARTER, starter

__all__ = ["STARTER", "CatalogueErrors", "Finding", "Report", "check", "load", "schema", "starter", "tables"]


def load(path: str | Path) -> Catalogue:
    """The catalogue of a folder of .yml files, or of one such file. Raises CatalogueErrors with every error in it."""
    reader = Reader()
    catalogue = _read(Path(path), reader)
    if reader.errors or catalogue is None:
        raise CatalogueErrors(reader.errors)
    return catalogue


def check(path: str | Path) -> Report:
    """Everything worth correcting in a catalogue: errors that keep it from being loaded, and warnings."""
    reader = Reader()
    catalogue = _read(Path(path), reader)
    if catalogue is not None and not reader.errors:
        check_dead_ends(catalogue, reader)
        check_phrasings(catalogue.problems, reader)
    return Report.of(reader.errors, reader.warnings)


def _read(path: Path, reader: Reader) -> Catalogue | None:
    sections = read_folder(path, reader)
    catalogue = build(sections, reader)
    if sections.complete and catalogue is not None:
        check_references(reader)
        check_formulas(catalogue, reader)
        check_placeholders(reader.declared.get("fact", {}), reader)
    return catalogue
