"""What the bots are told: to each the talk it was made for, the same in every run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from benchmarks.servers import Line, Reply
from bot.learning.voices import held_out

STOCK_STORY = ("greet", "mood_unhappy", "deny", "goodbye", "greet", "mood_great", "goodbye", "bot_challenge")
TALKATIVE = ("informs", "gives_reason", "states_need", "reports_problem", "corrects", "does_not_know", "asks_price")


class Talker(Protocol):
    """Somebody who has something to say next, given the last reply."""

    def next(self, reply: Reply) -> str:
        """The next message."""


@dataclass
class Customer:
    """A customer of ours: opens with a problem, types what a ready reply says, else speaks as held-out voices do."""

    openers: Sequence[str]
    sayings: Sequence[str]
    chance: random.Random
    _spoken: int = 0

    def next(self, reply: Reply) -> str:
        """A problem first; then, three times in four, the words of a button that was offered."""
        self._spoken += 1
        if self._spoken == 1:
            return self.chance.choice(self.openers)
        titles = [button["title"] for message in reply for button in message.get("buttons", ())]
        if titles and self.chance.random() < 0.75:
            return str(self.chance.choice(titles))
        return self.chance.choice(self.sayings)


@dataclass
class Rambler:
    """A customer who goes on for hundreds of turns, whatever is answered."""

    sayings: Sequence[str]
    chance: random.Random

    def next(self, reply: Reply) -> str:
        """Any saying."""
        return self.chance.choice(self.sayings)


@dataclass
class Starter:
    """The customer that the starter bot's stories know: glad, sad, or asking whether it is a bot."""

    examples: dict[str, list[str]]
    chance: random.Random
    _spoken: int = 0

    def next(self, reply: Reply) -> str:
        """An example of the next intent of its stories, over and over."""
        intent = STOCK_STORY[self._spoken % len(STOCK_STORY)]
        self._spoken += 1
        return self.chance.choice(self.examples[intent])


@dataclass
class Conversation:
    """One conversation going on: who talks, over which line, under which name."""

    line: Line
    sender: str
    talker: Talker
    _reply: Reply = field(default_factory=list)

    def turn(self) -> float:
        """One turn; seconds from sending the message to having the reply."""
        seconds, self._reply = self.line.timed(self.sender, self.talker.next(self._reply))
        return seconds


def sayings(acts: Sequence[str] = TALKATIVE) -> list[str]:
    """What held-out voices say by these acts."""
    return [spoken.text for spoken in held_out().single if spoken.act in acts]


def openers(catalogue: Path) -> list[str]:
    """How customers of a company say their problems: every phrasing in its catalogue."""
    return [phrase for file in sorted(catalogue.glob("*.yml")) for phrase in _phrasings(_read(file))]


def starter_examples(project: Path) -> dict[str, list[str]]:
    """The starter bot's own examples, by intent."""
    blocks = _read(project / "data" / "nlu.yml")["nlu"]
    return {block["intent"]: _lines(block["examples"]) for block in blocks}


def _phrasings(content: Any) -> Iterator[str]:
    for problem in (content or {}).get("problems") or ():
        said = problem.get("said_as") or ()
        yield from [said] if isinstance(said, str) else said


def _lines(examples: str) -> list[str]:
    return [line.strip().removeprefix("- ") for line in examples.splitlines() if line.strip()]


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506
