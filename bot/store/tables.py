"""The tables. A change here needs a migration in `migrations/versions`; a test compares the two."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, MetaData, Table, UniqueConstraint

from bot.store.columns import Json, Name, PlainText, RowId, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str) -> Any:
    return Column(name, PlainText, nullable=False)


def _name(name: str) -> Any:
    return Column(name, Name, nullable=False)


def _json(name: str) -> Any:
    return Column(name, Json, nullable=False)


def _time(name: str) -> Any:
    return Column(name, UtcTime, nullable=False)


customers = Table(
    "customers",
    metadata,
    Column("id", Name, primary_key=True),
    Column("external_id", Name, unique=True),
    _text("name"),
    _text("organisation"),
    _text("region"),
    _text("contact"),
    Column("is_test", Boolean, nullable=False),
    Column("learned_in", Name, index=True),
    _time("created_at"),
)

customer_words = Table(
    "customer_words",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("customer_id", Name, ForeignKey("customers.id"), nullable=False, unique=True),
    _text("spelt"),
    sqlite_autoincrement=True,
)
"""What a customer is found by. The index over its words is made by the migration: see there."""

assets = Table(
    "assets",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("customer_id", Name, ForeignKey("customers.id"), nullable=False),
    _name("business_key"),
    _text("model"),
    Column("product_id", Name),
    Column("quantity", Integer, nullable=False),
    _text("serial"),
    Column("bought_on", Date),
    _text("version"),
    _text("location"),
    _name("status"),
    _text("notes"),
    _name("source"),
    Column("learned_in", Name, index=True),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("customer_id", "business_key"),
    Index("ix_assets_source_created_at", "source", "created_at"),
    sqlite_autoincrement=True,
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Name, primary_key=True),
    Column("customer_id", Name, ForeignKey("customers.id"), index=True),
    _name("channel"),
    _name("face"),
    _name("catalogue_id"),
    _name("catalogue_version"),
    _name("model_version"),
    _name("consent"),
    _json("state"),
    _time("started_at"),
    Column("last_active_at", UtcTime, nullable=False, index=True),
    Column("hold_until", UtcTime, index=True),
    Column("last_seq", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
)


def _entries(table: str, *columns: Any) -> Any:
    """A table whose rows belong to one conversation and are erased with it; row numbers are never used again."""
    return Table(
        table,
        metadata,
        Column("id", RowId, primary_key=True),
        Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False),
        *columns,
        _time("created_at"),
        sqlite_autoincrement=True,
    )


def _indexed_entries(table: str, *columns: Any) -> Any:
    return _entries(table, *columns, Index(f"ix_{table}_conversation_id", "conversation_id"))


turns = _entries(
    "turns",
    Column("seq", Integer, nullable=False),
    Column("message_id", Name),
    _text("user_text"),
    _json("heard"),
    _json("dossier"),
    _json("move"),
    _json("message"),
    _name("intent"),
    Column("confidence", Float, nullable=False),
    Column("elapsed_ms", Float, nullable=False),
    _name("catalogue_version"),
    _name("model_version"),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("conversation_id", "message_id"),
)

promises = _indexed_entries(
    "promises",
    _text("owner"),
    _text("what"),
    Column("due", Date),
    _name("state"),
    _text("evidence"),
    _text("check_in_question"),
    _text("concern"),
    Column("remedy_id", Name),
    Column("cause_id", Name),
    Column("settled_at", UtcTime),
    Index("ix_promises_state_due", "state", "due"),
)

check_ins = _indexed_entries(
    "check_ins",
    Column("promise_id", RowId, ForeignKey("promises.id"), index=True),
    Column("due", Date, nullable=False),
    _text("question"),
    Column("asked_at", UtcTime),
    Column("answered_at", UtcTime),
    _text("answer"),
    Column("worked", Boolean),
    Index("ix_check_ins_answered_at_due", "answered_at", "due"),
)

referrals = _indexed_entries(
    "referrals",
    _name("vendor_id"),
    _text("vendor_name"),
    _text("reason"),
    _text("concern"),
    _text("introduction"),
    _name("consent"),
    Column("shared", Json),
    Column("shared_at", UtcTime),
)

consents = _indexed_entries("consents", _name("topic"), _text("asked"), _name("answer"), _text("quote"))

hand_overs = _indexed_entries(
    "hand_overs",
    _text("to_whom"),
    _text("reason"),
    _name("state"),
    _json("dossier"),
    _text("contact"),
    Column("taken_at", UtcTime),
    Column("closed_at", UtcTime),
    Index("ix_hand_overs_state", "state"),
)

feedback = _indexed_entries(
    "feedback",
    Column("seq", Integer),
    Column("rating", Integer),
    _text("text"),
    _name("by"),
)

expectations = _indexed_entries(
    "expectations",
    Column("promise_id", RowId, ForeignKey("promises.id"), index=True),
    _text("concern"),
    _text("expected"),
    _text("received"),
    _name("state"),
    _text("resolution"),
    Index("ix_expectations_state", "state"),
)

closing_answers = _indexed_entries("closing_answers", _text("question"), _text("answer"))
Index("ix_closing_answers_created_at", closing_answers.c.created_at)

outcomes = Table(
    "outcomes",
    metadata,
    Column("catalogue_id", Name, primary_key=True),
    Column("remedy_id", Name, primary_key=True),
    Column("cause_id", Name, primary_key=True),
    Column("worked", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("day", Date, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("count", Integer, nullable=False),
)
