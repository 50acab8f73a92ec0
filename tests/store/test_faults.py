"""A database that cannot be used says what to do, loses nothing that is in it, and works again afterwards."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.store import Store, StoreError, StoreUnavailable, make_engine, open_store
from bot.store.records import Conversation
from tests.store.samples import one_turn, started


@contextmanager
def unavailable(reason: str, advice: str) -> Iterator[None]:
    """Expect `StoreUnavailable` with that reason and advice."""
    with pytest.raises(StoreUnavailable, match=advice) as caught:
        yield
    assert caught.value.reason == reason


def test_a_locked_file_is_waited_for_then_reported(sqlite_url: str, clock: Any) -> None:
    """While another program holds the lock, writers wait, then say so; readers go on; afterwards all works."""
    store = Store(make_engine(sqlite_url, busy_seconds=0.2), clock=clock)
    started(store)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with unavailable("locked", "another program holds its lock"):
        one_turn(store)
    with store.read() as work:
        assert work.conversations.require("guest").last_seq == 0
    other.execute("ROLLBACK")
    other.close()
    assert one_turn(store).seq == 1
    store.close()


def test_a_short_lock_is_not_noticed(sqlite_url: str, clock: Any) -> None:
    """A lock that is given back in time costs a wait and no error."""
    store = Store(make_engine(sqlite_url), clock=clock)
    started(store)
    holder = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); time.sleep(0.3); c.execute('ROLLBACK')"
    )
    path = sqlite_url.removeprefix("sqlite:///")
    with subprocess.Popen([sys.executable, "-c", holder, path], stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        program.stdout.readline()
        assert one_turn(store).seq == 1
    store.close()


@pytest.mark.service
def test_a_locked_row_is_waited_for_then_reported(empty_postgres: str, clock: Any) -> None:
    """On PostgreSQL, too, a conversation that somebody holds is waited for, then reported as busy."""
    open_store(empty_postgres).close()
    store = Store(make_engine(empty_postgres, busy_seconds=0.2), clock=clock)
    started(store)
    with store.engine.begin() as other:
        other.execute(text("SELECT * FROM conversations FOR UPDATE"))
        with unavailable("locked", "is busy"):
            one_turn(store)
    assert one_turn(store).seq == 1
    store.close()


def test_a_full_disk_is_reported_and_loses_nothing(sqlite_store: Store) -> None:
    """When the database cannot grow, the turn is refused with advice; what was stored is there, and it goes on."""
    started(sqlite_store)
    one_turn(sqlite_store, text="kept")
    with sqlite_store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
    with unavailable("full", "Free some space"):
        one_turn(sqlite_store, text="x" * 50_000)
    with sqlite_store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert one_turn(sqlite_store, text="later").seq == 2
    with sqlite_store.read() as work:
        assert [turn.user_text for turn in work.turns.after("guest")] == ["kept", "later"]


FILE_LIMIT = """
import resource, signal, sys
from bot.store import StoreUnavailable, make_engine, Store
from tests.store.samples import one_turn, started
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(make_engine(sys.argv[1]))
started(store)
one_turn(store, text="kept")
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
try:
    for _ in range(100):
        one_turn(store, text="x" * 20_000)
except StoreUnavailable as error:
    print(error.reason)
"""


def test_a_file_that_may_not_grow_is_reported_and_loses_nothing(sqlite_url: str) -> None:
    """A real refusal by the operating system to write more is reported, and every acknowledged turn is readable."""
    command = [sys.executable, "-c", FILE_LIMIT, sqlite_url]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2], env={"PYTHONPATH": "."}
    )
    assert done.stdout.strip() in ("full", "failing"), done.stderr
    store = open_store(sqlite_url)
    with store.read() as work:
        turns = work.turns.after("guest")
        assert turns[0].user_text == "kept"
        assert work.conversations.require("guest").last_seq == len(turns)
    store.close()


def test_a_read_only_file_is_reported(sqlite_url: str) -> None:
    """A database that may not be written can be read, and writing says what to change."""
    store = Store(make_engine(f"sqlite:///file:{sqlite_url.removeprefix('sqlite:///')}?mode=ro&uri=true"))
    with store.read() as work:
        assert work.conversations.get("guest") is None
    with unavailable("unwritable", "write access"), store.begin() as work:
        work.conversations.start(Conversation(id="guest"))
    store.close()


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    """A data folder in an impossible place is an error that names the setting to change."""
    (tmp_path / "file").write_text("in the way")
    with unavailable("unwritable", "ADVISOR_DATA_DIR"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'var' / 'advisor.sqlite3'}")


def test_a_missing_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    """The first start makes the folder and the file, closed to others."""
    open_store(f"sqlite:///{tmp_path / 'var' / 'advisor.sqlite3'}").close()
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var" / "advisor.sqlite3").stat().st_mode & 0o777 == 0o600


def test_a_folder_in_place_of_the_file_is_reported(tmp_path: Path) -> None:
    """A path that cannot be opened is an error that says so."""
    with unavailable("unwritable", "write access"):
        open_store(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("content", [b"this is no database " * 500, b"\x00\xff" * 4096])
def test_a_file_that_is_no_database_is_reported_and_left_alone(tmp_path: Path, content: bytes) -> None:
    """Something else at the database's path is neither used nor overwritten."""
    path = tmp_path / "advisor.sqlite3"
    path.write_bytes(content)
    with unavailable("damaged", "not a database"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes() == content


def test_a_database_without_tables_is_reported(tmp_path: Path) -> None:
    """Using a database that was not brought up to date says to start again."""
    store = Store(make_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}"))
    with unavailable("outdated", "start again"):
        started(store)
    store.close()


def test_a_server_that_does_not_answer_is_reported() -> None:
    """A PostgreSQL server that is not there is an error that names the setting to check."""
    with unavailable("unreachable", "ADVISOR_DATABASE_URL"):
        open_store("postgresql://nobody@127.0.0.1:1/none")


@pytest.mark.service
def test_a_lost_connection_heals(empty_postgres: str, clock: Any) -> None:
    """When the server drops its connections, as in a restart, the next transaction simply works."""
    open_store(empty_postgres).close()
    store = Store(make_engine(empty_postgres), clock=clock)
    started(store)
    with store.engine.connect() as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    with make_engine(empty_postgres).begin() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": mine})
    assert one_turn(store).seq == 1
    store.close()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense", ""])
def test_another_kind_of_database_is_refused(url: str) -> None:
    """Only the two supported databases are accepted, with how to write their URLs."""
    with pytest.raises(StoreError, match="sqlite:///"):
        make_engine(url)
