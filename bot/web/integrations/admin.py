"""The admin's page of integrations: tokens, webhooks, and what became of each delivery."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store.access import User
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.integrations.api import EVENTS, added_webhook, removed_webhook, wrong_webhook
from bot.web.integrations.sender import secret_of
from bot.web.integrations.tokens import SCOPES, new_token

router = APIRouter(prefix="/admin/integrations", include_in_schema=False)

_ADMIN: Final = Depends(may(Permission.INTEGRATIONS))
_LASTS: Final = {"30": "30 days", "365": "a year", "": "until revoked"}
_PAGE: Final = 50


@router.get("")
async def integrations(request: Request, user: User = _ADMIN) -> Response:
    """Tokens, webhooks, and the forms to make them."""
    return await _shown(request, {})


@router.post("/tokens")
async def add_token(
    request: Request, user: User = _ADMIN, name: str = Form(""), scopes: list[str] = Form([]), lasts: str = Form("365")
) -> Response:
    """Make a token; its secret is shown once."""
    errors = {}
    if not name.strip() or len(name) > 100:
        errors["name"] = "Write what the token is for, in at most 100 characters, such as CRM."
    if not scopes or set(scopes) - set(SCOPES):
        errors["scopes"] = "Choose at least one thing it may do."
    if errors or lasts not in _LASTS:
        return await _shown(request, {"token_errors": errors, "typed": {"name": name, "scopes": scopes, "lasts": lasts}}, 422)
    secret = new_token()

    def step(backend: Backend) -> None:
        with backend.store.begin() as work:
            days = timedelta(days=int(lasts)) if lasts else None
            token = work.tokens.add(name.strip(), secret, tuple(scopes), user.id, days)
            work.audit.note(user, "token made", "token", str(token.id), ", ".join(scopes))

    await run_in_threadpool(step, request.app.state.backend)
    return await _shown(request, {"fresh": {"what": f"Token {name.strip()}", "secret": secret}}, 201)


@router.post("/tokens/{token_id}/revoke")
async def revoke(request: Request, token_id: int, user: User = _ADMIN) -> Response:
    """End a token at once and for good."""

    def step(backend: Backend) -> None:
        with backend.store.begin() as work:
            work.tokens.revoke(token_id)
            work.audit.note(user, "token revoked", "token", str(token_id))

    await run_in_threadpool(step, request.app.state.backend)
    return RedirectResponse("/admin/integrations", 303)


@router.post("/webhooks")
async def add_hook(request: Request, user: User = _ADMIN, url: str = Form(""), events: list[str] = Form([])) -> Response:
    """Register a webhook; the secret its messages are signed with is shown once."""
    backend: Backend = request.app.state.backend
    if errors := wrong_webhook(backend, url, events):
        return await _shown(request, {"hook_errors": errors, "typed": {"url": url, "events": events}}, 422)
    hook = await run_in_threadpool(added_webhook, backend, user, url, tuple(events))
    return await _shown(request, {"fresh": {"what": f"Secret of webhook {hook.id}", "secret": secret_of(backend, hook)}}, 201)


@router.post("/webhooks/{webhook_id}/remove")
async def remove_hook(request: Request, webhook_id: int, user: User = _ADMIN) -> Response:
    """Tell an address nothing more."""
    await run_in_threadpool(removed_webhook, request.app.state.backend, user, webhook_id)
    return RedirectResponse("/admin/integrations", 303)


@router.post("/webhooks/{webhook_id}/test")
async def send_test(request: Request, webhook_id: int, user: User = _ADMIN) -> Response:
    """Send a message that means nothing, to see whether it arrives."""

    def step(backend: Backend) -> None:
        with backend.store.begin() as work:
            work.webhooks.get(webhook_id)
            work.deliveries.ping(webhook_id)

    await run_in_threadpool(step, request.app.state.backend)
    return RedirectResponse(f"/admin/integrations/webhooks/{webhook_id}", 303)


@router.get("/webhooks/{webhook_id}")
async def deliveries(request: Request, webhook_id: int, user: User = _ADMIN, before: int = 0) -> Response:
    """What was sent to a webhook, newest first, and what became of it."""

    def read(backend: Backend) -> dict[str, Any]:
        with backend.store.read() as work:
            return {
                "hook": work.webhooks.get(webhook_id),
                "deliveries": work.deliveries.page(webhook_id, before=before, limit=_PAGE),
            }

    found = await run_in_threadpool(read, request.app.state.backend)
    older = found["deliveries"][-1].id if len(found["deliveries"]) == _PAGE else 0
    return staff_page(request, "integrations/deliveries.html", {**found, "older": older})


@router.post("/deliveries/{delivery_id}/resend")
async def resend(request: Request, delivery_id: int, user: User = _ADMIN) -> Response:
    """Send it again within seconds."""

    def step(backend: Backend) -> int:
        with backend.store.begin() as work:
            work.audit.note(user, "delivery sent again", "delivery", str(delivery_id))
            return work.deliveries.resend(delivery_id).webhook_id

    webhook = await run_in_threadpool(step, request.app.state.backend)
    return RedirectResponse(f"/admin/integrations/webhooks/{webhook}", 303)


async def _shown(request: Request, told: dict[str, Any], status: int = 200) -> Response:
    def read(backend: Backend) -> dict[str, Any]:
        with backend.store.read() as work:
            return {"tokens": work.tokens.all(), "hooks": work.webhooks.all()}

    backend: Backend = request.app.state.backend
    found = await run_in_threadpool(read, backend)
    around = {"scopes": SCOPES, "events": EVENTS, "lasts": _LASTS, "now": backend.now(), "typed": {}, "fresh": None}
    values = {**found, **around, "token_errors": {}, "hook_errors": {}, **told}
    return staff_page(request, "integrations/integrations.html", values, status)
