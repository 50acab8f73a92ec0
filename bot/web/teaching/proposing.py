"""The queue of proposals: each shown as the diff it would make, to accept or to refuse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.content.said_as import PhraseRefused
from bot.store import NotFound
from bot.store.access import User
from bot.store.corrections import Proposal, ProposalState
from bot.web.access import Permission, may
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.teaching.frame import backend_of, teaching_page

router = APIRouter(prefix="/review/proposals", include_in_schema=False)
_TEACHER = Depends(may(Permission.TEACH))
SHOWN: Final = 10
_STATES: Final = ("waiting", "accepted", "refused")
_DECISIONS: Final = ("accept", "refuse", "reconsider")


@router.get("")
async def queue(request: Request, user: User = _TEACHER, state: str = "waiting", before: int = 0) -> Response:
    """The proposals in one state, newest first."""
    wanted = state if state in _STATES else "waiting"
    values = await run_in_threadpool(_queue, backend_of(request), ProposalState(wanted), before)
    return teaching_page(request, "proposals.html", {**values, "state": wanted, "states": _STATES})


@router.post("/all")
async def accept_all(request: Request, user: User = _TEACHER) -> Response:
    """Accept every proposal that was shown; what cannot be accepted is told and waits on."""
    form = await request.form()
    chosen = [int(str(one)) for one in form.getlist("id") if str(one).isdigit()][:SHOWN]
    failed = await run_in_threadpool(_accept_all, backend_of(request), chosen, user)
    return RedirectResponse(_told("/review/proposals", failed), 303)


@router.post("/{proposal_id}")
async def decide(
    request: Request, proposal_id: int, user: User = _TEACHER, decision: str = Form(""), back: str = Form("")
) -> Response:
    """Accept, refuse, or think over."""
    if decision not in _DECISIONS:
        raise Refusal(422, "There is no such decision.", "Accept, refuse, or reconsider.")
    try:
        failed = await run_in_threadpool(_decide, backend_of(request), proposal_id, decision, user)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Reload the list.") from None
    return RedirectResponse(_told(_safe(back), failed), 303)


def shown_proposals(backend: Backend, proposals: Iterable[Proposal]) -> list[dict[str, Any]]:
    """Proposals with the diffs they would make, line by line; one already accepted shows what it says."""
    shown = list(proposals)
    open_ = [one for one in shown if one.state is not ProposalState.ACCEPTED]
    previews = dict(zip((one.id for one in open_), backend.corrector.previews(open_), strict=True))
    return [{"proposal": one, "lines": _lines(one, previews.get(one.id, ""))} for one in shown]


def _lines(proposal: Proposal, preview: str) -> list[tuple[str, str]]:
    """Lines of the diff, each with what it is: added, removed, place, or the same as before."""
    text = preview or "\n".join(str(value) for value in proposal.content.values() if isinstance(value, str))
    return [(_sort(line), line) for line in text.splitlines()]


def _sort(line: str) -> str:
    if line.startswith(("+++", "---", "@@")):
        return "place"
    return {"+": "added", "-": "removed"}.get(line[:1], "same")


def _queue(backend: Backend, state: ProposalState, before: int) -> dict[str, Any]:
    with backend.store.read() as work:
        found = work.proposals.in_state(state, before, SHOWN + 1)
        counts = work.proposals.counts()
    shown = found[:SHOWN]
    return {
        "proposals": shown_proposals(backend, shown),
        "counts": counts,
        "older": shown[-1].id if len(found) > SHOWN else 0,
    }


def _decide(backend: Backend, proposal_id: int, decision: str, user: User) -> str:
    """The reason why it could not be done; empty when it was."""
    try:
        if decision == "reconsider":
            backend.corrector.reconsider(proposal_id, user.shown_name)
        else:
            backend.corrector.decide(proposal_id, decision == "accept", user.shown_name)
    except (PhraseRefused, OSError) as refused:
        return str(refused)
    with backend.store.begin() as work:
        work.audit.note(user, f"proposal {decision}ed".replace("eed", "ed"), "proposal", str(proposal_id))
    return ""


def _accept_all(backend: Backend, chosen: list[int], user: User) -> str:
    failed = []
    for proposal_id in chosen:
        try:
            failed.append(_decide(backend, proposal_id, "accept", user))
        except NotFound as missing:
            failed.append(str(missing))
    return " ".join(dict.fromkeys(one for one in failed if one))


def _safe(back: str) -> str:
    """Where the form came from, on this site only."""
    parts = urlsplit(back)
    inside = not parts.scheme and not parts.netloc and back.startswith("/review/") and not back.startswith("//")
    return back if inside else "/review/proposals"


def _told(place: str, failed: str) -> str:
    if not failed:
        return place
    return f"{place.partition('#')[0]}{'&' if '?' in place else '?'}failed={quote(failed[:500])}"
