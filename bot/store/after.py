"""What a rep writes after a conversation: the summary for the customer, a note for colleagues, a self-check for nobody else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.store.access import User
from bot.store.after_tables import self_checks, summaries
from bot.store.errors import Conflict
from bot.store.ledger import Clock
from bot.store.records import UNSTORED, Json
from bot.store.rows import record_of, upsert, values_of


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The summary of a conversation for its customer (`text`, empty while nobody edited it) and the internal `note`."""

    conversation_id: str
    text: str = ""
    note: str = ""
    written_by: str = ""
    revision: int = 0
    updated_at: datetime = UNSTORED


class Summaries:
    """Summaries and notes, one of each for a conversation."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def of(self, conversation_id: str) -> Summary:
        """What was written about the conversation; empty at first."""
        row = self._session.execute(select(summaries).where(summaries.c.conversation_id == conversation_id)).first()
        return Summary(conversation_id=conversation_id) if row is None else record_of(Summary, row)

    def save(self, summary: Summary) -> Summary:
        """Store what was written over the revision it was begun from. Raises `Conflict` when somebody else wrote meanwhile."""
        if self.of(summary.conversation_id).revision != summary.revision:
            raise Conflict("Somebody else changed this summary meanwhile.")
        fresh = replace(summary, revision=summary.revision + 1, updated_at=self._clock())
        if summary.revision == 0:
            self._session.execute(insert(summaries), values_of(fresh))
            return fresh
        mine = (summaries.c.conversation_id == fresh.conversation_id, summaries.c.revision == summary.revision)
        changed = self._session.execute(update(summaries).where(*mine).values(values_of(fresh, "conversation_id")))
        if changed.rowcount == 0:
            raise Conflict("Somebody else changed this summary meanwhile.")
        return fresh


class SelfChecks:
    """A rep's answers to the self-check, by conversation; nobody else ever reads them."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def of(self, conversation_id: str, user: User) -> Json:
        """The user's own answers; none at first."""
        mine = (self_checks.c.conversation_id == conversation_id, self_checks.c.user_id == user.id)
        found: Json | None = self._session.execute(select(self_checks.c.answers).where(*mine)).scalar()
        return found or {}

    def save(self, conversation_id: str, user: User, answers: Json) -> None:
        """Keep the user's answers."""
        row = {"conversation_id": conversation_id, "user_id": user.id, "answers": answers, "updated_at": self._clock()}
        changed = {"answers": answers, "updated_at": row["updated_at"]}
        insertion = upsert(self._session, self_checks).values(row)
        self._session.execute(insertion.on_conflict_do_update(index_elements=["conversation_id", "user_id"], set_=changed))
