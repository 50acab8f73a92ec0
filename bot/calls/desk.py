"""Where calls are held: one action at a time, stored with everything it changes before anybody sees it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.advice.archive import from_plain, move_record, to_plain
from bot.advice.call import Call
from bot.advice.calling import Stale, reopened, suggested
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Consent, Customer, Dossier
from bot.advice.moves import Move, MoveKind
from bot.advice.reloaded import still_known
from bot.advice.scene import Scene
from bot.advice.taken import taken
from bot.advice.wording import word
from bot.calls.doing import Action, Refused
from bot.calls.ledger import ENTRIES, Books
from bot.calls.marks import BEFORE_CONSENT, MARKS
from bot.calls.meanwhile import refuse_conflict
from bot.calls.seen import Seen, seen
from bot.calls.steps import CAPTURES, STEPS, Setting, Step
from bot.conversation import RETRIES, Desk, bubble_data
from bot.effects import apply, opened
from bot.knowledge import Knowledge
from bot.nlu.reading import Reading
from bot.store import Conflict, NotFound, Store, Work, records
from bot.store.calls import CallAction, CallRow

CHANNEL = "call"

Reads = Callable[[str], Awaitable[Reading]]


@dataclass(frozen=True)
class Starting:
    """A call to be prepared: whose it is, for which customer (empty: unknown), and the chat it takes up (empty: none).

    A simulated call, for a demonstration, brings its own id.
    """

    rep: str
    customer: str = ""
    chat: str = ""
    purpose: str = ""
    id: str = ""
    simulated: bool = False


class Calls:
    """The calls of reps. Shares the desk's stores, knowledge and clock with the chat; `read` is the same understanding."""

    def __init__(self, desk: Desk, read: Reads) -> None:
        self._desk = desk
        self.read = read

    def start(self, starting: Starting) -> str:
        """Prepare a call and give its id. A chat is taken up with its dossier. Raises NotFound and StoreUnavailable."""
        call_id = starting.id or f"call-{secrets.token_urlsafe(16)}"
        with self._desk.store.begin() as work:
            dossier = self._begins_with(work, starting)
            call = Call(rep=starting.rep, purpose=starting.purpose, from_chat=starting.chat)
            face = records.Face.SIMULATED if starting.simulated else records.Face.REP
            work.conversations.start(replace(self._conversation(call_id, dossier), face=face))
            state, plain = to_plain(call), to_plain(dossier)
            row = CallRow(conversation_id=call_id, rep=starting.rep, from_chat=starting.chat or None, state=state, opening=plain)
            work.calls.start(row)
            self._take_hand_overs(work, starting)
        return call_id

    def see(self, call_id: str) -> Seen:
        """The call as it stands now, with its guide. Raises NotFound."""
        store = self._desk.store_of(call_id)
        with store.read() as work:
            return seen(work, call_id, self._desk.knowledge, kept=store is self._desk.store, today=self._today())

    def seq(self, call_id: str) -> int:
        """The number of the last action of a call, 0 when there is no such call: what followers look at."""
        with self._desk.store_of(call_id).read() as work:
            found = work.calls.get(call_id)
        return found.seq if found is not None else 0

    def whose(self, call_id: str) -> tuple[str, str]:
        """Whose call it is, and with which customer (our id, empty for nobody known). Raises NotFound."""
        with self._desk.store_of(call_id).read() as work:
            rep = work.calls.require(call_id).rep
            state = work.conversations.require(call_id).state
        return rep, str(state.get("customer", {}).get("id", ""))

    async def reading(self, action: Action) -> Reading | None:
        """What was typed, read by the model; nothing for an action without words to understand."""
        return await self.read(action.text("text")) if action.kind == "said" else None

    def do(self, call_id: str, action: Action, reading: Reading | None = None) -> None:
        """Do one action and store what it changes; one that was done already is not done again.

        Raises Refused with what to do instead, NotFound, and StoreUnavailable: then nothing was done.
        """
        started = time.perf_counter()
        for attempt in range(RETRIES):
            try:
                return self._do(call_id, action, reading, started)
            except Stale as stale:
                raise Refused(str(stale).partition(". ")[0] + ".", str(stale).partition(". ")[2]) from None
            except Conflict:
                if attempt == RETRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def _do(self, call_id: str, action: Action, reading: Reading | None, started: float) -> None:
        store = self._desk.store_of(call_id)
        with store.begin() as work:
            if work.calls.done(call_id, action.id):
                return
            conversation = work.conversations.get_for_update(call_id)
            row = work.calls.require(call_id)
            if conversation is None:
                raise NotFound(f"There is no call '{call_id[:80]}'.")
            before = self._step(conversation, row)
            _check(action, before)
            _refuse_conflict(work, row, action)
            after, told = self._taken(work, before, action, reading, row)
            if after.dossier.consent is not Consent.REFUSED or store is self._desk.ephemeral:
                self._keep(work, conversation, row, before, (after, told, action, started))
                return
            work.refuse(call_id)
        self._forget(conversation, row, before, (after, told, action, started))

    def _step(self, conversation: records.Conversation, row: CallRow) -> Step:
        known = still_known(from_plain(Dossier, conversation.state), self._catalogue)
        dossier = replace(known, today=self._today(), staffed=True)
        return Step(dossier, from_plain(Call, row.state))

    def _taken(
        self, work: Work, before: Step, action: Action, reading: Reading | None, row: CallRow
    ) -> tuple[Step, Mapping[str, Any]]:
        """The step after the action, and what it led to beside the dossier."""
        knowledge = self._desk.knowledge
        if mark := MARKS.get(action.kind):
            return replace(before, call=mark(before.call, action, self._desk.now())), {}
        if entry := ENTRIES.get(action.kind):
            books = Books(knowledge.catalogue, knowledge.phrases.for_rep(), self._desk.now().date())
            return before, entry(work, row.conversation_id, before.dossier, action, books)
        setting = Setting(knowledge, reading, work, row.conversation_id, row.opening, self._desk.now())
        after = STEPS[action.kind](before, action, setting)
        return (after.noticed(action.id, setting.scene(after)) if action.kind == "said" else after), {}

    def _keep(
        self,
        work: Work,
        conversation: records.Conversation,
        row: CallRow,
        before: Step,
        done: tuple[Step, Mapping[str, Any], Action, float],
    ) -> None:
        after, told, action, started = done
        call = after.call
        result: dict[str, Any] = dict(told)
        if after.heard is not None:
            scene = self._scene(after)
            turn = self._turn(scene, after, action, started)
            consent = _CONSENT[after.dossier.consent]
            changed = replace(conversation, state=to_plain(after.dossier), consent=consent)
            _, stored = work.conversations.record(replace(changed, catalogue_version=self._catalogue.version), turn)
            self._apply(work, conversation.id, before, after, stored)
            call = call.captured(stored.seq) if action.kind in CAPTURES else call
            result |= {"turn": stored.seq, "taken": list(taken(scene, before.dossier, (before.call, after.call)))}
        ended = self._desk.now() if action.kind == "end" else (None if action.kind == "begin" else row.ended_at)
        numbered = replace(row, state=to_plain(call), seq=row.seq + 1, ended_at=ended)
        data = {**{name: value for name, value in action.data.items() if name in _KEPT}, **result}
        work.calls.act(
            numbered,
            CallAction(conversation_id=row.conversation_id, message_id=action.id, kind=action.kind, by=action.by, data=data),
        )
        work.calls.save(numbered)

    def _apply(self, work: Work, call_id: str, before: Step, after: Step, stored: records.Turn) -> None:
        """Promises, referrals, hand-overs and counts: what the chat would store of the same."""
        moves = after.made or (Move(MoveKind.ANYTHING_ELSE),)
        apply(work, call_id, before.dossier, after.dossier, moves[-1], self._desk.knowledge, stored)
        for move in moves[:-1]:
            if move.kind is MoveKind.ADVISE:
                work.counters.add(f"advised_{self._catalogue.remedy(move.remedy).rung.value}")

    def _scene(self, after: Step) -> Scene:
        """What was made in the step, else what the guide suggests after it, ready to be worded for the rep."""
        move = after.made[-1] if after.made else suggested(after.dossier, after.call, self._catalogue)
        return Scene(move, after.dossier, self._catalogue, self._desk.knowledge.phrases.for_rep())

    def _turn(self, scene: Scene, after: Step, action: Action, started: float) -> records.Turn:
        assert after.heard is not None
        message = word(scene)
        said = {"who": action.data.get("who", "customer"), "kind": action.kind}
        return records.Turn(
            conversation_id="",
            message_id=action.id,
            user_text=after.heard.text,
            heard=to_plain(after.heard),
            dossier=to_plain(after.dossier),
            move={**move_record(scene.move), "call": {**said, "question": after.question.name if after.question else ""}},
            message=tuple(bubble_data(bubble) for bubble in message.bubbles),
            intent=after.heard.acts[0].value if after.heard.acts else "",
            confidence=after.heard.understood,
            elapsed_ms=(time.perf_counter() - started) * 1000,
            catalogue_version=self._catalogue.version,
        )

    def _forget(
        self,
        conversation: records.Conversation,
        row: CallRow,
        before: Step,
        done: tuple[Step, Mapping[str, Any], Action, float],
    ) -> None:
        """Notes were refused: from here on the call lives in memory only."""
        self._desk.refused[conversation.id] = None
        with self._desk.ephemeral.begin() as work:
            nameless = replace(conversation, customer_id=None, consent=records.Consent.REFUSED)
            fresh = work.conversations.start(nameless)
            started = work.calls.start(row)
            self._keep(work, fresh, started, before, done)

    def _begins_with(self, work: Work, starting: Starting) -> Dossier:
        """What is known before the call: the chat's dossier where one is taken up, else what the records know."""
        today = self._desk.now().date()
        known = opened(work, self._catalogue, starting.customer, today)
        if not starting.chat:
            return replace(known, today=today.isoformat())
        chat = from_plain(Dossier, work.conversations.require(starting.chat).state)
        customer = chat.customer if chat.customer != Customer() else known.customer
        assets = chat.assets or known.assets
        return replace(reopened(chat), customer=customer, assets=assets, today=today.isoformat())

    def _take_hand_overs(self, work: Work, starting: Starting) -> None:
        if not starting.chat:
            return
        for hand_over in work.hand_overs.of_conversation(starting.chat):
            if hand_over.state is records.HandOverState.WAITING:
                work.hand_overs.take(hand_over.id, starting.rep)

    def _conversation(self, call_id: str, dossier: Dossier) -> records.Conversation:
        return records.Conversation(
            id=call_id,
            customer_id=dossier.customer.id or None,
            channel=CHANNEL,
            face=records.Face.REP,
            catalogue_id=self._desk.knowledge.catalogue_id,
            catalogue_version=self._catalogue.version,
            state=to_plain(dossier),
        )

    @property
    def _catalogue(self) -> Catalogue:
        return self._desk.knowledge.catalogue

    def _today(self) -> str:
        return self._desk.now().date().isoformat()

    @property
    def knowledge(self) -> Knowledge:
        """The company's knowledge in force."""
        return self._desk.knowledge

    @property
    def today(self) -> date:
        """Today."""
        return self._desk.now().date()

    @property
    def store(self) -> Store:
        """The durable records."""
        return self._desk.store


_KEPT = frozenset(
    (
        *("text", "who", "question", "value", "name", "role", "here", "due", "owner", "answer", "vendor", "concern", "line"),
        *("label", "remove", "fate", "expectation", "page"),
    )
)
"""The fields of an action that its log keeps."""

_CONSENT: Mapping[Consent, records.Consent] = {
    Consent.UNASKED: records.Consent.UNASKED,
    Consent.ASKED: records.Consent.PENDING,
    Consent.GIVEN: records.Consent.GIVEN,
    Consent.REFUSED: records.Consent.REFUSED,
}


def _refuse_conflict(work: Work, row: CallRow, action: Action) -> None:
    """Raises Refused when somebody else changed the same thing after the page had last looked (`seen`, where it says so)."""
    looked = action.data.get("seen")
    if isinstance(looked, int) and 0 <= looked < row.seq:
        refuse_conflict(action, work.calls.since(row.conversation_id, looked))


def _check(action: Action, before: Step) -> None:
    """Known kinds only, and nothing of what the customer says before they were asked whether notes may be kept."""
    if action.kind not in (*MARKS, *STEPS, *ENTRIES):
        raise Refused(f"“{action.kind[:40]}” is nothing that can be done in a call.", "Reload the page.")
    asked = before.dossier.consent in (Consent.GIVEN, Consent.REFUSED)
    if not asked and action.kind not in (*BEFORE_CONSENT, "consent"):
        raise Refused("They have not been asked yet whether you may keep notes.", "Ask first, and mark their answer.", "consent")
