"""Phrases added to a catalogue's own files and taken out again: one line changes, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import check, load
from bot.content.said_as import PhraseRefused, add_phrase, remove_phrase

FILE = """# Kept by Ines: do not reorder.
company: {name: Shop, trade: bikes, about: We sell bikes., contact: shop@example.com}
problems:
  - id: squeaks   # the commonest one
    name: it squeaks
    said_as:
      - "it's loud: very"
      # her own words
      - the wheel sings        # yes, sings

    outcomes: [quiet]
    causes:
      - {id: dry_chain, name: the chain is dry}
      - id: loose
        name: something is loose
        said_as: []
    checks:
      - id: where
        ask: Where?
        answers: [{id: front, label: In front, said_as: [the front one]}, {id: back, label: Behind}]
"""
TARGETS = ("problem:squeaks", "cause:dry_chain", "cause:loose", "answer:where:front", "answer:where:back")
ENDS = {"as it is": lambda text: text, "no newline at the end": str.rstrip, "of Windows": lambda text: text.replace("\n", "\r\n")}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=25, deadline=None)
@given(
    phrase=st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=40).filter(
        lambda text: text.strip() != ""
    )
)
def test_a_phrase_comes_and_goes_without_a_trace(
    tmp_path_factory: pytest.TempPathFactory, target: str, end: str, phrase: str
) -> None:
    """Whatever the phrase and wherever it goes, adding touches only its place, and removing gives every byte back."""
    folder = tmp_path_factory.mktemp("shop")
    file = folder / "catalogue.yml"
    written = ENDS[end](FILE).encode()
    file.write_bytes(written)
    added = add_phrase(folder, target, phrase)
    assert added is not None
    assert file.read_bytes() == written
    added.write()
    kept = added.before.splitlines()
    assert sum(line not in kept for line in added.after.splitlines()) == 1
    removed = remove_phrase(folder, target, phrase)
    assert removed is not None
    removed.write()
    assert file.read_bytes() == written


def test_the_phrase_is_understood_as_part_of_the_catalogue(shop: Callable[..., Path]) -> None:
    """A catalogue with an added phrase loads without errors, and the phrase is the last of its problem's."""
    folder = shop()
    problem = next(iter(load(folder).problems))
    edit = add_phrase(folder, f"problem:{problem}", "it goes: bang, every # time")
    assert edit is not None
    edit.write()
    assert not check(folder).errors
    assert load(folder).problems[problem].said_as[-1] == "it goes: bang, every # time"


def test_a_phrase_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Adding what the author wrote, capitals or not, changes nothing; removing what is not there neither."""
    (tmp_path / "c.yml").write_text(FILE)
    assert add_phrase(tmp_path, "problem:squeaks", "The wheel sings") is None
    assert remove_phrase(tmp_path, "problem:squeaks", "never said") is None
    assert remove_phrase(tmp_path, "problem:gone", "never said") is None


@pytest.mark.parametrize(
    ("content", "target", "told"),
    [
        (FILE, "problem:unknown", "describes problem “unknown”"),
        (FILE.replace("said_as: []", "said_as: rattles"), "cause:loose", "is no list"),
        ("problems: [", "problem:squeaks", "describes problem"),
        ("problems: [squeaks", "problem:squeaks", "advisor check"),
    ],
)
def test_what_cannot_be_added_is_told(tmp_path: Path, content: str, target: str, told: str) -> None:
    """Where the file cannot take a phrase, the message says why and what to do, and the file stays as it is."""
    (tmp_path / "c.yml").write_text(content)
    with pytest.raises(PhraseRefused, match=told):
        add_phrase(tmp_path, target, "new words")
    assert (tmp_path / "c.yml").read_text() == content


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    """A file in another encoding is refused with what to do."""
    (tmp_path / "c.yml").write_bytes(FILE.replace("Ines", "Inès").encode("latin-1"))
    with pytest.raises(PhraseRefused, match="Save it as UTF-8"):
        add_phrase(tmp_path, "problem:squeaks", "new words")
