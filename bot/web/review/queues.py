"""Queues of conversations to score: made from a list of the room, dealt out to reviewers, a share read twice, with progress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from bot.store import Conflict, Work
from bot.store.access import Role, User
from bot.store.score_queues import Queue
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.panels import room_places
from bot.web.review.sought import sought_of

router = APIRouter(prefix="/review/queues", include_in_schema=False)

MOST: Final = 500
"""How many conversations one queue may hold."""


@router.get("")
async def queues(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """The queues and how far each has come."""
    values = await run_in_threadpool(_values, request, {})
    return staff_page(request, "review/queues.html", {**values, "places_in_room": room_places(request, user)})


@router.post("")
async def make(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Make a queue of what a list of the room shows; what is wrong is said, and nothing typed is lost."""
    form = await request.form()
    told: dict[str, Any] = {name: str(value) for name, value in form.items()}
    told["reviewers"] = [str(value) for value in form.getlist("reviewers")]
    problems, made = await run_in_threadpool(_make, request, user, told)
    if problems:
        values = await run_in_threadpool(_values, request, told)
        around = {"problems": problems, "places_in_room": room_places(request, user)}
        return staff_page(request, "review/queues.html", {**values, **around}, 422)
    return RedirectResponse(f"/review/queues?made={made}", 303)


@router.get("/{queue_id}/next")
async def following(request: Request, queue_id: int, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Go to the conversation this reviewer reads next in a queue; back to the queues when all is read."""
    conversation_id = await run_in_threadpool(_next, request, queue_id, user)
    if conversation_id is None:
        return RedirectResponse(f"/review/queues?finished={queue_id}", 303)
    return RedirectResponse(f"/review/scores/of/{quote(conversation_id, safe='')}?queue={queue_id}", 303)


@router.post("/{queue_id}/close")
async def close(request: Request, queue_id: int, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Close a queue, or open it again."""
    await run_in_threadpool(_close, request, queue_id, user)
    return RedirectResponse("/review/queues", 303)


def _values(request: Request, told: Mapping[str, Any]) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        people = [user for user in work.users.all() if user.role in (Role.TRAINER, Role.ADMIN) and not user.disabled_at]
        found = []
        for queue in work.queues.all():
            progress = work.queues.progress(queue.id)
            names = {user.id: user.shown_name for user in people}
            found.append(
                {
                    "queue": queue,
                    "all": sum(each.all for each in progress),
                    "done": sum(each.done for each in progress),
                    "rows": [(names.get(each.reviewer, "Whoever comes first"), each) for each in progress],
                }
            )
    query = request.query_params
    return {
        "queues": found,
        "people": people,
        "told": {"name": "", "list": query.get("list", "share=10"), "size": "30", "twice": "20", "reviewers": [], **told},
        "problems": {},
        "made": query.get("made", ""),
        "finished": query.get("finished", ""),
    }


def _wrong(name: str, size: str, twice: str) -> dict[str, str]:
    """What is wrong, by the name of the field."""
    problems = {} if name else {"name": "Give the queue a name, so that others know what it is for."}
    if not _whole(size, 1, MOST):
        problems["size"] = f"Write how many conversations: 1 to {MOST}."
    if not _whole(twice, 0, 100):
        problems["twice"] = "Write the share read twice in percent: 0 to 100."
    return problems


def _whole(text: str, least: int, most: int) -> bool:
    return text.isdecimal() and len(text) <= len(str(most)) and least <= int(text) <= most


def _make(request: Request, user: User, told: Mapping[str, Any]) -> tuple[dict[str, str], int]:
    name = str(told.get("name", "")).strip()[:80]
    size, twice = str(told.get("size", "")).strip(), str(told.get("twice", "")).strip()
    if problems := _wrong(name, size, twice):
        return problems, 0
    backend: Backend = request.app.state.backend
    query = str(told.get("list", "")).strip().partition("?")[2] or str(told.get("list", "")).strip()
    try:
        with backend.store.begin() as work:
            ids = _some(work, query, int(size))
            if not ids:
                return {"list": "No conversation fits that list. Try its address in the room first."}, 0
            queue = work.queues.add(Queue(name=name, about=query[:500], by=user.id), ids, told["reviewers"], int(twice) / 100)
            work.audit.note(user, "queue made", "queue", str(queue.id))
            return {}, queue.id
    except Conflict:
        return {"name": "There is a queue of that name already: choose another."}, 0


def _some(work: Work, query: str, size: int) -> list[str]:
    found: list[str] = []
    sought, place = sought_of(QueryParams(query)), None
    while len(found) < size:
        more, place = work.review.some(sought, place)
        found += more
        if place is None or not more:
            break
    return found[:size]


def _next(request: Request, queue_id: int, user: User) -> str | None:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        if work.queues.get(queue_id).closed_at:
            raise Refusal(409, "This queue is closed.", "Open it again on the page of queues, or take another.")
        task = work.queues.tasks.next(queue_id, user.id)
        if task is not None and not task.reviewer:
            work.queues.tasks.take(task, user.id)
    return task.conversation_id if task is not None else None


def _close(request: Request, queue_id: int, user: User) -> None:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        work.queues.close(queue_id)
        work.audit.note(user, "queue closed or opened", "queue", str(queue_id))
