"""What reviewers do with conversations: tag, flag, assign, mark as done; with one, with some, or with all results of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from bot.store import InvalidRecord, NotFound, Store, Work
from bot.store.access import User
from bot.store.review import clean_tag
from bot.store.review_record import ReviewState
from bot.web.access import Permission, may
from bot.web.problems import Refusal
from bot.web.review.finding import shown_list
from bot.web.review.sought import address_of, pairs_of, sought_of

router = APIRouter(prefix="/review", include_in_schema=False)

_MOST_CHOSEN: Final = 500
Step = Callable[[Work, Sequence[str]], int]


@router.post("/act")
async def act(request: Request, user: User = Depends(may(Permission.REVIEW))) -> Response:
    """One action on the conversations chosen, or on all results of the list, not only the page."""
    form = await request.form()
    query, everything = str(form.get("query", "")), form.get("scope") == "all"
    chosen = [str(id) for id in form.getlist("chosen")][:_MOST_CHOSEN]
    action, value = str(form.get("action", "")), str(form.get("value", "")).strip()
    told = {"chosen": chosen, "action": action, "value": value, "scope": "all" if everything else "chosen"}
    if not everything and not chosen:
        nothing = "Nothing was chosen. Tick some conversations, or choose all results."
        return await shown_list(request, user, query, {**told, "problem": nothing})
    try:
        await run_in_threadpool(_check, request.app.state.backend.store, action, value)
    except InvalidRecord as error:
        return await shown_list(request, user, query, {**told, "wrong": str(error)})
    step, done = _step(action, value, user)
    count = await run_in_threadpool(_carry_out, request.app.state.backend.store, step, (query, chosen, everything), user, action)
    return _back(query, f"{done}: {count:,} conversation{'' if count == 1 else 's'}.")


@router.post("/note/{conversation_id:path}")
async def note(
    request: Request,
    conversation_id: str,
    user: User = Depends(may(Permission.REVIEW)),
    action: str = Form(""),
    value: str = Form(""),
    seq: int = Form(0),
    back: str = Form(""),
) -> Response:
    """One action on one conversation, or a flag on one of its turns. A script gets what now stands as JSON."""
    stands = await run_in_threadpool(_note, request.app.state.backend.store, conversation_id, user, (action, value.strip(), seq))
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(stands)
    return RedirectResponse(address_of(conversation_id, back, seq), 303)


def _check(store: Store, action: str, value: str) -> None:
    """Raises `InvalidRecord` for a tag that is none, or a reviewer nobody is."""
    if action in ("tag", "untag"):
        clean_tag(value)
    if action == "assign" and value:
        with store.read() as work:
            found = work.users.by_name(value)
        if found is None or found.disabled_at is not None:
            raise InvalidRecord(f"Nobody signs in as “{value[:40]}”. Choose a name of the list, or nobody by leaving it empty.")


def _check_for_script(store: Store, action: str, value: str) -> None:
    try:
        _check(store, action, value)
    except InvalidRecord as error:
        raise Refusal(422, str(error), "Write another.") from None


def _note(store: Store, conversation_id: str, user: User, asked: tuple[str, str, int]) -> dict[str, Any]:
    action, value, seq = asked
    _check_for_script(store, action, value)
    with store.begin() as work:
        if work.review.get(conversation_id) is None:
            raise NotFound("There is no such conversation. It may have been erased.")
        if action == "flag":
            work.review.flag(conversation_id, user.name, seq, value)
        elif action == "unflag":
            work.review.unflag(conversation_id, seq)
        else:
            _step(action, value, user)[0](work, [conversation_id])
        work.audit.note(user, f"review: {action}", "conversation", conversation_id)
        row = work.review.get(conversation_id)
        tags = work.review.tags_of([conversation_id]).get(conversation_id, ())
        flags = [flag.seq for flag in work.review.flags_of(conversation_id)]
    assert row is not None
    return {"state": row.review_state.value, "reviewer": row.reviewer, "tags": list(tags), "flags": flags}


def _step(action: str, value: str, user: User) -> tuple[Step, str]:
    """What an action does to some conversations, and how to say that it was done."""
    tag = clean_tag(value) if action in ("tag", "untag") else ""
    steps: dict[str, tuple[Step, str]] = {
        "tag": (lambda work, ids: work.review.tag(ids, tag, user.name), f"Tagged “{tag}”"),
        "untag": (lambda work, ids: work.review.untag(ids, tag), f"Tag “{tag}” taken off"),
        "flag": (lambda work, ids: work.review.flag_all(ids, user.name), "Flagged"),
        "unflag": (lambda work, ids: work.review.unflag_all(ids), "Flags taken off"),
        "assign": (lambda work, ids: work.review.assign(ids, value), f"Assigned to {value}" if value else "Assigned to nobody"),
        **{state.value: (_set(state, user), f"Marked “{_DONE[state]}”") for state in ReviewState},
    }
    if action not in steps:
        raise Refusal(422, "Nothing was chosen to do.", "Go back and choose an action.")
    return steps[action]


def _set(state: ReviewState, user: User) -> Step:
    return lambda work, ids: work.review.set_state(ids, state, user.name)


_DONE: Final = {ReviewState.NEW: "not reviewed", ReviewState.OPEN: "in review", ReviewState.DONE: "reviewed"}


def _carry_out(store: Store, step: Step, asked: tuple[str, list[str], bool], user: User, action: str) -> int:
    """Do it in pieces, each its own transaction, so that nobody waits for a large one."""
    query, chosen, everything = asked
    if not everything:
        with store.begin() as work:
            count = step(work, chosen)
            work.audit.note(user, f"review: {action}", "conversations", "", f"{count} chosen")
        return count
    sought = sought_of(QueryParams(pairs_of(query)))
    count, place = 0, None
    while True:
        with store.read() as work:
            ids, place = work.review.some(sought, place)
        with store.begin() as work:
            count += step(work, ids) if ids else 0
            if place is None:
                work.audit.note(user, f"review: {action}", "conversations", "", f"{count}, all results of a list")
                return count


def _back(query: str, message: str) -> Response:
    return RedirectResponse("/review?" + urlencode([*pairs_of(query), ("message", message)]), 303)
