"""How far reviewers agree, and what they disagree on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from bot.learning.company.refreshing import in_force
from bot.learning.scores import alpha
from bot.store.access import User
from bot.store.scores import Judgement
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.review.judging import apart, title_of
from bot.web.review.panels import room_places

router = APIRouter(prefix="/review/agreement", include_in_schema=False)

SHOWN: Final = 50
"""How many disagreements are listed, the newest first and those not settled before the others."""


@router.get("")
async def agreement(request: Request, user: User = Depends(may(Permission.SCORE))) -> Response:
    """Krippendorff's alpha by criterion, and the conversations to talk about."""
    values = await run_in_threadpool(_agreement, request)
    return staff_page(request, "review/agreement.html", {**values, "places_in_room": room_places(request, user)})


def _agreement(request: Request) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    with backend.store.read() as work:
        rubric = in_force(work)
        shared = work.judgements.shared(rubric.version)
        settled = work.judgements.resolved(tuple(each[0].conversation_id for each in shared))
        automatic = work.scores.many(tuple(each[0].conversation_id for each in shared))
    rows = [
        {
            "title": each.title,
            "alpha": alpha(_marks(shared, each.id)),
            "units": sum(len(one) > 1 for one in _marks(shared, each.id)),
        }
        for each in rubric.counted
    ]
    disagreeing = sorted((each for each in shared if apart(each)), key=lambda each: each[0].conversation_id in settled)
    return {
        "rows": rows,
        "whole": alpha([[one.total for one in each if one.total is not None] for each in shared]),
        "count": len(shared),
        "disagreeing": [
            {
                "id": each[0].conversation_id,
                "quoted": quote(each[0].conversation_id, safe=""),
                "titles": [title_of(rubric, name) for name in apart(each)],
                "totals": [one.total for one in each],
                "automatic": automatic.get(each[0].conversation_id),
                "settled": each[0].conversation_id in settled,
            }
            for each in disagreeing[:SHOWN]
        ],
        "further": max(0, len(disagreeing) - SHOWN),
    }


def _marks(shared: Sequence[Sequence[Judgement]], criterion: str) -> list[list[float]]:
    return [[float(one.marks[criterion]) for one in each if one.marks.get(criterion) is not None] for each in shared]
