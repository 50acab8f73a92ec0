"""Calls, promises and referrals as CSV or JSON: for a rep who takes theirs along, and for programs with a token."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.store.access import Sight, User
from bot.store.exports import KINDS
from bot.web.access import Permission, may, sight
from bot.web.backend import Backend
from bot.web.integrations.tokens import allowed
from bot.web.problems import Refusal

staff = APIRouter(prefix="/records", include_in_schema=False)
api = APIRouter(prefix="/api/v1/records", tags=["Integrations"])

MOST: Final = 5000
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")


@staff.get("/{name}")
async def records_for_staff(
    request: Request, name: str, user: User = Depends(may(Permission.EXPORT)), after: str = "", limit: int = MOST
) -> Response:
    """The records of the customers one sees, as a file such as promises.csv."""
    return await _answer(request, name, user, sight(user), (after, limit))


@api.get("/{name}", summary="Calls, promises or referrals, as CSV or JSON")
async def records_for_programs(
    request: Request, name: str, token: User = Depends(allowed("records:read")), after: str = "", limit: int = 500
) -> Response:
    """`name` is calls, promises or referrals with .json or .csv. Oldest first, `limit` rows at most (up to 5000).

    For the rows that follow pass the last row's `id` as `after`; the header Link names that address while there are more.
    Only records of customers who allowed notes are given.
    """
    return await _answer(request, name, token, Sight(True, "", ""), (after, limit))


def csv_of(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as CSV with a header. What a spreadsheet would take for a formula is made plain text by an apostrophe."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


async def _answer(request: Request, name: str, user: User, whose: Sight, pages: tuple[str, int]) -> Response:
    kind, _, form = name.partition(".")
    after, limit = pages
    if kind not in KINDS or form not in ("csv", "json"):
        raise Refusal(404, "There is no such file.", "Ask for calls, promises or referrals, with .csv or .json.")
    if not 1 <= limit <= MOST or not (kind == "calls" or not after or after.isdecimal()):
        raise Refusal(422, "`limit` or `after` is not right.", f"`limit` is 1 to {MOST}; `after` the id of the last row you have.")
    rows = await run_in_threadpool(_rows, request.app.state.backend, kind, (user, whose), pages)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.{form}"'}
    if len(rows) == limit:
        more = request.url.include_query_params(after=rows[-1]["id"], limit=limit)
        headers["Link"] = f'<{more}>; rel="next"'
    if form == "json":
        return JSONResponse({kind: rows}, headers=headers)
    return Response(csv_of(rows), headers=headers, media_type="text/csv; charset=utf-8")


def _rows(backend: Backend, kind: str, who: tuple[User, Sight], pages: tuple[str, int]) -> list[dict[str, Any]]:
    user, whose = who
    after, limit = pages
    with backend.store.read() as work:
        try:
            rows = work.exports.page(kind, whose, after=after, limit=limit)
        except ValueError:
            raise Refusal(422, "`after` is not right.", "Pass the id of the last row you have.") from None
    with backend.store.begin() as work:
        work.audit.note(user, f"{kind} exported", detail=f"{len(rows)} rows")
    return rows
