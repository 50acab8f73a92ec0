"""The engine's values as plain data and back: what is stored with each turn and read again with the next."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from bot.advice.moves import Move

T = TypeVar("T")
_PLAIN = frozenset((str, int, float, bool, type(None)))
_NONE = object()


def to_plain(value: Any) -> Any:
    """A value of the engine as dicts, lists, strings, numbers, booleans and None. Fields at their default are left out."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if is_dataclass(kind):
        told = ((name, getattr(value, name), default) for name, default in _defaults(kind))
        return {name: to_plain(held) for name, held, default in told if held is not default and held != default}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(to_plain(key)): to_plain(item) for key, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(to_plain(item) for item in value)
    return [to_plain(item) for item in value] if isinstance(value, (tuple, list)) else value


def from_plain(kind: type[T], data: Any) -> T:
    """The value of type `kind` that to_plain() turned into `data`. Unknown fields are ignored, so old records stay readable."""
    return cast(T, _read(kind, data))


def move_record(move: Move) -> dict[str, Any]:
    """A move with its reasons as plain data: question, worth and rivals, beliefs, and the verdict on each rung."""
    record: dict[str, Any] = {
        "kind": move.kind.value,
        "answers": [asked.value for asked in move.answers],
        "question": to_plain(move.question),
        "again": move.again,
        "concern": move.concern,
        "remedy": move.remedy,
        "lacks": [lack.value for lack in move.lacks],
        "about": dict(move.about),
        "rivals": [to_plain(worth) for worth in move.rivals],
    }
    if move.ladder is not None:
        record["belief"] = {cause: round(weight, 4) for cause, weight in move.ladder.belief.items()}
        record["verdicts"] = {rung.value: to_plain(verdict) for rung, verdict in move.ladder.verdicts.items()}
    return record


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """The fields of a dataclass with their defaults; a field without one has `_NONE`, which equals nothing."""
    return tuple((each.name, _default(each)) for each in fields(kind))


def _default(each: Field[Any]) -> Any:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return _NONE if each.default is MISSING else each.default


def _read(kind: Any, data: Any) -> Any:
    if data is None:
        return None
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), data)
    if origin in (tuple, frozenset):
        return origin(_read(get_args(kind)[0], item) for item in data)
    if origin is not None and issubclass(origin, Mapping):
        key, item = get_args(kind)
        return {_read(key, name): _read(item, value) for name, value in data.items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return _read_dataclass(kind, data) if is_dataclass(kind) else data


def _read_union(kinds: tuple[Any, ...], data: Any) -> Any:
    named = [kind for kind in kinds if kind is not type(None)]
    return _read(named[0], data) if len(named) == 1 else data


def _read_dataclass(kind: Any, data: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _read(hints[name], value) for name, value in data.items() if name in hints})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
