"""Small formulas over facts, such as `washable >= rooms * 4.2`: read once, never run as code, unknown when a fact is.

The language: numbers, 'strings', yes / no, fact names, + - * /, comparisons (chainable), and / or / not, `in [...]`,
`x if condition else y`, and the functions min max round ceil floor abs known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from bot.advice.formula_values import ARITHMETIC, CONSTANTS, LISTS, ORDER, Run, compiled, unknown

MAX_LENGTH = 1_000
"""The most characters a formula may have."""

MAX_PARTS = 250
"""The most names, numbers and operators a formula may have."""

FUNCTIONS = ("abs", "ceil", "floor", "known", "max", "min", "round")
"""The functions a formula may use."""


class FormulaError(ValueError):
    """A formula that cannot be read: what is wrong and what to write, and the column (from 1) where it is wrong."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


@dataclass(frozen=True)
class Formula:
    """A formula, read and checked when it is made; two formulas are equal when their text is. Raises FormulaError."""

    source: str
    names: frozenset[str] = field(init=False, repr=False, compare=False)
    """The facts it speaks of."""
    tree: ast.expr = field(init=False, repr=False, compare=False)
    """Its checked syntax tree, for those who walk it (units, types)."""
    run: Run = field(init=False, repr=False, compare=False)
    """Works it out; what `value` calls."""

    def __post_init__(self) -> None:
        tree = _parse(self.source)
        object.__setattr__(self, "tree", tree)
        object.__setattr__(self, "run", compiled(tree))
        object.__setattr__(self, "names", frozenset(name.id for name in _names(tree)))

    def value(self, facts: Mapping[str, object]) -> object | None:
        """What it comes to, or None when a fact it needs is missing (absent or None) or the sum has no result (1 / 0).

        A missing fact counts only where it matters: `no and unknown` is False, `yes or unknown` is True. Never raises.
        """
        return self.run(facts)

    def unknown(self, facts: Mapping[str, object]) -> frozenset[str]:
        """The names that must be known next before it has a value; empty when it has one."""
        return frozenset() if self.run(facts) is not None else frozenset(unknown(self.tree, facts))

    def errors(self, known: Iterable[str]) -> tuple[FormulaError, ...]:
        """One error for each name that is not among `known`, with the nearest one, in order of appearance."""
        names = sorted(known)
        wrong = [name for name in _names(self.tree) if name.id not in names]
        wrong.sort(key=lambda name: name.col_offset)
        return tuple(_unknown_name(name.id, names, column_of(self.source, name)) for name in wrong)

    def __reduce__(self) -> tuple[type[Formula], tuple[str]]:
        """Copies and pickles by its text."""
        return Formula, (self.source,)


def column_of(source: str, node: ast.expr) -> int:
    """The column (from 1, in characters) where a part of the formula begins."""
    before = source.encode("utf-8", "replace")[: max(node.col_offset, 0)]
    return len(before.decode("utf-8", "ignore")) + 1


def nearest(word: str, known: Iterable[str]) -> str:
    """`: did you mean 'x'?` for the known word most like `word`, or nothing when none is near."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f": did you mean '{close[0]}'?" if close else ""


def _unknown_name(name: str, names: list[str], column: int) -> FormulaError:
    hint = nearest(name, names) or ": declare it under facts, or as an ask check"
    return FormulaError(f"unknown name '{name}'{hint}", column)


# Reading


def _parse(source: str) -> ast.expr:
    if not source.strip():
        raise FormulaError("an empty formula: write a condition such as 'rooms > 40'")
    if len(source) > MAX_LENGTH:
        raise FormulaError(f"{len(source)} characters in one formula: split it into facts of at most {MAX_LENGTH}")
    text = source.replace("\n", " ").replace("\t", " ")
    indent = len(text) - len(text.lstrip(" "))
    tree = _syntax_tree(text.lstrip(" "), indent)
    _check(tree, source)
    return tree


def _syntax_tree(text: str, indent: int) -> ast.expr:
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        hint = _hint(text, max(error.offset or 1, 1))
        raise FormulaError(hint.message, indent + hint.column) from None
    except (ValueError, MemoryError, RecursionError, OverflowError):
        raise FormulaError("this does not read as a formula: write it shorter and with fewer brackets") from None
    if indent:
        for node in ast.walk(tree):
            if isinstance(node, ast.expr):
                node.col_offset += indent
    return tree


_HINTS = (
    ("&&", "write and instead of &&"),
    ("||", "write or instead of ||"),
    ("=>", "write >= instead of =>"),
    ("=<", "write <= instead of =<"),
    ("<>", "write != instead of <>"),
    ("≥", "write >= instead of ≥"),
    ("≤", "write <= instead of ≤"),
    ("×", "write * instead of ×"),
    ("!", "write not instead of !"),
    ("%", "write a plain number instead of %"),
    ("’", "write straight quotes, 'like this'"),
    ("‘", "write straight quotes, 'like this'"),
)


def _hint(text: str, column: int) -> FormulaError:
    """What to write instead, at the sign that is not understood, or else where reading ended."""
    plain = text.replace("!=", "  ")
    found = [(plain.index(sign), advice) for sign, advice in _HINTS if sign in plain]
    if found:
        place, advice = min(found)
        return FormulaError(advice, place + 1)
    single = re.search(r"(?<![=<>])=(?!=)", plain)
    if single:
        return FormulaError("write == to compare, not =", single.start() + 1)
    example = "write one such as \"rooms > 40 and region == 'DE'\""
    return FormulaError(f"this does not read as a formula: {example}", column)


_COMPARE = (*ORDER, ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def _check(tree: ast.expr, source: str) -> None:
    """Allows what the language has and nothing else."""
    parts = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    if len(parts) > MAX_PARTS:
        raise FormulaError(f"{len(parts)} parts in one formula: split it into facts of at most {MAX_PARTS}")
    in_lists = {id(right) for node in parts if isinstance(node, ast.Compare) for right in _list_sides(node)}
    for node in sorted(parts, key=lambda part: part.col_offset):
        problem = _problem(node, id(node) in in_lists)
        if problem:
            raise FormulaError(problem, column_of(source, node))


def _list_sides(node: ast.Compare) -> list[ast.expr]:
    return [side for op, side in zip(node.ops, node.comparators, strict=True) if isinstance(op, (ast.In, ast.NotIn))]


def _problem(node: ast.expr, is_list_side: bool) -> str:
    """What is wrong with one part, looked at alone; empty when nothing is."""
    if is_list_side:
        return "" if isinstance(node, LISTS) else "write a list after in: in ['a', 'b']"
    find = _PROBLEMS.get(type(node))
    if find is None:
        return "this is not part of the formula language: use numbers, 'words', facts, + - * /, comparisons, and, or, not"
    return find(node)


def _constant_problem(value: object) -> str:
    if isinstance(value, (bool, str)):
        return ""
    if isinstance(value, (int, float)):
        return "" if abs(value) <= 1e15 else "a number this large is not allowed: at most 1e15"
    return "write a number, 'a word', yes or no"


_ARGUMENTS = {"round": (1, 2), "min": (1, 50), "max": (1, 50)}


def _call_problem(node: ast.Call) -> str:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if not name:
        return f"only {', '.join(FUNCTIONS)} may be called"
    if name not in FUNCTIONS:
        return f"unknown function '{name}'{nearest(name, FUNCTIONS) or ': write one of ' + ', '.join(FUNCTIONS)}"
    least, most = _ARGUMENTS.get(name, (1, 1))
    if node.keywords or not least <= len(node.args) <= most:
        return f"{name} takes {'one value' if most == 1 else f'{least} to {most} values'}, separated by commas"
    if name == "known" and not isinstance(node.args[0], ast.Name):
        return "known takes the name of one fact: known(rooms)"
    return ""


def _binary_problem(node: ast.BinOp) -> str:
    return "" if type(node.op) in ARITHMETIC else "only + - * / are known: write the formula with these"


def _unary_problem(node: ast.UnaryOp) -> str:
    return "only - and not may stand before a value" if isinstance(node.op, ast.Invert) else ""


def _compare_problem(node: ast.Compare) -> str:
    return "" if all(type(op) in _COMPARE for op in node.ops) else "write == to compare, not is"


def _nothing(node: ast.expr) -> str:
    return ""


def _list_problem(node: ast.expr) -> str:
    return "a list may only stand after in: region in ['DE', 'AT']"


_PROBLEMS: Mapping[type[ast.expr], Callable[..., str]] = {
    ast.Name: _nothing,
    ast.BoolOp: _nothing,
    ast.IfExp: _nothing,
    ast.Constant: lambda node: _constant_problem(node.value),
    ast.BinOp: _binary_problem,
    ast.UnaryOp: _unary_problem,
    ast.Compare: _compare_problem,
    ast.Call: _call_problem,
    **dict.fromkeys(LISTS, _list_problem),
}


def _names(tree: ast.expr) -> list[ast.Name]:
    """The names that stand for facts: neither functions nor yes and no."""
    nodes = list(ast.walk(tree))
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Name) and id(node) not in called]
    return [name for name in names if name.id not in CONSTANTS]
