"""What is kept of a chat: the page that says so, and the customer's copy."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store import NotFound
from bot.web.backend import Backend
from bot.web.customer.sessions import EXPORT, unsigned
from bot.web.pages import page
from bot.web.problems import Refusal
from bot.web.transcript import readable

router = APIRouter()


@router.get("/privacy", include_in_schema=False)
async def privacy_page(request: Request) -> Response:
    """What is kept of a chat, for how long, and what the customer can do about it."""
    minutes = int(_backend(request).settings.hold.total_seconds() // 60)
    return page(request, "privacy.html", {"minutes": minutes})


@router.get("/export/{signed}", tags=["Widget"], summary="A customer's copy of a conversation")
async def export(request: Request, signed: str, format: Literal["json", "html"] | None = None) -> Response:
    """Everything kept of the conversation that the signed address names, as JSON to download or as a page.

    Without a format a browser gets the page and a program the JSON.
    """
    backend = _backend(request)
    conversation = unsigned(backend, signed, EXPORT)
    if conversation is None:
        raise _no_copy()
    try:
        kept = await run_in_threadpool(backend.export, conversation)
    except NotFound:
        raise _no_copy() from None
    if format == "html" or (format is None and "text/html" in request.headers.get("accept", "")):
        turns = readable(await run_in_threadpool(backend.history, conversation))
        return page(request, "copy.html", {"turns": turns, "kept": _rest(kept), "json": f"/export/{signed}?format=json"})
    return JSONResponse(kept, headers={"Content-Disposition": 'attachment; filename="conversation.json"'})


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend


def _no_copy() -> Refusal:
    do = "Ask for a copy in the chat to get a new address. A conversation that was erased has no copy."
    return Refusal(404, "There is no copy at this address.", do)


def _rest(kept: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """What is kept beside the turns, as rows by kind, without what is empty."""
    rows = {name: value if isinstance(value, list) else [value] for name, value in kept.items() if name != "turns"}
    filled = {name: [_filled(row) for row in found if isinstance(row, dict)] for name, found in rows.items()}
    return {name: [row for row in found if row] for name, found in filled.items() if any(found)}


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in row.items() if value not in (None, "", [], {})}
    return {name: value for name, value in said.items() if name != "id" and not name.endswith("_id")}
