"""Finds formulas whose values do not go together: a choice compared with a number, an answer that does not exist."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from bot.advice.catalogue import Fact, FactType
from bot.advice.formulas import Formula, column_of, nearest

_WORDS = {
    FactType.NUMBER: "a number",
    FactType.CHOICE: "a choice",
    FactType.YES_NO: "yes or no",
    FactType.DATE: "a day",
}


@dataclass(frozen=True)
class TypeProblem:
    """What does not go together and what to write, and the column in the formula, from 1.

    `sure` is False for a value that a record may hold although no choice names it.
    """

    message: str
    column: int
    sure: bool = True


def type_problems(formula: Formula, facts: Mapping[str, Fact]) -> tuple[TypeProblem, ...]:
    """The places where a formula treats a fact as something it is not; all its names must be among `facts`."""
    walker = _Walker(formula, facts)
    walker.walk(formula.tree)
    return tuple(walker.problems)


class _Walker:
    def __init__(self, formula: Formula, facts: Mapping[str, Fact]) -> None:
        self.formula = formula
        self.facts = facts
        self.problems: list[TypeProblem] = []

    def walk(self, tree: ast.expr) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp):
                self._numbers([node.left, node.right])
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id != "known":
                self._numbers(node.args)
            elif isinstance(node, ast.BoolOp):
                self._truths(node.values)
            elif isinstance(node, (ast.UnaryOp, ast.IfExp)):
                self._one_operand(node)
            elif isinstance(node, ast.Compare):
                self._comparison(node)

    def _one_operand(self, node: ast.UnaryOp | ast.IfExp) -> None:
        if isinstance(node, ast.IfExp):
            self._truths([node.test])
        elif isinstance(node.op, ast.Not):
            self._truths([node.operand])
        else:
            self._numbers([node.operand])

    def _numbers(self, nodes: list[ast.expr]) -> None:
        for node in nodes:
            fact = self._fact(node)
            if fact is not None and fact.type in (FactType.CHOICE, FactType.YES_NO, FactType.TEXT):
                self._note(node, f"{fact.id} is {_WORDS.get(fact.type, 'a text')}: use a number here, or compare it with ==")
            elif isinstance(node, ast.Constant) and isinstance(node.value, (str, bool)):
                self._note(node, f"'{node.value}' is no number: write a number without quotes")

    def _truths(self, nodes: list[ast.expr]) -> None:
        for node in nodes:
            fact = self._fact(node)
            if fact is not None and fact.type is FactType.CHOICE and not _answers_yes(fact):
                first = fact.choices[0].id if fact.choices else "…"
                self._note(node, f"{fact.id} is a choice, neither yes nor no: write {fact.id} == '{first}'")

    def _comparison(self, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                self._numbers([left, right] if not self._has_day(left, right) else [])
                continue
            others = right.elts if isinstance(right, (ast.List, ast.Tuple, ast.Set)) else [right]
            for other in others:
                self._equal(left, other)
                self._equal(other, left)

    def _has_day(self, left: ast.expr, right: ast.expr) -> bool:
        facts = (self._fact(left), self._fact(right))
        return any(fact is not None and fact.type is FactType.DATE for fact in facts)

    def _equal(self, named: ast.expr, other: ast.expr) -> None:
        """A fact compared with a value written out: the value must be one the fact can have."""
        fact = self._fact(named)
        if fact is None or not isinstance(other, ast.Constant):
            return
        if fact.type is FactType.NUMBER and not isinstance(other.value, (int, float)):
            self._note(other, f"{fact.id} is a number: write a number without quotes")
        elif fact.type is FactType.CHOICE:
            self._choice(fact, other)

    def _choice(self, fact: Fact, other: ast.Constant) -> None:
        known = [choice.id for choice in fact.choices]
        if not known or str(other.value) in known or isinstance(other.value, bool):
            return
        word = str(other.value)
        hint = nearest(word, known) or ": write one of " + ", ".join(f"'{name}'" for name in known)
        sure = not (fact.from_customer or fact.from_asset)
        self._note(other, f"'{word}' is no answer to {fact.id}{hint}", sure)

    def _fact(self, node: ast.expr) -> Fact | None:
        return self.facts.get(node.id) if isinstance(node, ast.Name) else None

    def _note(self, node: ast.expr, message: str, sure: bool = True) -> None:
        self.problems.append(TypeProblem(message, column_of(self.formula.source, node), sure))


def _answers_yes(fact: Fact) -> bool:
    return {choice.id for choice in fact.choices} <= {"yes", "no"}
