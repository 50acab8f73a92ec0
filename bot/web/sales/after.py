"""After a conversation: the summary for the customer to edit and take along, the note, the dates, and the rep's self-check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.advice.archive import from_plain
from bot.advice.call import Call
from bot.advice.dossier import Dossier
from bot.store import Conflict
from bot.store.access import User
from bot.store.after import Summary
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.customer.dates import calendar
from bot.web.sales.day import must_see
from bot.web.sales.note import draft
from bot.web.sales.pdf import pdf_of
from bot.web.sales.summary import Kept, plain, summary, words_of

router = APIRouter(prefix="/after", include_in_schema=False)

_REP: Final = Depends(may(Permission.DAY))
_LONGEST: Final = 20_000
SELF_CHECK: Final = (
    ("expects", "Do I know what the customer expects to be different, in their own words?"),
    ("limits", "Did I say what it will not do, before they agreed?"),
    ("next", "Do they know what happens next, who does it, and when?"),
    ("status", "Will they hear from me how it stands without having to ask?"),
    ("bumps", "If something goes wrong on the way, will they hear it from me first?"),
    ("rest", "Delivery, papers, the bill: will I see that each is right, though others do it?"),
    ("works", "Will I know whether it works, or have I left that as someone else's problem?"),
)
"""The seven questions a rep asks of themselves: is any of this someone else's problem?"""
_ANSWERS: Final = ("yes", "not yet")


@router.get("/{conversation_id}")
async def after_page(request: Request, conversation_id: str, user: User = _REP, done: str = "") -> Response:
    """Everything there is to do after a conversation."""
    return await _shown(request, user, conversation_id, {"done": _DONE.get(done, "")})


@router.post("/{conversation_id}")
async def save(
    request: Request,
    conversation_id: str,
    user: User = _REP,
    text: str = Form(""),
    note: str = Form(""),
    revision: int = Form(0),
    afresh: str = Form(""),
) -> Response:
    """Keep the summary as edited, and the note; or make the summary afresh from the records."""
    typed = {"text": text, "note": note}
    if max(len(text), len(note)) > _LONGEST:
        error = f"It is too long to be read. Shorten it to {_LONGEST} characters."
        return await _shown(request, user, conversation_id, {"typed": typed, "error": error}, 422)
    written = Summary(
        conversation_id=conversation_id,
        text="" if afresh else _same_lines(text),
        note=_same_lines(note),
        written_by=user.id,
        revision=revision,
    )
    try:
        await run_in_threadpool(_saved, request.app.state.backend, user, written)
    except Conflict:
        error = (
            "Somebody else changed this meanwhile. Theirs is kept; yours stands below: copy what you need, then reload the page."
        )
        return await _shown(request, user, conversation_id, {"typed": typed, "error": error}, 409)
    return RedirectResponse(f"{request.url.path}?done={'afresh' if afresh else 'saved'}", 303)


@router.post("/{conversation_id}/self-check")
async def check_oneself(request: Request, conversation_id: str, user: User = _REP) -> Response:
    """Keep the rep's answers to the self-check; nobody else sees them, and the audit log does not hold them."""
    form = await request.form()
    answers = {id: str(form.get(id)) for id, _ in SELF_CHECK if form.get(id) in _ANSWERS}
    thought = str(form.get("thought") or "")[:_LONGEST]

    def step(backend: Backend) -> None:
        with backend.store.begin() as work:
            must_see(work, user, conversation_id)
            work.self_checks.save(conversation_id, user, {**answers, "thought": thought})

    await run_in_threadpool(step, request.app.state.backend)
    return RedirectResponse(f"/after/{conversation_id}?done=checked#self-check", 303)


@router.get("/{conversation_id}/summary.{kind}")
async def download(request: Request, conversation_id: str, kind: str, user: User = _REP) -> Response:
    """The summary as the text of an e-mail (txt), as Markdown (md) or as a PDF (pdf)."""
    backend: Backend = request.app.state.backend
    found = await run_in_threadpool(_read, backend, user, conversation_id)
    text = str(found["text"])
    if kind == "pdf":
        made = await run_in_threadpool(pdf_of, text, backend.catalogue.company.name)
        return _file(made, "application/pdf", "summary.pdf")
    if kind == "md":
        return _file(text.encode(), "text/markdown; charset=utf-8", "summary.md")
    if kind == "txt":
        return _file(plain(text).encode(), "text/plain; charset=utf-8", "summary.txt")
    do = "Ask for summary.txt, summary.md or summary.pdf."
    return JSONResponse({"error": "There is no summary of that kind.", "do": do}, 404)


@router.get("/{conversation_id}/dates.ics")
async def dates(request: Request, conversation_id: str, user: User = _REP) -> Response:
    """What was promised, and the days to ask how it went, for a calendar."""
    backend: Backend = request.app.state.backend
    found = await run_in_threadpool(_read, backend, user, conversation_id)
    kept: Kept = found["kept"]
    entries = [
        {
            "what": one.what,
            "due": one.due.isoformat() if one.due else "",
            "state": one.state.value,
            "owner": one.owner,
            "who": one.owner,
        }
        for one in kept.promises
    ]
    entries += [
        {"what": f"Ask: {one.question}", "due": one.due.isoformat(), "state": "open", "owner": "we", "who": "we"}
        for one in kept.check_ins
        if one.answered_at is None
    ]
    file = calendar(backend.catalogue.company.name, conversation_id, entries)
    return _file(file, "text/calendar; charset=utf-8", "dates.ics")


def _saved(backend: Backend, user: User, written: Summary) -> None:
    with backend.store.begin() as work:
        must_see(work, user, written.conversation_id)
        work.summaries.save(written)
        work.audit.note(user, "summary written", "conversation", written.conversation_id)


def _read(backend: Backend, user: User, conversation_id: str) -> dict[str, Any]:
    with backend.store.read() as work:
        must_see(work, user, conversation_id)
        conversation = work.conversations.require(conversation_id)
        kept = Kept(
            from_plain(Dossier, conversation.state),
            work.promises.of_conversation(conversation_id),
            work.check_ins.of_conversation(conversation_id),
            work.referrals.of_conversation(conversation_id),
        )
        written = work.summaries.of(conversation_id)
        row = work.calls.get(conversation_id)
        call = from_plain(Call, row.state) if row is not None else None
        checked = work.self_checks.of(conversation_id, user)
        customer = work.customers.get(conversation.customer_id) if conversation.customer_id else None
    text = written.text or summary(kept, backend.catalogue, conversation.started_at.date())
    return {
        "conversation": conversation,
        "customer": customer,
        "kept": kept,
        "written": written,
        "text": text,
        "note": written.note or draft(kept.dossier, call, backend.catalogue),
        "checked": checked,
    }


async def _shown(request: Request, user: User, conversation_id: str, told: dict[str, Any], status: int = 200) -> Response:
    backend: Backend = request.app.state.backend
    found = await run_in_threadpool(_read, backend, user, conversation_id)
    shown = {**found, **told.get("typed", {})}
    shown["written"] = replace(found["written"])
    words = [quote for concern in found["kept"].dossier.concerns for quote in words_of(concern)]
    around = {"questions": SELF_CHECK, "answers": _ANSWERS, "words": words, "error": "", "done": "", "longest": _LONGEST}
    return staff_page(request, "sales/after.html", {**around, **shown, **told}, status)


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _same_lines(text: str) -> str:
    return text.replace("\r\n", "\n")


_DONE: Final = {
    "saved": "Kept.",
    "afresh": "Made afresh from the records.",
    "checked": "Kept for you alone.",
}
