"""Coaching: for each rep what was noted about their calls, with examples; by name, never by rank and never by sales."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.company.refreshing import in_force
from bot.store import Work
from bot.store.access import Role, User
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.panels import room_places

router = APIRouter(include_in_schema=False)

LATEST = 50
"""How many of a rep's last calls the averages are taken over."""


@router.get("/review/coaching")
async def reps(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """The reps by name, each with their page."""
    values = await run_in_threadpool(_reps, request)
    return staff_page(request, "review/coaching.html", {**values, "places_in_room": room_places(request, user)})


@router.get("/review/coaching/{rep_id}")
async def rep_page(request: Request, rep_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """One rep's page, as the rep sees it."""
    values = await run_in_threadpool(_rep, request, rep_id)
    return staff_page(request, "review/coach.html", {**values, "own": False, "places_in_room": room_places(request, user)})


@router.get("/coaching")
async def own_page(request: Request, user: User = Depends(may(Permission.COACHED))) -> Response:
    """A rep's own page."""
    values = await run_in_threadpool(_rep, request, user.id)
    return staff_page(request, "review/coach.html", {**values, "own": True, "places_in_room": []})


@router.post("/coaching/{note_id}/read")
async def read(request: Request, note_id: int, user: User = Depends(may(Permission.COACHED))) -> Response:
    """The rep has read a note."""
    await run_in_threadpool(_read, request, note_id, user)
    return RedirectResponse(f"/coaching#note-{note_id}", 303)


def _reps(request: Request) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        people = sorted((user for user in work.users.all() if user.role is Role.REP), key=lambda user: user.shown_name.casefold())
        rows = [
            {"user": user, "notes": len(notes), "unread": sum(each.read_at is None for each in notes)}
            for user in people
            for notes in [work.coaching.of_rep(user.id)]
        ]
    return {"rows": rows}


def _rep(request: Request, rep_id: str) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        rep = work.users.get(rep_id)
        if rep is None:
            raise Refusal(404, "There is no such rep.", "Choose one on the page of coaching.")
        notes = work.coaching.of_rep(rep_id)
        people = {each.by: user.shown_name for each in notes if (user := work.users.get(each.by))}
        criteria, calls = _criteria(work, rep.name)
    shown = [{"note": each, "quoted": quote(each.conversation_id, safe="")} for each in notes]
    return {"rep": rep, "notes": shown, "people": people, "criteria": criteria, "calls": calls}


def _criteria(work: Work, rep: str) -> tuple[list[dict[str, Any]], int]:
    """How far each criterion was met in the rep's last calls, with the call in which it was met least."""
    rubric = in_force(work)
    scores = [score for call in work.calls.of_rep(rep, LATEST) if (score := work.scores.of(call.conversation_id))]
    rows = []
    for criterion in rubric.counted:
        met = [
            (point["share"], score.conversation_id, point)
            for score in scores
            for point in score.points
            if point["criterion"] == criterion.id and point["share"] is not None
        ]
        if met:
            least = min(met, key=lambda each: each[0])
            example = least if least[0] < 1 else None
            rows.append(
                {"criterion": criterion, "mean": sum(each[0] for each in met) / len(met), "count": len(met), "example": example}
            )
    return rows, len(scores)


def _read(request: Request, note_id: int, user: User) -> None:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        work.coaching.read(note_id, user.id)
