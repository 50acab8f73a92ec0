"""A turn put right: what was said and how it was understood on one side, what it should have been on the other."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.learning.correcting import CorrectedTurn, standing
from bot.learning.corrections import Correction, CorrectionInvalid
from bot.learning.dialogue_of import was_pressed
from bot.learning.stand_ins import names_in
from bot.store import Conflict, NotFound
from bot.store.access import User
from bot.store.masking import mask
from bot.web.access import Permission, may
from bot.web.problems import Refusal
from bot.web.teaching.correction_form import form_values, in_words, read_form
from bot.web.teaching.frame import backend_of, teaching_page
from bot.web.teaching.proposing import shown_proposals

router = APIRouter(prefix="/review", include_in_schema=False)
_TRAINER = Depends(may(Permission.CORRECT))


def address(conversation_id: str, seq: int) -> str:
    """Where a turn is corrected."""
    return f"/review/correct/{seq}/{quote(conversation_id, safe='')}"


@router.get("/correct/{seq}/{conversation_id:path}")
async def correct_page(request: Request, seq: int, conversation_id: str, user: User = _TRAINER) -> Response:
    """The turn, the form, and what its correction proposed."""
    found = await run_in_threadpool(_look, request, conversation_id, seq)
    return await _shown(request, found, found.correction)


@router.post("/correct/{seq}/{conversation_id:path}")
async def correct(request: Request, seq: int, conversation_id: str, user: User = _TRAINER) -> Response:
    """Store the correction; when somebody else came first, show theirs and keep what was typed."""
    form = dict(await request.form())
    typed, seen = read_form(form), _number(form.get("seen"))
    try:
        await run_in_threadpool(_save, request, (conversation_id, seq, typed, user, seen))
    except CorrectionInvalid as invalid:
        found = await run_in_threadpool(_look, request, conversation_id, seq)
        return await _shown(request, found, typed, {"errors": invalid.errors, "seen": seen}, 422)
    except Conflict:
        found = await run_in_threadpool(_look, request, conversation_id, seq)
        return await _shown(request, found, typed, {"other": found.versions[-1] if found.versions else None}, 409)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Go back to the list of conversations.") from None
    return RedirectResponse(f"{address(conversation_id, seq)}#proposals", 303)


@router.post("/undo/{seq}/{conversation_id:path}")
async def undo(request: Request, seq: int, conversation_id: str, user: User = _TRAINER, seen: int = Form(0)) -> Response:
    """Take the last correction back."""

    def step() -> None:
        backend = backend_of(request)
        backend.corrector.undo(conversation_id, seq, user.shown_name, seen)
        with backend.store.begin() as work:
            work.audit.note(user, "correction undone", "conversation", conversation_id, f"turn {seq}")

    try:
        await run_in_threadpool(step)
    except Conflict:
        raise Refusal(409, "Somebody else corrected this turn meanwhile.", "Reload the page to see what stands.") from None
    except NotFound as missing:
        raise Refusal(404, str(missing), "Go back to the list of conversations.") from None
    return RedirectResponse(address(conversation_id, seq), 303)


def _save(request: Request, told: tuple[str, int, Correction, User, int]) -> None:
    conversation_id, seq, correction, user, seen = told
    backend = backend_of(request)
    backend.corrector.correct(conversation_id, seq, correction, user.shown_name, seen)
    with backend.store.begin() as work:
        work.audit.note(user, "turn corrected", "conversation", conversation_id, f"turn {seq}")


def _look(request: Request, conversation_id: str, seq: int) -> CorrectedTurn:
    try:
        return backend_of(request).corrector.look(conversation_id, seq)
    except NotFound as missing:
        raise Refusal(404, str(missing), "Go back to the list of conversations.") from None


async def _shown(
    request: Request, found: CorrectedTurn, correction: Correction, more: dict[str, Any] | None = None, status: int = 200
) -> Response:
    values = await run_in_threadpool(_values, request, found, correction)
    return teaching_page(request, "correct.html", {**values, **(more or {})}, status)


def _values(request: Request, found: CorrectedTurn, correction: Correction) -> dict[str, Any]:
    backend, turn = backend_of(request), found.turn
    names = names_in(turn.dossier)

    def veiled(text: str) -> str:
        return mask(text, names)

    return {
        **form_values(found, correction, backend.catalogue),
        "correction": correction,
        "conversation": found.conversation,
        "turn": turn,
        "said": veiled(turn.user_text),
        "pressed": was_pressed(turn),
        "before": veiled(_text(found.before)) if found.before is not None else "",
        "reply": veiled(_text(turn)),
        "did": {"kind": turn.move.get("kind", ""), "asks": _asks(turn.move), "remedy": turn.move.get("remedy") or ""},
        "versions": tuple(reversed(found.versions)),
        "undoable": bool(found.versions) and standing(found.versions) > 0,
        "seen": found.seen,
        "errors": {},
        "other": None,
        "address": address(turn.conversation_id, turn.seq),
        "undo_address": address(turn.conversation_id, turn.seq).replace("/correct/", "/undo/", 1),
        "proposals": shown_proposals(backend, [one for one in found.proposals if one.state.value != "withdrawn"]),
        "veiled": veiled,
        "in_words": in_words,
    }


def _asks(move: dict[str, Any]) -> str:
    question = move.get("question") or {}
    return f"{question.get('ask', '')}:{question.get('key', '')}".strip(":")


def _text(turn: Any) -> str:
    return "\n\n".join(str(bubble.get("text", "")) for bubble in turn.message)


def _number(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isdigit() else 0
