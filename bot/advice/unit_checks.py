"""Finds the places where a formula adds or compares quantities whose units do not fit together."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from bot.advice.formulas import Formula, column_of
from bot.advice.unit_algebra import Unit, UnitError


@dataclass(frozen=True)
class UnitProblem:
    """A place in a formula where units are mixed: what is wrong and what to write, and the column, from 1.

    `sure` is False when the author may mean it: things counted differently, or a day left out of `a day`.
    """

    message: str
    column: int
    sure: bool = True


def check_units(formula: Formula, units_by_name: Mapping[str, str], result: str = "") -> tuple[UnitProblem, ...]:
    """The places where a formula adds or compares units that differ, or where its value is not in the unit `result`.

    Plain numbers, names without a unit and anything multiplied by a plain number adapt to what they meet. Counted
    things (loads, rooms) may be left out: `loads/day * kg` is fine as kg/day. Unreadable units adapt too.
    """
    checker = _Checker(formula.source, units_by_name)
    unit = checker.visit(formula.tree)
    declared = _read(result)
    if declared is not None and unit is not None:
        checker.compare(unit, declared, formula.tree, "it comes to {} but is declared as {}")
    return tuple(checker.problems)


def _read(text: str) -> Unit | None:
    try:
        return Unit.parse(text) if text.strip() else None
    except UnitError:
        return None


class _Checker:
    """Walks a formula; a unit of None adapts to whatever it meets."""

    def __init__(self, source: str, units: Mapping[str, str]) -> None:
        self.source = source
        self.units = units
        self.problems: list[UnitProblem] = []

    def visit(self, node: ast.expr) -> Unit | None:
        """The unit of a part; notes the problems inside it."""
        if isinstance(node, ast.Name):
            return _read(self.units.get(node.id, ""))
        if isinstance(node, ast.BinOp):
            return self._arithmetic(node)
        if isinstance(node, ast.UnaryOp):
            unit = self.visit(node.operand)
            return None if isinstance(node.op, ast.Not) else unit
        if isinstance(node, ast.IfExp):
            self.visit(node.test)
            return self._all_same([node.body, node.orelse])
        if isinstance(node, ast.Call):
            several = isinstance(node.func, ast.Name) and node.func.id in ("min", "max")
            return self._all_same(node.args if several else node.args[:1])
        self._logic(node)
        return None

    def _logic(self, node: ast.expr) -> None:
        if isinstance(node, ast.Compare):
            sides = [getattr(side, "elts", None) or [side] for side in node.comparators]
            self._all_same([node.left, *(part for parts in sides for part in parts)])
        elif isinstance(node, ast.BoolOp):
            for part in node.values:
                self.visit(part)

    def _arithmetic(self, node: ast.BinOp) -> Unit | None:
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return self._all_same([node.left, node.right])
        left, right = self.visit(node.left), self.visit(node.right)
        if left is None or right is None:
            return None
        return left * right if isinstance(node.op, ast.Mult) else left / right

    def _all_same(self, nodes: list[ast.expr]) -> Unit | None:
        """Notes every part whose unit differs from the first one that has a unit; returns that unit."""
        first: Unit | None = None
        for node in nodes:
            unit = self.visit(node)
            if first is None:
                first = unit
            elif unit is not None:
                self.compare(first, unit, node, "{} and {} are mixed")
        return first

    def compare(self, one: Unit, other: Unit, node: ast.expr, wording: str) -> None:
        """Notes a problem when two units do not fit together."""
        advice, sure = _difference(one, other)
        if advice:
            message = f"{wording.format(one, other)}: {advice}"
            self.problems.append(UnitProblem(message, column_of(self.source, node), sure))


def _difference(one: Unit, other: Unit) -> tuple[str, bool]:
    """What to write when two units do not fit together, and whether it is surely wrong; empty when they fit."""
    if one.measured != other.measured:
        times = [power for base, power in (*one.measured, *other.measured) if base == "s"]
        if _timeless(one) == _timeless(other) and len(times) == 1:
            return "one is for a stretch of time and the other is not; declare both a day, or neither", False
        return "write both in the same unit", True
    if not one.counts_fit(other):
        return "these are different things; compare like with like", False
    return _sizes(one, other), True


def _sizes(one: Unit, other: Unit) -> str:
    ratio = one.size / other.size
    if abs(ratio - 1) < 1e-9:
        return ""
    change = f"{one} * {ratio:.6g}" if ratio > 1 else f"{one} / {1 / ratio:.6g}"
    return f"{change} is {other}; write that, or declare both in the same unit"


def _timeless(unit: Unit) -> set[tuple[str, int]]:
    return {(base, power) for base, power in unit.measured if base != "s"}
