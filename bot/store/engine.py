"""The database engine: SQLite out of the box, PostgreSQL by one setting, set up so that nothing answered is lost.

SQLite runs in write-ahead mode with `synchronous=NORMAL`: a commit is in the operating system's hands before the
reply leaves, so killing the process at any moment loses nothing. A power cut or a crash of the whole machine may
lose the last moments before it, and never damages the file; whoever cannot accept that uses PostgreSQL, which
waits for the disk. `secure_delete` overwrites what is erased, so that it is gone from the file too.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool, StaticPool

from bot.store.columns import dump_json
from bot.store.errors import StoreError, StoreUnavailable

BUSY_SECONDS = 5.0


def make_engine(url: str, *, busy_seconds: float = BUSY_SECONDS) -> Any:
    """An engine for `sqlite:///file`, `sqlite://` (in memory) or `postgresql://…`; connects when first used.

    A lock held by somebody else is waited for `busy_seconds` at most. The folder of an SQLite file is made if it
    is missing. Raises `StoreUnavailable` when it cannot be made and `StoreError` for another kind of database.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, busy_seconds)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed, busy_seconds)
    raise StoreError(f"No support for a {parsed.get_backend_name()} database. Write a sqlite:/// or postgresql:// URL.")


def _parsed(url: str) -> Any:
    try:
        return make_url("postgresql" + url[len("postgres") :] if url.startswith("postgres://") else url)
    except (sqlalchemy.exc.ArgumentError, ValueError) as error:
        raise StoreError("The database URL cannot be read. Write sqlite:///FILE or postgresql://HOST/NAME.") from error


def _sqlite(url: Any, busy_seconds: float) -> Any:
    options: dict[str, Any] = {"poolclass": StaticPool}
    if not _in_memory(url):
        _make_file(url.database)
        options = {"poolclass": QueuePool, "pool_size": 8, "max_overflow": 56, "pool_use_lifo": True}
        options["pool_timeout"] = busy_seconds
    engine = sqlalchemy.create_engine(
        url,
        future=True,
        json_serializer=dump_json,
        connect_args={"check_same_thread": False, "timeout": busy_seconds},
        **options,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _in_memory(url: Any) -> bool:
    return not url.database or url.database == ":memory:"


def _make_file(database: str) -> None:
    """An empty file, and its folder, for their owner only: what people say is in it."""
    if database.startswith("file:"):
        return
    try:
        Path(database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        Path(database).touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable("unwritable", str(error)) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin or commit by itself: _begin_sqlite does
    _use_write_ahead_log(connection)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _use_write_ahead_log(connection: Any) -> None:
    """Two programs that start together may both switch: SQLite then answers 'locked' at once, so try again."""
    for pause in (0.01, 0.05, 0.2, 0.5, 1.0, 0.0):
        if connection.execute("PRAGMA journal_mode").fetchone()[0] in ("wal", "memory"):
            return
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except connection.OperationalError as error:
            if "locked" not in str(error) or not pause:
                raise
            time.sleep(pause)


def _begin_sqlite(connection: Any) -> None:
    """Writers take their lock at once: none can fail half way because another one came in between."""
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql(url: Any, busy_seconds: float) -> Any:
    milliseconds = int(busy_seconds * 1000)
    engine = sqlalchemy.create_engine(
        url,
        future=True,
        json_serializer=dump_json,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=24,
        pool_timeout=busy_seconds,
        connect_args={"connect_timeout": max(2, int(busy_seconds))},
    )
    event.listen(engine, "connect", _limit_waiting(milliseconds))
    return engine


def _limit_waiting(milliseconds: int) -> Any:
    def prepare(connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {milliseconds}; SET idle_in_transaction_session_timeout = '60s'")
        connection.commit()

    return prepare


def truncate_log(engine: Any) -> None:
    """Empty SQLite's write-ahead log, where erased text could otherwise still be read.

    When readers are in its way it gives up after a fifth of a second: the next purge does it.
    """
    if engine.dialect.name != "sqlite" or _in_memory(engine.url):
        return
    connection = engine.raw_connection()
    try:
        (waits,) = connection.execute("PRAGMA busy_timeout").fetchone()
        connection.execute("PRAGMA busy_timeout=200")
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute(f"PRAGMA busy_timeout={waits}")
    finally:
        connection.close()
