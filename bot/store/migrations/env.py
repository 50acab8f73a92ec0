"""Alembic's way in: runs migrations on the connection it is given, or on the database of the settings."""

from __future__ import annotations

from typing import Any

from alembic import context

from bot.store.engine import make_engine
from bot.store.migrate import is_ours
from bot.store.tables import metadata


def _run(connection: Any) -> None:
    # SQLite can undo changes of tables; Alembic must not commit them one by one
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        transactional_ddl=True,
        include_name=is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()


def _run_from_settings() -> None:
    from bot.settings import load_settings  # only a developer at the command line comes here

    with make_engine(load_settings().database_url).connect() as connection, connection.begin():
        _run(connection)


if context.config.attributes.get("connection") is not None:
    _run(context.config.attributes["connection"])
else:
    _run_from_settings()
