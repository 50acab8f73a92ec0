"""The tables of teaching: corrections, what they propose, training runs, models, and evidence set aside."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, UniqueConstraint

from bot.store.columns import Json, Name, PlainText, RowId, UtcTime
from bot.store.tables import metadata

corrections = Table(
    "corrections",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("by", Name, nullable=False),
    Column("content", Json, nullable=False),
    Column("undoes", Integer),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("conversation_id", "seq", "number"),
    sqlite_autoincrement=True,
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Name, nullable=False),
    Column("target", Name, nullable=False),
    Column("content", Json, nullable=False),
    Column("state", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("decided_by", Name),
    Column("decided_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_proposals_conversation_id_seq", "conversation_id", "seq"),
    Index("ix_proposals_state_id", "state", "id"),
    sqlite_autoincrement=True,
)

training_runs = Table(
    "training_runs",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("state", Name, nullable=False),
    Column("step", PlainText, nullable=False),
    Column("share", Float, nullable=False),
    Column("told", PlainText, nullable=False),
    Column("model", Name),
    Column("results", Json, nullable=False),
    Column("asked_to_stop", Boolean, nullable=False),
    Column("worker", Name, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("beat_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index("ix_training_runs_state", "state"),
    sqlite_autoincrement=True,
)

models = Table(
    "models",
    metadata,
    Column("id", Name, primary_key=True),
    Column("by", Name, nullable=False),
    Column("code", Name, nullable=False),
    Column("data", Json, nullable=False),
    Column("scores", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_models_created_at", "created_at"),
)

promotions = Table(
    "promotions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("model", Name, nullable=False),
    Column("before", Name, nullable=False),
    Column("by", Name, nullable=False),
    Column("why", PlainText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

evidence_aside = Table(
    "evidence_aside",
    metadata,
    Column("catalogue_id", Name, primary_key=True),
    Column("remedy_id", Name, primary_key=True),
    Column("cause_id", Name, primary_key=True),
    Column("worked", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("by", Name, nullable=False),
    Column("why", PlainText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)
