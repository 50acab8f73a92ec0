"""The tables of access and integrations: users, sessions, who keeps which customer, the audit log, tokens, webhooks."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from bot.store.columns import Json, Name, PlainText, RowId, UtcTime
from bot.store.tables import metadata

users = Table(
    "users",
    metadata,
    Column("id", Name, primary_key=True),
    Column("name", Name, nullable=False, unique=True),
    Column("full_name", PlainText, nullable=False),
    Column("role", Name, nullable=False),
    Column("team", Name, nullable=False),
    Column("password_hash", PlainText, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("disabled_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Name, primary_key=True),
    Column("user_id", Name, ForeignKey("users.id"), nullable=False, index=True),
    Column("device", PlainText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_used_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", Name, primary_key=True),
    Column("since", UtcTime, nullable=False, index=True),
    Column("count", Integer, nullable=False),
)

keepers = Table(
    "keepers",
    metadata,
    Column("customer_id", Name, ForeignKey("customers.id"), primary_key=True),
    Column("user_id", Name, ForeignKey("users.id"), index=True),
    Column("team", Name, nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("user_id", Name, nullable=False),
    Column("user_name", Name, nullable=False),
    Column("action", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("subject", Name, nullable=False),
    Column("detail", PlainText, nullable=False),
    Index("ix_audit_log_user_id_id", "user_id", "id"),
    Index("ix_audit_log_kind_subject_id", "kind", "subject", "id"),
    Index("ix_audit_log_action_id", "action", "id"),
    sqlite_autoincrement=True,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", PlainText, nullable=False),
    Column("start", Name, nullable=False),
    Column("hash", Name, nullable=False, unique=True),
    Column("scopes", Json, nullable=False),
    Column("made_by", Name, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("last_used_at", UtcTime),
    Column("revoked_at", UtcTime),
    sqlite_autoincrement=True,
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("url", PlainText, nullable=False),
    Column("events", Json, nullable=False),
    Column("salt", Name, nullable=False),
    Column("made_by", Name, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime),
    sqlite_autoincrement=True,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("conversation_id", Name, ForeignKey("conversations.id"), index=True),
    Column("webhook_id", RowId, ForeignKey("webhooks.id"), nullable=False),
    Column("event", Name, nullable=False),
    Column("event_key", Name, nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", Name, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("last_status", Integer),
    Column("last_error", PlainText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    UniqueConstraint("webhook_id", "event_key"),
    Index("ix_deliveries_state_next_at", "state", "next_at"),
    Index("ix_deliveries_webhook_id_id", "webhook_id", "id"),
    sqlite_autoincrement=True,
)
