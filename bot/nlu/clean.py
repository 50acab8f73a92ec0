"""Making any input fit to read: control characters out, length capped, and what is left named honestly."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MAX_CHARACTERS = 2000
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_PAYLOAD = re.compile(r"^/[A-Za-z_]\w*(@|\{|$)")
_JOINERS = "\u200d\ufe0f"
_SCAN_FACTOR = 4


@dataclass(frozen=True)
class Cleaned:
    """A message fit to read; `shortened` when its end was left unread."""

    text: str
    shortened: bool = False


def clean(raw: str) -> Cleaned:
    """Strip control and invisible characters, tidy spaces, keep at most MAX_CHARACTERS; markup stays as typed."""
    scanned = raw[: MAX_CHARACTERS * _SCAN_FACTOR]
    composed = unicodedata.normalize("NFC", scanned)
    visible = "".join(_visible(character) for character in composed)
    tidy = _LINES.sub("\n", _SPACES.sub(" ", visible)).strip()
    shortened = len(tidy) > MAX_CHARACTERS or len(raw) > len(scanned)
    return Cleaned(_cut(tidy), shortened)


def is_payload(text: str) -> bool:
    """Whether the text is a button's payload such as `/choose{"key": "a"}` and not something typed to be read."""
    return bool(_PAYLOAD.match(text.strip()))


def has_content(text: str) -> bool:
    """Whether there is a letter or digit of any script: emoji, dots and line noise have none."""
    return any(character.isalnum() for character in text)


def _visible(character: str) -> str:
    if character in "\n\t\r\x0b\x0c\u2028\u2029":
        return "\n" if character in "\n\u2028\u2029" else " "
    if character in _JOINERS:
        return character
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co") else character


def _cut(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    head = text[:MAX_CHARACTERS]
    return head.rsplit(" ", 1)[0] if " " in head[-80:] else head
