"""Checks formulas: names that are no fact, values that do not go together, mixed units, facts that need themselves."""

from __future__ import annotations

from collections.abc import Mapping

from bot.advice.catalogue import Catalogue, Fact, FactType
from bot.advice.units import check_units
from bot.content.formula_types import type_problems
from bot.content.kinds import column_in
from bot.content.reader import Reader, Written
from bot.content.values import Text


def check_formulas(catalogue: Catalogue, reader: Reader) -> None:
    """Reports what is wrong with any formula of the catalogue."""
    units = {fact.id: fact.unit for fact in catalogue.facts.values() if fact.type is FactType.NUMBER}
    results = {id(fact.formula): fact for fact in catalogue.facts.values() if fact.formula is not None}
    declared = reader.declared.get("fact", {})
    for written in reader.formulas:
        if written.formula.names <= catalogue.facts.keys():
            _check_one(written, results.get(id(written.formula)), units, catalogue, reader)
        else:
            _unknown_names(written, declared, reader)
    check_cycles(catalogue.facts, reader)


def _unknown_names(written: Written, declared: Mapping[str, Text], reader: Reader) -> None:
    for error in written.formula.errors(declared):
        reader.error(written.at, error.message, column=column_in(written.at, error.column))


def _check_one(written: Written, fact: Fact | None, units: Mapping[str, str], catalogue: Catalogue, reader: Reader) -> None:
    for problem in type_problems(written.formula, catalogue.facts):
        report = reader.error if problem.sure else reader.warning
        report(written.at, problem.message, column=column_in(written.at, problem.column))
    result = _unit_of_result(written, fact, catalogue)
    for mixed in check_units(written.formula, units, result):
        if written.role == "money" and not mixed.sure:
            continue
        report = reader.error if mixed.sure else reader.warning
        report(written.at, mixed.message, column=column_in(written.at, mixed.column))


def _unit_of_result(written: Written, fact: Fact | None, catalogue: Catalogue) -> str:
    if written.role == "fact" and fact is not None and fact.type is FactType.NUMBER:
        return fact.unit
    return f"{catalogue.company.currency}/year" if written.role == "money" else ""


def check_cycles(facts: Mapping[str, Fact], reader: Reader) -> None:
    """Reports facts whose formulas need each other in a circle."""
    done: set[str] = set()
    for name in facts:
        circle = _circle(name, facts, done, [])
        if circle:
            place = reader.place("fact", circle[0])
            chain = " needs ".join([*circle, circle[0]])
            reader.error(place, f"a fact that depends on itself: {chain}", "ask for one of them instead")


def _circle(name: str, facts: Mapping[str, Fact], done: set[str], path: list[str]) -> list[str]:
    if name in path:
        return path[path.index(name) :]
    fact = facts.get(name)
    if name in done or fact is None or fact.formula is None:
        return []
    done.add(name)
    for needed in sorted(fact.formula.names):
        circle = _circle(needed, facts, done, [*path, name])
        if circle:
            return circle
    return []
