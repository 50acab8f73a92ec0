"""The teacher: trains a model beside the one that answers, keeps the history, and puts another one in force between two turns."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bot.assistant import ModelMissing, code_fingerprint, fingerprint
from bot.learning.worker import Job, JobFailed, JobStopped, Worker
from bot.settings import Settings
from bot.store import NotFound, Store, StoreError
from bot.store.models import REPLAY, TRAINING, Model, Promotion, RunState, TrainingRun
from bot.store.records import Json

KEPT = 12
"""How many archives the history keeps, besides the one in force."""


class NotNow(RuntimeError):
    """It cannot be done now; the text says why and what to do."""


class Answering(Protocol):
    """The assistant, as far as it is taught."""

    @property
    def model(self) -> str:
        """The file name of the model in force."""

    def swap(self, model: Path) -> None:
        """Take up another model between two turns. Raises ModelMissing."""


@dataclass(frozen=True)
class Entry:
    """A model of the history: whether it is in force, and whether its archive is still there and fits this program."""

    model: Model
    in_force: bool
    usable: bool


class Teacher:
    """Training, replay, promotion and the history of models. `worker` does the jobs."""

    def __init__(self, store: Store, settings: Settings, assistant: Callable[[], Answering], worker: Worker) -> None:
        self._store = store
        self._settings = settings
        self._assistant = assistant
        self._worker = worker
        self._promoting = threading.Lock()
        self._under_way: dict[int, threading.Thread] = {}

    @property
    def history_folder(self) -> Path:
        """Where the archives of the history are kept."""
        return self._settings.data_dir / "models" / "history"

    @property
    def learnt(self) -> Path:
        """The folder of learnt examples."""
        return self._settings.data_dir / "learnt" / "nlu"

    @property
    def in_force(self) -> str:
        """The name of the model in force."""
        return self._assistant().model

    def train(self, by: str, limit: int = 200) -> TrainingRun:
        """Begin to train with everything learnt. Raises NotNow when a run is under way, or nothing has changed."""
        name = f"advisor-{fingerprint(learnt=self.learnt)}.tar.gz"
        if name == self._assistant().model:
            raise NotNow("The model in force is made of exactly what is there now. Accept some corrections first.")
        return self._begin(TrainingRun(by=by, kind=TRAINING), Job(TRAINING, self._kept_in_force(by), limit=limit))

    def replay(self, by: str, model: str = "", catalogue: Path | None = None, limit: int = 200) -> TrainingRun:
        """Begin to replay stored conversations: with `model` or another catalogue against what is in force, or else what is in
        force against what was done. Raises NotNow, and NotFound when there is no such model.
        """
        new = self._archive(model) if model else None
        run = TrainingRun(by=by, kind=REPLAY, model=model or None)
        return self._begin(run, Job(REPLAY, self._kept_in_force(by), new, catalogue, limit))

    def stop(self, run_id: int, by: str) -> None:
        """Stop a run; its process ends within a second or two, on whatever machine it is."""
        with self._store.begin() as work:
            work.training_runs.stop(run_id)
            work.training_runs.end(run_id, RunState.STOPPED, f"Stopped by {by}.")

    def run(self, run_id: int) -> TrainingRun:
        """A run as it stands. Raises NotFound."""
        self._bury()
        with self._store.read() as work:
            return work.training_runs.get(run_id)

    def runs(self, kind: str, limit: int = 10) -> tuple[TrainingRun, ...]:
        """The latest runs of a kind, newest first."""
        self._bury()
        with self._store.read() as work:
            return work.training_runs.latest(kind, limit)

    def wait(self, run_id: int, seconds: float = 3600.0) -> TrainingRun:
        """The run when it has ended, or as it stands after so many seconds. For programs, not for pages."""
        thread = self._under_way.get(run_id)
        if thread is not None:
            thread.join(seconds)
        return self.run(run_id)

    def history(self) -> tuple[Entry, ...]:
        """The models, newest first."""
        with self._store.read() as work:
            found = work.models.latest()
        now, code = self._assistant().model, code_fingerprint()
        return tuple(Entry(one, one.id == now, self._is_there(one.id) and one.code in ("", code)) for one in found)

    def promotions(self) -> Sequence[Promotion]:
        """What was put in force, the latest first."""
        with self._store.read() as work:
            return work.models.promotions()

    def promote(self, model: str, by: str, why: str = "") -> None:
        """Put a model of the history in force, here and in every process over this database; turns under way end with the old one.

        Raises NotFound when it is not in the history, NotNow when it cannot be used; then the old one stays.
        """
        if self._settings.model is not None:
            raise NotNow("ADVISOR_MODEL names the model to use. Remove that setting and restart; then models are chosen here.")
        with self._promoting:
            archive, before = self._archive(model), self._kept_in_force(by).name
            if model == before:
                raise NotNow("This model is in force already.")
            try:
                self._assistant().swap(archive)
            except ModelMissing as error:
                raise NotNow(f"{error} The model before stays in force.") from error
            with self._store.begin() as work:
                work.models.promote(Promotion(model=model, before=before, by=by, why=why))

    def watch(self) -> None:
        """Take up what another process promoted; call it now and then."""
        if self._settings.model is not None:
            return
        with self._store.read() as work:
            promoted = work.models.in_force()
        wanted = promoted.model if promoted is not None else ""
        if wanted and wanted != self._assistant().model and self._is_there(wanted):
            with self._promoting:
                self._assistant().swap(self.history_folder / wanted)

    def chosen(self) -> Path | None:
        """The archive that was promoted last, where it is there and fits this program; None to go by the project's own data."""
        with self._store.read() as work:
            promoted = work.models.in_force()
            known = {one.id: one.code for one in work.models.latest()}
        if promoted is None or not self._is_there(promoted.model) or known.get(promoted.model) != code_fingerprint():
            return None
        return self.history_folder / promoted.model

    def _begin(self, run: TrainingRun, job: Job) -> TrainingRun:
        self._bury()
        with self._store.begin() as work:
            under_way = work.training_runs.running()
            if under_way:
                other = under_way[0]
                raise NotNow(f"A {other.kind} that {other.by} began is under way. Wait for it, or stop it first.")
            begun = work.training_runs.begin(_worded(run))
        thread = threading.Thread(target=self._work, args=(begun, job), name=f"{run.kind}-{begun.id}", daemon=True)
        self._under_way[begun.id] = thread
        thread.start()
        return begun

    def _work(self, run: TrainingRun, job: Job) -> None:
        try:
            done = self._worker(job, lambda step, share: self._noted(run.id, step, share), lambda: self._asked_to_stop(run.id))
            model = self._registered(run, done) if run.kind == TRAINING else run.model
            self._ended(run, RunState.DONE, model=model, results=done.get("replay") or {})
        except JobStopped as stopped:
            self._ended(run, RunState.STOPPED, str(stopped))
        except (JobFailed, StoreError, OSError) as error:
            self._ended(run, RunState.FAILED, str(error))

    def _noted(self, run_id: int, step: str, share: float) -> None:
        with self._store.begin() as work:
            work.training_runs.progress(run_id, step, share)

    def _ended(
        self, run: TrainingRun, state: RunState, told: str = "", model: str | None = None, results: Json | None = None
    ) -> None:
        with self._store.begin() as work:
            work.training_runs.end(run.id, state, told, model, results)

    def _registered(self, run: TrainingRun, done: Json) -> str:
        """The model that was made, in the history; older archives than the history keeps are dropped."""
        archive = self._keep(Path(done["archive"]))
        model = Model(id=archive.name, by=run.by, code=done["code"], data=done["data"], scores=done["scores"])
        with self._store.begin() as work:
            work.models.put(model)
        self._drop_old()
        return archive.name

    def _kept_in_force(self, by: str) -> Path:
        """The archive of the model in force, in the history."""
        name = self._assistant().model
        if self._is_there(name):
            return self.history_folder / name
        source = next((path for path in self._places(name) if path.is_file()), None)
        if source is None:
            raise NotNow(f"The archive of the model in force ({name}) is gone. Restart the assistant, then try again.")
        kept = self._keep(source)
        with self._store.begin() as work:
            work.models.put(Model(id=name, by=by, code=code_fingerprint()))
        return kept

    def _places(self, name: str) -> tuple[Path, ...]:
        named = self._settings.model
        given = () if named is None else ((named,) if named.is_file() else (named / name,))
        return (self._settings.data_dir / "models" / name, *given)

    def _keep(self, archive: Path) -> Path:
        kept = self.history_folder / archive.name
        if not kept.is_file():
            self.history_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = kept.with_suffix(".draft")
            shutil.copyfile(archive, draft)
            draft.replace(kept)
        return kept

    def _drop_old(self) -> None:
        kept = {self._assistant().model}
        archives = sorted(self.history_folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in [path for path in archives if path.name not in kept][KEPT:]:
            path.unlink(missing_ok=True)

    def _archive(self, model: str) -> Path:
        with self._store.read() as work:
            found = work.models.get(model)
        if not self._is_there(found.id):
            raise NotFound(f"The archive of {found.id} is no longer kept. Train again from the same corrections.")
        return self.history_folder / found.id

    def _is_there(self, name: str) -> bool:
        return Path(name).name == name and (self.history_folder / name).is_file()

    def _asked_to_stop(self, run_id: int) -> bool:
        with self._store.read() as work:
            found = work.training_runs.get(run_id)
        return found.asked_to_stop or found.state is not RunState.RUNNING

    def _bury(self) -> None:
        """End the runs whose process has died, so that another one can begin."""
        with self._store.read() as work:
            running = work.training_runs.running()
        for run in running:
            if run.id not in self._under_way and _is_dead(run):
                self._ended(run, RunState.FAILED, "The assistant was stopped while this was under way. Begin again.")


def _worded(run: TrainingRun) -> TrainingRun:
    return replace(run, step="Beginning", worker=f"{socket.gethostname()}:{os.getpid()}")


def _is_dead(run: TrainingRun) -> bool:
    """Whether the process that did it is gone; of another machine's nobody here can tell."""
    host, _, process = run.worker.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return True
    except PermissionError:
        return False
    return int(process) == os.getpid()
