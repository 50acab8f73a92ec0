"""One conversation's score: explained, judged by people, what they differ on settled, and a note to the rep whose call it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.company.refreshing import in_force
from bot.learning.scores import Rubric, read_rubric
from bot.learning.scores.rubric import STANDARD
from bot.store import Work
from bot.store.access import User
from bot.store.score_queues import TaskState
from bot.store.scores import CoachingNote, Judgement, Resolution
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.panels import room_places

router = APIRouter(prefix="/review/scores", include_in_schema=False)

MARKS: Final[Mapping[str, str]] = {"2": "Fully", "1": "Partly", "0": "Not", "": "Does not apply"}
_LONGEST: Final = 4000
_DIGITS: Final = 9
Told = tuple[str, Mapping[str, str], Mapping[str, str]]
"""Which form was told what, and what is wrong in it, by field."""


@router.get("/of/{conversation_id:path}")
async def one(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """The score of one conversation, explained, and the form to judge it."""
    values = await run_in_threadpool(_one, request, conversation_id, user, ("", {}, {}))
    return _page(request, user, "review/score.html", values)


@router.post("/of/{conversation_id:path}")
async def judge(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Store what a reviewer judges; with `queue` in the form, go on with the next of the queue."""
    form = await _form(request)
    problems = await run_in_threadpool(_judge, request, conversation_id, user, form)
    if problems:
        return await _again(request, conversation_id, user, ("judge", form, problems))
    queue = _number(form.get("queue", ""))
    where = f"/review/queues/{queue}/next" if queue else f"/review/scores/of/{quote(conversation_id, safe='')}?saved=1"
    return RedirectResponse(where, 303)


@router.post("/settle/{conversation_id:path}")
async def settle(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Store what reviewers who disagreed settled on."""
    form = await _form(request)
    problems = await run_in_threadpool(_settle, request, conversation_id, user, form)
    if problems:
        return await _again(request, conversation_id, user, ("settle", form, problems))
    return RedirectResponse(f"/review/scores/of/{quote(conversation_id, safe='')}?saved=1", 303)


@router.post("/note/{conversation_id:path}")
async def note(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Leave a note to the rep whose call it is."""
    form = await _form(request)
    problems = await run_in_threadpool(_note, request, conversation_id, user, form)
    if problems:
        return await _again(request, conversation_id, user, ("note", form, problems))
    return RedirectResponse(f"/review/scores/of/{quote(conversation_id, safe='')}?noted=1", 303)


async def _form(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


async def _again(request: Request, conversation_id: str, user: User, told: Told) -> Response:
    """The page with what was told in one of its forms and what is wrong beside each field: nothing is lost."""
    values = await run_in_threadpool(_one, request, conversation_id, user, told)
    return _page(request, user, "review/score.html", values, 422)


def _page(request: Request, user: User, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    return staff_page(request, template, {**values, "places_in_room": room_places(request, user)}, status)


def _one(request: Request, conversation_id: str, user: User, told: Told) -> dict[str, Any]:
    which, form, problems = told
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        work.conversations.require(conversation_id)
        score = work.scores.of(conversation_id)
        rubric = in_force(work)
        scored_by = _rubric(work, score.rubric_version) if score else rubric
        judged = work.judgements.of_conversation(conversation_id)
        resolution = work.judgements.resolution(conversation_id)
        call = work.calls.get(conversation_id)
        rep = work.users.by_name(call.rep) if call else None
        notes = work.coaching.of_conversation(conversation_id)
        people = _people(work, {each.reviewer for each in judged} | {each.by for each in notes})
    mine = next((each for each in judged if each.reviewer == user.id), None)
    marks = {name: "" if value is None else str(value) for name, value in (mine.marks if mine else {}).items()}
    typed = {name.partition(".")[2]: value for name, value in form.items() if name.startswith("mark.")}
    queue = form.get("queue", "") or request.query_params.get("queue", "")
    return {
        "conversation_id": conversation_id,
        "quoted": quote(conversation_id, safe=""),
        "score": score,
        "points": [{**point, "title": title_of(scored_by, point["criterion"])} for point in (score.points if score else ())],
        "rubric": rubric,
        "marks": {**marks, **(typed if which == "judge" else {})},
        "settled_marks": {**marks, **(typed if which == "settle" else {})},
        "judged": bool(mine),
        "note": form.get("note", "") if which == "judge" else mine.note if mine else "",
        "others": [each for each in judged if each.reviewer != user.id] if mine else [],
        "hidden": 0 if mine else len(judged),
        "people": people,
        "apart": apart(judged) if mine else (),
        "all_judged": judged,
        "resolution": resolution,
        "choices": MARKS,
        "queue": _number(queue) or "",
        "rep": rep,
        "notes": notes,
        "saved": request.query_params.get("saved") == "1",
        "noted": request.query_params.get("noted") == "1",
        "which": which,
        "form": form,
        "problems": problems,
    }


def title_of(rubric: Rubric, id: str) -> str:
    """A criterion's title in that rubric, else in the standard one."""
    return next((each.title for each in (*rubric.criteria, *STANDARD.criteria) if each.id == id), id)


def _rubric(work: Work, version: int) -> Rubric:
    stored = work.rubrics.at(version)
    return STANDARD if stored is None else read_rubric(stored.version, stored.criteria)


def _people(work: Work, ids: set[str]) -> dict[str, str]:
    return {id: user.shown_name if (user := work.users.get(id)) else "Somebody who left" for id in ids}


def apart(judged: Sequence[Judgement]) -> tuple[str, ...]:
    """The criteria on which reviewers do not agree."""
    names = {name for each in judged for name in each.marks}
    return tuple(sorted(name for name in names if len({each.marks.get(name) for each in judged if name in each.marks}) > 1))


def marks_in(form: Mapping[str, str], criteria: Iterable[str]) -> tuple[dict[str, int | None], dict[str, str]]:
    """The marks in a form, and for each criterion without a possible one what to do."""
    told = {id: form.get(f"mark.{id}", "-") for id in criteria}
    problems = {f"mark.{id}": "Choose a mark, or “Does not apply”." for id, mark in told.items() if mark not in MARKS}
    return {id: int(mark) if mark else None for id, mark in told.items() if mark in MARKS}, problems


def _number(text: str) -> int:
    """The whole number in a text, 0 when there is none."""
    return int(text) if text.isdecimal() and len(text) < _DIGITS else 0


def _judge(request: Request, conversation_id: str, user: User, form: Mapping[str, str]) -> dict[str, str]:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        work.conversations.require(conversation_id)
        if form.get("pass_over") and _number(form.get("queue", "")):
            work.queues.tasks.end(conversation_id, user.id, TaskState.SKIPPED)
            return {}
        rubric = in_force(work)
        marks, problems = marks_in(form, [each.id for each in rubric.counted])
        if problems:
            return problems
        judged = Judgement(
            conversation_id=conversation_id,
            reviewer=user.id,
            rubric_version=rubric.version,
            marks=marks,
            total=rubric.total(marks),
            note=form.get("note", "").strip()[:_LONGEST],
        )
        work.judgements.put(judged)
        work.queues.tasks.end(conversation_id, user.id, TaskState.DONE)
        work.audit.note(user, "conversation scored", "conversation", conversation_id)
    return {}


def _settle(request: Request, conversation_id: str, user: User, form: Mapping[str, str]) -> dict[str, str]:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        judged = work.judgements.of_conversation(conversation_id)
        rubric = in_force(work)
        if len(judged) < 2 or not any(each.reviewer == user.id for each in judged):
            raise Refusal(422, "There is no disagreement of yours to settle here.", "Judge the conversation first.")
        chosen, problems = marks_in(form, apart(judged))
        if problems:
            return problems
        marks = {**judged[0].marks, **chosen}
        settled = Resolution(
            conversation_id=conversation_id,
            by=user.id,
            rubric_version=rubric.version,
            marks=marks,
            total=rubric.total(marks),
            note=form.get("note", "").strip()[:_LONGEST],
        )
        work.judgements.resolve(settled)
        work.audit.note(user, "disagreement settled", "conversation", conversation_id)
    return {}


def _note(request: Request, conversation_id: str, user: User, form: Mapping[str, str]) -> dict[str, str]:
    backend: Backend = request.app.state.backend
    text, told = form.get("text", "").strip(), form.get("seq", "").strip()
    with backend.store.begin() as work:
        call = work.calls.get(conversation_id)
        rep = work.users.by_name(call.rep) if call is not None else None
        if rep is None:
            raise Refusal(422, "This conversation is no rep's call.", "Notes go to the rep of a call.")
        last = work.conversations.require(conversation_id).last_seq
        if problems := _wrong_in_note(text, told, last):
            return problems
        written = CoachingNote(
            conversation_id=conversation_id,
            seq=_number(told) or None,
            rep=rep.id,
            by=user.id,
            text=text,
            example=form.get("example") == "1",
        )
        work.coaching.add(written)
        work.audit.note(user, "note to a rep", "conversation", conversation_id)
    return {}


def _wrong_in_note(text: str, seq: str, last: int) -> dict[str, str]:
    problems = {} if text else {"text": "The note is empty: write what you would tell the rep."}
    if len(text) > _LONGEST:
        problems["text"] = f"The note has {len(text)} characters: shorten it to {_LONGEST}, or write two."
    if seq and not 1 <= _number(seq) <= last:
        problems["seq"] = f"Write the number of a turn, 1 to {last}, or leave it empty."
    return problems
