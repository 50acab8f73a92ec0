"""Who may come in, and what they may do: sign-in, sessions, roles, the audit log, and the frame of every signed-in page.

For a page or a JSON write of your own:

    from bot.store.access import User
    from bot.web.access import Permission, may, sight, staff_page

    @router.get("/calls")
    async def calls(request: Request, user: User = Depends(may(Permission.GUIDE))) -> Response:
        return staff_page(request, "sales/calls.html", {"calls": …})

- `may(permission)` is the whole check: not signed in (a page leads to the sign-in and back, JSON gets 401), a one-time
  password (leads to /account), a role without the permission (403). `signed_in` takes any role. Roles and permissions stand
  in `policy.py` and nowhere else; a permission you miss belongs there, with its test in `tests/web/access/test_policy.py`.
- Every POST, PUT, PATCH and DELETE behind them needs the session's token. In a form of a template that extends
  `staff.html`: `{{ csrf_field }}`. In a script: send the header `X-CSRF-Token` with the content of `<meta name="csrf">`.
- A page that was opened before its user signed in again sends an old token. Its form is shown once more and sent by one press;
  a script gets 409 with the fresh token in `csrf`: put it into the meta element and send again, as `review/keys.js` does.
- `staff_page(request, template, values)` fills a template that extends `staff.html`: the header, the navigation by role,
  and for the template `user`, `csrf`, `csrf_field`, `may("guide")`. Its blocks: `title`, `head`, `wide` (write "wide" in it
  for the whole width), `content`. Styles to reuse are in `static/access/staff.css`: .card, .list, .grid, .inline, .field,
  .error, .button, .plain, .table, .tag, .soft, .empty. A place in the navigation is a line of `PLACES` in `staff.py`.
- `sight(user)` says whose customers a user sees. In a repository of `bot.store`: `.where(seen(sight, table.c.customer_id))`
  with `from bot.store.access import seen`; for one: `work.keepers.sees(sight(user), customer_id)` (answer 404 when not).
  `work.keepers.keep_if_nobody_does(customer_id, user)` makes a customer the user's, such as when they hold a call.
- Every write and every look at unmasked personal data is noted in the same transaction:
  `work.audit.note(user, "call started", "conversation", conversation_id)`; the detail never holds personal data.
- For a socket, where no dependency runs: `await who(websocket)` gives the `SignedIn` or None; check `is_from_us` too.
- In tests: `tests/web/access/people.py` makes a signed-in client of a role: `client_of(app, fake, Role.REP)`.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from bot.web.access import account, audit, sign_in, users
from bot.web.access.again import offer_again
from bot.web.access.csrf import StaleToken, is_from_us
from bot.web.access.policy import POLICY, Permission, allows, sight
from bot.web.access.signed_in import COOKIE, NewPasswordNeeded, SignedIn, SignInNeeded, may, signed_in, who
from bot.web.access.staff import staff_page

__all__ = [
    "COOKIE",
    "POLICY",
    "NewPasswordNeeded",
    "Permission",
    "SignInNeeded",
    "SignedIn",
    "allows",
    "install",
    "is_from_us",
    "may",
    "sight",
    "signed_in",
    "staff_page",
    "who",
]


def install(app: FastAPI) -> None:
    """Put the pages of access into the app, and the ways to them for whoever is not signed in."""
    app.add_exception_handler(SignInNeeded, sign_in.ask_to_sign_in)
    app.add_exception_handler(NewPasswordNeeded, _ask_for_password)
    app.add_exception_handler(StaleToken, offer_again)
    for module in (sign_in, account, users, audit):
        app.include_router(module.router)


async def _ask_for_password(request: Request, problem: Exception) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/account", 303)
    return JSONResponse({"error": "The one-time password must be changed first.", "do": "Open /account and choose one."}, 403)
