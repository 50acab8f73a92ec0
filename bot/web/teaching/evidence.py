"""What outcomes taught: the author's word, the counts, what follows, and a way to set counts aside and back."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store import InvalidRecord
from bot.store.access import User
from bot.web.access import Permission, may
from bot.web.backend import Backend
from bot.web.teaching.frame import backend_of, teaching_page

router = APIRouter(prefix="/review/evidence", include_in_schema=False)
_TEACHER = Depends(may(Permission.TEACH))


@router.get("")
async def evidence_page(request: Request, user: User = _TEACHER, tests: str = "") -> Response:
    """Remedies and causes that outcomes moved; with `tests=1` what those of a demonstration would move."""
    return await _shown(request, simulated=tests == "1")


@router.post("")
async def change(
    request: Request,
    user: User = _TEACHER,
    remedy: str = Form(""),
    cause: str = Form(""),
    why: str = Form(""),
    action: str = Form(""),
) -> Response:
    """Set counts aside, with a reason, or let them teach again."""
    try:
        await run_in_threadpool(_change, backend_of(request), (remedy, cause, why, action), user)
    except InvalidRecord as refused:
        return await _shown(request, (remedy, cause, str(refused)), 422)
    return RedirectResponse("/review/evidence", 303)


async def _shown(
    request: Request, refused: tuple[str, str, str] = ("", "", ""), status: int = 200, simulated: bool = False
) -> Response:
    desk = backend_of(request).evidence
    remedies, causes = await run_in_threadpool(lambda: (desk.remedies(simulated), desk.causes(simulated)))
    values = {"remedies": remedies, "causes": causes, "refused": refused, "simulated": simulated}
    return teaching_page(request, "evidence.html", values, status)


def _change(backend: Backend, told: tuple[str, str, str, str], user: User) -> None:
    remedy, cause, why, action = told
    if action == "take back":
        backend.evidence.take_back(remedy, cause)
    else:
        backend.evidence.set_aside(remedy, cause, user.shown_name, why)
    with backend.store.begin() as work:
        work.audit.note(user, f"evidence {action or 'set aside'}", "remedy", remedy, why[:200])
