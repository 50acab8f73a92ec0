"""The review room: flags, tags, saved views, what lists and searches need."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTED = ("face", "channel", "catalogue_id", "model_version", "outcome", "rung", "stage", "review_state", "reviewer", "customer_id")
TRAITS = ("did_you_mean", "interrupted", "corrected", "negative", "handed_over", "near_risk", "broken", "flagged", "failed")


def upgrade() -> None:
    _make_index()
    _make_notes()
    op.create_table(
        "review_words",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("replied", sa.Text(), nullable=False),
        *_of_conversation("review_words"),
    )
    op.create_index("ix_review_words_conversation_id", "review_words", ["conversation_id", "id"])
    for statement in _SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE review_words_fts")
    for table in ("review_views", "review_reveals", "review_flags", "review_tags", "review_words", "review_marks", "review_index"):
        op.drop_table(table)


def _make_index() -> None:
    op.create_table(
        "review_index",
        sa.Column("id", RowId, nullable=False),
        _name("conversation_id"),
        *(_name(name) for name in ("face", "channel", "catalogue_id", "model_version")),
        sa.Column("customer_id", sa.String(255), nullable=True),
        _yes_no("hidden"),
        *(_name(name) for name in ("outcome", "rung", "stage", "problem", "need")),
        sa.Column("opening", sa.Text(), nullable=False),
        _yes_no("need_found"),
        sa.Column("confidence", sa.Float(), nullable=False),
        *(_yes_no(name) for name in TRAITS),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        _time("started_at"),
        _time("last_active_at"),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("shuffle", sa.Float(), nullable=False),
        _name("review_state"),
        _name("reviewer"),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        *_of_conversation("review_index"),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_review_index_conversation_id")),
        sqlite_autoincrement=True,
    )
    for name, columns in {"newest": ["last_active_at"], **{one: [one, "last_active_at"] for one in LISTED}}.items():
        op.create_index(f"ix_review_index_{name}", "review_index", [*columns, "id"])
    for name in TRAITS:
        yes = {"sqlite_where": sa.text(f"{name} = 1"), "postgresql_where": sa.text(name)}
        op.create_index(f"ix_review_index_{name}", "review_index", ["last_active_at", "id"], **yes)
    for name in ("confidence", "shuffle", "turns", "seconds"):
        op.create_index(f"ix_review_index_{name}", "review_index", [name, "id"])


def _make_notes() -> None:
    _make("review_marks", _name("mark"), unique="mark")
    op.create_index("ix_review_marks_mark", "review_marks", ["mark", "conversation_id"])
    _make("review_tags", _name("tag"), _name("by"), _time("created_at"), unique="tag")
    op.create_index("ix_review_tags_tag", "review_tags", ["tag", "conversation_id"])
    note = sa.Column("note", sa.Text(), nullable=False)
    _make("review_flags", sa.Column("seq", sa.Integer(), nullable=False), note, _name("by"), _time("created_at"), unique="seq")
    _make("review_reveals", _name("by"), sa.Column("reason", sa.Text(), nullable=False), _time("created_at"))
    op.create_index("ix_review_reveals_conversation_id", "review_reveals", ["conversation_id", "by", "created_at"])
    op.create_table(
        "review_views",
        sa.Column("id", RowId, nullable=False),
        _name("name"),
        _name("by"),
        sa.Column("query", sa.Text(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_views")),
        sa.UniqueConstraint("by", "name", name=op.f("uq_review_views_by_name")),
        sqlite_autoincrement=True,
    )


def _make(table: str, *columns: sa.Column, unique: str = "") -> None:
    once = [sa.UniqueConstraint("conversation_id", unique, name=op.f(f"uq_{table}_conversation_id_{unique}"))] if unique else []
    id = sa.Column("id", RowId, nullable=False)
    op.create_table(table, id, _name("conversation_id"), *columns, *_of_conversation(table), *once, sqlite_autoincrement=True)


def _of_conversation(table: str) -> tuple[sa.Constraint, ...]:
    foreign = sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f(f"fk_{table}_conversation_id"))
    return foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))


def _name(name: str) -> sa.Column:
    return sa.Column(name, sa.String(255), nullable=False)


def _yes_no(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _time(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


_SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE review_words_fts USING fts5(said, replied, content='review_words', content_rowid='id', "
        "tokenize='porter unicode61 remove_diacritics 2')",
        "CREATE TRIGGER review_words_added AFTER INSERT ON review_words BEGIN "
        "INSERT INTO review_words_fts(rowid, said, replied) VALUES (new.id, new.said, new.replied); END",
        "CREATE TRIGGER review_words_removed AFTER DELETE ON review_words BEGIN "
        "INSERT INTO review_words_fts(review_words_fts, rowid, said, replied) "
        "VALUES ('delete', old.id, old.said, old.replied); END",
    ),
    "postgresql": (
        "ALTER TABLE review_words ADD COLUMN words tsvector GENERATED ALWAYS AS "
        "(setweight(to_tsvector('english', said), 'A') || setweight(to_tsvector('english', replied), 'B')) STORED",
        "CREATE INDEX ix_review_words_words ON review_words USING gin (words)",
    ),
}
