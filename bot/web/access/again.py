"""Sending again what was typed into a page of an earlier session: shown, and sent with a fresh token when its writer says so."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from bot.store.access import User
from bot.web.access.signed_in import SignedIn, who
from bot.web.access.staff import OWN_ORIGIN, first_place
from bot.web.access.typed import Typed, typed_in
from bot.web.pages import page


def again(request: Request, typed: Typed, user: User, csrf: str, status: int = 200) -> Response:
    """The page that shows what was typed, and sends it or leaves it."""
    values = {"typed": typed, "csrf": csrf, "user": user, "back": typed.back or first_place(request, user)}
    return page(request, "access/again.html", values, status, OWN_ORIGIN)


async def offer_again(request: Request, problem: Exception) -> Response:
    """What a page of an earlier session sent: a person sends it again by one press, a script with the token told here.

    Only a page of ours can read the answer, and the form needs its reader's press.
    """
    found: SignedIn | None = await who(request)
    assert found is not None, "a token is asked for only of somebody who is signed in"
    if "text/html" in request.headers.get("accept", ""):
        return again(request, await typed_in(request), found.user, found.csrf, 409)
    told = {
        "error": "You have signed in again since this page was opened.",
        "do": "Send it again, or reload the page.",
        "csrf": found.csrf,
        "user": found.user.id,
        "name": found.user.shown_name,
    }
    return JSONResponse(told, 409, {"Cache-Control": "no-store"})
