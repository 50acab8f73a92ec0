"""Column types that behave alike on SQLite and PostgreSQL: text, short names, UTC times, row numbers, JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, String, Text
from sqlalchemy.types import TypeDecorator

from bot.store.errors import InvalidRecord

NAME_LIMIT = 255
RowId = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON(none_as_null=True)

_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Replace what no database can hold (NUL and lone surrogates) by U+FFFD, the replacement character."""
    return _UNSTORABLE.sub("\ufffd", text)


def dump_json(value: Any) -> str:
    """JSON without needless spaces, ASCII only. Raises `InvalidRecord` for what JSON cannot hold."""
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError) as error:
        raise InvalidRecord(f"Not JSON: {error}. Write text, finite numbers, true/false, lists and mappings.") from error


class PlainText(TypeDecorator):
    """Text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else storable(value)


class Name(TypeDecorator):
    """A short text that is looked up or must be unique: at most 255 characters."""

    impl = String(NAME_LIMIT)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        if value is not None and len(value) > NAME_LIMIT:
            raise InvalidRecord(f"'{value[:30]}…' is {len(value)} characters long: write at most {NAME_LIMIT}.")
        return None if value is None else storable(value)


class UtcTime(TypeDecorator):
    """An aware time, kept and returned in UTC. A naive one is refused: nobody could tell when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise InvalidRecord(f"The time {value.isoformat()} has no time zone: write it with one, such as UTC.")
        utc = value.astimezone(timezone.utc)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
