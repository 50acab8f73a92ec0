"""The rubric: the versions there were, and the form that makes the next one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.company.refreshing import in_force
from bot.learning.scores.rubric import AUTOMATIC, RubricError, read_rubric
from bot.store.access import User
from bot.store.scores import RubricVersion
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.panels import room_places

router = APIRouter(prefix="/review/rubric", include_in_schema=False)


@router.get("")
async def rubric_page(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """The rubric in force as a form."""
    values = await run_in_threadpool(_values, request)
    return staff_page(request, "review/rubric.html", {**values, "places_in_room": room_places(request, user)})


@router.post("")
async def change(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Make the next version; what is wrong is said beside its field, and nothing typed is lost."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    try:
        await run_in_threadpool(_change, request, user, form)
    except RubricError as error:
        values = await run_in_threadpool(_values, request)
        typed = {"criteria": criteria_in(form), "problems": error.problems, "note": form.get("note", "")}
        around = {"places_in_room": room_places(request, user)}
        return staff_page(request, "review/rubric.html", {**values, **typed, **around}, 422)
    return RedirectResponse("/review/rubric?saved=1", 303)


def criteria_in(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The criteria of a form in their order; one of people's own without a name is left out."""
    ids = list(dict.fromkeys(name.split(".")[0] for name in form if "." in name))
    found = []
    for id in ids:
        told = {field: form.get(f"{id}.{field}", "") for field in ("title", "help", "weight", "limit")}
        if id == "new" and not told["title"].strip():
            continue
        own = f"own_{re.sub(r'[^a-z0-9]+', '_', told['title'].casefold())[:40]}_{secrets.token_hex(2)}"
        found.append({"id": own if id == "new" else id, **told})
    return found


def _values(request: Request) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        rubric, versions = in_force(work), work.rubrics.all()
        people = {each.by: user.shown_name for each in versions if (user := work.users.get(each.by))}
    return {
        "version": rubric.version,
        "criteria": rubric.plain(),
        "automatic": AUTOMATIC,
        "versions": versions,
        "people": people,
        "problems": {},
        "note": "",
        "saved": request.query_params.get("saved") == "1",
    }


def _change(request: Request, user: User, form: Mapping[str, str]) -> None:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        newest = in_force(work).version
        if form.get("version") != str(newest):
            raise Refusal(
                409, "Somebody changed the rubric meanwhile.", "Go back, reload the page, and make your change on theirs."
            )
        rubric = read_rubric(newest + 1, criteria_in(form))
        stored = RubricVersion(
            version=rubric.version, criteria=tuple(rubric.plain()), note=form.get("note", "").strip()[:300], by=user.id
        )
        work.rubrics.add(stored)
        work.learned.touch_all()
        work.audit.note(user, "rubric changed", "rubric", str(rubric.version))
