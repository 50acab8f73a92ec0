"""Works out a formula's syntax tree with three-valued logic: None is "unknown" and spreads only where it matters."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime

Facts = Mapping[str, object]
Run = Callable[[Facts], "object | None"]
"""From known facts to a value, or None."""

CONSTANTS: Mapping[str, bool] = {"yes": True, "no": False, "true": True, "false": False}
"""Words that stand for a value wherever a formula uses them."""

ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
ORDER: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
LISTS = (ast.List, ast.Tuple, ast.Set)


def compiled(node: ast.expr) -> Run:
    """The function that works out a checked tree; it never raises."""
    return _COMPILERS[type(node)](node)


def unknown(node: ast.expr, facts: Facts) -> set[str]:
    """The names whose values are missing where they matter."""
    if isinstance(node, ast.Constant) or compiled(node)(facts) is not None:
        return set()
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.IfExp):
        truth = _truth(compiled(node.test)(facts))
        branch = node.body if truth else node.orelse
        return unknown(node.test if truth is None else branch, facts)
    return set().union(*(unknown(part, facts) for part in _parts(node)))


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return node.args
    parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return [item for part in parts for item in (part.elts if isinstance(part, LISTS) else [part])]


def _constant(node: ast.Constant) -> Run:
    value = node.value
    return lambda facts: value


def _name(node: ast.Name) -> Run:
    name = node.id
    if name in CONSTANTS:
        truth = CONSTANTS[name]
        return lambda facts: truth
    return lambda facts: facts.get(name)


def _binary(node: ast.BinOp) -> Run:
    left, right, do = compiled(node.left), compiled(node.right), ARITHMETIC[type(node.op)]

    def run(facts: Facts) -> object | None:
        one, other = left(facts), right(facts)
        if one.__class__ in _NUMBERS and other.__class__ in _NUMBERS:
            return _finite(do, one, other)
        if do is operator.sub and isinstance(one, date) and isinstance(other, date):
            return _day(one).toordinal() - _day(other).toordinal()
        return None

    return run


def _unary(node: ast.UnaryOp) -> Run:
    operand, sign = compiled(node.operand), -1 if isinstance(node.op, ast.USub) else 1

    def invert(facts: Facts) -> object | None:
        truth = _truth(operand(facts))
        return None if truth is None else not truth

    def signed(facts: Facts) -> object | None:
        value = operand(facts)
        return sign * value if value.__class__ in _NUMBERS else None  # type: ignore[operator]

    return invert if isinstance(node.op, ast.Not) else signed


def _boolean(node: ast.BoolOp) -> Run:
    decisive, parts = isinstance(node.op, ast.Or), [compiled(part) for part in node.values]

    def run(facts: Facts) -> object | None:
        result: bool | None = not decisive
        for part in parts:
            truth = _truth(part(facts))
            if truth is decisive:
                return decisive
            if truth is None:
                result = None
        return result

    return run


def _comparison(node: ast.Compare) -> Run:
    sides = [node.left, *node.comparators]
    links = [_link(op, sides[place], sides[place + 1]) for place, op in enumerate(node.ops)]
    if len(links) == 1:
        return links[0]

    def run(facts: Facts) -> object | None:
        results = [link(facts) for link in links]
        return False if False in results else None if None in results else True

    return run


def _link(op: ast.cmpop, left: ast.expr, right: ast.expr) -> Run:
    """One comparison of a chain."""
    if isinstance(right, LISTS):
        return _member(compiled(left), [compiled(item) for item in right.elts], isinstance(op, ast.In))
    if isinstance(op, (ast.Eq, ast.NotEq)):
        return _equal(compiled(left), compiled(right), isinstance(op, ast.Eq))
    return _ordered(compiled(left), compiled(right), ORDER[type(op)])


def _member(left: Run, items: list[Run], wanted: bool) -> Run:
    def run(facts: Facts) -> object | None:
        value = left(facts)
        if value is None:
            return None
        others = [item(facts) for item in items]
        if any(other is not None and _same(value, other) for other in others):
            return wanted
        return None if None in others else not wanted

    return run


def _equal(left: Run, right: Run, wanted: bool) -> Run:
    def run(facts: Facts) -> object | None:
        one, other = left(facts), right(facts)
        if one is None or other is None:
            return None
        return _same(one, other) is wanted

    return run


def _ordered(left: Run, right: Run, do: Callable[[float, float], bool]) -> Run:
    def run(facts: Facts) -> object | None:
        one, other = left(facts), right(facts)
        if isinstance(one, date) or isinstance(other, date):
            one, other = _ordinal(one), _ordinal(other)
        if one.__class__ in _NUMBERS and other.__class__ in _NUMBERS:
            return do(one, other)  # type: ignore[arg-type]
        return None

    return run


def _choice(node: ast.IfExp) -> Run:
    test, yes, no = compiled(node.test), compiled(node.body), compiled(node.orelse)

    def run(facts: Facts) -> object | None:
        truth = _truth(test(facts))
        return None if truth is None else yes(facts) if truth else no(facts)

    return run


_MATHS: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "ceil": math.ceil,
    "floor": math.floor,
    "max": max,
    "min": min,
    "round": round,
}


def _call(node: ast.Call) -> Run:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    arguments = [compiled(argument) for argument in node.args]
    if name == "known":
        return lambda facts: arguments[0](facts) is not None

    def run(facts: Facts) -> object | None:
        values = [argument(facts) for argument in arguments]
        return _finite(_MATHS[name], *values) if all(value.__class__ in _NUMBERS for value in values) else None

    return run


_COMPILERS: Mapping[type[ast.expr], Callable[..., Run]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _comparison,
    ast.BoolOp: _boolean,
    ast.IfExp: _choice,
    ast.Call: _call,
}

_NUMBERS = frozenset({int, float})


def _finite(do: Callable[..., float], *values: object) -> float | None:
    """The result, or None when there is none that can be counted with."""
    try:
        result = do(*values)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return result if math.isfinite(result) else None


def _truth(value: object | None) -> bool | None:
    """Whether a value counts as yes; words other than yes and no are neither."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return CONSTANTS.get(value)
    return bool(value) if value.__class__ in _NUMBERS else None


def _same(one: object, other: object) -> bool:
    """Equality; yes/no as words equals yes/no as truth, and a day equals its 'YYYY-MM-DD'."""
    if isinstance(one, date) or isinstance(other, date):
        return _ordinal(one) == _ordinal(other)
    if isinstance(one, bool) and isinstance(other, str):
        return one is CONSTANTS.get(other)
    if isinstance(other, bool) and isinstance(one, str):
        return other is CONSTANTS.get(one)
    return one == other


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _ordinal(value: object) -> object:
    """A day as a number; anything that is no day as it is."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return value
    return _day(value).toordinal() if isinstance(value, date) else value
