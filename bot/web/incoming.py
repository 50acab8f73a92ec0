"""Reading a message that arrives over REST: bytes become an `Incoming`, or a `Refusal` that says what to write."""

from __future__ import annotations

import asyncio
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from fastapi import Request

from bot.web.problems import Refusal

LONGEST_BODY: Final = 100_000
"""Bytes; the longest message that is read is far shorter."""
LONGEST_ID: Final = 200
"""Characters in the id of a sender or a message."""
DEFAULT_SENDER: Final = "default"
"""Who a message without a sender is from, as in Rasa: all such messages are one conversation."""

_SECONDS_TO_SEND: Final = 20.0
_READ_ON: Final = 20 * LONGEST_BODY
_EXAMPLE: Final = 'Send JSON such as {"sender": "ada", "message": "Hello"}.'


@dataclass(frozen=True)
class Incoming:
    """One message as it arrived. `customer_token` and `customer_id` are claims that nobody has checked yet."""

    sender: str
    text: str
    channel: str = "rest"
    message_id: str | None = None
    customer_token: str | None = None
    customer_id: str | None = None
    customer: str | None = None
    """The customer, where this server has proved who it is."""
    page: Mapping[str, str] = field(default_factory=dict)


async def receive(request: Request) -> Incoming:
    """The message in the request. Raises `Refusal`."""
    return read_message(await receive_body(request))


async def receive_body(request: Request) -> bytes:
    """The request's body, if it is whole in time and not too long. Raises `Refusal`."""
    try:
        return await asyncio.wait_for(_body(request), _SECONDS_TO_SEND)
    except asyncio.TimeoutError:
        raise Refusal(408, "The message did not arrive in time.", "Send it again, whole.") from None


def read_message(body: bytes) -> Incoming:
    """The message in a request's body; fields that are not known are ignored. Raises `Refusal`."""
    told = read_object(body)
    metadata = told.get("metadata")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, dict):
        raise Refusal(422, "`metadata` is not an object.", 'Write it as {"message_id": "…"}, or leave it out.')
    return Incoming(
        sender=read_id(told, "sender") or DEFAULT_SENDER,
        text=_message(told),
        channel=read_id(told, "input_channel") or "rest",
        message_id=read_id(metadata, "message_id", "metadata."),
        customer_token=_text(metadata, "customer_token", 2000),
        customer_id=read_id(metadata, "customer_id", "metadata."),
    )


async def _body(request: Request) -> bytes:
    """The body; of one too long some more is read, so that the sender hears why it is not taken."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _READ_ON:
            break
        if size <= LONGEST_BODY:
            chunks.append(chunk)
    if size > LONGEST_BODY:
        do = f"Send at most {LONGEST_BODY} bytes; a few sentences are enough."
        raise Refusal(413, "The message is too long.", do)
    return b"".join(chunks)


def read_object(body: bytes, example: str = _EXAMPLE) -> dict[str, Any]:
    """The JSON object in a body. Raises `Refusal` that shows the example."""
    try:
        told = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refusal(400, "The body is not JSON.", example) from None
    if not isinstance(told, dict):
        raise Refusal(422, "The body is not a JSON object.", example)
    return told


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _message(told: dict[str, Any]) -> str:
    text = told.get("message")
    if not isinstance(text, str):
        raise Refusal(422, "`message` is missing or is not a text.", _EXAMPLE)
    return storable(text)


def storable(text: str) -> str:
    """The text without half surrogate pairs, which nothing can store or send."""
    return text.encode("utf-8", "replace").decode("utf-8")


def read_id(told: dict[str, Any], name: str, place: str = "") -> str | None:
    """An id: a short text, or a whole number, which is read as text."""
    value = told.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID or not _is_printable(value):
        do = f"Write a text of 1 to {LONGEST_ID} characters without control characters, or leave it out."
        raise Refusal(422, f"`{place}{name}` cannot be used as an id.", do)
    return value


def _text(told: dict[str, Any], name: str, longest: int) -> str | None:
    value = told.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise Refusal(422, f"`metadata.{name}` is not a text of at most {longest} characters.", "Write it as given.")
    return value


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text)
