"""Full-text search over what was said: one way to ask, SQLite's FTS5 or PostgreSQL's tsvector behind it."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, column, func, literal_column, select, table, text

from bot.store.masking import plain_letters
from bot.store.review_tables import review_words

MOST_TERMS = 12
_PAGES = 200
_SIGNS = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_WORD = re.compile(r"[^\W_]+")
_SIDES = {"customer": "said", "assistant": "replied"}
_FTS = table("review_words_fts", column("rowid"))


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


def forget_erased(engine: Any, seconds: float = 0.5) -> None:
    """Let SQLite's search index drop the words of erased turns now, as long as it may take; the next call goes on.

    FTS5 notes a deletion beside the old words and drops both only when it merges its segments.
    """
    if engine.dialect.name != "sqlite":
        return
    until = time.monotonic() + seconds
    pages = -_PAGES
    while time.monotonic() < until and _merged(engine, pages):
        pages = _PAGES


def _merged(engine: Any, pages: int) -> bool:
    """Whether a step of merging, in a short transaction of its own, found anything to do."""
    connection = engine.raw_connection()
    try:
        before = connection.total_changes
        connection.execute("INSERT INTO review_words_fts(review_words_fts, rank) VALUES ('merge', ?)", (pages,))
        return bool(connection.total_changes - before >= 2)
    except sqlite3.OperationalError:  # locked by another process, or a store in memory without search: the next call does it
        return False
    finally:
        connection.close()


def _term(sign: str, words: str) -> Term:
    return Term(tuple(_WORD.findall(words)), not sign, words.endswith("*"))


def matching(session: Any, asked: str, who: str = "") -> Any:
    """A select of `id` (of the turn) and `conversation_id` for the turns that match, to be ordered and limited.

    `who` is "customer", "assistant" or "" for either. None when nothing is asked for.
    """
    terms = terms_of(asked)
    if not any(term.wanted for term in terms):
        return None
    if session.get_bind().dialect.name == "postgresql":
        return _postgresql(terms, who)
    return _sqlite(terms, who)


def matched_after(session: Any, asked: str, who: str, conversation_ids: list[str], turn_id: int) -> Any:
    """A select of the `conversation_id` of those conversations of the list in which a later turn than that matches too."""
    within = matching_within(session, asked, who, conversation_ids)
    return within.with_only_columns(_of_words("conversation_id")).where(_of_words("id") >= turn_id)


def matching_within(session: Any, asked: str, who: str, conversation_ids: Sequence[str]) -> Any:
    """Like `matching`, in a few conversations only: their turns are looked at one by one, however common the words are."""
    if session.get_bind().dialect.name == "postgresql":
        return matching(session, asked, who).where(review_words.c.conversation_id.in_(conversation_ids))
    # CROSS JOIN is SQLite's word for "in this order": the few turns first, then whether each of them matches
    matches = text("review_words_fts MATCH :asked AND review_words_fts.rowid = review_words.id")
    found = select(_of_words("id"), _of_words("conversation_id")).select_from(text("review_words CROSS JOIN review_words_fts"))
    asked_for = matches.bindparams(asked=fts_query(terms_of(asked), who))
    return found.where(_of_words("conversation_id").in_(conversation_ids), asked_for)


def _of_words(name: str) -> Any:
    return literal_column(f"review_words.{name}")


def _sqlite(terms: tuple[Term, ...], who: str) -> Any:
    rows = select(review_words.c.id, review_words.c.conversation_id)
    joined = rows.select_from(_FTS.join(review_words, review_words.c.id == literal_column("review_words_fts.rowid")))
    return joined.where(text("review_words_fts MATCH :asked").bindparams(asked=fts_query(terms, who)))


def fts_query(terms: tuple[Term, ...], who: str) -> str:
    """The terms in FTS5's language; every word stands in quotes, so nothing in it is an operator."""
    wanted = " AND ".join(_quoted(term) for term in terms if term.wanted)
    unwanted = " OR ".join(_quoted(term) for term in terms if not term.wanted)
    asked = f"({wanted}) NOT ({unwanted})" if unwanted else wanted
    return f"{{{_SIDES[who]}}} : ({asked})" if who in _SIDES else asked


def _quoted(term: Term) -> str:
    phrase = " ".join(term.words)
    return f'"{phrase}" *' if term.begins else f'"{phrase}"'


def _postgresql(terms: tuple[Term, ...], who: str) -> Any:
    asked = func.to_tsquery(literal_column("'english'"), bindparam("asked", ts_query(terms, who)))
    rows = select(review_words.c.id, review_words.c.conversation_id)
    return rows.where(literal_column("review_words.words").op("@@")(asked))


def ts_query(terms: tuple[Term, ...], who: str) -> str:
    """The terms in PostgreSQL's language; words hold only letters and digits, so nothing in them is an operator."""
    weight = {"customer": "A", "assistant": "B"}.get(who, "")
    return " & ".join(("" if term.wanted else "!") + _followed(term, weight) for term in terms)


def _followed(term: Term, weight: str) -> str:
    marks = [f"{weight}*" if term.begins and place == len(term.words) - 1 else weight for place in range(len(term.words))]
    words = [f"{word}:{mark}" if mark else word for word, mark in zip(term.words, marks, strict=True)]
    return f"({' <-> '.join(words)})"
