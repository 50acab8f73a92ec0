"""The ladder as a rep sees it in a call: where each rung stands, why, what would change it, and what the guarantee still lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bot.advice.catalogue import LADDER, Attribute, Rung
from bot.advice.guide_questions import alternatives, named, rivals, said
from bot.advice.ladder import Because, Lack, Ladder, Standing, Verdict, lacks
from bot.advice.need_map import NeedMap
from bot.advice.phrasing import clause, cost_words, sentence
from bot.advice.scene import Scene
from bot.advice.wording_advice import reason


class Place(str, Enum):
    """Where a rung stands while the call goes on."""

    WAITS = "waits"
    LEADS = "leads"
    ADVISED = "advised"
    POSSIBLE = "possible"
    BEHIND = "behind"
    OUT = "out"
    CLOSED = "closed"


@dataclass(frozen=True)
class RungNow:
    """One rung: its best remedy, how it stands and why, what would change that, the cost to own and the five attributes.

    `chance` (0..1) is how likely it serves, None where nothing is known. A closed rung names no remedy and no cost.
    """

    rung: Rung
    title: str
    place: Place
    standing: str
    reason: str
    change: str = ""
    remedy: str = ""
    chance: float | None = None
    cost: str = ""
    attributes: Mapping[Attribute, int] | None = None


@dataclass(frozen=True)
class Need:
    """One thing the guarantee asks for before a purchase may be proposed, and whether it is there."""

    lack: Lack
    done: bool
    say: str


def rungs(scene: Scene) -> tuple[RungNow, ...]:
    """Every rung from doing nothing to buying, lowest first."""
    ladder, concern = scene.move.ladder, scene.concern
    if ladder is None or concern is None:
        return tuple(_waiting(scene, rung) for rung in (Rung.NOTHING, *LADDER))
    return tuple(_rung(scene, concern, ladder, ladder.verdicts[rung]) for rung in (Rung.NOTHING, *LADDER))


def guarantee(scene: Scene) -> tuple[Need, ...]:
    """The three things that must be there before a purchase, each done or missing."""
    ladder, concern = scene.move.ladder, scene.concern
    missing = set(Lack) if ladder is None or concern is None else set(lacks(concern, ladder))
    return tuple(Need(lack, lack not in missing, _lack(scene, lack, lack in missing)) for lack in Lack)


def _waiting(scene: Scene, rung: Rung) -> RungNow:
    place = Place.CLOSED if rung is Rung.BUY else Place.WAITS
    return RungNow(rung, _title(scene, rung), place, scene.say(f"guide_place_{place.value}"), scene.say("guide_rung_waits"))


def _rung(scene: Scene, concern: NeedMap, ladder: Ladder, verdict: Verdict) -> RungNow:
    title = _title(scene, verdict.rung)
    if verdict.rung is Rung.BUY and lacks(concern, ladder):
        closed = scene.say("guide_place_closed")
        return RungNow(verdict.rung, title, Place.CLOSED, closed, _closed_because(scene, verdict), scene.say("guide_change_closed"))
    place = _place(scene, concern, verdict)
    if not verdict.remedy:
        return RungNow(verdict.rung, title, place, scene.say(f"guide_place_{place.value}"), _reason(scene, verdict))
    remedy = scene.catalogue.remedy(verdict.remedy)
    return RungNow(
        verdict.rung,
        title,
        place,
        standing=scene.say(f"guide_place_{place.value}"),
        reason=_reason(scene, verdict),
        change=_change(scene, verdict),
        remedy=remedy.title,
        chance=round(verdict.serves, 2),
        cost=sentence(cost_words(remedy.cost, scene.catalogue, scene.phrases)),
        attributes=remedy.attributes,
    )


def _title(scene: Scene, rung: Rung) -> str:
    return sentence(scene.say(f"rung_{rung.value}")).rstrip(".")


def _place(scene: Scene, concern: NeedMap, verdict: Verdict) -> Place:
    if verdict.standing is Standing.CHOSEN:
        return Place.ADVISED if verdict.remedy in concern.advised else Place.LEADS
    if verdict.standing is Standing.POSSIBLE:
        return Place.POSSIBLE
    waits = verdict.reason.code in _STAND_BACK or any(verdict.remedy in worth.could_change for worth in rivals(scene))
    return Place.BEHIND if verdict.remedy and waits else Place.OUT


_STAND_BACK = (Because.CHEAPER_SERVES, Because.SERVES_TOO)
"""Reasons of a rung that would serve and is only not the first: it is not out."""


def _reason(scene: Scene, verdict: Verdict) -> str:
    if verdict.standing is Standing.CHOSEN:
        return scene.say("guide_reason_serves")
    if verdict.rung is Rung.NOTHING and verdict.reason.code is Because.NONE_KNOWN:
        return scene.say("guide_reason_nothing")
    if verdict.reason.code is Because.OTHER_CAUSE:
        return scene.say("guide_reason_other_cause", cause=clause(scene.catalogue.causes[verdict.reason.about["cause"]].name))
    return sentence(reason(scene, verdict.reason))


def _closed_because(scene: Scene, verdict: Verdict) -> str:
    """Why buying is closed: what serves for less, or that it was not earned yet."""
    if verdict.reason.code is Because.CHEAPER_SERVES:
        return sentence(reason(scene, verdict.reason))
    return scene.say("guide_closed")


def _change(scene: Scene, verdict: Verdict) -> str:
    """What would make the rung stand otherwise: a question whose answer leads to it, else what its verdict hangs on."""
    asked = [worth.question for worth in rivals(scene) if verdict.remedy in worth.could_change]
    if asked and verdict.standing is not Standing.CHOSEN:
        return scene.say("guide_change_asked", ask=said(scene, asked[0]))
    code = verdict.reason.code
    if code is Because.OTHER_CAUSE:
        return scene.say("guide_change_cause", cause=clause(scene.catalogue.causes[verdict.reason.about["cause"]].name))
    if code in (Because.CHEAPER_SERVES, Because.SERVES_TOO):
        return scene.say("guide_change_cheaper", chosen=named(scene, verdict.reason.about["chosen"]))
    return scene.say(f"guide_change_{code.value}")


def _lack(scene: Scene, lack: Lack, missing: bool) -> str:
    if not missing:
        return scene.say(f"guide_has_{lack.value}")
    standing = _standing(scene) if lack is Lack.VERDICTS else []
    if standing:
        return scene.say("guide_lacks_verdicts_of", remedies=alternatives(standing))
    return scene.say(f"guide_lacks_{lack.value}")


def _standing(scene: Scene) -> list[str]:
    """The cheaper remedies that have not been ruled out, in words."""
    ladder = scene.move.ladder
    if ladder is None:
        return []
    cheaper = (ladder.verdicts[rung] for rung in (Rung.NOTHING, *LADDER[:-1]))
    alive = [verdict for verdict in cheaper if verdict.standing is not Standing.REJECTED and verdict.remedy]
    return [named(scene, verdict.remedy) for verdict in alive]
