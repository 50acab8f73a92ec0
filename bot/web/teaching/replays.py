"""Advice replay: stored conversations told anew, and whose moves or advice would be others, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.stand_ins import names_in
from bot.learning.teaching import NotNow
from bot.store import NotFound
from bot.store.access import User
from bot.store.masking import mask
from bot.store.models import REPLAY
from bot.web.access import Permission, may
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.teaching.frame import backend_of, teaching_page
from bot.web.teaching.training import running

router = APIRouter(prefix="/review/replay", include_in_schema=False)
_TEACHER = Depends(may(Permission.TEACH))
LIMITS: Final = (50, 200, 1000)
SHOWN: Final = 50


@router.get("")
async def replay_page(request: Request, user: User = _TEACHER, run: int = 0) -> Response:
    """The form, what is under way, and what the last replay, or the one asked for, found."""
    return await _shown(request, run)


@router.post("")
async def begin(request: Request, user: User = _TEACHER, model: str = Form(""), limit: int = Form(200)) -> Response:
    """Begin a replay."""

    def step() -> None:
        backend = backend_of(request)
        begun = backend.teacher.replay(user.shown_name, model, limit=limit if limit in LIMITS else LIMITS[0])
        with backend.store.begin() as work:
            work.audit.note(user, "replay begun", "run", str(begun.id), model)

    try:
        await run_in_threadpool(step)
    except NotNow as refused:
        return await _shown(request, 0, str(refused), 409)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Choose another model.") from None
    return RedirectResponse("/review/replay", 303)


async def _shown(request: Request, run: int, refused: str = "", status: int = 200) -> Response:
    values = await run_in_threadpool(_values, backend_of(request), run)
    return teaching_page(request, "replay.html", {**values, "refused": refused}, status)


def _values(backend: Backend, wanted: int) -> dict[str, Any]:
    runs = backend.teacher.runs(REPLAY)
    done = [one for one in runs if one.results and (not wanted or one.id == wanted)]
    shown = done[0] if done else None
    return {
        "runs": runs,
        "running": running(runs),
        "shown": shown,
        "changed": with_words(backend, shown.results.get("changed", [])) if shown is not None else [],
        "models": [entry.model for entry in backend.teacher.history() if entry.usable and not entry.in_force],
        "limits": LIMITS,
        "in_force": backend.teacher.in_force,
    }


def with_words(backend: Backend, changed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a replay found, with the masked words of each turn; a conversation erased since is left without them."""
    ordered = sorted(changed, key=lambda one: not one["advice_changed"])[:SHOWN]
    with backend.store.read() as work:
        return [{**one, "steps": [_step(work, one["conversation"], step) for step in one["steps"]]} for one in ordered]


def _step(work: Any, conversation_id: str, step: dict[str, Any]) -> dict[str, Any]:
    turn = work.turns.at(conversation_id, step["seq"])
    said = mask(turn.user_text, names_in(turn.dossier)) if turn is not None else None
    return {**step, "said": said}
