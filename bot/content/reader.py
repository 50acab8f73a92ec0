"""Reads blocks by their shapes, and keeps a record of what was declared, named and said, for the checks that follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from bot.advice.formulas import Formula, nearest
from bot.content.findings import Finding
from bot.content.values import Block, Items, Text, Value, text_at


class WrongError(Exception):
    """A value that cannot be read: where, what is wrong, what to write instead."""

    def __init__(self, at: Value, message: str, instead: str = "", column: int = 0) -> None:
        super().__init__(message)
        self.at, self.message, self.instead, self.column = at, message, instead, column


class ReportedError(Exception):
    """A value that cannot be read and has been reported already."""


class Kind(Protocol):
    """How one sort of value is read, and how JSON Schema describes it."""

    def read(self, value: Value, reader: Reader) -> Any:
        """The value as the engine wants it. Raises WrongError or ReportedError."""

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""

    @property
    def words(self) -> str:
        """What to write, in a few words, for the tables of the documentation."""


@dataclass(frozen=True)
class Field:
    """One field of a shape: its name, how it is read, what it is for, and whether it must be there."""

    name: str
    kind: Kind
    about: str
    required: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Shape:
    """The fields of one sort of block. A plain text in its place stands for the field `short`."""

    name: str
    fields: tuple[Field, ...]
    short: str = ""
    about: str = ""

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {one.name: one for one in self.fields}


class Fields(dict[str, Any]):
    """The values that were read from one block by field, those left out missing; `broken` when it cannot be used."""

    def __init__(self, at: Value) -> None:
        super().__init__()
        self.at = at
        self.broken = False
        self.places: dict[str, Value] = {}

    def place(self, name: str) -> Value:
        """Where a field is written, or else the whole block."""
        return self.places.get(name, self.at)


class Reference(NamedTuple):
    """A place where an id is named, and the kinds of things it may name."""

    kinds: tuple[str, ...]
    id: Text
    soft: bool


class Written(NamedTuple):
    """A formula where it is written."""

    formula: Formula
    at: Text
    role: str


@dataclass
class Reader:
    """Everything found while reading."""

    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    declared: dict[str, dict[str, Text]] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    formulas: list[Written] = field(default_factory=list)
    sentences: list[Text] = field(default_factory=list)
    noted: dict[tuple[str, ...], Value] = field(default_factory=dict)
    """Where things without a global id are written: ("check", problem, check)."""

    def error(self, at: Value, message: str, instead: str = "", column: int = 0) -> None:
        """Something that keeps the catalogue from being loaded."""
        self.errors.append(Finding(at.file, at.line, column or at.column, message, instead))

    def warning(self, at: Value, message: str, instead: str = "", column: int = 0) -> None:
        """Something worth correcting."""
        self.warnings.append(Finding(at.file, at.line, column or at.column, message, instead))

    def declare(self, kind: str, name: Text) -> bool:
        """Notes an id of a kind; an error and False when it is taken."""
        taken = self.declared.setdefault(kind, {})
        if name in taken:
            first = taken[name]
            where = f"{kind} '{name}' exists already, in {first.file}:{first.line}"
            self.error(name, where, "write another id, or delete one")
            return False
        taken[str(name)] = name
        return True

    def place(self, kind: str, name: str) -> Text:
        """Where an id was declared."""
        return self.declared[kind][name]

    def block(self, shape: Shape, value: Value) -> Fields:
        """The fields of a block; what is wrong with them is reported."""
        if isinstance(value, Text) and shape.short and not value.is_null:
            return self._short(shape, value)
        fields = Fields(value)
        if not isinstance(value, Block):
            self.error(value, f"a {shape.name} should be a block of fields", f"write {_example(shape)}")
            fields.broken = True
            return fields
        for key, entry in self._whole(shape, value):
            self._entry(shape, fields, key, entry)
        self._demand(shape, fields)
        return fields

    def _short(self, shape: Shape, value: Text) -> Fields:
        fields = Fields(value)
        self._read(shape.by_name[shape.short], fields, value, value)
        self._demand(shape, fields)
        return fields

    def _entry(self, shape: Shape, fields: Fields, key: Text, entry: Value) -> None:
        known = shape.by_name.get(key) or shape.by_name.get(re.sub(r"[\s-]", "_", key.casefold()))
        if known is None:
            self._unknown(shape, key)
        elif known.nullable or not (isinstance(entry, Text) and entry.is_null):
            self._read(known, fields, key, entry)

    def _read(self, known: Field, fields: Fields, key: Text, entry: Value) -> None:
        fields.places[known.name] = entry if isinstance(entry, Text) else key
        try:
            fields[known.name] = known.kind.read(entry, self)
        except WrongError as wrong:
            self.error(wrong.at, f"{known.name}: {wrong.message}", wrong.instead, wrong.column)
            fields.broken = True
        except ReportedError:
            fields.broken = True

    def _whole(self, shape: Shape, block: Block) -> list[tuple[Text, Value]]:
        """The entries of a block, texts that a comma has cut in two put together again."""
        entries: list[tuple[Text, Value]] = []
        for key, value in block.items():
            before = entries[-1] if entries else None
            cut = isinstance(value, Text) and value.is_null and key not in shape.by_name and " " in key
            if cut and before is not None and isinstance(before[1], Text):
                self.warning(key, f"a text with a comma before '{key}'", "put double quotes around the whole text")
                entries[-1] = (before[0], text_at(f"{before[1]}, {key}", before[1]))
            else:
                entries.append((key, value))
        return entries

    def _unknown(self, shape: Shape, key: Text) -> None:
        hint = nearest(key, shape.by_name)
        instead = f"delete it, or write one of {', '.join(shape.by_name)}" if not hint else f"write {hint.split(chr(39))[1]}"
        self.warning(key, f"'{key}' of a {shape.name} is ignored{hint}", instead)

    def _demand(self, shape: Shape, fields: Fields) -> None:
        for one in shape.fields:
            if one.required and one.name not in fields and one.name not in fields.places:
                self.error(fields.at, f"{_named(shape, fields)} has no {one.name}", f"add {one.name}: {one.about}")
                fields.broken = True


def _named(shape: Shape, fields: Fields) -> str:
    name = fields.get("id") or (fields.at.get(Text("id")) if isinstance(fields.at, Block) else None)
    return f"{shape.name} '{name}'" if isinstance(name, str) else f"a {shape.name}"


def _example(shape: Shape) -> str:
    wanted = [one.name for one in shape.fields if one.required][:3] or [one.name for one in shape.fields][:2]
    return "{" + ", ".join(f"{name}: …" for name in wanted) + "}"


def items(value: Value) -> list[Value]:
    """A list as it is; anything else as a list of one; nothing as an empty one."""
    if isinstance(value, Items):
        return value
    return [] if isinstance(value, Text) and value.is_null else [value]
