"""Services for tests of the web: a short-spoken assistant with a memory, and switches for everything that can fail."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from itsdangerous import BadSignature, URLSafeSerializer

from bot.advice.catalogue import Catalogue, Company
from bot.advice.written import NotCorrected
from bot.assistant import code_fingerprint
from bot.calls import Calls
from bot.learning.company.refreshing import refresh
from bot.learning.correcting import Corrector
from bot.learning.evidence import EvidenceDesk
from bot.learning.learnt import LearntFiles
from bot.learning.suggesting import Suggester
from bot.learning.teaching import Teacher
from bot.learning.worker import Job, JobStopped, Tell
from bot.settings import Settings, load_settings
from bot.store import EphemeralStore, NotFound, Store
from bot.store.models import REPLAY
from tests.calls.couriers import calls_over

BUTTONS = [
    {"title": "The short programme", "payload": '/choose{"question": "fact:programme", "value": "short"}'},
    {"title": "Heavy soil, to be safe", "payload": '/choose{"question": "fact:programme", "value": "heavy"}'},
]


@dataclass
class FakeReport:
    """What a fake reload found."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FakeKnowledge:
    """As much knowledge as evidence is shown with."""

    catalogue: Catalogue
    catalogue_id: str = "shop"


class FakeAnswering:
    """An assistant that only knows which model it has, and a worker that makes new ones when `gate` is open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "advisor-first.tar.gz").write_bytes(b"first")
        self.folder = folder
        self.model = "advisor-first.tar.gz"
        self.made = 0
        self.results: dict[str, Any] = {}
        self.scores: dict[str, Any] = {}
        self.gate = threading.Event()
        self.gate.set()

    def swap(self, model: Path) -> None:
        """Take it up."""
        self.model = model.name

    def work(self, job: Job, tell: Tell, stop: Callable[[], bool]) -> dict[str, Any]:
        """Make a model, or find what `results` says."""
        tell("Learning the acts", 0.4)
        while not self.gate.wait(0.02):
            if stop():
                raise JobStopped("Stopped as asked.")
        if job.kind == REPLAY:
            return {"replay": self.results}
        self.made += 1
        archive = self.folder / f"advisor-made{self.made}.tar.gz"
        archive.write_bytes(b"made")
        data = {"examples": 41, "learnt": 1, "voices": 9, "acts": {}}
        return {"archive": str(archive), "code": code_fingerprint(), "data": data, "scores": self.scores}


def fake_vectors(texts: Sequence[str]) -> Any:
    """Vectors by the letters of each text: the same text has the same one."""
    counted = np.array([[text.casefold().count(letter) + 0.01 for letter in "abcdefghijklmnopqrstuvwxyz "] for text in texts])
    counted = counted.reshape(len(texts), 27).astype(np.float32)
    return counted / np.linalg.norm(counted, axis=1, keepdims=True)


class FakeServices:
    """Answers "You said: …", remembers turns by sender, and fails when `failing` holds an error.

    `gate` holds every turn until it is set; `taken` lists what was answered, in order.
    """

    def __init__(self, folder: Path, store: Store | None = None, **environ: str) -> None:
        (folder / "shop").mkdir(exist_ok=True)
        told = {"ADVISOR_CATALOGUE": "shop", "ADVISOR_DATA_DIR": "data", "ADVISOR_RATE_LIMIT": "0", **environ}
        self.settings: Settings = load_settings(told, folder=folder)
        self.settings.data_dir.mkdir(exist_ok=True)
        self.store: Store = store or EphemeralStore()
        self.customer = FakeCustomer(self)
        self.catalogue = Catalogue(COMPANY, {}, {}, {}, {}, {}, version="v1")
        learnt = self.settings.data_dir / "learnt"
        self.corrector = Corrector(self.store, lambda: self.catalogue, lambda: LearntFiles(learnt, self.settings.catalogue))
        self.evidence = EvidenceDesk(self.store, lambda: FakeKnowledge(self.catalogue), lambda: None)
        self.suggester = Suggester(self.store, lambda: self.catalogue, learnt / "nlu", fake_vectors, self.now)
        self.answering = FakeAnswering(self.settings.data_dir / "models")
        self.teacher = Teacher(self.store, self.settings, lambda: self.answering, self.answering.work)
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
        self.taken_up = 0

    @cached_property
    def calls(self) -> Calls:
        """Real calls of the bike couriers over the same records."""
        return calls_over(self.store)

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

    def now(self) -> datetime:
        """The time of the records' clock."""
        now: datetime = self.store._clock()
        return now

    def learn(self, most: int = 200) -> int:
        """Score and count for real, over the store of these services."""
        return refresh(self.store, self.catalogue, datetime.now(timezone.utc), most)

    def take_up_experiments(self) -> None:
        """Count how often it was asked for."""
        self.taken_up += 1

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

    def people_in(self, texts: list[str]) -> tuple[str, ...]:
        """Nobody is recognised by the fake; who is known by name is masked all the same."""
        return ()

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


class FakeCustomer:
    """The customer's side of the fake desk: the turns remembered, and one line that may be put right."""

    def __init__(self, services: FakeServices) -> None:
        self._services = services
        self.opinions: list[tuple[str, int, int, str]] = []
        self.promises: list[dict[str, Any]] = []

    def state(
        self, sender: str, customer: str = "", *, after: int | None = None, answering: str = "", limit: int = 50
    ) -> dict[str, Any]:
        """The turns and a standing that never changes."""
        known = self._services.history(sender)
        if answering:
            after = (self.kept(sender, answering) or len(known) + 1) - 1
        shown = [turn for turn in known if turn["seq"] > after][:limit] if after is not None else known[-limit:]
        return {
            "turns": [_viewed(turn) for turn in shown],
            "last_seq": len(known),
            "earlier": after is None and len(known) > limit,
            "progress": [{"id": "listen", "title": "Your request", "state": "now"}],
            "understood": {"concerns": [], "about_you": [LINE]},
            "consent": {"notes": "asked", "privacy_url": "/privacy"},
            "promises": self.promises,
            "promises_ics": None,
            "staffed": True,
            "copy": f"/export/{self._services.sign(sender, 'export')}",
        }

    def turns(self, sender: str, *, after: int | None = None, before: int | None = None, limit: int = 50) -> dict[str, Any]:
        """Some turns."""
        known = self._services.history(sender)
        if after is not None:
            found = [turn for turn in known if turn["seq"] > after]
            return {"turns": [_viewed(turn) for turn in found[:limit]], "more": len(found) > limit}
        found = [turn for turn in known if before is None or turn["seq"] < before]
        return {"turns": [_viewed(turn) for turn in found[-limit:]], "more": len(found) > limit}

    def kept(self, sender: str, message_id: str) -> int | None:
        """The number of the turn of that message."""
        known = self._services.history(sender)
        return next((turn["seq"] for turn in known if turn["message_id"] == message_id), None)

    def correction(self, sender: str, customer: str, line: str, value: str | None) -> str:
        """Only one line is known."""
        if line != LINE["id"]:
            raise NotCorrected("This line is not there any more. Load what was understood again.")
        return f"corrected to {value}" if value is not None else "taken out"

    def feedback(self, sender: str, seq: int, rating: int, text: str) -> None:
        """Remember the opinion."""
        if seq > len(self._services.history(sender)):
            raise NotFound("There is no such turn.")
        self.opinions.append((sender, seq, rating, text))

    def conversations(self, customer: str, *, besides: str = "") -> list[dict[str, Any]]:
        """One earlier conversation."""
        at = "2025-05-01T12:00:00+00:00"
        return [{"sender": f"earlier-{customer}", "started_at": at, "last_active_at": at, "about": "Towels run out"}]

    def promised(self, sender: str) -> tuple[str, list[dict[str, Any]]]:
        """The promises set by the test."""
        if sender not in self._services.turns:
            raise NotFound("There is no such conversation.")
        return COMPANY.name, self.promises

    def last_seqs(self, senders: Iterable[str]) -> Mapping[str, int]:
        """How many turns each has."""
        return {sender: len(self._services.history(sender)) for sender in senders}

    def staffed(self) -> bool:
        """Somebody is always there."""
        return True


def _viewed(turn: Mapping[str, Any]) -> dict[str, Any]:
    named = {"seq": turn["seq"], "at": turn["at"], "message_id": turn["message_id"]}
    return {**named, "said": turn["text"], "messages": turn["messages"], "view": None}


LINE: dict[str, Any] = {
    "id": "fact:programme",
    "label": "Which programme do the staff use for towels?",
    "value": "Heavy soil, to be safe",
    "quote": "",
    "source": "customer",
    "sure": True,
    "editable": True,
    "kind": "text",
    "choices": [],
}


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
