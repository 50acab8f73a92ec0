"""What a message means as an answer to the question that is open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.advice.catalogue import Catalogue, FactType, Rung
from bot.advice.concerns import MARGIN, names_a_problem, settle
from bot.advice.dossier import (
    Ask,
    CheckedIn,
    Consent,
    Dossier,
    DueCheckIn,
    HandOver,
    Interruption,
    Question,
    Referral,
    ReferralState,
)
from bot.advice.heard import TELLING, Act, CellName, Heard, Match, Polarity, Source
from bot.advice.ladder import bookable
from bot.advice.need_map import Cell, NeedMap, ReadBack, Rejection, State

NAMES_THE_CAUSE = 0.9
"""How surely a reply must name a cause outright to stand for the answer that would only have pointed to one."""

MOST_LOST = 2
"""How often somebody may not know what to say at the very beginning before a person is brought in."""

MOST_WORDS_OF_A_PICK = 3
"""A yes of no more words to "which of these" takes the one well ahead, which is read back before anything is advised."""

OF_ANOTHER_INSTEAD = 0.15
"""How probably a correction must tell of another problem to put right the one it was taken for."""

MISSES_ALLOWED = 1
"""How often an answer may be missed before the question is put aside as not known."""

_ASKING = (
    Act.ASKS_WHY_ASKED,
    Act.ASKS_PRICE,
    Act.ASKS_DISCOUNT,
    Act.ASKS_PROCESS,
    Act.ASKS_PERSON,
    Act.ASKS_PRIVACY,
    Act.ASKS_OWN_DATA,
    Act.ASKS_ERASURE,
    Act.ASKS_EXPORT,
    Act.ASKS_WHY_NOT,
    Act.ASKS_OPTIONS,
    Act.ASKS_ADVICE_REASON,
    Act.ASKS_ABILITIES,
    Act.ASKS_REPEAT,
    Act.ASKS_RANGE,
    Act.ASKS_WHO,
    Act.INSISTS_QUOTE,
    Act.SMALL_TALK,
    Act.OFF_TOPIC,
    Act.INSULTS,
    Act.COMPLAINS,
    Act.THANK,
    Act.GREET,
    Act.LEAVE,
    Act.ALLOWS_RECORDING,
    Act.REFUSES_RECORDING,
    Act.ASKS_TO_HURRY,
)
"""Acts that interrupt rather than answer."""


def answer(dossier: Dossier, heard: Heard, catalogue: Catalogue) -> Dossier:
    """The dossier with the open question answered, put aside, or still open."""
    question = dossier.open
    if question is None:
        return dossier
    return _ANSWERS[question.ask](dossier, question, heard, catalogue)


def interrupts(heard: Heard) -> bool:
    """Whether the message asks or does something that is not an answer."""
    return heard.does(*_ASKING)


def _put_aside(dossier: Dossier, question: Question, heard: Heard) -> Dossier | None:
    """The dossier with the question declined or not known, if that is what was said."""
    if heard.does(Act.DECLINES):
        return replace(dossier, declined=dossier.declined | {question.name}, open=None)
    if heard.does(Act.DOES_NOT_KNOW) or heard.polarity is Polarity.UNSURE:
        return replace(dossier, unknown=dossier.unknown | {question.name}, open=None)
    return None


def _missed(dossier: Dossier, question: Question) -> Dossier:
    misses = dossier.misses.get(question.name, 0) + 1
    dossier = replace(dossier, misses={**dossier.misses, question.name: misses})
    if misses > MISSES_ALLOWED:
        return replace(dossier, unknown=dossier.unknown | {question.name}, open=None)
    return dossier


def _answer_fact(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    if any(told.fact == question.key for told in heard.told):
        return replace(dossier, open=None)
    aside = _put_aside(dossier, question, heard) or _denied(dossier, heard)
    if aside is not None:
        return aside
    if interrupts(heard) or _tells_something_else(heard):
        return dossier
    uncounted = _says_no(heard) and catalogue.facts[question.key].type is FactType.NUMBER
    if uncounted or (heard.causes and heard.causes[0].score >= NAMES_THE_CAUSE):
        return replace(dossier, unknown=dossier.unknown | {question.name}, open=None)
    return _missed(dossier, question)


def _denied(dossier: Dossier, heard: Heard) -> Dossier | None:
    """The dossier without the problem it is asked about, if that is denied."""
    concern = dossier.concern
    if concern is None or not _denies_the_problem(concern, heard):
        return None
    return replace(dossier.with_concern(_without_problem(concern)), open=None)


def _denies_the_problem(concern: NeedMap, heard: Heard) -> bool:
    """Whether a problem just taken for the customer's is put right instead of the question about it answered."""
    fresh = bool(concern.problem) and concern.questions <= 2 and concern.read_back is ReadBack.NOT_YET and not concern.advised
    best = heard.problems[0] if heard.problems else None
    another = best is not None and best.id != concern.problem and best.score >= OF_ANOTHER_INSTEAD
    denied = _says_no(heard) or heard.does(Act.CORRECTS)
    denied = denied and (bool(_NOT_IT.search(heard.text)) or (another and heard.does(Act.CORRECTS)))
    return fresh and denied and not heard.told


_NOT_IT = re.compile(
    r"\b(?:(?:that|this|it)(?:'?s| is| was)? ?n(?:o|')t (?:it|that|the|what|my|our|quite)"
    r"|(?:not|isn'?t) (?:the|my|our) (?:problem|issue|trouble|point)|misunderst\w+|got (?:it|me|that) wrong)\b",
    re.IGNORECASE,
)


def _without_problem(concern: NeedMap) -> NeedMap:
    """The concern with the problem it was taken for ruled out, and with it the need behind it."""
    left = tuple(match for match in concern.readings if match.id != concern.problem)
    ruled_out = concern.ruled_out | {concern.problem}
    emptied = concern.without_cell(CellName.PROBLEM).without_cell(CellName.NEED)
    return replace(emptied, readings=left, ruled_out=ruled_out, denials=concern.denials + 1)


def _tells_something_else(heard: Heard) -> bool:
    owned = any(mention.owned for mention in heard.mentions)
    return bool(heard.told) or owned or heard.does(Act.CHANGES_MIND) or names_a_problem(heard)


def _answer_cell(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    concern = dossier.concern
    if concern is None:
        return replace(dossier, open=None)
    aside = _put_aside(dossier, question, heard)
    if aside is not None:
        return aside
    name = CellName(question.key)
    if name not in heard.cells and interrupts(heard):
        return dossier
    if heard.told and not heard.does(Act.STATES_NEED) and not _PICTURES.match(heard.text):
        return dossier
    if name not in heard.cells and _says_little(heard):
        return replace(dossier, unknown=dossier.unknown | {question.name}, open=None)
    value = heard.cells.get(name, heard.text)
    return replace(dossier.with_concern(concern.with_cell(name, Cell(value, heard.text, heard.source))), open=None)


_PICTURES = re.compile(r"\W*(?:when|if|once|that|as soon as|as long as|no more)\b", re.IGNORECASE)
"""How a picture of the result begins, also where it holds a fact: "when I can work with all four rooms busy"."""


def _says_little(heard: Heard) -> bool:
    """Whether the message is empty, a bare yes or no, or tells nothing: no picture of anything."""
    words = len(heard.text.split())
    bare = words < 3 and (heard.polarity is not Polarity.NONE or heard.text.rstrip().endswith("?"))
    refused = heard.polarity is Polarity.NO and heard.does(Act.WANTS_PRODUCT, Act.INSISTS_QUOTE)
    return words < 2 or bare or refused or (words < 5 and not heard.does(*TELLING))


def _answer_why(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    if interrupts(heard) and not _names_something(heard):
        return dossier
    concern = dossier.concern
    if concern is not None and heard.text and (heard.problems or len(heard.text.split()) > 2):
        note = Cell(heard.text, heard.text, heard.source)
        dossier = dossier.with_concern(concern.with_cell(CellName.SITUATION, note))
    aside = _put_aside(dossier, question, heard) if not heard.problems else None
    return aside or replace(dossier, open=None)


def _names_something(heard: Heard) -> bool:
    """Whether the words probably mean a problem or an outcome; an insistence resembles some problem or other always."""
    return any(match.score >= 0.5 for match in (*heard.problems[:1], *heard.outcomes[:1]))


def _answer_meant(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    concern = dossier.concern
    offered = [option.value for option in question.options if option.value in catalogue.problems]
    if concern is None:
        return replace(dossier, open=None)
    picked = heard.chosen if heard.chosen in offered else _picked(heard, offered, _likeliest(dossier, concern, question))
    if picked:
        return _meant(dossier, concern, picked, heard, catalogue)
    if interrupts(heard):
        return dossier
    if len(heard.text.split()) > MOST_WORDS_OF_A_PICK and heard.does(*TELLING) and heard.polarity is Polarity.NONE:
        return replace(dossier, open=None)
    return _turned_down(dossier, concern, question, heard)


def _turned_down(dossier: Dossier, concern: NeedMap, question: Question, heard: Heard) -> Dossier:
    """None of the readings picked: not known or declined, they stay possible; denied, they are out; else the answer was missed."""
    aside = _put_aside(dossier, question, heard)
    if aside is not None:
        return aside
    if heard.chosen == "other" or _says_no(heard):
        offered = {option.value for option in question.options} - {"other"}
        ruled = replace(concern, ruled_out=concern.ruled_out | offered, readings=())
        return replace(dossier.with_concern(ruled), open=None)
    return _missed(dossier, question)


def _picked(heard: Heard, offered: list[str], likeliest: str) -> str:
    named = [match for match in heard.problems if match.id in offered and match.score >= 0.3]
    if named:
        return named[0].id
    agrees = heard.polarity is Polarity.YES or heard.does(Act.AFFIRMS)
    return likeliest if agrees and len(heard.text.split()) <= MOST_WORDS_OF_A_PICK else ""


def _likeliest(dossier: Dossier, concern: NeedMap, question: Question) -> str:
    """The reading a bare yes means: the only one offered, or the one well ahead; where it may be any, only when said again."""
    offered = [option.value for option in question.options if option.value != "other"]
    scores = sorted((match.score for match in concern.readings if match.id in offered), reverse=True)
    ahead = len(offered) == 1 or (scores and scores[0] - (scores[1] if len(scores) > 1 else 0.0) >= MARGIN)
    return offered[0] if offered and (ahead or dossier.misses.get(question.name)) else ""


def _meant(dossier: Dossier, concern: NeedMap, picked: str, heard: Heard, catalogue: Catalogue) -> Dossier:
    said = next((match.quote for match in concern.readings if match.id == picked), "")
    quote = max((said, *_told_so_far(concern)), key=lambda words: len(words.split())) if len(said.split()) < 4 else said
    quote = quote or heard.text
    settled = settle(concern, picked, quote, 1.0, catalogue, heard)
    only = replace(settled, readings=(Match(picked, 1.0, quote),))
    return replace(dossier.with_concern(only), open=None)


def _told_so_far(concern: NeedMap) -> tuple[str, ...]:
    """What the customer said of this concern, oldest first."""
    cell = concern.cells.get(CellName.SITUATION)
    told = () if cell is None else (*cell.history, cell)
    return tuple(each.quote for each in told if each.source is not Source.REP)


def _says_yes(heard: Heard) -> bool:
    return heard.polarity is Polarity.YES or heard.does(Act.AFFIRMS, Act.ACCEPTS)


def _says_no(heard: Heard) -> bool:
    return heard.polarity is Polarity.NO or heard.does(Act.DENIES, Act.REJECTS)


def _answer_read_back(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    concern = dossier.concern
    if concern is None:
        return replace(dossier, open=None)
    if heard.told and heard.does(Act.CORRECTS) and not heard.problems:
        return dossier
    if _says_no(heard) or heard.does(Act.CORRECTS, Act.DOES_NOT_KNOW):
        denied = replace(concern, read_back=ReadBack.DENIED, denials=concern.denials + 1)
        if (heard.causes or heard.told) and concern.denials < 1:
            need = Cell(concern.need, heard.text, heard.source)
            denied = replace(denied.with_cell(CellName.NEED, need), read_back=ReadBack.NOT_YET)
        return replace(dossier.with_concern(denied), open=None)
    if _says_yes(heard):
        return replace(dossier.with_concern(replace(concern, read_back=ReadBack.CONFIRMED)), open=None)
    if heard.does(Act.DECLINES):
        return replace(dossier, declined=dossier.declined | {question.name}, open=None)
    return dossier if interrupts(heard) else _missed(dossier, question)


def _answer_advice(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    concern = dossier.concern
    if concern is None:
        return replace(dossier, open=None)
    if _rejects(heard):
        return _reject(dossier, concern, question.key, heard)
    if heard.remedy and heard.remedy != question.key and _names_another(concern, heard):
        return _prefers_another(dossier, concern, heard.remedy, catalogue)
    agrees = heard.does(Act.ACCEPTS, Act.AFFIRMS) or (_says_yes(heard) and not interrupts(heard))
    if agrees and not heard.does(Act.ASKS_WHY_NOT, Act.ASKS_OPTIONS):
        return replace(dossier.with_concern(replace(concern, accepted=question.key)), open=None)
    return dossier


def _rejects(heard: Heard) -> bool:
    """Whether the advice is turned down; "no, the first one is fine, go ahead" takes it, its no answers something else."""
    if heard.does(Act.REJECTS):
        return True
    return _says_no(heard) and not heard.does(Act.ACCEPTS, Act.CORRECTS) and not interrupts(heard)


def _names_another(concern: NeedMap, heard: Heard) -> bool:
    """Whether a yes means another way than the one advised: a plain yes does so only when others were told of."""
    return heard.does(Act.ACCEPTS) and (concern.compared or heard.polarity is not Polarity.YES)


def _prefers_another(dossier: Dossier, concern: NeedMap, remedy: str, catalogue: Catalogue) -> Dossier:
    """Another way than the one advised: taken where it may be booked; told why not, and for a purchase brought to a person."""
    if bookable(dossier, concern, catalogue, remedy):
        return replace(dossier.with_concern(replace(concern, accepted=remedy)), open=None)
    if catalogue.remedy(remedy).rung is not Rung.BUY or dossier.insisted == 0:
        insisted = dossier.insisted + (catalogue.remedy(remedy).rung is Rung.BUY)
        return replace(dossier, insisted=insisted, pending=(*dossier.pending, Interruption.WHY_NOT))
    return replace(dossier, hand_over=HandOver.WANTED, hand_over_why="quote", open=None)


def _reject(dossier: Dossier, concern: NeedMap, remedy: str, heard: Heard) -> Dossier:
    rejection = Rejection(remedy, heard.text)
    return replace(dossier.with_concern(replace(concern, rejected=(*concern.rejected, rejection))), open=None)


def _answer_consent(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    if _says_yes(heard) or heard.does(Act.ALLOWS_RECORDING):
        return replace(dossier, consent=Consent.GIVEN, open=None)
    if _says_no(heard) or heard.does(Act.REFUSES_RECORDING):
        return replace(dossier, consent=Consent.REFUSED, open=None)
    return dossier


def _answer_erasure(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    if _says_yes(heard) or heard.does(Act.ASKS_ERASURE):
        return replace(dossier, erase=True, open=None)
    kept = _says_no(heard) or not interrupts(heard)
    pending = (*dossier.pending, Interruption.ERASED_NOT) if kept else dossier.pending
    return replace(dossier, open=dossier.put_off, put_off=None, pending=pending)


def _answer_introduction(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    draft = next((old for old in dossier.referrals if old.remedy == question.key), None)
    if draft is None:
        return replace(dossier, open=None)
    if draft.state is ReferralState.EDITING and len(heard.text.split()) > 5:
        return _with_referral(dossier, replace(draft, text=heard.text, state=ReferralState.DRAFTED))
    if interrupts(heard) and not _decides(heard):
        return dossier
    if _says_no(heard) or heard.does(Act.DECLINES, Act.REFUSES_RECORDING):
        return _with_referral(replace(dossier, open=None), replace(draft, state=ReferralState.DECLINED))
    if _says_yes(heard) and heard.chosen != "edit" and not heard.does(Act.CORRECTS):
        shared = _with_referral(replace(dossier, open=None), replace(draft, state=ReferralState.SHARED))
        return replace(shared, consent=Consent.GIVEN)
    editing = _with_referral(dossier, replace(draft, state=ReferralState.EDITING))
    return replace(editing, focus={**dossier.focus, "edit": "yes"})


def _decides(heard: Heard) -> bool:
    """Whether the message says yes or no to what was asked, whatever else its words resemble."""
    return heard.polarity in (Polarity.YES, Polarity.NO) or heard.does(Act.REFUSES_RECORDING, Act.THANK)


def _with_referral(dossier: Dossier, referral: Referral) -> Dossier:
    others = tuple(old for old in dossier.referrals if old.remedy != referral.remedy)
    return replace(dossier, referrals=(*others, referral))


def _answer_contact(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    if contact := heard.cells.get(CellName.CONTACT, ""):
        return replace(dossier, contact=contact, open=None, consent=Consent.GIVEN)
    if _says_no(heard) or heard.does(Act.DECLINES, Act.DOES_NOT_KNOW):
        return replace(dossier, declined=dossier.declined | {question.name}, open=None)
    if interrupts(heard):
        return dossier
    return _missed(dossier, question)


def _answer_check_in(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    due = next((item for item in dossier.due if item.promise == question.key), None)
    if due is None:
        return replace(dossier, open=None)
    worked = True if _says_yes(heard) else False if _says_no(heard) else None
    if worked is None and not heard.does(*_ANSWERS_CHECK_IN):
        return dossier
    noted = CheckedIn(due.promise, due.remedy, worked, heard.text)
    left = tuple(item for item in dossier.due if item is not due)
    pending = (*dossier.pending, Interruption.CHECKED_IN)
    focus = {**dossier.focus, "worked": {True: "yes", False: "no", None: "unclear"}[worked]}
    if worked is False:
        dossier = _taken_up_again(dossier, due, heard, catalogue)
    return replace(dossier, due=left, checked_in=(*dossier.checked_in, noted), open=None, pending=pending, focus=focus)


def _taken_up_again(dossier: Dossier, due: DueCheckIn, heard: Heard, catalogue: Catalogue) -> Dossier:
    """The trouble a remedy was meant to cure, open again without that remedy; unless the message tells of another one."""
    serves = catalogue.remedies[due.remedy].serves if due.remedy in catalogue.remedies else {}
    problem = next((each for each in catalogue.problems.values() if any(cause.id in serves for cause in each.causes)), None)
    told = heard.problems[0] if heard.problems else None
    if problem is None or (told is not None and told.id != problem.id and told.score >= OF_ANOTHER):
        return dossier
    rejected = (Rejection(due.remedy, heard.text),)
    concern = settle(NeedMap(len(dossier.concerns), rejected=rejected), problem.id, heard.text, 1.0, catalogue, heard)
    return replace(dossier, concerns=(*dossier.concerns, concern), active=len(dossier.concerns))


OF_ANOTHER = 0.6
"""How surely the answer to a check-in must tell of another trouble not to take up the old one again."""

_ANSWERS_CHECK_IN = (
    Act.REPORTS_OUTCOME,
    Act.INFORMS,
    Act.REPORTS_PROBLEM,
    Act.DOES_NOT_KNOW,
    Act.DECLINES,
)


def _answer_missed(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    if any(act.value.startswith("asks_") for act in heard.acts) or names_a_problem(heard):
        return replace(dossier, open=None)
    unsure = heard.polarity is Polarity.UNSURE and heard.does(Act.DOES_NOT_KNOW)
    if unsure or heard.does(Act.DECLINES, Act.LEAVE) or _says_little(heard) or len(heard.text.split()) < 2:
        return replace(dossier, open=None, declined=dossier.declined | {question.name}, leaving=True)
    pending = (*dossier.pending, Interruption.MISSED_NOTED)
    return replace(dossier, closing=heard.text, open=None, pending=pending, leaving=True)


_ENOUGH = re.compile(
    r"\W*(?:ok(?:ay|ey)?|k|fine|great|good|perfect|all right|alright|right|cool|super|lovely|sure|understood|got it)"
    r"\W*(?:then|thanks?|thank you)?\W*",
    re.IGNORECASE,
)
"""What closes a settled talk when asked whether there is anything else: it brings nothing more."""


def _answer_anything(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    settled = dossier.concern is not None and dossier.concern.state is not State.OPEN
    if settled and not dossier.parked and _ENOUGH.fullmatch(heard.text):
        return replace(dossier, open=None, leaving=True)
    if heard.does(Act.DOES_NOT_KNOW) and dossier.concern is None:
        misses = dossier.misses.get(question.name, 0) + 1
        dossier = replace(dossier, misses={**dossier.misses, question.name: misses})
        return replace(dossier, hand_over=HandOver.WANTED, hand_over_why="unclear") if misses > MOST_LOST else dossier
    if interrupts(heard) and not _names_something(heard) and not _says_no(heard):
        return dossier
    if not _says_no(heard) or _names_something(heard):
        return replace(dossier, open=None)
    if dossier.parked:
        return replace(dossier.with_concern(replace(dossier.parked[0], state=State.DROPPED)), open=None)
    return replace(dossier, open=None, leaving=True)


def _answer_safety(dossier: Dossier, question: Question, heard: Heard, catalogue: Catalogue) -> Dossier:
    """Safe now, the talk goes on; not yet, the warning is given once more."""
    unsafe = _says_no(heard) or heard.polarity is Polarity.UNSURE or heard.does(Act.DOES_NOT_KNOW)
    if unsafe and dossier.warned and not dossier.misses.get(question.name, 0) and not interrupts(heard):
        misses = {**dossier.misses, question.name: 1}
        return replace(dossier, misses=misses, warned=dossier.warned[:-1], open=None)
    told = bool(heard.problems) and heard.problems[0].score >= OF_ANOTHER
    quiet = () if unsafe or told or interrupts(heard) else (Interruption.SAFETY,)
    return replace(dossier, open=None, pending=(*dossier.pending, *quiet))


_Answer = Callable[[Dossier, Question, Heard, Catalogue], Dossier]

_ANSWERS: Mapping[Ask, _Answer] = {
    Ask.ANYTHING: _answer_anything,
    Ask.WHY: _answer_why,
    Ask.MEANT: _answer_meant,
    Ask.FACT: _answer_fact,
    Ask.CELL: _answer_cell,
    Ask.READ_BACK: _answer_read_back,
    Ask.ADVICE: _answer_advice,
    Ask.CONSENT: _answer_consent,
    Ask.ERASURE: _answer_erasure,
    Ask.INTRODUCTION: _answer_introduction,
    Ask.CONTACT: _answer_contact,
    Ask.CHECK_IN: _answer_check_in,
    Ask.MISSED: _answer_missed,
    Ask.SAFETY: _answer_safety,
}

__all__ = ["MISSES_ALLOWED", "answer", "interrupts"]
