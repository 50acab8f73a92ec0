"""The listener: a reading, the open question and the catalogue together give what was heard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.advice.catalogue import Catalogue
from bot.advice.concerns import MARGIN
from bot.advice.dossier import Ask, Dossier, Option, Question
from bot.advice.heard import Act, CellName, Correction, Heard, Polarity, Told, Trouble
from bot.nlu.affairs import Affairs, Key, phrases_of
from bot.nlu.alarm import sounds_alarmed
from bot.nlu.answer_ranker import AnswerRanker
from bot.nlu.answers import AnswerReader
from bot.nlu.asides import (
    asks_how_much,
    blames_us,
    is_a_letter,
    is_meant,
    is_outburst,
    looks_ahead,
    none_of_them,
    tells_of_more,
    voices_hope,
)
from bot.nlu.cells import cells_in, contact_in
from bot.nlu.clean import is_payload
from bot.nlu.matcher import PhraseIndex
from bot.nlu.mentions import Mentions
from bot.nlu.problem_ranker import ProblemRanker
from bot.nlu.reading import ActHeard, Reading
from bot.nlu.rungs import rung_in
from bot.nlu.spelling import Speller, SpeltIndex, SpeltRanker

SURE_OF_PART = 0.5
"""How sure the act of a part must be: on held-out voices 109 of 285 false ones lie below, 8 of 86 true ones."""


class Listener:
    """Understands messages for one catalogue. Built once per catalogue version; safe to share between threads."""

    def __init__(
        self, catalogue: Catalogue, index: PhraseIndex[Key], ranker: ProblemRanker, answers: AnswerRanker | None = None
    ) -> None:
        """`index` holds phrases_of(catalogue)."""
        self._catalogue = catalogue
        speller = Speller(_words_of(catalogue))
        spelt = SpeltIndex(index, speller)
        self._affairs = Affairs(catalogue, spelt, SpeltRanker(ranker, speller))
        self._answers = AnswerReader(catalogue, spelt, speller, answers or AnswerRanker(catalogue))
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
        acts = _meant_acts(reading, dossier)
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
        if question.ask in _AGREED_WITH_A_NUMBER and CellName.CONTACT in heard.cells:
            heard = _agreed_with_a_number(heard)
        if question.ask is Ask.CONTACT and (contact := contact_in(reading.text)):
            heard = replace(heard, cells={**heard.cells, CellName.CONTACT: contact}, acts=(Act.INFORMS,))
        if question.ask is Ask.ADVICE:
            heard = self._hoping(heard, reading, question)
        if question.ask is Ask.MEANT:
            heard = self._of_offered(heard, reading, question)
        if question.ask is Ask.INTRODUCTION and is_a_letter(reading.text, dossier):
            return Heard(reading.text, acts=(Act.INFORMS,), understood=reading.understood)
        return _acts_in_context(heard, question, dossier)

    def _hoping(self, heard: Heard, reading: Reading, question: Question) -> Heard:
        """What the advice is hoped to bring: an assurance asked for is no refusal, and a yes to what it won't do is no yes yet."""
        refuses = heard.polarity is Polarity.NO or heard.does(Act.REJECTS, Act.DENIES)
        looks = looks_ahead(reading.text) and not refuses
        hopes_for = self._affairs.hoped_for(reading, question.key) if looks else ""
        if not hopes_for and not voices_hope(reading.text):
            return heard
        moved = (Act.ACCEPTS, Act.AFFIRMS, Act.REJECTS, Act.DENIES, Act.ASKS_PROCESS, Act.ASKS_REPEAT, Act.ASKS_OPTIONS)
        acts = tuple(act for act in heard.acts if act not in moved)
        return replace(heard, acts=acts, polarity=Polarity.NONE, hopes=True, hopes_for=hopes_for)

    def _of_offered(self, heard: Heard, reading: Reading, question: Question) -> Heard:
        """Only the readings that were offered count as an answer to "which of these"."""
        if none_of_them(reading.text):
            return replace(heard, chosen="other", problems=())
        if reading.bare:
            return heard
        offered = [option.value for option in question.options]
        picked = self._affairs.among(reading, offered)
        best = heard.problems[0] if heard.problems else None
        meant_another = best is not None and best.id not in offered and picked is not None and best.score - picked.score >= MARGIN
        return heard if picked is None or meant_another else replace(heard, problems=(picked, *heard.problems))

    def _chosen(self, choice: Choice, dossier: Dossier) -> Heard:
        """A ready reply: its meaning is exact, its words are what the customer read on it."""
        name, value = choice.entities.get("question", ""), choice.entities.get("value", "")
        ask, _, key = name.partition(":")
        if choice.act == Act.CORRECTS.value and name:
            value_or_out = choice.entities.get("value")
            return Heard(value or name, acts=(Act.CORRECTS,), correction=Correction(name, value_or_out))
        if choice.act == Act.ACCEPTS.value and value in self._catalogue.remedies:
            return self._accepted(value, dossier)
        if choice.act != "choose":
            rung = choice.entities.get("rung", "")
            acts = (Act(choice.act),) if choice.act in _ACTS else ()
            return _with_polarity(Heard(_SAID.get(choice.act, choice.act), acts=acts, rung=rung), choice.act)
        if ask == Ask.FACT.value and key in self._catalogue.facts:
            label = self._label(key, value)
            return Heard(label, acts=(Act.INFORMS,), told=(Told(key, value, label),)) if label else _nothing(value)
        label = next((option.label for option in _options(dossier) if option.value == value), value)
        return Heard(label, acts=(Act.INFORMS,), chosen=value)

    def _accepted(self, remedy: str, dossier: Dossier) -> Heard:
        """A yes to one way among several: it is a yes only while advice is open."""
        asked = dossier.open is not None and dossier.open.ask is Ask.ADVICE
        return Heard(self._catalogue.remedy(remedy).title, acts=(Act.ACCEPTS,) if asked else (), remedy=remedy if asked else "")

    def _label(self, fact: str, value: str) -> str:
        return next((choice.label for choice in self._catalogue.facts[fact].choices if choice.id == value), "")


def _words_of(catalogue: Catalogue) -> Iterator[str]:
    """Every text of the catalogue a customer's words may come from."""
    yield from (phrase for _, phrase in phrases_of(catalogue))
    for product in catalogue.products.values():
        yield from (product.name, product.kind.replace("_", " "), *product.aliases)
    yield from (fact.ask for fact in catalogue.facts.values())


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
    named = entities.items() if isinstance(entities, dict) else ()
    plain = {str(key): str(value) for key, value in named if value is not None}
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
    "asks_why_asked": "why do you ask?",
    "declines": "I'd rather not say",
    "asks_person": "I'd like to talk to a person",
    "asks_price": "what does it cost?",
    "asks_process": "what happens then?",
    "asks_advice_reason": "why do you advise that?",
    "asks_privacy": "what is kept of this chat?",
    "asks_own_data": "what do you know about me?",
    "asks_export": "a copy of this chat, please",
    "asks_erasure": "delete my data",
    "prefers_hands_off": "I'd rather have it taken off my hands",
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


def _meant_acts(reading: Reading, dossier: Dossier) -> tuple[Act, ...]:
    """The acts that are really meant, once each; venting is anger, whatever it resembles, and a request may ask the price too."""
    heard = [act for act in _carried(reading) if is_meant(act, dossier.open)]
    vented = [act for act in heard if is_outburst(act.text) and act.name not in _HARMLESS]
    kept = [Act(act.name) for act in heard if act not in vented and not _asks_back(act)]
    if Act.COMPLAINS in kept and not blames_us(reading.text) and not reading.has("insults"):
        kept = [Act.REPORTS_PROBLEM if act is Act.COMPLAINS else act for act in kept]
    if is_outburst(reading.text):
        kept = [Act.INSULTS, *(act for act in kept if act not in _COOL)]
    if (Act.WANTS_PRODUCT in kept or Act.INSISTS_QUOTE in kept) and _NAMES_A_PRICE.search(reading.text):
        kept.append(Act.ASKS_PRICE)
    if Act.ASKS_ADVICE_REASON in kept and not any(concern.advised for concern in dossier.concerns):
        why = _ASKS_WHY.search(reading.text) and dossier.open is not None
        kept = [Act.ASKS_WHY_ASKED if act is Act.ASKS_ADVICE_REASON and why else act for act in kept]
        kept = [act for act in kept if act is not Act.ASKS_ADVICE_REASON]
    if dossier.open is not None and _ASKS_WHY_ASKED.search(reading.text):
        kept = [Act.ASKS_WHY_ASKED, *(act for act in kept if act not in (*_COOL, Act.ASKS_PROCESS, Act.DENIES, Act.DECLINES))]
    if Act.ASKS_ABILITIES in kept and _ASKS_FOR_A_THING.search(reading.text):
        kept = [Act.WANTS_PRODUCT if act is Act.ASKS_ABILITIES else act for act in kept]
    if kept and set(kept) <= _VAGUE and asks_how_much(reading.text):
        kept = [Act.ASKS_PRICE]
    return tuple(dict.fromkeys(kept))


_ASKS_WHY_ASKED = re.compile(
    r"^\W*(?:and |but |so )?why (?:should|would|must|do|does|are|r|d'?you|is that)\b"
    r"[^.!?]*\b(?:you|u|tell|say|ask\w*|need|know|matters?|relevant)\b"
    r"[^.!?]*\W*$",
    re.IGNORECASE,
)
_ASKS_FOR_A_THING = re.compile(
    r"\b(?:do|can|could|would) (?:you|u|ya)(?: (?:lot|guys|people))?(?: also| even)?"
    r" (?:do|sell|make|fix|repair|mend|clean|install|fit|build|supply|rent|deliver|service|paint|print)"
    r" (?!anything|something|things?\b|stuff|this|that|it\b|more|business|for\b|besides|here|\W*$)\w+",
    re.IGNORECASE,
)
"""A question for one thing or service, which is a request and no question about what the assistant can do."""
_ASKS_WHY = re.compile(r"\b(?:why|what for|how come|what's it to|none of your)\b", re.IGNORECASE)
_VAGUE = frozenset({Act.PREFERS, Act.OFF_TOPIC, Act.SMALL_TALK, Act.ASKS_TO_HURRY, Act.INFORMS, Act.ASKS_ABILITIES})
"""Acts beside which "what it costs" is still the question."""


_COOL = (Act.SMALL_TALK, Act.OFF_TOPIC, Act.ASKS_ABILITIES, Act.AFFIRMS, Act.ACCEPTS, Act.GREET, Act.THANK, Act.ASKS_ADVICE_REASON)
"""What nobody does in the same breath as an outburst."""

_NAMES_A_PRICE = re.compile(
    r"\b(?:the|a|your|me|what) (?:best |exact |rough )?(?:price|cost)s?\b|\bhow much\b|^\W*price\b", re.IGNORECASE
)


def _asks_back(act: ActHeard) -> bool:
    """Whether a yes is really a question back ("that's all?"), which agrees to nothing."""
    return act.name in ("affirms", "accepts") and act.text.rstrip().endswith("?")


_IDLE = ("small_talk", "off_topic")
_HARMLESS = ("informs", "reports_problem", "states_need", "gives_reason", "wants_product")


def _without_rumour(heard: Heard) -> Heard:
    """A rumour passed on is answered with the facts; the problem it sounds like is not the speaker's own."""
    rumour = bool(heard.hearsay) and heard.hearsay[0].score >= SURE_OF_RUMOUR and heard.does(Act.COMPLAINS)
    own = heard.does(Act.REPORTS_PROBLEM, Act.STATES_NEED, Act.WANTS_PRODUCT, Act.GIVES_REASON)
    return replace(heard, problems=(), outcomes=(), besides=()) if rumour and not own else heard


SURE_OF_RUMOUR = 0.5


_AGREED_WITH_A_NUMBER = (Ask.ADVICE, Ask.READ_BACK, Ask.INTRODUCTION)


def _agreed_with_a_number(heard: Heard) -> Heard:
    """A number left beside a yes is where to reach them; left instead of one it means yes, unless they ask for a person."""
    plain = re.search(r"\b(?:talk|speak|someone|somebody|person|human|question|not|don'?t|no)\b", heard.text, re.IGNORECASE)
    if plain or heard.does(Act.REJECTS, Act.DENIES, Act.CORRECTS):
        return heard
    acts = [act for act in heard.acts if act not in (Act.ASKS_PERSON, Act.OFF_TOPIC, Act.SMALL_TALK)]
    return replace(heard, acts=tuple(dict.fromkeys((*acts, Act.ACCEPTS))))


def _as_opening(heard: Heard, dossier: Dossier) -> Heard:
    """A quote asked for at the very beginning is a request; nobody has asked anything that could be brushed aside."""
    if dossier.concern is not None or dossier.open is not None or Act.INSISTS_QUOTE not in heard.acts:
        return heard
    acts = (Act.WANTS_PRODUCT if act is Act.INSISTS_QUOTE else act for act in heard.acts)
    return replace(heard, acts=tuple(dict.fromkeys(acts)))


def _acts_in_context(heard: Heard, question: Question, dossier: Dossier) -> Heard:
    """The acts as they are meant after this question: an answer given is not a complaint about the question."""
    acts = [act for act in heard.acts if act not in _IMPLIED.get(question.ask, ())]
    if question.ask is Ask.INTRODUCTION and heard.polarity is not Polarity.NONE:
        acts = [act for act in acts if act is not Act.ASKS_PERSON]
    if heard.polarity is Polarity.NO or heard.does(Act.DENIES, Act.REJECTS):
        acts = [act for act in acts if act is not Act.ALLOWS_RECORDING]
    if question.ask in (Ask.WHY, Ask.SAFETY) and not blames_us(heard.text):
        acts = [act for act in acts if act not in (Act.COMPLAINS, Act.REJECTS)]
    if question.ask is Ask.READ_BACK and heard.does(Act.DENIES, Act.CORRECTS):
        acts = [act for act in acts if act is not Act.COMPLAINS]
    if question.ask is not Ask.ADVICE and heard.problems and heard.problems[0].score >= SURE_OF_MORE and tells_of_more(heard.text):
        acts = [*(act for act in acts if act is not Act.REJECTS), Act.REPORTS_PROBLEM]
    if question.ask is Ask.CELL and "?" not in heard.text and not heard.does(Act.INSULTS):
        acts = [act for act in acts if act not in _NO_PICTURE] or [Act.INFORMS]
    if question.ask is Ask.ADVICE and "?" not in heard.text and _OBJECTS.search(heard.text):
        acts = [Act.REJECTS if act is Act.OFF_TOPIC else act for act in acts]
    if any(told.fact == question.key for told in heard.told):
        heard = replace(heard, dangers=tuple(danger for danger in heard.dangers if sounds_alarmed(danger.quote)))
        asks = "?" in heard.text
        acts = [act for act in acts if act not in _NOT_WITH_ANSWER and (asks or act not in _ASKED_WITH_A_MARK)]
        if question.key not in dossier.facts:
            acts = [act for act in acts if act not in _PUTS_RIGHT]
        acts = acts or [Act.INFORMS]
    return replace(heard, acts=tuple(acts))


_ASKED_WITH_A_MARK = (Act.ASKS_PRICE, Act.ASKS_DISCOUNT, Act.ASKS_PROCESS, Act.ASKS_OPTIONS, Act.ASKS_WHY_NOT, Act.INSISTS_QUOTE)
"""In an answer these are questions only where one is asked: "others look cheaper" answers what troubles them."""

_NO_PICTURE = (Act.OFF_TOPIC, Act.SMALL_TALK, Act.COMPLAINS)
"""Asked what they will see, customers say it in words of any kind: "nobody hurt again" complains of nothing."""
_OBJECTS = re.compile(
    r"\b(?:won'?t|wouldn'?t|can'?t|cannot|don'?t|doesn'?t|(?:will|would) not|never|nobody|no one|hates?|refuses?|against)\b",
    re.IGNORECASE,
)
"""How a reason against the advice is told, whatever else it speaks of: "my husband won't like being taught"."""

_PUTS_RIGHT = (Act.CORRECTS, Act.REJECTS)
"""In a first answer nothing is put right: "no, it goes on in the rain" answers the question with its no."""

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
