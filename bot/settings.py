"""Settings: the environment and `.env`, checked once at the start, as one frozen `Settings`."""

from __future__ import annotations

import difflib
import io
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from dotenv.parser import parse_stream

from bot.known_settings import PREFIX, READ_BY_SCRIPTS, SETTINGS, SHORTEST_SECRET, Setting

PROJECT: Final = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """One or more settings are wrong; one line for each names it, its value, and what to write."""


@dataclass(frozen=True)
class Settings:
    """What the program was told. Paths are absolute; `secret` is empty unless given: see `session_secret`."""

    port: int
    host: str
    catalogue: Path
    data_dir: Path
    database_url: str = field(repr=False)
    model: Path | None
    hold: timedelta
    log_level: str
    max_message_chars: int
    rate_limit: int
    secret: str = field(repr=False)
    keep: timedelta | None
    session_idle: timedelta
    session_lasts: timedelta
    private_webhooks: bool
    allowed_origins: tuple[str, ...]
    trust_customer_id: bool
    today: date | None


def load_settings(
    environ: Mapping[str, str] | None = None, *, env_file: Path = Path(".env"), folder: Path | None = None
) -> Settings:
    """The settings in force: what the environment says, else `env_file`, else the defaults.

    Relative paths start at `folder`, the working folder unless given. A name set to nothing counts as not set.
    Raises `SettingsError` that lists everything wrong at once.
    """
    place = (folder or Path.cwd()).resolve()
    problems: list[str] = []
    told = {**_from_file(place / env_file, problems), **(os.environ if environ is None else environ)}
    problems += _unknown(told)
    values = {setting.field: _value(setting, told, problems) for setting in SETTINGS}
    if not problems:
        values = _placed(values, place, problems)
    if problems:
        raise SettingsError("\n".join(problems))
    return Settings(**values)


def session_secret(settings: Settings) -> str:
    """The key that signs sessions: ADVISOR_SECRET, or one made once and kept in the data folder for its owner only.

    Raises `SettingsError` when the data folder cannot be written.
    """
    if settings.secret:
        return settings.secret
    path = settings.data_dir / "secret"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_once(path, secrets.token_hex(SHORTEST_SECRET))
        return path.read_text("ascii").strip()
    except OSError as error:
        raise SettingsError(
            f"ADVISOR_DATA_DIR: {settings.data_dir} cannot be written ({error.strerror}). Give the user who runs "
            "this write access to it, or write another folder."
        ) from error


def settings_page() -> str:
    """The text of `docs/settings.md`, made from the definitions in this module."""
    rows = (f"| `{each.name}` | {_shown_default(each)} | {each.meaning} | {each.write} |" for each in SETTINGS)
    return "\n".join((*_PAGE_START, *rows, ""))


def _from_file(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: cannot be read ({error}). Write it as UTF-8 text, one NAME=value on each line.")
        return {}
    bindings = list(parse_stream(io.StringIO(text)))
    for binding in bindings:
        if binding.error:
            line, start = binding.original.string.strip(), binding.original.line
            problems.append(f"{path.name}:{start}: '{line[:12]}…' is not a setting: write NAME=value.")
    return {binding.key: binding.value or "" for binding in bindings if binding.key and not binding.error}


def _unknown(told: Mapping[str, str]) -> list[str]:
    known = [setting.name for setting in SETTINGS]
    wrong = sorted(name for name in told if name.startswith(PREFIX) and name not in (*known, *READ_BY_SCRIPTS))
    return [f"{name}: there is no such setting. {_nearest(name, known)}" for name in wrong]


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, 1, 0.5)
    return f"Did you mean {close[0]}?" if close else f"Known are {', '.join(known)}."


def _value(setting: Setting, told: Mapping[str, str], problems: list[str]) -> Any:
    text = told.get(setting.name, "").strip() or setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        value = f"'{text[:80]}'" if setting.shown else "the value (not shown)"
        because = f" ({error})" if str(error) else ""
        problems.append(f"{setting.name}: {value} is not right{because}. Write {setting.write}.")
        return None


def _placed(values: dict[str, Any], place: Path, problems: list[str]) -> dict[str, Any]:
    """The values with every path made absolute, and the times and the database derived from the others."""
    data_dir = place / Path(values["data_dir"]).expanduser()
    url = values["database_url"] or f"sqlite:///{data_dir / 'advisor.sqlite3'}"
    hold = timedelta(minutes=values.pop("hold_minutes"))
    days = values.pop("keep_days")
    keep = timedelta(days=days) if days else None
    idle = timedelta(minutes=values.pop("session_idle_minutes"))
    lasts = timedelta(hours=values.pop("session_hours"))
    catalogue = _catalogue(values["catalogue"], place, problems)
    model = _model(values["model"], place, problems)
    times = {"hold": hold, "keep": keep, "session_idle": idle, "session_lasts": lasts}
    return {**values, **times, "data_dir": data_dir, "database_url": url, "catalogue": catalogue, "model": model}


def _catalogue(text: str, place: Path, problems: list[str]) -> Path | None:
    """The catalogue at that path, or the sample of that name; the working folder is looked at first."""
    samples = PROJECT / "data" / "catalogues"
    tried = [place / Path(text).expanduser(), PROJECT / text, samples / text]
    found = next((path for path in tried if path.exists()), None)
    if found is None:
        names = sorted(path.name for path in samples.iterdir() if path.is_dir()) if samples.is_dir() else []
        known = f" or the name of a sample ({', '.join(names)})" if names else ""
        problems.append(f"ADVISOR_CATALOGUE: '{text}' is not there. Write the path of a catalogue{known}.")
    return found.resolve() if found else None


def _model(text: str, place: Path, problems: list[str]) -> Path | None:
    if not text:
        return None
    path = place / Path(text).expanduser()
    if not path.exists():
        problems.append(f"ADVISOR_MODEL: '{text}' is not there. Write the path of a trained model, or nothing for the newest one.")
    return path


def _write_once(path: Path, text: str) -> None:
    """Write a file only its owner can read; when two programs start together, the first one's file stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _shown_default(setting: Setting) -> str:
    return f"`{setting.default}`" if setting.default else "(none)"


_PAGE_START = (
    "# Settings",
    "",
    "Settings come from the environment, or from a file `.env` in the folder the program starts in; the environment",
    "wins. A name set to nothing counts as not set. Relative paths start at that folder. Everything is checked at the",
    "start: a wrong value, or a misspelt `ADVISOR_` name, is reported with what to write instead.",
    "",
    "`ADVISOR_PYTHON` names the Python 3.10 that `make` installs with, where it cannot find one by itself.",
    "",
    "This page is made from `bot/known_settings.py` by `python -m bot.settings`.",
    "",
    "| name | default | meaning | write |",
    "|---|---|---|---|",
)


if __name__ == "__main__":
    sys.stdout.write(settings_page())
