"""Trained models on disk: which one is in force, whether it is up to date, and training a new one."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from bot.assistant.deferral import without_unnamed_components
from bot.settings import Settings

PROJECT = Path(__file__).resolve().parents[2]
KEPT = 3
Tell = Callable[[str], None]

logger = logging.getLogger(__name__)


class TrainingFailed(RuntimeError):
    """Rasa did not make a model; its messages say why."""


def ensure_model(settings: Settings, tell: Tell | None = None) -> Path:
    """The model to use: the one named in the settings, else one trained on the project as it is now, training it if needed.

    `tell` hears how the training goes, by default on standard error. Raises TrainingFailed.
    """
    if settings.model is not None:
        return settings.model
    return train(settings.data_dir / "models", tell=tell)


def train(
    models: Path, project: Path = PROJECT, *, force: bool = False, tell: Tell | None = None, learnt: Path | None = None
) -> Path:
    """The archive trained on the project's config, domain and data, kept in `models`; trains only when they changed.

    `learnt` is a folder with more examples in Rasa's format. Parts whose data did not change are taken from the training
    cache beside the models, unless `force`. Meant for a process of its own when something is being served. Raises
    TrainingFailed.
    """
    archive = models / f"advisor-{fingerprint(project, learnt)}.tar.gz"
    if archive.is_file() and not force:
        return archive
    say = tell or _say
    begun = time.monotonic()
    say("Training the language model; this takes about half a minute.\n  encoding the examples …")
    models.mkdir(parents=True, exist_ok=True)
    _train_to(archive, project, say, force, learnt)
    _drop_old(models, archive)
    say(f"The model is trained ({time.monotonic() - begun:.0f} s).")
    return archive


def fingerprint(project: Path = PROJECT, learnt: Path | None = None) -> str:
    """Twelve characters that change when config, domain, training data or the code that learns from them change."""
    more = sorted(learnt.glob("*.yml")) if learnt is not None else []
    return _digest([*sorted([*_fixed(project), *(project / "data" / "nlu").glob("*.yml")]), *more])


def code_fingerprint(project: Path = PROJECT) -> str:
    """Twelve characters that change when config, domain, rules or the code that learns change."""
    return _digest(sorted(_fixed(project)))


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(path.anchor).name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _fixed(project: Path) -> Iterable[Path]:
    """What a model is made from besides examples."""
    yield from (project / "config.yml", project / "domain.yml", project / "data" / "rules.yml")
    understanding = Path(__file__).resolve().parents[1] / "nlu"
    yield from (understanding / name for name in ("encoder.py", "encoder_graph.py", "ngrams.py", "act_model.py", "act_training.py"))


def _train_to(archive: Path, project: Path, say: Tell, force: bool, learnt: Path | None) -> None:
    os.environ["RASA_CACHE_DIRECTORY"] = str(archive.parent / "cache")
    draft = archive.with_name(f"{archive.name}.{os.getpid()}.tar.gz")
    listener = _Listener(say)
    steps = logging.getLogger("rasa.engine.training.hooks")
    level = steps.level
    steps.addHandler(listener)
    steps.setLevel(logging.INFO)
    try:
        _run(draft, project, force, learnt)
    finally:
        steps.removeHandler(listener)
        steps.setLevel(level)
    draft.replace(archive)


def _run(draft: Path, project: Path, force: bool, learnt: Path | None) -> None:
    config = project / "config.yml"
    more = [str(path) for path in sorted(learnt.glob("*.yml"))] if learnt is not None else []
    with without_unnamed_components(config.read_text(encoding="utf-8")):
        from rasa.model_training import train as rasa_train

        result = rasa_train(
            domain=str(project / "domain.yml"),
            config=str(config),
            training_files=[str(project / "data" / "nlu"), str(project / "data" / "rules.yml"), *more],
            output=str(draft.parent),
            fixed_model_name=draft.name,
            force_training=force,
        )
    if result.code != 0 or not draft.is_file():
        raise TrainingFailed("The model could not be trained; the messages above say why.")


def _drop_old(models: Path, newest: Path) -> None:
    """Keep the latest few archives, so that a server still running on one can be started again."""
    archives = sorted(models.glob("advisor-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [path for path in archives if path != newest][KEPT - 1 :]:
        path.unlink(missing_ok=True)


def clear_cache(models: Path) -> None:
    """Forget the parts kept from earlier trainings."""
    shutil.rmtree(models / "cache", ignore_errors=True)


_STEPS = {"ActClassifier": "learning the acts", "RulePolicy": "learning the rules"}


class _Listener(logging.Handler):
    """Turns Rasa's notes on each component into a line a person can follow."""

    def __init__(self, say: Tell) -> None:
        super().__init__(logging.INFO)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """Say which step begins."""
        message = record.getMessage()
        step = next((words for name, words in _STEPS.items() if name in message and "Starting" in message), "")
        if step:
            self._say(f"  {step} …")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - a person is waiting
