"""The admin's page of the audit log: who did what, on what, when."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from bot.store import Store
from bot.store.access import Audited, User
from bot.web.access.policy import Permission
from bot.web.access.signed_in import may
from bot.web.access.staff import staff_page

router = APIRouter(prefix="/admin/audit", include_in_schema=False)
_PAGE = 50


@router.get("")
async def audit_page(
    request: Request,
    user: User = Depends(may(Permission.AUDIT)),
    before: int = 0,
    who: str = "",
    action: str = "",
) -> Response:
    """Fifty lines, newest first, of everybody or one user, and all or one action."""
    lines = await run_in_threadpool(_lines, request.app.state.backend.store, before, who, action)
    older = lines[-1].id if len(lines) > _PAGE - 1 else 0
    values = {"lines": lines, "older": older, "who": who, "action": action, "before": before}
    return staff_page(request, "access/audit.html", values)


def _lines(store: Store, before: int, who: str, action: str) -> tuple[Audited, ...]:
    with store.read() as work:
        found = work.users.by_name(who[:200]) if who else None
        if who and found is None:
            return ()
        return work.audit.page(before=before, limit=_PAGE, user_id=found.id if found else "", action=action[:200])
