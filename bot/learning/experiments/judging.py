"""Judging experiments on what customers came to: outcomes settle, evidence grows, and an arm that does harm ends its experiment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import exp
from typing import Any

from bot.advice.trials import Arm, Trial
from bot.learning.company.facts import Told, facts_of_ending
from bot.learning.experiments.evidence import Race, interval
from bot.store import Work
from bot.store.experiments import Experiment, ExperimentState

WRONG = 0.05
"""How often, at most, an arm that is no better is called better, however often one looks."""

HARM = 0.10
"""How often, at most, an experiment is stopped for harm that is none."""

DEMONSTRATION = "demo-"
"""Experiments of a demonstration have ids that begin so; only they count simulated conversations."""


@dataclass(frozen=True)
class Measure:
    """A customer outcome: what it is called, and what it finds in a quiet conversation (None: not known yet)."""

    title: str
    find: Callable[[Told], bool | None]


def _agreed(talk: Told) -> bool:
    return any(concern.get("accepted") for concern in talk.concerns) or any(one.shared_at for one in talk.referrals)


def _finished(talk: Told) -> bool:
    return ("ended", "gave_up", "", 0.0) not in tuple(facts_of_ending(talk))


def _content(talk: Told) -> bool | None:
    ratings = [one.rating for one in talk.feedback if one.rating]
    return ratings[-1] > 0 if ratings else None


def _worked(talk: Told) -> bool | None:
    answers = [one.worked for one in talk.check_ins if one.worked is not None]
    return answers[-1] if answers else None


MEASURES: Mapping[str, Measure] = {
    "agreed": Measure("Came to an agreement or an introduction", _agreed),
    "finished": Measure("Did not give up on the way", _finished),
    "content": Measure("Gave a good rating, of those who rated", _content),
    "worked": Measure("Said at the check-in that it worked", _worked),
}


@dataclass(frozen=True)
class Standing:
    """How an arm stands: outcomes known and good ones, its share with a 95 % interval, and the evidence against the control.

    `better` and `worse` are e-values: above `needed` (or `harmful`) the arm counts as better (or as doing harm).
    """

    name: str
    known: int
    won: int
    share: float | None
    low: float
    high: float
    better: float = 1.0
    worse: float = 1.0


def trial_of(experiment: Experiment) -> Trial:
    """The experiment as the desk tries it."""
    arms = tuple(Arm(str(one["name"]), str(one.get("text", "")), bool(one.get("spares"))) for one in experiment.arms)
    return Trial(experiment.id, experiment.kind, experiment.subject, arms)


def needed(experiment: Experiment) -> float:
    """The e-value from which an arm is called better; more arms need more."""
    return max(1, len(experiment.arms) - 1) / WRONG


def harmful(experiment: Experiment) -> float:
    """The e-value from which an arm is called harmful."""
    return max(1, len(experiment.arms) - 1) / HARM


def settle(work: Work, talk: Told) -> None:
    """Settle what the arms this conversation met came to, as far as that is known by now."""
    for met in work.experiments.of_conversation(talk.conversation.id):
        if met.outcome is not None:
            continue
        experiment = work.experiments.find(met.experiment_id)
        outcome = MEASURES[experiment.measure].find(talk)
        if outcome is None:
            continue
        work.experiments.settle(met, outcome)
        counts = met.simulated == experiment.id.startswith(DEMONSTRATION)
        if counts and experiment.state is ExperimentState.RUNNING:
            _count(work, experiment, met.arm, outcome)


def _count(work: Work, experiment: Experiment, arm: str, outcome: bool) -> None:
    changed = work.experiments.change(replace(experiment, tally=counted(experiment, arm, outcome)))
    harmed = [one for one in standings(changed) if one.worse >= harmful(changed)]
    if harmed:
        why = f"Stopped by itself: with {harmed[0].name} customers fare worse (e-value {harmed[0].worse:.0f})."
        work.experiments.end(changed, ExperimentState.STOPPED, why)


def counted(experiment: Experiment, arm: str, outcome: bool) -> dict[str, Any]:
    """The tally after one more outcome."""
    names = [str(one["name"]) for one in experiment.arms]
    tally = {"arms": {}, "races": {}, **experiment.tally}
    known, won = tally["arms"].get(arm, (0, 0))
    arms = {**tally["arms"], arm: (known + 1, won + outcome)}
    races = dict(tally["races"])
    for other in names[1:]:
        if arm in (names[0], other):
            races[other] = Race.read(races.get(other, {})).with_outcome(arm == other, outcome).plain()
    return {"arms": arms, "races": races}


def standings(experiment: Experiment) -> tuple[Standing, ...]:
    """How every arm stands, the control first."""
    return tuple(_standing(experiment, str(arm["name"])) for arm in experiment.arms)


def _standing(experiment: Experiment, name: str) -> Standing:
    known, won = experiment.tally.get("arms", {}).get(name, (0, 0))
    low, high = interval(won, known - won)
    race = Race.read(experiment.tally.get("races", {}).get(name, {}))
    return Standing(name, known, won, won / known if known else None, low, high, _plain(race.better), _plain(race.worse))


def _plain(logarithm: float) -> float:
    return exp(min(logarithm, 20.0))
