"""Importing what customers own: good rows are kept, bad ones reported by line, and twice changes nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.store import Store
from bot.store.assets_csv import AssetsFileError, ImportReport, import_assets_csv
from bot.store.assets_rows import COLUMNS
from bot.store.records import AssetStatus, Customer

TODAY = date(2025, 5, 1)
GOOD = """\
customer_id,customer_name,organisation,region,model,quantity,serial,bought_on,version,location,status,notes
C-1,Ada,Grand Hôtel,North,W-20,3,,2019-05-31,2.1,cellar,in use,"two, next to the drain"
C-1,Ada,Grand Hôtel,North,D-30,1,SN-7,2020,,cellar,spare,
C-2,Bob,,South,W-20,,SN-8,,,,,
"""


def _import(store: Store, folder: Path, content: str | bytes) -> ImportReport:
    path = folder / "assets.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_assets_csv(store, path, today=TODAY, product_id_of={"W-20": "washer-20"}.get)


def test_a_good_file_is_stored_whole(store: Store, tmp_path: Path) -> None:
    """Every column arrives; empty ones get their documented defaults; models are matched to products."""
    report = _import(store, tmp_path, GOOD)
    assert report == ImportReport(created=3, customers_created=2)
    assert str(report).startswith("3 assets added, 0 updated, 0 unchanged, 0 rows skipped; 2 customers added")
    with store.read() as work:
        ada, bob = work.customers.by_external_id("C-1"), work.customers.by_external_id("C-2")
        assert ada is not None
        assert bob is not None
        assert (ada.name, ada.organisation, ada.region) == ("Ada", "Grand Hôtel", "North")
        washers, dryer = work.assets.of_customer(ada.id)
        assert (washers.model, washers.quantity, washers.product_id) == ("W-20", 3, "washer-20")
        assert (washers.bought_on, washers.version, washers.location) == (date(2019, 5, 31), "2.1", "cellar")
        assert (washers.notes, washers.source) == ("two, next to the drain", "record")
        assert (dryer.bought_on, dryer.status, dryer.product_id) == (date(2020, 1, 1), AssetStatus.SPARE, None)
        (other,) = work.assets.of_customer(bob.id)
        assert (other.quantity, other.bought_on, other.status) == (1, None, AssetStatus.IN_USE)


def test_twice_changes_nothing(store: Store, tmp_path: Path) -> None:
    """The second import of a file finds everything as it is."""
    _import(store, tmp_path, GOOD)
    assert _import(store, tmp_path, GOOD) == ImportReport(unchanged=3)


def test_a_changed_file_changes_what_it_says(store: Store, tmp_path: Path) -> None:
    """A later file updates its rows and its customers, and nothing else."""
    _import(store, tmp_path, GOOD)
    changed = GOOD.replace("SN-8,,,,,", "SN-8,,,,out of order,").replace("Bob,,", "Bob,Spa,")
    assert _import(store, tmp_path, changed) == ImportReport(updated=1, unchanged=2, customers_updated=1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_as_spreadsheets_save_them(sqlite_store: Store, tmp_path: Path, encoding: str, delimiter: str, newline: str) -> None:
    """The usual encodings, separators and line ends are read without being told which they are."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=newline).writerows(csv.reader(io.StringIO(GOOD)))
    assert _import(sqlite_store, tmp_path, text.getvalue().encode(encoding)).created == 3
    with sqlite_store.read() as work:
        found = work.customers.search("grand h")
        assert [customer.organisation for customer in found] == ["Grand Hôtel"]


BAD_ROWS = [
    (",W-20,,,", "customer_id is empty: write the company's number"),
    ("C-1,,,,", "model is empty: write the model"),
    ("C-1,W-20,many,,", "quantity 'many' is not a whole number from 1: write a number such as 3"),
    ("C-1,W-20,0,,", "quantity '0'"),
    ("C-1,W-20,2.5,,", "quantity '2.5'"),
    ("C-1,W-20,-1,,", "quantity '-1'"),
    ("C-1,W-20,99999999999,,", "quantity '99999999999'"),
    ("C-1,W-20,1,05/06/2019,", "bought_on '05/06/2019' is not a date: write 2019-05-31"),
    ("C-1,W-20,1,2019-02-30,", "bought_on '2019-02-30' is not a date"),
    ("C-1,W-20,1,2031,", "bought_on '2031' is in the future"),
    ("C-1,W-20,1,,lost", "status 'lost' is not known: write one of in_use, spare, out_of_order, retired"),
    ("C-1,W-20,1,,spare,more", "6 values for 5 columns: quote text that holds a comma"),
    ("C-1," + "x" * 3000 + ",1,,", "model is 3000 characters long: write at most 2000"),
    ("x" * 300 + ",W-20,1,,", "customer_id is 300 characters long: write at most 255"),
]


@pytest.mark.parametrize(("row", "problem"), BAD_ROWS)
def test_a_bad_row_is_reported_by_its_line_and_the_rest_is_kept(
    sqlite_store: Store, tmp_path: Path, row: str, problem: str
) -> None:
    """Each mistake names file and line, what is wrong and what to write; the rows around it are stored."""
    text = f"customer_id,model,quantity,bought_on,status\nA,W-20,1,,\n\n{row}\nB,W-20,1,31.05.2019,\n"
    report = _import(sqlite_store, tmp_path, text)
    assert (report.created, report.skipped) == (2, 1)
    (reported,) = report.problems
    assert reported.startswith("assets.csv:4: ")
    assert problem in reported


def test_lines_are_counted_as_an_editor_does(sqlite_store: Store, tmp_path: Path) -> None:
    """A note over several lines does not shift the line numbers after it."""
    text = 'customer_id,model,notes\nA,W-20,"one\ntwo\nthree"\nB,,\n'
    assert _import(sqlite_store, tmp_path, text).problems[0].startswith("assets.csv:5: ")


def test_an_open_quotation_mark_is_reported(sqlite_store: Store, tmp_path: Path) -> None:
    """What cannot be read ends the import with its line; what came before is kept."""
    report = _import(sqlite_store, tmp_path, 'customer_id,model\nA,W-20\nB,"W-20\nC,W-20\n')
    assert (report.created, report.skipped) == (1, 1)
    assert "assets.csv:3: the row cannot be read" in report.problems[0]
    assert "close every quotation mark" in report.problems[0]


def test_the_same_asset_twice_in_one_file_is_reported(sqlite_store: Store, tmp_path: Path) -> None:
    """Two rows that mean one asset would overwrite each other: the first counts, the second is reported."""
    report = _import(sqlite_store, tmp_path, "customer_id,model,quantity\nA,W-20,1\nA,w20,5\n")
    assert (report.created, report.skipped) == (1, 1)
    assert report.problems == (
        "assets.csv:3: w20 of customer A is already on line 2: "
        "give each its own serial number, or write one row with their quantity",
    )


def test_two_names_for_one_customer_are_reported(store: Store, tmp_path: Path) -> None:
    """The first name counts, the other is reported, the asset is kept, and a second import still changes nothing."""
    text = "customer_id,customer_name,region,model\nA,,,W-20\nA,Ada,North,D-30\nA,Eda,North,D-40\n"
    report = _import(store, tmp_path, text)
    assert (report.created, report.skipped) == (3, 0)
    assert report.problems == (
        "assets.csv:4: customer_name of customer A is 'Eda' here, but 'Ada' further up: "
        "write one of them on every row ('Ada' was kept)",
    )
    again = _import(store, tmp_path, text)
    assert replace(again, problems=()) == ImportReport(unchanged=3)
    with store.read() as work:
        customer = work.customers.by_external_id("A")
        assert customer is not None
        assert (customer.name, customer.region) == ("Ada", "North")


def test_columns_in_any_order_and_a_misspelt_one(sqlite_store: Store, tmp_path: Path) -> None:
    """The header decides; capitals and spaces do not matter; an unknown column is reported with the likely name."""
    report = _import(sqlite_store, tmp_path, "Model,seriall,Customer ID\nW-20,SN-1,A\n")
    assert report.created == 1
    assert report.problems == ("assets.csv:1: the column 'seriall' is not known and was left out: did you mean 'serial'?",)


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (b"", "empty or is not text"),
        (b"\n\n", "empty or is not text"),
        (b"\x89PNG\x00\x00\x01", "empty or is not text"),
        (b"name,model\nA,W-20\n", "1: no column customer_id. The first line must name the columns: customer_id,"),
        (b"C-1,W-20\n", "no column customer_id and no column model"),
        (b"customer_id,model,model\nA,b,c\n", "the column model is there twice"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(sqlite_store: Store, tmp_path: Path, content: bytes, advice: str) -> None:
    """A file that is no such list is refused whole, with what to do."""
    with pytest.raises(AssetsFileError, match=advice):
        _import(sqlite_store, tmp_path, content)


def test_a_missing_file_says_so(sqlite_store: Store, tmp_path: Path) -> None:
    """A wrong path, or a folder, is a clear error."""
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(AssetsFileError, match="Write the path of a CSV file"):
            import_assets_csv(sqlite_store, path)


def test_a_long_file_is_stored_whole(sqlite_store: Store, tmp_path: Path) -> None:
    """Thousands of rows are stored, in steps that let conversations go on in between."""
    rows = "".join(f"C-{n % 50},W-20,SN-{n}\n" for n in range(2500))
    assert _import(sqlite_store, tmp_path, "customer_id,model,serial\n" + rows).created == 2500
    assert _import(sqlite_store, tmp_path, "customer_id,model,serial\n" + rows).unchanged == 2500


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
tables = st.lists(st.lists(cells | st.sampled_from(["A", "W-20", "3", "2019", "spare"]), max_size=13), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables)
def test_whatever_is_in_it_twice_is_once(sqlite_store: Store, tmp_path: Path, rows: list[list[str]]) -> None:
    """No file makes the import fail half way, and importing any file again creates and updates nothing."""
    text = io.StringIO()
    csv.writer(text).writerows([list(COLUMNS), *rows])
    first = _import(sqlite_store, tmp_path, text.getvalue())
    again = _import(sqlite_store, tmp_path, text.getvalue())
    assert (again.created, again.updated, again.customers_created, again.customers_updated) == (0, 0, 0, 0)
    assert again.unchanged == first.created + first.updated + first.unchanged
    assert (again.skipped, again.problems) == (first.skipped, first.problems)


def test_an_import_leaves_other_customers_alone(store: Store, tmp_path: Path) -> None:
    """Customers who are not in the file stay as they are."""
    with store.begin() as work:
        other = work.customers.add(Customer(external_id="C-9", name="Zoe"))
    _import(store, tmp_path, GOOD)
    with store.read() as work:
        assert work.customers.get(other.id) == other
