"""Holding a call: its page, its state, what is done in it, and following it live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from bot.calls import Action, Refused, Seen
from bot.calls.doing import SHORTEST_WORD
from bot.store import NotFound, StoreError
from bot.store.access import User
from bot.web.access import Permission, SignedIn, allows, may, staff_page
from bot.web.pages import STATIC
from bot.web.problems import Refusal
from bot.web.sales.following import Followers, events
from bot.web.sales.panels import panel_values, shown
from bot.web.sales.seeing import allowed_to, calls_of, no_such_call, seen_by

router = APIRouter()

LONGEST_BODY: Final = 64_000
"""Bytes of one action."""

_FOLLOWER_MAY: Final = frozenset({"note"})
"""What a coach who follows may do: leave a note."""


@router.get("/calls/worker.js", include_in_schema=False)
async def worker(user: User = Depends(may(Permission.FOLLOW))) -> Response:
    """The script that opens a call again without a network; it must lie where the calls lie."""
    return FileResponse(STATIC / "sales" / "worker.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/calls/{call_id}", include_in_schema=False)
async def call_page(request: Request, call_id: str, user: User = Depends(may(Permission.FOLLOW))) -> Response:
    """The call, for whoever holds or follows it."""
    seen = await run_in_threadpool(seen_by, request, user, call_id)
    state = shown(request, user, seen, _followers(request).names(call_id))
    values = panel_values(request, user, seen)
    page = {**values, "state": state, "panels": state["panels"]}
    return staff_page(request, "sales/call.html", page, headers=_kept_until(request) if seen.kept else None)


@router.get("/calls/{call_id}/state", include_in_schema=False)
async def call_state(request: Request, call_id: str, user: User = Depends(may(Permission.FOLLOW))) -> Response:
    """The call as it stands, for its page."""
    return JSONResponse(await _state(request, user, call_id))


@router.post("/calls/{call_id}/actions", include_in_schema=False)
async def act(request: Request, call_id: str, user: User = Depends(may(Permission.FOLLOW))) -> Response:
    """Do one thing in the call; the answer is the call as it stands then. Sent again, it is not done again."""
    action = await _action(request, user)
    if not allows(user, Permission.GUIDE) and action.kind not in _FOLLOWER_MAY:
        raise Refusal(403, "You follow this call; the rep holds it.", "Leave a note: the rep sees it at once.")
    await run_in_threadpool(allowed_to, request, user, call_id)
    calls = calls_of(request)
    try:
        reading = await calls.reading(action)
        await run_in_threadpool(calls.do, call_id, action, reading)
    except Refused as refused:
        known = await _state(request, user, call_id)
        return JSONResponse({"error": refused.error, "do": refused.do, "about": refused.about, "state": known}, 422)
    except NotFound:
        raise no_such_call() from None
    except StoreError:
        do = "It is kept on this page and sent again by itself."
        raise Refusal(503, "This could not be stored just now.", do, 2) from None
    _followers(request).ring(call_id)
    return JSONResponse(await _state(request, user, call_id))


@router.get("/calls/{call_id}/events", include_in_schema=False)
async def follow(request: Request, call_id: str, user: User = Depends(may(Permission.FOLLOW))) -> Response:
    """The call as it changes, as server-sent events."""
    await run_in_threadpool(allowed_to, request, user, call_id)
    calls = calls_of(request)

    async def seq() -> int:
        return await run_in_threadpool(calls.seq, call_id)

    async def show() -> Mapping[str, Any]:
        return await _state(request, user, call_id)

    stream = events(_followers(request), call_id, user.shown_name, seq, show)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _kept_until(request: Request) -> dict[str, str]:
    """Until when the browser may open this page again without a network: the end of the session."""
    found: SignedIn = request.state.who
    return {"Advisor-Kept-Until": str(int(found.session.expires_at.timestamp()))}


async def _state(request: Request, user: User, call_id: str) -> dict[str, Any]:
    seen: Seen = await run_in_threadpool(seen_by, request, user, call_id)
    return await run_in_threadpool(shown, request, user, seen, _followers(request).names(call_id))


async def _action(request: Request, user: User) -> Action:
    """The action in the request's body. Raises Refusal for anything else."""
    body = await asyncio.wait_for(request.body(), 20)
    if len(body) > LONGEST_BODY:
        raise Refusal(413, "This is too long.", "Write it in two parts.")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not all(_is_id(told.get(name)) for name in ("id", "kind")):
        raise Refusal(400, "This is no action.", 'Send JSON such as {"id": "…", "kind": "note", "text": "…"}.')
    data = {name: value for name, value in told.items() if name not in ("id", "kind")}
    return Action(told["id"], told["kind"], user.name, data)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= SHORTEST_WORD and value.isprintable()


def _followers(request: Request) -> Followers:
    followers: Followers = request.app.state.followers
    return followers
