"""A store in memory for conversations whose recording was refused: nothing of them ever reaches a disk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from bot.store import tables
from bot.store.customer_search import SQLITE_INDEX
from bot.store.engine import make_engine
from bot.store.ledger import Clock
from bot.store.privacy import erase_conversations
from bot.store.store import HOLD, Store, Work, utc_now


class EphemeralStore(Store):
    """The interface of `Store` over memory: the `limit` conversations last active, and the last `turns` turns.

    A conversation may name a customer of the real store, which is not asked for here. What is done in this store
    ends with the process, or with `purge_expired` after `hold` without activity.
    """

    keeps_refused = True

    def __init__(self, *, limit: int = 500, turns: int = 5000, hold: timedelta = HOLD, clock: Clock = utc_now) -> None:
        engine = make_engine("sqlite://")
        with engine.begin() as connection:
            tables.metadata.create_all(connection)
            for statement in SQLITE_INDEX:
                connection.exec_driver_sql(statement)
        connection = engine.raw_connection()
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.close()
        super().__init__(engine, hold=hold, clock=clock)
        self._limit, self._turns = limit, turns
        self._lock = threading.RLock()

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """One transaction at a time; the others wait."""
        with self._lock, super().begin() as work:
            yield work

    @contextmanager
    def read(self) -> Iterator[Work]:
        """One transaction at a time; the others wait."""
        with self._lock, super().read() as work:
            yield work

    def _before_commit(self, session: Any) -> None:
        newest = select(tables.conversations.c.id).order_by(tables.conversations.c.last_active_at.desc())
        oldest = session.execute(newest.offset(self._limit).limit(-1)).scalars().all()
        if oldest:
            erase_conversations(session, oldest)
        last = select(func.max(tables.turns.c.id)).scalar_subquery()
        session.execute(delete(tables.turns).where(tables.turns.c.id <= last - self._turns))
