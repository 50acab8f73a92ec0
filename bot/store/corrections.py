"""Corrections of turns, as versions that only grow, and the changes to data and tests that they propose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from sqlalchemy import func, select

from bot.store.errors import Conflict
from bot.store.ledger import Ledger, Log
from bot.store.records import Entry, Json
from bot.store.rows import record_of
from bot.store.tables import conversations
from bot.store.teaching_tables import corrections, proposals


class ProposalState(str, Enum):
    """Waiting for a decision; accepted or refused by a person; withdrawn with the correction it came from."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class TurnCorrection(Entry):
    """One version of what a trainer says turn `seq` should have been; `number` counts from 1 within the turn.

    `content` is the whole correction, empty for none. `undoes` is the number of the version that this one takes back.
    """

    seq: int
    number: int
    by: str
    content: Json = field(default_factory=dict)
    undoes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Proposal(Entry):
    """A change that version `number` of a turn's correction asks for: what kind, to what (`target`), and its content."""

    seq: int
    number: int
    kind: str
    target: str
    content: Json = field(default_factory=dict)
    state: ProposalState = ProposalState.WAITING
    by: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None


class Corrections(Log[TurnCorrection]):
    """What trainers corrected, by turn."""

    table, kind = corrections, TurnCorrection

    def of_turn(self, conversation_id: str, seq: int) -> tuple[TurnCorrection, ...]:
        """All versions of a turn's correction, oldest first."""
        return self._where(corrections.c.conversation_id == conversation_id, corrections.c.seq == seq)

    def standing(self, conversation_id: str) -> dict[int, TurnCorrection]:
        """The version in force of every corrected turn of a conversation, by the turn's number."""
        return {one.seq: one for one in self.of_conversation(conversation_id)}

    def append(self, correction: TurnCorrection, seen: int) -> TurnCorrection:
        """Store the next version. Raises `Conflict` when `seen` is not the turn's last version: somebody else came first."""
        last = select(func.max(corrections.c.number)).where(
            corrections.c.conversation_id == correction.conversation_id, corrections.c.seq == correction.seq
        )
        if (self._session.execute(last).scalar() or 0) != seen:
            raise Conflict("Somebody else corrected this turn meanwhile. Look at their correction, then save yours again.")
        return self.add(replace(correction, number=seen + 1))


class Proposals(Ledger[Proposal]):
    """What corrections propose, and what was decided."""

    table, kind = proposals, Proposal

    def of_turn(self, conversation_id: str, seq: int) -> tuple[Proposal, ...]:
        """What was proposed from a turn, oldest first."""
        return self._where(proposals.c.conversation_id == conversation_id, proposals.c.seq == seq)

    def in_state(self, state: ProposalState, before: int = 0, limit: int | None = None) -> tuple[Proposal, ...]:
        """Proposals in a state, newest first, those older than number `before` when it is given."""
        older = [proposals.c.id < before] if before else []
        found = select(proposals).where(proposals.c.state == state.value, *older).order_by(proposals.c.id.desc()).limit(limit)
        return tuple(record_of(Proposal, row) for row in self._session.execute(found))

    def accepted(self, catalogue_id: str, kinds: Iterable[str]) -> tuple[Proposal, ...]:
        """The accepted proposals of some kinds from conversations about one catalogue ("" for any), oldest first."""
        chosen = [proposals.c.state == ProposalState.ACCEPTED.value, proposals.c.kind.in_(list(kinds))]
        if catalogue_id:
            of_catalogue = select(conversations.c.id).where(conversations.c.id == proposals.c.conversation_id)
            chosen.append(of_catalogue.where(conversations.c.catalogue_id == catalogue_id).exists())
        return self._where(*chosen)

    def counts(self) -> dict[str, int]:
        """How many proposals there are in each state."""
        rows = self._session.execute(select(proposals.c.state, func.count()).group_by(proposals.c.state))
        return {state: int(count) for state, count in rows}

    def decide(self, proposal: Proposal, state: ProposalState, by: str) -> Proposal:
        """Note a decision. Raises `NotFound` when the proposal was erased."""
        return self.save(replace(proposal, state=state, decided_by=by, decided_at=self._clock()))
