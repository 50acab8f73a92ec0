"""The first tables: customers, assets, conversations, turns and what was promised in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name=op.f("pk_counters")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("external_id", sa.String(255), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("learned_in", sa.String(255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("external_id", name=op.f("uq_customers_external_id")),
    )
    op.create_index(op.f("ix_customers_learned_in"), "customers", ["learned_in"], unique=False)
    op.create_table(
        "assets",
        sa.Column("id", RowId, nullable=False),
        sa.Column("customer_id", sa.String(255), nullable=False),
        sa.Column("business_key", sa.String(255), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("product_id", sa.String(255), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("status", sa.String(255), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("source", sa.String(255), nullable=False),
        sa.Column("learned_in", sa.String(255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_assets_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint("customer_id", "business_key", name=op.f("uq_assets_customer_id_business_key")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_assets_learned_in"), "assets", ["learned_in"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("customer_id", sa.String(255), nullable=True),
        sa.Column("channel", sa.String(255), nullable=False),
        sa.Column("face", sa.String(255), nullable=False),
        sa.Column("catalogue_id", sa.String(255), nullable=False),
        sa.Column("catalogue_version", sa.String(255), nullable=False),
        sa.Column("model_version", sa.String(255), nullable=False),
        sa.Column("consent", sa.String(255), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_conversations_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_index(op.f("ix_conversations_customer_id"), "conversations", ["customer_id"], unique=False)
    op.create_index(op.f("ix_conversations_hold_until"), "conversations", ["hold_until"], unique=False)
    op.create_index(op.f("ix_conversations_last_active_at"), "conversations", ["last_active_at"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("topic", sa.String(255), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("answer", sa.String(255), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_consents_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_consents_conversation_id", "consents", ["conversation_id"], unique=False)
    op.create_table(
        "hand_overs",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("to_whom", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(255), nullable=False),
        sa.Column("dossier", sa.JSON(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_hand_overs_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hand_overs_conversation_id", "hand_overs", ["conversation_id"], unique=False)
    op.create_index("ix_hand_overs_state", "hand_overs", ["state"], unique=False)
    op.create_table(
        "promises",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("state", sa.String(255), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("check_in_question", sa.Text(), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("remedy_id", sa.String(255), nullable=True),
        sa.Column("cause_id", sa.String(255), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_promises_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_promises_conversation_id", "promises", ["conversation_id"], unique=False)
    op.create_index("ix_promises_state_due", "promises", ["state", "due"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("vendor_id", sa.String(255), nullable=False),
        sa.Column("vendor_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("consent", sa.String(255), nullable=False),
        sa.Column("shared", sa.JSON(), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_referrals_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referrals_conversation_id", "referrals", ["conversation_id"], unique=False)
    op.create_table(
        "turns",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(255), nullable=True),
        sa.Column("user_text", sa.Text(), nullable=False),
        sa.Column("heard", sa.JSON(), nullable=False),
        sa.Column("dossier", sa.JSON(), nullable=False),
        sa.Column("move", sa.JSON(), nullable=False),
        sa.Column("message", sa.JSON(), nullable=False),
        sa.Column("intent", sa.String(255), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("elapsed_ms", sa.Float(), nullable=False),
        sa.Column("catalogue_version", sa.String(255), nullable=False),
        sa.Column("model_version", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_turns_conversation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sa.UniqueConstraint("conversation_id", "message_id", name=op.f("uq_turns_conversation_id_message_id")),
        sa.UniqueConstraint("conversation_id", "seq", name=op.f("uq_turns_conversation_id_seq")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "check_ins",
        sa.Column("id", RowId, nullable=False),
        sa.Column("conversation_id", sa.String(255), nullable=False),
        sa.Column("promise_id", RowId, nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_check_ins_conversation_id")),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name=op.f("fk_check_ins_promise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_ins")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_check_ins_conversation_id", "check_ins", ["conversation_id"], unique=False)
    op.create_index(op.f("ix_check_ins_promise_id"), "check_ins", ["promise_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_check_ins_promise_id"), table_name="check_ins")
    op.drop_index("ix_check_ins_conversation_id", table_name="check_ins")
    op.drop_table("check_ins")
    op.drop_table("turns")
    op.drop_index("ix_referrals_conversation_id", table_name="referrals")
    op.drop_table("referrals")
    op.drop_index("ix_promises_state_due", table_name="promises")
    op.drop_index("ix_promises_conversation_id", table_name="promises")
    op.drop_table("promises")
    op.drop_index("ix_hand_overs_state", table_name="hand_overs")
    op.drop_index("ix_hand_overs_conversation_id", table_name="hand_overs")
    op.drop_table("hand_overs")
    op.drop_index("ix_consents_conversation_id", table_name="consents")
    op.drop_table("consents")
    op.drop_index(op.f("ix_conversations_last_active_at"), table_name="conversations")
    op.drop_index(op.f("ix_conversations_hold_until"), table_name="conversations")
    op.drop_index(op.f("ix_conversations_customer_id"), table_name="conversations")
    op.drop_table("conversations")
    op.drop_index(op.f("ix_assets_learned_in"), table_name="assets")
    op.drop_table("assets")
    op.drop_index(op.f("ix_customers_learned_in"), table_name="customers")
    op.drop_table("customers")
    op.drop_table("counters")
