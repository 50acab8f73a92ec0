"""Ways to choose the next question: the engine's own, a fixed script, and chance, all with the same beliefs and advice."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier, Question
from bot.advice.facts import Facts
from bot.advice.moves import Move, MoveKind
from bot.advice.need_map import NeedMap, ReadBack, State
from bot.advice.next_move import MOST_QUESTIONS, next_move
from bot.advice.questions import fact_question
from bot.simulation.truths import matters

Policy = Callable[[Dossier, Catalogue, random.Random], Move]
"""From a dossier to the next move."""


def engine(dossier: Dossier, catalogue: Catalogue, chance: random.Random) -> Move:
    """What the assistant does: the question worth most, while one is worth asking."""
    return next_move(dossier, catalogue)


def at_random(dossier: Dossier, catalogue: Catalogue, chance: random.Random) -> Move:
    """Questions in random order, as long as the engine would ask any."""
    move = next_move(dossier, catalogue)
    concern = dossier.concern
    if move.kind is not MoveKind.ASK_CHECK or move.again or concern is None:
        return move
    return replace(move, question=chance.choice(list(_open(dossier, concern, catalogue)) or [move.question]))


def script(dossier: Dossier, catalogue: Catalogue, chance: random.Random) -> Move:
    """Every check of the problem in file order, then every fact its remedies depend on, then the advice."""
    concern = dossier.concern
    if concern is None or concern.state is not State.OPEN or not concern.problem:
        return next_move(dossier, catalogue)
    silent = next_move(dossier.with_concern(replace(concern, questions=MOST_QUESTIONS + 1)), catalogue)
    if silent.kind not in _WHERE_A_SCRIPT_ASKS or concern.read_back is not ReadBack.NOT_YET:
        return silent
    question = next(_open(dossier, concern, catalogue), None)
    if question is None:
        return silent
    again = dossier.open is not None and dossier.open.name == question.name
    return Move(MoveKind.ASK_CHECK, dossier.pending, question, again, concern.id)


_WHERE_A_SCRIPT_ASKS = (MoveKind.ASK_CHECK, MoveKind.ASK_CELL, MoveKind.READ_BACK, MoveKind.ADVISE)

POLICIES: dict[str, Policy] = {"engine": engine, "script": script, "random order": at_random}
"""What is compared, by name."""


def _open(dossier: Dossier, concern: NeedMap, catalogue: Catalogue) -> Iterator[Question]:
    """The questions about the concern that can still be asked, in file order."""
    facts = Facts(dossier, concern, catalogue)
    for name in matters(catalogue, catalogue.problems[concern.problem]):
        question = fact_question(catalogue.facts[name])
        if catalogue.facts[name].askable and name not in facts and not dossier.silenced(question):
            yield question
