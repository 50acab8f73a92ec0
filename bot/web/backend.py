"""What the web asks of the rest of the program: the shape of the services it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.advice.catalogue import Catalogue
from bot.calls import Calls
from bot.learning.correcting import Corrector
from bot.learning.evidence import EvidenceDesk
from bot.learning.suggesting import Suggester
from bot.learning.teaching import Teacher
from bot.settings import Settings
from bot.store import Store

Reply = list[dict[str, Any]]


class Report(Protocol):
    """What was found in a catalogue."""

    @property
    def errors(self) -> Sequence[object]:
        """What must be put right; none when the catalogue is in use."""

    @property
    def warnings(self) -> Sequence[object]:
        """What should be looked at."""


class Customer(Protocol):
    """What the customer's page asks for beside the talk; everything returned is as JSON can hold it."""

    def state(
        self, sender: str, customer: str = "", *, after: int | None = None, answering: str = "", limit: int = 50
    ) -> dict[str, Any]:
        """The turns after number `after`, or from the answer to that message on, or the latest; and where the talk stands."""

    def turns(self, sender: str, *, after: int | None = None, before: int | None = None, limit: int = 50) -> dict[str, Any]:
        """Some `turns`, oldest first, and whether there are `more` in that direction."""

    def kept(self, sender: str, message_id: str) -> int | None:
        """The number of the turn that answered this message; None when nothing of it was kept."""

    def correction(self, sender: str, customer: str, line: str, value: str | None) -> str:
        """The message that puts a line right. Raises `NotCorrected`."""

    def feedback(self, sender: str, seq: int, rating: int, text: str) -> None:
        """Keep what the customer thought of one reply. Raises `NotFound`."""

    def conversations(self, customer: str, *, besides: str = "") -> list[dict[str, Any]]:
        """The customer's conversations, the latest first, without the one named."""

    def promised(self, sender: str) -> tuple[str, list[dict[str, Any]]]:
        """The company's name and everything promised. Raises `NotFound`."""

    def last_seqs(self, senders: Iterable[str]) -> Mapping[str, int]:
        """The number of the last turn of each conversation, 0 where there is none."""

    def staffed(self) -> bool:
        """Whether a person answers now."""


class Backend(Protocol):
    """The opened services, as far as the web uses them."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""

    @property
    def store(self) -> Store:
        """The records."""

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue in use."""

    @property
    def customer(self) -> Customer:
        """The customer's side of the desk."""

    @property
    def calls(self) -> Calls:
        """The calls of reps."""

    def now(self) -> datetime:
        """The time, in UTC."""

    @property
    def corrector(self) -> Corrector:
        """The trainers' desk."""

    @property
    def evidence(self) -> EvidenceDesk:
        """What outcomes taught."""

    @property
    def suggester(self) -> Suggester:
        """Where a trainer's minutes help most."""

    @property
    def teacher(self) -> Teacher:
        """Training, replay and the history of models."""

    async def handle(self, sender: str, text: str, metadata: Mapping[str, Any]) -> Reply:
        """The reply to one message, stored before it is returned, in the form of Rasa's REST channel.

        A `message_id` in the metadata that was answered before gets the stored reply again; `customer` is taken as
        given, so only a customer that was proved belongs there.
        """

    def reload_catalogue(self) -> Report:
        """Read the catalogue again; it is in use if it has no errors, else the one before stays."""

    def history(self, conversation_id: str) -> Sequence[Mapping[str, Any]]:
        """The turns of a conversation, each with `seq`, `text`, `messages` and `at`; none when unknown."""

    def dossier(self, conversation_id: str) -> dict[str, Any]:
        """Need map, evidence, beliefs, verdicts by rung, advice, promises, referrals and turns. Raises `NotFound`."""

    def export(self, conversation_id: str) -> dict[str, Any]:
        """Everything kept of a conversation, as JSON can hold it. Raises `NotFound`."""

    def people_in(self, texts: Sequence[str]) -> Sequence[str]:
        """The people named in the texts, as they are written there."""

    def purge(self) -> int:
        """Erase the conversations held without consent for too long and say how many."""

    def learn(self, most: int = 200) -> int:
        """Score and count conversations that became quiet, and take up the experiments that run; says how many were scored."""

    def take_up_experiments(self) -> None:
        """From the next turn on the experiments that run now are tried."""

    def ready(self) -> Sequence[str]:
        """What is missing before messages can be answered; nothing when all is there."""

    def sign(self, value: str, purpose: str) -> str:
        """The value with a signature that holds for this purpose only; fit for a URL."""

    def unsign(self, value: str, purpose: str) -> str:
        """The value that was signed for this purpose. Raises `ValueError` when it was not."""
