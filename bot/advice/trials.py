"""Experiments as they touch a turn: which arm a conversation is in, the words it hears, the question it is spared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask, Dossier
from bot.advice.moves import Move
from bot.advice.next_move import next_move
from bot.advice.phrasing import Phrasebook

SPARED = (Ask.FACT.value, Ask.CELL.value)
"""The kinds of question that an experiment may leave out: never the why, the read-back or a consent."""


@dataclass(frozen=True)
class Arm:
    """One way to do it: another text for the phrase ("" for the text as it is), or the question left out."""

    name: str
    text: str = ""
    spares: bool = False


@dataclass(frozen=True)
class Trial:
    """A running experiment: on the phrase or the question of that name, its first arm as things are."""

    id: str
    kind: str
    subject: str
    arms: tuple[Arm, ...]

    def arm_of(self, conversation: str) -> Arm:
        """The arm of a conversation: always the same, and over many conversations each equally often."""
        digest = blake2b(f"{self.id}\n{conversation}".encode(), digest_size=8).digest()
        return self.arms[int.from_bytes(digest, "big") % len(self.arms)]


@dataclass(frozen=True)
class Noting(Phrasebook):
    """A phrasebook that notes which phrases were said."""

    said: set[str] = field(default_factory=set, compare=False)

    def say(self, name: str, turn: int = 0, /, **parts: object) -> str:
        """Like `Phrasebook.say`."""
        self.said.add(name)
        return super().say(name, turn, **parts)


@dataclass
class Tried:
    """The experiments of one turn: `phrases` to speak with, and after the turn the arms that were `met`."""

    trials: Sequence[Trial]
    conversation: str
    book: Phrasebook
    spared: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        arms = {trial: trial.arm_of(self.conversation) for trial in self.trials}
        self._arms = arms
        texts = {trial.subject: (arm.text,) for trial, arm in arms.items() if trial.kind == "wording" and arm.text}
        self.phrases: Phrasebook = Noting({**self.book.responses, **texts}, self.book.rep) if self.trials else self.book

    def move(self, dossier: Dossier, catalogue: Catalogue) -> Move:
        """The next move, without the questions that this conversation is spared."""
        move = next_move(dossier, catalogue)
        name = move.question.name if move.question is not None else ""
        for trial, arm in self._arms.items():
            if trial.kind == "question" and trial.subject == name and name.startswith(SPARED):
                self.spared[trial.id] = arm.name
                if arm.spares:
                    return next_move(replace(dossier, declined=dossier.declined | {name}), catalogue)
        return move

    @property
    def met(self) -> Mapping[str, str]:
        """The experiments this turn met, with the arm of each."""
        said = self.phrases.said if isinstance(self.phrases, Noting) else set()
        worded = {trial.id: arm.name for trial, arm in self._arms.items() if trial.kind == "wording" and trial.subject in said}
        return {**worded, **self.spared}
