"""The rep's day: who waits, what is due, what did not arrive as expected, and recording what customers say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.advice.archive import from_plain
from bot.advice.dossier import Dossier
from bot.store import NotFound, Work
from bot.store.access import User
from bot.store.conformance import check_in_answered, promise_settled
from bot.store.day import Due, Whose
from bot.store.records import HandOverState
from bot.web.access import Permission, may, sight, staff_page
from bot.web.backend import Backend
from bot.web.sales.summary import words_of

router = APIRouter(prefix="/day", include_in_schema=False)

_REP: Final = Depends(may(Permission.DAY))
_AHEAD: Final = timedelta(days=7)
_LATELY: Final = timedelta(days=30)
_PAGE: Final = 25
_LONGEST: Final = 2000
_GONE: Final = "This is no longer there: it was settled or erased meanwhile."
_ENTRIES: Final[Mapping[str, str]] = {"waiting": "hand-over", "gaps": "gap", "check_ins": "check-in", "promises": "promise"}
_ANSWERS: Final[Mapping[str, bool | None]] = {"yes": True, "no": False, "unclear": None}


@dataclass(frozen=True)
class Wrong:
    """What was wrong with something sent from the page, beside which entry, and what had been typed there."""

    entry: str
    error: str
    typed: str


@router.get("")
async def day_page(request: Request, user: User = _REP, mine: str = "", done: str = "") -> Response:
    """What there is to see to today."""
    return await _shown(request, user, mine == "1", done=done)


@router.get("/more/{what}")
async def more(request: Request, what: str, user: User = _REP, mine: str = "", due: str = "", last: int = 0) -> Response:
    """The next entries of one list, from the last one seen on."""
    if what not in _LISTS:
        raise NotFound("There is no such list.")
    after = (_date(due), last) if due else (date.min, 0)
    values = await run_in_threadpool(_list, request.app.state.backend, user, mine == "1", what, after)
    said = _said(values) if what == "waiting" else {}
    frame = _frame(request, mine == "1")
    return staff_page(request, "sales/day_more.html", {**frame, "what": what, "entries": values, "said": said})


@router.post("/promises/{promise_id}")
async def settle(
    request: Request, promise_id: int, user: User = _REP, quote: str = Form(""), kept: str = Form(""), mine: str = Form("")
) -> Response:
    """Record whether a promise was kept, in the customer's words."""
    entry = f"promise-{promise_id}"
    if wrong := _wrong(entry, quote, kept, ("yes", "no")):
        return await _shown(request, user, mine == "1", wrong=wrong)

    def step(work: Work, catalogue: str) -> None:
        promise = work.promises.get(promise_id)
        _must_see(work, user, promise.conversation_id)
        promise_settled(work, promise_id, quote.strip(), kept == "yes", catalogue)
        work.audit.note(user, "promise kept" if kept == "yes" else "promise broken", "promise", str(promise_id))

    return await _done(request, step, "promise", mine, (user, entry, quote))


@router.post("/check-ins/{check_in_id}")
async def answer(
    request: Request, check_in_id: int, user: User = _REP, quote: str = Form(""), worked: str = Form(""), mine: str = Form("")
) -> Response:
    """Record the answer to a check-in, in the customer's words."""
    entry = f"check-in-{check_in_id}"
    if wrong := _wrong(entry, quote, worked, tuple(_ANSWERS)):
        return await _shown(request, user, mine == "1", wrong=wrong)

    def step(work: Work, catalogue: str) -> None:
        _must_see(work, user, work.check_ins.get(check_in_id).conversation_id)
        check_in_answered(work, check_in_id, quote.strip(), _ANSWERS[worked], catalogue)
        work.audit.note(user, "check-in answered", "check-in", str(check_in_id))

    return await _done(request, step, "check-in", mine, (user, entry, quote))


@router.post("/gaps/{expectation_id}")
async def resolve(
    request: Request, expectation_id: int, user: User = _REP, resolution: str = Form(""), mine: str = Form("")
) -> Response:
    """Record what was done to make good what did not arrive as expected."""
    if wrong := _wrong(f"gap-{expectation_id}", resolution, "yes", ("yes",)):
        return await _shown(request, user, mine == "1", wrong=wrong)

    def step(work: Work, catalogue: str) -> None:
        _must_see(work, user, work.expectations.get(expectation_id).conversation_id)
        work.expectations.resolve(expectation_id, resolution.strip())
        work.audit.note(user, "quality case resolved", "expectation", str(expectation_id))

    return await _done(request, step, "gap", mine, (user, f"gap-{expectation_id}", resolution))


@router.post("/hand-overs/{hand_over_id}/take")
async def take(request: Request, hand_over_id: int, user: User = _REP, mine: str = Form("")) -> Response:
    """Take a waiting customer; whoever comes second is told who was first. From then on the contact is shown."""
    taken_by: list[str] = []

    def step(work: Work, catalogue: str) -> None:
        found = work.hand_overs.get(hand_over_id)
        _must_see(work, user, found.conversation_id)
        if found.state is not HandOverState.WAITING:
            taken_by.append(found.to_whom)
            return
        work.hand_overs.take(hand_over_id, user.shown_name)
        customer = work.conversations.require(found.conversation_id).customer_id
        if customer is not None:
            work.keepers.keep_if_nobody_does(customer, user)
        work.audit.note(user, "hand-over taken, contact shown", "conversation", found.conversation_id)

    response = await _done(request, step, "taken", mine)
    if taken_by:
        wrong = Wrong(f"hand-over-{hand_over_id}", f"{taken_by[0]} took it a moment ago.", "")
        return await _shown(request, user, mine == "1", wrong=wrong, status=409)
    return response


@router.post("/hand-overs/{hand_over_id}/close")
async def close(request: Request, hand_over_id: int, user: User = _REP, mine: str = Form("")) -> Response:
    """The customer has been served by a person."""

    def step(work: Work, catalogue: str) -> None:
        found = work.hand_overs.get(hand_over_id)
        _must_see(work, user, found.conversation_id)
        work.hand_overs.close(hand_over_id)
        work.audit.note(user, "hand-over closed", "conversation", found.conversation_id)

    return await _done(request, step, "closed", mine)


def must_see(work: Work, user: User, conversation_id: str) -> None:
    """Raise `NotFound` unless the user sees the customer of the conversation: what one may not see is not there."""
    conversation = work.conversations.require(conversation_id)
    if not work.keepers.sees(sight(user), conversation.customer_id):
        raise NotFound(f"There is no conversation '{conversation_id[:80]}'. It never was, or it has been erased.")


_must_see = must_see


async def _done(
    request: Request, step: Callable[[Work, str], None], done: str, mine: str, typed: tuple[User, str, str] | None = None
) -> Response:
    """The day again after a step; what was typed for an entry that is gone by now stays on the page."""
    backend: Backend = request.app.state.backend

    def run() -> None:
        with backend.store.begin() as work:
            step(work, backend.settings.catalogue.stem)

    try:
        await run_in_threadpool(run)
    except NotFound:
        if typed is None:
            raise
        user, entry, text = typed
        return await _shown(request, user, mine == "1", wrong=Wrong(entry, _GONE, text), status=404)
    return RedirectResponse(f"/day?done={done}{'&mine=1' if mine == '1' else ''}", 303)


async def _shown(
    request: Request, user: User, mine: bool, *, wrong: Wrong | None = None, done: str = "", status: int = 422
) -> Response:
    lists = await run_in_threadpool(_lists, request.app.state.backend, user, mine)
    said = _said(lists["waiting"])
    unlisted = wrong is not None and wrong.entry not in _entries(lists)
    values = {**_frame(request, mine), **lists, "said": said, "wrong": wrong, "unlisted": unlisted, "done": _DONE.get(done, "")}
    return staff_page(request, "sales/day.html", values, status if wrong else 200)


def _frame(request: Request, mine: bool) -> dict[str, Any]:
    paths = {getattr(route, "path", "") for route in request.app.routes}
    today = request.app.state.backend.now().date()
    return {"mine": mine, "today": today, "page": _PAGE, "calls": "/calls" in paths, "wrong": None, "done": ""}


def _lists(backend: Backend, user: User, mine: bool) -> dict[str, Any]:
    whose, now = Whose(sight(user), mine, user.name), backend.now()
    with backend.store.read() as work:
        found = {name: read(work, whose, now.date(), (date.min, 0)) for name, read in _LISTS.items()}
        return {**found, "learned": work.day.learned(whose, now - _LATELY)}


def _entries(lists: Mapping[str, Any]) -> set[str]:
    """The names that the entries of the day have on its page."""
    return {f"{name}-{due.record.id}" for what, name in _ENTRIES.items() for due in lists[what]}


def _list(backend: Backend, user: User, mine: bool, what: str, after: tuple[date, int]) -> tuple[Due, ...]:
    with backend.store.read() as work:
        return _LISTS[what](work, Whose(sight(user), mine, user.name), backend.now().date(), after)


_LISTS: Final[Mapping[str, Callable[[Work, Whose, date, tuple[date, int]], tuple[Due, ...]]]] = {
    "waiting": lambda work, whose, today, after: work.day.hand_overs(whose, limit=_PAGE, after=after[1]),
    "gaps": lambda work, whose, today, after: work.day.gaps(whose, limit=_PAGE, after=after[1]),
    "check_ins": lambda work, whose, today, after: work.day.check_ins(whose, today, limit=_PAGE, after=after),
    "promises": lambda work, whose, today, after: work.day.promises(whose, today + _AHEAD, limit=_PAGE, after=after),
}


def _said(waiting: tuple[Due, ...]) -> dict[int, str]:
    """What each waiting customer said first about their need, in their own words, by the hand-over's id."""
    found = {due.record.id: from_plain(Dossier, due.record.dossier) for due in waiting}
    words = {id: [quote for concern in dossier.concerns for quote in words_of(concern)] for id, dossier in found.items()}
    return {id: quotes[0] for id, quotes in words.items() if quotes}


def _wrong(entry: str, text: str, answer: str, answers: tuple[str, ...]) -> Wrong | None:
    if not text.strip():
        return Wrong(entry, "Write it in a few words first: the customer's own, where you have them.", text)
    if len(text) > _LONGEST:
        return Wrong(entry, f"It has {len(text)} characters. Shorten it to {_LONGEST}.", text)
    return None if answer in answers else Wrong(entry, "Choose one of the buttons.", text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


_DONE: Final[Mapping[str, str]] = {
    "promise": "Recorded. It counts as the customer said it.",
    "check-in": "Recorded. What worked and what did not is learnt from.",
    "gap": "Recorded. The case is closed.",
    "taken": "It is yours now. The contact stands below.",
    "closed": "Closed.",
}
