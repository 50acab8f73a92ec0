"""Training from the page: begin, watch, stop."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.teaching import NotNow
from bot.store import NotFound
from bot.store.access import User
from bot.store.models import TRAINING, RunState, TrainingRun
from bot.web.access import Permission, may
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.teaching.frame import backend_of, teaching_page

router = APIRouter(prefix="/review", include_in_schema=False)
_TEACHER = Depends(may(Permission.TEACH))


@router.get("/training")
async def training_page(request: Request, user: User = _TEACHER) -> Response:
    """What would be learnt, what is under way, and the trainings before."""
    return await _shown(request)


@router.post("/training")
async def begin(request: Request, user: User = _TEACHER) -> Response:
    """Begin a training."""
    try:
        await run_in_threadpool(_begin, backend_of(request), user)
    except NotNow as refused:
        return await _shown(request, str(refused), 409)
    return RedirectResponse("/review/training", 303)


@router.post("/runs/{run_id}/stop")
async def stop(request: Request, run_id: int, user: User = _TEACHER) -> Response:
    """Stop a training or a replay."""

    def step() -> str:
        backend = backend_of(request)
        kind = backend.teacher.run(run_id).kind
        backend.teacher.stop(run_id, user.shown_name)
        with backend.store.begin() as work:
            work.audit.note(user, f"{kind} stopped", "run", str(run_id))
        return kind

    try:
        kind = await run_in_threadpool(step)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Reload the page.") from None
    return RedirectResponse(f"/review/{kind}", 303)


@router.get("/runs/{run_id}")
async def state(request: Request, run_id: int, user: User = _TEACHER) -> Response:
    """How far a run is, for the page that watches it."""
    try:
        run = await run_in_threadpool(backend_of(request).teacher.run, run_id)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Reload the page.") from None
    return JSONResponse({"state": run.state.value, "step": run.step, "share": run.share})


def running(runs: tuple[TrainingRun, ...]) -> TrainingRun | None:
    """The run that is under way, if any."""
    return next((run for run in runs if run.state is RunState.RUNNING), None)


async def _shown(request: Request, refused: str = "", status: int = 200) -> Response:
    values = await run_in_threadpool(_values, backend_of(request))
    return teaching_page(request, "training.html", {**values, "refused": refused}, status)


def _values(backend: Backend) -> dict[str, Any]:
    runs = backend.teacher.runs(TRAINING)
    with backend.store.read() as work:
        examples = work.proposals.accepted("", ["example"])
        counts = work.proposals.counts()
    acts: dict[str, int] = {}
    for one in examples:
        acts[one.target] = acts.get(one.target, 0) + 1
    return {
        "runs": runs,
        "running": running(runs),
        "examples": len(examples),
        "acts": sorted(acts.items(), key=lambda one: (-one[1], one[0])),
        "waiting": counts.get("waiting", 0),
        "in_force": backend.teacher.in_force,
    }


def _begin(backend: Backend, user: User) -> None:
    run = backend.teacher.train(user.shown_name)
    with backend.store.begin() as work:
        work.audit.note(user, "training begun", "run", str(run.id))
