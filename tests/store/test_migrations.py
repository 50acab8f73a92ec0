"""Migrations: from nothing and from older revisions to today's tables, all or nothing."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from bot.store import Store, StoreUnavailable, Work, current_revision, head_revision, make_engine, open_store, tables, upgrade
from bot.store.migrate import _alone, _config, is_ours
from bot.store.records import Customer
from bot.store.rows import values_of
from bot.store.tables import metadata

NEW_YEAR = datetime(2025, 1, 1, tzinfo=timezone.utc)


def test_migrations_make_the_tables_the_program_uses(empty_url: str) -> None:
    """From nothing, the migrations make exactly what `tables.py` says: same columns, types, keys and indexes."""
    engine = make_engine(empty_url)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_ours})
        assert compare_metadata(context, metadata) == []
        assert _tables(connection) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_an_older_database_is_brought_up_to_date_with_what_is_in_it(empty_url: str) -> None:
    """A conversation stored by the first version is still there, and usable, after the update."""
    engine = make_engine(empty_url)
    upgrade(engine, "0001")
    assert current_revision(engine) == "0001"
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO conversations VALUES ('old', NULL, 'rest', 'customer', 'laundry', 'v', 'm', 'given', "
                "'{\"need\": 1}', :now, :now, NULL, 0, 1)"
            ),
            {"now": NEW_YEAR},
        )
    upgrade(engine)
    assert current_revision(engine) == head_revision()
    with Store(engine).read() as work:
        assert work.conversations.require("old").state == {"need": 1}
        assert work.expectations.of_conversation("old") == ()
    engine.dispose()


def test_customers_stored_before_there_was_a_search_are_found(empty_url: str) -> None:
    """The migration writes for those who are there what the store writes for those who come."""
    engine = make_engine(empty_url)
    upgrade(engine, "0008")
    known = Customer(id="old", external_id="C-10", name="Zoë", organisation="Straße & Söhne", created_at=NEW_YEAR)
    with engine.begin() as connection:
        values = {"learned_in": None, "region": "", "contact": "", "is_test": False}
        connection.execute(tables.customers.insert(), {**values_of(known), **values})
    upgrade(engine)
    store = Store(engine)
    with store.begin() as work:
        assert [each.id for each in work.customers.search("zoe strasse c10")] == ["old"]
        before = _spelt(work)
        work.customers.save(known)
        assert _spelt(work) == before
    engine.dispose()


def test_upgrading_twice_changes_nothing(empty_url: str) -> None:
    """Starting again costs a look at the revision and changes nothing."""
    for _ in range(2):
        open_store(empty_url).close()
    engine = make_engine(empty_url)
    assert current_revision(engine) == head_revision()
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(engine: Any) -> None:
    """An older program says that the database is newer than itself, and does not touch it."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreUnavailable, match="newer version") as caught:
            upgrade(engine)
        assert caught.value.reason == "newer"
        assert current_revision(engine) == "9999"
    finally:
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head_revision()})


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty_url: str) -> None:
    """A table in the way stops the update with nothing half done."""
    engine = make_engine(empty_url)
    upgrade(engine, "0001")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE expectations (something INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        upgrade(engine)
    assert current_revision(engine) == "0001"
    with engine.connect() as connection:
        assert "outcomes" not in inspect(connection).get_table_names()
    engine.dispose()


def test_migrations_can_be_undone(empty_url: str) -> None:
    """Each migration knows its way back."""
    engine = make_engine(empty_url)
    upgrade(engine)
    with _alone(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    with engine.connect() as connection:
        assert _tables(connection) == {"alembic_version"}
    engine.dispose()


def _tables(connection: Any) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if is_ours(name, "table", None)}


def _spelt(work: Work) -> list[str]:
    return list(work._session.execute(select(tables.customer_words.c.spelt)).scalars())
