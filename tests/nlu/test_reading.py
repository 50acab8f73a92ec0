"""Readings: cleaning, reading without a model, and the way through a Rasa parse and back."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.heard import Polarity, Trouble
from bot.nlu.clean import MAX_CHARACTERS, clean, is_payload
from bot.nlu.reading import ActHeard, Reading, from_parse, read_message

TODAY = date(2025, 5, 19)


def test_a_whole_message() -> None:
    """One message is read into clauses, amounts, reasons and dates."""
    reading = read_message("Hi, I need two more 30 kg washers because the spa opened in May, by Friday please", TODAY)
    assert [clause.text for clause in reading.clauses][:2] == ["Hi", "I need two more 30 kg washers"]
    assert [(amount.value, amount.unit) for amount in reading.quantities] == [(2, "washer"), (30, "kg")]
    assert reading.reasons[0].startswith("the spa opened in May")
    assert reading.deadline is not None
    assert reading.deadline.day == "2025-05-23"
    assert (reading.language, reading.trouble, reading.shortened) == ("en", None, False)


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("", Trouble.EMPTY),
        ("  \n ", Trouble.EMPTY),
        ("\x00\x07", Trouble.EMPTY),
        ("😀😀", Trouble.GARBLED),
        ("???", Trouble.GARBLED),
    ],
)
def test_nothing_to_read(text: str, trouble: Trouble) -> None:
    """What cannot be read is said to be so, and why."""
    assert read_message(text).trouble is trouble


def test_another_language() -> None:
    """A message in another language is trouble, and which language is known."""
    reading = read_message("Guten Tag, wir brauchen zwei neue Maschinen")
    assert (reading.trouble, reading.language) == (Trouble.LANGUAGE, "de")


def test_thumbs_answer() -> None:
    """A thumb up is a yes, not trouble."""
    reading = read_message("👍")
    assert (reading.polarity, reading.trouble) == (Polarity.YES, None)


def test_long_messages_are_read_in_part_and_say_so() -> None:
    """Of a huge message the beginning is read, and it is said that the rest was not."""
    reading = read_message("the pump is loud. " * 10_000)
    assert reading.shortened
    assert len(reading.text) <= MAX_CHARACTERS


def test_control_characters_are_stripped() -> None:
    """Characters that only machines see are gone; line breaks and joined emoji stay."""
    assert clean("a\x00b\u202ec\u200bd\te\r\nf 👩\u200d🔧").text == "abcd e\nf 👩\u200d🔧"


def test_markup_stays_text() -> None:
    """Markup is text like any other: whoever shows it escapes it."""
    assert clean("<b>hello</b>").text == "<b>hello</b>"


@pytest.mark.parametrize(
    ("text", "payload"), [('/choose{"key": "a"}', True), ("/greet", True), ("1/2 inch", False), ("/ is broken", False)]
)
def test_payloads(text: str, payload: bool) -> None:
    """A button's payload is told from something typed."""
    assert is_payload(text) is payload


def test_there_and_back() -> None:
    """A reading goes through JSON unchanged."""
    reading = read_message("about 40 a day since may, because we grew", TODAY)
    assert from_parse({"text": reading.text, "reading": json.loads(json.dumps(reading.as_dict()))}) == reading


def test_a_button() -> None:
    """A button's payload has its intent as only act."""
    reading = from_parse({"text": "/affirms", "intent": {"name": "affirms", "confidence": 1.0}})
    assert reading.acts == (ActHeard("affirms", 1.0, "/affirms"),)
    assert reading.intent == "affirms"


def test_a_parse_made_elsewhere() -> None:
    """A parse without a reading is read anew."""
    reading = from_parse({"text": "about 40 a day", "intent": {"name": "informs", "confidence": 0.7}})
    assert reading.has("informs")
    assert reading.quantities[0].value == 40


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_nothing_typed_breaks_reading(text: str) -> None:
    """Whatever is typed is read without an error and survives the way through JSON."""
    reading = read_message(text, TODAY)
    assert isinstance(reading, Reading)
    assert from_parse({"text": reading.text, "reading": json.loads(json.dumps(reading.as_dict()))}).text == reading.text
