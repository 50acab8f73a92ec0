"""Everything that can be asked now, for a rep who wants to jump: the guide follows wherever they go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.advice.call import Call
from bot.advice.calling import ASKED_CELLS, OWN_WORDS, cell_question, may_read_back
from bot.advice.dossier import Ask, Question
from bot.advice.guide_questions import said
from bot.advice.need_map import State
from bot.advice.questions import fact_question
from bot.advice.scene import Scene

GROUPS = ("need", "causes", "around", "end")
"""The groups of questions, in the order of a call."""


@dataclass(frozen=True)
class Jump:
    """A question the rep may turn to: its name, how it is said, its group, and whether it was put aside or answered."""

    name: str
    say: str
    group: str
    put_aside: bool = False
    answered: bool = False


def anywhere(scene: Scene, call: Call) -> tuple[Jump, ...]:
    """Every question that stands, by group; one that was answered may be asked again."""
    found = dict.fromkeys(_standing(scene))
    return tuple(
        Jump(question.name, said(scene, question), group, question.name in _aside(scene, call), _is_answered(scene, question))
        for group, question in found
    )


def _standing(scene: Scene) -> Iterator[tuple[str, Question]]:
    concern = scene.concern
    if concern is None or concern.state is not State.OPEN:
        yield "need", Question(Ask.ANYTHING)
        yield "end", Question(Ask.MISSED)
        return
    yield "need", OWN_WORDS
    yield "need", cell_question(ASKED_CELLS[0])
    if may_read_back(concern, scene.catalogue):
        yield "need", Question(Ask.READ_BACK, concern.need)
    problem = scene.catalogue.problems.get(concern.problem)
    facts = (scene.catalogue.facts.get(check.fact) for check in problem.checks) if problem is not None else ()
    for fact in facts:
        if fact is not None and fact.askable:
            yield "causes", fact_question(fact)
    for name in ASKED_CELLS[1:]:
        yield "around", cell_question(name)


def _aside(scene: Scene, call: Call) -> frozenset[str]:
    return scene.dossier.declined | scene.dossier.unknown | call.skipped


def _is_answered(scene: Scene, question: Question) -> bool:
    if question.ask is Ask.FACT:
        return question.key in scene.dossier.facts
    concern = scene.concern
    return question.ask is Ask.CELL and concern is not None and question.key in {name.value for name in concern.cells}
