"""Where a dialogue is played: the customer's lines go to the real assistant, and what it did is read from its own records."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.advice.archive import from_plain
from bot.advice.dossier import Dossier
from bot.learning.dialogues.dialogue import Dialogue, Turn, texts
from bot.services import Services
from bot.store import records


@dataclass(frozen=True)
class Reply:
    """What came back for one turn of a dialogue: the bubbles, and the records as they were then."""

    said: str
    bubbles: tuple[Mapping[str, Any], ...]
    turn: records.Turn | None
    dossier: Dossier
    kept: str
    turns: int
    promises: tuple[records.Promise, ...] = ()
    referrals: tuple[records.Referral, ...] = ()
    hand_overs: tuple[records.HandOver, ...] = ()
    consents: tuple[records.ConsentAnswer, ...] = ()

    @property
    def text(self) -> str:
        """All bubbles as the customer reads them."""
        return "\n".join(str(bubble.get("text", "")) for bubble in self.bubbles)

    @property
    def buttons(self) -> dict[str, str]:
        """The ready replies on offer: what is read on them, and what choosing them sends."""
        return {each["title"]: each["payload"] for bubble in self.bubbles for each in bubble.get("buttons", ())}

    @property
    def move(self) -> Mapping[str, Any]:
        """The move as it was stored; of an erased conversation only its kind is left."""
        return self.turn.move if self.turn is not None else {"kind": "erased"}

    @property
    def open(self) -> str:
        """The name of the question that is open now, such as `fact:drum_fill`."""
        return self.dossier.open.name if self.dossier.open is not None else ""


class Stage:
    """One dialogue under way."""

    def __init__(self, services: Services, dialogue: Dialogue) -> None:
        self._services = services
        self._dialogue = dialogue
        self._customer = ""
        self._message_id = ""
        self._last: tuple[str, str] = ("", "")
        self.replies: list[Reply] = []
        self._visit(dialogue.today)
        if dialogue.customer:
            self._customer = self._recorded()

    def play(self, turn: Turn) -> Reply:
        """Let one turn happen and return the reply, which is also added to `replies`."""
        if turn.does == "visit":
            self._visit(date.fromisoformat(turn.what))
            return Reply("", (), None, Dossier(), "nowhere", 0)
        if turn.does == "until":
            return self._until(turn)
        if turn.does == "at_once":
            reply = asyncio.run(self._at_once(list(turn.what)))
        elif turn.does == "again":
            reply = asyncio.run(self._send(*self._last))
        else:
            reply = asyncio.run(self._send(self._text(turn), uuid.uuid4().hex))
        self.replies.append(reply)
        return reply

    def _until(self, turn: Turn) -> Reply:
        """Answer what is asked with what the customer knows, until one of the moves waited for is made."""
        for _ in range(turn.within):
            self.replies.append(asyncio.run(self._send(self._answer(), uuid.uuid4().hex)))
            if self.replies[-1].move["kind"] in texts(turn.what):
                return self.replies[-1]
        raise LookupError(f"After {turn.within} answers there was no {' or '.join(texts(turn.what))}.")

    def _answer(self) -> str:
        kind, _, key = self.replies[-1].open.partition(":")
        knows = self._dialogue.knows
        return knows.get(key) or knows.get(kind) or _USUALLY.get(kind, "no idea")

    def _text(self, turn: Turn) -> str:
        if turn.does == "customer":
            return str(turn.what) * turn.times
        offered = self.replies[-1].buttons
        if turn.what not in offered:
            raise LookupError(f"There is no button “{turn.what}”. On offer: {', '.join(offered) or 'none'}.")
        return offered[turn.what]

    def _visit(self, day: date | None) -> None:
        """A new conversation of the same customer."""
        self._sender = f"{self._dialogue.trade}-{uuid.uuid4().hex}"
        settings = self._services.settings
        self._home = getattr(self, "_home", settings.today)
        self._services.settings = replace(settings, today=day or self._home)

    def leave(self) -> None:
        """Give the company its own day back."""
        self._services.settings = replace(self._services.settings, today=self._home)

    def _recorded(self) -> str:
        """The customer and what they own, entered in the company's records; returns the company's number for them."""
        told: dict[str, Any] = dict(self._dialogue.customer)
        number = f"{told.pop('id', 'customer')}-{uuid.uuid4().hex[:8]}"
        with self._services.store.begin() as work:
            customer = work.customers.add(records.Customer(external_id=number, **told))
            for asset in self._dialogue.assets:
                work.assets.upsert(_asset(customer.id, asset))
        return number

    async def _send(self, text: str, message_id: str) -> Reply:
        self._last = (text, message_id)
        metadata = {"message_id": message_id, "customer": self._customer}
        bubbles = await self._services.handle(self._sender, text, metadata)
        return self._reply(text, bubbles)

    async def _at_once(self, texts: list[str]) -> Reply:
        """Two tabs of one customer: the messages arrive together. The reply holds what both were answered."""
        replies = await asyncio.gather(*(self._send(text, uuid.uuid4().hex) for text in texts))
        bubbles = tuple(bubble for reply in replies for bubble in reply.bubbles)
        return replace(max(replies, key=lambda reply: reply.turns), said=" / ".join(texts), bubbles=bubbles)

    def _reply(self, text: str, bubbles: list[dict[str, Any]]) -> Reply:
        memory = self._services.desk.store_of(self._sender)
        with memory.read() as work:
            conversation = work.conversations.get(self._sender)
            if conversation is None:
                return Reply(text, tuple(bubbles), None, Dossier(), "nowhere", 0)
            turns = work.turns.after(self._sender)
            return Reply(
                text,
                tuple(bubbles),
                turns[-1],
                from_plain(Dossier, conversation.state),
                "on disk" if memory is self._services.store else "in memory",
                len(turns),
                tuple(work.promises.of_conversation(self._sender)),
                tuple(work.referrals.of_conversation(self._sender)),
                tuple(work.hand_overs.of_conversation(self._sender)),
                tuple(work.consents.of_conversation(self._sender)),
            )


_USUALLY = {"read_back": "yes, that's right", "contact": "Kim Sander, kim@sander.example"}
"""What a customer answers where the dialogue says nothing else; any other question with "no idea"."""


def _asset(customer: str, told: Mapping[str, str]) -> records.Asset:
    plain: dict[str, Any] = dict(told)
    if "quantity" in plain:
        plain["quantity"] = int(plain["quantity"])
    if "bought_on" in plain:
        plain["bought_on"] = date.fromisoformat(plain["bought_on"])
    return records.Asset(customer_id=customer, **plain)
