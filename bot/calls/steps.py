"""The steps of a call that change its dossier: what was said, ticked, corrected, taken back or agreed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.advice.archive import from_plain
from bot.advice.call import Call, Speaker, Voiced
from bot.advice.calling import (
    Stale,
    followed,
    hear_in_call,
    question_named,
    reopened,
    suggested,
    taken_up,
    ticked,
    worked_on,
)
from bot.advice.dossier import Ask, Consent, Dossier, HandOver, Question
from bot.advice.expectations import voices_expectation
from bot.advice.heard import Act, CellName, Correction, Heard, Source
from bot.advice.hearing import hear
from bot.advice.moves import Move, MoveKind
from bot.advice.objections import slip_in
from bot.advice.scene import Scene
from bot.advice.speaking import spoken
from bot.advice.understood import said
from bot.calls.doing import Action, Refused
from bot.calls.meanwhile import refuse_other_undo
from bot.knowledge import Knowledge
from bot.nlu.reading import Reading
from bot.store import Work
from bot.store.calls import CallAction


@dataclass(frozen=True)
class Step:
    """Where a call stands while a step is taken: what was heard in it, and the moves that were made."""

    dossier: Dossier
    call: Call
    heard: Heard | None = None
    made: tuple[Move, ...] = ()
    question: Question | None = None

    def noticed(self, id: str, scene: Scene) -> Step:
        """With what the words of the note `id` let slip, where they are the rep's, or expect, where they are the customer's."""
        if self.heard is None:
            return self
        if self.heard.source is not Source.REP:
            return replace(self, call=self.call.voicing(Voiced(id, self.heard.text))) if self._expects(self.heard) else self
        slip = slip_in(self.heard.text, scene)
        return self if slip is None else replace(self, call=replace(self.call, slips=(*self.call.slips, slip)))

    def _expects(self, heard: Heard) -> bool:
        """Whether the words voice an expectation that the need map does not hold as their picture of success already."""
        concern = self.dossier.concern
        known = concern is not None and concern.quote(CellName.SUCCESS) == heard.text
        return not known and (heard.hopes or voices_expectation(heard.text))


@dataclass(frozen=True)
class Setting:
    """What a step may look at: the company's knowledge, the reading of what was typed, the store, the time."""

    knowledge: Knowledge
    reading: Reading | None
    work: Work
    conversation: str
    opening: Mapping[str, Any]
    now: datetime

    def scene(self, step: Step) -> Scene:
        """The scene of a step, for wording and for the ladder."""
        move = suggested(step.dossier, step.call, self.knowledge.catalogue)
        return Scene(move, step.dossier, self.knowledge.catalogue, self.knowledge.phrases.for_rep())


Take = Callable[[Step, Action, Setting], Step]


def _consent(step: Step, action: Action, setting: Setting) -> Step:
    answer = action.word("answer")
    if answer not in (Consent.GIVEN.value, Consent.REFUSED.value):
        raise Refused("That is not an answer to it.", "Choose yes or no.", "answer")
    given = answer == Consent.GIVEN.value
    act = Act.ALLOWS_RECORDING if given else Act.REFUSES_RECORDING
    words = action.text("text", 300, needed=False) or ("yes" if given else "no")
    dossier = replace(step.dossier, consent=Consent(answer))
    return replace(step, dossier=dossier, heard=Heard(words, (act,)), question=Question(Ask.CONSENT))


def _said(step: Step, action: Action, setting: Setting) -> Step:
    who = _who(action)
    question = _asked(step, action, setting)
    assert setting.reading is not None
    put = replace(step.dossier, open=question)
    heard = replace(setting.knowledge.listener.listen(setting.reading, put), source=_source(who))
    return _heard(step, replace(heard, text=action.text("text")), question, setting)


def _tick(step: Step, action: Action, setting: Setting) -> Step:
    question = question_named(action.word("question"), step.dossier, step.call, setting.knowledge.catalogue)
    words = action.text("text", needed=False)
    if question.ask is Ask.INTRODUCTION and action.word("value") == "yes" and words:
        step = replace(step, dossier=_with_letter(step.dossier, question.key, words))
    heard = ticked(question, action.word("value"), setting.knowledge.catalogue, words)
    return _heard(step, heard, question, setting)


def _heard(step: Step, heard: Heard, question: Question | None, setting: Setting) -> Step:
    """What was heard, with everything that follows from it."""
    catalogue = setting.knowledge.catalogue
    given = _advice_given(step, question, setting)
    dossier = hear_in_call(step.dossier, step.call, heard, question, catalogue)
    dossier, made = followed(dossier, step.call, catalogue)
    return replace(step, dossier=dossier, heard=heard, made=(*given, *made), question=question)


def _advice_given(step: Step, question: Question | None, setting: Setting) -> tuple[Move, ...]:
    """The advice this answers, when it is answered for the first time: only then was it given."""
    if question is None or question.ask is not Ask.ADVICE:
        return ()
    move = suggested(step.dossier, step.call, setting.knowledge.catalogue)
    return (replace(move, answers=()),) if move.kind is MoveKind.ADVISE else ()


def _with_letter(dossier: Dossier, remedy: str, text: str) -> Dossier:
    """The introduction as the customer wants it."""
    changed = tuple(replace(one, text=text) if one.remedy == remedy else one for one in dossier.referrals)
    return replace(dossier, referrals=changed)


def _aloud(step: Step, action: Action, setting: Setting) -> Step:
    """A danger was said: the guide goes on."""
    danger = action.word("name").removeprefix("danger:")
    if danger in step.dossier.warned:
        return step
    return replace(step, dossier=replace(step.dossier, warned=(*step.dossier.warned, danger)), heard=Heard(""))


def _concern(step: Step, action: Action, setting: Setting) -> Step:
    dossier = worked_on(step.dossier, int(action.number("concern", 0, 1000)))
    return replace(step, dossier=dossier, call=replace(step.call, focus=""), heard=Heard(""))


def _ask(step: Step, action: Action, setting: Setting) -> Step:
    """The rep turns to another question; only one that stands."""
    question = question_named(action.word("question"), step.dossier, step.call, setting.knowledge.catalogue)
    return replace(step, call=step.call.asking(question.name))


def _undo(step: Step, action: Action, setting: Setting) -> Step:
    """The last capture is taken back: the dossier is as it was before it. What was agreed with others stays agreed."""
    if not step.call.trail:
        raise Refused("There is nothing to take back.", "Correct a single line in the need map instead.")
    *rest, last = step.call.trail
    undone = setting.work.calls.of_turn(setting.conversation, last)
    refuse_other_undo(action, undone)
    dossier = _before(last, rest, setting)
    agreed = ("promises", "referrals", "hand_over")
    if any(getattr(dossier, name) != getattr(step.dossier, name) for name in agreed):
        raise Refused("Something was promised or passed on with it.", "Correct a single line, or settle the promise in the list.")
    kept = replace(dossier, consent=step.dossier.consent, warned=step.dossier.warned, today=step.dossier.today)
    call = _without_noticed(step.call, undone) if undone is not None else step.call
    return replace(step, dossier=kept, call=replace(call, trail=tuple(rest), focus=""), heard=Heard(""))


def _without_noticed(call: Call, undone: CallAction) -> Call:
    """The call without what was noticed in a note that is taken back."""
    voiced = tuple(each for each in call.voiced if each.id != undone.message_id)
    slips = tuple(each for each in call.slips if undone.kind != "said" or each.quote != undone.data.get("text"))
    return replace(call, voiced=voiced, slips=slips)


def _before(last: int, rest: list[int], setting: Setting) -> Dossier:
    """The dossier before turn `last`: that of the capture before it, or the one the call began with."""
    if not rest:
        return from_plain(Dossier, setting.opening)
    turn = setting.work.turns.at(setting.conversation, rest[-1])
    if turn is None:
        raise Refused("That is too long ago.", "Correct a single line in the need map instead.")
    return from_plain(Dossier, turn.dossier)


def _expert(step: Step, action: Action, setting: Setting) -> Step:
    """An expert is brought in with the whole dossier."""
    if step.dossier.hand_over is HandOver.DONE:
        raise Refused("An expert has been asked already.", "See the list of promises; ask again when it is settled.")
    wanted = replace(step.dossier, hand_over=HandOver.WANTED, hand_over_why=action.text("text", 300, needed=False) or "expert")
    move = Move(MoveKind.HAND_OVER, concern=-1, about={"why": "expert"})
    return replace(step, dossier=replace(spoken(wanted, move), open=None), heard=Heard(""), made=(move,))


def _correct(step: Step, action: Action, setting: Setting) -> Step:
    """A line of what was understood is put right or taken out; the customer's words stay theirs."""
    catalogue, phrases = setting.knowledge.catalogue, setting.knowledge.phrases
    correction = Correction(action.word("line"), None if action.flag("remove") else action.text("value", 500))
    words = said(correction, step.dossier, catalogue, phrases)
    heard = Heard(words, (Act.CORRECTS,), source=_words_of(step.dossier), correction=correction)
    dossier = replace(hear(replace(step.dossier, open=None), heard, catalogue), consent=step.dossier.consent)
    if all(getattr(dossier, name) == getattr(step.dossier, name) for name in _CORRECTED):
        raise Refused("That does not fit this line, or the line is gone.", "Choose one of its values, or take it out.", "value")
    return replace(step, dossier=taken_up(dossier, step.call, catalogue), heard=heard)


_CORRECTED = ("concerns", "facts", "assets", "customer", "contact", "priority", "referrals", "page")


def _words_of(dossier: Dossier) -> Source:
    """Whose words a corrected reading stands on: the customer's, where any of theirs are known."""
    concern = dossier.concern
    told = (concern.cells.get(name) for name in (CellName.PROBLEM, CellName.SITUATION)) if concern is not None else ()
    theirs = any(cell is not None and cell.source is Source.CUSTOMER for cell in told)
    return Source.CUSTOMER if theirs else Source.REP


STEPS: Mapping[str, Take] = {
    "correct": _correct,
    "consent": _consent,
    "said": _said,
    "tick": _tick,
    "danger": _aloud,
    "concern": _concern,
    "ask": _ask,
    "undo": _undo,
    "expert": _expert,
}
"""Steps by the kind of action."""

CAPTURES = frozenset({"said", "tick", "correct"})
"""What can be taken back."""


def _who(action: Action) -> Speaker:
    who = action.word("who", needed=False) or Speaker.CUSTOMER.value
    if who not in {each.value for each in Speaker}:
        raise Refused("Nobody of that name speaks here.", "Choose the customer, a colleague of theirs, or yourself.", "who")
    return Speaker(who)


def _source(who: Speaker) -> Source:
    return Source.REP if who is Speaker.REP else Source.CUSTOMER


def _asked(step: Step, action: Action, setting: Setting) -> Question | None:
    """What had been asked when this was said; a question that no longer stands asks for nothing.

    A yes to advice or to an introduction is ticked, never read out of a sentence: too much follows from it.
    """
    name = action.word("question", needed=False)
    try:
        found = question_named(name, step.dossier, step.call, setting.knowledge.catalogue) if name else None
    except Stale:
        return None
    return found if found is None or found.ask not in (Ask.ADVICE, Ask.INTRODUCTION) else None


__all__ = ["CAPTURES", "STEPS", "Setting", "Step", "reopened"]
