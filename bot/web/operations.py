"""For whoever runs the assistant: is it up, is it ready, how is it doing, and what can be asked of it."""

from __future__ import annotations

from enum import Enum
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.concurrency import run_in_threadpool

from bot.web.backend import Backend
from bot.web.metrics import Metrics
from bot.web.pages import page

router = APIRouter()
_OPERATIONS: list[str | Enum] = ["Operations"]


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", tags=_OPERATIONS, summary="Whether the process is up")
async def healthz() -> dict[str, str]:
    """Always `{"status": "ok"}` while the server runs."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", tags=_OPERATIONS, summary="Whether messages can be answered")
async def readyz(request: Request) -> Response:
    """200 when model, catalogue and database are there, else 503 with what is missing."""
    backend: Backend = request.app.state.backend
    missing = list(await run_in_threadpool(backend.ready))
    if missing:
        return JSONResponse({"status": "not ready", "missing": missing}, 503, {"Retry-After": "5"})
    return JSONResponse({"status": "ready", "catalogue": backend.catalogue.version})


@router.get("/metrics", tags=_OPERATIONS, summary="Figures for Prometheus")
async def metrics(request: Request) -> Response:
    """Turns, times, moves and errors; they name nobody."""
    found: Metrics = request.app.state.metrics
    return Response(await run_in_threadpool(found.text), headers={"Content-Type": CONTENT_TYPE_LATEST})


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """The JSON API as a page to read; /openapi.json is the same for programs."""
    described: dict[str, Any] = request.app.openapi()
    return page(request, "docs.html", {"paths": described["paths"], "version": described["info"]["version"]})
