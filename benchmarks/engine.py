"""The engine alone: hear() and next_move() with 10,000 problems in the catalogue and with 20."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench, rounds
from benchmarks.statistics import Figure, median, percentile
from benchmarks.synthetic import write_catalogue
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask, Dossier
from bot.advice.heard import Act, Heard, Match, Polarity, Told
from bot.advice.hearing import hear
from bot.advice.next_move import next_move
from bot.advice.speaking import spoken
from bot.content import load

NAME = "engine"
ABOUT = "`hear()` and `next_move()` in this process, no model and no store, over conversations that get as far as advice."
FEW = 20
TURNS_EACH = 6


def run(bench: Bench) -> list[Figure]:
    """Conversations with both catalogues in turns."""
    many = bench.amount(10_000, 1_000)
    catalogues = {size: _made(bench.work / f"engine-{size}", size) for size in (FEW, many)}
    moves: dict[int, list[float]] = {FEW: [], many: []}
    for number in rounds(bench.amount(200, 50), seconds=30):
        for size, catalogue in catalogues.items():
            moves[size] += list(_conversation(catalogue, random.Random(number)))
    few, large = moves[FEW], moves[many]
    against = f"{FEW} problems"
    return [
        Figure(f"next_move() with {many:,} problems, median", "ms", median(large) * 1e3, median(few) * 1e3, against),
        Figure(f"next_move() with {many:,} problems, p95", "ms", _p95(large), _p95(few), against),
    ]


def _made(folder: Path, size: int) -> Catalogue:
    return load(write_catalogue(folder, size))


def _conversation(catalogue: Catalogue, chance: random.Random) -> Iterator[float]:
    """The seconds of each decision in a conversation about one problem."""
    problem = chance.choice(list(catalogue.problems.values()))
    heard = Heard(problem.name, (Act.REPORTS_PROBLEM,), problems=(Match(problem.id, 0.95, problem.name),))
    dossier = Dossier(today="2025-06-05")
    for _ in range(TURNS_EACH):
        started = time.perf_counter()
        dossier = hear(dossier, heard, catalogue)
        move = next_move(dossier, catalogue)
        yield time.perf_counter() - started
        dossier = spoken(dossier, move)
        heard = _reply(dossier, catalogue, chance)


def _reply(dossier: Dossier, catalogue: Catalogue, chance: random.Random) -> Heard:
    """An answer to the open question: a choice where there are choices, else yes with a reason."""
    question = dossier.open
    if question is not None and question.ask is Ask.FACT and question.key in catalogue.facts:
        choice = chance.choice(catalogue.facts[question.key].choices)
        return Heard(choice.label, (Act.INFORMS,), told=(Told(question.key, choice.id, choice.label),))
    return Heard("yes, because it has to run", (Act.AFFIRMS, Act.GIVES_REASON), Polarity.YES)


def _p95(values: list[float]) -> float:
    return percentile(values, 0.95) * 1e3
