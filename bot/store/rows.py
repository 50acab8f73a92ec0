"""Between database rows and records: the fields of a record are the columns of its table, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, get_origin, get_type_hints

from sqlalchemy.dialects import postgresql, sqlite

R = TypeVar("R")


def values_of(record: Any, *without: str) -> dict[str, Any]:
    """The record's fields as column values, enums as their text, tuples as lists, except the fields named."""
    kind: Any = type(record)
    return {name: plain(getattr(record, name)) for name in field_names(kind) if name not in without}


def record_of(kind: type[R], row: Any) -> R:
    """The record in a row; columns that the record does not have are left out."""
    readable: Any = kind
    return kind(**{name: read(getattr(row, name)) for name, read in _readers(readable)})


def json_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON can hold it: dates and times as ISO 8601 text."""
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in row.items()}


def upsert(session: Any, table: Any) -> Any:
    """An `INSERT` of this database that knows `ON CONFLICT`."""
    return (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert(table)


@cache
def field_names(kind: Any) -> tuple[str, ...]:
    """The names of a record's fields."""
    return tuple(field.name for field in fields(kind))


def plain(value: Any) -> Any:
    """A field's value as its column takes it: enums as their text, tuples as lists."""
    if isinstance(value, Enum):
        return value.value
    return list(value) if isinstance(value, tuple) else value


@cache
def _readers(kind: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    hints = get_type_hints(kind)
    return tuple((name, _reader(hints[name])) for name in field_names(kind))


def _reader(hint: Any) -> Callable[[Any], Any]:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return tuple if get_origin(hint) is tuple else _same


def _same(value: Any) -> Any:
    return value
