"""Simulated customers of the sample companies: the right rung, and with how many questions."""

from __future__ import annotations

import asyncio

from benchmarks.bench import Bench
from benchmarks.bots import PROJECT
from benchmarks.statistics import Bar, Figure
from bot.content import load
from bot.settings import load_settings
from bot.simulation import policies
from bot.simulation.engine_runs import compare
from bot.simulation.results import Figures, Result

NAME = "simulated"
ABOUT = (
    "Customers whose true cause is drawn from a catalogue, of several tempers, with the engine alone and with the whole "
    "assistant in words that are in no catalogue. Questions are held against a script that asks every check in order."
)
TRADES = ("laundry", "metals", "telephony")
CATALOGUES = PROJECT / "data" / "catalogues"


def run(bench: Bench) -> list[Figure]:
    """The same customers for the engine and for the script, then some for the whole assistant."""
    of_engine: list[Result] = []
    for trade in TRADES:
        of_engine += compare(trade, load(CATALOGUES / trade), bench.amount(100, 20))
    ours, script = (_with(policy, of_engine) for policy in (policies.engine, policies.script))
    assistant = Figures.of(_of_assistant(bench, bench.amount(12, 3)))
    return [
        _share("right rung, engine", ours.right_rung, Bar(0.95, at_least=True)),
        _share("right rung, whole assistant", assistant.right_rung, Bar(0.95, at_least=True)),
        _share("need found, whole assistant", assistant.found_need, Bar(0.95, at_least=True)),
        Figure("questions to advice, engine", "", ours.questions, script.questions, "fixed script", Bar(0.6)),
        Figure("turns to advice, whole assistant, median", "", assistant.turns),
    ]


def _of_assistant(bench: Bench, customers: int) -> list[Result]:
    """Conversations with the assistant in this process, on databases that are gone afterwards."""
    from bot.simulation.real_runs import company, talk_to

    settings = load_settings(bench.ours.environment(), env_file=bench.work / "none", folder=bench.work)
    results: list[Result] = []
    for trade in TRADES:
        with company(settings, CATALOGUES / trade) as services:
            results += asyncio.run(talk_to(services, trade, customers))
    return results


def _with(policy: policies.Policy, results: list[Result]) -> Figures:
    """The figures of one way of asking."""
    name = next(name for name, one in policies.POLICIES.items() if one is policy)
    return Figures.of([one for one in results if one.policy == name])


def _share(what: str, share: float, bar: Bar) -> Figure:
    return Figure(what, "%", share * 100, 100.0, "every customer", bar)
