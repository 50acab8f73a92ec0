"""Alembic migrations. To write the next one, see `alembic.ini` in this folder."""
