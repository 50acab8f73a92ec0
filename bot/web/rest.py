"""Rasa's REST channel, as Rasa documents it, so that its clients connect unchanged."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from bot.web.backend import Reply
from bot.web.incoming import LONGEST_ID, receive
from bot.web.turns import Turns

router = APIRouter(prefix="/webhooks/rest", tags=["REST channel"])

_BODY: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "sender": {
            "type": "string",
            "maxLength": LONGEST_ID,
            "default": "default",
            "description": "Who writes: the id of the conversation. Use one that nobody can guess.",
        },
        "message": {"type": "string", "description": "What the customer wrote, or the payload of a button."},
        "input_channel": {"type": "string", "description": "The name of the channel it came through."},
        "metadata": {
            "type": "object",
            "properties": {
                "message_id": {
                    "type": "string",
                    "maxLength": LONGEST_ID,
                    "description": "The client's own id of the message. Sent again with the same id, a message is "
                    "answered with the same reply and counts once.",
                },
                "customer_token": {"type": "string", "description": "Who the customer is, signed by this server."},
                "customer_id": {
                    "type": "string",
                    "description": "The same, unsigned; only where settings allow it.",
                },
            },
        },
    },
}
_REPLY: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["recipient_id"],
        "properties": {
            "recipient_id": {"type": "string"},
            "text": {"type": "string"},
            "buttons": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"title": {"type": "string"}, "payload": {"type": "string"}},
                },
            },
            "custom": {"type": "object"},
        },
    },
}
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "do": {"type": "string"}},
}
_PROBLEMS: Final = {
    400: "The body is not JSON.",
    401: "The customer token is not valid.",
    413: "The body is too long.",
    422: "A field is missing or of the wrong type.",
    429: "Too many messages; see Retry-After.",
    503: "The message could not be answered; see Retry-After and send it again with the same message_id.",
}


def _described(what: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


_WEBHOOK: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": _BODY}}},
    "responses": {
        "200": _described("The reply: messages in order.", _REPLY),
        **{str(status): _described(what, _PROBLEM) for status, what in _PROBLEMS.items()},
    },
}


@router.get("/", summary="Whether the channel is there")
async def health() -> dict[str, str]:
    """Always `{"status": "ok"}`, as in Rasa."""
    return {"status": "ok"}


@router.post("/webhook", summary="Send a message, get the reply", openapi_extra=_WEBHOOK, response_class=JSONResponse)
async def webhook(request: Request, stream: str = "false") -> Response:
    """Answer one message. With `?stream=true` the messages of the reply come one on each line, as in Rasa."""
    incoming = await receive(request)
    turns: Turns = request.app.state.turns
    answered = await turns.answer(incoming)
    headers = {"Advisor-Notice": answered.notice} if answered.notice else {}
    if stream.lower() == "true":
        return Response(_lines(answered.reply), headers=headers, media_type="text/event-stream")
    return JSONResponse(answered.reply, headers=headers)


def _lines(reply: Reply) -> str:
    return "".join(json.dumps(message) + "\n" for message in reply)
