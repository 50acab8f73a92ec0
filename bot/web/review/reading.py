"""Reading a conversation: the transcript with the reasons behind every turn, and how things stood at any of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store import NotFound, Work, records
from bot.store.access import User
from bot.store.review_record import Indexed
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.names import OUTCOMES, RUNGS, STATES, Names
from bot.web.review.panels import Read, conversation_panels, room_places, turn_panels
from bot.web.review.sought import address_of, query_of, sought_of
from bot.web.review.standing import standing_at
from bot.web.review.turn_view import views
from bot.web.review.veil import Veil, veil_over

router = APIRouter(prefix="/review", include_in_schema=False)

SHOWN: Final = 30
"""Turns shown at once; the next ones load when the reader comes to them."""
REVEALED_FOR: Final = timedelta(minutes=15)
_LOOK_BACK: Final = 12
"""Turns before the first one shown that are looked at for the titles of buttons and for older beliefs."""
_MOST_NAMED: Final = 200


@router.get("/read/{conversation_id:path}")
async def read_page(
    request: Request,
    conversation_id: str,
    user: User = Depends(may(Permission.REVIEW)),
    turn: int | None = None,
) -> Response:
    """The conversation, from its first turn or around the one asked for."""
    values = await run_in_threadpool(_page_values, request, conversation_id, user, turn)
    return staff_page(request, "review/read.html", values)


@router.get("/turns/{conversation_id:path}")
async def more_turns(
    request: Request,
    conversation_id: str,
    user: User = Depends(may(Permission.REVIEW)),
    after: int = 0,
) -> Response:
    """The turns that follow, as a piece of the page."""
    values = await run_in_threadpool(_turn_values, request, conversation_id, user, max(0, after))
    return staff_page(request, "review/turns.html", values)


@router.get("/standing/{conversation_id:path}")
async def standing(
    request: Request,
    conversation_id: str,
    turn: int,
    user: User = Depends(may(Permission.REVIEW)),
) -> Response:
    """How things stood after a turn, as a piece of the page."""
    values = await run_in_threadpool(_standing_values, request, conversation_id, user, turn)
    return staff_page(request, "review/standing.html", values)


@router.post("/reveal/{conversation_id:path}")
async def reveal(
    request: Request,
    conversation_id: str,
    user: User = Depends(may(Permission.REVEAL)),
    reason: str = Form(""),
    back: str = Form(""),
) -> Response:
    """Lift the veil for this person and a while; who did so, and why, is in the audit log."""
    why = " ".join(reason.split())
    if not why:
        raise Refusal(422, "Nothing was shown: the reason is missing.", "Go back and write why you need to see it.")
    await run_in_threadpool(_reveal, request.app.state.backend, conversation_id, user, why)
    return RedirectResponse(address_of(conversation_id, back), 303)


def _reveal(backend: Backend, conversation_id: str, user: User, reason: str) -> None:
    with backend.store.begin() as work:
        if work.review.get(conversation_id) is None:
            raise _missing()
        work.review.reveal(conversation_id, user.name, reason)
        work.audit.note(user, "personal data revealed", "conversation", conversation_id)


def _page_values(request: Request, conversation_id: str, user: User, at: int | None) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    query = query_of(request)
    with backend.store.read() as work:
        row, conversation, veil = opened(work, backend, conversation_id, user)
        seq = min(max(1, at), conversation.last_seq) if at else conversation.last_seq
        first = max(0, seq - SHOWN // 2) if at else 0
        shown = _shown(work, backend, (row, conversation, veil), user, first)
        before, after = work.review.beside(sought_of(request.query_params), row)
        return {
            **shown,
            "row": row,
            "seq": seq,
            "target": seq if at else 0,
            "standing": _standing(work, backend, conversation_id, seq, veil),
            "tags": work.review.tags_of([conversation_id]).get(conversation_id, ()),
            "all_tags": work.review.tags(),
            "flags": {flag.seq: flag for flag in work.review.flags_of(conversation_id)},
            "promises": [veil.plain(_promise(one)) for one in work.promises.of_conversation(conversation_id)],
            "previous": address_of(before, query) if before else "",
            "following": address_of(after, query) if after else "",
            "panels": conversation_panels(work, shown["read"]),
            "places_in_room": room_places(request, user),
            "query": query,
            "outcomes": OUTCOMES,
            "rungs": RUNGS,
            "states": STATES,
        }


def _turn_values(request: Request, conversation_id: str, user: User, after: int) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        known = opened(work, backend, conversation_id, user)
        flags = {flag.seq: flag for flag in work.review.flags_of(conversation_id)}
        return {
            **_shown(work, backend, known, user, after),
            "row": known[0],
            "flags": flags,
            "query": query_of(request),
            "target": 0,
        }


def _standing_values(request: Request, conversation_id: str, user: User, turn: int) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        row, _, veil = opened(work, backend, conversation_id, user)
        return {"standing": _standing(work, backend, conversation_id, turn, veil), "row": row}


def opened(work: Work, backend: Backend, conversation_id: str, user: User) -> tuple[Indexed, records.Conversation, Veil]:
    """A conversation with its row and the veil over it for this user. Raises `NotFound`."""
    row = work.review.get(conversation_id)
    if row is None:
        raise _missing()
    conversation = work.conversations.require(conversation_id)
    lifted = work.review.revealed(conversation_id, user.name, REVEALED_FOR)
    said = () if lifted else work.turns.said(conversation_id, _MOST_NAMED)
    return row, conversation, veil_over(conversation.state, backend.people_in(said), lifted)


def _shown(
    work: Work, backend: Backend, known: tuple[Indexed, records.Conversation, Veil], user: User, after: int
) -> dict[str, Any]:
    row, conversation, veil = known
    start = max(0, after - _LOOK_BACK)
    found = work.turns.after(conversation.id, start, after - start + SHOWN + 1)
    turns = [veil.turn(turn) for turn in found]
    earlier, mine = [turn for turn in turns if turn.seq <= after], [turn for turn in turns if turn.seq > after]
    read = Read(conversation, row, tuple(turn for turn in found if turn.seq > after)[:SHOWN], veil, user, backend.catalogue)
    return {
        "read": read,
        "turns": views(mine[:SHOWN], earlier[-1] if earlier else None, earlier, Names(backend.catalogue)),
        "turn_panels": turn_panels(work, read),
        "before_first": after,
        "goes_on": mine[SHOWN - 1].seq if len(mine) > SHOWN else 0,
    }


def _standing(work: Work, backend: Backend, conversation_id: str, seq: int, veil: Veil) -> Any:
    found = work.turns.after(conversation_id, max(0, seq - _LOOK_BACK), _LOOK_BACK)
    turns = [veil.turn(turn) for turn in found if turn.seq <= seq]
    return standing_at(turns, Names(backend.catalogue)) if turns else None


def _promise(promise: records.Promise) -> Mapping[str, Any]:
    due = promise.due.isoformat() if promise.due else ""
    return {"owner": promise.owner, "what": promise.what, "due": due, "state": promise.state.value}


def _missing() -> NotFound:
    return NotFound("There is no such conversation. It never was, or it has been erased.")
