"""People for tests: users of each role, and clients that are signed in as them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.store import Store
from bot.store.access import Role, User
from bot.web.access import COOKIE
from bot.web.access.csrf import HEADER, token_for
from bot.web.access.passwords import hash_password

PASSWORD = "seven quiet machines"
_HASH = hash_password(PASSWORD)


def user_of(store: Store, role: Role, name: str = "", **more: Any) -> User:
    """A user of that role, made when there is none of that name."""
    with store.begin() as work:
        known = work.users.by_name(name or role.value)
        return known or work.users.add(User(name=name or role.value, role=role, password_hash=_HASH, **more))


def client_of(app: FastAPI, services: Any, role: Role, name: str = "", **more: Any) -> TestClient:
    """A client of the app that is signed in as a user of that role; its writes carry the session's token."""
    user = user_of(services.store, role, name, **more)
    secret = f"secret of {user.name}"
    with services.store.begin() as work:
        work.sessions.close(secret)
        work.sessions.open(user.id, secret, timedelta(hours=12))
    client = TestClient(app, headers={HEADER: token_for(secret)})
    client.cookies.set(COOKIE, secret)
    return client


def csrf_of(page: str) -> str:
    """The token in a page's form."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found, page[:500]
    return found[1]
