"""Commands that train and measure, and that tell what is in force."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib.metadata import version as installed_version
from typing import Annotated, Any

import typer

from bot.cli.opening import log_as, tell
from bot.cli.problems import Trouble
from bot.cli.teaching import train_with_corrections
from bot.settings import Settings, load_settings

_TIMES = {
    "ADVISOR_HOLD_MINUTES": ("hold", timedelta(minutes=1)),
    "ADVISOR_KEEP_DAYS": ("keep", timedelta(days=1)),
    "ADVISOR_SESSION_IDLE_MINUTES": ("session_idle", timedelta(minutes=1)),
    "ADVISOR_SESSION_HOURS": ("session_lasts", timedelta(hours=1)),
}
_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def train(
    force: Annotated[bool, typer.Option("--force", help="Train also when the model is up to date.")] = False,
) -> None:
    """Train the language model.

    Nothing is done when what it is trained from has not changed, unless forced. With corrections accepted in the review
    room, a model that knows them is made beside the one in force and held against it; `advisor promote` puts it in force.
    """
    settings = load_settings()
    log_as(settings.log_level)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any((settings.data_dir / "learnt" / "nlu").glob("*.yml")) and not force:
        train_with_corrections(settings)
        return
    from bot.assistant import train as train_model

    path = train_model(settings.data_dir / "models", force=force, tell=tell)
    typer.echo(f"The model: {path}")


def evaluate(context: typer.Context) -> None:
    """Measure how well messages are understood.

    On voices held out of training, with a report as a page; --help tells its options.
    """
    from bot.learning import evaluation

    raise typer.Exit(_code(evaluation.main(context.args)))


def simulate(context: typer.Context) -> None:
    """Run simulated customers and report.

    Through the real assistant; --help tells its options.
    """
    from bot import simulation

    raise typer.Exit(_code(simulation.main(context.args)))


def settings_in_force() -> None:
    """Print the settings in force, without secrets."""
    from bot.known_settings import SETTINGS

    settings = load_settings()
    for setting in SETTINGS:
        typer.echo(f"{setting.name}={shown_value(settings, setting.name, setting.field, setting.shown)}")


def shown_value(settings: Settings, name: str, field: str, shown: bool) -> str:
    """A setting's value as it may be printed."""
    if name == "ADVISOR_DATABASE_URL":
        return re.sub(r"://([^:/@]*):[^@]*@", r"://\1:…@", settings.database_url)
    if name in _TIMES:
        kept, unit = _TIMES[name]
        time: timedelta | None = getattr(settings, kept)
        return str(time // unit if time is not None else 0)
    value: Any = getattr(settings, field)
    if not shown:
        return "(set, not shown)" if value else "(made at the first start, kept in the data folder)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def version() -> None:
    """Print the version."""
    typer.echo(f"advisor {installed_version('advisor')}")


def _code(result: object) -> int:
    if isinstance(result, str):
        raise Trouble(result)
    return result if isinstance(result, int) else 0


COMMANDS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("train", train, {}),
    ("evaluate", evaluate, {"context_settings": _PASSED_ON, "add_help_option": False}),
    ("simulate", simulate, {"context_settings": _PASSED_ON, "add_help_option": False}),
    ("settings", settings_in_force, {}),
    ("version", version, {}),
)
