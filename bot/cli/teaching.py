"""Commands of the teacher: train with what was learnt, the history of models, promote, and replay."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.opening import opened_services, tell
from bot.cli.problems import Trouble
from bot.settings import Settings, load_settings

if TYPE_CHECKING:
    from bot.services import Services
    from bot.store.models import TrainingRun

BY = "command line"


def train_with_corrections(settings: Settings) -> None:
    """Train with everything accepted in the review room, held against the model in force; it is not put in force."""
    from bot.learning.teaching import NotNow

    with opened_services(settings) as services:
        try:
            run = _watched(services, services.teacher.train(BY))
        except NotNow as refused:
            raise Trouble(str(refused)) from None
        entry = next(one for one in services.teacher.history() if one.model.id == run.model)
        typer.echo(f"The model: {entry.model.id}")
        for line in _figures(entry.model.scores):
            typer.echo(f"  {line}")
        typer.echo(f"It answers nobody yet. `advisor promote {entry.model.id}` puts it in force.")


def models() -> None:
    """List the models made here.

    Newest first, with what each was made of and how it did; a star marks the one in force.
    """
    with opened_services(load_settings()) as services:
        for entry in services.teacher.history():
            model, data = entry.model, entry.model.data
            made_of = f"{data['examples']} examples, {data['learnt']} learnt" if data else ""
            star = "*" if entry.in_force else " "
            gone = "" if entry.usable else "  (no longer usable)"
            typer.echo(f"{star} {model.id}  {model.created_at:%Y-%m-%d %H:%M}  {model.by}  {made_of}{gone}")
            for line in _figures(model.scores):
                typer.echo(f"    {line}")


def promote(
    model: Annotated[str, typer.Argument(help="Its name, as `advisor models` lists it.")],
    why: Annotated[str, typer.Option("--why", help="What it is better at; kept with the promotion.")] = "",
) -> None:
    """Put a model in force.

    Every running assistant over these records takes it up. The one before stays in the history; promoting it again is the way back.
    """
    from bot.learning.teaching import NotNow

    with opened_services(load_settings()) as services:
        try:
            services.teacher.promote(model, BY, why)
        except NotNow as refused:
            raise Trouble(str(refused)) from None
    typer.echo(f"{model} is in force. Running assistants take it up within a few seconds.")


def replay(
    model: Annotated[str, typer.Option("--model", help="A model of the history, against the one in force.")] = "",
    catalogue: Annotated[Path | None, typer.Option("--catalogue", help="Another catalogue, against the one in use.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many conversations, the latest first.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything found as JSON.")] = False,
) -> None:
    """Replay stored conversations.

    Lists whose moves or advice would change. Without options: what is in force now, against what was done then.
    """
    from bot.learning.teaching import NotNow

    if catalogue is not None and not catalogue.exists():
        raise Trouble(f"There is no catalogue at {catalogue}.")
    with opened_services(load_settings()) as services:
        try:
            begun = services.teacher.replay(BY, model, catalogue.resolve() if catalogue else None, limit)
        except NotNow as refused:
            raise Trouble(str(refused)) from None
        found = _watched(services, begun).results
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for line in _replayed(found):
        typer.echo(line)


def _watched(services: Services, run: TrainingRun) -> TrainingRun:
    """The run when it has ended; its steps are told as they come. Ctrl-C stops it."""
    from bot.store.models import RunState

    step = ""
    try:
        while (now := services.teacher.run(run.id)).state is RunState.RUNNING:
            if now.step != step:
                step = now.step
                tell(f"{now.share:4.0%}  {step} …")
            time.sleep(0.3)
    except KeyboardInterrupt:
        services.teacher.stop(run.id, BY)
        services.teacher.wait(run.id, 10)
        raise
    if now.state is not RunState.DONE:
        raise Trouble(now.told)
    return now


def _figures(scores: dict[str, Any]) -> list[str]:
    voices, tests, replay = scores.get("voices") or {}, scores.get("tests") or {}, scores.get("replay") or {}
    lines = []
    if "new" in voices:
        old, new = voices["old"]["macro_f1"], voices["new"]["macro_f1"]
        lines.append(f"acts of unheard voices (F1): {old:.1%} -> {new:.1%}")
    if tests:
        lines.append(f"conversation tests passed: {tests['old']} -> {tests['new']} of {tests['tests']}")
        lines += [f"  breaks “{one['name']}”: {'; '.join(one['wrong'])}" for one in tests["broken"]]
    if "changed" in replay:
        lines.append(f"stored conversations that go otherwise: {len(replay['changed'])} of {replay['conversations']}")
    return lines


def _replayed(found: dict[str, Any]) -> list[str]:
    if "missing" in found:
        return [str(found["missing"])]
    advised = [one for one in found["changed"] if one["advice_changed"]]
    lines = [
        f"{len(found['changed'])} of {found['conversations']} conversations go otherwise ({found['turns']} turns); "
        f"{len(advised)} would be advised otherwise."
    ]
    for one in found["changed"]:
        step = one["steps"][0] if one["steps"] else None
        first = f", first at turn {step['seq']}: {step['was']['kind']} -> {step['now']['kind']}" if step else ""
        advice = f"; advice {one['advised'] or 'none'} -> {one['would_advise'] or 'none'}" if one["advice_changed"] else ""
        lines.append(f"  {one['conversation']}{first}{advice}")
    return lines


COMMANDS: tuple[tuple[str, Any, dict[str, Any]], ...] = (("models", models, {}), ("promote", promote, {}), ("replay", replay, {}))
