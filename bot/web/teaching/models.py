"""The model history: what each was made of, how it did against the one before, and which is in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.teaching import NotNow
from bot.store import NotFound
from bot.store.access import User
from bot.web.access import Permission, may
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.teaching.frame import backend_of, teaching_page
from bot.web.teaching.replays import with_words

router = APIRouter(prefix="/review/models", include_in_schema=False)
_TEACHER = Depends(may(Permission.TEACH))


@router.get("")
async def history(request: Request, user: User = _TEACHER) -> Response:
    """All models kept, newest first, and what was put in force when."""
    values = await run_in_threadpool(_history, backend_of(request))
    return teaching_page(request, "models.html", values)


@router.get("/{name}")
async def one_model(request: Request, name: str, user: User = _TEACHER) -> Response:
    """One model with all its scores."""
    return await _shown(request, name)


@router.post("/{name}/promote")
async def promote(request: Request, name: str, user: User = _TEACHER, why: str = Form(""), looked: str = Form("")) -> Response:
    """Put a model in force; one that breaks conversation tests only when that was seen."""
    try:
        entry = await run_in_threadpool(_entry, backend_of(request), name)
        broken = entry["scores"].get("tests", {}).get("broken", [])
        if broken and not looked:
            refused = f"It breaks {len(broken)} conversation tests. Look at them, tick the box, then go on."
            return await _shown(request, name, {"refused": refused, "why": why}, 422)
        await run_in_threadpool(_promote, backend_of(request), name, user, why)
    except NotNow as not_now:
        return await _shown(request, name, {"refused": str(not_now), "why": why}, 409)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Go back to the list of models.") from None
    return RedirectResponse("/review/models", 303)


async def _shown(request: Request, name: str, told: Mapping[str, str] | None = None, status: int = 200) -> Response:
    try:
        values = await run_in_threadpool(_entry, backend_of(request), name)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Go back to the list of models.") from None
    return teaching_page(request, "model.html", {**values, "refused": "", "why": "", **(told or {})}, status)


def _history(backend: Backend) -> dict[str, Any]:
    return {
        "entries": backend.teacher.history(),
        "promotions": backend.teacher.promotions(),
        "in_force": backend.teacher.in_force,
        "pinned": backend.settings.model is not None,
    }


def _entry(backend: Backend, name: str) -> dict[str, Any]:
    found = next((one for one in backend.teacher.history() if one.model.id == name), None)
    if found is None:
        raise NotFound(f"There is no model “{name[:80]}” in the history.")
    scores = found.model.scores
    return {
        "entry": found,
        "scores": scores,
        "replayed": with_words(backend, (scores.get("replay") or {}).get("changed", [])),
        "acts": _acts(scores.get("voices") or {}),
        "pinned": backend.settings.model is not None,
    }


def _acts(voices: dict[str, Any]) -> list[tuple[str, float, float, int]]:
    """Each act with its F1 before and after, the largest change first."""
    old, new = voices.get("old", {}).get("by_act", {}), voices.get("new", {}).get("by_act", {})
    lines = [(act, float(old.get(act, [0, 0])[0]), float(now[0]), int(now[1])) for act, now in new.items()]
    return sorted(lines, key=lambda line: (-abs(line[2] - line[1]), line[0]))


def _promote(backend: Backend, name: str, user: User, why: str) -> None:
    backend.teacher.promote(name, user.shown_name, why.strip()[:500])
    with backend.store.begin() as work:
        work.audit.note(user, "model promoted", "model", name, why.strip()[:200])
