"""Services for tests of the web: a short-spoken assistant with a memory, and switches for everything that can fail."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from bot.advice.catalogue import Catalogue, Company
from bot.settings import Settings, load_settings
from bot.store import EphemeralStore, NotFound

BUTTONS = [
    {"title": "The short programme", "payload": '/choose{"question": "fact:programme", "value": "short"}'},
    {"title": "Heavy soil, to be safe", "payload": '/choose{"question": "fact:programme", "value": "heavy"}'},
]


@dataclass
class FakeReport:
    """What a fake reload found."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class FakeServices:
    """Answers "You said: …", remembers turns by sender, and fails when `failing` holds an error.

    `gate` holds every turn until it is set; `taken` lists what was answered, in order.
    """

    def __init__(self, folder: Path, **environ: str) -> None:
        (folder / "shop").mkdir(exist_ok=True)
        told = {"ADVISOR_CATALOGUE": "shop", "ADVISOR_DATA_DIR": "data", "ADVISOR_RATE_LIMIT": "0", **environ}
        self.settings: Settings = load_settings(told, folder=folder)
        self.settings.data_dir.mkdir(exist_ok=True)
        self.store = EphemeralStore()
        self.catalogue = Catalogue(COMPANY, {}, {}, {}, {}, {}, version="v1")
        self.turns: dict[str, list[dict[str, Any]]] = {}
        self.taken: list[tuple[str, str]] = []
        self.told: list[Mapping[str, Any]] = []
        self.failing: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.delay = 0.0
        self.missing: list[str] = []
        self.report = FakeReport()
        self.reloads = 0
        self.purges = 0

    async def handle(self, sender: str, text: str, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The stored reply to a message id seen before, else a new turn."""
        known = self.turns.setdefault(sender, [])
        for turn in known:
            if metadata.get("message_id") is not None and turn["message_id"] == metadata["message_id"]:
                return self._rasa(sender, turn)
        if self.gate is not None:
            await self.gate.wait()
        await asyncio.sleep(self.delay)
        if self.failing is not None:
            raise self.failing
        self.told.append(metadata)
        self.taken.append((sender, text))
        turn = {"seq": len(known) + 1, "text": text, "messages": reply(text), "at": "2025-05-01T12:00:00+00:00"}
        known.append({**turn, "message_id": metadata.get("message_id")})
        return self._rasa(sender, turn)

    def history(self, conversation_id: str) -> list[dict[str, Any]]:
        """The turns so far."""
        return self.turns.get(conversation_id, [])

    def export(self, conversation_id: str) -> dict[str, Any]:
        """All that is kept."""
        if conversation_id not in self.turns:
            raise NotFound("There is no such conversation.")
        promises = [{"id": 1, "owner": "we", "what": "Call you back", "due": "2025-05-02", "evidence": ""}]
        return {"conversation": {"id": conversation_id}, "turns": self.turns[conversation_id], "promises": promises}

    def reload_catalogue(self) -> FakeReport:
        """Count the reload."""
        self.reloads += 1
        return self.report

    def purge(self) -> int:
        """Count the purge."""
        self.purges += 1
        return 0

    def ready(self) -> list[str]:
        """What is missing."""
        return self.missing

    def sign(self, value: str, purpose: str) -> str:
        """A token."""
        return str(URLSafeSerializer("k" * 32, salt=purpose).dumps(value))

    def unsign(self, token: str, purpose: str) -> str:
        """Its value."""
        try:
            return str(URLSafeSerializer("k" * 32, salt=purpose).loads(token))
        except BadSignature:
            raise ValueError("not ours") from None

    def _rasa(self, sender: str, turn: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{"recipient_id": sender, **message} for message in turn["messages"]]


def reply(text: str) -> list[dict[str, Any]]:
    """What the fake assistant says: some messages have a longer answer, as real advice has."""
    if "towels" in text:
        question = "So it's towels on the shelf before noon. Which programme do the staff use for towels?"
        return [{"text": question, "buttons": BUTTONS}]
    if "heavy" in text:
        return [{"text": ADVICE, "buttons": [{"title": "Yes, let's do that", "payload": "/accepts"}]}]
    return [{"text": f"You said: {text}"}]


COMPANY = Company(
    name="Weisshaupt Laundry Systems",
    trade="industrial laundry equipment",
    about="We sell and look after washers, dryers and ironers for hotels and care homes.",
    contact="+49 30 000 000, help@weisshaupt.example",
)
ADVICE = (
    "Then I don't think you need new washers. Switch towels to the 45-minute programme: that gives you about nine more "
    "loads a day on the machines you own. Our trainer shows your team, half an hour at your site.\n\n"
    "Why I think so: towels are washed on the long programme. Heavy soil takes 70 minutes.\n\n"
    "- Cost: nothing\n- When: done by Thursday 8 May\n- From you: half an hour with your team\n"
    "- Expect: it covers your noon peak up to about 120 spa guests\n- Don't expect: whiter towels\n\n"
    "1. We book the trainer\n2. Half an hour with your team\n\nDoes that serve it?"
)
