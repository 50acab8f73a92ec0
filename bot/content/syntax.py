"""Says in plain words what is wrong with the YAML of a file, and what to write instead."""

from __future__ import annotations

import re

import yaml

from bot.content.findings import Finding

_QUOTES = 'put double quotes around the whole text, such as say: "Note: this helps"'
_SPECIAL = "@`%*&!|>{}[]"


def explain(error: yaml.YAMLError, source: str, file: str) -> Finding:
    """The finding for an error of the YAML parser."""
    if isinstance(error, yaml.reader.ReaderError):
        line, column = _unreadable(source)
        return Finding(file, line, column, "a character that is no text", "delete it, or type it again")
    problem, line, column = str(getattr(error, "problem", None) or error), *_place(error)
    lines = source.splitlines()
    around = lines[max(line - 2, 0) : line]
    message, instead = _explained(problem, around, column)
    return Finding(file, line, column, message, instead)


def _place(error: yaml.YAMLError) -> tuple[int, int]:
    """Line and column from 1; where an unclosed mark began, if that is what is wrong."""
    context = str(getattr(error, "context", None) or "")
    began = "quoted scalar" in context or "flow" in context
    mark = getattr(error, "context_mark" if began else "problem_mark", None) or getattr(error, "problem_mark", None)
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _unreadable(source: str) -> tuple[int, int]:
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", source)
    before = source[: found.start()] if found else ""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_CURES = (
    ("mapping values are not allowed", "a colon inside a text, or a line that begins at the wrong column", _QUOTES),
    ("unexpected end of stream", "a quotation mark that is never closed", "close it with the same mark"),
    ("document indicator", "a quotation mark that is never closed", "close it with the same mark"),
    ("unknown escape", "a backslash inside double quotes", "write two backslashes, or use single quotes"),
    (
        "expected ',' or ']'",
        "a list that is not closed, or a text with [ ] or a quotation mark inside it",
        "close it with ]",
    ),
    (
        "expected ',' or '}'",
        "a block that is not closed, or a text with { } or a quotation mark inside it",
        "close it with }",
    ),
)


def _explained(problem: str, around: list[str], column: int) -> tuple[str, str]:
    """The parser's complaint in plain words, and what to write."""
    if any(re.match(r" *\t", line) for line in around) and "quot" not in problem:
        return "a tab at the beginning of a line", "write spaces instead"
    for words, message, instead in _CURES:
        if words in problem:
            return message, instead
    line = around[-1] if around else ""
    begins = re.search(r"(?::|-)\s+([@`%*&!|>{\[])", line)
    if begins and begins.group(1) in _SPECIAL:
        return f"a text that begins with {begins.group(1)}", _QUOTES
    return f"this is not YAML ({problem})", "begin lines that belong together at the same column, with spaces"
