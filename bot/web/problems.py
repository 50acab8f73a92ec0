"""Answers for when something is wrong: what it is and what to do, as JSON for programs and as a page for people."""

from __future__ import annotations

import logging
from functools import partial
from math import ceil

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from bot.store import Conflict, NotFound, StoreUnavailable
from bot.web.pages import page

logger = logging.getLogger(__name__)

_KNOWN = {
    400: ("The request cannot be read.", "Check how it is written; the page /docs describes every request."),
    404: ("There is nothing at this address.", "Check the address, or start at the first page."),
    405: ("This address does not take that kind of request.", "See the header Allow for the kinds it takes."),
}
_OTHER = ("The request was not accepted.", "The page /docs describes every request.")


class Refusal(Exception):
    """A request not carried out: its HTTP status, what is wrong, what to do, and when to try again (seconds)."""

    def __init__(self, status: int, error: str, do: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.do = do
        self.retry_after = retry_after
        self.headers: dict[str, str] = {}


def answer_problems(app: FastAPI) -> None:
    """Make the app answer every problem in the one form of this module."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    for kind, status in ((NotFound, 404), (Conflict, 409), (StoreUnavailable, 503)):
        app.add_exception_handler(kind, partial(_of_the_store, status))
    app.add_exception_handler(Exception, _failed)


def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Refusal)
    headers = {} if problem.retry_after is None else {"Retry-After": str(max(1, ceil(problem.retry_after)))}
    return _answer(request, problem.status, problem.error, problem.do, {**problem.headers, **headers})


def _http_problem(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    error, do = _KNOWN.get(problem.status_code, _OTHER)
    return _answer(request, problem.status_code, error, do, dict(problem.headers or {}))


def _invalid(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, RequestValidationError)
    places = sorted({".".join(str(part) for part in each["loc"]) for each in problem.errors()})
    return _answer(request, 422, f"Not right: {', '.join(places)}.", _KNOWN[400][1], {})


def _of_the_store(status: int, request: Request, problem: Exception) -> Response:
    if status == 503:
        logger.error("%s %s failed", request.method, request.url.path, exc_info=problem)
        return _answer(request, 503, "The records cannot be reached just now.", "Try again in a moment.", {"Retry-After": "5"})
    do = "Somebody changed the same thing first. Load the page again and repeat your change." if status == 409 else _KNOWN[404][1]
    return _answer(request, status, str(problem), do, {})


def _failed(request: Request, problem: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=problem)
    do = "Try again. If it stays so, tell the company; its log says what happened."
    return _answer(request, 500, "Something went wrong on our side.", do, {})


def _answer(request: Request, status: int, error: str, do: str, headers: dict[str, str]) -> Response:
    headers = {"Cache-Control": "no-store", **headers}
    if "text/html" in request.headers.get("accept", ""):
        return page(request, "problem.html", {"error": error, "do": do}, status, headers)
    return JSONResponse({"error": error, "do": do}, status, headers)
