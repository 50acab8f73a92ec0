"""Warns of places where a talk would have nowhere to go: no remedy, nothing to tell causes apart, no contact."""

from __future__ import annotations

from collections.abc import Iterator

from bot.advice.catalogue import Catalogue, Check, Fact, FactType, Likely, Problem, Rung
from bot.advice.diagnosis import likelihoods
from bot.content.contradictions import contradiction, gap
from bot.content.reader import Reader
from bot.content.values import Value


def check_dead_ends(catalogue: Catalogue, reader: Reader) -> None:
    """Warns of everything that would leave a customer without good advice."""
    for problem in catalogue.problems.values():
        _remedies(problem, catalogue, reader)
        _checks(problem, catalogue, reader)
        _twins(problem, catalogue, reader)
    _outcomes(catalogue, reader)
    _remedy_conditions(catalogue, reader)
    _people(catalogue, reader)
    _phrasings(catalogue, reader)


def _remedies(problem: Problem, catalogue: Catalogue, reader: Reader) -> None:
    rungs: set[Rung] = set()
    for cause in problem.causes:
        remedies = catalogue.remedies_by_cause.get(cause.id, ())
        rungs |= {remedy.rung for remedy in remedies}
        if not remedies:
            instead = f"add a remedy with `serves: {{{cause.id}: usually}}`"
            reader.warning(reader.place("cause", cause.id), f"cause '{cause.id}' has no remedy", instead)
        elif all(remedy.serves[cause.id] in (Likely.NEVER, Likely.RARELY) for remedy in remedies):
            instead = "add a remedy that serves it usually"
            reader.warning(reader.place("cause", cause.id), f"cause '{cause.id}' is rarely served by any remedy", instead)
    if rungs == {Rung.BUY}:
        instead = "add what can be done with what they own, or a vendor"
        reader.warning(reader.place("problem", problem.id), f"problem '{problem.id}' can only be bought away", instead)


def _checks(problem: Problem, catalogue: Catalogue, reader: Reader) -> None:
    for check in problem.checks:
        place = reader.noted["check", problem.id, check.id]
        if len(problem.causes) > 1 and len(set(_spreads(check, problem).values())) == 1:
            instead = "add if: {cause: usually} to an answer, or delete the check"
            reader.warning(place, f"check '{check.id}' tells nothing about the causes of {problem.id}", instead)
        missed = gap(check, catalogue.facts.get(check.fact))
        if missed:
            reader.warning(place, f"check '{check.id}': {missed}", "let the ranges meet without overlapping")


Spread = tuple[float, ...]


def _spreads(check: Check, problem: Problem) -> dict[str, Spread]:
    """For each cause how likely each answer is, as the engine reckons it."""
    causes = tuple(cause.id for cause in problem.causes)
    table = likelihoods(check, causes)
    return {cause: tuple(round(row[cause], 6) for row in table.values()) for cause in causes}


def _twins(problem: Problem, catalogue: Catalogue, reader: Reader) -> None:
    """Causes that every check treats alike, unless the same remedies serve both equally well."""
    seen: dict[tuple[Spread, ...], str] = {}
    spreads = [_spreads(check, problem) for check in problem.checks]
    for cause in problem.causes:
        signature = tuple(spread[cause.id] for spread in spreads)
        first = seen.setdefault(signature, cause.id)
        if first != cause.id and _served(first, catalogue) != _served(cause.id, catalogue):
            message = f"no check of {problem.id} tells '{cause.id}' from '{first}'"
            instead = "name one of them in the if: of an answer that the other makes unlikely"
            reader.warning(reader.place("cause", cause.id), message, instead)


def _served(cause: str, catalogue: Catalogue) -> dict[str, Likely]:
    return {remedy.id: remedy.serves[cause] for remedy in catalogue.remedies_by_cause.get(cause, ())}


def _outcomes(catalogue: Catalogue, reader: Reader) -> None:
    for name in catalogue.outcomes:
        problems = catalogue.problems_by_outcome.get(name, ())
        causes = [cause.id for problem in problems for cause in problem.causes]
        if not any(cause in catalogue.remedies_by_cause for cause in causes):
            instead = f"add `outcomes: [{name}]` to a problem that has a remedy"
            reader.warning(reader.place("outcome", name), f"nothing serves outcome '{name}'", instead)


def _remedy_conditions(catalogue: Catalogue, reader: Reader) -> None:
    for remedy in catalogue.remedies.values():
        problem = contradiction([one.needs for one in remedy.conditions], catalogue.facts)
        if problem:
            reader.warning(reader.place("remedy", remedy.id), f"remedy '{remedy.id}' can never be advised: {problem}", _MEND)


_MEND = "correct its conditions"


def _people(catalogue: Catalogue, reader: Reader) -> None:
    for vendor in catalogue.vendors.values():
        if not vendor.contact:
            instead = "add contact: with a person's name and how to reach them"
            reader.warning(reader.place("vendor", vendor.id), f"vendor '{vendor.id}' has no contact", instead)
    for expert in catalogue.experts.values():
        if not expert.contact and not catalogue.company.contact:
            reader.warning(reader.place("expert", expert.id), f"expert '{expert.id}' has no contact", "add contact:")


def _phrasings(catalogue: Catalogue, reader: Reader) -> None:
    """Answers that customers can only give by clicking, and problems known by their names alone."""
    for fact in catalogue.facts.values():
        if fact.askable and fact.type is FactType.CHOICE:
            for name in _silent(fact):
                instead = "add said_as: with three ways customers say it"
                reader.warning(_place(fact, reader), f"answer '{name}' of '{fact.id}' has no said_as", instead)
    for problem in catalogue.problems.values():
        if len(problem.said_as) < 3:
            instead = "write five to eight, in different words"
            message = f"problem '{problem.id}' has only {len(problem.said_as)} said_as"
            reader.warning(reader.place("problem", problem.id), message, instead)


def _silent(fact: Fact) -> Iterator[str]:
    for choice in fact.choices:
        if choice.said_as == (choice.label,) and choice.id not in ("yes", "no"):
            yield choice.id


def _place(fact: Fact, reader: Reader) -> Value:
    return reader.place("fact", fact.id)
