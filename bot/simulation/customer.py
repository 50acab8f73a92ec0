"""A simulated customer: knows the truth of their affair, talks in a style, and answers whatever the assistant does."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.advice.archive import from_plain
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Question
from bot.advice.heard import Act, CellName, FactValue, Heard, Match, Mention, Polarity, Told
from bot.advice.moves import Move, MoveKind
from bot.simulation import wordings
from bot.simulation.truths import Truth, matters
from bot.simulation.wordings import Style, Wordings, in_style

SURE, UNSURE, RIVAL = 0.9, 0.5, 0.42
OFTEN_UNCLEAR = 0.15
"""How often a problem is told so that another one is nearly as likely to be meant."""


@dataclass
class Customer:
    """Somebody with a problem. `heard()` is what they say, understood; `reply()` the same as text for the real assistant."""

    truth: Truth
    catalogue: Catalogue
    chance: random.Random
    style: Style = Style.PLAIN
    words: Wordings = field(default_factory=lambda: Wordings({}))
    _told_problem: bool = False
    _strayed: bool = False
    _wrong: str = ""
    _agreed: bool = False
    _asked_back: int = 0

    def reply(self, messages: Sequence[Mapping[str, Any]], move: Mapping[str, Any]) -> str:
        """What they type, or the ready reply they press, after the assistant's Rasa-form `messages` and recorded `move`.

        Without messages and move it is their opening.
        """
        asked = recorded(move) if move else None
        said = self.heard(asked)
        return _pressed(messages, said.chosen) if said.chosen else said.text

    def heard(self, move: Move | None) -> Heard:
        """What they say to a move (None: the opening), as the listener would understand it."""
        answer = _ANSWERS.get(move.kind, Customer._presses_on) if move is not None else Customer._opens
        said = answer(self, move.question if move is not None else None)
        return replace(said, text=in_style(self.chance, self.style, said.text)) if not said.chosen else said

    def _opens(self, question: Question | None) -> Heard:
        if self.style is Style.PRODUCT_FIRST and (product := self._product()):
            kind, name = product
            text = self._pick(wordings.WANTED).format(name)
            return Heard(text, (Act.WANTS_PRODUCT,), mentions=(Mention(kind, quote=name),))
        if self.style is Style.CHANGES_MIND and self.chance.random() < 0.5 and len(self.catalogue.problems) > 1:
            self._strayed = True
            others = [id for id in self.catalogue.problems if id != self.truth.problem]
            return self._tells(self.chance.choice(others), sure=True)
        return self._tells_problem(question)

    def _product(self) -> tuple[str, str] | None:
        kinds = [kind for kind in self.catalogue.problems[self.truth.problem].about if self._sold(kind)]
        return (kinds[0], self.chance.choice(self._sold(kinds[0]))) if kinds else None

    def _sold(self, kind: str) -> list[str]:
        sold = self.catalogue.products_by_kind.get(kind, ())
        return [one.name for one in sold if one.status.value == "current"]

    def _tells_problem(self, question: Question | None) -> Heard:
        if self._strayed:
            self._strayed = False
            return self._changes_mind()
        sure = self._told_problem or self.chance.random() > OFTEN_UNCLEAR
        self._told_problem = True
        heard = self._tells(self.truth.problem, sure)
        acts = (*heard.acts, Act.PREFERS_HANDS_OFF) if self.truth.hands_off else heard.acts
        return replace(heard, acts=acts, told=self._volunteered(heard.text))

    def _changes_mind(self) -> Heard:
        heard = self._tells(self.truth.problem, sure=True)
        text = self._pick(wordings.CHANGED).format(heard.text)
        return replace(heard, text=text, acts=(Act.CHANGES_MIND,))

    def _tells(self, problem: str, sure: bool) -> Heard:
        text = self.words.problem(self.chance, problem)
        found: tuple[Match, ...] = (Match(problem, SURE if sure else UNSURE, text),)
        others = [id for id in self.catalogue.problems if id != problem]
        if not sure and others:
            found = (*found, Match(self.chance.choice(others), RIVAL, text))
        angry = self.style is Style.ANGRY and self.chance.random() < 0.5
        acts = (Act.REPORTS_PROBLEM, Act.INSULTS) if angry else (Act.REPORTS_PROBLEM,)
        return Heard(text, acts, problems=found)

    def _volunteered(self, text: str) -> tuple[Told, ...]:
        """What someone who talks a lot tells unasked; only the engine hears it, as their text is about the problem."""
        if self.style is not Style.RAMBLING:
            return ()
        known = [name for name in matters(self.catalogue, self._problem) if name in self.truth.facts]
        return tuple(Told(name, self.truth.facts[name], text) for name in self.chance.sample(known, min(2, len(known))))

    @property
    def _problem(self) -> Any:
        return self.catalogue.problems[self.truth.problem]

    def _answers_why(self, question: Question | None) -> Heard:
        return self._tells_problem(question)

    def _picks(self, question: Question | None) -> Heard:
        offered = [option.value for option in question.options] if question is not None else []
        chosen = self.truth.problem if self.truth.problem in offered and not self._strayed else "other"
        name = self._problem.name if chosen != "other" else "Something else"
        return Heard(name, (Act.INFORMS,), chosen=chosen)

    def _answers_fact(self, question: Question | None) -> Heard:
        if self._strayed:
            return self._tells_problem(question)
        fact = question.key if question is not None else ""
        if self._wrong:
            return self._corrects()
        if self.style is Style.EVASIVE and (evaded := self._evades()) is not None:
            return evaded
        if fact not in self.truth.facts:
            return Heard(self._pick(wordings.UNSURE), (Act.DOES_NOT_KNOW,), Polarity.UNSURE)
        return self._gives(fact)

    def _gives(self, fact: str) -> Heard:
        slips = self.style is Style.CHANGES_MIND and not self._agreed and self.chance.random() < 0.3
        if slips and (wrong := self._another(fact)):
            self._wrong = fact
            return self._informs(fact, wrong)
        return self._informs(fact, self.truth.facts[fact])

    def _another(self, fact: str) -> str:
        choices = [choice.id for choice in self.catalogue.facts[fact].choices if choice.id != self.truth.facts[fact]]
        return self.chance.choice(choices) if choices else ""

    def _informs(self, fact: str, value: FactValue) -> Heard:
        text = self.words.answer(self.chance, self.catalogue.facts[fact], value)
        chosen = "" if text else f"{value}"
        text = text or chosen
        polarity = {True: Polarity.YES, False: Polarity.NO}.get(value, Polarity.NONE) if isinstance(value, bool) else None
        return Heard(text, (Act.INFORMS,), polarity or Polarity.NONE, told=(Told(fact, value, text),), chosen=chosen)

    def _corrects(self) -> Heard:
        fact, self._wrong = self._wrong, ""
        said = self._informs(fact, self.truth.facts[fact])
        return replace(said, text=self._pick(wordings.CORRECTED).format(said.text), acts=(Act.CORRECTS,), chosen="")

    def _evades(self) -> Heard | None:
        draw = self.chance.random()
        if draw < 0.15:
            return Heard(self._pick(wordings.UNSURE), (Act.DOES_NOT_KNOW,), Polarity.UNSURE)
        if draw < 0.25:
            return Heard(self._pick(wordings.DECLINES), (Act.DECLINES,))
        if draw < 0.4 and self._asked_back < 2:
            self._asked_back += 1
            return Heard(self._pick(wordings.WHY_ASKED), (Act.ASKS_WHY_ASKED,))
        return None

    def _pictures(self, question: Question | None) -> Heard:
        if self._wrong:
            return self._corrects()
        return Heard(self._pick(wordings.SUCCESS), (Act.INFORMS,))

    def _judges_read_back(self, question: Question | None) -> Heard:
        if self._wrong:
            return self._corrects()
        if question is not None and question.key in self.truth.needs and not self._strayed:
            return Heard(self._pick(wordings.AGREES), (Act.AFFIRMS,), Polarity.YES)
        if self._strayed:
            return self._tells_problem(question)
        return Heard(self._pick(wordings.DISAGREES), (Act.DENIES,), Polarity.NO)

    def _gives_contact(self, question: Question | None) -> Heard:
        contact = self._pick(wordings.CONTACT)
        return Heard(contact, (Act.INFORMS,), cells={CellName.CONTACT: contact})

    def _accepts(self, question: Question | None) -> Heard:
        if self._wrong:
            return self._corrects()
        self._agreed = True
        return Heard(self._pick(wordings.ACCEPTS), (Act.ACCEPTS,), Polarity.YES)

    def _agrees(self, question: Question | None) -> Heard:
        return Heard(self._pick(wordings.AGREES), (Act.AFFIRMS,), Polarity.YES)

    def _leaves(self, question: Question | None) -> Heard:
        return Heard(self._pick(wordings.LEAVES), (Act.LEAVE,), Polarity.NO)

    def _misses(self, question: Question | None) -> Heard:
        return Heard(self._pick(wordings.MISSES), (Act.INFORMS,))

    def _is_safe(self, question: Question | None) -> Heard:
        return Heard(self._pick(wordings.SAFE), (Act.INFORMS,))

    def _presses_on(self, question: Question | None) -> Heard:
        return Heard(self._pick(wordings.PRESSES_ON), (Act.INFORMS,))

    def _pick(self, ways: tuple[str, ...]) -> str:
        return self.chance.choice(ways)


def recorded(move: Mapping[str, Any]) -> Move:
    """A stored move as far as a customer can know it: what was done, asked and put forward."""
    return from_plain(Move, {key: move[key] for key in _RECORDED if key in move})


_RECORDED = ("kind", "question", "again", "concern", "remedy", "about")

_Answer = Callable[[Customer, "Question | None"], Heard]

_ANSWERS: Mapping[MoveKind, _Answer] = {
    MoveKind.WARN: Customer._is_safe,
    MoveKind.ASK_ANYTHING: Customer._tells_problem,
    MoveKind.ASK_WHY: Customer._answers_why,
    MoveKind.ASK_MEANT: Customer._picks,
    MoveKind.ASK_CHECK: Customer._answers_fact,
    MoveKind.ASK_CELL: Customer._pictures,
    MoveKind.READ_BACK: Customer._judges_read_back,
    MoveKind.ADVISE: Customer._accepts,
    MoveKind.AWAIT: Customer._accepts,
    MoveKind.ASK_CONTACT: Customer._gives_contact,
    MoveKind.REFER: Customer._agrees,
    MoveKind.PROMISE: Customer._leaves,
    MoveKind.INTRODUCED: Customer._leaves,
    MoveKind.ANYTHING_ELSE: Customer._leaves,
    MoveKind.HAND_OVER: Customer._leaves,
    MoveKind.ASK_MISSED: Customer._misses,
    MoveKind.CONFIRM_ERASURE: Customer._leaves,
}


def _pressed(messages: Sequence[Mapping[str, Any]], value: str) -> str:
    """The payload of the ready reply that means `value`; its value as words when no such reply was offered."""
    buttons = [button for message in messages for button in message.get("buttons", ())]
    for button in buttons:
        _, brace, rest = str(button.get("payload", "")).partition("{")
        if brace and json.loads(brace + rest).get("value") == value:
            return str(button["payload"])
    return value
