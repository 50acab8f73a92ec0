"""Real databases for the tests: a fresh SQLite file and a schema of its own on PostgreSQL, where one runs."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text

from bot.store import Store, make_engine, upgrade
from bot.store.tables import metadata

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://root@127.0.0.1:5432/test")
BOTH = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.service)]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2025, 5, 1, 12, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    """Noon of the first of May 2025, until it is moved."""
    return Clock()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "advisor.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of a PostgreSQL server to make schemas on; skips when there is none."""
    engine = sqlalchemy.create_engine(POSTGRES, connect_args={"connect_timeout": 2})
    try:
        engine.connect().close()
    except sqlalchemy.exc.OperationalError as error:
        pytest.skip(f"no PostgreSQL answers (TEST_POSTGRES_URL names another): {error.orig}")
    finally:
        engine.dispose()
    return POSTGRES


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """The URL of a schema with nothing in it, removed afterwards."""
    schema = f"advisor_{uuid.uuid4().hex}"
    engine = sqlalchemy.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{postgres_server}?options=-csearch_path%3D{schema}"
    with engine.connect() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in it, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    return str(request.getfixturevalue("empty_postgres"))


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: str) -> Iterator[Any]:
    """One schema with all tables for the whole run."""
    schema = f"advisor_{uuid.uuid4().hex}"
    with sqlalchemy.create_engine(postgres_server, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        engine = make_engine(f"{postgres_server}?options=-csearch_path%3D{schema}")
        upgrade(engine)
        yield engine
        engine.dispose()
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The URL of a fresh SQLite file with all tables."""
    path = tmp_path / "advisor.sqlite3"
    shutil.copy(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An engine on a database with all tables and no rows, of either kind."""
    if request.param == "sqlite":
        engine = make_engine(request.getfixturevalue("sqlite_url"))
        yield engine
        engine.dispose()
        return
    engine = request.getfixturevalue("postgres_with_tables")
    yield engine
    with engine.begin() as connection:
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))


@pytest.fixture
def store(engine: Any, clock: Clock) -> Store:
    """A store on either kind of database, an hour of holding, and a clock that stands still."""
    return Store(engine, clock=clock)


@pytest.fixture
def sqlite_store(sqlite_url: str, clock: Clock) -> Iterator[Store]:
    """A store on an SQLite file."""
    store = Store(make_engine(sqlite_url), clock=clock)
    yield store
    store.close()
