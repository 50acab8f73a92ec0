"""Scores: how well the need was sought, over the months and in one conversation, with people's judgement beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from bot.learning.company.refreshing import in_force
from bot.learning.scores import Rubric
from bot.store import Work
from bot.store.access import User
from bot.store.learned import Count
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.review.learn import period_of, spark
from bot.web.review.panels import Panel, Read, RoomPlace, add_conversation_panel, add_place, room_places

router = APIRouter(prefix="/review/scores", include_in_schema=False)
add_place(RoomPlace("Scores", "/review/scores", Permission.SCORE, rank=2))


def beside(work: Work, read: Read) -> Mapping[str, Any]:
    """What stands beside a conversation that is read: its score and how many people judged it."""
    score = work.scores.of(read.conversation_id)
    judged = work.judgements.of_conversation(read.conversation_id)
    return {"total": score.total if score else None, "judged": len(judged), "quoted": quote(read.conversation_id, safe="")}


add_conversation_panel(Panel("review/score_panel.html", beside, Permission.SCORE))

_PAGE: Final = 25


@router.get("")
async def overview(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Scores over the months, by criterion, and the lowest ones to read first."""
    values = await run_in_threadpool(_overview, request)
    return staff_page(request, "review/scores.html", {**values, "places_in_room": room_places(request, user)})


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
