"""What in a message wants an answer of its own before the talk returns to where it was."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.advice.catalogue import Catalogue
from bot.advice.concerns import outside
from bot.advice.dossier import Ask, Dossier, HandOver, Interruption, Question
from bot.advice.heard import TELLING, Act, Heard, Mention

UNDERSTOOD = 0.3
"""Below this a message that says nothing we know is called not understood."""

LIKELY = 0.3
"""From this probability on of a problem, a message is not called off topic."""

_BY_ACT: Mapping[Act, Interruption] = {
    Act.ASKS_WHY_ASKED: Interruption.WHY_ASKED,
    Act.ASKS_PRICE: Interruption.PRICE,
    Act.ASKS_DISCOUNT: Interruption.DISCOUNT,
    Act.ASKS_PROCESS: Interruption.PROCESS,
    Act.ASKS_PRIVACY: Interruption.PRIVACY,
    Act.ASKS_OWN_DATA: Interruption.OWN_DATA,
    Act.ASKS_EXPORT: Interruption.EXPORT,
    Act.ASKS_ABILITIES: Interruption.ABILITIES,
    Act.ASKS_REPEAT: Interruption.REPEAT,
    Act.ASKS_RANGE: Interruption.RANGE,
    Act.ASKS_WHO: Interruption.WHO,
    Act.COMPLAINS: Interruption.COMPLAINT,
    Act.INSULTS: Interruption.INSULT,
    Act.ASKS_TO_HURRY: Interruption.HURRY,
    Act.ASKS_WHY_NOT: Interruption.WHY_NOT,
    Act.ASKS_OPTIONS: Interruption.OPTIONS,
    Act.ASKS_ADVICE_REASON: Interruption.ADVICE_REASON,
    Act.ALLOWS_RECORDING: Interruption.CONSENT_GIVEN,
    Act.REFUSES_RECORDING: Interruption.CONSENT_REFUSED,
    Act.SMALL_TALK: Interruption.SMALL_TALK,
    Act.OFF_TOPIC: Interruption.OFF_TOPIC,
    Act.THANK: Interruption.THANKS,
    Act.GREET: Interruption.GREETING,
}

_ONLY_ALONE = (Interruption.SMALL_TALK, Interruption.OFF_TOPIC)
"""Answered only when the message brought nothing else: otherwise they would drown what matters."""


def interruptions(dossier: Dossier, heard: Heard, catalogue: Catalogue, before: Dossier) -> Dossier:
    """The dossier with everything pending that the message asks for besides the affair itself."""
    pending = [*dossier.pending, *_by_act(heard, begun=bool(before.said))]
    if heard.does(Act.INSISTS_QUOTE):
        dossier, pending = _insisted(dossier, pending)
    if heard.does(Act.ASKS_ERASURE) and not dossier.erase:
        dossier = replace(dossier, open=Question(Ask.ERASURE), put_off=dossier.open)
    corrected = _corrected(before, dossier, heard)
    focus = {**dossier.focus, **_focus(heard, corrected, catalogue)}
    pending += _noticed(before, dossier, heard, catalogue, corrected)
    taken_up = _taken_up(before, dossier)
    if Interruption.COMPLAINT in pending:
        pending = [item for item in pending if item is not Interruption.INSULT]
    soothed = _ANGER if taken_up else (Interruption.INSULT,) if len(dossier.concerns) > len(before.concerns) else ()
    if "hearsay" not in focus:
        pending = [Interruption.SORRY if item in soothed else item for item in pending]
    progressed = _progressed(before, dossier)
    likely = bool(heard.problems) and heard.problems[0].score >= LIKELY
    told = progressed and (taken_up or likely or not set(heard.acts) <= {Act.SMALL_TALK, Act.OFF_TOPIC})
    if told or any(item not in _IDLE for item in pending):
        pending = [item for item in pending if item not in _ONLY_ALONE]
    missed = _is_missed(dossier, heard, progressed, pending)
    asked = tuple(dict.fromkeys(pending)) or ((Interruption.DECLINED,) if _declined(before, dossier) else ())
    return replace(dossier, pending=asked, focus=focus, missed=dossier.missed + 1 if missed else 0)


_IDLE = (*_ONLY_ALONE, Interruption.GREETING, Interruption.THANKS)


def _noticed(before: Dossier, dossier: Dossier, heard: Heard, catalogue: Catalogue, corrected: str) -> list[Interruption]:
    """What wants a word although no act asks for it."""
    other = outside(heard)
    noticed = {
        Interruption.CORRECTED: bool(corrected),
        Interruption.SHORTENED: heard.shortened,
        Interruption.NOT_OURS: bool(other) and f"not_ours:{other}" not in catalogue.referrals,
        Interruption.EXPECTATION: heard.hopes,
        Interruption.REACHABLE: _left_a_number(before, dossier),
    }
    return [item for item, holds in noticed.items() if holds]


_ANGER = (Interruption.COMPLAINT, Interruption.INSULT)
"""Met with regret when the trouble behind it is taken up in the same breath; an insult, also where it only tells of one."""


def _declined(before: Dossier, after: Dossier) -> bool:
    """Whether the customer would not answer what was asked."""
    return before.declined < after.declined


def _left_a_number(before: Dossier, after: Dossier) -> bool:
    """Whether they left where to reach them without being asked for it, and nothing said next will speak of it."""
    asked = before.open is not None and before.open.ask is Ask.CONTACT
    agreed = after.concern is not None and bool(after.concern.accepted)
    return after.contact not in ("", before.contact) and not asked and not agreed


def _by_act(heard: Heard, begun: bool) -> list[Interruption]:
    """What the acts ask for, manners first; manners beside something told, once the talk has begun, want no answer,
    and "what can you offer" beside a wish for a product, or for what we do not have, is no question about us.
    """
    asked = [_BY_ACT[act] for act in heard.acts if act in _BY_ACT]
    asked.sort(key=lambda item: item is not Interruption.GREETING)
    idle = {Interruption.ABILITIES} if heard.does(Act.WANTS_PRODUCT) else set()
    if outside(heard):
        idle |= {Interruption.RANGE}
    if heard.does(*TELLING) or (begun and not set(heard.acts) <= _MANNERS):
        idle |= {Interruption.THANKS} | ({Interruption.GREETING} if begun else set())
    if heard.does(*TELLING) or not begun:
        idle |= {Interruption.REPEAT}
    return [item for item in asked if item not in idle]


_MANNERS = frozenset({Act.THANK, Act.GREET, Act.LEAVE, Act.AFFIRMS, Act.ACCEPTS})
"""Acts that tell and ask nothing: beside these a thank-you is the message."""


def _insisted(dossier: Dossier, pending: list[Interruption]) -> tuple[Dossier, list[Interruption]]:
    """The first insistence gets a straight answer and one question; the second is respected."""
    insisted = dossier.insisted + 1
    dossier = replace(dossier, insisted=insisted)
    if insisted < 2:
        return dossier, [*pending, Interruption.QUOTE]
    if dossier.hand_over is HandOver.DONE:
        return dossier, pending
    return replace(dossier, hand_over=HandOver.WANTED, hand_over_why="quote", open=None), pending


def _corrected(before: Dossier, after: Dossier, heard: Heard) -> str:
    """The first fact that the message gave another value, empty when it gave none."""
    told = (one.fact for one in heard.told if one.fact in before.facts and one.fact in after.facts)
    return next((fact for fact in told if before.facts[fact].value != after.facts[fact].value), "")


def _focus(heard: Heard, corrected: str, catalogue: Catalogue) -> dict[str, str]:
    """What an interruption is about: a product, a remedy, a rung, a rumour."""
    found = {
        "remedy": heard.remedy,
        "rung": heard.rung,
        "hopes_for": heard.hopes_for,
        "language": "" if heard.language == "en" else heard.language,
    }
    if heard.mentions:
        found.update(_thing(heard.mentions))
    if heard.hearsay and heard.hearsay[0].score >= 0.5:
        found["hearsay"] = heard.hearsay[0].id
    if other := outside(heard):
        found["not_ours"] = other
    if heard.does(Act.ASKS_PRICE):
        found["service"] = _service_named(heard.text, catalogue)
    if heard.told:
        found["fact"] = corrected or heard.told[0].fact
    return {key: value for key, value in found.items() if value}


def _service_named(text: str, catalogue: Catalogue) -> str:
    """The id of the service whose name or alias stands in the text, in whatever order; empty when none does."""
    said = set(re.findall(r"[a-z]+", text.casefold()))
    for service in catalogue.services.values():
        if any(set(name.casefold().split()) - {"a", "the", "our"} <= said for name in (service.name, *service.aliases)):
            return service.id
    return ""


def _thing(mentions: tuple[Mention, ...]) -> dict[str, str]:
    """The thing spoken of: one not owned yet, if there is one; a price asked beside one owned is not that one's."""
    new = next((mention for mention in mentions if not mention.owned), None)
    if new is None:
        return {"kind": mentions[0].kind, "owned": "yes"}
    return {"product": new.product, "kind": new.kind}


def _taken_up(before: Dossier, after: Dossier) -> bool:
    """Whether the message settled what the trouble is: a complaint taken up as a problem needs no other answer."""
    known = before.concern.problem if before.concern is not None else ""
    return after.concern is not None and after.concern.problem not in ("", known)


def _progressed(before: Dossier, after: Dossier) -> bool:
    """Whether the message moved anything: a fact, an answer, a concern, a wish."""
    kept = ("facts", "assets", "concerns", "unknown", "declined", "consent", "hand_over", "dangers", "referrals")
    moved = any(getattr(before, name) != getattr(after, name) for name in kept)
    return moved or (before.open is not None and after.open is None) or after.erase or after.leaving


def _is_missed(dossier: Dossier, heard: Heard, progressed: bool, pending: list[Interruption]) -> bool:
    if heard.does(Act.LEAVE) or dossier.leaving or (dossier.open is not None and dossier.open.ask is Ask.ERASURE):
        return False
    known = bool(heard.acts) and heard.understood >= UNDERSTOOD and not heard.does(Act.OFF_TOPIC)
    return (
        not progressed and not pending and not (known and heard.does(Act.ASKS_PERSON, Act.AFFIRMS, Act.DENIES, Act.DOES_NOT_KNOW))
    )
