"""Access: users, sessions, failed sign-ins, keepers, audit log, tokens, webhooks and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Name = sa.String(255)
Time = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    _people()
    _customers()
    _audit()
    _integrations()
    _after()


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_closing_answers_created_at", table_name="closing_answers")
    op.drop_index("ix_assets_source_created_at", table_name="assets")
    op.drop_index("ix_check_ins_answered_at_due", table_name="check_ins")
    op.drop_table("self_checks")
    op.drop_table("summaries")
    tables = ("deliveries", "webhooks", "api_tokens", "audit_log", "keepers", "sign_in_failures", "sessions", "users")
    for table in tables:
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", Name, nullable=False),
        sa.Column("name", Name, nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("role", Name, nullable=False),
        sa.Column("team", Name, nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", Time, nullable=True),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("updated_at", Time, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", Name, nullable=False),
        sa.Column("user_id", Name, nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("last_used_at", Time, nullable=False),
        sa.Column("expires_at", Time, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("key", Name, nullable=False),
        sa.Column("since", Time, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_since"), "sign_in_failures", ["since"], unique=False)


def _customers() -> None:
    op.create_table(
        "keepers",
        sa.Column("customer_id", Name, nullable=False),
        sa.Column("user_id", Name, nullable=True),
        sa.Column("team", Name, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_keepers_customer_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_keepers_user_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_keepers")),
    )
    op.create_index(op.f("ix_keepers_user_id"), "keepers", ["user_id"], unique=False)
    op.create_index(op.f("ix_keepers_team"), "keepers", ["team"], unique=False)


def _audit() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", RowId, nullable=False),
        sa.Column("at", Time, nullable=False),
        sa.Column("user_id", Name, nullable=False),
        sa.Column("user_name", Name, nullable=False),
        sa.Column("action", Name, nullable=False),
        sa.Column("kind", Name, nullable=False),
        sa.Column("subject", Name, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_log_user_id_id", "audit_log", ["user_id", "id"], unique=False)
    op.create_index("ix_audit_log_kind_subject_id", "audit_log", ["kind", "subject", "id"], unique=False)
    op.create_index("ix_audit_log_action_id", "audit_log", ["action", "id"], unique=False)


def _integrations() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("start", Name, nullable=False),
        sa.Column("hash", Name, nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_by", Name, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("expires_at", Time, nullable=True),
        sa.Column("last_used_at", Time, nullable=True),
        sa.Column("revoked_at", Time, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_tokens_hash")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "webhooks",
        sa.Column("id", RowId, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("salt", Name, nullable=False),
        sa.Column("made_by", Name, nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("removed_at", Time, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", Name, nullable=True),
        sa.Column("webhook_id", RowId, nullable=False),
        sa.Column("event", Name, nullable=False),
        sa.Column("event_key", Name, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", Name, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Time, nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", Time, nullable=False),
        sa.Column("delivered_at", Time, nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_deliveries_conversation_id")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_deliveries_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("webhook_id", "event_key", name=op.f("uq_deliveries_webhook_id_event_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_conversation_id"), "deliveries", ["conversation_id"], unique=False)
    op.create_index("ix_deliveries_state_next_at", "deliveries", ["state", "next_at"], unique=False)
    op.create_index("ix_deliveries_webhook_id_id", "deliveries", ["webhook_id", "id"], unique=False)


def _after() -> None:
    op.create_table(
        "summaries",
        sa.Column("conversation_id", Name, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("written_by", Name, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", Time, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_summaries_conversation_id")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_summaries")),
    )
    op.create_table(
        "self_checks",
        sa.Column("conversation_id", Name, nullable=False),
        sa.Column("user_id", Name, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("updated_at", Time, nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_self_checks_conversation_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_self_checks_user_id")),
        sa.PrimaryKeyConstraint("conversation_id", "user_id", name=op.f("pk_self_checks")),
    )
    op.create_index("ix_check_ins_answered_at_due", "check_ins", ["answered_at", "due"], unique=False)
    op.create_index("ix_assets_source_created_at", "assets", ["source", "created_at"], unique=False)
    op.create_index("ix_closing_answers_created_at", "closing_answers", ["created_at"], unique=False)
