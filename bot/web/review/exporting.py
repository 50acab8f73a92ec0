"""Taking results out: everything a list shows as JSON, CSV or Rasa stories, masked unless somebody may lift the veil."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from bot.advice.archive import to_plain
from bot.learning.stories import story_head, story_of
from bot.store import records
from bot.store.access import User
from bot.store.review_filter import Sought
from bot.store.review_record import Indexed
from bot.web.access import Permission, allows, may
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.sought import sought_of
from bot.web.review.veil import veil_over

router = APIRouter(prefix="/review", include_in_schema=False)

Found = tuple[Indexed, list[records.Turn]]
_CELLS: Final = ("'", "=", "+", "-", "@", "\t", "\r")
_COLUMNS: Final = (
    *("conversation", "turn", "at", "channel", "face", "trade", "outcome", "rung", "customer", "intent", "confidence"),
    *("move", "assistant", "elapsed_ms", "model", "catalogue"),
)


@router.get("/export")
async def export(
    request: Request, format: str = "json", unmasked: bool = False, user: User = Depends(may(Permission.REVIEW))
) -> Response:
    """All results of the list, not only the page, as a file."""
    if not allows(user, Permission.EXPORT) or (unmasked and not allows(user, Permission.REVEAL)):
        raise Refusal(403, "Your role does not allow this export.", "Ask an admin if you need it for your work.")
    if format not in _FORMATS:
        raise Refusal(422, "There is no export of that kind.", f"Write one of {', '.join(_FORMATS)}.")
    backend: Backend = request.app.state.backend
    await run_in_threadpool(_note, backend, user, format, unmasked)
    make, kind, name = _FORMATS[format]
    found = _found(backend, sought_of(request.query_params), unmasked)
    return StreamingResponse(make(found), media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _note(backend: Backend, user: User, format: str, unmasked: bool) -> None:
    with backend.store.begin() as work:
        work.audit.note(user, "conversations exported", "conversations", "", f"{format}, {'unmasked' if unmasked else 'masked'}")


def _found(backend: Backend, sought: Sought, unmasked: bool) -> Iterator[Found]:
    """The results with their turns, a piece at a time, each under its veil."""
    place = None
    while True:
        with backend.store.read() as work:
            page = work.review.page(sought, place, 100)
            for row in page.rows:
                conversation = work.conversations.get(row.conversation_id)
                turns = work.turns.after(row.conversation_id) if conversation else ()
                people = () if unmasked else backend.people_in([turn.user_text for turn in turns])
                veil = veil_over(conversation.state if conversation else {}, people, unmasked)
                yield row, [veil.turn(turn) for turn in turns]
        place = page.after
        if place is None:
            return


def _json(found: Iterator[Found]) -> Iterator[str]:
    yield '{"conversations": ['
    for number, (row, turns) in enumerate(found):
        yield (",\n" if number else "\n") + json.dumps(
            {**_plain(row), "turns": [_turn(turn) for turn in turns]}, ensure_ascii=False
        )
    yield "\n]}\n"


def _plain(row: Indexed) -> dict[str, Any]:
    kept = {name: value for name, value in to_plain(row).items() if name not in ("id", "shuffle", "customer_id", "hidden")}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in kept.items()}


def _turn(turn: records.Turn) -> Mapping[str, Any]:
    return {
        "seq": turn.seq,
        "at": turn.created_at.isoformat(),
        "customer": turn.user_text,
        "heard": turn.heard,
        "move": turn.move,
        "messages": list(turn.message),
        "intent": turn.intent,
        "confidence": turn.confidence,
        "elapsed_ms": turn.elapsed_ms,
        "model_version": turn.model_version,
        "catalogue_version": turn.catalogue_version,
    }


def _csv(found: Iterator[Found]) -> Iterator[str]:
    """One line for each turn; a cell never begins with what a spreadsheet would run."""
    yield _line(_COLUMNS)
    for row, turns in found:
        for turn in turns:
            replied = "\n\n".join(str(bubble.get("text", "")) for bubble in turn.message)
            about = (row.channel, row.face.value, row.catalogue_id, row.outcome.value, row.rung)
            heard = (turn.user_text, turn.intent, f"{turn.confidence:.3f}", turn.move.get("kind", ""), replied)
            made = (f"{turn.elapsed_ms:.1f}", turn.model_version, turn.catalogue_version)
            yield _line((row.conversation_id, str(turn.seq), turn.created_at.isoformat(), *about, *heard, *made))


def _line(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_CELLS) else cell for cell in cells])
    return out.getvalue()


def _stories(found: Iterator[Found]) -> Iterator[str]:
    yield story_head()
    for row, turns in found:
        yield story_of(row.conversation_id, turns)


Make = Callable[[Iterator[Found]], Iterator[str]]
_FORMATS: Final[Mapping[str, tuple[Make, str, str]]] = {
    "json": (_json, "application/json", "conversations.json"),
    "csv": (_csv, "text/csv; charset=utf-8", "conversations.csv"),
    "stories": (_stories, "application/yaml", "stories.yml"),
}
