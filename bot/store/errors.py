"""What can go wrong when records are kept, as errors that tell a person what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import exc

Reason = Literal["locked", "full", "failing", "unwritable", "unreachable", "damaged", "outdated", "newer"]


class StoreError(Exception):
    """Any failure of the store; its text says what happened and what to do."""


class Conflict(StoreError):
    """Somebody else changed the same record first. Nothing was written: load it again and retry."""


class NotFound(StoreError):
    """The record asked for is not there: it never was, or it has been erased."""


class InvalidRecord(StoreError, ValueError):
    """The record cannot be kept as it is; the text names the field and what to write instead."""


class StoreUnavailable(StoreError):
    """The database cannot be used now; nothing was written and nothing already stored is lost.

    `reason` is one word for a program; the text tells an operator what to do.
    """

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason: Reason = reason
        super().__init__(f"{ADVICE[reason]} ({detail})" if detail else ADVICE[reason])


ADVICE: dict[Reason, str] = {
    "locked": "The database is busy: another program holds its lock. Try again in a moment; if it stays so, "
    "look for a second program with the database file open, such as a backup or a database browser, and close it.",
    "full": "The disk with the database is full. Free some space there, then carry on: nothing stored was lost.",
    "failing": "The disk with the database reports an error. Check its free space, its connection and its health, then try again.",
    "unwritable": "The database cannot be written. Give the user who runs this write access to the folder in "
    "ADVISOR_DATA_DIR and the files in it, or choose another folder.",
    "unreachable": "The database server does not answer. Check that it runs and that ADVISOR_DATABASE_URL names its "
    "host, port, user and database correctly.",
    "damaged": "The database file is damaged or is not a database. Move it away and put a backup in its place, "
    "or start with a new one.",
    "outdated": "The database lacks tables this version needs. Stop every running copy and start again: "
    "the tables are brought up to date at the start.",
    "newer": "The database was made by a newer version of this program. Run that version, or restore a backup "
    "made before the update.",
}

_SQLITE: tuple[tuple[str, Reason], ...] = (
    ("is locked", "locked"),
    ("disk is full", "full"),
    ("readonly database", "unwritable"),
    ("unable to open database", "unwritable"),
    ("disk i/o error", "failing"),
    ("not a database", "damaged"),
    ("malformed", "damaged"),
    ("no such table", "outdated"),
    ("no such column", "outdated"),
    ("has no column named", "outdated"),
)
_POSTGRES: dict[str, Reason] = {
    "55P03": "locked",
    "57014": "locked",
    "53100": "full",
    "53200": "full",
    "25006": "unwritable",
    "42501": "unwritable",
    "42P01": "outdated",
    "42703": "outdated",
    "XX001": "damaged",
    "XX002": "damaged",
}
_POSTGRES_RETRY = frozenset({"23505", "40001", "40P01"})


@contextmanager
def translated() -> Iterator[None]:
    """Turn the database's own errors into the errors of this module; others pass through unchanged."""
    try:
        yield
    except exc.TimeoutError as error:
        raise StoreUnavailable("locked", "too many requests at once") from error
    except exc.StatementError as error:
        raise _translate(error) from error
    except OverflowError as error:
        raise NotFound("There is no entry with so large a number.") from error


def _translate(error: Any) -> Exception:
    if isinstance(error.orig, StoreError):
        return error.orig
    if isinstance(error, exc.IntegrityError):
        return _broken_rule(error)
    if not isinstance(error, exc.DBAPIError):
        return InvalidRecord(f"A value cannot be stored: {error.orig}. Write plain text, numbers, lists and mappings.")
    code = getattr(error.orig, "pgcode", None)
    if code in _POSTGRES_RETRY:
        return Conflict("Two changes met in the database. Load the record again and retry.")
    reason = _reason(error, code)
    return StoreUnavailable(reason, _first_line(error)) if reason else error


def _broken_rule(error: Any) -> StoreError:
    text = str(error.orig)
    if getattr(error.orig, "pgcode", None) == "23505" or "UNIQUE constraint failed" in text:
        return Conflict("Somebody else stored the same record first. Load it again and retry.")
    return InvalidRecord(f"The record breaks a rule of the database: {_first_line(error)}. Check what it refers to.")


def _reason(error: Any, code: str | None) -> Reason | None:
    if code is not None:
        return _POSTGRES.get(code, "unreachable" if isinstance(error, exc.OperationalError) else None)
    text = str(error.orig).lower()
    if type(error.orig).__module__.startswith("sqlite3"):
        return next((reason for part, reason in _SQLITE if part in text), None)
    return "unreachable" if isinstance(error, exc.OperationalError | exc.InterfaceError) else None


def _first_line(error: Any) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__
