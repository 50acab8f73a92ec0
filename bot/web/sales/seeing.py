"""Who may see a call: whoever holds it, whoever sees its customer, and for a call without a customer the rep's team."""

from __future__ import annotations

from fastapi import Request

from bot.calls import Calls, Seen
from bot.store import NotFound, Work
from bot.store.access import User
from bot.web.access import Permission, allows, sight
from bot.web.backend import Backend
from bot.web.problems import Refusal


def backend_of(request: Request) -> Backend:
    """The services behind a request."""
    backend: Backend = request.app.state.backend
    return backend


def calls_of(request: Request) -> Calls:
    """The calls behind a request."""
    return backend_of(request).calls


def seen_by(request: Request, user: User, call_id: str) -> Seen:
    """The call as it stands, for a user who may see it. Raises Refusal: to others it is not there."""
    try:
        found = calls_of(request).see(call_id)
    except NotFound:
        raise no_such_call() from None
    with backend_of(request).store.read() as work:
        if not may_see(work, user, found.rep, found.dossier.customer.id):
            raise no_such_call()
    return found


def allowed_to(request: Request, user: User, call_id: str) -> None:
    """Let only those go on who may see the call. Raises Refusal: to others it is not there."""
    try:
        rep, customer_id = calls_of(request).whose(call_id)
    except NotFound:
        raise no_such_call() from None
    with backend_of(request).store.read() as work:
        if not may_see(work, user, rep, customer_id):
            raise no_such_call()


def may_see(work: Work, user: User, rep: str, customer_id: str) -> bool:
    """Whether the user may see a call of that rep with that customer."""
    if rep == user.name or allows(user, Permission.ALL_CUSTOMERS):
        return True
    if customer_id:
        return work.keepers.sees(sight(user), customer_id)
    holder = work.users.by_name(rep)
    return holder is not None and bool(user.team) and holder.team == user.team


def no_such_call() -> Refusal:
    """What is said of a call that is not there, or not for this user."""
    return Refusal(404, "There is no such call.", "It may have been erased, or be another team's. Start from the list of calls.")
