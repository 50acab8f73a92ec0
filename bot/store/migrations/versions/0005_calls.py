"""Calls: the discovery calls of reps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("rep", sa.String(255), nullable=False),
        sa.Column("from_chat", sa.String(255), nullable=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("opening", sa.JSON(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_calls_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_from_chat", "calls", ["from_chat"], unique=False)
    op.create_index("ix_calls_rep_created_at", "calls", ["rep", "created_at", "conversation_id"], unique=False)
    op.create_table(
        "call_actions",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(255), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_call_actions_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_actions")),
        sa.UniqueConstraint("conversation_id", "message_id", name=op.f("uq_call_actions_conversation_id_message_id")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_call_actions_conversation_id_seq")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("call_actions")
    op.drop_index("ix_calls_rep_created_at", table_name="calls")
    op.drop_index("ix_calls_from_chat", table_name="calls")
    op.drop_table("calls")
