"""The widget's API: a session, the state of the talk, messages, corrections, feedback, dates to save, past conversations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from typing import Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from bot.advice.catalogue import Hours
from bot.advice.written import NotCorrected
from bot.store import NotFound
from bot.web.backend import Backend
from bot.web.customer.dates import calendar
from bot.web.customer.events import Watch, stream
from bot.web.customer.reading import read_begin, read_corrected, read_opinion, read_written
from bot.web.customer.sessions import EXPORT, PROMISES, Session, begun, session_of, unsigned
from bot.web.incoming import Incoming
from bot.web.problems import Refusal
from bot.web.turns import Turns

router = APIRouter()
_TAGS: Final[list[str | Enum]] = ["Widget"]
_AFTER = Query(None, ge=0, le=10**9)
_BEFORE = Query(None, ge=0, le=10**9)
_LIMIT = Query(50, ge=1, le=100)
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@router.post("/chat/session", status_code=201, tags=_TAGS, summary="Begin a conversation")
async def begin(request: Request) -> dict[str, str]:
    """A sender id nobody can guess, the signed session for all other requests, and the address of the conversation's copy.

    With a `customer_token` the conversation is that customer's.
    """
    backend = _backend(request)
    asked = await read_begin(request)
    session = begun(backend, asked.customer_token)
    copy = f"/export/{backend.sign(session.sender, EXPORT)}"
    return {"sender": session.sender, "session": session.signed(backend), "copy": copy}


@router.get("/chat/config", tags=_TAGS, summary="The company, the greeting, the opening hours")
async def config(request: Request) -> dict[str, Any]:
    """What a widget shows before anybody has written. Needs no session."""
    backend = _backend(request)
    company = backend.catalogue.company
    return {
        "company": {"name": company.name, "trade": company.trade, "about": company.about, "contact": company.contact},
        "greeting": f"Hello, you have reached {company.name}. What is going wrong, or what would you like to be different?",
        "languages": ["en"],
        "privacy_url": "/privacy",
        "how_url": "/how-it-works",
        "max_message_chars": backend.settings.max_message_chars,
        "staffed": backend.customer.staffed(),
        "wait_minutes": company.hours.wait_minutes,
        "hours": _hours(company.hours),
    }


@router.get("/chat/state", tags=_TAGS, summary="Where the talk stands, with the latest turns")
async def state(request: Request, limit: int = _LIMIT) -> dict[str, Any]:
    """The latest turns, the stages, what was understood, what was promised and what was agreed about notes."""
    session = session_of(request)
    return await _state(_backend(request), session, limit=limit)


@router.get("/chat/turns", tags=_TAGS, summary="Some turns")
async def turns(request: Request, after: int | None = _AFTER, before: int | None = _BEFORE, limit: int = _LIMIT) -> dict[str, Any]:
    """The turns after or before a number, oldest first; `more` says whether there are more in that direction."""
    session, backend = session_of(request), _backend(request)
    return await run_in_threadpool(lambda: backend.customer.turns(session.sender, after=after, before=before, limit=limit))


@router.post("/chat/messages", tags=_TAGS, summary="Send a message")
async def messages(request: Request) -> dict[str, Any]:
    """The state with the turn of this message; the same `message_id` again is answered with the same turn and counts once."""
    session = session_of(request)
    written = await read_written(request)
    return await _taken(request, _Said(session, written.text, written.message_id, written.page))


@router.post("/chat/understood", tags=_TAGS, summary="Put right what was understood")
async def understood(request: Request) -> dict[str, Any]:
    """A line of what was understood corrected, or taken out with null: a turn of its own, answered like a message."""
    session, backend = session_of(request), _backend(request)
    told = await read_corrected(request)
    if await run_in_threadpool(backend.customer.kept, session.sender, told.message_id) is not None:
        return await _taken(request, _Said(session, "", told.message_id))
    try:
        correction = backend.customer.correction
        text = await run_in_threadpool(correction, session.sender, session.customer, told.line, told.value)
    except NotCorrected as problem:
        raise Refusal(422, "This line cannot be changed to that.", str(problem)) from None
    return await _taken(request, _Said(session, text, told.message_id))


@router.post("/chat/feedback", status_code=204, tags=_TAGS, summary="Say what a reply was worth")
async def feedback(request: Request) -> Response:
    """Keeps what the customer thinks of one reply; the last opinion counts."""
    session, backend = session_of(request), _backend(request)
    told = await read_opinion(request)
    _turns(request).keep_pace(session.sender)
    try:
        await run_in_threadpool(backend.customer.feedback, session.sender, told.seq, told.rating, told.text)
    except NotFound:
        raise Refusal(404, "There is no such turn.", "Send the `seq` of a turn of this conversation.") from None
    return Response(status_code=204)


@router.get("/chat/conversations", tags=_TAGS, summary="Past conversations of a customer")
async def conversations(request: Request) -> dict[str, Any]:
    """The conversations to go on with, each with its session; none for a visitor who has not said who they are."""
    session, backend = session_of(request), _backend(request)
    if not session.customer:
        return {"conversations": []}
    found = await run_in_threadpool(lambda: backend.customer.conversations(session.customer, besides=session.sender))
    signed = [{**one, "session": Session(one["sender"], session.customer).signed(backend)} for one in found]
    return {"conversations": signed}


@router.get("/chat/events", tags=_TAGS, summary="Turns as they are stored")
async def events(request: Request, after: int | None = _AFTER) -> Response:
    """A stream of events: `turn` with the state whenever a turn was stored, by whichever tab; `ping` every 15 seconds."""
    session, backend = session_of(request), _backend(request)
    watch: Watch = request.app.state.watch
    if watch.full:
        raise Refusal(503, "Too many pages are listening.", "Ask for new turns with GET /chat/turns instead.", 30)

    async def since(seq: int) -> dict[str, Any]:
        return await _state(backend, session, after=seq)

    found = stream(watch, session.sender, after, since)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(found, headers=headers, media_type="text/event-stream")


@router.get("/chat/promises/{signed}.ics", tags=_TAGS, summary="What was promised, for a calendar")
async def promises(request: Request, signed: str) -> Response:
    """Every promise with its day, and the day we ask how it went, as a calendar file."""
    backend = _backend(request)
    sender = unsigned(backend, signed, PROMISES)
    try:
        if sender is None:
            raise NotFound(signed)
        company, found = await run_in_threadpool(backend.customer.promised, sender)
    except NotFound:
        do = "Open the chat again for a new address. A conversation that was erased has no dates."
        raise Refusal(404, "There are no dates at this address.", do) from None
    headers = {"Content-Disposition": 'attachment; filename="promises.ics"'}
    return Response(calendar(company, signed, found), headers=headers, media_type="text/calendar; charset=utf-8")


@dataclass(frozen=True)
class _Said:
    """A message of a session."""

    session: Session
    text: str
    message_id: str
    page: Mapping[str, str] | None = None


async def _taken(request: Request, said: _Said) -> dict[str, Any]:
    """The state with the turn that answers the message; of a turn that was not kept, the reply alone."""
    backend, session = _backend(request), said.session
    customer = session.customer or None
    incoming = Incoming(session.sender, said.text, "widget", said.message_id, customer=customer, page=said.page or {})
    answered = await _turns(request).answer(incoming)
    found = await _state(backend, session, answering=said.message_id)
    if found["turns"]:
        return found
    bubbles = [{name: value for name, value in bubble.items() if name != "recipient_id"} for bubble in answered.reply]
    at = datetime.now(timezone.utc).isoformat()
    gone = {"seq": 0, "at": at, "message_id": said.message_id, "said": said.text, "messages": bubbles, "view": None}
    return {**found, "turns": [gone]}


async def _state(backend: Backend, session: Session, **which: Any) -> dict[str, Any]:
    return await run_in_threadpool(lambda: backend.customer.state(session.sender, session.customer, **which))


def _hours(hours: Hours) -> dict[str, Any]:
    days = [_DAYS[day - 1] for day in hours.days]
    return {"days": days, "opens": hours.opens, "closes": hours.closes, "zone": hours.zone}


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend


def _turns(request: Request) -> Turns:
    turns: Turns = request.app.state.turns
    return turns
