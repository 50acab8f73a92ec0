"""Experiments: what is tried on customers' conversations, how each arm stands, and starting and ending them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.advice.phrasing import Phrasebook
from bot.content.phrases import load_phrases
from bot.knowledge import PROJECT
from bot.learning.experiments.judging import DEMONSTRATION, HARM, MEASURES, WRONG, Standing, harmful, needed, standings
from bot.learning.experiments.writing import ExperimentError, written
from bot.store import Conflict
from bot.store.access import User
from bot.store.experiments import Experiment, ExperimentState
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.panels import RoomPlace, add_place, room_places

router = APIRouter(prefix="/review/experiments", include_in_schema=False)
add_place(RoomPlace("Experiments", "/review/experiments", Permission.TEACH, rank=3))

STATES: Mapping[ExperimentState, str] = {
    ExperimentState.DRAFT: "not begun",
    ExperimentState.RUNNING: "running",
    ExperimentState.STOPPED: "stopped for harm",
    ExperimentState.ENDED: "ended",
}


@router.get("")
async def experiments(request: Request, user: User = Depends(may(Permission.TEACH))) -> Response:
    """The experiments, and the form for another."""
    values = await run_in_threadpool(_values, request)
    return staff_page(request, "review/experiments.html", {**values, "places_in_room": room_places(request, user)})


@router.post("")
async def write(request: Request, user: User = Depends(may(Permission.TEACH))) -> Response:
    """Write an experiment; what is wrong is said beside its field, and nothing typed is lost."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        made = await run_in_threadpool(_write, request, user, form)
    except ExperimentError as error:
        values = await run_in_threadpool(_values, request)
        around = {"told": {**values["told"], **form}, "problems": error.problems, "places_in_room": room_places(request, user)}
        return staff_page(request, "review/experiments.html", {**values, **around}, 422)
    return RedirectResponse(f"/review/experiments/{made.id}", 303)


@router.get("/{experiment_id}")
async def one(request: Request, experiment_id: str, user: User = Depends(may(Permission.TEACH))) -> Response:
    """How the arms of one experiment stand."""
    values = await run_in_threadpool(_one, request, experiment_id)
    return staff_page(request, "review/experiment.html", {**values, "places_in_room": room_places(request, user)})


@router.post("/{experiment_id}/{step}")
async def change(request: Request, experiment_id: str, step: str, user: User = Depends(may(Permission.TEACH))) -> Response:
    """Begin or end an experiment; it counts from the next turn on."""
    form = await request.form()
    await run_in_threadpool(_change, request, user, experiment_id, step, str(form.get("why", "")).strip()[:300])
    return RedirectResponse(f"/review/experiments/{experiment_id}", 303)


@cache
def _phrases() -> Phrasebook:
    return load_phrases(PROJECT / "domain.yml")


def _values(request: Request) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        found = work.experiments.all()
    facts = sorted(id for id, fact in backend.catalogue.facts.items() if fact.askable)
    return {
        "experiments": [{"one": each, "state": STATES[each.state], "known": _known(each)} for each in found],
        "measures": {name: measure.title for name, measure in MEASURES.items()},
        "told": {"title": "", "kind": "wording", "subject": "", "text": "", "measure": "agreed"},
        "problems": {},
        "phrases": sorted(name for name in _phrases().responses),
        "questions": ["cell:success", *(f"fact:{id}" for id in facts)],
    }


def _known(experiment: Experiment) -> int:
    return sum(known for known, _ in experiment.tally.get("arms", {}).values())


def _write(request: Request, user: User, form: Mapping[str, str]) -> Experiment:
    backend: Backend = request.app.state.backend
    made = written(form, _phrases(), backend.catalogue, user.id)
    try:
        with backend.store.begin() as work:
            work.audit.note(user, "experiment written", "experiment", made.id)
            return work.experiments.create(made)
    except Conflict:
        raise ExperimentError({"title": "There is an experiment of that name: choose another."}) from None


def _one(request: Request, experiment_id: str) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        found = work.experiments.find(experiment_id)
    rows = standings(found)
    return {
        "one": found,
        "state": STATES[found.state],
        "measure": MEASURES[found.measure].title,
        "rows": [_row(found, each, place) for place, each in enumerate(rows)],
        "verdict": _verdict(found, rows),
        "needed": needed(found),
        "harmful": harmful(found),
        "wrong": WRONG,
        "harm": HARM,
        "as_it_is": (_phrases().responses.get(found.subject) or ("",))[0] if found.kind == "wording" else "",
        "simulated": found.id.startswith(DEMONSTRATION),
    }


def _row(experiment: Experiment, standing: Standing, place: int) -> dict[str, Any]:
    tests = [("tests", "1")] if experiment.id.startswith(DEMONSTRATION) else []
    return {
        "standing": standing,
        "text": str(experiment.arms[place].get("text", "")),
        "control": place == 0,
        "href": "/review?" + urlencode([("arm", f"{experiment.id}={standing.name}"), *tests]),
    }


def _verdict(experiment: Experiment, rows: tuple[Standing, ...]) -> str:
    better = [each.name for each in rows[1:] if each.better >= needed(experiment)]
    worse = [each.name for each in rows[1:] if each.worse >= harmful(experiment)]
    if worse:
        return f"With “{worse[0]}” customers fare worse than as it is."
    if better:
        return f"With “{better[0]}” customers fare better than as it is. It can be taken over into domain.yml."
    return "No difference has shown so far. That does not say there is none."


def _change(request: Request, user: User, experiment_id: str, step: str, why: str) -> None:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        found = work.experiments.find(experiment_id)
        if step == "begin" and found.state is not ExperimentState.RUNNING:
            taken = [each for each in work.experiments.running() if (each.kind, each.subject) == (found.kind, found.subject)]
            if taken:
                raise Refusal(409, f"“{taken[0].title}” runs on the same {found.kind}.", "End that one first.")
            work.experiments.begin(found)
        elif step == "end" and found.state is ExperimentState.RUNNING:
            work.experiments.end(found, ExperimentState.ENDED, why or f"Ended by {user.shown_name}.")
        else:
            raise Refusal(409, "That cannot be done with this experiment now.", "Reload its page to see how it stands.")
        work.audit.note(user, f"experiment: {step}", "experiment", found.id)
    backend.take_up_experiments()
