"""Finding conversations: the list with its filters, search, samples, saved views and counts."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from bot.store import InvalidRecord, Work
from bot.store.access import User
from bot.store.review_filter import Order, Sought
from bot.store.review_lists import Page
from bot.store.review_record import Indexed
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.review.facets import chips, facets
from bot.web.review.names import FACES, OUTCOMES, RUNGS, STAGES, STATES, TRAITS, Names
from bot.web.review.panels import room_places
from bot.web.review.sought import address_of, asked_of, pairs_of, place_of, plain_pairs, query_of, with_only, written
from bot.web.review.veil import Veil

router = APIRouter(prefix="/review", include_in_schema=False)

SHOWN: Final = 50
ACTIONS: Final = (
    ("tag", "Tag"),
    ("untag", "Take tag off"),
    ("flag", "Flag"),
    ("unflag", "Take flags off"),
    ("assign", "Assign to"),
    ("open", "Mark in review"),
    ("done", "Mark reviewed"),
    ("new", "Mark not reviewed"),
)
"""What can be done with the conversations of a list, and how its form says so."""

_NOTHING: Final[Mapping[str, Any]] = {
    "chosen": (),
    **dict.fromkeys(("action", "value", "scope", "problem", "wrong", "view", "view_wrong"), ""),
}
Hit = tuple[int, str, str]
_TYPED: Final = ("q", "in", "from", "to", "below", "turns_from", "turns_to", "minutes_from", "minutes_to", "tests", "customer")


@router.get("")
async def list_page(request: Request, user: User = Depends(may(Permission.REVIEW))) -> Response:
    """The conversations that fit the address, newest activity first."""
    return await shown_list(request, user, query_of(request))


async def shown_list(request: Request, user: User, query: str, told: Mapping[str, Any] | None = None) -> Response:
    """The list of an address; with what was told in one of its forms and could not be taken, as it was told (`told`)."""
    values = await run_in_threadpool(_list_values, request, user, query)
    return staff_page(request, "review/list.html", {**values, "told": {**_NOTHING, **(told or {})}}, 422 if told else 200)


@router.get("/random")
async def random_sample(request: Request, user: User = Depends(may(Permission.REVIEW))) -> Response:
    """A random order of its own for each who asks; its seed is in the address, so that it can be shared."""
    query = with_only(pairs_of(query_of(request)), "sort", "random")
    return RedirectResponse(f"/review?{query}&seed={random.random() * 0.9:.4f}", 303)


@router.post("/views")
async def save_view(
    request: Request, user: User = Depends(may(Permission.REVIEW)), name: str = Form(""), query: str = Form("")
) -> Response:
    """Save the filters of an address under a name."""
    try:
        await run_in_threadpool(_save_view, request.app.state.backend, name, user, query)
    except InvalidRecord as error:
        return await shown_list(request, user, query, {"view": name, "view_wrong": str(error)})
    return RedirectResponse(f"/review?{query}", 303)


@router.post("/views/{view_id}/remove")
async def remove_view(request: Request, view_id: int, user: User = Depends(may(Permission.REVIEW))) -> Response:
    """Remove one of one's own views."""
    await run_in_threadpool(_drop_view, request.app.state.backend, view_id, user)
    return RedirectResponse("/review", 303)


def _save_view(backend: Backend, name: str, user: User, query: str) -> None:
    with backend.store.begin() as work:
        work.review.save_view(name, user.name, "&".join(query.split("?")[-1:])[:2000])


def _drop_view(backend: Backend, view_id: int, user: User) -> None:
    with backend.store.begin() as work:
        work.review.drop_view(view_id, user.name)


def _list_values(request: Request, user: User, query: str) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    params, names = QueryParams(query), Names(backend.catalogue)
    asked, pairs = asked_of(params), pairs_of(query)
    with backend.store.read() as work:
        asked = replace(asked, sought=_by_own_number(work, asked.sought))
        page = work.review.page(asked.sought, place_of(params, asked.sought.order), SHOWN)
        return {
            "rows": _rows(work, backend, page, query),
            "count": work.review.count(asked.sought),
            "asked": asked,
            "pairs": pairs,
            "query": query,
            "typed": {name: params.get(name, "") for name in _TYPED},
            "carried": plain_pairs(query, _TYPED),
            "chips": chips(pairs, names),
            "facets": facets(work, pairs, names),
            "views": work.review.views(),
            "all_tags": work.review.tags(),
            "reviewers": [each.name for each in work.users.all() if each.disabled_at is None],
            "next": with_only(pairs, "after", written(page.after)) if page.after else "",
            "is_further": "after" in params,
            "orders": {order.value: with_only(pairs, "sort", order.value) for order in Order},
            "sample": with_only(pairs, "share", "10"),
            "message": params.get("message", "")[:200],
            "places_in_room": room_places(request, user),
            "traits": TRAITS,
            "actions": ACTIONS,
        }


def _by_own_number(work: Work, sought: Sought) -> Sought:
    """A customer may be named by the company's own number for them."""
    named = sought.wanted.get("customer", ())
    found = [work.customers.by_external_id(name) for name in named]
    ids = tuple(customer.id if customer else name for customer, name in zip(found, named, strict=True))
    return replace(sought, wanted={**sought.wanted, "customer": ids}) if ids else sought


def _rows(work: Work, backend: Backend, page: Page, query: str) -> list[dict[str, Any]]:
    names = Names(backend.catalogue)
    tags = work.review.tags_of(row.conversation_id for row in page.rows)
    words = work.review.words(page.hits)
    hits = [words[hit] for hit in page.hits]
    people = backend.people_in([row.opening for row in page.rows] + [said for _, said, _ in hits])
    veil = Veil(tuple(people))
    shown = []
    for place, row in enumerate(page.rows):
        hit = hits[place] if hits else None
        shown.append(_row(row, hit, veil, names, query) | {"tags": tags.get(row.conversation_id, ())})
    return shown


def _row(row: Indexed, hit: Hit | None, veil: Veil, names: Names, query: str) -> dict[str, Any]:
    return {
        "row": row,
        "address": address_of(row.conversation_id, query, hit[0] if hit else 0),
        "opening": veil.text(row.opening) or "(nothing typed)",
        "hit": _excerpt(hit, veil) if hit else "",
        "about": names.problem(row.problem) if row.problem else "",
        "outcome": OUTCOMES[row.outcome.value],
        "rung": RUNGS.get(row.rung, ""),
        "stage": STAGES[row.stage.value],
        "state": STATES[row.review_state.value],
        "face": FACES[row.face.value],
        "marks": [TRAITS[name] for name in TRAITS if name not in ("failed", "abandoned", "need_found") and getattr(row, name)],
        "when": _when(row.last_active_at),
        "took": _took(row.seconds),
    }


def _excerpt(hit: Hit, veil: Veil) -> str:
    customer, assistant = (" ".join(veil.text(words).split())[:160] for words in hit[1:])
    return "  ".join([*([f"Customer: {customer}"] if customer else []), *([f"Assistant: {assistant}"] if assistant else [])])


def _when(moment: datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M}".lstrip("0")


def _took(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} s"
    return (
        f"{seconds / 60:.0f} min"
        if seconds < 7200
        else f"{seconds / 3600:.0f} h"
        if seconds < 172800
        else f"{seconds / 86400:.0f} days"
    )
