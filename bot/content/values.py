"""YAML as plain values that know where they stand: texts (every scalar), blocks (mappings) and items (lists)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import yaml

from bot.content.findings import Finding
from bot.content.syntax import explain

MAX_DEPTH = 20
"""How deep values may be nested."""

MAX_SHARED = 1_000_000
"""How many values the & and * marks of a file may stand for, so that no file grows without end when it is read."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Text(str):
    """A scalar as it is written: no word is turned into a truth, a time or a number behind its author's back."""

    __slots__ = ("column", "file", "line", "plain")
    file: str
    line: int
    column: int
    plain: bool

    @property
    def is_null(self) -> bool:
        """Whether it is left empty."""
        return self.plain and self in _NULLS


class Block(dict[Text, "Value"]):
    """A mapping; its keys are texts with their own places."""

    __slots__ = ("column", "file", "line")
    file: str
    line: int
    column: int


class Items(list["Value"]):
    """A list."""

    __slots__ = ("column", "file", "line")
    file: str
    line: int
    column: int


Value = Text | Block | Items
_V = TypeVar("_V", Text, Block, Items, Block | Items)


def text_at(words: str, place: Value) -> Text:
    """A text of our own that stands at the place of another value."""
    text = Text(words)
    text.file, text.line, text.column, text.plain = place.file, place.line, place.column, False
    return text


def parse(source: str, file: str) -> tuple[list[Value], list[Finding]]:
    """The documents of one file, and what is wrong with its YAML; documents before the first error are kept."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(source, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.findings.append(explain(error, source, file))
    except _RefusedError as error:
        builder.findings.append(Finding(file, error.line, 1, str(error), "write it out, or split the file"))
    return builder.documents, builder.findings


class _RefusedError(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass
class _Open:
    """A container that is being read: its anchor, the key that waits for a value, and how many values it stands for."""

    value: Block | Items
    anchor: str | None
    key: Text | None = None
    skip: bool = False
    weight: int = 1
    merged: list[Value] = field(default_factory=list)


class _Builder:
    """Turns YAML events into values."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.documents: list[Value] = []
        self.findings: list[Finding] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Value, int]] = {}
        self.shared = 0

    def take(self, event: yaml.Event) -> None:
        """The next event of the file."""
        if isinstance(event, yaml.ScalarEvent):
            text = self._placed(Text(event.value), event)
            text.plain = not event.style
            self._done(text, event.anchor, 1)
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._begin(event)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            closed = self.open.pop()
            for other in closed.merged:
                _merge(closed.value, other)
            self._done(closed.value, closed.anchor, closed.weight)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if len(self.open) >= MAX_DEPTH:
            raise _RefusedError(_line(event), f"values nested more than {MAX_DEPTH} deep")
        value = Block() if isinstance(event, yaml.MappingStartEvent) else Items()
        self.open.append(_Open(self._placed(value, event), event.anchor))

    def _placed(self, value: _V, event: yaml.Event) -> _V:
        mark = event.start_mark
        if mark is not None:
            value.file, value.line, value.column = self.file, mark.line + 1, mark.column + 1
        return value

    def _alias(self, event: yaml.AliasEvent) -> None:
        line = _line(event)
        if event.anchor not in self.anchors:
            raise _RefusedError(line, f"*{event.anchor} stands for nothing written before it")
        value, weight = self.anchors[event.anchor]
        self.shared += weight
        if self.shared > MAX_SHARED:
            raise _RefusedError(line, "this file grows without end through its & and * marks")
        self._done(value, None, weight)

    def _done(self, value: Value, anchor: str | None, weight: int) -> None:
        """Puts a complete value where it belongs."""
        if anchor:
            self.anchors[anchor] = (value, weight)
        if not self.open:
            self.documents.append(value)
            return
        parent = self.open[-1]
        parent.weight += weight
        if isinstance(parent.value, Items):
            parent.value.append(value)
        else:
            self._pair(parent, parent.value, value)

    def _pair(self, parent: _Open, block: Block, value: Value) -> None:
        if parent.key is None and not parent.skip:
            self._key(parent, block, value)
        elif parent.skip:
            parent.skip = False
        elif parent.key == "<<":
            parent.merged.append(value)
            parent.key = None
        else:
            block[parent.key] = value  # type: ignore[index]
            parent.key = None

    def _key(self, parent: _Open, block: Block, value: Value) -> None:
        if not isinstance(value, Text):
            self._find(value, "a list or block where a name should be", "put quotes around a text that begins with { or [")
            parent.skip = True
        elif value in block:
            first = next(key for key in block if key == value)
            self._find(value, f"'{value}' is written twice here, first in line {first.line}", "keep one of the two")
            parent.skip = True
        else:
            parent.key = value

    def _find(self, at: Value, message: str, instead: str) -> None:
        self.findings.append(Finding(self.file, at.line, at.column, message, instead))


def _merge(block: Block | Items, value: Value) -> None:
    """Takes over the entries of `<<: *other`, which never replace entries of its own."""
    if not isinstance(block, Block):
        return
    for other in value if isinstance(value, Items) else [value]:
        for key, entry in other.items() if isinstance(other, Block) else ():
            block.setdefault(key, entry)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0
