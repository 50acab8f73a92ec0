"""Who is asking: the session in the cookie, and the dependencies `signed_in` and `may()` that routes stand on."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from bot.store.access import Session, User
from bot.web.access.csrf import require_token, token_for
from bot.web.access.policy import Permission, allows
from bot.web.backend import Backend
from bot.web.problems import Refusal

COOKIE: Final = "advisor_session"
_NOTED_AFTER: Final = timedelta(minutes=1)
"""How stale the time of a session's last use may get: a write for each request would be wasted."""


class SignInNeeded(Exception):
    """Nobody is signed in, and the request needs somebody."""


class NewPasswordNeeded(Exception):
    """The user signed in with a one-time password and has to choose another before anything else."""


@dataclass(frozen=True)
class SignedIn:
    """A user and the session they are in, with the session's token against forged requests."""

    user: User
    session: Session
    csrf: str


async def who(request: HTTPConnection) -> SignedIn | None:
    """Who is signed in, or None. Looked up once for each request."""
    if not hasattr(request.state, "who"):
        secret = request.cookies.get(COOKIE, "")
        request.state.who = await run_in_threadpool(_look_up, request.app.state.backend, secret) if secret else None
    found: SignedIn | None = request.state.who
    return found


async def known(request: Request) -> SignedIn:
    """Whoever is signed in, also with a password that must change first. Raises `SignInNeeded`, or `Refusal` when forged."""
    found = await who(request)
    if found is None:
        raise SignInNeeded
    await require_token(request, request.cookies[COOKIE])
    return found


async def signed_in(request: Request) -> User:
    """Whoever is signed in, whatever their role. Raises `SignInNeeded`, `NewPasswordNeeded`, or `Refusal` for a forged change."""
    found = await known(request)
    if found.user.must_change:
        raise NewPasswordNeeded
    return found.user


def may(permission: Permission) -> Callable[[Request], Awaitable[User]]:
    """The dependency that lets in users whose role has the permission; others are refused with 403."""

    async def permitted(request: Request) -> User:
        user = await signed_in(request)
        if not allows(user, permission):
            raise Refusal(403, "Your role does not allow this.", "Ask an admin if you need it for your work.")
        return user

    return permitted


def begin(request: Request, response: Response, secret: str) -> None:
    """Give the browser the session's secret, for this site only and out of scripts' reach."""
    lasts = _backend(request).settings.session_lasts
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def end(request: Request, response: Response) -> None:
    """Take the session's secret from the browser."""
    response.delete_cookie(COOKIE, path="/", secure=request.url.scheme == "https", httponly=True, samesite="lax")


def new_secret() -> str:
    """A session's secret that nobody can guess."""
    return secrets.token_urlsafe(32)


def _look_up(backend: Backend, secret: str) -> SignedIn | None:
    with backend.store.read() as work:
        found = work.sessions.live(secret, backend.settings.session_idle)
        stale = found is not None and work.sessions.is_stale(found[0], _NOTED_AFTER)
    if found is None:
        return None
    if stale:
        with backend.store.begin() as work:
            work.sessions.used(found[0])
    return SignedIn(found[1], found[0], token_for(secret))


def _backend(request: Request) -> Backend:
    backend: Backend = request.app.state.backend
    return backend
