"""Bringing a database's tables up to date, also when two programs start together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from bot.store.errors import StoreUnavailable, translated

_LOCK = 2_207_551_094  # the number of PostgreSQL's advisory lock that only migrations take


def upgrade(engine: Any, revision: str = "head") -> None:
    """Bring the tables up to that revision, all or nothing; costs little when they are.

    Raises `StoreUnavailable`, with reason "newer" for a database made by a later version of this program.
    """
    with translated(), _alone(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise StoreUnavailable("newer", str(error)) from error


def current_revision(engine: Any) -> str | None:
    """The revision the database is at, None for an empty one."""
    with translated(), engine.connect() as connection:
        revision: str | None = MigrationContext.configure(connection).get_current_revision()
        return revision


def head_revision() -> str:
    """The newest revision this program knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether Alembic should compare it: SQLite keeps tables of its own, and search is made by hand (0006 and 0009)."""
    if kind == "table":
        return not str(name).startswith(("sqlite_", "review_words_", "customer_words_"))
    return (kind, name) not in (("column", "words"), ("index", "ix_review_words_words"), ("index", "ix_customer_words_words"))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


@contextmanager
def _alone(engine: Any) -> Iterator[Any]:
    """A connection in a transaction that no second migration can be in at the same time."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection
        else:
            connection.connection.execute("PRAGMA foreign_keys=OFF")  # a table may have to be made anew
            try:
                with connection.begin():
                    yield connection
            finally:
                connection.connection.execute("PRAGMA foreign_keys=ON")
