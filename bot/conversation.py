"""take_turn(): gather what is known, decide the move, store the turn; the reply leaves only after that."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.advice.archive import from_plain, move_record, to_plain
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Consent, Dossier
from bot.advice.heard import Heard
from bot.advice.hearing import hear
from bot.advice.looking import with_page
from bot.advice.moves import Move
from bot.advice.scene import Bubble, Message, Scene
from bot.advice.speaking import spoken
from bot.advice.trials import Trial, Tried
from bot.advice.understood import said
from bot.advice.wording import word
from bot.effects import apply, opened
from bot.knowledge import Knowledge
from bot.nlu.reading import Reading
from bot.pressed import words_of
from bot.store import Conflict, EphemeralStore, Store, Work, records
from bot.store.experiments import ArmMet

RETRIES = 5
"""How often a turn is tried again when another writer came first."""


@dataclass(frozen=True)
class Incoming:
    """One message as it arrived: who sent it, the client's id for it, and how the model read it."""

    sender: str
    reading: Reading
    message_id: str | None = None
    customer: str = ""
    channel: str = "rest"
    simulated: bool = False
    model: str = ""
    page: Mapping[str, str] = field(default_factory=dict)
    """The page the customer writes from: `title`, `url`, and `topic`, an id or name of the catalogue."""


@dataclass(frozen=True)
class Decision:
    """A turn thought through but not yet stored."""

    heard: Heard
    before: Dossier
    dossier: Dossier
    move: Move
    message: Message
    arms: Mapping[str, str] = field(default_factory=dict)
    """The experiments this turn met, with the arm of each."""


@dataclass
class Desk:
    """Where turns are taken: the durable store, the one in memory for those who refused notes, and the clock."""

    store: Store
    ephemeral: EphemeralStore
    knowledge: Knowledge
    now: Callable[[], datetime]
    links: Callable[[str], Mapping[str, str]] = lambda _: {}
    refused: dict[str, None] = field(default_factory=dict)
    trials: tuple[Trial, ...] = ()
    """The experiments that run now."""

    def take_turn(self, incoming: Incoming) -> records.Turn:
        """The stored turn for a message; a message id seen before gives the turn it had, unchanged.

        Raises StoreUnavailable when nothing can be stored: then no reply may leave.
        """
        started = time.perf_counter()
        for attempt in range(RETRIES):
            try:
                return self._try(incoming, started)
            except Conflict:
                if attempt == RETRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def repeated(self, sender: str, message_id: str) -> records.Turn | None:
        """The turn that already answered this message id, if any."""
        with self.store_of(sender).read() as work:
            return work.turns.by_message_id(sender, message_id)

    def store_of(self, sender: str) -> Store:
        """Where this conversation is kept: on disk, or only in memory when notes were refused."""
        return self.ephemeral if sender in self.refused else self.store

    def _try(self, incoming: Incoming, started: float) -> records.Turn:
        store = self.store_of(incoming.sender)
        with store.begin() as work:
            if incoming.message_id and (done := work.turns.by_message_id(incoming.sender, incoming.message_id)):
                return done
            conversation = work.conversations.get_for_update(incoming.sender)
            before = self._dossier(work, conversation, incoming)
            decision = self._decide(before, incoming)
            catalogue, phrases = self.knowledge.catalogue, self.knowledge.phrases
            cards, text = incoming.channel == "widget", incoming.reading.text
            words = words_of(work, incoming.sender, text, decision.heard, catalogue, phrases, cards=cards)
            turn = _turn(decision, incoming, words, started, catalogue.version)
            if decision.dossier.erase:
                return self._erase(work, incoming, decision, turn)
            if decision.dossier.consent is not Consent.REFUSED or store is self.ephemeral:
                return self._keep(work, conversation, incoming, decision, turn)
            earlier = work.turns.after(incoming.sender)
            work.refuse(incoming.sender)
        return self._forget(incoming, decision, earlier, turn)

    def _dossier(self, work: Work, conversation: records.Conversation | None, incoming: Incoming) -> Dossier:
        now = self.now()
        known = from_plain(Dossier, conversation.state) if conversation is not None else None
        dossier = known or opened(work, self.knowledge.catalogue, incoming.customer, now.date())
        staffed = is_staffed(self.knowledge.catalogue, now)
        dossier = replace(dossier, today=now.date().isoformat(), staffed=staffed)
        return with_page(dossier, incoming.page, self.knowledge.catalogue) if incoming.page else dossier

    def _decide(self, before: Dossier, incoming: Incoming) -> Decision:
        catalogue, phrases = self.knowledge.catalogue, self.knowledge.phrases
        heard = self.knowledge.listener.listen(incoming.reading, before)
        if heard.correction is not None:
            heard = replace(heard, text=said(heard.correction, before, catalogue, phrases))
        after = hear(before, heard, catalogue)
        tried = Tried(() if incoming.sender in self.refused else self.trials, incoming.sender, phrases)
        move = tried.move(after, catalogue)
        message = word(Scene(move, after, catalogue, tried.phrases, self.links(incoming.sender)))
        return Decision(heard, before, spoken(after, move), move, message, tried.met)

    def _keep(
        self,
        work: Work,
        conversation: records.Conversation | None,
        incoming: Incoming,
        decision: Decision,
        turn: records.Turn,
    ) -> records.Turn:
        conversation = conversation or work.conversations.start(self._new(incoming, decision.before))
        consent = _CONSENT[decision.dossier.consent]
        version = self.knowledge.catalogue.version
        conversation = replace(conversation, state=turn.dossier, consent=consent, catalogue_version=version)
        _, stored = work.conversations.record(conversation, turn)
        apply(work, incoming.sender, decision.before, decision.dossier, decision.move, self.knowledge, stored)
        for trial, arm in decision.arms.items():
            met = ArmMet(conversation_id=incoming.sender, experiment_id=trial, arm=arm, simulated=incoming.simulated)
            work.experiments.meet(met)
            work.review.mark(incoming.sender, "arm", f"{trial}={arm}")
        return stored

    def _new(self, incoming: Incoming, dossier: Dossier) -> records.Conversation:
        return records.Conversation(
            id=incoming.sender,
            customer_id=dossier.customer.id or None,
            channel=incoming.channel,
            face=records.Face.SIMULATED if incoming.simulated else records.Face.CUSTOMER,
            catalogue_id=self.knowledge.catalogue_id,
            catalogue_version=self.knowledge.catalogue.version,
            model_version=incoming.model,
        )

    def _erase(self, work: Work, incoming: Incoming, decision: Decision, turn: records.Turn) -> records.Turn:
        work.erase_conversation(incoming.sender)
        if decision.before.customer.id:
            work.erase_customer(decision.before.customer.id)
        work.counters.add("erased")
        self.refused.pop(incoming.sender, None)
        return turn

    def _forget(
        self, incoming: Incoming, decision: Decision, earlier: tuple[records.Turn, ...], turn: records.Turn
    ) -> records.Turn:
        """Notes were refused: from here on the conversation, what was said before included, lives in memory only."""
        self.refused[incoming.sender] = None
        with self.ephemeral.begin() as work:
            conversation = work.conversations.start(replace(self._new(incoming, decision.before), customer_id=None))
            for one in earlier:
                conversation, _ = work.conversations.record(conversation, one)
            return self._keep(work, conversation, incoming, replace(decision, arms={}), turn)


def is_staffed(catalogue: Catalogue, now: datetime) -> bool:
    """Whether a person answers now, by the company's hours in its own time zone."""
    hours = catalogue.company.hours
    local = now.astimezone(ZoneInfo(hours.zone))
    return local.isoweekday() in hours.days and hours.opens <= f"{local:%H:%M}" < hours.closes


def bubble_data(bubble: Bubble) -> dict[str, object]:
    """A bubble as Rasa's dispatcher and channels take it."""
    buttons = [{"title": button.title, "payload": button.payload} for button in bubble.buttons]
    return {"text": bubble.text, "buttons": buttons} if buttons else {"text": bubble.text}


def _turn(decision: Decision, incoming: Incoming, words: str, started: float, version: str) -> records.Turn:
    reading = incoming.reading
    return records.Turn(
        conversation_id=incoming.sender,
        message_id=incoming.message_id,
        user_text=words,
        heard={
            **to_plain(decision.heard),
            "read": [{"act": act.name, "confidence": round(act.confidence, 4)} for act in reading.acts],
        },
        dossier=to_plain(decision.dossier),
        move=move_record(decision.move),
        message=tuple(bubble_data(bubble) for bubble in decision.message.bubbles),
        intent=reading.acts[0].name if reading.acts else "",
        confidence=reading.understood,
        elapsed_ms=(time.perf_counter() - started) * 1000,
        catalogue_version=version,
        model_version=incoming.model,
    )


_CONSENT: Mapping[Consent, records.Consent] = {
    Consent.UNASKED: records.Consent.UNASKED,
    Consent.ASKED: records.Consent.PENDING,
    Consent.GIVEN: records.Consent.GIVEN,
    Consent.REFUSED: records.Consent.REFUSED,
}
