"""Typing errors: put right towards the catalogue's words, and nothing else is touched."""

from __future__ import annotations

import pytest

from bot.nlu.spelling import Speller

SPELLER = Speller(["parcels are left at the end of the day", "cargo bike", "the battery does not charge", "too cold", "squeal"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("parcles left", "parcels left"),
        ("the baterry dosnt chrage", "the battery dosnt charge"),
        ("two cargobike", "two cargo bike"),
        ("wiht evrything", "with everything"),
    ],
)
def test_slips_are_put_right(typed: str, meant: str) -> None:
    """A swapped, left out or doubled letter, and two words typed as one."""
    assert SPELLER(typed).split()[:2] == meant.split()[:2]


@pytest.mark.parametrize("text", ["we cant and dont", "the W-22 in Lyon", "a compressor hums", "40 kg", "ok"])
def test_what_is_right_stays(text: str) -> None:
    """English words, numbers, model names and words without their apostrophe are left alone."""
    assert SPELLER(text) == text
