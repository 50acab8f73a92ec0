"""What a person typed to search for, read once and asked in the language of SQLite's FTS5 or of PostgreSQL's tsvector."""

from __future__ import annotations

import re
import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from bot.store.masking import plain_letters

MOST_TERMS = 12
_PAGES = 200
_MERGE = (
    "INSERT INTO review_words_fts(review_words_fts, rank) VALUES ('merge', ?)",
    "INSERT INTO customer_words_fts(customer_words_fts, rank) VALUES ('merge', ?)",
)
_SIGNS = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Term:
    """One word or phrase to find, or not to find; the last word of an open term may go on (`towel*`)."""

    words: tuple[str, ...]
    wanted: bool = True
    begins: bool = False


def terms_of(asked: str) -> tuple[Term, ...]:
    """What a person typed, read: words all of which must occur, "phrases", -without, begin*. Never fails."""
    found = (_term(sign, phrase or word) for sign, phrase, word in _SIGNS.findall(plain_letters(asked)[:500]))
    return tuple(term for term in found if term.words)[:MOST_TERMS]


def words_of(said: str) -> list[str]:
    """The words of a text, small and without accents, as both databases are to find them."""
    return _WORD.findall(plain_letters(said).casefold())


def forget_erased(engine: Any, seconds: float = 0.5) -> None:
    """Let SQLite's search indexes drop the words of what was erased now, as long as it may take; the next call goes on.

    FTS5 notes a deletion beside the old words and drops both only when it merges its segments.
    """
    if engine.dialect.name != "sqlite":
        return
    until = time.monotonic() + seconds
    for merge in _MERGE:
        pages = -_PAGES
        while time.monotonic() < until and _merged(engine, merge, pages):
            pages = _PAGES


def fts_query(terms: tuple[Term, ...], column: str = "") -> str:
    """The terms in FTS5's language, for one column or all; every word stands in quotes, so nothing in it is an operator."""
    wanted = " AND ".join(_quoted(term) for term in terms if term.wanted)
    unwanted = " OR ".join(_quoted(term) for term in terms if not term.wanted)
    asked = f"({wanted}) NOT ({unwanted})" if unwanted else wanted
    return f"{{{column}}} : ({asked})" if column else asked


def _quoted(term: Term) -> str:
    phrase = " ".join(term.words)
    return f'"{phrase}" *' if term.begins else f'"{phrase}"'


def ts_query(terms: tuple[Term, ...], weight: str = "") -> str:
    """The terms in PostgreSQL's language, for words of one weight or all; they hold only letters and digits, no operator."""
    return " & ".join(("" if term.wanted else "!") + _followed(term, weight) for term in terms)


def _followed(term: Term, weight: str) -> str:
    marks = [f"{weight}*" if term.begins and place == len(term.words) - 1 else weight for place in range(len(term.words))]
    words = [f"{word}:{mark}" if mark else word for word, mark in zip(term.words, marks, strict=True)]
    return f"({' <-> '.join(words)})"


def _merged(engine: Any, merge: str, pages: int) -> bool:
    """Whether a step of merging, in a short transaction of its own, found anything to do."""
    connection = engine.raw_connection()
    try:
        before = connection.total_changes
        connection.execute(merge, (pages,))
        return bool(connection.total_changes - before >= 2)
    except sqlite3.OperationalError:  # locked by another process, or a store in memory without search: the next call does it
        return False
    finally:
        connection.close()


def _term(sign: str, words: str) -> Term:
    return Term(tuple(_WORD.findall(words)), not sign, words.endswith("*"))
