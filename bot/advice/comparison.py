"""Options over the rungs side by side: outcome, whole cost to own, time, steps, the five attributes, and the reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from bot.advice.catalogue import LADDER, Remedy, Rung
from bot.advice.diagnosis import most_likely
from bot.advice.dossier import Ask
from bot.advice.ladder import Standing, Verdict
from bot.advice.phrasing import clause, cost_words, day, sentence
from bot.advice.scene import Scene, payload
from bot.advice.wording_advice import CERTAIN, reason


@dataclass(frozen=True)
class OptionStep:
    """One step of an option: who does what, and on which day (a date in words, empty when no day is known)."""

    who: str
    what: str
    when: str


@dataclass(frozen=True)
class Weighing:
    """One way to serve the need, compared fairly. `accept` and `why_not` are payloads, None where they make no sense.

    `standing` is advised, possible or ruled_out; `attributes` are the author's marks from 1 to 5.
    """

    rung: str
    rung_title: str
    remedy: str
    title: str
    outcome: str
    standing: str
    reason: str
    cost: str
    time: str
    steps: tuple[OptionStep, ...] = ()
    attributes: Mapping[str, int] = field(default_factory=dict)
    expect: tuple[str, ...] = ()
    not_expect: tuple[str, ...] = ()
    accept: str | None = None
    why_not: str | None = None


@dataclass(frozen=True)
class Comparison:
    """The options, the advised one first and then in the ladder's order; what matters most to the customer; doing nothing."""

    options: tuple[Weighing, ...]
    priority: str | None = None
    doing_nothing: str | None = None


STANDINGS: Mapping[Standing, str] = {
    Standing.CHOSEN: "advised",
    Standing.POSSIBLE: "possible",
    Standing.REJECTED: "ruled_out",
}


def compare(scene: Scene, verdicts: Mapping[Rung, Verdict], belief: Mapping[str, float]) -> Comparison:
    """The verdicts of a piece of advice as options. `scene` is the advice as it was given, with the dossier of that moment.

    What the catalogue has lost since is left out.
    """
    known = {rung: verdicts[rung] for rung in (Rung.NOTHING, *LADDER) if rung in verdicts and _known(scene, verdicts[rung])}
    ordered = sorted(known.values(), key=lambda verdict: verdict.standing is not Standing.CHOSEN)
    options = tuple(_option(scene, verdict, belief) for verdict in ordered if verdict.remedy)
    priority = scene.dossier.priority or None
    return Comparison(options, priority, _doing_nothing(scene) if all(one.rung != Rung.NOTHING.value for one in options) else None)


def _known(scene: Scene, verdict: Verdict) -> bool:
    catalogue = scene.catalogue
    causes = [verdict.reason.about[name] for name in ("cause", "likeliest") if name in verdict.reason.about]
    remedies = [id for id in (verdict.remedy, verdict.reason.about.get("chosen", "")) if id]
    listed = all(id in catalogue.remedies or id in catalogue.referrals for id in remedies)
    return listed and all(cause in catalogue.causes for cause in causes)


def _option(scene: Scene, verdict: Verdict, belief: Mapping[str, float]) -> Weighing:
    remedy, fill = scene.catalogue.remedy(verdict.remedy), scene.fill
    advised = verdict.standing is Standing.CHOSEN
    return Weighing(
        rung=verdict.rung.value,
        rung_title=sentence(scene.say(f"rung_{verdict.rung.value}")).rstrip("."),
        remedy=remedy.id,
        title=remedy.title,
        outcome=sentence(_outcome(scene, remedy)),
        standing=STANDINGS[verdict.standing],
        reason=sentence(_because(scene, belief) if advised else reason(scene, verdict.reason)),
        cost=sentence(cost_words(remedy.cost, scene.catalogue, scene.phrases)),
        time=sentence(_time(scene, remedy)),
        steps=tuple(OptionStep(_who(scene, remedy, step.who.value), step.what, _on(scene, step.day)) for step in remedy.steps),
        attributes={attribute.value: mark for attribute, mark in remedy.attributes.items()},
        expect=tuple(fill.all(remedy.expect)),
        not_expect=tuple(fill.all(remedy.not_expect)),
        accept=_accept(scene, verdict),
        why_not=None if advised else payload("asks_why_not", rung=verdict.rung.value),
    )


def _outcome(scene: Scene, remedy: Remedy) -> str:
    return scene.fill(remedy.gives) or scene.fill(remedy.does) or remedy.title


def _because(scene: Scene, belief: Mapping[str, float]) -> str:
    """Why this is the advice: the cause it answers, or what the standing referral says."""
    remedy = scene.move.remedy
    known = {cause: weight for cause, weight in belief.items() if cause in scene.catalogue.causes}
    if remedy in scene.catalogue.referrals or not known:
        return scene.fill(scene.catalogue.remedy(remedy).does) if remedy else ""
    cause, sure = most_likely(known)
    found = scene.catalogue.causes[cause]
    phrase = "because" if sure >= CERTAIN else "because_unsure"
    return scene.say(phrase, cause=clause(found.name), explain=sentence(scene.fill(found.explain)))


def _accept(scene: Scene, verdict: Verdict) -> str | None:
    """The yes to this option, by name, while the customer is asked for one: a purchase only where it is the advice."""
    asked = scene.move.question is not None and scene.move.question.ask is Ask.ADVICE
    if not asked or verdict.standing is Standing.REJECTED:
        return None
    offered = verdict.standing is Standing.CHOSEN or verdict.rung is not Rung.BUY
    return payload("accepts", value=verdict.remedy) if offered else None


def _time(scene: Scene, remedy: Remedy) -> str:
    return scene.say("when_days", date=_on(scene, remedy.days)) if remedy.days else scene.say("when_now")


def _on(scene: Scene, days: int) -> str:
    if not scene.dossier.today:
        return ""
    return day((date.fromisoformat(scene.dossier.today) + timedelta(days=days)).isoformat())


def _who(scene: Scene, remedy: Remedy, who: str) -> str:
    catalogue = scene.catalogue
    if who == "you":
        return scene.say("who_you")
    if who == "vendor" and remedy.vendor in catalogue.vendors:
        return catalogue.vendors[remedy.vendor].name
    return catalogue.experts[remedy.expert].name if remedy.expert in catalogue.experts else catalogue.company.name


def _doing_nothing(scene: Scene) -> str | None:
    problem = scene.catalogue.problems.get(scene.concern.problem) if scene.concern is not None else None
    return sentence(scene.say("standing_nothing", problem=clause(problem.name))) if problem is not None else None
