"""Wording of the moves that ask, arrange and close."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.advice.catalogue import Danger
from bot.advice.dossier import Interruption, Question
from bot.advice.harms import HARMS
from bot.advice.heard import CellName
from bot.advice.moves import MoveKind
from bot.advice.need_map import NeedMap
from bot.advice.phrasing import clause, listing, sentence, short_quote, thing_asked_for
from bot.advice.scene import Bubble, Button, Scene, chooses, payload, person
from bot.advice.wording_advice import what_next


def ask_anything(scene: Scene) -> list[Bubble]:
    """The opening question."""
    return [Bubble(scene.say("ask_anything", scene.dossier.misses.get("anything", 0)))]


def anything_else(scene: Scene) -> list[Bubble]:
    """After one affair is settled."""
    return [Bubble(scene.say("anything_else"))]


def ask_why(scene: Scene) -> list[Bubble]:
    """Why, not which: about the request, the obstacle, or simply more."""
    key = scene.move.question.key if scene.move.question else "more"
    concern = scene.concern
    turn = scene.times(MoveKind.ASK_WHY) if key in ("more", "denied") or scene.move.again else 0
    if key == "request":
        request = thing_asked_for(concern.quote(CellName.REQUEST)) if concern and concern.text(CellName.REQUEST) else ""
        name = "ask_why_request" if request else "ask_why_request_plain"
        return [Bubble(scene.say(name, int(scene.move.again), request=request))]
    if key == "obstacle" and concern is not None:
        return [Bubble(scene.say("ask_why_obstacle", want=scene.catalogue.outcomes[concern.need].want))]
    if key == "more" and turn and concern is not None and _is_unfamiliar(concern):
        return [Bubble(scene.say("ask_why_unfamiliar", trade=scene.catalogue.company.trade))]
    return [Bubble(scene.say(f"ask_why_{key}", max(0, turn - (key == "denied"))))]


def _is_unfamiliar(concern: NeedMap) -> bool:
    """Whether nothing told so far resembles anything the company knows: neither a trouble, a wish nor a thing."""
    return not (concern.readings or concern.ruled_out or concern.kinds or concern.need)


def ask_meant(scene: Scene) -> list[Bubble]:
    """Two or three readings to choose from, never a silent guess."""
    question = scene.move.question
    options = question.options if question else ()
    buttons = tuple(
        Button(sentence(option.label).rstrip(".") or scene.say("button_other"), chooses(question, option.value))
        for option in options
        if question
    )
    named = [option.label for option in options if option.label]
    if len(named) == 1:
        return [Bubble(scene.say("ask_meant_one", name=named[0]), buttons)]
    return [Bubble(scene.say("ask_meant", scene.times(MoveKind.ASK_MEANT)), buttons)]


def ask_check(scene: Scene) -> list[Bubble]:
    """One question about a fact, with its choices as ready answers."""
    question = scene.move.question
    if question is None:
        return []
    fact = scene.catalogue.facts[question.key]
    buttons = tuple(Button(option.label, chooses(question, option.value)) for option in question.options)
    if buttons:
        buttons += (Button(scene.say("button_skip"), payload("does_not_know")),)
    worded = _worded_check(scene, question, sentence(fact.ask), fact.why, fact.personal)
    return [Bubble(" ".join(filter(None, (_heard(scene), worded))), buttons)]


def _heard(scene: Scene) -> str:
    """The problem as it was understood, said back when it has just been told."""
    problem = scene.catalogue.problems.get(scene.concern.problem) if scene.concern is not None else None
    told = scene.move.about.get("heard") and not scene.move.again and not scene.move.about.get("resumes")
    return scene.say("heard", name=clause(problem.name)) if problem is not None and told else ""


def _worded_check(scene: Scene, question: Question, ask: str, why: str, personal: bool) -> str:
    if scene.move.remedy and not scene.move.again:
        return scene.say("before_booking", ask=ask)
    if Interruption.REPEAT in scene.move.answers and why:
        return scene.say("ask_check_why", ask=ask, why=sentence(why))
    if not scene.move.again or Interruption.QUOTE in scene.move.answers:
        return scene.say("ask_check_why", ask=ask, why=sentence(why)) if personal and why else scene.say("ask_check", ask=ask)
    if scene.dossier.misses.get(question.name, 0) and not scene.move.answers:
        return _asked_again(scene, question, ask)
    return scene.say("back_to", scene.dossier.heard % 2, ask=ask)


def _asked_again(scene: Scene, question: Question, ask: str) -> str:
    """The question after a message that did not answer it."""
    if aside := _told_aside(scene):
        return scene.say("ask_check_noted", noted=clause(aside), ask=ask)
    labels = [option.label for option in question.options]
    if labels:
        return scene.say("ask_check_missed", ask=ask, options=listing(labels, "or"))
    return scene.say("ask_check_missed_plain", ask=ask)


def _told_aside(scene: Scene) -> str:
    """What the message told in place of an answer, in its own words; it was heard, only the question is still open."""
    cells = scene.concern.cells if scene.concern is not None else {}
    quotes = (cells[name].quote for name in _TOLD_ASIDE if name in cells)
    return next((quote for quote in quotes if quote and quote in scene.dossier.last_text), "")


_TOLD_ASIDE = (CellName.SINCE, CellName.HOW_OFTEN, CellName.TRIED, CellName.CONSTRAINTS, CellName.IMPACT)


def ask_cell(scene: Scene) -> list[Bubble]:
    """The customer's own picture of the result."""
    return [Bubble(scene.say("ask_cell_success"))]


def read_back(scene: Scene) -> list[Bubble]:
    """The need in the customer's words, before any advice."""
    concern = scene.concern
    question = scene.move.question
    if concern is None or question is None:
        return []
    want = scene.catalogue.outcomes[concern.need].want
    quote = short_quote(_words_of_need(concern))
    success = short_quote(concern.quote(CellName.SUCCESS), 100)
    buttons = (Button(scene.say("button_yes"), payload("affirms")), Button(scene.say("button_no"), payload("denies")))
    if scene.move.again:
        return [Bubble(scene.say("read_back_again", want=want), buttons)]
    if success:
        return [Bubble(scene.say("read_back_success", quote=quote, want=want, success=success), buttons)]
    return [Bubble(scene.say("read_back", quote=quote, want=want), buttons)]


def _words_of_need(concern: NeedMap) -> str:
    """The customer's words for the need: what they put right after a denial, else whichever says more of it."""
    need, problem = concern.quote(CellName.NEED), concern.quote(CellName.PROBLEM)
    if concern.denials or len(need.split()) >= len(problem.split()):
        return need or problem
    return problem


def ask_contact(scene: Scene) -> list[Bubble]:
    """Where to reach the customer, and what for."""
    if scene.move.again:
        return [Bubble(scene.say("ask_contact_again"))]
    name, role, _ = _helper(scene)
    why = scene.move.about.get("why", "asked")
    key = {"booking": "booking", "refer": "refer", "quote": "quote", "unclear": "unclear", "no_remedy": "no_remedy"}
    asked = scene.say(f"ask_contact_{key.get(why, 'person')}", expert=name, role=role)
    return [Bubble(" ".join(filter(None, (_outside(scene), asked))))]


def _outside(scene: Scene) -> str:
    """The limit of the company that this customer falls outside, said before a person is brought in."""
    limits = {limit.id: limit for limit in scene.catalogue.company.limits}
    limit = limits.get(scene.move.about.get("limit", ""))
    return f"{scene.say('not_ours', say=sentence(limit.say))} {scene.say('not_ours_nobody')}" if limit else ""


def hand_over(scene: Scene) -> list[Bubble]:
    """A named person takes over with the whole dossier."""
    name, role, reach = _helper(scene)
    hours = scene.catalogue.company.hours
    who = {"expert": name, "role": role, "reach": reach}
    if not (scene.dossier.contact or scene.dossier.customer.contact):
        text = scene.say("hand_over_call", **who)
    elif scene.dossier.staffed:
        text = scene.say("hand_over_staffed", **who, minutes=hours.wait_minutes)
    else:
        text = scene.say("hand_over_closed", **who, opens=opening_hours(scene))
    waiting = [what_next(scene)] if scene.dossier.parked else []
    return [Bubble(" ".join(filter(None, (_outside(scene), text)))), *waiting]


def _helper(scene: Scene) -> tuple[str, str, str]:
    name, role, reach = scene.expert()
    return name, clause(role), reach


def opening_hours(scene: Scene) -> str:
    """When a person answers, as people say it: "Monday to Friday from 08:00"."""
    hours = scene.catalogue.company.hours
    first, last = min(hours.days), max(hours.days)
    if last - first == len(hours.days) - 1 > 1:
        return f"{_WEEKDAYS[first - 1]} to {_WEEKDAYS[last - 1]} from {hours.opens}"
    return f"{listing([_WEEKDAYS[day - 1] for day in hours.days], 'or')} from {hours.opens}"


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def warn(scene: Scene) -> list[Bubble]:
    """A danger, said at once, with what to do now."""
    danger = _danger(scene)
    text = scene.say("warn", say=sentence(danger.say), now=sentence(danger.now))
    if danger.expert in scene.catalogue.experts:
        name, _, reach = person(scene.catalogue, None, danger.expert)
        return [Bubble(_joined_words(text, scene.say("warn_person", expert=name, reach=reach), _the_rest(scene)))]
    return [Bubble(_joined_words(text, scene.say("warn_go_on"), _the_rest(scene)))]


def _the_rest(scene: Scene) -> str:
    """A word for what else was told in the same breath, so that nobody thinks it lost."""
    return scene.say("warn_rest") if Interruption.PARKED in scene.dossier.pending else ""


def _joined_words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _danger(scene: Scene) -> Danger:
    id = scene.move.about["danger"]
    catalogue = scene.catalogue
    if id in HARMS:
        return Danger(id, scene.say(id), scene.say(f"{id}_now"), (), "")
    of_causes = (cause.danger for cause in catalogue.causes_by_danger.get(id, ()) if cause.danger is not None)
    return catalogue.dangers.get(id) or next(of_causes)


def ask_consent(scene: Scene) -> list[Bubble]:
    """May we keep notes?"""
    return [Bubble(scene.say("consent_notice"))]


def check_in(scene: Scene) -> list[Bubble]:
    """Did what we agreed work out?"""
    buttons = (
        Button(scene.say("button_works"), payload("affirms")),
        Button(scene.say("button_works_not"), payload("denies")),
    )
    what, ask = scene.move.about["what"], scene.move.about["ask"]
    return [Bubble(scene.say("check_in", what=clause(what), ask=sentence(ask)), buttons)]


def confirm_erasure(scene: Scene) -> list[Bubble]:
    """Deleting is for good, so it is asked once."""
    buttons = (
        Button(scene.say("button_erase"), payload("affirms")),
        Button(scene.say("button_erase_no"), payload("denies")),
    )
    return [Bubble(scene.say("confirm_erasure"), buttons)]


def erased(scene: Scene) -> list[Bubble]:
    """It is gone."""
    return [Bubble(scene.say("erased"))]


def ask_missed(scene: Scene) -> list[Bubble]:
    """The closing question to a customer who was served."""
    return [Bubble(scene.say("ask_missed"))]


def farewell(scene: Scene) -> list[Bubble]:
    """Goodbye."""
    return [Bubble(scene.say("farewell"))]


MOVES: Mapping[MoveKind, Callable[[Scene], list[Bubble]]] = {
    MoveKind.WARN: warn,
    MoveKind.ASK_ANYTHING: ask_anything,
    MoveKind.ASK_WHY: ask_why,
    MoveKind.ASK_MEANT: ask_meant,
    MoveKind.ASK_CHECK: ask_check,
    MoveKind.ASK_CELL: ask_cell,
    MoveKind.READ_BACK: read_back,
    MoveKind.ASK_CONTACT: ask_contact,
    MoveKind.ASK_CONSENT: ask_consent,
    MoveKind.HAND_OVER: hand_over,
    MoveKind.CHECK_IN: check_in,
    MoveKind.CONFIRM_ERASURE: confirm_erasure,
    MoveKind.ERASED: erased,
    MoveKind.ASK_MISSED: ask_missed,
    MoveKind.FAREWELL: farewell,
    MoveKind.ANYTHING_ELSE: anything_else,
}
