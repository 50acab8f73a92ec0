"""Scores: how well the need was sought, over the months and in one conversation, with people's judgement beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.company.refreshing import in_force
from bot.learning.scores import Rubric, read_rubric
from bot.learning.scores.rubric import STANDARD
from bot.store import InvalidRecord, Work
from bot.store.access import User
from bot.store.learned import Count
from bot.store.score_queues import TaskState
from bot.store.scores import CoachingNote, Judgement, Resolution
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.learn import period_of, spark
from bot.web.review.panels import Panel, Read, RoomPlace, add_conversation_panel, add_place, room_places

router = APIRouter(prefix="/review/scores", include_in_schema=False)
add_place(RoomPlace("Scores", "/review/scores", Permission.SCORE))


def beside(work: Work, read: Read) -> Mapping[str, Any]:
    """What stands beside a conversation that is read: its score and how many people judged it."""
    score = work.scores.of(read.conversation_id)
    judged = work.judgements.of_conversation(read.conversation_id)
    return {"total": score.total if score else None, "judged": len(judged), "quoted": quote(read.conversation_id, safe="")}


add_conversation_panel(Panel("review/score_panel.html", beside, Permission.SCORE))

MARKS: Final[Mapping[str, str]] = {"2": "Fully", "1": "Partly", "0": "Not", "": "Does not apply"}
_PAGE: Final = 25
_LONGEST: Final = 4000
_DIGITS: Final = 9


@router.get("")
async def overview(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Scores over the months, by criterion, and the lowest ones to read first."""
    values = await run_in_threadpool(_overview, request)
    return _page(request, user, "review/scores.html", values)


@router.get("/of/{conversation_id:path}")
async def one(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """The score of one conversation, explained, and the form to judge it."""
    values = await run_in_threadpool(_one, request, conversation_id, user, {})
    return _page(request, user, "review/score.html", values)


@router.post("/of/{conversation_id:path}")
async def judge(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Store what a reviewer judges; with `queue` in the form, go on with the next of the queue."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    problem = await run_in_threadpool(_judge, request, conversation_id, user, form)
    if problem:
        values = await run_in_threadpool(_one, request, conversation_id, user, form)
        return _page(request, user, "review/score.html", {**values, "problem": problem}, 422)
    queue = form.get("queue", "")
    where = (
        f"/review/queues/{int(queue)}/next" if queue.isdigit() else f"/review/scores/of/{quote(conversation_id, safe='')}?saved=1"
    )
    return RedirectResponse(where, 303)


@router.post("/settle/{conversation_id:path}")
async def settle(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Store what reviewers who disagreed settled on."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    await run_in_threadpool(_settle, request, conversation_id, user, form)
    return RedirectResponse(f"/review/scores/of/{quote(conversation_id, safe='')}?saved=1", 303)


@router.post("/note/{conversation_id:path}")
async def note(request: Request, conversation_id: str, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Leave a note to the rep whose call it is."""
    form = {name: str(value) for name, value in (await request.form()).items()}
    await run_in_threadpool(_note, request, conversation_id, user, form)
    return RedirectResponse(f"/review/scores/of/{quote(conversation_id, safe='')}?noted=1", 303)


def _page(request: Request, user: User, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    return staff_page(request, template, {**values, "places_in_room": room_places(request, user)}, status)


def _overview(request: Request) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    trade, params = backend.settings.catalogue.stem, request.query_params
    period = period_of(params, datetime.now(timezone.utc).date())
    channel = params.get("channel", "") if params.get("channel") in ("call", "widget", "rest", "socketio") else ""
    with backend.store.read() as work:
        found = {
            topic: work.learned.counts(topic, trade, period.months[0], period.until, period.simulated)
            for topic in ("score", "criterion")
        }
        lowest = work.scores.lowest(period.simulated, channel, _after(params.get("after", "")), _PAGE + 1)
        rubric = in_force(work)
    count, total = sum(each.count for each in found["score"]), sum(each.amount for each in found["score"])
    return {
        "period": period,
        "months": [f"{month:%b %Y}" for month in period.months],
        "count": count,
        "mean": total / count if count else None,
        "tenths": _tenths(found["score"]),
        "criteria": _criteria(rubric, found["criterion"], period.months),
        "lowest": [{"score": each, "worst": _worst(each.points, rubric)} for each in lowest[:_PAGE]],
        "further": f"{lowest[_PAGE - 1].total}~{lowest[_PAGE - 1].id}" if len(lowest) > _PAGE else "",
        "channel": channel,
    }


def _after(text: str) -> tuple[float, int] | None:
    total, _, id = text.partition("~")
    try:
        return float(total), int(id)
    except ValueError:
        return None


def _tenths(found: Sequence[Count]) -> list[dict[str, Any]]:
    counts = {f"{low:02}": 0 for low in range(0, 100, 10)}
    for each in found:
        counts[each.name] = counts.get(each.name, 0) + each.count
    most = max(counts.values()) or 1
    return [{"from": int(low), "count": count, "length": round(100 * count / most, 1)} for low, count in sorted(counts.items())]


def _criteria(rubric: Rubric, found: Sequence[Count], months: Sequence[Any]) -> list[dict[str, Any]]:
    rows = []
    for criterion in rubric.counted:
        mine = [each for each in found if each.name == criterion.id]
        count = sum(each.count for each in mine)
        by_month = [_mean([each for each in mine if each.month == month]) for month in months]
        rows.append(
            {
                "criterion": criterion,
                "count": count,
                "mean": sum(each.amount for each in mine) / count if count else None,
                "line": spark([round(100 * each) for each in by_month if each is not None]),
                "months": by_month,
            }
        )
    return rows


def _mean(found: Sequence[Count]) -> float | None:
    count = sum(each.count for each in found)
    return sum(each.amount for each in found) / count if count else None


def _worst(points: Sequence[Mapping[str, Any]], rubric: Rubric) -> str:
    lost = max(points, key=lambda point: point["most"] - point["points"], default=None)
    return str(lost["why"]) if lost is not None and lost["most"] - lost["points"] > 0.01 else ""


def _one(request: Request, conversation_id: str, user: User, told: Mapping[str, str]) -> dict[str, Any]:
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
    typed = {name.partition(".")[2]: value for name, value in told.items() if name.startswith("mark.")}
    queue = told.get("queue", "") or request.query_params.get("queue", "")
    return {
        "conversation_id": conversation_id,
        "quoted": quote(conversation_id, safe=""),
        "score": score,
        "points": [{**point, "title": title_of(scored_by, point["criterion"])} for point in (score.points if score else ())],
        "rubric": rubric,
        "marks": {**marks, **typed},
        "judged": bool(mine),
        "note": told.get("note", mine.note if mine else ""),
        "others": [each for each in judged if each.reviewer != user.id] if mine else [],
        "hidden": 0 if mine else len(judged),
        "people": people,
        "apart": apart(judged) if mine else (),
        "all_judged": judged,
        "resolution": resolution,
        "choices": MARKS,
        "queue": queue if queue.isdigit() else "",
        "rep": rep,
        "notes": notes,
        "saved": request.query_params.get("saved") == "1",
        "noted": request.query_params.get("noted") == "1",
        "problem": "",
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


def marks_in(form: Mapping[str, str], rubric: Rubric) -> dict[str, int | None] | None:
    """The marks in a form, None when one is missing or cannot be."""
    marks: dict[str, int | None] = {}
    for criterion in rubric.counted:
        told = form.get(f"mark.{criterion.id}")
        if told not in MARKS:
            return None
        marks[criterion.id] = int(told) if told else None
    return marks


def total_of(marks: Mapping[str, int | None], rubric: Rubric) -> float | None:
    """The score (0..100) that marks of 0 to 2 give by the weights of the rubric; None when nothing applies."""
    counted = [(each.weight, marks[each.id]) for each in rubric.counted if marks.get(each.id) is not None]
    whole = sum(weight for weight, _ in counted)
    return 100 * sum(weight * (mark or 0) / 2 for weight, mark in counted) / whole if whole else None


def _judge(request: Request, conversation_id: str, user: User, form: Mapping[str, str]) -> str:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        work.conversations.require(conversation_id)
        if form.get("pass_over") and form.get("queue", "").isdigit():
            work.queues.tasks.end(conversation_id, user.id, TaskState.SKIPPED)
            return ""
        rubric = in_force(work)
        marks = marks_in(form, rubric)
        if marks is None:
            return "Choose a mark for every criterion, or “Does not apply”. What you chose so far is kept below."
        work.judgements.put(
            Judgement(
                conversation_id=conversation_id,
                reviewer=user.id,
                rubric_version=rubric.version,
                marks=marks,
                total=total_of(marks, rubric),
                note=form.get("note", "").strip()[:_LONGEST],
            )
        )
        work.queues.tasks.end(conversation_id, user.id, TaskState.DONE)
        work.audit.note(user, "conversation scored", "conversation", conversation_id)
    return ""


def _settle(request: Request, conversation_id: str, user: User, form: Mapping[str, str]) -> None:
    backend: Backend = request.app.state.backend
    with backend.store.begin() as work:
        judged = work.judgements.of_conversation(conversation_id)
        rubric = in_force(work)
        if len(judged) < 2 or not any(each.reviewer == user.id for each in judged):
            raise Refusal(422, "There is no disagreement of yours to settle here.", "Judge the conversation first.")
        agreed = {name: value for name, value in judged[0].marks.items() if name not in apart(judged)}
        chosen = {name: form.get(f"mark.{name}", "") for name in apart(judged)}
        if any(value not in MARKS for value in chosen.values()):
            raise InvalidRecord("Choose one mark for each criterion you settle.")
        marks = {**agreed, **{name: int(value) if value else None for name, value in chosen.items()}}
        work.judgements.resolve(
            Resolution(
                conversation_id=conversation_id,
                by=user.id,
                rubric_version=rubric.version,
                marks=marks,
                total=total_of(marks, rubric),
                note=form.get("note", "").strip()[:_LONGEST],
            )
        )
        work.audit.note(user, "disagreement settled", "conversation", conversation_id)


def _note(request: Request, conversation_id: str, user: User, form: Mapping[str, str]) -> None:
    backend: Backend = request.app.state.backend
    text = form.get("text", "").strip()
    if len(text) > _LONGEST:
        raise Refusal(422, f"The note has {len(text)} characters.", f"Go back and shorten it to {_LONGEST}, or write two.")
    with backend.store.begin() as work:
        call = work.calls.get(conversation_id)
        rep = work.users.by_name(call.rep) if call is not None else None
        if rep is None:
            raise Refusal(422, "This conversation is no rep's call.", "Notes go to the rep of a call.")
        if not text:
            raise Refusal(422, "The note is empty.", "Go back and write what you would tell the rep.")
        seq = form.get("seq", "")
        work.coaching.add(
            CoachingNote(
                conversation_id=conversation_id,
                seq=int(seq) if seq.isdecimal() and len(seq) < _DIGITS else None,
                rep=rep.id,
                by=user.id,
                text=text,
                example=form.get("example") == "1",
            )
        )
        work.audit.note(user, "note to a rep", "conversation", conversation_id)
