"""Talks to the engine in tests: short ways to write what was heard, and a conversation that keeps its moves and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import Act, CellName, FactValue, Heard, Match, Mention, Polarity, Told
from bot.advice.hearing import hear
from bot.advice.moves import Move
from bot.advice.next_move import next_move
from bot.advice.phrasing import Phrasebook
from bot.advice.scene import Scene
from bot.advice.speaking import spoken
from bot.advice.wording import word

TODAY = "2025-05-01"
YES = Heard("yes", (Act.AFFIRMS,), Polarity.YES)
NO = Heard("no", (Act.DENIES,), Polarity.NO)
UNSURE = Heard("no idea", (Act.DOES_NOT_KNOW,), Polarity.UNSURE)
SKIP = Heard("skip that", (Act.DECLINES,))
THANKS = Heard("thanks", (Act.THANK,))
BYE = Heard("bye", (Act.LEAVE,))
ACCEPT = Heard("let's do that", (Act.ACCEPTS,), Polarity.YES)
REJECT = Heard("that won't work, no time", (Act.REJECTS,), Polarity.NO)
INSIST = Heard("just send me the quote", (Act.INSISTS_QUOTE,))
PERSON = Heard("let me talk to someone", (Act.ASKS_PERSON,))
CONTACT = Heard("Ana, 0151 2345", (Act.INFORMS,), cells={CellName.CONTACT: "Ana, 0151 2345"})


def reports(problem: str, quote: str = "it is broken again", score: float = 0.9) -> Heard:
    """A customer saying what is wrong."""
    return Heard(quote, (Act.REPORTS_PROBLEM,), problems=(Match(problem, score, quote),))


def tells(*acts: Act, text: str = "", **facts: FactValue) -> Heard:
    """A customer telling facts."""
    said = text or ", ".join(f"{name} {value}" for name, value in facts.items())
    return Heard(said, acts or (Act.INFORMS,), told=tuple(Told(name, value, said) for name, value in facts.items()))


def asks(act: Act, text: str = "tell me", **more: object) -> Heard:
    """A customer asking something in passing."""
    return replace(Heard(text, (act,)), **more)  # type: ignore[arg-type]


def wants(kind: str, product: str = "", quote: str = "two more bikes") -> Heard:
    """A customer asking for a product."""
    return Heard(f"I want {quote}", (Act.WANTS_PRODUCT,), mentions=(Mention(kind, product, 2.0, quote=quote),))


def owns(kind: str, product: str, quantity: float = 1.0) -> Heard:
    """A customer saying what they own."""
    mention = Mention(kind, product, quantity, owned=True, quote=f"{quantity:g} {product}")
    return Heard(f"we run {quantity:g} {product}", (Act.INFORMS,), mentions=(mention,))


@cache
def phrasebook() -> Phrasebook:
    """The phrasebook of domain.yml as it is shipped, the customer's variants apart from the rep's."""
    domain = YAML(typ="safe").load(Path(__file__).parents[2] / "domain.yml")
    customer: dict[str, list[str]] = {}
    rep: dict[str, list[str]] = {}
    for name, variants in domain["responses"].items():
        for variant in variants:
            book = rep if variant.get("channel") == "rep" else customer
            book.setdefault(name.removeprefix("utter_"), []).append(variant["text"])
    return Phrasebook(customer, rep)


@dataclass
class Talk:
    """One conversation with the engine."""

    catalogue: Catalogue
    dossier: Dossier = field(default_factory=lambda: Dossier(today=TODAY))
    moves: list[Move] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    worded: bool = True

    @property
    def move(self) -> Move:
        """The last move."""
        return self.moves[-1]

    @property
    def text(self) -> str:
        """The last message."""
        return self.texts[-1]

    @property
    def kinds(self) -> list[str]:
        """What was done, move by move."""
        return [move.kind.value for move in self.moves]

    def says(self, *messages: Heard) -> Talk:
        """The customer sends messages; the assistant answers each."""
        for heard in messages:
            self.dossier = hear(self.dossier, heard, self.catalogue)
            move = next_move(self.dossier, self.catalogue)
            self.moves.append(move)
            if self.worded:
                self.texts.append(word(Scene(move, self.dossier, self.catalogue, phrasebook())).text)
            self.dossier = spoken(self.dossier, move)
        return self

    def asked(self, **answers: FactValue | Heard) -> Talk:
        """Answers every question about facts and the picture of success, then stops at the next other move."""
        for _ in range(20):
            question = self.move.question
            if self.move.kind.value not in ("ask_check", "ask_cell") or question is None:
                return self
            self.says(self._answer(question.key, answers))
        raise AssertionError(f"still asking: {self.kinds}")

    @staticmethod
    def _answer(key: str, answers: Mapping[str, FactValue | Heard]) -> Heard:
        answer = answers.get(key, UNSURE)
        return answer if isinstance(answer, Heard) else tells(**{key: answer})


def advised(catalogue: Catalogue, problem: str, **answers: FactValue | Heard) -> Talk:
    """A conversation led to the advice: the problem told, questions answered, the read-back confirmed."""
    return Talk(catalogue).says(reports(problem)).asked(**answers).says(YES)
