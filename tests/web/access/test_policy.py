"""Who may do what: every route, every role, in one table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from bot.store.access import Role, User
from bot.web.access import POLICY, Permission, allows, sight
from tests.web.access.people import client_of
from tests.web.fake import FakeServices

ANYBODY = {
    "/", "/products", "/products/{id}", "/services", "/how-it-works", "/embed", "/site/colours.css", "/site/cover.svg",
    "/site/kind/{kind}.svg", "/chat", "/privacy", "/export/{signed}", "/healthz", "/readyz", "/metrics", "/docs",
    "/sign-in",
}  # fmt: skip
"""Addresses that need no sign-in, and those under `CUSTOMERS`. Whatever is not here must refuse a stranger."""
CUSTOMERS = ("/chat/", "/widget", "/webhooks/")
"""Where the widget and Rasa's clients talk to: what is private asks for the session of its own conversation."""
SIGNED_IN = {"/sign-out", "/account", "/account/start", "/account/password", "/account/sign-out-everywhere"}
"""Addresses for every role."""
ALLOWED: dict[str, set[Role]] = {
    "/admin/users": {Role.ADMIN},
    "/admin/audit": {Role.ADMIN},
    "/admin/integrations": {Role.ADMIN},
    "/review": {Role.TRAINER, Role.ADMIN},
    "/calls/new": {Role.REP, Role.ADMIN},
    "/calls/worker.js": {Role.REP, Role.TRAINER, Role.ADMIN},
    "/calls/{call_id}/prepare": {Role.REP, Role.ADMIN},
    "/calls/{call_id}": {Role.REP, Role.TRAINER, Role.ADMIN},
    "/calls": {Role.REP, Role.ADMIN},
    "/day": {Role.REP, Role.ADMIN},
    "/coaching": {Role.REP, Role.ADMIN},
    "/after": {Role.REP, Role.ADMIN},
    "/records": {Role.REP, Role.TRAINER, Role.ADMIN},
}
"""By the first part of an address that fits: the roles that are let in."""


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and address that is not for anybody."""
    found = [route for route in app.routes if isinstance(route, APIRoute)]
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    closed = [route for route in found if route.path not in ANYBODY and not route.path.startswith(CUSTOMERS)]
    return [(method, route.path) for route in closed for method in route.methods if method in methods]


def roles_for(path: str) -> set[Role]:
    """The roles the table lets in; an address that stands nowhere fails the test."""
    if path in SIGNED_IN:
        return set(Role)
    found = [roles for start, roles in ALLOWED.items() if path == start or path.startswith(f"{start}/")]
    assert found, f"{path} stands in no table: write it into ANYBODY, SIGNED_IN or ALLOWED with the roles it is for"
    return found[0]


def ask(client: TestClient, method: str, path: str) -> Any:
    """The answer to a request for the address, with numbers for what stands in braces."""
    address = re.sub(r"{[^}]+}", "1", path)
    return client.request(method, address, headers={"accept": "application/json"}, follow_redirects=False)


def test_a_stranger_gets_in_nowhere(app: FastAPI) -> None:
    """Every address that is not for anybody answers 401 to whoever is not signed in."""
    stranger = TestClient(app)
    assert [each for each in routes(app) if ask(stranger, *each).status_code != 401] == []


@pytest.mark.parametrize("role", list(Role))
def test_every_route_for_every_role(app: FastAPI, fake: FakeServices, role: Role) -> None:
    """A role is refused with 403 where the table does not let it in, and nowhere else."""
    wrong = []
    for method, path in routes(app):
        if path.startswith("/api/"):  # for programs: a token, never a session; see tests/web/integrations
            assert ask(client_of(app, fake, role), method, path).status_code == 401
            continue
        status = ask(client_of(app, fake, role), method, path).status_code
        if (status == 403) != (role not in roles_for(path)):
            wrong.append((method, path, status))
    assert wrong == []


def test_the_roles() -> None:
    """An admin may do everything; a rep neither manages anything nor sees masked data plainly; a trainer sees all customers."""
    assert POLICY[Role.ADMIN] == set(Permission)
    managing = {Permission.USERS, Permission.INTEGRATIONS, Permission.AUDIT, Permission.ERASE}
    assert not managing & (POLICY[Role.REP] | POLICY[Role.TRAINER])
    assert Permission.REVEAL not in POLICY[Role.REP]
    assert not sight(User(name="ada", role=Role.REP)).everything
    assert sight(User(name="tom", role=Role.TRAINER)).everything


def test_a_one_time_password_allows_nothing_else() -> None:
    """Whoever must change the password first has no permission at all until then."""
    newcomer = User(name="ada", role=Role.ADMIN, must_change=True)
    assert not any(allows(newcomer, permission) for permission in Permission)
