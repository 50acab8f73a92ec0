"""Tries conditions on values around the numbers they name: conditions nobody meets, ranges with a gap or an overlap."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from bot.advice.catalogue import Check, Fact, FactType
from bot.advice.formulas import Formula


def contradiction(conditions: Sequence[Formula], facts: Mapping[str, Fact]) -> str:
    """What no customer could meet, in words; empty when nothing is found.

    Only conditions over one fact that compare it with plain values are tried, so that nothing is found wrongly.
    """
    for formula in conditions:
        if not formula.names and formula.value({}) in (False, 0):
            return f"'{formula.source}' is never true"
    for name, about in _by_fact(conditions).items():
        fact = facts.get(name)
        values = _values(about, fact) if fact is not None else []
        if values and not any(all(one.value({name: value}) is True for one in about) for value in values):
            return f"no {name} meets {' and '.join(one.source for one in about)}"
    return ""


def gap(check: Check, fact: Fact | None) -> str:
    """For a check with ranges of one number: a value that falls in none or in several; empty when there is none."""
    formulas = [band.when for band in check.bands if band.when is not None]
    if fact is None or len(formulas) != len(check.bands) or any(not _simple(one, check.fact) for one in formulas):
        return ""
    for value in _values(formulas, fact):
        count = sum(one.value({check.fact: value}) is True for one in formulas)
        if count != 1:
            return f"{check.fact} = {value} falls into {'no answer' if not count else f'{count} answers'}"
    return ""


def _by_fact(conditions: Iterable[Formula]) -> dict[str, list[Formula]]:
    found: dict[str, list[Formula]] = {}
    for formula in conditions:
        if len(formula.names) == 1 and _simple(formula, next(iter(formula.names))):
            found.setdefault(next(iter(formula.names)), []).append(formula)
    return found


def _simple(formula: Formula, name: str) -> bool:
    """Whether it only compares one fact with plain values."""
    arithmetic = (ast.BinOp, ast.Call, ast.IfExp)
    return formula.names == {name} and not any(isinstance(node, arithmetic) for node in ast.walk(formula.tree))


def _values(formulas: Iterable[Formula], fact: Fact) -> list[object]:
    """Values on, between and beyond the ones the formulas name."""
    if fact.type is FactType.YES_NO:
        return [True, False]
    if fact.type is FactType.CHOICE:
        return [choice.id for choice in fact.choices]
    if fact.type is not FactType.NUMBER:
        return []
    numbers = sorted({number for formula in formulas for number in _numbers(formula)})
    if not numbers:
        return []
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    return [*sorted({*numbers, *between, numbers[-1] + 1, *([numbers[0] / 2] if numbers[0] > 0 else [])})]


def _numbers(formula: Formula) -> Iterator[float]:
    for node in ast.walk(formula.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
            yield node.value
