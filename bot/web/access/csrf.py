"""Requests that change something must come from our own pages: the browser's word for it, and a token of the session."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.formparsers import MultiPartException
from starlette.requests import HTTPConnection

from bot.web.problems import Refusal

FIELD: Final = "csrf"
HEADER: Final = "x-csrf-token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def token_for(secret: str) -> str:
    """The token of the session with that secret; the secret cannot be found from it."""
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()


def is_from_us(request: HTTPConnection) -> bool:
    """Whether the browser says that the request comes from our own page; a program that is no browser says nothing.

    `Sec-Fetch-Site` is the browser's own word and settles it; without it (no https) the origin must be ours.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return origin != "null" and urlsplit(origin).netloc == request.headers.get("host", "")


def is_surely_from_us(request: HTTPConnection) -> bool:
    """Whether the browser itself says so: silence, which `is_from_us` lets pass with a token, is not enough."""
    return is_from_us(request) and ("sec-fetch-site" in request.headers or "origin" in request.headers)


class StaleToken(Exception):
    """A change from a page of ours that was opened in an earlier session: nothing is wrong with it but its token."""


async def require_token(request: Request, secret: str) -> None:
    """Let a change pass only with the session's token, in the form field or the header. Raises `Refusal` and `StaleToken`."""
    if request.method in SAFE_METHODS:
        return
    sent = request.headers.get(HEADER) or await _field(request)
    if is_from_us(request) and hmac.compare_digest(sent.encode(), token_for(secret).encode()):
        return
    if sent and is_surely_from_us(request):
        raise StaleToken
    raise Refusal(403, "This did not come from one of our pages, or the page is too old.", "Reload the page and try again.")


async def _field(request: Request) -> str:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _FORMS:
        return ""
    try:
        form = await request.form()
    except MultiPartException:
        return ""
    value = form.get(FIELD)
    return value if isinstance(value, str) else ""
