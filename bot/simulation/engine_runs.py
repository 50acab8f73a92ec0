"""Simulated customers against the engine alone: thousands of conversations, each way of asking facing the same people."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import Heard
from bot.advice.hearing import hear
from bot.advice.moves import Move, MoveKind
from bot.advice.speaking import spoken
from bot.simulation.customer import Customer
from bot.simulation.policies import POLICIES, Policy
from bot.simulation.results import Result
from bot.simulation.truths import PERSON, Right, Truth, draw, right
from bot.simulation.wordings import Style, from_catalogue

MOST_TURNS = 30
"""A conversation that has not come to advice by then never will."""

TODAY = "2025-05-19"
STYLES = tuple(Style)


@dataclass(frozen=True)
class Turn:
    """One exchange with the engine."""

    heard: Heard
    dossier: Dossier
    move: Move


def compare(trade: str, catalogue: Catalogue, customers: int, seed: int = 1) -> list[Result]:
    """Every policy with the same customers of one company."""
    words = from_catalogue(catalogue)
    results = []
    for number in range(customers):
        drawn = random.Random(f"{seed} {trade} {number}")
        truth, style = draw(drawn, catalogue), STYLES[number % len(STYLES)]
        best = right(truth, catalogue)
        for name, policy in POLICIES.items():
            customer = Customer(truth, catalogue, random.Random(f"{seed} {number}"), style, words)
            turns = list(conversation(customer, policy))
            results.append(_result(trade, name, customer, best, turns))
    return results


def conversation(customer: Customer, policy: Policy) -> Iterator[Turn]:
    """One conversation up to the advice, or to the person."""
    dossier = replace(Dossier(today=TODAY), assets=customer.truth.assets)
    chance, move = random.Random(customer.truth.cause), None
    for _ in range(MOST_TURNS):
        heard = customer.heard(move)
        dossier = hear(dossier, heard, customer.catalogue)
        move = policy(dossier, customer.catalogue, chance)
        yield Turn(heard, dossier, move)
        if ends(move):
            return
        dossier = spoken(dossier, move)


def ends(move: Move) -> bool:
    """Whether the advice is given, or a person is brought in."""
    return move.kind in (MoveKind.ADVISE, MoveKind.HAND_OVER, MoveKind.ASK_CONTACT, MoveKind.FAREWELL)


def advised(move: Move, catalogue: Catalogue) -> str:
    """What a conversation came to: a rung, a person, or nothing at all."""
    if move.kind is MoveKind.ADVISE:
        return catalogue.remedy(move.remedy).rung.value
    return PERSON if move.kind in (MoveKind.HAND_OVER, MoveKind.ASK_CONTACT) else ""


def found_need(truth: Truth, problem: str, need: str, outcome: str) -> bool:
    """Whether the problem was understood and its need established; for a person or a referral outside, that it came to that."""
    return (problem == truth.problem and need in truth.needs) or outcome == PERSON


def _result(trade: str, policy: str, customer: Customer, best: Right, turns: list[Turn]) -> Result:
    last, catalogue, truth = turns[-1], customer.catalogue, customer.truth
    concern = last.dossier.concern
    outcome = advised(last.move, catalogue)
    known = (concern.problem, concern.need) if concern is not None else ("", "")
    return Result(
        trade,
        policy,
        customer.style.value,
        truth.problem,
        truth.cause,
        best.rung,
        outcome,
        found_need(truth, *known, outcome),
        sum(turn.move.kind is MoveKind.ASK_CHECK and not turn.move.again for turn in turns),
        len(turns),
        best.remedy,
        last.move.remedy,
    )
