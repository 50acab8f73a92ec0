"""`advisor demo`: a fresh installation filled with simulated conversations, and emptied of them again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.opening import log_as, tell
from bot.cli.problems import Trouble
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.simulation.demo.filling import Clock, Filled, RealEars
    from bot.store.demonstration import DemonstrationStore

_PATIENCE = 60.0
"""Seconds that it waits for its turn to write: a running assistant scores what appears here, and goes first."""


def demo(
    conversations: Annotated[int, typer.Option(min=1, help="How many conversations.")] = 300,
    days: Annotated[int, typer.Option(min=2, help="Over how many days up to now.")] = 150,
    seed: Annotated[int, typer.Option(help="Another number draws other customers.")] = 1,
    real: Annotated[float, typer.Option(min=0, max=1, help="The share typed to the trained model, 0 to 1.")] = 0.1,
    remove: Annotated[bool, typer.Option("--remove", help="Remove everything simulated instead.")] = False,
) -> None:
    """Fill the records with simulated conversations.

    To try every page with; no real figure counts them. With --remove they go again, and only they.
    """
    settings = load_settings()
    log_as(settings.log_level)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    started = time.monotonic()
    with _opened(settings) as (store, clock):
        if remove:
            typer.echo(f"Removed: {store.remove_simulated()} simulated conversations.")
            return
        if there := store.simulated():
            raise Trouble(f"{there} simulated conversations are there already; remove them first: advisor demo --remove")
        filled = _filled(settings, store, clock, (conversations, days, seed, real))
        tell("Scoring and counting them …")
        _scored(settings, store)
        tell("Reading some of them …")
        _reviewed(settings, store, seed)
    took = time.monotonic() - started
    typer.echo(
        f"{filled.conversations} simulated conversations with {filled.turns} messages, {filled.calls} of them calls of two "
        f"simulated reps, {filled.returned} customers came back, {filled.real} typed to the trained model; {took:.0f} s. "
        "Remove them with: advisor demo --remove"
    )


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[DemonstrationStore, Clock]]:
    """The records, on a clock that the demonstration sets."""
    from bot.simulation.demo.filling import Clock
    from bot.store import make_engine, upgrade, utc_now
    from bot.store.demonstration import DemonstrationStore

    clock = Clock(utc_now())
    engine = make_engine(settings.database_url, busy_seconds=_PATIENCE)
    upgrade(engine)
    store = DemonstrationStore(engine, hold=settings.hold, clock=clock.now)
    try:
        yield store, clock
    finally:
        store.close()


def _filled(settings: Settings, store: DemonstrationStore, clock: Clock, told: tuple[int, int, int, float]) -> Filled:
    from bot.knowledge import know
    from bot.simulation.demo import Plan, fill

    tell("Opening the catalogue …")
    knowledge = know(settings.catalogue, settings.data_dir / "phrases", store)
    plan = Plan(*told)
    with _ears(settings, plan.real) as ears:
        tell(f"Holding {plan.conversations} conversations …")
        return fill(store, clock, knowledge, plan, clock.now(), ears, tell)


def _scored(settings: Settings, store: DemonstrationStore) -> None:
    from bot.content import load
    from bot.learning.company.refreshing import QUIET, refresh
    from bot.store import utc_now

    with store.begin() as work:
        work.learned.touch_all()
    refresh(store, load(settings.catalogue), utc_now() + QUIET, most=1_000_000)


def _reviewed(settings: Settings, store: DemonstrationStore, seed: int) -> None:
    from bot.content import load
    from bot.learning.correcting import Corrector
    from bot.learning.learnt import LearntFiles
    from bot.simulation.demo.reviewing import reviewed

    catalogue = load(settings.catalogue)
    files = LearntFiles(settings.data_dir / "learnt", settings.catalogue)
    reviewed(store, Corrector(store, lambda: catalogue, lambda: files), seed)


@contextmanager
def _ears(settings: Settings, share: float) -> Iterator[RealEars | None]:
    """How the trained model reads; None when nothing is to be typed, or there are no words to type."""
    from bot.simulation.demo.filling import RealEars
    from bot.simulation.wordings import PhrasingsMissing, from_phrasings

    try:
        words = from_phrasings(settings.catalogue.stem) if share else None
    except PhrasingsMissing:
        words = None
        tell("There are no phrasings for this catalogue: nothing is typed to the trained model.")
    if words is None:
        yield None
        return
    from bot.assistant import Assistant, ensure_model

    assistant = Assistant(ensure_model(settings, tell))
    loop = asyncio.new_event_loop()
    try:
        yield RealEars(_reading(assistant, loop), words, assistant.model)
    finally:
        loop.close()


def _reading(assistant: Any, loop: asyncio.AbstractEventLoop) -> Callable[[str], Any]:
    return lambda text: loop.run_until_complete(assistant.read(text))


COMMANDS: tuple[tuple[str, Any, dict[str, Any]], ...] = (("demo", demo, {}),)
