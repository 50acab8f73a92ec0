"""Signing in and out: slow for guessers, silent about which names exist, and nothing typed is lost when a session ends."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store import Store
from bot.store.access import User
from bot.web.access.again import again
from bot.web.access.csrf import is_from_us, token_for
from bot.web.access.passwords import fits, hash_password, is_outdated
from bot.web.access.signed_in import COOKIE, SignedIn, begin, end, known, new_secret, who
from bot.web.access.staff import OWN_ORIGIN, first_place
from bot.web.access.typed import LONGEST, safe_next, typed_before, typed_in
from bot.web.backend import Backend
from bot.web.pages import page
from bot.web.problems import Refusal

logger = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)

_TRIES_FROM_ONE_PLACE: Final = 5
_TRIES_OF_ONE_NAME: Final = 30
_TRIES_FROM_ONE_ADDRESS: Final = 30
_WRONG: Final = "That name and password do not fit together. Check both; capital letters count in the password."


@router.get("/sign-in")
async def sign_in_page(request: Request, next: str = "") -> Response:
    """The form to sign in, or the way on for somebody who is."""
    found = await who(request)
    if found is not None:
        return RedirectResponse(safe_next(next) or first_place(request, found.user), 303)
    return form(request, next=next)


@router.post("/sign-in")
async def sign_in(
    request: Request, name: str = Form(""), password: str = Form(""), next: str = Form(""), kept: str = Form("")
) -> Response:
    """Let somebody in who knows the password of a name."""
    if not is_from_us(request):
        raise Refusal(403, "This did not come from our own page.", "Open the page to sign in and try again.")
    backend: Backend = request.app.state.backend
    name = name[:200]
    typed = {"name": name, "next": next, "kept": kept[:LONGEST]}
    limits = _limits(name, request)
    if wait := await run_in_threadpool(_wait, backend.store, limits):
        minutes = max(1, round(wait / 60))
        error = f"Too many tries. Wait {minutes} {'minute' if minutes == 1 else 'minutes'}, then try again."
        return form(request, error=error, status=429, **typed)
    user = await to_thread.run_sync(_checked, backend.store, name, password, limiter=_hashers(request))
    if user is None:
        await run_in_threadpool(_failed, backend.store, limits)
        return form(request, error=_WRONG, status=401, **typed)
    return await _let_in(request, user, next, kept, next_key(limits))


@router.post("/sign-out")
async def sign_out(request: Request, found: SignedIn = Depends(known)) -> Response:
    """End this session."""
    await run_in_threadpool(_close, request.app.state.backend.store, request.cookies[COOKIE], found.user)
    response = RedirectResponse("/sign-in", 303)
    end(request, response)
    return response


def form(request: Request, *, status: int = 200, error: str = "", name: str = "", next: str = "", kept: str = "") -> Response:
    """The page to sign in."""
    values = {"error": error, "name": name, "next": safe_next(next), "kept": kept}
    return page(request, "access/sign_in.html", values, status, OWN_ORIGIN)


async def ask_to_sign_in(request: Request, problem: Exception) -> Response:
    """Send a person to sign in, and a program a refusal; what was typed into a form is kept and can be sent again."""
    if "text/html" not in request.headers.get("accept", ""):
        return _refused()
    if request.method in ("GET", "HEAD"):
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(request.url_for("sign_in_page").include_query_params(next=address), 303)
    return form(request, status=401, error=_ENDED, kept=(await typed_in(request)).kept())


async def _let_in(request: Request, user: User, next: str, kept: str, key: str) -> Response:
    secret, backend = new_secret(), request.app.state.backend
    await run_in_threadpool(_open, backend, user, secret, (key, request))
    if user.must_change:
        response: Response = RedirectResponse("/account", 303)
    elif before := typed_before(kept):
        response = again(request, before, user, token_for(secret))
    else:
        response = RedirectResponse(safe_next(next) or first_place(request, user), 303)
    begin(request, response, secret)
    return response


def _open(backend: Backend, user: User, secret: str, told: tuple[str, Request]) -> None:
    key, request = told
    with backend.store.begin() as work:
        work.sign_in_failures.clear(key)
        if before := request.cookies.get(COOKIE):
            work.sessions.close(before)
        work.sessions.open(user.id, secret, backend.settings.session_lasts, request.headers.get("user-agent", ""))
        work.audit.note(user, "signed in", "user", user.id)


def _close(store: Store, secret: str, user: User) -> None:
    with store.begin() as work:
        work.sessions.close(secret)
        work.audit.note(user, "signed out", "user", user.id)


def _checked(store: Store, name: str, password: str) -> User | None:
    """The user whose password this is. A name that nobody has costs the same time as one that somebody has."""
    with store.read() as work:
        user = work.users.by_name(name)
    if not fits(password[:1000], user.password_hash if user else None) or user is None or user.disabled_at:
        return None
    if is_outdated(user.password_hash):
        user = replace(user, password_hash=hash_password(password))
        with store.begin() as work:
            work.users.save(user)
    return user


def _limits(name: str, request: Request) -> dict[str, int]:
    address = request.client.host if request.client else ""
    known_as = name.strip().casefold()
    return {
        f"{known_as}\n{address}": _TRIES_FROM_ONE_PLACE,
        f"name {known_as}": _TRIES_OF_ONE_NAME,
        f"address {address}": _TRIES_FROM_ONE_ADDRESS,
    }


def next_key(limits: dict[str, int]) -> str:
    """The key of the name at this address, whose count a success forgets."""
    return next(iter(limits))


def _wait(store: Store, limits: dict[str, int]) -> float:
    with store.read() as work:
        return work.sign_in_failures.wait(limits)


def _failed(store: Store, limits: dict[str, int]) -> None:
    with store.begin() as work:
        work.sign_in_failures.add(*limits)
        work.audit.note(None, "sign-in failed")


def _refused() -> Response:
    told = {"error": "Nobody is signed in.", "do": "Sign in again, then repeat this."}
    return JSONResponse(told, 401, {"Cache-Control": "no-store"})


_ENDED: Final = "Your session has ended. Sign in again; what you had typed is kept and can be sent after that."


def _hashers(request: Request) -> CapacityLimiter:
    """Two at a time: each takes 64 MB for a moment."""
    state = request.app.state
    if not hasattr(state, "hashers"):
        state.hashers = CapacityLimiter(2)
    limiter: CapacityLimiter = state.hashers
    return limiter
