"""Finding a customer while their name is being typed: the words of name, organisation and number, in an index of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, column, delete, func, insert, literal_column, select, table, text

from bot.store.access import Sight, seen
from bot.store.masking import plain_letters
from bot.store.records import Customer
from bot.store.search import fts_query, terms_of, ts_query, words_of
from bot.store.tables import customer_words

MOST_WEIGHED = 500
"""How many customers that match are put in order; words that find more are too few to choose by."""

SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE customer_words_fts USING fts5(spelt, content='customer_words', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')",
    "CREATE TRIGGER customer_words_added AFTER INSERT ON customer_words BEGIN "
    "INSERT INTO customer_words_fts(rowid, spelt) VALUES (new.id, new.spelt); END",
    "CREATE TRIGGER customer_words_removed AFTER DELETE ON customer_words BEGIN "
    "INSERT INTO customer_words_fts(customer_words_fts, rowid, spelt) VALUES ('delete', old.id, old.spelt); END",
)
"""What makes the index for a store in memory, which has no migrations; those of a file say the same (0009)."""

_FTS = table("customer_words_fts", column("rowid"))


def write_words(session: Any, customer: Customer) -> None:
    """Let a customer be found by what is known of them now."""
    session.execute(delete(customer_words).where(customer_words.c.customer_id == customer.id))
    session.execute(insert(customer_words), {"customer_id": customer.id, "spelt": spelt(customer)})


def spelt(customer: Customer) -> str:
    """The words a customer is found by, small and without accents; a number such as C-10 also as it is said, c10."""
    number = words_of(customer.external_id or "")
    joined = ["".join(number)] if len(number) > 1 else []
    return " ".join((*words_of(customer.name), *words_of(customer.organisation), *number, *joined))


def found(session: Any, asked: str, sight: Sight | None = None) -> Any:
    """A select of the `customer_id` of some customers in sight of which every word asked for begins one of their words.

    None when no word is asked for.
    """
    terms = tuple(replace(term, begins=True) for term in terms_of(plain_letters(asked).casefold()))
    if not any(term.wanted for term in terms):
        return None
    matches = _postgresql(ts_query(terms)) if session.get_bind().dialect.name == "postgresql" else _sqlite(fts_query(terms))
    in_sight = matches if sight is None else matches.where(seen(sight, customer_words.c.customer_id))
    return in_sight.limit(MOST_WEIGHED)


def _sqlite(asked: str) -> Any:
    joined = _FTS.join(customer_words, customer_words.c.id == literal_column("customer_words_fts.rowid"))
    rows = select(customer_words.c.customer_id).select_from(joined)
    return rows.where(text("customer_words_fts MATCH :asked").bindparams(asked=asked))


def _postgresql(asked: str) -> Any:
    query = func.to_tsquery(literal_column("'simple'"), bindparam("asked", asked))
    return select(customer_words.c.customer_id).where(literal_column("customer_words.words").op("@@")(query))
