"""Suggestions: what to label together, what looks new, which examples to doubt, and where data is thin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.advice.heard import Act
from bot.learning.corrections import Correction, CorrectionInvalid, Part
from bot.store import Conflict, NotFound
from bot.store.access import User
from bot.web.access import Permission, may
from bot.web.backend import Backend
from bot.web.teaching.correcting import address
from bot.web.teaching.frame import backend_of, teaching_page

router = APIRouter(prefix="/review/suggestions", include_in_schema=False)
_TRAINER = Depends(may(Permission.CORRECT))
MOST_TOGETHER = 50


@router.get("")
async def suggestions_page(request: Request, user: User = _TRAINER, done: int = 0) -> Response:
    """What was suggested last, or that it is being made."""
    return _shown(request, {"done": done})


def _shown(request: Request, told: Mapping[str, Any], status: int = 200) -> Response:
    backend = backend_of(request)
    problems = sorted((one.name, one.id) for one in backend.catalogue.problems.values())[:500]
    values = {
        "made": backend.suggester.made(),
        "acts": [(act.value, act.value.replace("_", " ")) for act in Act],
        "problems": problems,
        "address": address,
        "done": 0,
        "told": {"group": "", "turns": (), "act": "", "about": "", "problem": ""},
    }
    return teaching_page(request, "suggestions.html", {**values, **told}, status)


@router.post("")
async def begin(request: Request, user: User = _TRAINER) -> Response:
    """Look again."""
    backend_of(request).suggester.begin()
    return RedirectResponse("/review/suggestions", 303)


@router.post("/together")
async def together(request: Request, user: User = _TRAINER) -> Response:
    """Correct several messages alike; those that somebody corrected meanwhile stay as they are."""
    form = await request.form()
    act, problem_id = str(form.get("act", "")), str(form.get("problem", ""))
    correction = Correction(acts=(Part(act),) if act else (), problem=problem_id)
    chosen = [str(one).partition(":") for one in form.getlist("turn")][:MOST_TOGETHER]
    turns = [(name, int(seq)) for seq, _, name in chosen if seq.isdigit()]
    if not turns or not correction:
        problem = "Choose what they are, or what they are about." if turns else "Tick the messages to correct."
        told = {"problem": problem, "act": act, "about": problem_id, "turns": [f"{seq}:{name}" for name, seq in turns]}
        return _shown(request, {"told": {**told, "group": str(form.get("group", ""))}}, 422)
    done = await run_in_threadpool(_correct, backend_of(request), turns, correction, user)
    return RedirectResponse(f"/review/suggestions?done={done}", 303)


def _correct(backend: Backend, turns: list[tuple[str, int]], correction: Correction, user: User) -> int:
    done = 0
    for name, seq in turns:
        try:
            backend.corrector.correct(name, seq, correction, user.shown_name, seen=0)
            done += 1
        except (Conflict, NotFound, CorrectionInvalid):
            continue
    with backend.store.begin() as work:
        work.audit.note(user, "turns corrected together", "turns", str(done))
    return done
