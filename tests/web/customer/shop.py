"""A shop without a trained model: real desk, engine, records and customer's face; only reading free words is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.advice.dossier import Dossier
from bot.advice.heard import Act, Heard, Match
from bot.conversation import Desk, Incoming
from bot.customer import CustomerFace
from bot.knowledge import Knowledge
from bot.nlu.affairs import phrases_of
from bot.nlu.listener import Listener
from bot.nlu.matcher import PhraseIndex
from bot.nlu.problem_ranker import ProblemRanker
from bot.nlu.reading import Reading, read_message
from bot.store import EphemeralStore, open_store
from tests.advice.talking import CONTACT, phrasebook, reports, tells, wants
from tests.advice.worlds import BIKES
from tests.web.fake import FakeServices

NOON = datetime(2025, 5, 19, 12, tzinfo=timezone.utc)
"""A Monday, in the shop's opening hours."""

WORDS: dict[str, Heard] = {
    "the bikes run flat before noon": reports("runs_flat", "the bikes run flat before noon"),
    "something is always broken": reports("always_broken", "something is always broken"),
    "nobody oils them": tells(care="nobody", text="nobody oils them"),
    "a motor scooter, please": Heard(
        "a motor scooter, please", (Act.WANTS_PRODUCT,), not_ours=(Match("scooters", 0.97, "a motor scooter, please"),)
    ),
    "I want two more bikes": wants("bike"),
    "always turbo": tells(assist="turbo", text="always turbo"),
    "they stand inside": tells(parking="inside", text="they stand inside"),
    "forty kilometres": tells(round_km=40.0, text="forty kilometres"),
    "Ana, 0151 2345": CONTACT,
    "a person please": Heard("a person please", (Act.ASKS_PERSON,)),
    "keep no notes": Heard("keep no notes", (Act.REFUSES_RECORDING,)),
    "delete my data": Heard("delete my data", (Act.ASKS_ERASURE,)),
    "what else could we do?": Heard("what else could we do?", (Act.ASKS_OPTIONS,)),
}
"""What the scripted listener understands."""


class ScriptedListener(Listener):
    """Knows the words of the script; ready replies are understood as everywhere; other words say little."""

    def listen(self, reading: Reading, dossier: Dossier) -> Heard:
        """What the message tells us."""
        if reading.text.startswith("/") or reading.trouble is not None:
            return super().listen(reading, dossier)
        return WORDS.get(reading.text) or Heard(reading.text, (Act.INFORMS,))


@dataclass
class Clock:
    """The time, which a test may set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Shop(FakeServices):
    """A bicycle shop, open on real records in a folder."""

    folder: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        FakeServices.__init__(self, self.folder, **self.environ)
        self.catalogue = BIKES
        self.clock = Clock()
        index = PhraseIndex(phrases_of(BIKES), cache_dir=self.folder)
        listener = ScriptedListener(BIKES, index, ProblemRanker(BIKES, self.folder))
        knowledge = Knowledge(BIKES, "bikes", listener, phrasebook())
        self.store = open_store(f"sqlite:///{self.folder / 'shop.sqlite3'}")  # type: ignore[assignment]
        self.desk = Desk(self.store, EphemeralStore(), knowledge, self.clock)
        self.customer = CustomerFace(self.desk, self.sign)  # type: ignore[assignment]

    async def handle(self, sender: str, text: str, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One turn at the real desk."""
        if self.failing is not None:
            raise self.failing
        self.told.append(metadata)
        incoming = Incoming(
            sender,
            replace(read_message(text)),
            metadata.get("message_id"),
            customer=str(metadata.get("customer") or ""),
            page=metadata.get("page") or {},
        )
        turn = await asyncio.to_thread(self.desk.take_turn, incoming)
        return [{"recipient_id": sender, **bubble} for bubble in turn.message]

    def history(self, conversation_id: str) -> list[dict[str, Any]]:
        """The turns of the records."""
        with self.desk.store_of(conversation_id).read() as work:
            turns = work.turns.after(conversation_id)
        return [
            {"seq": one.seq, "text": one.user_text, "messages": list(one.message), "at": one.created_at.isoformat()}
            for one in turns
        ]

    def close(self) -> None:
        """Let go of the records."""
        self.store.close()
        self.desk.ephemeral.close()
