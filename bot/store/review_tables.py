"""The review room's tables: one row for each conversation to find it by, the words to search, and what reviewers noted."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from bot.store.columns import Json, Name, PlainText, RowId, UtcTime
from bot.store.tables import metadata

INTERNAL = {"internal": True}
"""Marks tables of notes about the work of reviewing: erased with a conversation, but no part of a customer's own copy."""

LISTED = ("face", "channel", "catalogue_id", "model_version", "outcome", "rung", "stage", "review_state", "reviewer", "customer_id")
"""Columns a list is filtered by; each has an index in the order of the list."""

TRAITS = (
    "did_you_mean",
    "interrupted",
    "corrected",
    "negative",
    "handed_over",
    "near_risk",
    "broken",
    "flagged",
    "failed",
)
"""Yes/no columns that are mostly no; each has an index of its yes rows, in the order of the list."""


def _yes_no(name: str) -> Column:
    return Column(name, Boolean, nullable=False)


def _name(name: str) -> Column:
    return Column(name, Name, nullable=False)


def _listed(name: str) -> Index:
    return Index(f"ix_review_index_{name}", name, "last_active_at", "id")


def _trait(name: str) -> Index:
    yes = {"sqlite": text(f"{name} = 1"), "postgresql": text(name)}
    return Index(f"ix_review_index_{name}", "last_active_at", "id", sqlite_where=yes["sqlite"], postgresql_where=yes["postgresql"])


review_index = Table(
    "review_index",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False, unique=True),
    _name("face"),
    _name("channel"),
    _name("catalogue_id"),
    _name("model_version"),
    Column("customer_id", Name),
    _yes_no("hidden"),
    _name("outcome"),
    _name("rung"),
    _name("stage"),
    _name("problem"),
    _name("need"),
    Column("opening", PlainText, nullable=False),
    _yes_no("need_found"),
    Column("confidence", Float, nullable=False),
    *(_yes_no(name) for name in TRAITS),
    Column("turns", Integer, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("last_active_at", UtcTime, nullable=False),
    Column("marks", Json, nullable=False),
    Column("shuffle", Float, nullable=False),
    _name("review_state"),
    _name("reviewer"),
    Column("reviewed_at", UtcTime),
    Index("ix_review_index_newest", "last_active_at", "id"),
    *(_listed(name) for name in LISTED),
    *(_trait(name) for name in TRAITS),
    Index("ix_review_index_confidence", "confidence", "id"),
    Index("ix_review_index_shuffle", "shuffle", "id"),
    Index("ix_review_index_turns", "turns", "id"),
    Index("ix_review_index_seconds", "seconds", "id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)

review_marks = Table(
    "review_marks",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    _name("mark"),
    UniqueConstraint("conversation_id", "mark"),
    Index("ix_review_marks_mark", "mark", "conversation_id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)

review_words = Table(
    "review_words",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    Column("said", PlainText, nullable=False),
    Column("replied", PlainText, nullable=False),
    Index("ix_review_words_conversation_id", "conversation_id", "id"),
    info=INTERNAL,
)
"""What was said in a turn (`id` is the turn's), masked. The index over its words is made by the migration: see there."""

review_tags = Table(
    "review_tags",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    _name("tag"),
    _name("by"),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("conversation_id", "tag"),
    Index("ix_review_tags_tag", "tag", "conversation_id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)

review_flags = Table(
    "review_flags",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("note", PlainText, nullable=False),
    _name("by"),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)
"""A flag on a turn, or with `seq` 0 on the whole conversation."""

review_reveals = Table(
    "review_reveals",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    _name("by"),
    Column("reason", PlainText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_review_reveals_conversation_id", "conversation_id", "by", "created_at"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)

review_views = Table(
    "review_views",
    metadata,
    Column("id", RowId, primary_key=True),
    _name("name"),
    _name("by"),
    Column("query", PlainText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("by", "name"),
    sqlite_autoincrement=True,
)
