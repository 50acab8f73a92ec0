"""Reading rows of an assets file: text and columns first, then every value, with the line of each mistake."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.store.columns import NAME_LIMIT
from bot.store.customers import business_key
from bot.store.records import Asset, AssetStatus, Customer

COLUMNS = (
    "customer_id",
    "customer_name",
    "organisation",
    "region",
    "model",
    "quantity",
    "serial",
    "bought_on",
    "version",
    "location",
    "status",
    "notes",
)
REQUIRED = ("customer_id", "model")
_LONGEST = 2000
_MOST = 1_000_000
_ABOUT_CUSTOMER = ("name", "organisation", "region")


class AssetsFileError(ValueError):
    """The file as a whole cannot be imported; the text says why and what to do."""


@dataclass(frozen=True)
class Row:
    """One good row: the customer and the asset (whose `customer_id` is still the company's number)."""

    line: int
    customer: Customer
    asset: Asset


def read_rows(path: Path, today: date) -> tuple[list[Row], list[str], int]:
    """The good rows, the problems as `file:line: …`, and how many rows were left out because of them."""
    table = _Table(path, _text(path))
    rows: list[Row] = []
    for line, cells in table.lines():
        try:
            rows.append(_row(line, cells, today))
        except ValueError as error:
            table.reject(line, str(error))
    kept = list(_without_repeats(rows, table))
    agreed = _with_one_word_for_each_customer(kept, table)
    return agreed, [text for _, text in sorted(table.problems, key=lambda problem: problem[0])], table.skipped


def rows_of(items: Sequence[Mapping[str, object]], today: date) -> tuple[list[Row], list[str]]:
    """The rows in items with the columns of the file as their names, and what is wrong with each, by its place from 0."""
    rows: list[Row] = []
    problems: list[str] = []
    for place, item in enumerate(items):
        unknown = sorted(set(item) - set(COLUMNS))
        try:
            if unknown:
                raise ValueError(f"there is no field {unknown[0]}: use {', '.join(COLUMNS)}")
            rows.append(_row(place, {name: "" if value is None else str(value).strip() for name, value in item.items()}, today))
        except ValueError as error:
            problems.append(f"assets[{place}]: {error}")
    return rows, problems


class _Table:
    """The lines of one file with the problems found in it."""

    def __init__(self, path: Path, text: str) -> None:
        self._name = path.name
        self.problems: list[tuple[int, str]] = []
        self.skipped = 0
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self._header = self._read_header()

    def note(self, line: int, problem: str) -> None:
        self.problems.append((line, f"{self._name}:{line}: {problem}"))

    def reject(self, line: int, problem: str) -> None:
        self.skipped += 1
        self.note(line, problem)

    def lines(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Each row that is not empty with the number of its first line, columns by name."""
        while True:
            line = self._reader.line_num + 1
            try:
                cells = [cell.strip() for cell in next(self._reader)]
            except StopIteration:
                return
            except csv.Error as error:
                self.reject(line, f"the row cannot be read ({error}): close every quotation mark. The rest was not read")
                return
            if len(cells) > len(self._header) and any(cells[len(self._header) :]):
                self.reject(line, f"{len(cells)} values for {len(self._header)} columns: quote text that holds a comma")
            elif any(cells):
                yield line, dict(zip(self._header, cells, strict=False))

    def _read_header(self) -> list[str]:
        try:
            header = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in next(self._reader, [])]
        except csv.Error as error:
            raise AssetsFileError(f"{self._name}:1: the header cannot be read: {error}") from error
        missing = [name for name in REQUIRED if name not in header]
        if missing:
            raise AssetsFileError(
                f"{self._name}:1: no column {' and no column '.join(missing)}. The first line must name the columns: "
                + ",".join(COLUMNS)
            )
        twice = sorted({name for name in header if name and header.count(name) > 1})
        if twice:
            raise AssetsFileError(f"{self._name}:1: the column {twice[0]} is there twice: remove one")
        for name in header:
            if name and name not in COLUMNS:
                close = difflib.get_close_matches(name, COLUMNS, 1)
                hint = f"did you mean '{close[0]}'?" if close else "known are " + ", ".join(COLUMNS)
                self.note(1, f"the column '{name[:40]}' is not known and was left out: {hint}")
        return header


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise AssetsFileError(f"Cannot read {path}: {reason}. Write the path of a CSV file that is there.") from error
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252", "latin-1"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip() and "\x00" not in text:
            return text
        break
    raise AssetsFileError(f"{path.name} is empty or is not text. Save the list as CSV, with the columns on line 1.")


def _row(line: int, cells: dict[str, str], today: date) -> Row:
    for name, value in cells.items():
        limit = NAME_LIMIT if name == "customer_id" else _LONGEST
        if len(value) > limit:
            raise ValueError(f"{name} is {len(value)} characters long: write at most {limit}")
    for name in REQUIRED:
        if not cells.get(name):
            raise ValueError(f"{name} is empty: {_WHAT_TO_WRITE[name]}")
    return Row(line, _customer(cells), _asset(cells, today))


_WHAT_TO_WRITE = {
    "customer_id": "write the company's number for the customer",
    "model": "write the model, such as W-20",
}


def _customer(cells: dict[str, str]) -> Customer:
    return Customer(
        external_id=cells["customer_id"],
        name=cells.get("customer_name", ""),
        organisation=cells.get("organisation", ""),
        region=cells.get("region", ""),
    )


def _asset(cells: dict[str, str], today: date) -> Asset:
    return Asset(
        customer_id=cells["customer_id"],
        model=cells["model"],
        quantity=_quantity(cells.get("quantity", "")),
        serial=cells.get("serial", ""),
        bought_on=_bought_on(cells.get("bought_on", ""), today),
        version=cells.get("version", ""),
        location=cells.get("location", ""),
        status=_status(cells.get("status", "")),
        notes=cells.get("notes", ""),
    )


def _quantity(text: str) -> int:
    if not text:
        return 1
    if not re.fullmatch(r"[0-9]{1,7}([.,]0+)?", text) or not 1 <= int(re.split("[.,]", text)[0]) <= _MOST:
        raise ValueError(f"quantity '{text[:40]}' is not a whole number from 1: write a number such as 3")
    return int(re.split("[.,]", text)[0])


def _bought_on(text: str, today: date) -> date | None:
    if not text:
        return None
    bought = _date(text)
    if bought is None:
        raise ValueError(f"bought_on '{text[:40]}' is not a date: write 2019-05-31, 31.05.2019, 2019-05 or 2019")
    if bought > today:
        raise ValueError(f"bought_on '{text}' is in the future: write the day it was bought")
    return bought


def _date(text: str) -> date | None:
    iso = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[T ]\d\d:\d\d.*)?", text, re.ASCII)
    dotted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text, re.ASCII)
    parts = iso.groups() if iso else dotted.groups()[::-1] if dotted else None
    try:
        return date(*(int(part or 1) for part in parts)) if parts else None
    except ValueError:
        return None


def _status(text: str) -> AssetStatus:
    plain = re.sub(r"[\s-]+", "_", text.lower())
    try:
        return AssetStatus(plain) if plain else AssetStatus.IN_USE
    except ValueError:
        names = ", ".join(status.value for status in AssetStatus)
        raise ValueError(f"status '{text[:40]}' is not known: write one of {names}") from None


def _without_repeats(rows: list[Row], table: _Table) -> Iterator[Row]:
    """The first row of each asset: a later one would silently take its place."""
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.asset.customer_id, business_key(row.asset))
        if key in first:
            what = f"{row.asset.model} of customer {row.asset.customer_id} is already on line {first[key]}"
            table.reject(row.line, f"{what}: give each its own serial number, or write one row with their quantity")
        else:
            first[key] = row.line
            yield row


def _with_one_word_for_each_customer(rows: list[Row], table: _Table) -> list[Row]:
    """Every row with all that the file says of its customer; the first word counts, another one is noted."""
    known: dict[str, Customer] = {}
    for row in rows:
        so_far = known.get(row.asset.customer_id, row.customer)
        known[row.asset.customer_id] = _agreed(so_far, row, table)
    return [replace(row, customer=known[row.asset.customer_id]) for row in rows]


def _agreed(so_far: Customer, row: Row, table: _Table) -> Customer:
    for name in _ABOUT_CUSTOMER:
        old, new = getattr(so_far, name), getattr(row.customer, name)
        if old and new and old != new:
            column = "customer_name" if name == "name" else name
            what = f"{column} of customer {row.asset.customer_id} is '{new}' here, but '{old}' further up"
            table.note(row.line, f"{what}: write one of them on every row ('{old}' was kept)")
    return replace(so_far, **{name: getattr(so_far, name) or getattr(row.customer, name) for name in _ABOUT_CUSTOMER})
