"""The JSON API for a company's other systems: start a call, push what customers own, pull dossiers, manage webhooks."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from bot.calls import Starting
from bot.effects import product_named
from bot.store.access import User
from bot.store.assets_csv import import_assets
from bot.store.assets_rows import rows_of
from bot.store.outbox import Event, Webhook
from bot.store.records import Consent
from bot.web.access import Permission, allows
from bot.web.backend import Backend
from bot.web.integrations.addresses import NotAllowed, checked_url
from bot.web.integrations.sender import secret_of
from bot.web.integrations.tokens import allowed
from bot.web.problems import Refusal

router = APIRouter(prefix="/api/v1", tags=["Integrations"])
EVENTS: Final = tuple(event.value for event in Event if event is not Event.PING)


class NewCall(BaseModel):
    """A call to be prepared."""

    rep: str = Field(description="The name the rep signs in with.", max_length=200)
    customer: str = Field("", description="The company's number for the customer; empty for one not known yet.", max_length=200)
    purpose: str = Field("", description="What the call is about, in a few words.", max_length=200)


class PreparedCall(BaseModel):
    """A call, ready to be opened by its rep."""

    id: str
    link: str = Field(description="Where the rep opens it, after signing in.")


class PushedAssets(BaseModel):
    """Things that customers own; the fields are the columns of the assets file."""

    assets: list[dict[str, Any]] = Field(
        description="Each with customer_id and model, and what is known of customer_name, organisation, region, quantity, "
        "serial, bought_on, version, location, status, notes.",
        max_items=1000,
    )


class NewWebhook(BaseModel):
    """An address to be told of events."""

    url: str = Field(description="https://…", max_length=2000)
    events: list[str] = Field(description=f"Any of {', '.join(EVENTS)}.", max_items=len(EVENTS))


@router.post("/calls", status_code=201, summary="Start a call from a CRM", response_model=PreparedCall)
async def start_call(request: Request, told: NewCall, token: User = Depends(allowed("calls:write"))) -> PreparedCall:
    """Prepares a call for a rep and gives the link that opens it."""
    backend: Backend = request.app.state.backend
    call = await run_in_threadpool(_start, backend, told, token)
    return PreparedCall(id=call, link=str(request.base_url.replace(path=f"/calls/{call}/prepare")))


@router.post("/assets", summary="Push what customers own")
async def push_assets(request: Request, told: PushedAssets, token: User = Depends(allowed("assets:write"))) -> dict[str, int]:
    """Stores up to 1000 things and the customers they belong to, all or none; sent again, nothing changes."""
    backend: Backend = request.app.state.backend
    rows, problems = rows_of(told.assets, backend.now().date())
    if problems:
        raise Refusal(422, f"Nothing was stored. {'; '.join(problems[:20])}", "Put these right and send all of them again.")

    def store() -> dict[str, int]:
        catalogue = backend.catalogue

        def product_id(model: str) -> str | None:
            product = product_named(model, catalogue)
            return product.id if product else None

        done = import_assets(backend.store, rows, product_id_of=product_id)
        with backend.store.begin() as work:
            work.audit.note(token, "assets pushed", detail=f"{len(rows)} rows")
        return {"created": done.created, "updated": done.updated, "unchanged": done.unchanged}

    return await run_in_threadpool(store)


@router.get("/customers/{number}/conversations", summary="A customer's conversations")
async def conversations(
    request: Request, number: str, token: User = Depends(allowed("dossiers:read"))
) -> dict[str, list[dict[str, Any]]]:
    """The conversations that the customer allowed to be kept, the last active first; for their dossiers."""

    def read() -> list[dict[str, Any]]:
        with request.app.state.backend.store.read() as work:
            customer = work.customers.by_external_id(number[:255])
            if customer is None:
                raise Refusal(404, "There is no such customer.", "Use the company's own number; push assets to make one.")
            found = work.conversations.of_customer(customer.id)
        return [
            {"id": each.id, "face": each.face.value, "started_at": each.started_at, "last_active_at": each.last_active_at}
            for each in found
            if each.consent is Consent.GIVEN
        ]

    return {"conversations": await run_in_threadpool(read)}


@router.get("/dossiers/{conversation}", summary="A conversation's dossier")
async def dossier(request: Request, conversation: str, token: User = Depends(allowed("dossiers:read"))) -> dict[str, Any]:
    """Need map, evidence, beliefs, the verdict on each rung, advice, promises, referrals and turns.

    Only of a conversation whose customer allowed notes. Each look is in the audit log.
    """

    def read() -> dict[str, Any]:
        backend: Backend = request.app.state.backend
        with backend.store.begin() as work:
            found = work.conversations.require(conversation[:255])
            if found.consent is not Consent.GIVEN:
                raise Refusal(
                    403, "The customer has not allowed notes of this conversation.", "Only they can, in the conversation."
                )
            work.audit.note(token, "dossier pulled", "conversation", found.id)
        return backend.dossier(conversation)

    return await run_in_threadpool(read)


@router.get("/webhooks", summary="The webhooks in use")
async def webhooks(request: Request, token: User = Depends(allowed("webhooks:write"))) -> dict[str, list[dict[str, Any]]]:
    """Each with its id, address and events."""

    def read() -> list[dict[str, Any]]:
        with request.app.state.backend.store.read() as work:
            return [{"id": hook.id, "url": hook.url, "events": list(hook.events)} for hook in work.webhooks.all()]

    return {"webhooks": await run_in_threadpool(read)}


@router.post("/webhooks", status_code=201, summary="Register a webhook")
async def add_webhook(request: Request, told: NewWebhook, token: User = Depends(allowed("webhooks:write"))) -> dict[str, Any]:
    """The answer holds the secret that its messages are signed with; it is shown only now."""
    backend: Backend = request.app.state.backend
    if wrong := wrong_webhook(backend, told.url, told.events):
        raise Refusal(422, " ".join(wrong.values()), "See docs/api.md for what a webhook needs.")
    hook = await run_in_threadpool(added_webhook, backend, token, told.url, tuple(told.events))
    return {"id": hook.id, "url": hook.url, "events": list(hook.events), "secret": secret_of(backend, hook)}


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Remove a webhook")
async def remove_webhook(request: Request, webhook_id: int, token: User = Depends(allowed("webhooks:write"))) -> None:
    """Nothing more is sent there."""
    await run_in_threadpool(removed_webhook, request.app.state.backend, token, webhook_id)


def wrong_webhook(backend: Backend, url: str, events: list[str]) -> dict[str, str]:
    """What is wrong with a webhook to be registered, by field; nothing when it is right."""
    errors = {}
    try:
        checked_url(url, backend.settings.private_webhooks)
    except NotAllowed as refusal:
        errors["url"] = str(refusal)
    if not events or set(events) - set(EVENTS):
        errors["events"] = f"Choose at least one of {', '.join(EVENTS)}."
    return errors


def added_webhook(backend: Backend, by: User, url: str, events: tuple[str, ...]) -> Webhook:
    """The webhook, stored."""
    with backend.store.begin() as work:
        hook = work.webhooks.add(url.strip(), events, by.id)
        work.audit.note(by, "webhook added", "webhook", str(hook.id))
        return hook


def removed_webhook(backend: Backend, by: User, webhook_id: int) -> None:
    """Tell this address nothing more. Raises `NotFound`."""
    with backend.store.begin() as work:
        work.webhooks.remove(webhook_id)
        work.audit.note(by, "webhook removed", "webhook", str(webhook_id))


def _start(backend: Backend, told: NewCall, token: User) -> str:
    with backend.store.begin() as work:
        rep = work.users.by_name(told.rep)
        if rep is None or not allows(rep, Permission.GUIDE):
            raise Refusal(422, "There is no rep of that name who can hold a call now.", "Use the name they sign in with.")
        customer = work.customers.by_external_id(told.customer) if told.customer else None
        if told.customer and customer is None:
            raise Refusal(404, "There is no such customer.", "Push what they own first, or leave `customer` out.")
        if customer is not None:
            work.keepers.keep_if_nobody_does(customer.id, rep)
    call = backend.calls.start(Starting(rep.name, customer.id if customer else "", "", told.purpose))
    with backend.store.begin() as work:
        work.audit.note(token, "call prepared", "conversation", call)
    return call
