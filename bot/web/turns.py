"""Taking turns: a message waits for its place, is answered once, and its failure is told truthfully."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.web.backend import Backend, Reply
from bot.web.incoming import Incoming
from bot.web.lines import HouseFull, LineFull, Lines, Pace
from bot.web.metrics import Metrics
from bot.web.problems import Refusal

logger = logging.getLogger(__name__)

PATIENCE: Final = 30.0
"""Seconds a sender is kept waiting for a reply."""
_AGAIN: Final = "Send the same message again, with the same metadata.message_id: it is answered once."


@dataclass(frozen=True)
class Answered:
    """The reply to a message, and a notice for the sender's programmer, empty when there is none."""

    reply: Reply
    notice: str = ""


class Turns:
    """Answers messages. A turn that has begun is finished even if its sender has gone."""

    def __init__(self, backend: Backend, metrics: Metrics, lines: Lines | None = None, patience: float = PATIENCE):
        self._backend = backend
        self._metrics = metrics
        self._lines = lines or Lines()
        self._pace = Pace(backend.settings.rate_limit)
        self._patience = patience
        self._running: set[asyncio.Task[Reply]] = set()
        self.stored: Callable[[str], None] = lambda sender: None
        """Called with the sender whenever a turn was stored."""

    async def answer(self, incoming: Incoming) -> Answered:
        """The reply to the message. Raises `Refusal` when there is none."""
        metadata, notice = self._metadata(incoming)
        task = self._begin(incoming, metadata)
        done, _ = await asyncio.wait({task}, timeout=self._patience)
        if not done:
            self._metrics.failed("too_slow")
            raise Refusal(503, "The answer takes too long.", _AGAIN, 5)
        if task.cancelled() or task.exception() is not None:
            raise Refusal(503, "The message could not be answered just now.", _AGAIN, 5)
        return Answered(task.result(), notice)

    async def finish(self, seconds: float = 20.0) -> None:
        """Wait for the running turns to end, at most that many seconds."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)

    def _metadata(self, incoming: Incoming) -> tuple[dict[str, Any], str]:
        """What the assistant is told beside the text; a customer only when the claim holds."""
        customer, notice = self._customer(incoming)
        told = {"message_id": incoming.message_id, "customer": customer, "channel": incoming.channel}
        told_of_page = {"page": dict(incoming.page)} if incoming.page else {}
        return {**{name: value for name, value in told.items() if value is not None}, **told_of_page}, notice

    def _customer(self, incoming: Incoming) -> tuple[str | None, str]:
        if incoming.customer is not None:
            return incoming.customer, ""
        if incoming.customer_token is not None:
            return self._signed_customer(incoming.customer_token), ""
        if incoming.customer_id is None or self._backend.settings.trust_customer_id:
            return incoming.customer_id, ""
        return None, "metadata.customer_id is not trusted here and was ignored; send metadata.customer_token"

    def _signed_customer(self, token: str) -> str:
        try:
            return self._backend.unsign(token, "customer")
        except ValueError:
            do = "Ask the company for a new one, or leave metadata.customer_token out."
            raise Refusal(401, "`metadata.customer_token` is not valid.", do) from None

    def keep_pace(self, sender: str) -> None:
        """Count one request of the sender. Raises `Refusal` when there were too many in a minute."""
        wait = self._pace.wait(sender)
        if wait > 0:
            self._metrics.refused("pace")
            raise Refusal(429, "Too many messages in a minute.", _AGAIN, wait)

    def _begin(self, incoming: Incoming, metadata: dict[str, Any]) -> asyncio.Task[Reply]:
        self.keep_pace(incoming.sender)
        try:
            place = self._lines.join(incoming.sender)
        except LineFull:
            self._metrics.refused("line")
            raise Refusal(429, "Too many messages are waiting for an answer.", _AGAIN, 2) from None
        except HouseFull:
            self._metrics.refused("house")
            raise Refusal(503, "Too many people are waiting for an answer.", _AGAIN, 5) from None
        task = asyncio.create_task(self._take(place, incoming, metadata))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Reply]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # already in the log; asyncio would complain that nobody looked

    async def _take(self, place: Any, incoming: Incoming, metadata: dict[str, Any]) -> Reply:
        async with place:
            with self._metrics.turn():
                try:
                    reply = await self._backend.handle(incoming.sender, incoming.text, metadata)
                except Exception:
                    logger.exception("A turn failed; the sender was told to send the message again.")
                    raise
        self.stored(incoming.sender)
        return reply
