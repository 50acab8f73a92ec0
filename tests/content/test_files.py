"""Whatever stands where a catalogue should be, the answer is clear."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import STARTER, CatalogueErrors, check, load

Shop = Callable[..., Path]


def _only(folder: Path) -> str:
    report = check(folder)
    with pytest.raises(CatalogueErrors):
        load(folder)
    (error,) = report.errors
    return str(error)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Says what to give instead."""
    assert _only(tmp_path / "nowhere").endswith(
        "there is no such file or folder: give the path of a folder with .yml files, or of one such file"
    )


def test_a_folder_without_files(tmp_path: Path) -> None:
    """Hidden files are no catalogue."""
    (tmp_path / ".draft.yml").write_text("x: 1")
    assert "this folder holds no .yml file" in _only(tmp_path)


def test_one_file_is_a_catalogue_too(tmp_path: Path) -> None:
    """Whatever its name."""
    (tmp_path / "mine.yml").write_text(STARTER)
    assert load(tmp_path / "mine.yml").company.name == "Brightcup"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xfa\x00\xff", "shop/bad.yml: this is not UTF-8 text"),
        (b"name: caf\xe9\n", "shop/bad.yml: this is not UTF-8 text (byte 10): save it as UTF-8"),
        (b"name: \x01\n", "shop/bad.yml:1: a character that is no text: delete it, or type it again"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "shop/bad.yml: this is not UTF-8 text"),
        (
            b"just words",
            "shop/bad.yml:1: this file is no catalogue: begin with a section such as problems:, then a list",
        ),
        (b"- a\n- b\n", "shop/bad.yml:1: this file is no catalogue"),
        (b"a: *b\n", "shop/bad.yml:1: *b stands for nothing written before it"),
        (b"[" * 100_000, "shop/bad.yml:1: values nested more than 20 deep"),
        (b"{? [a] : b}", "shop/bad.yml:1: a list or block where a name should be"),
    ],
)
def test_a_file_that_is_no_catalogue(shop: Shop, content: bytes, message: str) -> None:
    """One error for it; the other files are checked all the same, without errors that only follow from it."""
    assert message in _only(shop(files={"good.yml": STARTER, "bad.yml": content}))


def test_a_file_that_grows_without_end(shop: Shop) -> None:
    """Marks that multiply are stopped early."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    assert "grows without end" in _only(shop(files={"good.yml": STARTER, "bad.yml": "\n".join(lines)}))


def test_a_file_that_cannot_be_read(shop: Shop) -> None:
    """A broken link, or a folder with the name of a file."""
    folder = shop(files={"good.yml": STARTER})
    (folder / "bad.yml").symlink_to(folder / "gone")
    assert "shop/bad.yml: cannot be read" in _only(folder)


def test_a_file_that_is_too_large(shop: Shop) -> None:
    """It is never read into memory."""
    folder = shop(files={"good.yml": STARTER, "bad.yml": ""})
    os.truncate(folder / "bad.yml", 40 * 1024 * 1024)
    assert "larger than 32 MB: split it into several files of the folder" in _only(folder)


def test_a_byte_order_mark_is_no_error(shop: Shop) -> None:
    """Some editors write one."""
    assert load(shop(files={"a.yml": b"\xef\xbb\xbf" + STARTER.encode()})).company.name == "Brightcup"
    assert load(shop(files={"a.yml": STARTER.encode("utf-16")})).company.name == "Brightcup"


def test_an_empty_file_is_only_a_warning(shop: Shop) -> None:
    """It says so."""
    report = check(shop(files={"a.yml": STARTER, "b.yml": ""}))
    assert [str(warning) for warning in report.warnings] == [
        "shop/b.yml: this file is empty: write a section into it, or delete it"
    ]


def test_a_company_without_a_problem(shop: Shop) -> None:
    """Two errors, not a crash."""
    report = check(shop(files={"a.yml": "outcomes: []\n"}))
    assert [str(error) for error in report.errors] == [
        "shop: no file has a company: add company: with name:, trade:, about: and contact:",
        "shop: the catalogue has no problem: add problems: with an id, a name, outcomes and causes for each",
    ]


def test_fields_of_the_company_stand_once(shop: Shop) -> None:
    """Also when its block is in two files."""
    files = {"a.yml": STARTER, "b.yml": "company: {name: Other}"}
    assert "company has 'name' twice" in _only(shop(files=files))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_damage_to_a_file_is_more_than_errors(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Any piece of a catalogue may be cut out, doubled or replaced by anything: it loads, or says why not."""
    start = data.draw(st.integers(0, len(STARTER)))
    end = data.draw(st.integers(start, min(start + 60, len(STARTER))))
    junk = data.draw(
        st.sampled_from(["", "{", "[", "]", ": ", "- ", "\n", "null", "'", '"', "\t", "{a: b}", "[[]]", "🙂", "&", "0"])
    )
    file = tmp_path_factory.mktemp("damaged") / "catalogue.yml"
    file.write_text(STARTER[:start] + junk + STARTER[end:], encoding="utf-8")
    report = check(file)
    try:
        load(file)
    except CatalogueErrors as raised:
        assert raised.errors == report.errors  # noqa: PT017
    else:
        assert report.errors == ()


@pytest.mark.slow
def test_ten_thousand_problems_load_in_seconds(shop: Shop) -> None:
    """And are checked in seconds too."""
    head, rest = STARTER.split("problems:\n")
    problem, remedies = rest.split("\nremedies:\n")
    names = (
        "long_queue",
        "rinses_at_nine",
        "chalky",
        "too_small",
        "when_slow",
        "rinse_at_seven",
        "descale",
        "larger_machine",
    )

    def copy(text: str, number: int) -> str:
        for name in names:
            text = text.replace(name, f"{name}_{number}")
        return text.replace("queue at", f"queue{number} at").replace("wait ages", f"wait{number} ages")

    numbers = range(10_000)
    folder = shop(
        files={
            "a.yml": head + "problems:\n" + "\n".join(copy(problem, number) for number in numbers),
            "b.yml": "remedies:\n" + "\n".join(copy(remedies, number) for number in numbers),
        }
    )
    started = time.process_time()
    assert len(load(folder).problems) == 10_000
    assert time.process_time() - started < 60
