"""The need map: what we know of one concern, each cell with its quote, source, confidence and history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from bot.advice.heard import CellName, FactValue, Match, Source

REMEMBERED = 20
"""How many earlier values a cell keeps, so that a dossier does not grow with every message."""


@dataclass(frozen=True)
class Cell:
    """One thing known: its value, the words it came from, who said it, how sure we are (0..1), and what stood there before."""

    value: FactValue
    quote: str = ""
    source: Source = Source.CUSTOMER
    confidence: float = 1.0
    history: tuple[Cell, ...] = ()

    def followed_by(self, newer: Cell) -> Cell:
        """`newer`, remembering this one and the `REMEMBERED` before it; the stored turns hold everything older."""
        return replace(newer, history=(*self.history, replace(self, history=()))[-REMEMBERED:])


class ReadBack(str, Enum):
    """How far the reading back of the need has come."""

    NOT_YET = "not_yet"
    SAID = "said"
    CONFIRMED = "confirmed"
    DENIED = "denied"


class State(str, Enum):
    """Where a concern stands."""

    OPEN = "open"
    PARKED = "parked"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed_over"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Rejection:
    """A remedy the customer turned down, with the reason in their words."""

    remedy: str
    quote: str


@dataclass(frozen=True)
class NeedMap:
    """One concern: cells, the readings of its problem still possible, and how far advice has come."""

    id: int
    cells: Mapping[CellName, Cell] = field(default_factory=dict)
    readings: tuple[Match, ...] = ()
    ruled_out: frozenset[str] = frozenset()
    hints: Mapping[str, float] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    read_back: ReadBack = ReadBack.NOT_YET
    advised: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    accepted: str = ""
    hands_off: bool = False
    unsafe: bool = False
    """Whether a danger was told of in the words of this trouble: nobody is to try anything alone."""
    compared: bool = False
    """Whether the customer was told of other ways than the one advised."""
    outside: str = ""
    """The standing referral this concern calls for, when the company does not do such things."""
    state: State = State.OPEN
    denials: int = 0
    whys: int = 0
    questions: int = 0

    def text(self, name: CellName) -> str:
        """The value of a cell as text, empty when unknown."""
        cell = self.cells.get(name)
        return "" if cell is None else str(cell.value)

    def quote(self, name: CellName) -> str:
        """The words a cell came from, empty when unknown."""
        cell = self.cells.get(name)
        return "" if cell is None else cell.quote

    @property
    def problem(self) -> str:
        """The id of the problem settled on, empty while it is unclear."""
        return self.text(CellName.PROBLEM)

    @property
    def need(self) -> str:
        """The id of the outcome wanted, empty while it is unclear."""
        return self.text(CellName.NEED)

    def with_cell(self, name: CellName, cell: Cell) -> NeedMap:
        """This map with `cell` under `name`; what stood there moves into its history. The same value and quote changes nothing."""
        before = self.cells.get(name)
        if before is not None and (before.value, before.quote) == (cell.value, cell.quote):
            return self
        newer = cell if before is None else before.followed_by(cell)
        return replace(self, cells={**self.cells, name: newer})

    def without_cell(self, name: CellName) -> NeedMap:
        """This map with the cell emptied: its last value stays in the situation's history, so nothing heard is lost."""
        before = self.cells.get(name)
        if before is None:
            return self
        kept = replace(self, cells={key: cell for key, cell in self.cells.items() if key is not name})
        note = Cell(value=f"withdrawn {name.value}: {before.value}", quote=before.quote, source=before.source)
        return kept.with_cell(CellName.SITUATION, note)
