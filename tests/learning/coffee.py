"""A coffee company with one stored conversation, and the desk at which trainers correct it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from bot.advice.archive import to_plain
from bot.advice.dossier import Customer, Dossier
from bot.content import STARTER, load
from bot.learning.correcting import Corrector
from bot.learning.learnt import LearntFiles
from bot.store import EphemeralStore, Store
from bot.store.records import Consent, Conversation, Turn

NOW = datetime(2025, 5, 19, 9, 0, tzinfo=timezone.utc)
DOSSIER = to_plain(Dossier(customer=Customer("c1", "Jana Voss", "Hotel Seeblick", "DE", "jana@seeblick.example")))
BUTTONS = [{"title": "All day", "payload": '/choose{"question": "fact:when_slow", "value": "always"}'}]
SAID = (
    "Hello, Jana Voss here, we want a bigger coffee machine",
    "my people stand around for ages before the nine o'clock meeting",
    "All day",
    "because nobody ever cleans it, call me on 0171 5554443",
)


@dataclass(frozen=True)
class Coffee:
    """The company's folder, its store, and its desk."""

    folder: Path
    store: Store
    corrector: Corrector

    @property
    def files(self) -> LearntFiles:
        """Where what was learnt is kept."""
        return self.corrector.files()

    def bytes(self) -> dict[str, bytes]:
        """Every file there is, but for the lock."""
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in self.folder.rglob("*") if _is_kept(file)}


def coffee(folder: Path, store: Store | None = None) -> Coffee:
    """The company with one conversation, `chat`, of four turns; the third is a button pressed."""
    shop = folder / "brightcup"
    shop.mkdir(parents=True)
    (shop / "catalogue.yml").write_text(STARTER, encoding="utf-8")
    kept = store or EphemeralStore()
    tell(kept, "chat", SAID)
    files = LearntFiles(folder / "data" / "learnt", shop)
    return Coffee(folder, kept, Corrector(kept, lambda: load(shop), lambda: files))


def tell(store: Store, name: str, said: tuple[str, ...], catalogue: str = "brightcup") -> None:
    """Store a conversation of these messages."""
    with store.begin() as work:
        found = work.conversations.start(Conversation(id=name, catalogue_id=catalogue, consent=Consent.GIVEN))
        for text in said:
            found, _ = work.conversations.record(found, _turn(name, text))


def _turn(name: str, text: str) -> Turn:
    pressed = text == "All day"
    return Turn(
        conversation_id=name,
        user_text=text,
        heard={"text": text, "acts": ["informs"], **({} if pressed else {"understood": 0.4})},
        dossier=DOSSIER,
        move={"kind": "ask_check", "question": {"ask": "fact", "key": "when_slow"}},
        message=({"text": "When is it slow?", "buttons": BUTTONS},),
        intent="choose" if pressed else "informs",
        confidence=1.0 if pressed else 0.4,
        created_at=NOW,
    )


def _is_kept(file: Path) -> bool:
    return file.is_file() and file.name != ".lock"
