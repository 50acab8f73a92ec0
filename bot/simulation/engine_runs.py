"""Simulated customers against the engine alone: thousands of conversations, each way of asking facing the same people."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
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
from bot.simulation.truths import PERSON, draw, misleads, right
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
        for name, policy in POLICIES.items():
            customer = Customer(truth, catalogue, random.Random(f"{seed} {number}"), style, words)
            turns = list(conversation(customer, policy))
            last = turns[-1].dossier.concern
            known = (last.problem, last.need) if last is not None else ("", "")
            results.append(judged(trade, name, customer, [turn.move for turn in turns], *known))
    return results


def conversation(customer: Customer, policy: Policy) -> Iterator[Turn]:
    """One conversation up to the agreement, or to the person."""
    dossier = replace(Dossier(today=TODAY), assets=customer.truth.assets)
    chance, move = random.Random(customer.truth.cause), None
    for _ in range(MOST_TURNS):
        heard = customer.heard(move)
        dossier = hear(dossier, heard, customer.catalogue)
        move = policy(dossier, customer.catalogue, chance)
        yield Turn(heard, dossier, move)
        if move.kind in ENDS:
            return
        dossier = spoken(dossier, move)


ENDS = (MoveKind.PROMISE, MoveKind.REFER, MoveKind.ASK_CONTACT, MoveKind.HAND_OVER, MoveKind.FAREWELL)
"""The moves at which it is clear what a conversation came to."""


def outcome(moves: Sequence[Move], catalogue: Catalogue) -> tuple[str, str]:
    """What a conversation came to: a rung with its remedy, a person, or nothing at all."""
    last = moves[-1]
    if last.kind is MoveKind.HAND_OVER or (last.kind is MoveKind.ASK_CONTACT and not last.remedy):
        return PERSON, ""
    remedy = last.remedy or next((move.remedy for move in reversed(moves) if move.kind is MoveKind.ADVISE), "")
    return (catalogue.remedy(remedy).rung.value, remedy) if remedy else ("", "")


def until_advice(moves: Sequence[Move]) -> int:
    """How many moves it took until the first advice, or all of them."""
    return next((place for place, move in enumerate(moves, 1) if move.kind is MoveKind.ADVISE), len(moves))


def judged(trade: str, policy: str, customer: Customer, moves: Sequence[Move], problem: str, need: str) -> Result:
    """The result of a conversation, from its moves and from the problem and need it ended with."""
    truth, catalogue = customer.truth, customer.catalogue
    best = right(truth, catalogue)
    advised, remedy = outcome(moves, catalogue)
    turns = until_advice(moves)
    asked = sum(move.kind is MoveKind.ASK_CHECK and not move.again for move in moves[:turns])
    found = (problem == truth.problem and need in truth.needs) or advised == best.rung == PERSON
    return Result(
        trade,
        policy,
        customer.style.value,
        truth.problem,
        truth.cause,
        best.rung,
        advised,
        found,
        asked,
        turns,
        misleads(truth, catalogue),
        best.remedy,
        remedy,
    )
