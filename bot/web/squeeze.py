"""Our own scripts and styles without comments and needless spaces: what a browser reads, not what a person does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
    |(?P<template>`)
    |(?P<word>[\w$#]+)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_PATTERN: Final = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+/[a-z]*")
_OPERAND: Final = re.compile(r"[\w$)\]}\"'`]")
_WORDY: Final = re.compile(r"[\w$#]")
_BEFORE_PATTERN: Final = ("return", "typeof", "case", "of", "in")
_NEEDLESS: Final = (";}", ",}", ",)", ",]")
_STYLE_SPACE: Final = re.compile(r"\s*([{};,>])\s*|(?<=[\w\"])(:)\s+|\s+")


def squeezed_script(source: str) -> str:
    """The script with the same meaning.

    It must end every statement with a semicolon, since line ends are dropped, and have neither empty statements nor
    holes in lists, since what ends the last of its kind is dropped too.
    """
    made: list[str] = []
    for token in _tokens(source):
        if made and made[-1] + token in _NEEDLESS:
            made.pop()
        if made and _needs_space(made[-1], token):
            made.append(" ")
        made.append(token)
    return "".join(made)


def squeezed_style(source: str) -> str:
    """The style sheet with the same meaning. Its texts hold no braces, semicolons or runs of spaces."""
    without = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    packed = _STYLE_SPACE.sub(lambda found: found[1] or found[2] or " ", without)
    return packed.replace(";}", "}").strip()


def _needs_space(before: str, after: str) -> bool:
    both_words = bool(_WORDY.match(before[-1]) and _WORDY.match(after[0]))
    return both_words or (before[-1] == after[0] and after[0] in "+-")


def _tokens(source: str) -> Iterator[str]:
    place, before = 0, ""
    while place < len(source):
        pattern = _PATTERN.match(source, place) if _may_be_pattern(before) else None
        found = pattern or _TOKEN.match(source, place)
        assert found is not None
        end = _template_end(source, place) if source[place] == "`" else found.end()
        if pattern or found.lastgroup != "space":
            before = source[place:end]
            yield before
        place = end


def _may_be_pattern(before: str) -> bool:
    """Whether a slash after this begins a regular expression; after a value it divides."""
    return not before or before in _BEFORE_PATTERN or not _OPERAND.match(before[-1])


def _template_end(source: str, start: int) -> int:
    """Where the template that starts here ends; templates inside its expressions are passed over."""
    place, depth = start + 1, 0
    while source[place] != "`" or depth:
        if source[place] == "\\":
            place += 1
        elif source.startswith("${", place):
            depth += 1
            place += 1
        elif depth and source[place] == "}":
            depth -= 1
        elif depth and source[place] == "{":
            depth += 1
        elif depth and source[place] == "`":
            place = _template_end(source, place) - 1
        place += 1
    return place + 1
