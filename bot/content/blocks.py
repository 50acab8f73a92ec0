"""The sorts of values that hold others or name them: references, lists, blocks, and lists of blocks with ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.content.kinds import text_of
from bot.content.reader import Fields, Reader, Reference, ReportedError, Shape, WrongError, items
from bot.content.values import Block, Text, Value, text_at


@dataclass(frozen=True)
class Ref:
    """The id of something declared elsewhere; when `soft`, an unknown one is worth a warning only."""

    kinds: tuple[str, ...]
    soft: bool = False

    @property
    def words(self) -> str:
        return "id of a " + " or ".join(self.kinds)

    def read(self, value: Value, reader: Reader) -> str:
        text = text_of(value, f"the id of a {self.kinds[0]}")
        reader.references.append(Reference(self.kinds, text, self.soft))
        return str(text)

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"]}


@dataclass(frozen=True)
class RefOr:
    """The id of something declared elsewhere, or the thing itself."""

    ref: Ref
    part: Part

    @property
    def words(self) -> str:
        return f"{self.part.words}, or the {self.ref.words}"

    def read(self, value: Value, reader: Reader) -> Any:
        return (self.ref if isinstance(value, Text) else self.part).read(value, reader)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.part.schema(), self.ref.schema()]}


_BROKEN = object()


@dataclass(frozen=True)
class Many:
    """A list; one entry may be written without the list."""

    kind: Any

    @property
    def words(self) -> str:
        return f"list of {self.kind.words}"

    def read(self, value: Value, reader: Reader) -> tuple[Any, ...]:
        found = [self._one(item, reader) for item in items(value)]
        if _BROKEN in found:
            raise ReportedError
        return tuple(found)

    def _one(self, item: Value, reader: Reader) -> Any:
        try:
            return self.kind.read(item, reader)
        except WrongError as wrong:
            reader.error(wrong.at, wrong.message, wrong.instead, wrong.column)
        except ReportedError:
            pass
        return _BROKEN

    def schema(self) -> dict[str, Any]:
        one = self.kind.schema()
        return {"anyOf": [{"type": "array", "items": one}, one]}


@dataclass(frozen=True)
class Part:
    """A block of its own shape, made into what `make` makes of its fields (the fields themselves without it)."""

    shape: Shape
    make: Callable[..., Any] | None = None

    @property
    def words(self) -> str:
        return self.shape.name

    def read(self, value: Value, reader: Reader) -> Any:
        fields = reader.block(self.shape, value)
        if self.make is None:
            return fields
        if fields.broken:
            raise ReportedError
        return made(self.make, fields)

    def schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.shape.name.replace(' ', '_')}"}


def made(make: Callable[..., Any], fields: Mapping[str, Any]) -> Any:
    """What `make` makes of fields of the same names; their texts become plain strings."""
    return make(**{name: str(value) if isinstance(value, Text) else value for name, value in fields.items()})


@dataclass(frozen=True)
class Entries:
    """A list of blocks with ids, each id once; a block of blocks by their ids is taken too."""

    shape: Shape

    @property
    def words(self) -> str:
        return f"list of {self.shape.name}s"

    def read(self, value: Value, reader: Reader) -> tuple[Fields, ...]:
        return tuple(reader.block(self.shape, entry) for entry in entries(value, self.shape))

    def schema(self) -> dict[str, Any]:
        one = {"$ref": f"#/$defs/{self.shape.name.replace(' ', '_')}"}
        return {"anyOf": [{"type": "array", "items": one}, {"type": "object"}, {"type": "string"}]}


def entries(value: Value, shape: Shape) -> list[Value]:
    """The blocks of a list; those of a block of blocks get their keys as ids."""
    keyed = isinstance(value, Block) and not any(key in shape.by_name for key in value)
    if not keyed or not isinstance(value, Block):
        return items(value)
    return [_with_id(key, entry) for key, entry in value.items()]


def _with_id(key: Text, entry: Value) -> Value:
    if isinstance(entry, Text) and entry.is_null:
        entry = _empty(key)
    if isinstance(entry, Block) and "id" not in entry:
        block = _empty(key)
        block[text_at("id", key)] = key
        block.update(entry)
        return block
    return entry


def _empty(place: Text) -> Block:
    block = Block()
    block.file, block.line, block.column = place.file, place.line, place.column
    return block
