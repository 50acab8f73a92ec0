"""The frame of the teaching pages: their own navigation, and the words for what the program calls by id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bot.advice.catalogue import Catalogue
from bot.web.access import Permission, allows
from bot.web.access.staff import staff_page
from bot.web.backend import Backend
from bot.web.review.panels import room_places

PLACE: Final = "Teaching"
"""What these pages are called in the room's navigation."""

TABS: Final = (
    ("Proposals", "/review/proposals", Permission.TEACH),
    ("Suggestions", "/review/suggestions", Permission.CORRECT),
    ("Training", "/review/training", Permission.TEACH),
    ("Models", "/review/models", Permission.TEACH),
    ("Replay", "/review/replay", Permission.TEACH),
    ("Evidence", "/review/evidence", Permission.TEACH),
)


def backend_of(request: Request) -> Backend:
    """The services behind the page."""
    found: Backend = request.app.state.backend
    return found


def teaching_page(request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
    """A page of this part of the room; it also knows `tabs` and `named`, the words for ids."""
    path = request.url.path
    user = request.state.who.user
    tabs = [
        {"name": name, "address": address, "here": path.startswith(address)}
        for name, address, permission in TABS
        if allows(user, permission)
    ]
    around = {
        "tabs": tabs,
        "places_in_room": [{**one, "here": one["name"] == PLACE} for one in room_places(request, user)],
        "named": Named(backend_of(request).catalogue),
        "failed": request.query_params.get("failed", ""),
    }
    return staff_page(request, f"review/teaching/{template}", {**around, **values}, status)


@dataclass(frozen=True)
class Named:
    """Words for ids of the catalogue; an id that is no longer in it stands for itself."""

    catalogue: Catalogue

    def problem(self, id: str) -> str:
        """The problem in a few words."""
        found = self.catalogue.problems.get(id)
        return found.name if found else _plain(id)

    def cause(self, id: str) -> str:
        """The cause in a few words."""
        found = self.catalogue.causes.get(id)
        return found.name if found and found.name else _plain(id)

    def remedy(self, id: str) -> str:
        """The title of the remedy."""
        return self.catalogue.remedies[id].title if id in self.catalogue.remedies else _plain(id)

    def fact(self, id: str) -> str:
        """The question about the fact."""
        found = self.catalogue.facts.get(id)
        return (found.ask if found and found.ask else _plain(id)).rstrip("?")

    def target(self, kind: str, target: str) -> str:
        """What a proposal is for, in words."""
        name, _, rest = target.partition(":")
        if kind == "example":
            return f"the act “{_plain(target)}”"
        if kind == "test":
            return f"“{target}”"
        if name == "answer":
            fact, _, choice = rest.partition(":")
            return f"the answer “{_plain(choice)}” to “{self.fact(fact)}”"
        words = {"problem": self.problem, "cause": self.cause}.get(name, _plain)(rest)
        return f"the {name} “{words}”"

    def done(self, done: Mapping[str, str]) -> str:
        """What was done in a turn, in words."""
        words = _plain(done["kind"]).capitalize()
        kind, _, key = done.get("asks", "").partition(":")
        if key:
            words += f": {self.fact(key) if kind == 'fact' else _plain(key)}"
        return f"{words}: {self.remedy(done['remedy'])}" if done.get("remedy") else words


def _plain(name: str) -> str:
    return name.replace("_", " ")
