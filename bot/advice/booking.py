"""From yes to promise: who to reach, what is promised by whom and when, or the introduction to another vendor."""

from __future__ import annotations

from datetime import date, timedelta

from bot.advice.catalogue import Catalogue, Doer, Remedy, Rung
from bot.advice.dossier import Ask, Dossier, Option, Promise, Question, Referral, ReferralState
from bot.advice.moves import Move, MoveKind
from bot.advice.need_map import NeedMap
from bot.advice.questions import questions_of_limits

CONTACT = Question(Ask.CONTACT, "booking")
ANYTHING = Question(Ask.ANYTHING)
YOU = "you"
"""The owner of what the customer does alone."""
_DONE_BY_US = (Rung.FIX, Rung.TAKE_OVER, Rung.BUY, Rung.REFER)


def booking(dossier: Dossier, concern: NeedMap, catalogue: Catalogue) -> Move:
    """The next move on a remedy the customer has accepted: whether we may, whom to reach, then the promise."""
    remedy = catalogue.remedy(concern.accepted)
    if remedy.rung is Rung.REFER:
        return _referring(dossier, concern, remedy)
    open_limits = questions_of_limits(dossier, concern, catalogue, remedy.rung) if _is_ours(remedy) else ()
    if open_limits:
        return Move(MoveKind.ASK_CHECK, question=open_limits[0], concern=concern.id, remedy=remedy.id)
    if _needs_contact(dossier, remedy):
        return Move(MoveKind.ASK_CONTACT, question=CONTACT, concern=concern.id, remedy=remedy.id, about={"why": "booking"})
    owed = promises(dossier, concern, remedy, catalogue) if reachable(dossier, remedy) else ()
    return Move(MoveKind.PROMISE, question=ANYTHING, concern=concern.id, remedy=remedy.id, promises=owed)


def promises(dossier: Dossier, concern: NeedMap, remedy: Remedy, catalogue: Catalogue) -> tuple[Promise, ...]:
    """One promise for each step we or a vendor owe, due on its day; the last carries the check-in. `dossier.today` is ISO."""
    steps = [step for step in remedy.steps if step.who is not Doer.YOU]
    owed = [(step.what, _owner(step.who, remedy, catalogue), step.day) for step in steps]
    owed = owed or [(remedy.title, _owner(Doer.WE if _is_ours(remedy) else Doer.YOU, remedy, catalogue), remedy.days)]
    today = date.fromisoformat(dossier.today) if dossier.today else date(1970, 1, 1)
    found = []
    for number, (what, owner, day) in enumerate(owed):
        last = number == len(owed) - 1
        asked = remedy.check_in if last else None
        on = (today + timedelta(days=remedy.days + asked.days)).isoformat() if asked else ""
        due = (today + timedelta(days=day) if owner == YOU else open_day(today, day, catalogue)).isoformat()
        id = f"{concern.id}.{remedy.id}.{number}"
        found.append(Promise(id, what, owner, due, remedy.id, concern.id, asked.ask if asked else "", on))
    return tuple(found)


def open_day(today: date, days: int, catalogue: Catalogue) -> date:
    """The day so many days from today, or the next one after it on which the company is open: nothing is promised for a Sunday."""
    day = today + timedelta(days=days)
    opens = catalogue.company.hours.days
    return next((each for ahead in range(7) if (each := day + timedelta(days=ahead)).isoweekday() in opens), day)


def _owner(who: Doer, remedy: Remedy, catalogue: Catalogue) -> str:
    if who is Doer.YOU:
        return YOU
    if who is Doer.VENDOR and remedy.vendor in catalogue.vendors:
        return catalogue.vendors[remedy.vendor].name
    expert = catalogue.experts.get(remedy.expert)
    return expert.name if expert is not None else catalogue.company.name


def _needs_contact(dossier: Dossier, remedy: Remedy) -> bool:
    return not reachable(dossier, remedy) and not dossier.silenced(CONTACT)


def reachable(dossier: Dossier, remedy: Remedy) -> bool:
    """Whether we can keep what we would promise: nothing is ours to do, or we know where to reach the customer."""
    return not _is_ours(remedy) or bool(dossier.contact or dossier.customer.contact)


def _is_ours(remedy: Remedy) -> bool:
    """Whether somebody but the customer has something to do."""
    if remedy.rung is Rung.NOTHING:
        return False
    return any(step.who is not Doer.YOU for step in remedy.steps) or (not remedy.steps and remedy.rung in _DONE_BY_US)


def _referring(dossier: Dossier, concern: NeedMap, remedy: Remedy) -> Move:
    drafted = next((old for old in dossier.referrals if old.remedy == remedy.id), None)
    if drafted is not None and drafted.state is ReferralState.SHARED:
        return Move(MoveKind.INTRODUCED, question=ANYTHING, concern=concern.id, remedy=remedy.id, referral=drafted)
    if drafted is not None and drafted.state is ReferralState.DECLINED:
        return Move(MoveKind.NOT_INTRODUCED, question=ANYTHING, concern=concern.id, remedy=remedy.id, referral=drafted)
    known = dossier.contact or dossier.customer.contact
    if not known and not dossier.silenced(CONTACT):
        return Move(MoveKind.ASK_CONTACT, question=CONTACT, concern=concern.id, remedy=remedy.id, about={"why": "refer"})
    options = (Option("yes", "yes"), Option("edit", "edit"), Option("no", "no"))
    question = Question(Ask.INTRODUCTION, remedy.id, options)
    draft = drafted or Referral(remedy.vendor, remedy.id, concern.id)
    return Move(MoveKind.REFER, question=question, concern=concern.id, remedy=remedy.id, referral=draft)
