"""What wording works with: the message it builds, and the scene it looks at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.advice.catalogue import Catalogue, Remedy
from bot.advice.dossier import Dossier, Question
from bot.advice.facts import Facts
from bot.advice.moves import Move, MoveKind
from bot.advice.need_map import NeedMap
from bot.advice.phrasing import Fill, Phrasebook


@dataclass(frozen=True)
class Button:
    """A ready reply: what the customer reads and what choosing it sends."""

    title: str
    payload: str


@dataclass(frozen=True)
class Bubble:
    """One paragraph of a message, with its ready replies."""

    text: str
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class Message:
    """What a person reads for one move: bubbles in order."""

    bubbles: tuple[Bubble, ...]

    @property
    def text(self) -> str:
        """All bubbles as one text."""
        return "\n\n".join(bubble.text for bubble in self.bubbles)


@dataclass(frozen=True)
class Scene:
    """All that wording may look at: the move, the dossier it was decided on, the catalogue, the phrases, links and figures."""

    move: Move
    dossier: Dossier
    catalogue: Catalogue
    phrases: Phrasebook
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def concern(self) -> NeedMap | None:
        """The concern the move is about, else the active one."""
        index = self.move.concern
        return self.dossier.concerns[index] if 0 <= index < len(self.dossier.concerns) else self.dossier.concern

    @property
    def fill(self) -> Fill:
        """Fills catalogue sentences with this customer's facts."""
        return Fill(Facts(self.dossier, self.concern, self.catalogue), self.catalogue)

    def times(self, kind: MoveKind) -> int:
        """How often a move of this kind was made before."""
        return self.dossier.said.get(kind.value, 0)

    def say(self, phrase: str, turn: int = 0, /, **parts: object) -> str:
        """The response `utter_<phrase>`, filled. `turn` picks among variants in order."""
        return self.phrases.say(phrase, turn, **parts)

    def expert(self, concern: NeedMap | None = None) -> tuple[str, str, str]:
        """Name, role and way to reach the person who knows this concern best."""
        return person(self.catalogue, concern or self.concern)

    def remedy(self) -> Remedy:
        """The remedy the move is about."""
        return self.catalogue.remedy(self.move.remedy)


def person(catalogue: Catalogue, concern: NeedMap | None, id: str = "") -> tuple[str, str, str]:
    """Name, role and contact: of the expert named, else of one who knows the concern's problem or kinds, else of the company."""
    company = catalogue.company
    known = [catalogue.experts[id]] if id in catalogue.experts else []
    if concern is not None:
        topics = {concern.problem, *concern.kinds}
        problem = catalogue.problems.get(concern.problem)
        topics |= set(problem.about) if problem else set()
        known += [expert for expert in catalogue.experts.values() if topics & set(expert.knows)]
    known += list(catalogue.experts.values())
    if not known:
        return company.name, company.trade, company.contact
    return known[0].name, known[0].role, known[0].contact or company.contact


def payload(act: str, **entities: str) -> str:
    """A ready reply's payload in Rasa's form: /intent{"entity": "value"}."""
    return f"/{act}{json.dumps(entities)}" if entities else f"/{act}"


def chooses(question: Question, value: str) -> str:
    """The payload for choosing `value` as the answer to `question`."""
    return payload("choose", question=question.name, value=value)
