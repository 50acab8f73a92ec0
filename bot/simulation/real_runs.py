"""Simulated customers typing to the real assistant: words through the trained model, every turn stored."""

from __future__ import annotations

import random
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.advice.archive import from_plain
from bot.advice.dossier import Dossier
from bot.advice.moves import Move
from bot.assistant import ensure_model
from bot.services import Services, open_services
from bot.settings import Settings
from bot.simulation.customer import Customer, recorded
from bot.simulation.engine_runs import ENDS, MOST_TURNS, STYLES, TODAY, judged
from bot.simulation.results import Result
from bot.simulation.truths import draw
from bot.simulation.wordings import from_phrasings

ASSISTANT = "assistant"


@dataclass(frozen=True)
class Exchange:
    """One turn as both sides saw it."""

    said: str
    answered: str
    move: Move


@contextmanager
def company(settings: Settings, catalogue: Path) -> Iterator[Services]:
    """The real assistant of one company, on a database of its own that is gone afterwards."""
    folder = settings.data_dir / "simulation"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        told = replace(
            settings,
            catalogue=catalogue,
            data_dir=folder,
            database_url=f"sqlite:///{place}/simulation.db",
            model=ensure_model(settings),
            today=date.fromisoformat(TODAY),
        )
        with open_services(told) as services:
            yield services


async def talk_to(
    services: Services, trade: str, customers: int, seed: int = 1, tell: Callable[[str], None] = lambda _: None
) -> list[Result]:
    """Conversations of simulated customers with an opened company. Raises PhrasingsMissing."""
    words, catalogue = from_phrasings(trade), services.catalogue
    results = []
    for number in range(customers):
        truth = replace(draw(random.Random(f"{seed} {trade} {number}"), catalogue), assets=())
        chance = random.Random(f"{seed} {number}")
        customer = Customer(truth, catalogue, chance, STYLES[number % len(STYLES)], words)
        sender = f"simulated-{trade}-{seed}-{number}"
        exchanges = [exchange async for exchange in conversation(services, customer, sender)]
        problem, need = _understood(services, sender)
        moves = [exchange.move for exchange in exchanges]
        results.append(judged(trade, ASSISTANT, customer, moves, problem, need))
        tell(_transcript(results[-1], exchanges))
    return results


async def conversation(services: Services, customer: Customer, sender: str) -> AsyncIterator[Exchange]:
    """The exchanges of one conversation up to the agreement, or to the person."""
    messages: list[dict[str, object]] = []
    move: dict[str, object] = {}
    for _ in range(MOST_TURNS):
        said = customer.reply(messages, move)
        messages = await services.handle(sender, said, {"simulated": True})
        move = _last_move(services, sender)
        done = recorded(move)
        yield Exchange(said, "\n".join(str(message.get("text", "")) for message in messages), done)
        if done.kind in ENDS:
            return


def _last_move(services: Services, sender: str) -> dict[str, object]:
    with services.desk.store_of(sender).read() as work:
        return dict(work.turns.after(sender)[-1].move)


def _understood(services: Services, sender: str) -> tuple[str, str]:
    with services.desk.store_of(sender).read() as work:
        dossier = from_plain(Dossier, work.conversations.require(sender).state)
    return (dossier.concern.problem, dossier.concern.need) if dossier.concern is not None else ("", "")


def _transcript(result: Result, exchanges: list[Exchange]) -> str:
    verdict = "right" if result.on_right_rung else f"WRONG: {result.right} {result.right_remedy}"
    head = f"== {result.trade}, {result.style}: {result.problem} / {result.cause} -> {result.advised} {result.remedy} ({verdict})"
    lines = [f"> {one.said}\n< [{one.move.kind.value}] {one.answered}" for one in exchanges]
    return "\n".join((head, *lines, ""))
