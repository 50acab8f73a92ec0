"""After the company has edited its catalogue: a dossier without the ids that are gone; the customer's words stay."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask, Dossier, Question
from bot.advice.harms import HARMS
from bot.advice.heard import CellName
from bot.advice.need_map import NeedMap, ReadBack


def still_known(dossier: Dossier, catalogue: Catalogue) -> Dossier:
    """The dossier with every problem, need, remedy and open question that the catalogue no longer has withdrawn."""
    known: dict[str, Any] = {
        "concerns": tuple(_known_concern(concern, catalogue) for concern in dossier.concerns),
        "dangers": tuple(id for id in dossier.dangers if id in dossier.warned or _danger_known(id, catalogue)),
        "referrals": tuple(one for one in dossier.referrals if one.vendor in catalogue.vendors),
        "open": _known_question(dossier.open, catalogue),
        "put_off": _known_question(dossier.put_off, catalogue),
    }
    gone = {name: value for name, value in known.items() if value != getattr(dossier, name)}
    return replace(dossier, **gone) if gone else dossier


def _danger_known(id: str, catalogue: Catalogue) -> bool:
    of_causes = (cause.danger for cause in catalogue.causes.values())
    return id in HARMS or id in catalogue.dangers or any(danger is not None and danger.id == id for danger in of_causes)


def _known_question(question: Question | None, catalogue: Catalogue) -> Question | None:
    if question is None:
        return None
    if question.ask is Ask.MEANT:
        known = all(option.value in catalogue.problems or not option.label for option in question.options)
        return question if known else None
    kinds = {Ask.FACT: catalogue.facts, Ask.READ_BACK: catalogue.outcomes}
    if question.ask in (Ask.ADVICE, Ask.INTRODUCTION):
        return question if _remedy_known(question.key, catalogue) else None
    return question if question.ask not in kinds or question.key in kinds[question.ask] else None


def _remedy_known(id: str, catalogue: Catalogue) -> bool:
    return id in catalogue.remedies or id in catalogue.referrals


def _known_concern(concern: NeedMap, catalogue: Catalogue) -> NeedMap:
    if concern.problem and concern.problem not in catalogue.problems:
        concern = replace(concern.without_cell(CellName.PROBLEM), read_back=ReadBack.NOT_YET)
    if concern.need and concern.need not in catalogue.outcomes:
        concern = replace(concern.without_cell(CellName.NEED), read_back=ReadBack.NOT_YET)
    if concern.problem and not concern.need:
        concern = concern.without_cell(CellName.PROBLEM)
    if concern.outside and concern.outside not in catalogue.referrals:
        concern = replace(concern, outside="")
    if concern.accepted and not _remedy_known(concern.accepted, catalogue):
        concern = replace(concern, accepted="")
    readings = tuple(match for match in concern.readings if match.id in catalogue.problems)
    return concern if readings == concern.readings else replace(concern, readings=readings)
