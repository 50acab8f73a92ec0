"""Belief over the causes of a problem, from worded priors and evidence, combined by Bayes' rule.

Source: Heckerman, Breese & Rommelse (1995), "Decision-theoretic troubleshooting": causes exclude one another, evidence is
independent given the cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.advice.catalogue import Band, Catalogue, Check, Experience, Likely, Problem
from bot.advice.facts import Facts
from bot.advice.heard import FactValue

Belief = Mapping[str, float]
"""Cause id -> probability; sums to 1."""

_LEAST = 0.01
_KNOWN_ON_MODEL = 2.0
_HINT = 6.0


@dataclass(frozen=True)
class Evidence:
    """One check with a known answer: which band holds, and how it moved the belief (cause id -> likelihood ratio to the mean)."""

    check: str
    fact: str
    answer: str
    value: FactValue
    pull: Mapping[str, float]


def prior(problem: Problem, experience: Experience) -> dict[str, float]:
    """The belief before any evidence: worded frequencies, plus how often each cause proved true (Dirichlet counts)."""
    weights = {cause.id: cause.how_common.probability for cause in problem.causes}
    total = sum(weights.values())
    strength = 10.0
    return _normalised({cause: strength * weight / total + experience.found.get(cause, 0) for cause, weight in weights.items()})


def belief(
    problem: Problem,
    facts: Mapping[str, FactValue],
    catalogue: Catalogue,
    hints: Mapping[str, float] | None = None,
    products: tuple[str, ...] = (),
) -> dict[str, float]:
    """What to believe of the causes of `problem`, given everything known.

    `hints` are causes the customer suspects (cause id -> how surely they said so, 0..1); `products` are the models they own.
    """
    weights = prior(problem, catalogue.experience)
    for cause, score in (hints or {}).items():
        if cause in weights:
            weights[cause] *= 1 + (_HINT - 1) * score
    for product in products:
        for cause in catalogue.products[product].known_problems if product in catalogue.products else ():
            if cause in weights:
                weights[cause] *= _KNOWN_ON_MODEL
    for check in problem.checks:
        band = answer_of(check, facts)
        if band is not None:
            row = likelihoods(check, tuple(weights))[band.answer]
            weights = {cause: weight * row[cause] for cause, weight in weights.items()}
    return _normalised(weights)


def _confidence(facts: Mapping[str, FactValue], name: str) -> float:
    return facts.confidence(name) if isinstance(facts, Facts) else 1.0


def _as_understood(row: Mapping[str, float], confidence: float, answers: int) -> dict[str, float]:
    """P(we read this answer | cause), when we read answers rightly with this confidence and else any other one."""
    others = max(1, answers - 1)
    return {cause: confidence * p + (1 - confidence) * (1 - p) / others for cause, p in row.items()}


def updated(weights: Belief, likelihood: Mapping[str, float]) -> dict[str, float]:
    """Bayes' rule: belief times likelihood, normalised."""
    return _normalised({cause: weight * likelihood[cause] for cause, weight in weights.items()})


def answer_of(check: Check, facts: Mapping[str, FactValue]) -> Band | None:
    """The band of `check` that holds, or None while its fact is unknown."""
    for band in check.bands:
        if band.when is not None:
            if band.when.value(facts) is True:
                return band
        elif _said(facts.get(check.fact)) == band.answer:
            return band
    return None


def _said(value: FactValue | None) -> FactValue | None:
    """A yes/no as the answer of a check names it."""
    return ("yes" if value else "no") if isinstance(value, bool) else value


def likelihoods(check: Check, causes: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """P(answer | cause) as answer -> cause -> probability; for each cause the answers sum to 1."""
    table: dict[str, dict[str, float]] = {band.answer: {} for band in check.bands}
    for cause in causes:
        for answer, probability in _row(check, cause).items():
            table[answer][cause] = probability
    return table


def evidence(problem: Problem, facts: Mapping[str, FactValue]) -> tuple[Evidence, ...]:
    """Every check of `problem` that is answered, with how its answer pulls on each cause."""
    causes = tuple(cause.id for cause in problem.causes)
    found = []
    for check in problem.checks:
        band = answer_of(check, facts)
        if band is not None:
            row = likelihoods(check, causes)[band.answer]
            mean = sum(row.values()) / len(row)
            pull = {cause: probability / mean for cause, probability in row.items()}
            found.append(Evidence(check.id, check.fact, band.answer, facts.get(check.fact, band.answer), pull))
    return tuple(found)


def _row(check: Check, cause: str) -> dict[str, float]:
    named = {band.answer: band.likelihood[cause].probability for band in check.bands if cause in band.likelihood}
    silent = [band.answer for band in check.bands if cause not in band.likelihood]
    if not named:
        return {answer: 1 / len(silent) for answer in silent}
    rest = max(1 - sum(named.values()), _LEAST * len(silent)) if silent else 0.0
    row = {**named, **{answer: rest / len(silent) for answer in silent}}
    return _normalised({answer: row[answer] for answer in row})


def _normalised(weights: Mapping[str, float]) -> dict[str, float]:
    floored = {key: max(weight, 1e-12) for key, weight in weights.items()}
    total = sum(floored.values())
    return {key: weight / total for key, weight in floored.items()}


def most_likely(found: Belief) -> tuple[str, float]:
    """The cause believed most, with its probability; the first named wins a tie."""
    cause = max(found, key=lambda key: found[key])
    return cause, found[cause]


__all__ = [
    "Belief",
    "Evidence",
    "Likely",
    "answer_of",
    "belief",
    "evidence",
    "likelihoods",
    "most_likely",
    "prior",
    "updated",
]
