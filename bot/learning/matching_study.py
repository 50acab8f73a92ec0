"""How well a catalogue's problems and answers are recognised in phrasings its author never wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.advice.dossier import Ask, Dossier, Question
from bot.knowledge import Listens, know
from bot.learning import metrics
from bot.learning.metrics import Judged
from bot.nlu.reading import Reading
from bot.store import EphemeralStore

PROJECT = Path(__file__).resolve().parents[2]
PHRASINGS = PROJECT / "bot" / "simulation" / "phrasings"
CATALOGUES = PROJECT / "data" / "catalogues"
NOTHING = ""
"""What is said where the assistant would ask again instead of taking an answer."""


@dataclass(frozen=True)
class Phrased:
    """A new phrasing and what it means: a problem, or a choice of a fact that was asked for."""

    text: str
    problem: str = ""
    fact: str = ""
    choice: str = ""


@dataclass(frozen=True)
class MatchingStudy:
    """The figures of one trade. `problems` and `answers` hold the best match with its claimed probability."""

    trade: str
    problems: tuple[Judged, ...]
    second: float
    """The share of problems among the best two."""
    answers: tuple[Judged, ...]

    @property
    def first(self) -> float:
        """The share of problems recognised at once."""
        return metrics.accuracy(self.problems)

    @property
    def answered(self) -> float:
        """The share of answers taken rightly."""
        return metrics.accuracy(self.answers)

    @property
    def mistaken(self) -> float:
        """The share of answers taken for another one; the rest was asked again."""
        wrong = [one for one in self.answers if not one.right and one.said != NOTHING]
        return len(wrong) / len(self.answers) if self.answers else 0.0


def phrasings(trade: str, folder: Path = PHRASINGS) -> tuple[Phrased, ...]:
    """The new phrasings of a trade: of its problems, then of its answers. Raises OSError when there is no file."""
    content = yaml.load((folder / f"{trade}.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return (*_of_problems(content.get("problems") or {}), *_of_answers(content.get("answers") or {}))


def trades(folder: Path = PHRASINGS) -> tuple[str, ...]:
    """The trades that have new phrasings."""
    return tuple(sorted(path.stem for path in folder.glob("*.yml")))


def matching_study(trade: str, readings: Mapping[str, Reading], cache: Path) -> MatchingStudy:
    """Measure one trade; `readings` holds the reading of every phrasing. Raises CatalogueErrors."""
    store = EphemeralStore()
    try:
        listener = know(CATALOGUES / trade, cache, store).listener
    finally:
        store.close()
    phrased = phrasings(trade)
    found = [(one, _problems(listener, readings[one.text])) for one in phrased if one.problem]
    return MatchingStudy(
        trade,
        tuple(Judged(one.problem, best[0][0], best[0][1]) for one, best in found),
        sum(one.problem in [name for name, _ in best] for one, best in found) / len(found) if found else 0.0,
        tuple(_answer(listener, one, readings[one.text]) for one in phrased if one.fact),
    )


def _problems(listener: Listens, reading: Reading) -> list[tuple[str, float]]:
    """The two likeliest problems of a message that opens a conversation."""
    heard = listener.listen(reading, Dossier())
    return [*((match.id, match.score) for match in heard.problems[:2]), (NOTHING, 0.0)][:2]


def _answer(listener: Listens, one: Phrased, reading: Reading) -> Judged:
    """The choice taken from a reply to the question about the fact."""
    heard = listener.listen(reading, Dossier(open=Question(Ask.FACT, one.fact)))
    told = next((told for told in heard.told if told.fact == one.fact), None)
    return Judged(one.choice, str(told.value) if told else NOTHING, told.confidence if told else 0.0)


def _of_problems(content: Mapping[str, Any]) -> Iterator[Phrased]:
    for problem, texts in content.items():
        yield from (Phrased(text, problem=problem) for text in texts)


def _of_answers(content: Mapping[str, Any]) -> Iterator[Phrased]:
    for fact, choices in content.items():
        for choice, texts in choices.items():
            yield from (Phrased(text, fact=fact, choice=choice) for text in texts)
