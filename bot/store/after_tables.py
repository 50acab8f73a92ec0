"""The tables of what a rep writes after a conversation: the summary for the customer, the note, the self-check."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table

from bot.store.columns import Json, Name, PlainText, UtcTime
from bot.store.tables import metadata

summaries = Table(
    "summaries",
    metadata,
    Column("conversation_id", Name, ForeignKey("conversations.id"), primary_key=True),
    Column("text", PlainText, nullable=False),
    Column("note", PlainText, nullable=False),
    Column("written_by", Name, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

self_checks = Table(
    "self_checks",
    metadata,
    Column("conversation_id", Name, ForeignKey("conversations.id"), primary_key=True),
    Column("user_id", Name, ForeignKey("users.id"), primary_key=True),
    Column("answers", Json, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    info={"internal": True},  # the rep's own, no part of a customer's copy
)
