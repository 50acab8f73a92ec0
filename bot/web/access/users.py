"""The admin's page of users: add, change role and team, keep out, give a new password."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store import Conflict, Store
from bot.store.access import Role, User
from bot.web.access.passwords import hash_password, one_time_password
from bot.web.access.policy import Permission
from bot.web.access.signed_in import may
from bot.web.access.staff import staff_page
from bot.web.problems import Refusal

router = APIRouter(prefix="/admin/users", include_in_schema=False)
_ADMIN: Final = Depends(may(Permission.USERS))
_LONGEST: Final = 100


@router.get("")
async def users_page(request: Request, user: User = _ADMIN) -> Response:
    """Everybody who can sign in, and the form to add somebody."""
    return await _shown(request, {})


@router.post("")
async def add(
    request: Request,
    user: User = _ADMIN,
    name: str = Form(""),
    full_name: str = Form(""),
    role: str = Form("rep"),
    team: str = Form(""),
) -> Response:
    """Add a user, with a one-time password that is shown once."""
    typed = {"name": name, "full_name": full_name, "role": role, "team": team}
    if errors := _errors(typed):
        return await _shown(request, {"errors": errors, "typed": typed}, 422)
    password = one_time_password()
    kept = await to_thread.run_sync(hash_password, password)
    fresh = User(
        name=name.strip(), full_name=full_name.strip(), role=Role(role), team=team.strip(), password_hash=kept, must_change=True
    )
    try:
        added = await run_in_threadpool(_added, request.app.state.backend.store, user, fresh)
    except Conflict as conflict:
        return await _shown(request, {"errors": {"name": str(conflict)}, "typed": typed}, 422)
    return await _shown(request, {"fresh": {"name": added.name, "password": password}}, 201)


@router.post("/{user_id}")
async def change(
    request: Request, user_id: str, user: User = _ADMIN, role: str = Form(""), team: str = Form(""), full_name: str = Form("")
) -> Response:
    """Change a user's role, team and full name."""
    if role not in {each.value for each in Role} or max(len(team), len(full_name)) > _LONGEST:
        raise Refusal(422, "Role, team or name is not right.", f"Choose a role; write at most {_LONGEST} characters.")

    def step(store: Store) -> None:
        with store.begin() as work:
            before = work.users.require(user_id)
            after = replace(before, role=Role(role), team=team.strip(), full_name=full_name.strip())
            work.users.save(after)
            _need_an_admin(work)
            work.audit.note(user, "user changed", "user", user_id, f"role {after.role.value}, team {after.team or 'none'}")

    await run_in_threadpool(step, request.app.state.backend.store)
    return RedirectResponse("/admin/users", 303)


@router.post("/{user_id}/disabled")
async def disable(request: Request, user_id: str, user: User = _ADMIN, disabled: str = Form("yes")) -> Response:
    """Keep a user out at once, or let them in again."""

    def step(store: Store) -> None:
        with store.begin() as work:
            work.users.disable(user_id, disabled == "yes")
            _need_an_admin(work)
            work.audit.note(user, "user disabled" if disabled == "yes" else "user enabled", "user", user_id)

    await run_in_threadpool(step, request.app.state.backend.store)
    return RedirectResponse("/admin/users", 303)


@router.post("/{user_id}/password")
async def new_password(request: Request, user_id: str, user: User = _ADMIN) -> Response:
    """Give a user a one-time password, shown once; their sessions end."""
    password = one_time_password()
    kept = await to_thread.run_sync(hash_password, password)

    def step(store: Store) -> User:
        with store.begin() as work:
            changed = work.users.save(replace(work.users.require(user_id), password_hash=kept, must_change=True))
            work.sessions.close_all(user_id)
            work.audit.note(user, "password reset", "user", user_id)
            return changed

    changed = await run_in_threadpool(step, request.app.state.backend.store)
    if changed.id == user.id:
        return RedirectResponse("/sign-in", 303)
    return await _shown(request, {"fresh": {"name": changed.name, "password": password}})


async def _shown(request: Request, told: dict[str, Any], status: int = 200) -> Response:
    people = await run_in_threadpool(_people, request.app.state.backend.store)
    values: dict[str, Any] = {"people": people, "roles": [each.value for each in Role], "errors": {}, "typed": {}, "fresh": None}
    return staff_page(request, "access/users.html", {**values, **told}, status)


def _people(store: Store) -> tuple[User, ...]:
    with store.read() as work:
        return work.users.all(limit=1000)


def _errors(typed: dict[str, str]) -> dict[str, str]:
    errors = {}
    name = typed["name"].strip()
    if not name or not all(sign.isalnum() or sign in "._-@" for sign in name):
        errors["name"] = "Write a name of letters, figures and . _ - @, such as ada or ada@example.com."
    for field in ("name", "full_name", "team"):
        if len(typed[field]) > _LONGEST:
            errors[field] = f"Write at most {_LONGEST} characters."
    if typed["role"] not in {each.value for each in Role}:
        errors["role"] = "Choose a role."
    return errors


def _added(store: Store, by: User, fresh: User) -> User:
    with store.begin() as work:
        added = work.users.add(fresh)
        work.audit.note(by, "user added", "user", added.id, f"role {added.role.value}")
        return added


def _need_an_admin(work: Any) -> None:
    if work.users.admins() == 0:
        raise Refusal(409, "Nobody would be left to manage users.", "Make somebody else an admin first.")
