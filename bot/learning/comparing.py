"""Two models held against each other: on voices neither was trained on, and on every conversation test."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.advice.interruptions import UNDERSTOOD
from bot.assistant import Assistant
from bot.learning import metrics, opinions, voices
from bot.learning.acts_study import ActsStudy, study
from bot.learning.dialogues.dialogue import Dialogue, read_dialogues
from bot.learning.dialogues.playing import Played, play_all
from bot.learning.opinions import Opinion
from bot.learning.voices import PROJECT, Voices, VoicesMissing
from bot.services import Services, open_services
from bot.settings import Settings
from bot.store.records import Json

DAY = date(2025, 5, 19)
"""The day on which conversation tests are played unless they name another."""

_SHOWN = 40
Tell = Callable[[str, float], None]


def on_voices(old: Assistant, new: Assistant, learnt: Path) -> Json:
    """How well both tell the acts of held-out voices, and which messages fare otherwise; a reason where there are none."""
    try:
        held = voices.unseen(voices.unseen(voices.held_out()), learnt)
    except VoicesMissing as error:
        return {"missing": str(error)}
    was, now = _opinions(old, held), _opinions(new, held)
    changed = [one for one in held.single if (was[one.text].act == one.act) != (now[one.text].act == one.act)]
    return {
        "messages": len(held.single),
        "voices": len({one.voice for one in held.single}),
        "old": _figures(study("old", held, was)),
        "new": _figures(study("new", held, now)),
        "changed": [
            {"text": one.text, "act": one.act, "old": was[one.text].act, "new": now[one.text].act} for one in changed[:_SHOWN]
        ],
    }


def on_dialogues(old: Assistant, new: Assistant, settings: Settings, learnt: Path, tell: Callable[[float], None]) -> Json:
    """Which conversation tests each model passes: the project's own and the learnt ones."""
    told: dict[str, list[Played]] = {"old": [], "new": []}
    trades = list(_by_company(settings, learnt))
    for place, (catalogue, dialogues) in enumerate(trades):
        with company(settings, catalogue) as services:
            for name, assistant in (("old", old), ("new", new)):
                services.adopt(assistant)
                told[name] += play_all(dialogues, services)
        tell((place + 1) / len(trades))
    return _dialogue_figures(told)


@contextmanager
def company(settings: Settings, catalogue: Path) -> Iterator[Services]:
    """A company's services on a database of its own that is gone afterwards."""
    folder = settings.data_dir / "comparing"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        (Path(place) / "phrases").symlink_to(settings.data_dir / "phrases")
        (settings.data_dir / "phrases").mkdir(exist_ok=True)
        told = replace(settings, catalogue=catalogue, data_dir=Path(place), database_url=f"sqlite:///{place}/a.db", today=DAY)
        with open_services(told) as services:
            yield services


def _by_company(settings: Settings, learnt: Path) -> Iterator[tuple[Path, list[Dialogue]]]:
    """The dialogues of each catalogue, where both are there."""
    own = read_dialogues(learnt) if learnt.is_dir() else []
    shipped, samples = PROJECT / "tests" / "conversations", PROJECT / "data" / "catalogues"
    found = read_dialogues(shipped) if shipped.is_dir() else []
    trades = {dialogue.trade: samples / dialogue.trade for dialogue in found if (samples / dialogue.trade).is_dir()}
    trades[settings.catalogue.stem] = settings.catalogue
    for trade, catalogue in trades.items():
        dialogues = [dialogue for dialogue in (*found, *own) if dialogue.trade == trade]
        if dialogues:
            yield catalogue, dialogues


def _dialogue_figures(told: Mapping[str, Sequence[Played]]) -> Json:
    passed = {name: {one.name for one in played if one.passed} for name, played in told.items()}
    return {
        "tests": len(told["new"]),
        "old": len(passed["old"]),
        "new": len(passed["new"]),
        "broken": [_shown(one) for one in told["new"] if not one.passed and one.name in passed["old"]],
        "mended": [_shown(one) for one in told["old"] if not one.passed and one.name in passed["new"]],
        "failing": [_shown(one) for one in told["new"] if not one.passed and one.name not in passed["old"]],
    }


def _shown(one: Played) -> dict[str, Any]:
    return {"name": one.name, "trade": one.trade, "at": one.at, "wrong": list(one.wrong[:5])}


def _opinions(assistant: Assistant, held: Voices) -> dict[str, Opinion]:
    return {text: opinions.ours(parse, UNDERSTOOD) for text, parse in parses(assistant, held.texts).items()}


def parses(assistant: Assistant, texts: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """The parse of every text."""

    async def every() -> dict[str, Mapping[str, Any]]:
        return {text: await assistant.parse(text) for text in texts}

    return asyncio.run(every())


def _figures(found: ActsStudy) -> Json:
    return {
        "macro_f1": round(found.macro_f1, 4),
        "accuracy": round(found.accuracy, 4),
        "calibration_error": round(found.calibration_error, 4),
        "kept_out": round(found.kept_out.recall, 4),
        "several": round(found.several.all, 4),
        "by_act": {score.label: [round(score.f1, 3), score.support] for score in metrics.scores(found.judged)},
    }
