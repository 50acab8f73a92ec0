"""What was learned: expectations, feedback, outcomes and closing answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outcomes",
        sa.Column("catalogue_id", sa.String(255), nullable=False),
        sa.Column("remedy_id", sa.String(255), nullable=False),
        sa.Column("cause_id", sa.String(255), nullable=False),
        sa.Column("worked", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("catalogue_id", "remedy_id", "cause_id", name=op.f("pk_outcomes")),
    )
    op.create_table(
        "closing_answers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_closing_answers_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_answers")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_closing_answers_conversation_id", "closing_answers", ["conversation_id"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_feedback_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_conversation_id", "feedback", ["conversation_id"], unique=False)
    op.create_table(
        "expectations",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("promise_id", RowId, nullable=True),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("state", sa.String(255), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_expectations_conversation_id")),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name=op.f("fk_expectations_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expectations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_expectations_conversation_id", "expectations", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_expectations_promise_id"), "expectations", ["promise_id"], unique=False)
    op.create_index("ix_expectations_state", "expectations", ["state"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_expectations_state", table_name="expectations")
    op.drop_index(op.f("ix_expectations_promise_id"), table_name="expectations")
    op.drop_index("ix_expectations_conversation_id", table_name="expectations")
    op.drop_table("expectations")
    op.drop_index("ix_feedback_conversation_id", table_name="feedback")
    op.drop_table("feedback")
    op.drop_index("ix_closing_answers_conversation_id", table_name="closing_answers")
    op.drop_table("closing_answers")
    op.drop_table("outcomes")
