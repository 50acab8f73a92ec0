"""What the web asks of the rest of the program: the shape of the services it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from bot.advice.catalogue import Catalogue
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

    async def handle(self, sender: str, text: str, metadata: Mapping[str, Any]) -> Reply:
        """The reply to one message, stored before it is returned, in the form of Rasa's REST channel.

        A `message_id` in the metadata that was answered before gets the stored reply again; `customer` is taken as
        given, so only a customer that was proved belongs there.
        """

    def reload_catalogue(self) -> Report:
        """Read the catalogue again; it is in use if it has no errors, else the one before stays."""

    def history(self, conversation_id: str) -> Sequence[Mapping[str, Any]]:
        """The turns of a conversation, each with `seq`, `text`, `messages` and `at`; none when unknown."""

    def export(self, conversation_id: str) -> dict[str, Any]:
        """Everything kept of a conversation, as JSON can hold it. Raises `NotFound`."""

    def purge(self) -> int:
        """Erase the conversations held without consent for too long and say how many."""

    def ready(self) -> Sequence[str]:
        """What is missing before messages can be answered; nothing when all is there."""

    def sign(self, value: str, purpose: str) -> str:
        """The value with a signature that holds for this purpose only; fit for a URL."""

    def unsign(self, value: str, purpose: str) -> str:
        """The value that was signed for this purpose. Raises `ValueError` when it was not."""
