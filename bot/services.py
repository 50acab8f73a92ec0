"""The only wiring: settings become a store, a company's knowledge, the desk where turns are taken, and the assistant."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timezone
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from bot.advice.archive import from_plain, to_plain
from bot.advice.catalogue import LADDER, Catalogue, Rung
from bot.advice.dossier import Dossier
from bot.advice.facts import Facts
from bot.advice.ladder import climb
from bot.assistant import Assistant, ensure_model
from bot.calls import Calls
from bot.content import Report, check
from bot.conversation import Desk
from bot.customer import CustomerFace
from bot.knowledge import Knowledge, experience_of, know
from bot.learning.company.refreshing import refresh
from bot.learning.correcting import Corrector
from bot.learning.evidence import EvidenceDesk
from bot.learning.experiments.judging import DEMONSTRATION, trial_of
from bot.learning.learnt import LearntFiles
from bot.learning.suggesting import Suggester
from bot.learning.teaching import Teacher
from bot.learning.worker import in_a_process
from bot.nlu.encoder import Matrix, shared_encoder
from bot.nlu.people import people_in
from bot.nlu.reading import Reading
from bot.settings import Settings, load_settings, session_secret
from bot.store import EphemeralStore, NotFound, Store, StoreError, open_store, records

_REST = 0.1
"""Seconds between two batches of scoring, in which turns are stored."""


class Services:
    """Everything a face needs. Open it with open_services(); close() when done."""

    def __init__(self, settings: Settings, store: Store, knowledge: Knowledge) -> None:
        self.settings = settings
        self.store = store
        ephemeral = EphemeralStore(hold=settings.hold)
        self.desk = Desk(store, ephemeral, knowledge, self.now, self._links)
        self.calls = Calls(self.desk, self._read)
        self._secret = session_secret(settings)
        self.customer = CustomerFace(self.desk, self.sign)
        learnt = settings.data_dir / "learnt"
        self.corrector = Corrector(store, lambda: self.catalogue, lambda: LearntFiles(learnt, self.settings.catalogue))
        self.evidence = EvidenceDesk(store, lambda: self.desk.knowledge, self.refresh_experience)
        self.suggester = Suggester(store, lambda: self.catalogue, learnt / "nlu", self._vectors, self.now)
        self.teacher = Teacher(store, settings, lambda: self.assistant, in_a_process(settings))
        self._assistant: Assistant | None = None
        self._lock = threading.Lock()
        self._knowing = threading.Lock()

    @property
    def catalogue(self) -> Catalogue:
        """The company's catalogue in force."""
        return self.desk.knowledge.catalogue

    @property
    def assistant(self) -> Assistant:
        """The Rasa assistant, loaded when first needed: the model promoted last, or one trained on the project's own data."""
        with self._lock:
            if self._assistant is None:
                promoted = self.teacher.chosen() if self.settings.model is None else None
                self._assistant = Assistant(promoted or ensure_model(self.settings))
        return self._assistant

    def adopt(self, assistant: Assistant) -> None:
        """Let a loaded assistant answer from now on."""
        with self._lock:
            self._assistant = assistant

    def now(self) -> datetime:
        """The time; the day is ADVISOR_TODAY where that is set, for demonstrations and tests."""
        now = datetime.now(timezone.utc)
        return datetime.combine(self.settings.today, time(12), timezone.utc) if self.settings.today else now

    async def handle(self, sender: str, text: str, metadata: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rasa-form messages that answer `text`. A message id seen before is answered with the same reply, at once.

        `metadata` may hold `message_id` and, vouched for by the caller, `customer`. Raises StoreUnavailable.
        """
        known = dict(metadata or {})
        message_id = str(known.get("message_id") or "")
        if message_id and (done := self.desk.repeated(sender, message_id)):
            return [{"recipient_id": sender, **bubble} for bubble in done.message]
        assistant = self.assistant
        return await assistant.handle(sender, text, {**known, "model": assistant.model})

    async def _read(self, text: str) -> Reading:
        """What a rep typed, read by the same model as a customer's message."""
        return await self.assistant.read(text)

    def reload_catalogue(self) -> Report:
        """Take up the catalogue as it is on disk now; with errors in it, the one in force stays."""
        report = check(self.settings.catalogue)
        if not report.errors:
            with self._knowing:
                self.desk.knowledge = know(self.settings.catalogue, self.settings.data_dir / "phrases", self.store)
        return report

    def refresh_experience(self) -> None:
        """Let what was learnt from outcomes, and what was set aside of it, count from the next turn on."""
        with self._knowing:
            knowledge = self.desk.knowledge
            experience = experience_of(self.store, knowledge.catalogue_id)
            if experience != knowledge.catalogue.experience:
                self.desk.knowledge = replace(knowledge, catalogue=replace(knowledge.catalogue, experience=experience))

    def dossier(self, conversation_id: str) -> dict[str, Any]:
        """Need map, evidence, beliefs, verdicts by rung, advice, promises, referral and turns. Raises NotFound."""
        with self.desk.store_of(conversation_id).read() as work:
            conversation = work.conversations.require(conversation_id)
            turns = work.turns.after(conversation_id)
            promises = work.promises.of_conversation(conversation_id)
            referrals = work.referrals.of_conversation(conversation_id)
            check_ins = work.check_ins.of_conversation(conversation_id)
            hand_overs = work.hand_overs.of_conversation(conversation_id)
        state = from_plain(Dossier, conversation.state)
        return {
            "conversation": conversation.id,
            "consent": conversation.consent.value,
            "held_until": conversation.hold_until.isoformat() if conversation.hold_until else None,
            "catalogue": {"id": conversation.catalogue_id, "version": conversation.catalogue_version},
            "customer": to_plain(state.customer),
            "assets": [to_plain(asset) for asset in state.assets],
            "facts": to_plain(state.facts),
            "need_map": [to_plain(concern) for concern in state.concerns],
            "concerns": [concern_standing(state, index, self.catalogue) for index in range(len(state.concerns))],
            **_active(state, self.catalogue),
            "advice": [_advice(turn) for turn in turns if turn.move.get("kind") == "advise"],
            "promises": [_plain_record(promise) for promise in promises],
            "check_ins": [_plain_record(check_in) for check_in in check_ins],
            "referral": _plain_record(referrals[-1]) if referrals else None,
            "referrals": [_plain_record(referral) for referral in referrals],
            "hand_overs": [{**_plain_record(one), "dossier": "as above"} for one in hand_overs],
            "turns": [_turn(turn) for turn in turns],
        }

    def history(self, conversation_id: str) -> list[dict[str, Any]]:
        """The turns of a conversation as a customer saw them; empty when there is none."""
        with self.desk.store_of(conversation_id).read() as work:
            turns = work.turns.after(conversation_id)
        return [
            {"seq": turn.seq, "text": turn.user_text, "messages": list(turn.message), "at": turn.created_at.isoformat()}
            for turn in turns
        ]

    def export(self, conversation_id: str) -> dict[str, Any]:
        """Everything kept of a conversation. Raises NotFound."""
        with self.desk.store_of(conversation_id).read() as work:
            return work.export_conversation(conversation_id)

    def erase(self, conversation_id: str) -> None:
        """Erase a conversation, everything that belongs to it and what was learnt from it. Raises NotFound."""
        with self.desk.store_of(conversation_id).begin() as work:
            if not work.erase_conversation(conversation_id):
                raise NotFound(f"There is no conversation '{conversation_id[:80]}'. It never was, or it has been erased.")
        self.corrector.tidy()

    def people_in(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The people named in the texts."""
        return people_in(texts)

    def purge(self) -> int:
        """Erase what was held without consent for too long, and what was learnt of it; take up new outcomes. Returns how many."""
        count = self.store.purge_expired() + self.desk.ephemeral.purge_expired()
        count += self.store.purge_older(self.settings.keep) if self.settings.keep else 0
        self.corrector.tidy()
        self.refresh_experience()
        return count

    def learn(self, most: int = 200) -> int:
        """Score and count conversations that became quiet, and take up the experiments that run; says how many were scored."""
        count = refresh(self.store, self.catalogue, datetime.now(timezone.utc), most, rest=_REST)
        self.take_up_experiments()
        return count

    def take_up_experiments(self) -> None:
        """From the next turn on the experiments that run now are tried."""
        with self.store.read() as work:
            running = work.experiments.running()
        self.desk.trials = tuple(trial_of(one) for one in running if not one.id.startswith(DEMONSTRATION))

    def ready(self) -> list[str]:
        """What is missing before messages can be answered; empty when ready."""
        missing = [] if self._assistant is not None else ["the model is still loading"]
        try:
            with self.store.read() as work:
                work.conversations.get("ready?")
        except StoreError as error:  # the database may fail in any way; readiness only reports it
            missing.append(f"the database does not answer: {error}")
        return missing

    def sign(self, value: str, purpose: str) -> str:
        """A token for `value` that only this installation can make, good for one purpose."""
        return str(URLSafeSerializer(self._secret, salt=purpose).dumps(value))

    def unsign(self, token: str, purpose: str) -> str:
        """The value of a token. Raises ValueError for one we did not make for this purpose."""
        try:
            return str(URLSafeSerializer(self._secret, salt=purpose).loads(token))
        except BadSignature:
            raise ValueError("this token was not made here, or not for this purpose") from None

    def close(self) -> None:
        """Close what is open."""
        self.store.close()
        self.desk.ephemeral.close()

    def _vectors(self, texts: Sequence[str]) -> Matrix:
        return shared_encoder().encode_all(list(texts))

    def _links(self, sender: str) -> dict[str, str]:
        minutes = int(self.settings.hold.total_seconds() // 60)
        return {"export": f"/export/{self.sign(sender, 'export')}", "hold_minutes": str(minutes)}


_open: list[Services] = []
"""The services this process has open, the latest last: Rasa makes the actions, so they cannot be handed theirs."""


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open everything settings ask for, for as long as the block lasts; Rasa actions in this process use the same."""
    store = open_store(settings.database_url, hold=settings.hold)
    try:
        services = Services(settings, store, know(settings.catalogue, settings.data_dir / "phrases", store))
    except BaseException:
        store.close()
        raise
    _open.append(services)
    try:
        yield services
    finally:
        _open.remove(services)
        services.close()


def current_services() -> Services:
    """The services this process has open; an action server of its own opens them from the environment."""
    if not _open:
        settings = load_settings()
        store = open_store(settings.database_url, hold=settings.hold)
        _open.append(Services(settings, store, know(settings.catalogue, settings.data_dir / "phrases", store)))
    return _open[-1]


def concern_standing(state: Dossier, index: int, catalogue: Catalogue) -> dict[str, Any]:
    """One concern with its belief and verdicts, worked out afresh from the dossier."""
    concern = state.concerns[index]
    if concern.problem not in catalogue.problems and not concern.outside:
        return {"id": concern.id, "problem": concern.problem, "state": concern.state.value}
    ladder = climb(state, concern, catalogue)
    return {
        "id": concern.id,
        "problem": concern.problem,
        "need": concern.need,
        "state": concern.state.value,
        "read_back": concern.read_back.value,
        "belief": dict(ladder.belief),
        "verdicts": {rung.value: to_plain(ladder.verdicts[rung]) for rung in (*LADDER, Rung.NOTHING)},
        "chosen": ladder.chosen.remedy.id if ladder.chosen is not None else None,
    }


def _active(state: Dossier, catalogue: Catalogue) -> dict[str, Any]:
    """The standing of the concern at hand, at the top level: beliefs, verdicts by rung, evidence."""
    if state.concern is None:
        return {"beliefs": {}, "verdicts": {}, "evidence": []}
    standing = concern_standing(state, state.active, catalogue)
    facts = Facts(state, state.concern, catalogue)
    evidence = [
        {"fact": name, "value": cell.value, "quote": cell.quote, "source": cell.source.value}
        for name, cell in state.facts.items()
        if name in facts
    ]
    return {"beliefs": standing.get("belief", {}), "verdicts": standing.get("verdicts", {}), "evidence": evidence}


def _advice(turn: records.Turn) -> dict[str, Any]:
    return {
        "turn": turn.seq,
        "remedy": turn.move.get("remedy"),
        "verdicts": turn.move.get("verdicts"),
        "text": _text(turn),
    }


def _turn(turn: records.Turn) -> dict[str, Any]:
    return {
        "seq": turn.seq,
        "at": turn.created_at.isoformat(),
        "customer": turn.user_text,
        "heard": turn.heard,
        "move": turn.move,
        "assistant": _text(turn),
        "messages": list(turn.message),
        "elapsed_ms": round(turn.elapsed_ms, 1),
    }


def _text(turn: records.Turn) -> str:
    return "\n\n".join(str(bubble.get("text", "")) for bubble in turn.message)


def _plain_record(record: Any) -> dict[str, Any]:
    plain = to_plain(record)
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in plain.items()}
