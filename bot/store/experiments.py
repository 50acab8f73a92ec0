"""Experiments: what is tried, which arm each conversation met, and the tally of what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import insert, select, update

from bot.store.errors import NotFound
from bot.store.ledger import Clock, Log
from bot.store.records import UNSTORED, Entry, Json
from bot.store.rows import record_of, upsert, values_of
from bot.store.score_tables import experiment_arms, experiments


class ExperimentState(str, Enum):
    """Written but not begun, running, stopped because an arm did harm, or ended by somebody or by its result."""

    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """One experiment. `kind` is "wording" (`subject` a phrase) or "question" (`subject` a question's name); `arms` are
    `{name, text}`, the first one as things are; `tally` is what its statistics keep between two outcomes.
    """

    id: str
    title: str
    kind: str
    subject: str
    arms: tuple[Json, ...]
    measure: str
    state: ExperimentState = ExperimentState.DRAFT
    why: str = ""
    tally: Json = field(default_factory=dict)
    by: str = ""
    created_at: datetime = UNSTORED
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ArmMet(Entry):
    """The arm a conversation met; `outcome` is None until it is known."""

    experiment_id: str
    arm: str
    simulated: bool = False
    outcome: bool | None = None
    settled_at: datetime | None = None


class Experiments(Log[ArmMet]):
    """Experiments and the arms that conversations met."""

    table, kind = experiment_arms, ArmMet

    def __init__(self, session: Any, clock: Clock) -> None:
        super().__init__(session, clock)

    def create(self, experiment: Experiment) -> Experiment:
        """Store a new experiment. Raises `Conflict` when its id is taken."""
        fresh = replace(experiment, created_at=self._clock())
        self._session.execute(insert(experiments), values_of(fresh))
        return fresh

    def find(self, experiment_id: str) -> Experiment:
        """One experiment. Raises `NotFound`."""
        row = self._session.execute(select(experiments).where(experiments.c.id == experiment_id)).first()
        if row is None:
            raise NotFound("There is no such experiment.")
        return record_of(Experiment, row)

    def all(self, limit: int = 200) -> tuple[Experiment, ...]:
        """The experiments, newest first."""
        found = select(experiments).order_by(experiments.c.created_at.desc(), experiments.c.id).limit(limit)
        return tuple(record_of(Experiment, row) for row in self._session.execute(found))

    def running(self) -> tuple[Experiment, ...]:
        """Those that run now, by id."""
        found = select(experiments).where(experiments.c.state == ExperimentState.RUNNING.value).order_by(experiments.c.id)
        return tuple(record_of(Experiment, row) for row in self._session.execute(found))

    def change(self, experiment: Experiment) -> Experiment:
        """Store a changed experiment. Raises `NotFound` when it is not there."""
        mine = update(experiments).where(experiments.c.id == experiment.id)
        if self._session.execute(mine.values(values_of(experiment, "id", "created_at"))).rowcount == 0:
            raise NotFound("There is no such experiment.")
        return experiment

    def begin(self, experiment: Experiment) -> Experiment:
        """Start it, or start it again."""
        started = experiment.started_at or self._clock()
        return self.change(replace(experiment, state=ExperimentState.RUNNING, started_at=started, ended_at=None, why=""))

    def end(self, experiment: Experiment, state: ExperimentState, why: str) -> Experiment:
        """End it, with the reason."""
        return self.change(replace(experiment, state=state, why=why, ended_at=self._clock()))

    def meet(self, met: ArmMet) -> None:
        """Note the arm a conversation met; the first one stays."""
        values = values_of(replace(met, created_at=self._clock()), "id")
        wanted = upsert(self._session, experiment_arms).values(**values)
        self._session.execute(wanted.on_conflict_do_nothing(index_elements=["conversation_id", "experiment_id"]))

    def settle(self, met: ArmMet, outcome: bool) -> None:
        """Note what came of it."""
        mine = update(experiment_arms).where(experiment_arms.c.id == met.id)
        self._session.execute(mine.values(outcome=outcome, settled_at=self._clock()))
