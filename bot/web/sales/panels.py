"""The panels of a call's page: parts that are filled on the server and exchanged one by one when they change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from fastapi import Request

from bot.advice.call import Role
from bot.advice.catalogue import Attribute, Catalogue
from bot.advice.dossier import Consent
from bot.advice.guide import STAGES
from bot.advice.guide_jump import GROUPS
from bot.advice.need_map import ReadBack
from bot.advice.phrasing import clause, day
from bot.advice.understood import understood
from bot.calls import Seen
from bot.store.access import User
from bot.web.pages import filled
from bot.web.sales.seeing import calls_of

PANELS: Final = ("bar", "now", "log", "map", "ladder", "agreed", "watch", "people", "notes", "objections", "jump")

_STAGE_TITLES: Final[Mapping[str, str]] = {
    "opening": "Open",
    "why": "Why",
    "causes": "Causes",
    "read_back": "Read back",
    "advice": "Advice",
    "agreed": "Agreed",
}


_GROUP_TITLES: Final[Mapping[str, str]] = {
    "need": "What they need",
    "causes": "What lies behind it",
    "around": "What is around it",
    "end": "To end with",
}


def shown(request: Request, user: User, seen: Seen, here: list[str]) -> dict[str, Any]:
    """A call as its page takes it: the number of the last action, the panels, and what the script must know."""
    values = panel_values(request, user, seen)
    return {
        "seq": seen.seq,
        "kept": seen.kept,
        "here": here,
        "consent": seen.dossier.consent.value,
        "started": seen.call.started,
        "ended": seen.call.ended,
        "question": seen.guide.questions[0].name if seen.guide.questions else "",
        "panels": {name: filled(request, f"sales/panel_{name}.html", values) for name in PANELS},
    }


def panel_values(request: Request, user: User, seen: Seen) -> dict[str, Any]:
    """Everything the panels are filled with."""
    calls = calls_of(request)
    catalogue, phrases = calls.knowledge.catalogue, calls.knowledge.phrases.for_rep()
    lines = understood(seen.dossier, catalogue, phrases)
    return {
        "user": user,
        "seen": seen,
        "guide": seen.guide,
        "call": seen.call,
        "dossier": seen.dossier,
        "asked": seen.dossier.consent in (Consent.GIVEN, Consent.REFUSED),
        "stages": _stages(seen),
        "concerns": lines.concerns,
        "about": [line for line in lines.about_you if not line.id.startswith("customer:")],
        "roles": [(role.value, phrases.say(f"guide_role_{role.value}")) for role in Role],
        "attributes": [(each, phrases.say(f"guide_priority_{each.value}")) for each in Attribute],
        "likely": likely,
        "clause": clause,
        "consent_words": catalogue.company.consent or phrases.say("guide_consent"),
        "how": phrases.say("guide_how"),
        "groups": [(group, _GROUP_TITLES[group]) for group in GROUPS],
        "reachable": bool(seen.dossier.contact or seen.dossier.customer.contact),
        "region": _region(catalogue, seen.dossier.customer.region),
        "vendors": list(catalogue.vendors.values()),
        "day": lambda when: day(when.isoformat()) if when else "no day",
        "tomorrow": _tomorrow(request),
    }


def likely(chance: float | None) -> str:
    """The chance that a remedy serves, in words."""
    if chance is None:
        return ""
    words = ((0.85, "Very likely to serve"), (0.6, "Likely to serve"), (0.35, "May serve"))
    return next((word for least, word in words if chance >= least), "Unlikely to serve")


def _region(catalogue: Catalogue, id: str) -> str:
    """A region by the name the catalogue has for it."""
    facts = (fact for fact in catalogue.facts.values() if fact.from_customer == "region")
    return next((choice.label for fact in facts for choice in fact.choices if choice.id == id), id)


def _stages(seen: Seen) -> list[dict[str, str]]:
    """The stages of the call, each done, now, next, or left out: a read-back that was passed over is not done."""
    now, concern = STAGES.index(seen.guide.stage), seen.dossier.concern
    states = ["done" if index < now else "now" if index == now else "next" for index in range(len(STAGES))]
    read_back = STAGES.index("read_back")
    if states[read_back] == "done" and (concern is None or concern.read_back is not ReadBack.CONFIRMED):
        states[read_back] = "left"
    return [{"id": id, "title": _STAGE_TITLES[id], "state": state} for id, state in zip(STAGES, states, strict=True)]


def _tomorrow(request: Request) -> str:
    """The next working day, which most promises are for."""
    found = calls_of(request).today + timedelta(days=1)
    while found.isoweekday() > 5:
        found += timedelta(days=1)
    return found.isoformat()
