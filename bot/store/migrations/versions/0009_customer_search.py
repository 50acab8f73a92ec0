"""Customers are found by the words of their name, organisation and number, from an index."""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PIECE = 5000


def upgrade() -> None:
    words = op.create_table(
        "customer_words",
        sa.Column("id", RowId, nullable=False),
        sa.Column("customer_id", sa.String(255), nullable=False),
        sa.Column("spelt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_words_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_words")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_customer_words_customer_id")),
        sqlite_autoincrement=True,
    )
    for statement in _SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
    _fill(words)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE customer_words_fts")
    op.drop_table("customer_words")


def _fill(words: sa.Table) -> None:
    known = (sa.column(name) for name in ("id", "external_id", "name", "organisation"))
    customers, last = sa.table("customers", *known), ""
    listed = sa.select(customers).order_by(customers.c.id).limit(PIECE)
    while rows := op.get_bind().execute(listed.where(customers.c.id > last)).all():
        spelt = [{"customer_id": row.id, "spelt": _spelt(row.name, row.organisation, row.external_id or "")} for row in rows]
        op.bulk_insert(words, spelt)
        last = rows[-1].id


def _spelt(name: str, organisation: str, number: str) -> str:
    """As `bot.store.customer_search.spelt` stood when this was written."""
    parts = _words(number)
    joined = ["".join(parts)] if len(parts) > 1 else []
    return " ".join((*_words(name), *_words(organisation), *parts, *joined))


def _words(text: str) -> list[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", plain.casefold())


_FTS = "INSERT INTO customer_words_fts(customer_words_fts, rowid, spelt) VALUES ('delete', old.id, old.spelt)"
_SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE customer_words_fts USING fts5(spelt, content='customer_words', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')",
        "CREATE TRIGGER customer_words_added AFTER INSERT ON customer_words BEGIN "
        "INSERT INTO customer_words_fts(rowid, spelt) VALUES (new.id, new.spelt); END",
        f"CREATE TRIGGER customer_words_removed AFTER DELETE ON customer_words BEGIN {_FTS}; END",
    ),
    "postgresql": (
        "ALTER TABLE customer_words ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', spelt)) STORED",
        "CREATE INDEX ix_customer_words_words ON customer_words USING gin (words)",
    ),
}
