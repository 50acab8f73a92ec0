"""Training runs, the models they made, and which model is in force: a log of promotions, the last one counts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import insert, select, update

from bot.store.errors import NotFound
from bot.store.ledger import Clock
from bot.store.records import UNSTORED, Json
from bot.store.rows import record_of, upsert, values_of
from bot.store.teaching_tables import models, promotions, training_runs

TRAINING = "training"
REPLAY = "replay"


class RunState(str, Enum):
    """Under way until it is done, failed or was stopped."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True)
class TrainingRun:
    """One training, or one replay of stored conversations: who asked for it, how far it is (`share`, 0..1), what came of it.

    `model` is the model made, or the one replayed with. `results` names conversations by id and never quotes them.
    """

    id: int = 0
    kind: str = TRAINING
    by: str
    state: RunState = RunState.RUNNING
    step: str = ""
    share: float = 0.0
    told: str = ""
    model: str | None = None
    results: Json = field(default_factory=dict)
    asked_to_stop: bool = False
    worker: str = ""
    created_at: datetime = UNSTORED
    beat_at: datetime = UNSTORED
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """A trained model: the name of its archive, the digest of the `code` it belongs to, its `data` and its `scores`."""

    id: str
    by: str
    code: str = ""
    data: Json = field(default_factory=dict)
    scores: Json = field(default_factory=dict)
    created_at: datetime = UNSTORED


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """A model put in force, in place of the one before."""

    id: int = 0
    model: str
    before: str = ""
    by: str
    why: str = ""
    created_at: datetime = UNSTORED


class TrainingRuns:
    """Trainings, the latest last."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def begin(self, run: TrainingRun) -> TrainingRun:
        """Store a run that begins now."""
        now = self._clock()
        begun = replace(run, created_at=now, beat_at=now)
        result = self._session.execute(insert(training_runs).values(values_of(begun, "id")))
        return replace(begun, id=result.inserted_primary_key[0])

    def get(self, run_id: int) -> TrainingRun:
        """The run with that number. Raises `NotFound`."""
        row = self._session.execute(select(training_runs).where(training_runs.c.id == run_id)).first()
        if row is None:
            raise NotFound(f"There is no training {run_id}.")
        return record_of(TrainingRun, row)

    def running(self) -> tuple[TrainingRun, ...]:
        """The runs under way."""
        found = select(training_runs).where(training_runs.c.state == RunState.RUNNING.value)
        return tuple(record_of(TrainingRun, row) for row in self._session.execute(found))

    def latest(self, kind: str, limit: int = 10) -> tuple[TrainingRun, ...]:
        """The last runs of a kind, newest first."""
        found = select(training_runs).where(training_runs.c.kind == kind).order_by(training_runs.c.id.desc()).limit(limit)
        return tuple(record_of(TrainingRun, row) for row in self._session.execute(found))

    def progress(self, run_id: int, step: str, share: float) -> None:
        """Note how far a run is."""
        values = {"step": step, "share": share, "beat_at": self._clock()}
        self._session.execute(update(training_runs).where(training_runs.c.id == run_id).values(values))

    def stop(self, run_id: int) -> None:
        """Ask a run to stop."""
        self._session.execute(update(training_runs).where(training_runs.c.id == run_id).values(asked_to_stop=True))

    def end(self, run_id: int, state: RunState, told: str = "", model: str | None = None, results: Json | None = None) -> None:
        """Note how a run ended, once: a run that has ended stays as it is."""
        values = {"state": state.value, "told": told, "model": model, "results": results or {}, "ended_at": self._clock()}
        under_way = training_runs.c.state == RunState.RUNNING.value
        self._session.execute(update(training_runs).where(training_runs.c.id == run_id, under_way).values(values))


class Models:
    """The model history."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def put(self, model: Model) -> Model:
        """Store a model, or its newer scores when it is known."""
        stored = replace(model, created_at=self._clock()) if model.created_at == UNSTORED else model
        newer = {"scores": stored.scores, "data": stored.data, "code": stored.code}
        written = upsert(self._session, models).values(**values_of(stored))
        self._session.execute(written.on_conflict_do_update(index_elements=["id"], set_=newer))
        return self.get(model.id)

    def get(self, name: str) -> Model:
        """The model of that name. Raises `NotFound`."""
        row = self._session.execute(select(models).where(models.c.id == name)).first()
        if row is None:
            raise NotFound(f"There is no model '{name[:80]}' in the history.")
        return record_of(Model, row)

    def latest(self, limit: int = 30) -> tuple[Model, ...]:
        """The last models, newest first."""
        found = select(models).order_by(models.c.created_at.desc()).limit(limit)
        return tuple(record_of(Model, row) for row in self._session.execute(found))

    def promote(self, promotion: Promotion) -> Promotion:
        """Put a model in force."""
        made = replace(promotion, created_at=self._clock())
        result = self._session.execute(insert(promotions).values(values_of(made, "id")))
        return replace(made, id=result.inserted_primary_key[0])

    def in_force(self) -> Promotion | None:
        """The last promotion, or None when none was ever made."""
        found = self.promotions(1)
        return found[0] if found else None

    def promotions(self, limit: int = 30) -> tuple[Promotion, ...]:
        """The last promotions, newest first."""
        found = select(promotions).order_by(promotions.c.id.desc()).limit(limit)
        return tuple(record_of(Promotion, row) for row in self._session.execute(found))
