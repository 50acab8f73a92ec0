"""One's own account: the password, and the devices one is signed in on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store import Store
from bot.store.access import Session, User
from bot.web.access.passwords import SHORTEST, fits, hash_password, trouble_with
from bot.web.access.signed_in import SignedIn, end, known
from bot.web.access.staff import first_place, staff_page

router = APIRouter(include_in_schema=False)


@router.get("/account")
async def account(request: Request, found: SignedIn = Depends(known), done: str = "") -> Response:
    """The page of one's own account."""
    return await _shown(request, found, {"done": done == "1"})


@router.get("/account/start")
async def start(request: Request, found: SignedIn = Depends(known)) -> Response:
    """The place this user's work begins at."""
    return RedirectResponse(first_place(request, found.user), 303)


@router.post("/account/password")
async def change_password(
    request: Request,
    found: SignedIn = Depends(known),
    old_password: str = Form(""),
    new_password: str = Form(""),
    again_password: str = Form(""),
) -> Response:
    """Choose a new password; every other session of the user ends."""
    errors = await to_thread.run_sync(_errors, found.user, old_password, new_password, again_password)
    if errors:
        return await _shown(request, found, {"errors": errors}, 422)
    kept = await to_thread.run_sync(hash_password, new_password)
    await run_in_threadpool(_changed, request.app.state.backend.store, found, kept)
    target = first_place(request, replace(found.user, must_change=False)) if found.user.must_change else "/account?done=1"
    return RedirectResponse(target, 303)


@router.post("/account/sign-out-everywhere")
async def sign_out_everywhere(request: Request, found: SignedIn = Depends(known)) -> Response:
    """End every session of the user, this one too."""
    await run_in_threadpool(_ended, request.app.state.backend.store, found.user)
    response = RedirectResponse("/sign-in", 303)
    end(request, response)
    return response


async def _shown(request: Request, found: SignedIn, told: dict[str, Any], status: int = 200) -> Response:
    sessions = await run_in_threadpool(_sessions, request.app.state.backend.store, found.user)
    values = {"sessions": sessions, "this": found.session.id, "shortest": SHORTEST, "errors": {}, "done": False}
    return staff_page(request, "access/account.html", {**values, **told}, status)


def _errors(user: User, old: str, new: str, again: str) -> dict[str, str]:
    errors = {}
    if not fits(old[:1000], user.password_hash):
        errors["old"] = "This is not your password now."
    elif new == old:
        errors["new"] = "This is the one you have. Choose another."
    if trouble := trouble_with(new, user.name):
        errors["new"] = trouble
    if new != again and "new" not in errors:
        errors["again"] = "The two are not the same. Write it again."
    return errors


def _changed(store: Store, found: SignedIn, kept: str) -> None:
    with store.begin() as work:
        work.users.save(replace(work.users.require(found.user.id), password_hash=kept, must_change=False))
        work.sessions.close_all(found.user.id, but=found.session.id)
        work.audit.note(found.user, "password changed", "user", found.user.id)


def _ended(store: Store, user: User) -> None:
    with store.begin() as work:
        work.sessions.close_all(user.id)
        work.audit.note(user, "signed out everywhere", "user", user.id)


def _sessions(store: Store, user: User) -> tuple[Session, ...]:
    with store.read() as work:
        return work.sessions.of_user(user.id)
