"""Scores, what the company learns, and experiments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "score_rubrics",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_score_rubrics")),
    )
    op.create_table(
        "scores",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("catalogue_id", sa.String(255), nullable=False),
        sa.Column("channel", sa.String(255), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=True),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_scores_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scores")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_scores_conversation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scores_channel_total", "scores", ["simulated", "channel", "total", "id"], unique=False)
    op.create_index("ix_scores_total", "scores", ["simulated", "total", "id"], unique=False)
    op.create_table(
        "score_judgements",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("reviewer", sa.String(255), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("total", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_score_judgements_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_judgements")),
        sa.UniqueConstraint("conversation_id", "reviewer", name=op.f("uq_score_judgements_conversation_id_reviewer")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_score_judgements_rubric_version", "score_judgements", ["rubric_version", "conversation_id"], unique=False)
    op.create_table(
        "score_resolutions",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("total", sa.Float(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_score_resolutions_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_resolutions")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_score_resolutions_conversation_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "score_queues",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_queues")),
        sa.UniqueConstraint("name", name=op.f("uq_score_queues_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "score_tasks",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("queue_id", RowId, nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("reviewer", sa.String(255), nullable=False),
        sa.Column("state", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_score_tasks_conversation_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["score_queues.id"], name=op.f("fk_score_tasks_queue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_tasks")),
        sa.UniqueConstraint("conversation_id", "queue_id", "second", name=op.f("uq_score_tasks_conversation_id_queue_id_second")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_score_tasks_queue_id", "score_tasks", ["queue_id", "state", "id"], unique=False)
    op.create_index("ix_score_tasks_reviewer", "score_tasks", ["reviewer", "state", "id"], unique=False)
    op.create_table(
        "coaching_notes",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("rep", sa.String(255), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_coaching_notes_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_coaching_notes_conversation_id", "coaching_notes", ["conversation_id"], unique=False)
    op.create_index("ix_coaching_notes_rep", "coaching_notes", ["rep", "id"], unique=False)
    op.create_table(
        "to_learn",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_to_learn_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_to_learn")),
        sa.UniqueConstraint("conversation_id", name=op.f("uq_to_learn_conversation_id")),
    )
    op.create_index("ix_to_learn_since", "to_learn", ["since", "id"], unique=False)
    op.create_table(
        "learned_until",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_until")),
    )
    op.create_table(
        "learned",
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("catalogue_id", sa.String(255), nullable=False),
        sa.Column("topic", sa.String(255), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("other", sa.String(255), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("simulated", "catalogue_id", "topic", "month", "name", "other", name=op.f("pk_learned")),
    )
    op.create_table(
        "experiments",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("arms", sa.JSON(), nullable=False),
        sa.Column("measure", sa.String(255), nullable=False),
        sa.Column("state", sa.String(255), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("tally", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiments")),
    )
    op.create_index("ix_experiments_state", "experiments", ["state"], unique=False)
    op.create_table(
        "experiment_arms",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("experiment_id", sa.String(255), nullable=False),
        sa.Column("arm", sa.String(255), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_experiment_arms_conversation_id")),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiments.id"], name=op.f("fk_experiment_arms_experiment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment_arms")),
        sa.UniqueConstraint("conversation_id", "experiment_id", name=op.f("uq_experiment_arms_conversation_id_experiment_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_experiment_arms_experiment_id", "experiment_arms", ["experiment_id", "arm", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_experiment_arms_experiment_id", table_name="experiment_arms")
    op.drop_table("experiment_arms")
    op.drop_index("ix_experiments_state", table_name="experiments")
    op.drop_table("experiments")
    op.drop_table("learned")
    op.drop_table("learned_until")
    op.drop_index("ix_to_learn_since", table_name="to_learn")
    op.drop_table("to_learn")
    op.drop_index("ix_coaching_notes_conversation_id", table_name="coaching_notes")
    op.drop_index("ix_coaching_notes_rep", table_name="coaching_notes")
    op.drop_table("coaching_notes")
    op.drop_index("ix_score_tasks_queue_id", table_name="score_tasks")
    op.drop_index("ix_score_tasks_reviewer", table_name="score_tasks")
    op.drop_table("score_tasks")
    op.drop_table("score_queues")
    op.drop_table("score_resolutions")
    op.drop_index("ix_score_judgements_rubric_version", table_name="score_judgements")
    op.drop_table("score_judgements")
    op.drop_index("ix_scores_channel_total", table_name="scores")
    op.drop_index("ix_scores_total", table_name="scores")
    op.drop_table("scores")
    op.drop_table("score_rubrics")
