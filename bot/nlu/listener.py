"""The listener: a reading, the open question and the catalogue together give what was heard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask, Dossier, Option, Question
from bot.advice.heard import Act, CellName, Heard, Polarity, Told, Trouble
from bot.nlu.affairs import Affairs, Key
from bot.nlu.alarm import sounds_alarmed
from bot.nlu.answers import AnswerReader
from bot.nlu.asides import is_a_letter, is_meant, none_of_them, tells_of_more
from bot.nlu.cells import cells_in, contact_in
from bot.nlu.clean import is_payload
from bot.nlu.matcher import PhraseIndex
from bot.nlu.mentions import Mentions
from bot.nlu.problem_ranker import ProblemRanker
from bot.nlu.reading import ActHeard, Reading
from bot.nlu.rungs import rung_in

SURE_OF_PART = 0.5
"""How sure the act of a part must be: on held-out voices 109 of 285 false ones lie below, 8 of 86 true ones."""


class Listener:
    """Understands messages for one catalogue. Built once per catalogue version; safe to share between threads."""

    def __init__(self, catalogue: Catalogue, index: PhraseIndex[Key], ranker: ProblemRanker) -> None:
        """`index` holds phrases_of(catalogue)."""
        self._catalogue = catalogue
        self._affairs = Affairs(catalogue, index, ranker)
        self._answers = AnswerReader(catalogue, index)
        self._mentions = Mentions(catalogue)

    def listen(self, reading: Reading, dossier: Dossier) -> Heard:
        """What this message tells us, given what was asked and what is known."""
        choice = choice_in(reading.text)
        if choice is not None:
            return self._chosen(choice, dossier)
        if reading.trouble is not None:
            return Heard(reading.text, trouble=reading.trouble, language=reading.language, shortened=reading.shortened)
        heard = _without_rumour(self._plain(reading, dossier))
        return self._in_context(heard, reading, dossier)

    def _plain(self, reading: Reading, dossier: Dossier) -> Heard:
        """What the message says by itself."""
        acts = tuple(Act(act.name) for act in _carried(reading) if is_meant(act, dossier.open))
        mentions = self._mentions.find(reading, acts, dossier)
        acts = acts or ((Act.WANTS_PRODUCT,) if mentions else ())
        wanted = Act.WANTS_PRODUCT in acts or Act.INSISTS_QUOTE in acts
        owned = {mention.kind for mention in mentions if mention.owned or not wanted}
        found = self._affairs.find(reading, dossier, owned, {mention.kind for mention in mentions} - owned)
        return Heard(
            text=reading.text,
            acts=acts,
            polarity=reading.polarity,
            understood=reading.understood,
            problems=found.problems,
            outcomes=found.outcomes,
            causes=found.causes,
            dangers=found.dangers,
            not_ours=found.not_ours,
            hearsay=found.hearsay,
            besides=found.besides,
            mentions=mentions,
            cells=cells_in(reading, acts),
            remedy=found.remedy,
            rung=rung_in(reading.text),
            language=reading.language,
            shortened=reading.shortened,
        )

    def _in_context(self, heard: Heard, reading: Reading, dossier: Dossier) -> Heard:
        """What it says as an answer to what was asked."""
        question = dossier.open
        told = self._answers.told(reading, heard, dossier)
        heard = _as_opening(replace(heard, told=told), dossier)
        if question is None:
            return heard
        if any(one.fact == question.key for one in told):
            heard = replace(heard, causes=tuple(match for match in heard.causes if match.quote != reading.text))
        if question.ask is Ask.CONTACT and (contact := contact_in(reading.text)):
            heard = replace(heard, cells={**heard.cells, CellName.CONTACT: contact}, acts=(Act.INFORMS,))
        if question.ask is Ask.MEANT:
            heard = self._of_offered(heard, reading, question)
        if question.ask is Ask.INTRODUCTION and is_a_letter(reading.text, dossier):
            return Heard(reading.text, acts=(Act.INFORMS,), understood=reading.understood)
        return _acts_in_context(heard, question)

    def _of_offered(self, heard: Heard, reading: Reading, question: Question) -> Heard:
        """Only the readings that were offered count as an answer to "which of these"."""
        if none_of_them(reading.text):
            return replace(heard, chosen="other", problems=())
        offered = [option.value for option in question.options]
        picked = self._affairs.among(reading, offered)
        return replace(heard, problems=(picked, *heard.problems)) if picked is not None else heard

    def _chosen(self, choice: Choice, dossier: Dossier) -> Heard:
        """A ready reply: its meaning is exact, its words are what the customer read on it."""
        name, value = choice.entities.get("question", ""), choice.entities.get("value", "")
        ask, _, key = name.partition(":")
        if choice.act != "choose":
            rung = choice.entities.get("rung", "")
            acts = (Act(choice.act),) if choice.act in _ACTS else ()
            return _with_polarity(Heard(_SAID.get(choice.act, choice.act), acts=acts, rung=rung), choice.act)
        if ask == Ask.FACT.value and key in self._catalogue.facts:
            label = self._label(key, value)
            return Heard(label, acts=(Act.INFORMS,), told=(Told(key, value, label),)) if label else _nothing(value)
        label = next((option.label for option in _options(dossier) if option.value == value), value)
        return Heard(label, acts=(Act.INFORMS,), chosen=value)

    def _label(self, fact: str, value: str) -> str:
        return next((choice.label for choice in self._catalogue.facts[fact].choices if choice.id == value), "")


@dataclass(frozen=True)
class Choice:
    """A ready reply's payload, `/act{"name": "value"}`, taken apart."""

    act: str
    entities: Mapping[str, str]


def choice_in(text: str) -> Choice | None:
    """The payload a message consists of, if it is one; a payload whose braces hold no JSON has no entities."""
    if not is_payload(text):
        return None
    act, brace, rest = text.strip()[1:].partition("{")
    try:
        entities = json.loads(brace + rest) if brace else {}
    except ValueError:
        entities = {}
    plain = {str(key): str(value) for key, value in entities.items()} if isinstance(entities, dict) else {}
    return Choice(act.strip().lower(), plain)


SURE_OF_MORE = 0.7
"""How surely words that announce another thing must tell of a problem to count as a report."""

_ACTS = frozenset(act.value for act in Act)
_SAID: Mapping[str, str] = {
    "affirms": "yes",
    "denies": "no",
    "does_not_know": "I don't know",
    "accepts": "yes, let's do that",
    "rejects": "that won't work",
    "asks_why_not": "why not?",
    "asks_options": "what else could we do?",
    "allows_recording": "you may keep notes",
    "refuses_recording": "keep no notes",
}
"""What a ready reply says in words, for the record."""


def _nothing(value: str) -> Heard:
    return Heard(value, trouble=Trouble.GARBLED)


def _options(dossier: Dossier) -> tuple[Option, ...]:
    return dossier.open.options if dossier.open is not None else ()


def _with_polarity(heard: Heard, act: str) -> Heard:
    polarity = {"affirms": Polarity.YES, "accepts": Polarity.YES, "denies": Polarity.NO, "rejects": Polarity.NO}
    return replace(heard, polarity=polarity.get(act, Polarity.NONE))


def _carried(reading: Reading) -> list[ActHeard]:
    """The message's own act, and those of its parts: one that would turn the talk elsewhere only when it is sure."""
    main, parts = reading.acts[:1], () if reading.bare else reading.acts[1:]
    sure = [act for act in parts if act.name in _HARMLESS or (act.confidence >= SURE_OF_PART and act.name not in _IDLE)]
    return [act for act in (*main, *sure) if act.name in _ACTS]


_IDLE = ("small_talk", "off_topic")
_HARMLESS = ("informs", "reports_problem", "states_need", "gives_reason", "wants_product")


def _without_rumour(heard: Heard) -> Heard:
    """A rumour passed on is answered with the facts; the problem it sounds like is not the speaker's own."""
    rumour = bool(heard.hearsay) and heard.hearsay[0].score >= SURE_OF_RUMOUR and heard.does(Act.COMPLAINS)
    own = heard.does(Act.REPORTS_PROBLEM, Act.STATES_NEED, Act.WANTS_PRODUCT, Act.GIVES_REASON)
    return replace(heard, problems=(), outcomes=(), besides=()) if rumour and not own else heard


SURE_OF_RUMOUR = 0.5


def _as_opening(heard: Heard, dossier: Dossier) -> Heard:
    """A quote asked for at the very beginning is a request; nobody has asked anything that could be brushed aside."""
    if dossier.concern is not None or dossier.open is not None or Act.INSISTS_QUOTE not in heard.acts:
        return heard
    acts = (Act.WANTS_PRODUCT if act is Act.INSISTS_QUOTE else act for act in heard.acts)
    return replace(heard, acts=tuple(dict.fromkeys(acts)))


def _acts_in_context(heard: Heard, question: Question) -> Heard:
    """The acts as they are meant after this question: an answer given is not a complaint about the question."""
    acts = [act for act in heard.acts if act not in _IMPLIED.get(question.ask, ())]
    if question.ask is Ask.INTRODUCTION and heard.polarity is not Polarity.NONE:
        acts = [act for act in acts if act is not Act.ASKS_PERSON]
    if heard.polarity is Polarity.NO or heard.does(Act.DENIES, Act.REJECTS):
        acts = [act for act in acts if act is not Act.ALLOWS_RECORDING]
    if question.ask is Ask.READ_BACK and heard.does(Act.DENIES, Act.CORRECTS):
        acts = [act for act in acts if act is not Act.COMPLAINS]
    if question.ask is not Ask.ADVICE and heard.problems and heard.problems[0].score >= SURE_OF_MORE and tells_of_more(heard.text):
        acts = [*(act for act in acts if act is not Act.REJECTS), Act.REPORTS_PROBLEM]
    if any(told.fact == question.key for told in heard.told):
        heard = replace(heard, dangers=tuple(danger for danger in heard.dangers if sounds_alarmed(danger.quote)))
        asks = "?" in heard.text
        acts = [act for act in acts if act not in _NOT_WITH_ANSWER and (asks or act not in _ASKED_WITH_A_MARK)]
        acts = acts or [Act.INFORMS]
    return replace(heard, acts=tuple(acts))


_ASKED_WITH_A_MARK = (Act.ASKS_PRICE, Act.ASKS_DISCOUNT, Act.ASKS_PROCESS, Act.ASKS_OPTIONS, Act.ASKS_WHY_NOT, Act.INSISTS_QUOTE)
"""In an answer these are questions only where one is asked: "others look cheaper" answers what troubles them."""

_NOT_WITH_ANSWER = (
    Act.OFF_TOPIC,
    Act.SMALL_TALK,
    Act.DOES_NOT_KNOW,
    Act.DECLINES,
    Act.COMPLAINS,
    Act.LEAVE,
    Act.GREET,
    Act.ASKS_TO_HURRY,
)
_IMPLIED: Mapping[Ask, tuple[Act, ...]] = {
    Ask.CONTACT: (Act.OFF_TOPIC, Act.SMALL_TALK, Act.GREET),
    Ask.ERASURE: (Act.ALLOWS_RECORDING, Act.REFUSES_RECORDING),
    Ask.INTRODUCTION: (Act.ASKS_EXPORT, Act.INSISTS_QUOTE, Act.WANTS_PRODUCT),
}
