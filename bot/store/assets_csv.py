"""Importing what customers own from a CSV file of the company's records.

The file has one row for each asset, below a header with these columns in any order:

    customer_id     the company's own number for the customer (required)
    customer_name   a person or a site
    organisation    the customer's company
    region          where they are, in the words the catalogue uses for regions
    model           the model, as written on the machine or the invoice (required)
    quantity        how many alike; 1 when empty
    serial          the serial number: with it an asset stays the same when it moves
    bought_on       a date: 2019-05-31, 31.05.2019, 2019-05 or 2019 (read as the first day)
    version         of software or build
    location        where it stands
    status          in_use (when empty), spare, out_of_order or retired
    notes           anything else

Commas, semicolons or tabs part the columns; UTF-8, UTF-16 or Windows/Latin-1 text. Bad rows are reported and the
rest is kept; a file imported twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from bot.store.assets_rows import AssetsFileError, Row, read_rows
from bot.store.records import Change
from bot.store.store import Store, Work, utc_now

__all__ = ["AssetsFileError", "ImportReport", "import_assets", "import_assets_csv"]

_CHUNK = 200
T = TypeVar("T")


@dataclass(frozen=True)
class ImportReport:
    """What an import did; each problem reads `file:line: what is wrong and what to write`."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    customers_created: int = 0
    customers_updated: int = 0
    skipped: int = 0
    problems: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.created} assets added, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.skipped} rows skipped; {self.customers_created} customers added, {self.customers_updated} updated."
        )


def import_assets_csv(
    store: Store,
    path: Path,
    *,
    product_id_of: Callable[[str], str | None] = lambda model: None,
    today: date | None = None,
    is_test: bool = False,
) -> ImportReport:
    """Store the assets in the file, and the customers they belong to, and say what was done.

    `product_id_of` finds the catalogue's product for a model, None when there is none; a purchase after `today` is
    reported as a mistake. Rows missing from the file are not removed from the store. Raises `AssetsFileError` when
    the file as a whole cannot be read.
    """
    rows, problems, skipped = read_rows(Path(path), today or utc_now().date())
    report = ImportReport(skipped=skipped, problems=tuple(problems))
    for chunk in _chunks(rows, _CHUNK):
        report = store.run(partial(_apply, chunk, report, product_id_of, is_test))
    return report


def import_assets(
    store: Store, rows: Sequence[Row], *, product_id_of: Callable[[str], str | None] = lambda model: None
) -> ImportReport:
    """Store rows that were read elsewhere, in one transaction, and say what was done."""
    return store.run(partial(_apply, list(rows), ImportReport(), product_id_of, False))


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield chunk


def _apply(
    rows: list[Row], report: ImportReport, product_id_of: Callable[[str], str | None], is_test: bool, work: Work
) -> ImportReport:
    customers: dict[str, str] = {}
    for row in rows:
        external_id = str(row.customer.external_id)
        if external_id not in customers:
            customer, change = work.customers.upsert(replace(row.customer, is_test=is_test))
            customers[external_id] = customer.id
            report = _counted_customer(report, change)
        product_id = product_id_of(row.asset.model)
        asset = replace(row.asset, customer_id=customers[external_id], product_id=product_id)
        report = _counted(report, work.assets.upsert(asset)[1])
    return report


def _counted(report: ImportReport, change: Change) -> ImportReport:
    name = change.value
    return replace(report, **{name: getattr(report, name) + 1})


def _counted_customer(report: ImportReport, change: Change) -> ImportReport:
    if change is Change.UNCHANGED:
        return report
    name = f"customers_{change.value}"
    return replace(report, **{name: getattr(report, name) + 1})
