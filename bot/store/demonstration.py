"""Demonstration records: kept under names of their own, so that no real figure counts them, and removed in one go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import delete, func, select

from bot.store import tables
from bot.store.access_tables import keepers, sessions, users
from bot.store.after_tables import self_checks
from bot.store.follow_up import Counters, Outcomes
from bot.store.privacy import erase_conversations, erase_customer
from bot.store.score_tables import experiments, score_queues, score_tasks
from bot.store.store import Store, Work

CONVERSATIONS: Final = "demo-"
"""How the id of every simulated conversation and experiment begins, and the name of every simulated rep and trainer."""

CUSTOMERS: Final = "DEMO-"
"""How the company's number of every simulated customer begins."""

ASIDE: Final = "simulated:"
"""How the names begin under which simulated outcomes and counts are kept, apart from the real ones."""

_CHUNK = 200


class DemonstrationStore(Store):
    """A store whose counts and outcomes are the demonstration's own: the real ones, and the priors they teach, stay as they are."""

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Like `Store.begin`."""
        with super().begin() as work:
            session = work._session
            work.outcomes = _Outcomes(session, self._clock)
            work.counters = _Counters(session, self._clock)
            yield work

    def simulated(self) -> int:
        """How many simulated conversations there are."""
        with self.read() as work:
            ids = select(func.count()).select_from(tables.conversations).where(_begins(tables.conversations.c.id, CONVERSATIONS))
            return int(work._session.execute(ids).scalar_one())

    def remove_simulated(self) -> int:
        """Erase everything simulated, people and experiments too; says how many conversations there were."""
        total = 0
        while count := self._remove_some():
            total += count
        with super().begin() as work:
            session = work._session
            customers = select(tables.customers.c.id).where(_begins(tables.customers.c.external_id, CUSTOMERS))
            for customer in session.execute(customers).scalars().all():
                erase_customer(session, customer)
            _remove_staff(session)
            session.execute(delete(experiments).where(_begins(experiments.c.id, CONVERSATIONS)))
            session.execute(delete(tables.outcomes).where(_begins(tables.outcomes.c.catalogue_id, ASIDE)))
            session.execute(delete(tables.counters).where(_begins(tables.counters.c.name, ASIDE)))
            work.erased = True
        return total

    def _remove_some(self) -> int:
        with super().begin() as work:
            session = work._session
            some = select(tables.conversations.c.id).where(_begins(tables.conversations.c.id, CONVERSATIONS)).limit(_CHUNK)
            ids = session.execute(some).scalars().all()
            return erase_conversations(session, ids) if ids else 0


def _remove_staff(session: Any) -> None:
    """The simulated reps and trainers and all that hangs on them, however they were used meanwhile."""
    mine = select(users.c.id).where(_begins(users.c.name, CONVERSATIONS))
    queues = select(score_queues.c.id).where(score_queues.c.by.in_(mine))
    session.execute(delete(score_tasks).where(score_tasks.c.queue_id.in_(queues)))
    session.execute(delete(score_queues).where(score_queues.c.by.in_(mine)))
    for table in (keepers, sessions, self_checks):
        session.execute(delete(table).where(table.c.user_id.in_(mine)))
    session.execute(delete(users).where(_begins(users.c.name, CONVERSATIONS)))


class _Outcomes(Outcomes):
    def add(self, catalogue_id: str, remedy_id: str, cause_id: str, worked: bool) -> None:
        """Count one simulated outcome."""
        super().add(f"{ASIDE}{catalogue_id}", remedy_id, cause_id, worked)


class _Counters(Counters):
    def add(self, name: str, count: int = 1) -> None:
        """Add to today's count of simulated things."""
        super().add(f"{ASIDE}{name}", count)


def _begins(column: Any, prefix: str) -> Any:
    return column.startswith(prefix, autoescape=True)
