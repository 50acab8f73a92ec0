"""Programs that die or run beside each other: nothing that was acknowledged is lost, nothing is stored twice."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.store import current_revision, head_revision, make_engine, open_store

WRITER = "tests.store.writer"
PROJECT = Path(__file__).resolve().parents[2]


def _writer(url: str, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", WRITER, url, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT)


@pytest.mark.parametrize("acknowledged", [1, 30])
def test_kill_9_loses_nothing_that_was_acknowledged(empty_url: str, acknowledged: int) -> None:
    """A program killed in the middle of writing leaves every turn it had acknowledged, and a database that works."""
    with _writer(empty_url, "w", 0) as program:
        assert program.stdout is not None
        lines = [program.stdout.readline().strip() for _ in range(acknowledged)]
        program.kill()
        lines += program.stdout.read().split()
    store = open_store(empty_url)
    with store.read() as work:
        turns = work.turns.after("guest")
        assert [turn.user_text for turn in turns][: len(lines)] == lines
        assert [turn.seq for turn in turns] == list(range(1, len(turns) + 1))
        assert len(turns) - len(lines) <= 1  # one more may have been stored and not yet acknowledged
        assert work.conversations.require("guest").state == {"last": turns[-1].user_text}
    store.close()
    if empty_url.startswith("sqlite"):
        connection = sqlite3.connect(empty_url.removeprefix("sqlite:///"))
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()


def test_programs_that_start_together_and_share_a_conversation(empty_url: str) -> None:
    """Three programs start on an empty database at once: tables are made once, and every turn is there once."""
    programs = [_writer(empty_url, name, 12) for name in "abc"]
    assert [program.wait(60) for program in programs] == [0, 0, 0]
    for program in programs:
        assert program.stdout is not None
        program.stdout.close()
    store = open_store(empty_url)
    with store.read() as work:
        turns = work.turns.after("guest")
    assert [turn.seq for turn in turns] == list(range(1, 37))
    assert {turn.user_text for turn in turns} == {f"{name}-{n}" for name in "abc" for n in range(12)}
    store.close()
    engine = make_engine(empty_url)
    assert current_revision(engine) == head_revision()
    engine.dispose()
