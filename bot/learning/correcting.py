"""The trainers' desk: a turn is corrected or a correction undone, and what it proposes is accepted or refused."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.advice.catalogue import Catalogue
from bot.content.said_as import PhraseRefused
from bot.learning import corrections
from bot.learning.corrections import Correction
from bot.learning.learnt import LearntFiles
from bot.learning.proposing import EXAMPLE, PHRASING, TEST, Proposed, proposed
from bot.store import NotFound, Store, Work
from bot.store.corrections import Proposal, ProposalState, TurnCorrection
from bot.store.records import Conversation, Turn

logger = logging.getLogger(__name__)

WAITING, ACCEPTED, WITHDRAWN = ProposalState.WAITING, ProposalState.ACCEPTED, ProposalState.WITHDRAWN


@dataclass(frozen=True)
class CorrectedTurn:
    """A turn, the one before it, every version of its correction, and what they proposed."""

    conversation: Conversation
    turn: Turn
    before: Turn | None
    versions: tuple[TurnCorrection, ...]
    proposals: tuple[Proposal, ...]

    @property
    def correction(self) -> Correction:
        """The correction in force; empty when there is none."""
        return corrections.stored(self.versions[-1].content) if self.versions else Correction()

    @property
    def seen(self) -> int:
        """The number of the last version, 0 for none: what a form must send back with a change."""
        return self.versions[-1].number if self.versions else 0


@dataclass(frozen=True)
class Corrector:
    """Corrections of stored turns. `changed` is called when the catalogue's files were written."""

    store: Store
    catalogue: Callable[[], Catalogue]
    files: Callable[[], LearntFiles]
    changed: Callable[[], object] = lambda: None

    def look(self, conversation_id: str, seq: int) -> CorrectedTurn:
        """A turn as it stands. Raises NotFound."""
        with self.store.read() as work:
            return _look(work, conversation_id, seq)

    def correct(self, conversation_id: str, seq: int, correction: Correction, by: str, seen: int) -> CorrectedTurn:
        """Store the correction as the turn's next version.

        Raises CorrectionInvalid, Conflict when `seen` is not the last version (look again and show it), and NotFound.
        """
        with self.store.begin() as work:
            found = _look(work, conversation_id, seq)
            corrections.check(correction, self.catalogue(), found.turn.user_text)
            self._append(work, found, correction, by, seen)
        self.sync()
        return self.look(conversation_id, seq)

    def undo(self, conversation_id: str, seq: int, by: str, seen: int) -> CorrectedTurn:
        """Take the last correction back: what stood before it stands again, with what had been accepted of it.

        Raises Conflict and NotFound; there must be a correction to undo.
        """
        with self.store.begin() as work:
            found = _look(work, conversation_id, seq)
            undone = standing(found.versions) if found.versions else 0
            if not undone:
                raise NotFound("There is no correction of this turn to undo.")
            before = earlier(found.versions, undone)
            self._append(work, found, before, by, seen, undoes=undone)
        self.sync()
        return self.look(conversation_id, seq)

    def decide(self, proposal_id: int, accept: bool, by: str) -> Proposal:
        """Accept or refuse a proposal, also one decided otherwise before.

        Raises PhraseRefused when the catalogue's file cannot take the phrase, NotFound, and InvalidRecord.
        """
        with self.store.begin() as work:
            proposal = work.proposals.get(proposal_id)
            if proposal.state is WITHDRAWN:
                raise NotFound("The correction behind this was taken back meanwhile, so there is nothing to decide.")
            if accept and proposal.state is not ACCEPTED:
                self.files().preview(proposal, ())
            state = ACCEPTED if accept else ProposalState.REFUSED
            decided = work.proposals.decide(proposal, state, by)
        try:
            self.sync()
        except PhraseRefused:
            with self.store.begin() as work:
                work.proposals.save(proposal)
            raise
        return decided

    def reconsider(self, proposal_id: int, by: str) -> Proposal:
        """Let a decided proposal wait again. Raises NotFound."""
        with self.store.begin() as work:
            proposal = work.proposals.get(proposal_id)
            if proposal.state is WITHDRAWN:
                raise NotFound("The correction behind this was taken back meanwhile, so there is nothing to decide.")
            waiting = work.proposals.save(replace(proposal, state=WAITING, decided_by=None, decided_at=None))
        self.sync()
        return waiting

    def preview(self, proposal: Proposal) -> str:
        """What accepting a proposal changes, as a unified diff; or a sentence that says why it cannot be."""
        return self.previews([proposal])[0]

    def previews(self, proposals: Sequence[Proposal]) -> list[str]:
        """The preview of each proposal; what is accepted is read once for all of them."""
        accepted = self._accepted() if proposals else ()
        return [self._preview(one, [each for each in accepted if each.id != one.id]) for one in proposals]

    def _preview(self, proposal: Proposal, accepted: Sequence[Proposal]) -> str:
        try:
            return self.files().preview(proposal, accepted)
        except (PhraseRefused, OSError) as error:
            return str(error)

    def sync(self) -> None:
        """Make the files say what is accepted now: also after conversations were erased. Raises OSError and PhraseRefused."""
        if self.files().sync(self._accepted()):
            self.changed()

    def tidy(self) -> None:
        """Like sync, in the background: what the catalogue no longer has a place for is noted in the log and left."""
        try:
            self.sync()
        except PhraseRefused as refused:
            logger.warning("An accepted phrasing has no place in the catalogue any more: %s", refused)

    def _accepted(self) -> Sequence[Proposal]:
        """Examples of every catalogue, as acts are the same in every trade; tests and phrasings of the one in use."""
        with self.store.read() as work:
            examples = work.proposals.accepted("", [EXAMPLE])
            return (*examples, *work.proposals.accepted(self.files().catalogue.stem, [PHRASING, TEST]))

    def _append(
        self, work: Work, found: CorrectedTurn, correction: Correction, by: str, seen: int, undoes: int | None = None
    ) -> None:
        turn = found.turn
        version = TurnCorrection(
            conversation_id=turn.conversation_id,
            seq=turn.seq,
            number=0,
            by=by,
            content=corrections.plain(correction),
            undoes=undoes,
        )
        stored = work.corrections.append(version, seen)
        turns = work.turns.after(turn.conversation_id, limit=turn.seq)
        wanted = proposed(correction, found.conversation, turns, self.catalogue())
        since = found.versions[undoes - 1].created_at if undoes else None
        _reconcile(work, stored, wanted, [_undecided(one, since) for one in found.proposals])


def standing(versions: Sequence[TurnCorrection]) -> int:
    """The number of the version that stands: an undoing stands for the version it went back to."""
    last = versions[-1]
    if last.undoes is None:
        return last.number
    return _before(versions, last.undoes)


def earlier(versions: Sequence[TurnCorrection], number: int) -> Correction:
    """What stood before version `number`: nothing, when it was the first."""
    before = _before(versions, number)
    return corrections.stored(versions[before - 1].content) if before else Correction()


def _before(versions: Sequence[TurnCorrection], number: int) -> int:
    """The version that stood when version `number` was made; 0 for none."""
    return standing(versions[: number - 1]) if number > 1 else 0


def _look(work: Work, conversation_id: str, seq: int) -> CorrectedTurn:
    conversation = work.conversations.require(conversation_id)
    turn = work.turns.at(conversation_id, seq)
    if turn is None:
        raise NotFound(f"The conversation has no turn {seq}.")
    before = work.turns.at(conversation_id, seq - 1) if seq > 1 else None
    versions = work.corrections.of_turn(conversation_id, seq)
    return CorrectedTurn(conversation, turn, before, versions, work.proposals.of_turn(conversation_id, seq))


def _undecided(one: Proposal, since: datetime | None) -> Proposal:
    """A proposal without the decision made while the correction that is undone stood, which is undone with it."""
    late = since is not None and one.decided_at is not None and one.decided_at >= since
    state = WAITING if one.state is ACCEPTED else one.state
    return replace(one, state=state, decided_by=None, decided_at=None) if late and one.state in (ACCEPTED, WITHDRAWN) else one


def _reconcile(work: Work, version: TurnCorrection, wanted: Sequence[Proposed], known: Sequence[Proposal]) -> None:
    """Withdraw what is not proposed any more, bring back what is proposed again as it was decided, and add the rest."""
    sought = {_key(one): one for one in wanted}
    for one in known:
        if sought.pop(_key(one), None) is not None:
            back = ACCEPTED if one.decided_by else WAITING
            work.proposals.save(replace(one, state=back) if one.state is WITHDRAWN else one)
        elif one.state in (WAITING, ACCEPTED):
            work.proposals.save(replace(one, state=WITHDRAWN))
    for new in sought.values():
        work.proposals.add(
            Proposal(
                conversation_id=version.conversation_id,
                seq=version.seq,
                number=version.number,
                kind=new.kind,
                target=new.target,
                content=new.content,
                by=version.by,
            )
        )


def _key(one: Proposed | Proposal) -> tuple[str, str, str]:
    return one.kind, one.target, json.dumps(one.content, sort_keys=True)
