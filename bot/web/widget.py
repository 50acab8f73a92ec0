"""The widget as other websites load it: one script, with its styles and English words in it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.web.pages import STATIC
from bot.web.problems import Refusal
from bot.web.squeeze import squeezed_script, squeezed_style

router = APIRouter()

FOLDER: Final = STATIC / "widget"
_PARTS: Final = ("keep.js", "line.js", "talk.js", "draw.js", "cards.js", "sides.js", "chat.js")
_HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class Shipped:
    """A file as it is sent: its kind, its tag, and its bytes, plain and zipped."""

    kind: str
    tag: str
    plain: bytes
    zipped: bytes


@router.get("/widget.js", include_in_schema=False)
async def widget(request: Request) -> Response:
    """The widget. Its name never changes, so a browser asks every five minutes whether it did."""
    return _answer(request, _shipped_widget())


@router.get("/widget/words/{language}.json", include_in_schema=False)
async def words(request: Request, language: str) -> Response:
    """The interface's words in a language. There is a file for each language that somebody translated."""
    if language not in _languages():
        raise Refusal(404, "The widget does not speak this language.", f"It speaks {', '.join(_languages())}.")
    return _answer(request, _shipped_words(language))


def widget_script() -> str:
    """The whole widget: the parts in one scope, so that nothing of it meets what the website has."""
    style = squeezed_style((FOLDER / "widget.css").read_text("utf-8"))
    head = f'"use strict";const STYLE={json.dumps(style)},WORDS={_words("en")};'
    parts = "\n".join((FOLDER / name).read_text("utf-8") for name in _PARTS)
    return f"(()=>{{{head}{squeezed_script(parts)}}})();\n"


@cache
def _languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (FOLDER / "words").glob("*.json")))


@cache
def _shipped_widget() -> Shipped:
    return _shipped("text/javascript; charset=utf-8", widget_script())


@cache
def _shipped_words(language: str) -> Shipped:
    return _shipped("application/json", _words(language))


def _words(language: str) -> str:
    path = Path(FOLDER / "words" / f"{language}.json")
    return json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False, separators=(",", ":"))


def _shipped(kind: str, text: str) -> Shipped:
    plain = text.encode()
    return Shipped(kind, f'"{sha256(plain).hexdigest()[:20]}"', plain, gzip.compress(plain, 9, mtime=0))


def _answer(request: Request, file: Shipped) -> Response:
    headers = {**_HEADERS, "ETag": file.tag}
    if file.tag in request.headers.get("if-none-match", "").replace("W/", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.zipped, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.kind)
    return Response(file.plain, headers=headers, media_type=file.kind)
