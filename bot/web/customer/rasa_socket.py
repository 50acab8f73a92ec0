"""Rasa's Socket.IO channel as Rasa 3.6 documents it, so that web clients made for Rasa connect unchanged."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

import socketio
from fastapi import APIRouter, FastAPI

from bot.web.backend import Backend, Reply
from bot.web.incoming import LONGEST_BODY, Incoming, read_message
from bot.web.problems import Refusal
from bot.web.turns import Turns

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/webhooks/socketio", tags=["Socket.IO channel"])

PATH: Final = "/socket.io"
CHANNEL: Final = "socketio"
_NO_SESSION: Final = Refusal(422, "The message has no session.", "Ask for one first with `session_request`.")


@router.get("/", summary="Whether the channel is there")
async def health() -> dict[str, str]:
    """Always `{"status": "ok"}`, as in Rasa."""
    return {"status": "ok"}


def mount(app: FastAPI, backend: Backend, turns: Turns) -> RasaSocket:
    """Serve the channel at /socket.io, the path every client asks for unless told another."""
    channel = RasaSocket(backend, turns)
    app.mount(PATH, socketio.ASGIApp(channel.server, socketio_path=None))
    return channel


class RasaSocket:
    """`session_request` → `session_confirm`, `user_uttered` → `bot_uttered`, with session persistence.

    A session is a conversation: whoever knows its id takes part in it, so that the server makes ids nobody can guess and
    every tab that has confirmed the same one gets the replies.
    """

    def __init__(self, backend: Backend, turns: Turns) -> None:
        self._turns = turns
        self._sites = Sites(backend.settings.allowed_origins)
        self._closed = False
        self.server = socketio.AsyncServer(
            async_mode="asgi",
            cors_allowed_origins=self._sites.allows,
            max_http_buffer_size=LONGEST_BODY,
            logger=False,
            engineio_logger=False,
        )
        self.server.on("session_request", self.session_request)
        self.server.on("user_uttered", self.user_uttered)

    async def session_request(self, sid: str, data: Any = None) -> None:
        """Confirm the session asked for, or a new one."""
        told = data.get("session_id") if isinstance(data, dict) else None
        session = _session(told) if told is not None else uuid4().hex
        if session is None:
            await self._refuse(sid, _NO_SESSION)
            return
        await self.server.enter_room(sid, session)
        await self.server.emit("session_confirm", session, room=sid)

    async def user_uttered(self, sid: str, data: Any = None) -> None:
        """Answer a message to everybody in its session; a problem is told to its sender as a message."""
        try:
            incoming = _incoming(data)
            await self.server.enter_room(sid, incoming.sender)
            answered = await self._turns.answer(incoming)
        except Refusal as problem:
            await self._refuse(sid, problem)
            return
        for message in uttered(answered.reply):
            await self.server.emit("bot_uttered", message, room=incoming.sender)

    async def close(self) -> None:
        """Let every client go, so that the server can stop; doing so again does nothing."""
        if not self._closed:
            self._closed = True
            # A poll under way is answered, or it would keep the server; a client that is gone is not waited for.
            for client in list(self.server.eio.sockets.values()):
                await client.close(wait=False)
            await self.server.shutdown()

    async def _refuse(self, sid: str, problem: Refusal) -> None:
        await self.server.emit("bot_uttered", {"text": f"{problem.error} {problem.do}"}, room=sid)


class Sites:
    """Which websites' pages may connect: the listed ones, and the server's own."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = origins

    def allows(self, origin: str, environ: Mapping[str, Any]) -> bool:
        """Whether a page of that origin may connect to the server that this request reached."""
        own = environ.get("HTTP_HOST", "")
        return origin in self._origins or "*" in self._origins or origin in (f"http://{own}", f"https://{own}")


def uttered(reply: Reply) -> list[dict[str, Any]]:
    """A reply as Rasa's channel sends it: a message for each paragraph, the buttons as quick replies of the last one."""
    found: list[dict[str, Any]] = []
    for bubble in reply:
        parts = str(bubble.get("text", "")).strip().split("\n\n")
        if not bubble.get("buttons"):
            found += [{"text": part} for part in parts]
            continue
        replies = [{"content_type": "text", "title": one["title"], "payload": one["payload"]} for one in bubble["buttons"]]
        found += [{"text": part, "quick_replies": []} for part in parts]
        found[-1]["quick_replies"] = replies
    return found


def _incoming(data: Any) -> Incoming:
    """The message in an event. Raises `Refusal`."""
    if not isinstance(data, dict) or _session(data.get("session_id")) is None:
        raise _NO_SESSION
    metadata = data.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except ValueError:
            metadata = None
    told = {"sender": data["session_id"], "message": data.get("message", ""), "input_channel": CHANNEL, "metadata": metadata}
    try:
        return read_message(json.dumps(told).encode())
    except (TypeError, ValueError, RecursionError):
        raise _NO_SESSION from None


def _session(told: Any) -> str | None:
    """The session's id as it may be used, None when it may not: as short, plain and printable as every sender's."""
    if not isinstance(told, str):
        return None
    try:
        return read_message(json.dumps({"sender": told, "message": ""}).encode()).sender
    except Refusal:
        return None
