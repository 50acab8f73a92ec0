"""What somebody typed into a form that could not be taken: kept, shown again, and sent when they say so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.formparsers import MultiPartException

from bot.web.access.csrf import FIELD

LONGEST: Final = 200_000
"""Characters kept of a form."""


@dataclass(frozen=True)
class Typed:
    """A form as it was sent: where to, its fields, the page it stood on, and whether a field could not be kept."""

    address: str
    fields: Sequence[tuple[str, str]] = ()
    back: str = ""
    whole: bool = True

    @property
    def words(self) -> list[str]:
        """What a person wrote in it, to be shown: texts of more than one word, or of some length."""
        return [value for _, value in self.fields if len(value.split()) > 1 or len(value) > 24]

    def kept(self) -> str:
        """It as a text for a hidden field; empty when there is nothing in it or too much."""
        text = json.dumps({"address": self.address, "fields": [list(field) for field in self.fields], "back": self.back})
        return text if len(text) <= LONGEST and self.fields else ""


async def typed_in(request: Request) -> Typed:
    """What the request's form holds. Passwords and files are left out, and then it is not whole."""
    try:
        items = (await request.form()).multi_items()
    except MultiPartException:
        items = []
    fields = [(name, value) for name, value in items if isinstance(value, str) and name != FIELD and not _is_secret(name)]
    whole = all(_is_secret(name) is False and (isinstance(value, str) or not value.filename) for name, value in items)
    return Typed(request.url.path, fields, safe_next(_page_before(request)), whole)


def typed_before(kept: str) -> Typed | None:
    """What `kept()` made, or None for anything else."""
    try:
        told = json.loads(kept) if kept else {}
        fields = [(str(name), str(value)) for name, value in told.get("fields", ())]
        address, back = safe_next(str(told.get("address", ""))), safe_next(str(told.get("back", "")))
    except (ValueError, TypeError, AttributeError):
        return None
    return Typed(address, fields, back) if address and fields else None


def safe_next(address: str) -> str:
    """The address if it is one of this site, else nothing."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if inside and not address.startswith("/sign-") else ""


def _is_secret(name: str) -> bool:
    return "password" in name


def _page_before(request: Request) -> str:
    """The page of ours that the form stood on, as the browser tells it."""
    try:
        found = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if found.netloc != request.headers.get("host", ""):
        return ""
    return found.path + (f"?{found.query}" if found.query else "")
