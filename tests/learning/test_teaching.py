"""Teaching: training beside what answers, progress, stopping, promotion and the way back, with no turn lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assistant import ModelMissing, code_fingerprint
from bot.learning.teaching import NotNow, Teacher
from bot.learning.worker import Job, JobFailed, JobStopped, Tell
from bot.settings import load_settings
from bot.store import NotFound, Store, open_store
from bot.store.models import REPLAY, TRAINING, RunState
from bot.store.records import Json


class Answering:
    """An assistant that only knows which model it has."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.swaps: list[str] = []

    def swap(self, model: Path) -> None:
        """Take it up, unless it is damaged."""
        if model.read_bytes() == b"damaged":
            raise ModelMissing("damaged")
        self.model = model.name
        self.swaps.append(model.name)


class Bench:
    """A teacher over a real database, with a worker that does what the test says."""

    def __init__(self, folder: Path) -> None:
        (folder / "shop").mkdir()
        told = {"ADVISOR_CATALOGUE": "shop", "ADVISOR_DATA_DIR": "data"}
        self.settings = load_settings(told, folder=folder)
        self.models = folder / "data" / "models"
        self.models.mkdir(parents=True)
        (self.models / "advisor-old.tar.gz").write_bytes(b"old")
        self.store: Store = open_store(f"sqlite:///{folder / 'a.sqlite3'}")
        self.answering = Answering("advisor-old.tar.gz")
        self.jobs: list[Job] = []
        self.gate = threading.Event()
        self.gate.set()
        self.made = b"new"
        self.failing = ""
        self.teacher = self.another(self.answering)

    def another(self, answering: Answering) -> Teacher:
        """The teacher of another process over the same records and folder."""
        return Teacher(self.store, self.settings, lambda: answering, self.work)

    def work(self, job: Job, tell: Tell, stop: Callable[[], bool]) -> Json:
        """Train: half done, then wait at the gate, then done."""
        self.jobs.append(job)
        tell("Learning the acts", 0.5)
        while not self.gate.wait(0.02):
            if stop():
                raise JobStopped("Stopped as asked.")
        if self.failing:
            raise JobFailed(self.failing)
        if job.kind == REPLAY:
            return {"replay": {"conversations": 3, "turns": 9, "changed": []}}
        archive = self.models / f"advisor-new{len(self.jobs)}.tar.gz"
        archive.write_bytes(self.made)
        return {"archive": str(archive), "code": code_fingerprint(), "data": {"examples": 5}, "scores": {"tests": {"new": 9}}}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """The bench."""
    return Bench(tmp_path)


def trained(bench: Bench) -> str:
    """Train once and name the model."""
    done = bench.teacher.wait(bench.teacher.train("Tara").id)
    assert done.model is not None
    return done.model


def test_training_leaves_what_answers_alone(bench: Bench) -> None:
    """A training ends with a model in the history, its data and scores beside it; the one in force goes on answering."""
    name = trained(bench)
    run = bench.teacher.runs(TRAINING)[0]
    assert (run.state, run.by, run.step, run.share) == (RunState.DONE, "Tara", "Learning the acts", 0.5)
    entries = {entry.model.id: entry for entry in bench.teacher.history()}
    assert entries[name].model.scores == {"tests": {"new": 9}}
    assert (entries[name].in_force, entries["advisor-old.tar.gz"].in_force) == (False, True)
    assert bench.answering.swaps == []


def test_progress_can_be_watched_and_a_training_stopped(bench: Bench) -> None:
    """While it trains, the step and the share done are told; asked to stop, it stops soon and makes no model."""
    bench.gate.clear()
    begun = bench.teacher.train("Tara")
    deadline = time.monotonic() + 10
    while bench.teacher.run(begun.id).step != "Learning the acts" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert bench.teacher.run(begun.id).state is RunState.RUNNING
    bench.teacher.stop(begun.id, "Ben")
    ended = bench.teacher.wait(begun.id)
    assert (ended.state, ended.told, ended.model) == (RunState.STOPPED, "Stopped by Ben.", None)


def test_one_training_at_a_time(bench: Bench) -> None:
    """A second training is refused with the name of who began the first."""
    bench.gate.clear()
    begun = bench.teacher.train("Tara")
    with pytest.raises(NotNow, match="training that Tara began"):
        bench.teacher.train("Ben")
    bench.gate.set()
    bench.teacher.wait(begun.id)


def test_a_failed_training_says_why(bench: Bench) -> None:
    """What went wrong is kept with the run, and the next one may begin."""
    bench.failing = "The disk is full."
    ended = bench.teacher.wait(bench.teacher.train("Tara").id)
    assert (ended.state, ended.told) == (RunState.FAILED, "The disk is full.")
    bench.failing = ""
    assert trained(bench)


def test_a_run_whose_process_died_is_over(bench: Bench) -> None:
    """After the server was killed in the middle of a training, another can begin."""
    bench.gate.clear()
    begun = bench.teacher.train("Tara")
    another = bench.another(bench.answering)
    assert another.run(begun.id).state is RunState.FAILED
    assert bench.teacher.wait(begun.id).model is None
    bench.gate.set()
    assert trained(bench)


def test_promotion_and_the_way_back(bench: Bench) -> None:
    """One step puts a model in force and one puts the old one back; both are on record with who and why."""
    name = trained(bench)
    bench.teacher.promote(name, "Tara", "mends three tests")
    assert bench.answering.model == name
    bench.teacher.promote("advisor-old.tar.gz", "Ben", "worse at greetings")
    assert bench.answering.model == "advisor-old.tar.gz"
    told = [(one.model, one.before, one.by, one.why) for one in bench.teacher.promotions()]
    assert told == [
        ("advisor-old.tar.gz", name, "Ben", "worse at greetings"),
        (name, "advisor-old.tar.gz", "Tara", "mends three tests"),
    ]


def test_other_processes_follow_a_promotion(bench: Bench) -> None:
    """A process that looks finds what another one promoted and takes it up once; a new one starts with it."""
    name = trained(bench)
    elsewhere = Answering("advisor-old.tar.gz")
    other = bench.another(elsewhere)
    other.watch()
    assert elsewhere.swaps == []
    bench.teacher.promote(name, "Tara")
    for _ in range(3):
        other.watch()
    assert elsewhere.swaps == [name]
    assert other.chosen() == bench.models / "history" / name


def test_a_model_that_cannot_be_used_is_not_promoted(bench: Bench) -> None:
    """A damaged model is refused, the one before stays in force and on record as such."""
    bench.made = b"damaged"
    name = trained(bench)
    with pytest.raises(NotNow, match="stays in force"):
        bench.teacher.promote(name, "Tara")
    assert bench.answering.model == "advisor-old.tar.gz"
    assert bench.teacher.promotions() == ()
    with pytest.raises(NotFound):
        bench.teacher.promote("../../etc/passwd", "Tara")


def test_a_replay_keeps_what_it_found(bench: Bench) -> None:
    """A replay of stored conversations is a run like a training, with what it found, for the model that was asked about."""
    name = trained(bench)
    ended = bench.teacher.wait(bench.teacher.replay("Tara", name).id)
    assert (ended.kind, ended.model, ended.results["turns"]) == (REPLAY, name, 9)
    assert bench.jobs[-1].new == bench.models / "history" / name
