"""Preparing a call: the list of calls, choosing or creating the customer, and everything known before it begins."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from bot.advice.archive import from_plain
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.calls import Brief, Starting, prepared
from bot.store import NotFound, records
from bot.store.access import User
from bot.web.access import Permission, may, sight, staff_page
from bot.web.problems import Refusal
from bot.web.sales.panels import panel_values, shown
from bot.web.sales.seeing import backend_of, calls_of, seen_by

router = APIRouter()

MOST_FOUND: Final = 12
MOST_CALLS: Final = 15
_FIELDS: Final = (("name", 120), ("organisation", 120), ("contact", 200), ("region", 80), ("purpose", 200))


@router.get("/calls", include_in_schema=False)
async def list_calls(request: Request, q: str = "", before: str = "", user: User = Depends(may(Permission.GUIDE))) -> Response:
    """The rep's calls, the chats that wait for a person, and the search for a customer."""
    values = await run_in_threadpool(_listed, request, user, q.strip()[:100], before[:200])
    return staff_page(request, "sales/calls.html", {**values, "errors": {}, "typed": {}})


@router.get("/calls/new", include_in_schema=False)
async def new_call(request: Request, chat: str = "", customer: str = "", user: User = Depends(may(Permission.GUIDE))) -> Response:
    """One press away from a call with the chat or the customer that a link from elsewhere names."""
    values = await run_in_threadpool(_listed, request, user, "", "")
    wanted = await run_in_threadpool(_wanted, request, user, chat[:255], customer[:255])
    return staff_page(request, "sales/calls.html", {**values, "errors": {}, "typed": {}, "wanted": wanted})


@router.post("/calls", include_in_schema=False)
async def start_call(request: Request, user: User = Depends(may(Permission.GUIDE))) -> Response:
    """Prepare a call with a customer who is known, new or not known yet, or with a chat that was handed over."""
    form = await request.form()
    typed = {name: str(form.get(name, "")).strip() for name, _ in _FIELDS}
    errors = _wrong(typed) if form.get("new") else {}
    if errors:
        values = await run_in_threadpool(_listed, request, user, "", "")
        return staff_page(request, "sales/calls.html", {**values, "errors": errors, "typed": typed}, 422)
    call_id = await run_in_threadpool(_start, request, user, form, typed)
    return RedirectResponse(f"/calls/{call_id}/prepare", 303)


@router.get("/calls/{call_id}/prepare", include_in_schema=False)
async def prepare(request: Request, call_id: str, user: User = Depends(may(Permission.GUIDE))) -> Response:
    """Everything known before the call, on one page."""
    seen = await run_in_threadpool(seen_by, request, user, call_id)
    brief = await run_in_threadpool(_brief, request, seen.dossier.customer.id, call_id)
    values = panel_values(request, user, seen)
    state = shown(request, user, seen, [])
    from_call = await run_in_threadpool(_is_call, request, seen.call.from_chat)
    more = {"brief": brief, "state": state, "panels": state["panels"], "from_call": from_call}
    return staff_page(request, "sales/prepare.html", {**values, **more})


def _is_call(request: Request, conversation: str) -> bool:
    with backend_of(request).store.read() as work:
        return work.calls.get(conversation) is not None


def _listed(request: Request, user: User, words: str, before: str) -> dict[str, Any]:
    backend = backend_of(request)
    with backend.store.read() as work:
        mine = work.calls.of_rep(user.name, MOST_CALLS + 1, _place(before))
        found = work.customers.search(words, MOST_FOUND + 1, sight(user)) if words else ()
        waiting = [
            one
            for one in work.hand_overs.waiting()[:50]
            if work.keepers.sees(sight(user), work.conversations.require(one.conversation_id).customer_id)
        ]
        calls = [_row(work.conversations.get(one.conversation_id), one) for one in mine[:MOST_CALLS]]
    more = mine[MOST_CALLS - 1] if len(mine) > MOST_CALLS else None
    return {
        "calls": calls,
        "words": words,
        "found": found[:MOST_FOUND],
        "others": len(found) > MOST_FOUND,
        "waiting": [_waiting(one) for one in waiting],
        "wanted": None,
        "regions": _regions(backend.catalogue),
        "more": f"{more.created_at.isoformat()}|{more.conversation_id}" if more else "",
    }


def _regions(catalogue: Catalogue) -> list[tuple[str, str]]:
    """The regions the catalogue tells apart, to choose from; none where it tells none apart."""
    facts = (fact for fact in catalogue.facts.values() if fact.from_customer == "region")
    return [(choice.id, choice.label) for fact in facts for choice in fact.choices]


def _wanted(request: Request, user: User, chat: str, customer: str) -> dict[str, str]:
    """The chat or customer of a link, with the name to show. Raises Refusal when it is not there for this user."""
    with backend_of(request).store.read() as work:
        conversation = work.conversations.get(chat) if chat else None
        owner = (conversation.customer_id or "") if conversation is not None else customer
        known = work.customers.get(owner) or work.customers.by_external_id(owner) if owner else None
        if (known is None and conversation is None) or (known is not None and not work.keepers.sees(sight(user), known.id)):
            raise _nobody()
    name = (known.organisation or known.name) if known is not None else "a visitor of the chat"
    return {"chat": chat if conversation is not None else "", "customer": known.id if known is not None else "", "name": name}


def _row(conversation: records.Conversation | None, call: Any) -> dict[str, Any]:
    dossier = from_plain(Dossier, conversation.state) if conversation is not None else Dossier()
    return {
        "id": call.conversation_id,
        "name": dossier.customer.organisation or dossier.customer.name or "A customer not known yet",
        "person": dossier.customer.name if dossier.customer.organisation else "",
        "at": call.created_at,
        "purpose": call.state.get("purpose", ""),
        "state": "ended" if call.ended_at else ("under way" if call.state.get("started") else "prepared"),
    }


def _waiting(hand_over: records.HandOver) -> dict[str, Any]:
    dossier = from_plain(Dossier, hand_over.dossier)
    concern = dossier.concern
    said = next((cell.quote for cell in concern.cells.values() if cell.quote), "") if concern is not None else ""
    name = dossier.customer.organisation or dossier.customer.name or dossier.contact or hand_over.contact or "A visitor"
    return {"chat": hand_over.conversation_id, "name": name, "said": said, "at": hand_over.created_at, "why": hand_over.reason}


def _place(before: str) -> tuple[datetime, str] | None:
    at, _, id = before.partition("|")
    try:
        return (datetime.fromisoformat(at), id) if before else None
    except ValueError:
        return None


def _wrong(typed: dict[str, str]) -> dict[str, str]:
    errors = {
        name: f"Write at most {most} characters; this is {len(typed[name])}." for name, most in _FIELDS if len(typed[name]) > most
    }
    if not typed["name"] and not typed["organisation"]:
        errors["name"] = "Write a name or an organisation, so that you find them again."
    return errors


def _start(request: Request, user: User, form: FormData, typed: dict[str, str]) -> str:
    """The id of the call that was prepared; it is in the audit log, and the customer is the rep's if nobody keeps them."""
    backend = backend_of(request)
    customer_id, chat = str(form.get("customer", ""))[:255], str(form.get("chat", ""))[:255]
    with backend.store.begin() as work:
        if form.get("new"):
            name, organisation = typed["name"], typed["organisation"]
            told = records.Customer(name=name, organisation=organisation, contact=typed["contact"], region=typed["region"])
            customer_id = work.customers.add(told).id
            work.audit.note(user, "customer created", "customer", customer_id)
        if chat:
            known = work.conversations.get(chat)
            customer_id = (known.customer_id or "") if known is not None else ""
        if customer_id and not work.keepers.sees(sight(user), customer_id):
            raise _nobody()
        if customer_id:
            work.keepers.keep_if_nobody_does(customer_id, user)
    try:
        call_id = calls_of(request).start(Starting(user.name, customer_id, chat, str(form.get("purpose", ""))[:200]))
    except NotFound:
        raise _nobody() from None
    with backend.store.begin() as work:
        work.audit.note(user, "call prepared", "conversation", call_id)
    return call_id


def _nobody() -> Refusal:
    return Refusal(404, "There is no such customer or chat.", "It may have been erased, or belong to another team. Search again.")


def _brief(request: Request, customer_id: str, call_id: str) -> Brief:
    calls = calls_of(request)
    with backend_of(request).store.read() as work:
        return prepared(work, customer_id, calls.knowledge.catalogue, calls.today, besides=call_id)
