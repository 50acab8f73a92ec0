"""Who calls the API: the bearer token, its scopes, and what it may do; every use that changes or reveals is in the audit log."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.concurrency import run_in_threadpool

from bot.store.access import User
from bot.store.tokens import Token
from bot.web.backend import Backend
from bot.web.problems import Refusal

SCOPES: Final[Mapping[str, str]] = {
    "calls:write": "Start a call for a rep",
    "assets:write": "Push customers and what they own",
    "dossiers:read": "Pull dossiers of conversations (personal data)",
    "records:read": "Pull calls, promises and referrals",
    "webhooks:write": "Register and remove webhooks",
}
"""What a token may be allowed to do."""
_BEARER: Final = HTTPBearer(auto_error=False, description="A token made on the page Integrations.")


def new_token() -> str:
    """A token's secret, with a beginning by which a scanner for leaked secrets can know it."""
    return f"adv_{secrets.token_urlsafe(32)}"


def allowed(scope: str) -> Callable[..., Awaitable[User]]:
    """The dependency that lets in tokens with the scope; gives the token as a user of that name, for the audit log."""

    async def permitted(request: Request, sent: HTTPAuthorizationCredentials | None = Depends(_BEARER)) -> User:
        token = await run_in_threadpool(_live, request.app.state.backend, sent.credentials) if sent is not None else None
        if token is None:
            problem = Refusal(401, "There is no valid token.", "Send the header `Authorization: Bearer TOKEN`.")
            problem.headers["WWW-Authenticate"] = "Bearer"
            raise problem
        if scope not in token.scopes:
            raise Refusal(403, f"This token may not do that: it has no scope {scope}.", "Make a token with it.")
        return User(id=f"token {token.id}", name=f"token {token.name}"[:200])

    return permitted


def _live(backend: Backend, secret: str) -> Token | None:
    with backend.store.read() as work:
        token = work.tokens.live(secret[:500])
        stale = token is not None and work.tokens.is_stale(token)
    if token is not None and stale:
        with backend.store.begin() as work:
            work.tokens.used(token)
    return token
