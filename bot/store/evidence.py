"""Outcome evidence that a person set aside: the counts that are not to teach, until they are taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.store.ledger import Clock
from bot.store.records import UNSTORED
from bot.store.rows import record_of, upsert, values_of
from bot.store.teaching_tables import evidence_aside


@dataclass(frozen=True, kw_only=True)
class Aside:
    """How many outcomes of a remedy for a cause were set aside, by whom and why. Later outcomes count again."""

    catalogue_id: str
    remedy_id: str
    cause_id: str = ""
    worked: int = 0
    failed: int = 0
    by: str = ""
    why: str = ""
    created_at: datetime = UNSTORED


class EvidenceAside:
    """What is set aside, by remedy and cause."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def put(self, aside: Aside) -> Aside:
        """Set counts aside; what was set aside of the same remedy and cause before is replaced."""
        made = replace(aside, created_at=self._clock())
        values = values_of(made)
        key = ("catalogue_id", "remedy_id", "cause_id")
        newer = {name: value for name, value in values.items() if name not in key}
        self._session.execute(
            upsert(self._session, evidence_aside).values(**values).on_conflict_do_update(index_elements=list(key), set_=newer)
        )
        return made

    def take_back(self, catalogue_id: str, remedy_id: str, cause_id: str) -> bool:
        """Let the counts teach again; says whether any were set aside."""
        mine = delete(evidence_aside).where(
            evidence_aside.c.catalogue_id == catalogue_id,
            evidence_aside.c.remedy_id == remedy_id,
            evidence_aside.c.cause_id == cause_id,
        )
        return bool(self._session.execute(mine).rowcount)

    def of_catalogue(self, catalogue_id: str) -> tuple[Aside, ...]:
        """Everything set aside of a catalogue."""
        mine = select(evidence_aside).where(evidence_aside.c.catalogue_id == catalogue_id)
        found = self._session.execute(mine.order_by(evidence_aside.c.remedy_id, evidence_aside.c.cause_id))
        return tuple(record_of(Aside, row) for row in found)
