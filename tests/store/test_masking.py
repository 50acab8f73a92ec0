"""Masking: what a person is called and how they are reached never gets through; what the talk is about does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.store.masking import mask, mask_plain, plain_letters

PERSONAL = [
    "maria.gruber@hotel-post.example",
    "o'neill+work@mail.co.uk",
    "+49 30 1234567",
    "030/123 45 67",
    "(030) 1234567",
    "0171-2345678",
    "555-123-4567",
    "(555) 123-4567",
    "0043 660 1234567",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "order 4711",
    "order number 88-1203",
    "invoice no. R-2024-118",
    "customer number: 10934",
    "#99812",
    "AB-123456",
    "12 Baker Street",
    "221b Old Mill Road",
    "Hauptstraße 12",
    "Am Lindenweg 4a",
    "D-10115",
    "SW1A 1AA",
    "PO Box 1183",
    "4929 1234 5678 9012",
    "123456789",
]
AROUND = st.text(st.characters(whitelist_categories=("Ll", "Lu", "Po", "Zs")), max_size=30)


@pytest.mark.parametrize("personal", PERSONAL)
@pytest.mark.parametrize("sentence", ["{}", "please use {} for this", "It is {}.", "({})", "call me, {}, today"])
def test_personal_data_is_masked_wherever_it_stands(personal: str, sentence: str) -> None:
    """Mail, phone, account, order and address never stay readable, and what stands around them does."""
    masked = mask(sentence.format(personal))
    assert personal not in masked
    assert "[" in masked
    assert not any(len(part) > 3 and any(sign.isdigit() for sign in part) for part in masked.split())


@given(AROUND, st.sampled_from(PERSONAL), AROUND)
def test_no_surroundings_make_personal_data_leak(before: str, personal: str, after: str) -> None:
    """Whatever words stand before and after it, the original is not in the masked text."""
    assert personal not in mask(f"{before} {personal} {after}")


@given(
    AROUND,
    st.text(st.characters(whitelist_categories=("Ll", "Lu")), min_size=3, max_size=12),
    st.text(st.characters(whitelist_categories=("Ll", "Lu")), min_size=3, max_size=12),
    AROUND,
)
def test_a_known_name_never_leaks(before: str, first: str, last: str, after: str) -> None:
    """A customer's name is masked whole and word by word, in any case."""
    for said in (f"{first} {last}", first, last.lower()):
        masked = mask(f"{before} {said} {after}", [f"{first} {last}"]).split()
        assert not {first, last, last.lower()} & {part for part in masked if part not in before.split() + after.split()}


@pytest.mark.parametrize("said", ["Jose Muller here", "Frau Lüdenscheidt", "MUELLER-LUEDENSCHEIDT", "josemullerludenscheidt"])
def test_a_double_name_is_masked_by_its_halves_too(said: str) -> None:
    """Half a name, or one typed on keys without its letters, is still somebody's."""
    masked = plain_letters(mask(said, ["José Müller Lüdenscheidt", "Müller-Lüdenscheidt"])).casefold()
    assert "mu" not in masked.replace("[name]", "")
    assert "denscheidt" not in masked


LETTERS = st.text(
    st.characters(min_codepoint=0x41, max_codepoint=0x17F, whitelist_categories=("Ll", "Lu")), min_size=4, max_size=12
)
DISGUISES = {
    "as it is": lambda name: name,
    "shouted": str.upper,
    "small": str.lower,
    "letters in two parts": lambda name: unicodedata.normalize("NFD", name),
    "without accents": plain_letters,
    "signs of no width within": "\u200b".join,
    "wide letters": lambda name: "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in name),
    "underscores around": lambda name: f"_{name}_",
    "somebody's": lambda name: f"{name}'s",
    "with a German s": lambda name: f"{name[:-1] if name[-1] in 'sS' else name}s" if len(name) > 5 else name,
}


def bare(text: str) -> str:
    """The text as somebody reads it who wants to find a name: small letters, no accents, nothing unseen."""
    return plain_letters("".join(sign for sign in text if unicodedata.category(sign) != "Cf")).casefold()


@pytest.mark.parametrize("disguise", DISGUISES)
@settings(deadline=None)
@given(first=LETTERS, last=LETTERS)
def test_no_disguise_lets_a_known_name_through(disguise: str, first: str, last: str) -> None:
    """However a customer's name is spelt, joined or hidden, who reads the masked text does not find it."""
    if disguise == "with a German s" and last[-1] in "sS":
        last += "a"
    hidden = DISGUISES[disguise](last)
    for said in (hidden, f"{first} {hidden}", f"7 {hidden}, 8"):
        masked = bare(mask(f"« {said} »", [f"{first} {last}", "maria@post.example"]))
        assert bare(last) not in masked, masked


@pytest.mark.parametrize(
    "hidden",
    [
        *("maria＠post.example", "maria%40post.example", "m\u200baria@post.example", "maria[at]post.com", "＋49 30 1234567"),
        *(
            "0171‑2345678",
            "0171–2345678",
            "０１７１２３４５６７８",
            "0171\u00ad2345678",
            "ＤＥ89 3704 0044 0532 0130 00",
            "ordernr 4711",
        ),
    ],
)
def test_hidden_personal_data_is_masked(hidden: str) -> None:
    """Look-alike signs, signs nobody sees and other spellings do not carry a number or a mail address through."""
    masked = mask(f"write {hidden} down")
    assert "[" in masked
    assert not any(sign.isdigit() for sign in masked)
    assert "post" not in masked


@given(st.text("0123456789", min_size=7, max_size=16))
def test_a_long_number_never_leaks(number: str) -> None:
    """Seven digits or more in a row belong to somebody."""
    assert number not in mask(f"it is {number}, thanks")


@pytest.mark.parametrize(
    "harmless",
    [
        "we run out of clean towels by noon",
        "two more 30 kg washers",
        "our three W-20s from 2019",
        "since 2024-05-12",
        "on 12.05.2024 and on 3 May 2025",
        "about 12,500 pages a month, 1,200,000 a year",
        "heavy soil takes 70 minutes, towels 45",
        "it stops after 1500 hours",
        "I'm not sure, it's fine",
        "Monday to Friday, 7:30 to 18:00",
    ],
)
def test_what_the_talk_is_about_stays(harmless: str) -> None:
    """Quantities, dates, amounts and model names are what a reviewer has to read."""
    assert mask(harmless) == harmless


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("My name is Maria Gruber", "My name is [name]"),
        ("this is Peter van Dyk from the hotel", "this is [name] from the hotel"),
        ("my name is jo", "my name is [name]"),
        ("ask for Mrs. Kowalski please", "ask for [name] please"),
    ],
)
def test_names_people_give_are_masked(said: str, masked: str) -> None:
    """A name given in the usual ways is masked without any list of names."""
    assert mask(said).replace("Mrs. ", "") == masked


def test_everything_in_plain_data_is_masked() -> None:
    """A dossier keeps its shape; every text in it is masked."""
    plain = {"cells": {"contact": {"value": "maria@post.example", "confidence": 0.5}}, "said": ["ring 0171 2345678", 3, None, True]}
    expected = {"cells": {"contact": {"value": "[email]", "confidence": 0.5}}, "said": ["ring [phone]", 3, None, True]}
    assert mask_plain(plain) == expected


def test_masking_twice_changes_nothing_more() -> None:
    """What is masked stays as it is."""
    text = "I'm Maria Gruber, maria@post.example, +49 30 1234567, order 4711, 12 Baker Street"
    once = mask(text, ["Maria Gruber"])
    assert mask(once, ["Maria Gruber"]) == once
