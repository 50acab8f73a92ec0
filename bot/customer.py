"""What a customer's page shows and does beside the talk itself: state, turns, corrections, feedback, dates, past conversations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.advice.amend import corrected
from bot.advice.archive import from_plain
from bot.advice.dossier import Consent, Dossier
from bot.advice.heard import Act, Correction, Heard
from bot.advice.phrasing import sentence, short_quote
from bot.advice.progress import progress
from bot.advice.reloaded import still_known
from bot.advice.understood import understood
from bot.advice.written import NotCorrected
from bot.conversation import Desk, is_staffed
from bot.effects import opened
from bot.nlu.clean import MAX_CHARACTERS
from bot.promised import timeline
from bot.store import NotFound, Work, records
from bot.turn_view import TurnView

MOST_TURNS = 100
"""How many turns one answer holds at most."""

_NOTES = {Consent.UNASKED: "unasked", Consent.ASKED: "asked", Consent.GIVEN: "given", Consent.REFUSED: "refused"}


@dataclass(frozen=True)
class CustomerFace:
    """The customer's side of the desk. `sign` makes an address that only this installation can make."""

    desk: Desk
    sign: Callable[[str, str], str]

    def state(
        self, sender: str, customer: str = "", *, after: int | None = None, answering: str = "", limit: int = 50
    ) -> dict[str, Any]:
        """Everything the page shows: some turns, and where the talk stands.

        The turns are those after number `after`; or from the one that answered the message of the id `answering` on, none
        where nothing of it was kept; or the latest.
        """
        with self.desk.store_of(sender).read() as work:
            conversation = work.conversations.get(sender)
            dossier = self._dossier(work, conversation, customer)
            last = conversation.last_seq if conversation is not None else 0
            turns = _from(work, sender, answering, last) if answering else _turns(work, sender, after=after, limit=limit)
            promises = timeline(work, sender, dossier, self.desk.knowledge.catalogue)
        view = TurnView(self.desk.knowledge, dossier)
        return {
            "turns": [view.turn(turn) for turn in turns],
            "last_seq": last,
            "earlier": bool(turns) and turns[0].seq > 1 and after is None and not answering,
            **self._standing(dossier),
            "promises": promises,
            "promises_ics": f"/chat/promises/{self.sign(sender, 'promises')}.ics" if promises else None,
            "copy": f"/export/{self.sign(sender, 'export')}",
        }

    def turns(self, sender: str, *, after: int | None = None, before: int | None = None, limit: int = 50) -> dict[str, Any]:
        """Some turns, oldest first, and whether there are more in that direction."""
        limit = max(1, min(limit, MOST_TURNS))
        with self.desk.store_of(sender).read() as work:
            conversation = work.conversations.get(sender)
            found = _turns(work, sender, after=after, before=before, limit=limit + 1)
            dossier = self._dossier(work, conversation, "")
        more = len(found) > limit
        shown = found[:limit] if after is not None else found[-limit:]
        view = TurnView(self.desk.knowledge, dossier)
        return {"turns": [view.turn(turn) for turn in shown], "more": more}

    def kept(self, sender: str, message_id: str) -> int | None:
        """The number of the turn that answered this message; None when nothing of it was kept."""
        turn = self.desk.repeated(sender, message_id)
        return turn.seq if turn is not None else None

    def correction(self, sender: str, customer: str, line: str, value: str | None) -> str:
        """The message that puts a line right. Raises NotCorrected, with what to write instead, where it cannot be done."""
        with self.desk.store_of(sender).read() as work:
            dossier = self._dossier(work, work.conversations.get(sender), customer)
        corrected(dossier, Correction(line, value), self.desk.knowledge.catalogue, Heard("", acts=(Act.CORRECTS,)))
        told = {"question": line} if value is None else {"question": line, "value": value}
        message = f"/{Act.CORRECTS.value}{json.dumps(told, ensure_ascii=False)}"
        if len(message) > MAX_CHARACTERS:
            raise NotCorrected("It is too long with all its line breaks and quotation marks. Shorten it a little.")
        return message

    def feedback(self, sender: str, seq: int, rating: int, text: str) -> None:
        """Keep what the customer thought of one reply; the same opinion again is not kept twice. Raises NotFound."""
        with self.desk.store_of(sender).begin() as work:
            if work.turns.at(sender, seq) is None:
                raise NotFound(f"There is no turn {seq} in this conversation.")
            known = [one for one in work.feedback.of_conversation(sender) if (one.seq, one.by) == (seq, "customer")]
            if known and (known[-1].rating, known[-1].text) == (rating, text):
                return
            opinion = records.Feedback(conversation_id=sender, seq=seq, rating=rating, text=text, by="customer")
            work.feedback.add(opinion)

    def conversations(self, customer: str, *, besides: str = "") -> list[dict[str, Any]]:
        """The customer's conversations with this face, the latest first, without the one named."""
        with self.desk.store.read() as work:
            known = work.customers.by_external_id(customer) or work.customers.get(customer)
            found = work.conversations.of_customer(known.id, 2 * MOST_TURNS) if known is not None else ()
        mine = [one for one in found if one.face is not records.Face.REP and one.id != besides][:MOST_TURNS]
        return [
            {
                "sender": one.id,
                "started_at": one.started_at.isoformat(),
                "last_active_at": one.last_active_at.isoformat(),
                "about": self._about(one),
            }
            for one in mine
        ]

    def promised(self, sender: str) -> tuple[str, list[dict[str, Any]]]:
        """The company's name and everything promised in a conversation. Raises NotFound."""
        catalogue = self.desk.knowledge.catalogue
        with self.desk.store_of(sender).read() as work:
            conversation = work.conversations.require(sender)
            dossier = self._dossier(work, conversation, "")
            return catalogue.company.name, timeline(work, sender, dossier, catalogue)

    def last_seqs(self, senders: Iterable[str]) -> Mapping[str, int]:
        """The number of the last turn of each conversation, 0 where there is none."""
        found: dict[str, int] = {}
        by_store: dict[int, list[str]] = {}
        for sender in senders:
            by_store.setdefault(id(self.desk.store_of(sender)), []).append(sender)
        for store in (self.desk.store, self.desk.ephemeral):
            if wanted := by_store.get(id(store)):
                with store.read() as work:
                    known = work.conversations.last_seqs(wanted)
                found.update({sender: known.get(sender, 0) for sender in wanted})
        return found

    def staffed(self) -> bool:
        """Whether a person answers now."""
        return is_staffed(self.desk.knowledge.catalogue, self.desk.now())

    def _standing(self, dossier: Dossier) -> dict[str, Any]:
        """How far the process is, what was understood, and what was agreed about notes."""
        knowledge = self.desk.knowledge
        lines = asdict(understood(dossier, knowledge.catalogue, knowledge.phrases))
        return {
            "progress": [
                {"id": one.id.value, "title": one.title, "state": one.state.value} for one in progress(dossier, knowledge.phrases)
            ],
            "understood": lines,
            "consent": {"notes": _NOTES[dossier.consent], "privacy_url": "/privacy"},
            "staffed": self.staffed(),
        }

    def _dossier(self, work: Work, conversation: records.Conversation | None, customer: str) -> Dossier:
        catalogue = self.desk.knowledge.catalogue
        if conversation is None:
            return opened(work, catalogue, customer, self.desk.now().date())
        return still_known(from_plain(Dossier, conversation.state), catalogue)

    def _about(self, conversation: records.Conversation) -> str:
        """What a conversation was about, in a few words."""
        catalogue = self.desk.knowledge.catalogue
        concerns = still_known(from_plain(Dossier, conversation.state), catalogue).concerns
        lines = understood(replace(Dossier(), concerns=concerns[:1]), catalogue, self.desk.knowledge.phrases)
        return sentence(short_quote(lines.concerns[0].title, 80)).rstrip(".") if lines.concerns else ""


def _from(work: Work, sender: str, message_id: str, last: int) -> tuple[records.Turn, ...]:
    """The turn that answered the message and those after it, which are few; none where nothing of it was kept."""
    turn = work.turns.by_message_id(sender, message_id)
    if turn is None:
        return ()
    return (turn,) if turn.seq == last else (turn, *work.turns.after(sender, turn.seq, MOST_TURNS))


def _turns(
    work: Work, sender: str, *, after: int | None = None, before: int | None = None, limit: int = 50
) -> tuple[records.Turn, ...]:
    if after is not None:
        return work.turns.after(sender, after, limit)
    return work.turns.before(sender, before, limit) if before is not None else work.turns.latest(sender, limit)
