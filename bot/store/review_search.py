"""Full-text search over what was said: one way to ask, SQLite's FTS5 or PostgreSQL's tsvector behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, column, func, literal_column, select, table, text

from bot.store.review_tables import review_words
from bot.store.search import Term, fts_query, terms_of, ts_query

_SIDES = {"customer": "said", "assistant": "replied"}
_WEIGHTS = {"customer": "A", "assistant": "B"}
_FTS = table("review_words_fts", column("rowid"))


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
    asked_for = matches.bindparams(asked=fts_query(terms_of(asked), _SIDES.get(who, "")))
    return found.where(_of_words("conversation_id").in_(conversation_ids), asked_for)


def _of_words(name: str) -> Any:
    return literal_column(f"review_words.{name}")


def _sqlite(terms: tuple[Term, ...], who: str) -> Any:
    rows = select(review_words.c.id, review_words.c.conversation_id)
    joined = rows.select_from(_FTS.join(review_words, review_words.c.id == literal_column("review_words_fts.rowid")))
    return joined.where(text("review_words_fts MATCH :asked").bindparams(asked=fts_query(terms, _SIDES.get(who, ""))))


def _postgresql(terms: tuple[Term, ...], who: str) -> Any:
    asked = func.to_tsquery(literal_column("'english'"), bindparam("asked", ts_query(terms, _WEIGHTS.get(who, ""))))
    rows = select(review_words.c.id, review_words.c.conversation_id)
    return rows.where(literal_column("review_words.words").op("@@")(asked))
