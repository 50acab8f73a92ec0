"""What a rep marks in a call beside what was said: questions put aside, people, notes, talk, expectations, slips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.advice.call import Attendee, Call, Fate, Jotting, Role, Slip, SlipKind, Speaker, Voiced
from bot.calls.doing import Action, Refused

LONGEST_TALK = 4 * 3600.0
"""Seconds of talk one mark may add: nobody speaks for half a day."""

Mark = Callable[[Call, Action, datetime], Call]


def _skip(call: Call, action: Action, now: datetime) -> Call:
    return call.skipping(action.word("question"))


def _own(call: Call, action: Action, now: datetime) -> Call:
    question = Jotting(action.id, action.text("text"), action.by)
    return replace(call, own=(*call.own, question), focus="anything")


def _person(call: Call, action: Action, now: datetime) -> Call:
    id = action.word("person", needed=False) or action.id
    if action.flag("remove"):
        return call.without_attendee(id)
    role = action.word("role")
    if role not in {each.value for each in Role}:
        raise Refused("Nobody is present as that.", "Choose decides, uses it, or is affected.", "role")
    return call.attending(Attendee(id, action.word("name"), Role(role), action.flag("here")))


def _note(call: Call, action: Action, now: datetime) -> Call:
    id = action.word("note", needed=False) or action.id
    return call.noting(Jotting(id, action.text("text", needed=False), action.by))


def _talk(call: Call, action: Action, now: datetime) -> Call:
    who = action.word("who")
    if who not in (Speaker.CUSTOMER.value, Speaker.REP.value):
        raise Refused("Nobody of that name is marked.", "Mark the customer or yourself.", "who")
    return call.talking(who, action.number("seconds", 0, LONGEST_TALK))


def _expect(call: Call, action: Action, now: datetime) -> Call:
    return call.voicing(Voiced(action.id, action.text("text")))


def _settle(call: Call, action: Action, now: datetime) -> Call:
    fate = action.word("fate")
    if fate not in (Fate.MET.value, Fate.TOLD.value):
        raise Refused("That is not one of the two ways.", "Choose “the advice meets it” or “I told them”.", "fate")
    id = action.word("expectation")
    known = next((each.quote for each in call.voiced if each.id == id), action.text("text", needed=False))
    others = tuple(each for each in call.voiced if each.id != id)
    return replace(call, voiced=(*others, Voiced(id, known, Fate(fate))))


def _slip(call: Call, action: Action, now: datetime) -> Call:
    if action.flag("remove"):
        return replace(call, slips=tuple(slip for slip in call.slips if slip.quote != action.text("text")))
    return replace(call, slips=(*call.slips, Slip(SlipKind.DISCOUNT, action.text("text"))))


def _aloud(call: Call, action: Action, now: datetime) -> Call:
    return replace(call, said=call.said | {action.word("name")})


def _begin(call: Call, action: Action, now: datetime) -> Call:
    return replace(call, started=call.started or now.isoformat(), ended="")


def _end(call: Call, action: Action, now: datetime) -> Call:
    return replace(call, started=call.started or now.isoformat(), ended=now.isoformat())


def _purpose(call: Call, action: Action, now: datetime) -> Call:
    return replace(call, purpose=action.text("text", 200, needed=False))


MARKS: Mapping[str, Mark] = {
    "skip": _skip,
    "own": _own,
    "person": _person,
    "note": _note,
    "talk": _talk,
    "expect": _expect,
    "settle": _settle,
    "slip": _slip,
    "aloud": _aloud,
    "begin": _begin,
    "end": _end,
    "purpose": _purpose,
}
"""Marks by the kind of action."""

BEFORE_CONSENT = frozenset({"person", "begin", "purpose", "talk", "aloud", "end"})
"""What may be marked before the customer was asked whether notes may be kept: nothing they said is in it."""
