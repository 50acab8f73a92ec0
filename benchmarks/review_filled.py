"""A database with very many conversations for the review room, made by the database itself and not through the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from string import Template
from typing import Any

import sqlalchemy

from benchmarks import review_judged
from bot.store import Store

TURNS = 5
"""Turns of each conversation."""

_LISTED = """
    towels washer noise shakes noon linen dryer slow steam pressure programme heavy soil chemicals dosing broken drum door
    leak water hot cold spin ironer sheets hotel kitchen night shift staff service engine filter lint bearing belt quote price
    machine second hand lease repair manual training morning evening delivery late part order spare pump valve heating gas
"""
WORDS = _LISTED.split()

_CONVERSATIONS = """
INSERT INTO conversations (id, channel, face, catalogue_id, catalogue_version, model_version, consent, state, started_at,
  last_active_at, last_seq, revision)
SELECT 'c' || n, '', 'customer', 'laundry', 'v', 'm', 'given', '{{}}', {time}, {time}, {turns}, 1 FROM {numbers}
"""
_INDEX = """
INSERT INTO review_index (conversation_id, face, channel, catalogue_id, model_version, customer_id, hidden, outcome, rung, stage,
  problem, need, opening, need_found, confidence, did_you_mean, interrupted, corrected, negative, handed_over, near_risk, broken,
  flagged, failed, turns, seconds, started_at, last_active_at, marks, shuffle, review_state, reviewer)
SELECT 'c' || n, CASE WHEN n % 10 = 0 THEN 'rep' ELSE 'customer' END, {channel}, {trade}, 'model-' || (n * 12 / {count}),
  'u' || (n * 7919 % {customers}), {false}, {outcome}, {rung}, {stage}, 'p' || (n % 40), 'o' || (n % 12),
  'we run out of clean towels by noon ' || n, n % 2 = 0, (n * 7919 % 1000) / 1000.0, n % 11 = 0, n % 7 = 0, n % 13 = 0,
  n % 97 = 0, n % 17 = 0, n % 503 = 0, n % 211 = 0, n % 301 = 0, n % 89 = 0, 1 + n % 30, n * 31 % 4000, {time}, {time}, '[]',
  (n * 104729 % 1000003) / 1000003.0, {state}, CASE WHEN n % 5 = 0 THEN 'r' || (n % 7) ELSE '' END FROM {numbers}
"""
_MARKS = """
INSERT INTO review_marks (conversation_id, mark) SELECT 'c' || n, {mark} FROM {numbers}
"""
_TAGS = """
INSERT INTO review_tags (conversation_id, tag, "by", created_at) SELECT 'c' || n, 't' || (n % 50), 'tina', {time} FROM {numbers}
  WHERE n % 20 = 0
"""
_TURNS = """
INSERT INTO turns (id, conversation_id, seq, user_text, heard, dossier, move, message, intent, confidence, elapsed_ms,
  catalogue_version, model_version, created_at)
SELECT (n - 1) * {turns} + s, 'c' || n, s, '', '{{}}', '{{}}', '{{}}', '[]', 'informs', 0.9, 9, 'v', 'm', {time}
  FROM {numbers}, {each}
"""
_SAID = """
INSERT INTO review_words (id, conversation_id, said, replied)
SELECT (n - 1) * {turns} + s, 'c' || n, {said}, {replied} FROM {numbers}, {each}
"""
_FIXED = {
    "channel": "CASE n % 4 WHEN 0 THEN 'rest' WHEN 1 THEN 'call' ELSE 'widget' END",
    "trade": "CASE WHEN n % 3 = 0 THEN 'metals' ELSE 'laundry' END",
    "outcome": "CASE n % 7 WHEN 0 THEN 'accepted' WHEN 1 THEN 'referred' WHEN 2 THEN 'handed_over' ELSE 'advised' END",
    "rung": "CASE n % 6 WHEN 0 THEN 'retrain' WHEN 1 THEN 'fix' WHEN 2 THEN 'buy' ELSE 'reuse' END",
    "stage": "CASE n % 5 WHEN 0 THEN 'why' WHEN 1 THEN 'checks' ELSE 'finished' END",
    "state": "CASE WHEN n % 9 = 0 THEN 'done' ELSE 'new' END",
}
_MARKED = (
    *("'intent:' || (n % 40)", "'model:m' || (n * 7919 % 300)", "'problem:p' || (n % 40)", "'intent:rare' || (n / 2000)"),
    *review_judged.MARKS,
)


def fill(store: Store, count: int, piece: int = 50_000) -> None:
    """Put `count` conversations of `TURNS` turns into an empty database that has its tables, a piece in each transaction."""
    engine = store.engine
    review_judged.begin(store, count)
    with words_table(engine):
        for first in range(1, count + 1, piece):
            with engine.begin() as connection:
                for statement in _statements(engine.dialect.name, first, min(first + piece, count + 1), count):
                    connection.exec_driver_sql(statement.replace("%", "%%") if engine.dialect.name == "postgresql" else statement)
    review_judged.queue(store, count)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")


def _statements(dialect: str, first: int, beyond: int, count: int) -> Iterator[str]:
    known = {**_FIXED, **_spoken(dialect, first, beyond), "count": count, "customers": max(1, count // 3), "turns": TURNS}
    for template in (_CONVERSATIONS, _INDEX, _TAGS, _TURNS, _SAID):
        yield template.format(**known)
    yield from (_MARKS.format(mark=mark, **known) for mark in _MARKED)
    yield from (Template(each).substitute(review_judged.KNOWN, **known) for each in review_judged.STATEMENTS)


def _spoken(dialect: str, first: int, beyond: int) -> dict[str, str]:
    """What differs between the databases: numbers in a row, times, and words picked by number."""
    if dialect == "postgresql":
        listed = "ARRAY[" + ", ".join(f"'{word}'" for word in WORDS) + "]"
        words = " || ' ' || ".join(
            f"({listed})[1 + (n * {7 + 2 * at} + s * {3 + at} + n / {11 + at}) % {len(WORDS)}]" for at in range(7)
        )
        numbers, each = f"generate_series(bigint '{first}', {beyond - 1}) AS n", f"generate_series(1, {TURNS}) AS s"
        time = "timestamptz '2025-01-01' + n * interval '29 seconds'"
        month = f"date_trunc('month', {time})::date"
        return {"numbers": numbers, "each": each, "time": time, "month": month, "false": "false", "json": "::json", **_said(words)}
    picked = "(SELECT word FROM bench_words WHERE id = (n * {} + s * {} + n / {}) % {})"
    parts = [picked.format(7 + 2 * at, 3 + at, 11 + at, len(WORDS)) for at in range(7)]
    counted = "(WITH RECURSIVE c({0}) AS (SELECT {1} UNION ALL SELECT {0} + 1 FROM c WHERE {0} < {2}) SELECT {0} FROM c) AS {0}s"
    numbers, each = counted.format("n", first, beyond - 1), counted.format("s", 1, TURNS)
    time = "strftime('%Y-%m-%d %H:%M:%S.000000', '2025-01-01', '+' || (n * 29) || ' seconds')"
    month = f"date({time}, 'start of month')"
    return {
        "numbers": numbers,
        "each": each,
        "time": time,
        "month": month,
        "false": "0",
        "json": "",
        **_said(" || ' ' || ".join(parts)),
    }


def _said(words: str) -> dict[str, str]:
    rare = "CASE WHEN n % 10007 = 0 THEN ' sycamore' ELSE '' END"
    return {"said": f"{words} || {rare}", "replied": "'Which programme do you use? ' || n % 1000"}


@contextmanager
def words_table(engine: Any) -> Iterator[None]:
    """The words to pick from, in a table of SQLite's for as long as the block lasts; PostgreSQL has arrays."""
    if engine.dialect.name == "postgresql":
        yield
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE bench_words (id INTEGER PRIMARY KEY, word TEXT)")
        connection.exec_driver_sql("INSERT INTO bench_words VALUES (?, ?)", list(enumerate(WORDS)))
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE bench_words")


@contextmanager
def schema(url: str, name: str) -> Iterator[str]:
    """The address of a schema of its own on a PostgreSQL server, removed afterwards."""
    server = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        try:
            yield f"{url}?options=-csearch_path%3D{name}"
        finally:
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    server.dispose()
