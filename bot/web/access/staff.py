"""Pages for people who are signed in: the shared header with navigation by role, and the token every form needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from bot.store.access import User
from bot.web.access.policy import Permission, allows
from bot.web.access.signed_in import SignedIn
from bot.web.pages import page

OWN_ORIGIN: Final = {"Referrer-Policy": "same-origin"}
"""Lets the browser name our own origin with a form of ours; with no-referrer it would say null. Others learn nothing."""


@dataclass(frozen=True)
class Place:
    """A place in the navigation, for those with the permission."""

    name: str
    address: str
    permission: Permission


PLACES: Final = (
    Place("Guide", "/calls", Permission.GUIDE),
    Place("Day", "/day", Permission.DAY),
    Place("Coaching", "/coaching", Permission.COACHED),
    Place("Review", "/review", Permission.REVIEW),
    Place("Users", "/admin/users", Permission.USERS),
    Place("Integrations", "/admin/integrations", Permission.INTEGRATIONS),
    Place("Audit log", "/admin/audit", Permission.AUDIT),
)
"""The navigation, in order. A place whose page is not part of this installation is not shown."""


def staff_page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page that extends `staff.html`, for whoever is signed in; it also knows `user`, `csrf`, `places` and `may`."""
    found: SignedIn | None = getattr(request.state, "who", None)
    assert found is not None, "staff_page() is for routes that depend on signed_in or may()"
    around = {
        "user": found.user,
        "csrf": found.csrf,
        "csrf_field": Markup('<input type="hidden" name="csrf" value="{}">').format(found.csrf),
        "places": places(request, found.user),
        "may": _may(found.user),
    }
    return page(request, template, {**around, **values}, status, {**OWN_ORIGIN, **(headers or {})})


def places(request: Request, user: User) -> list[dict[str, Any]]:
    """The places the user may go to, each with its name, address and whether the request is there."""
    there = {getattr(route, "path", "") for route in request.app.routes}
    return [
        {"name": place.name, "address": place.address, "here": _is_within(request.url.path, place.address)}
        for place in PLACES
        if place.address in there and allows(user, place.permission)
    ]


def first_place(request: Request, user: User) -> str:
    """Where the user goes after signing in when nothing else was asked for."""
    found = places(request, user)
    return str(found[0]["address"]) if found else "/account"


def _is_within(path: str, address: str) -> bool:
    return path == address or path.startswith(f"{address}/")


def _may(user: User) -> Any:
    return lambda permission: allows(user, Permission(permission))
