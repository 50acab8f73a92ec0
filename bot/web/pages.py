"""Pages: HTML made on the server from the templates."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.advice.phrasing import day

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"


class Files(StaticFiles):
    """The static files; an address that can be no file's name is one more file that is not there."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where the file is and what it is like, or nothing."""
        return ("", None) if "\0" in path else super().lookup_path(path)


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The template filled with the values; it also knows the company and the addresses of the static files."""
    return HTMLResponse(filled(request, template, values), status, dict(headers or {}))


def filled(request: Request, template: str, values: Mapping[str, Any]) -> str:
    """A template, or a part of a page, filled with the values."""
    company = request.app.state.backend.catalogue.company
    return _TEMPLATES.get_template(template).render(company=company, static=_static, **values)


def _static(name: str) -> str:
    """The address of a static file; it changes with the file, so that no browser shows an old one."""
    return f"/static/{name}?v={sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _words(name: str) -> str:
    return name.replace("_", " ").strip().capitalize()


def _capital(text: str) -> str:
    """With a capital at the start; the rest as it is."""
    return text[:1].upper() + text[1:]


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2])


def _moment(text: str) -> str:
    """A time as a person writes it; any other text as it is."""
    found = _TIME.fullmatch(text)
    return f"{found[1]} {found[2]} UTC" if found else text


_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+\+00:00")
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(day=day, capital=_capital, initials=_initials, words=_words, moment=_moment)
