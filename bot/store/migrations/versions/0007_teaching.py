"""Teaching: corrections, what they propose, training runs, models, evidence set aside."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _name(name: str, nullable: bool = False) -> Any:
    return sa.Column(name, sa.String(255), nullable=nullable)


def _time(name: str, nullable: bool = False) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _of_turns()
    _of_models()
    op.create_table(
        "evidence_aside",
        *(_name(name) for name in ("catalogue_id", "remedy_id", "cause_id")),
        sa.Column("worked", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        _name("by"),
        sa.Column("why", sa.Text(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("catalogue_id", "remedy_id", "cause_id", name=op.f("pk_evidence_aside")),
    )


def downgrade() -> None:
    for table in ("evidence_aside", "promotions", "models", "training_runs", "proposals", "corrections"):
        op.drop_table(table)


def _of_turns() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", RowId, nullable=False),
        _name("conversation_id"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _name("by"),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_corrections_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("conversation_id", "seq", "number", name=op.f("uq_corrections_conversation_id_seq_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "proposals",
        sa.Column("id", RowId, nullable=False),
        _name("conversation_id"),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _name("kind"),
        _name("target"),
        sa.Column("content", sa.JSON(), nullable=False),
        _name("state"),
        _name("by"),
        _name("decided_by", nullable=True),
        _time("decided_at", nullable=True),
        _time("created_at"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_proposals_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposals_conversation_id_seq", "proposals", ["conversation_id", "seq"], unique=False)
    op.create_index("ix_proposals_state_id", "proposals", ["state", "id"], unique=False)


def _of_models() -> None:
    op.create_table(
        "training_runs",
        sa.Column("id", RowId, nullable=False),
        _name("kind"),
        _name("by"),
        _name("state"),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        _name("model", nullable=True),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("asked_to_stop", sa.Boolean(), nullable=False),
        _name("worker"),
        _time("created_at"),
        _time("beat_at"),
        _time("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_training_runs_state", "training_runs", ["state"], unique=False)
    op.create_table(
        "models",
        _name("id"),
        _name("by"),
        _name("code"),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_models")),
    )
    op.create_index("ix_models_created_at", "models", ["created_at"], unique=False)
    op.create_table(
        "promotions",
        sa.Column("id", RowId, nullable=False),
        *(_name(name) for name in ("model", "before", "by")),
        sa.Column("why", sa.Text(), nullable=False),
        _time("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
        sqlite_autoincrement=True,
    )
