"""What a check of a catalogue finds: errors and warnings, each with its place and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to correct: the file as its author knows it, line and column from 1 (0: the whole file), and a cure."""

    file: str
    line: int
    column: int
    message: str
    instead: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}" + (f": {self.instead}" if self.instead else "")


@dataclass(frozen=True)
class Report:
    """All findings of one check, each list sorted by file and line."""

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, errors: Iterable[Finding], warnings: Iterable[Finding] = ()) -> Report:
        """Sorted, without repetitions."""
        return cls(tuple(sorted(set(errors))), tuple(sorted(set(warnings))))

    @property
    def clean(self) -> bool:
        """Whether there is nothing to correct."""
        return not self.errors and not self.warnings

    def __str__(self) -> str:
        """One line for each finding in the order of the files, then the count."""
        lines = [(finding, "error") for finding in self.errors] + [(finding, "warning") for finding in self.warnings]
        found = [f"{_line(finding, word)}" for finding, word in sorted(lines, key=lambda pair: pair[0])]
        return "\n".join([*found, f"{_count(self.errors, 'error')}, {_count(self.warnings, 'warning')}"])


class CatalogueErrors(ValueError):
    """A catalogue that cannot be loaded; `errors` lists every reason."""

    def __init__(self, errors: Iterable[Finding]) -> None:
        self.errors = Report.of(errors).errors
        super().__init__("\n".join(str(error) for error in self.errors))


def _line(finding: Finding, word: str) -> str:
    return str(finding) if word == "error" else f"{finding} (warning)"


def _count(findings: tuple[Finding, ...], word: str) -> str:
    return f"{len(findings)} {word}" + ("" if len(findings) == 1 else "s")
