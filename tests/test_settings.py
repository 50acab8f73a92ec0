"""Settings: documented, checked at once, and every mistake says what to write instead."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.known_settings import SETTINGS
from bot.settings import PROJECT, Settings, SettingsError, load_settings, session_secret, settings_page

SECRET = "0123456789abcdef" * 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to start in, with a catalogue where the default looks for one."""
    (tmp_path / "data" / "catalogues" / "laundry").mkdir(parents=True)
    return tmp_path


def _load(folder: Path, **environ: str) -> Settings:
    return load_settings(environ, folder=folder)


def test_with_nothing_set_the_defaults_are_in_force(folder: Path) -> None:
    """Out of the box: port 8000, this machine only, the laundry, one folder `var`, an hour of holding."""
    assert _load(folder) == Settings(
        port=8000,
        host="127.0.0.1",
        catalogue=folder / "data" / "catalogues" / "laundry",
        data_dir=folder / "var",
        database_url=f"sqlite:///{folder / 'var' / 'advisor.sqlite3'}",
        model=None,
        hold=timedelta(minutes=60),
        keep=None,
        log_level="info",
        max_message_chars=4000,
        rate_limit=600,
        secret="",
        session_idle=timedelta(hours=2),
        session_lasts=timedelta(hours=12),
        private_webhooks=False,
        allowed_origins=(),
        trust_customer_id=False,
        today=None,
    )


def test_every_setting_can_be_set(folder: Path) -> None:
    """Each name changes its field."""
    (folder / "model.tar.gz").touch()
    (folder / "mine").mkdir()
    settings = _load(
        folder,
        PORT="9000",
        ADVISOR_HOST="0.0.0.0",
        ADVISOR_CATALOGUE="mine",
        ADVISOR_DATA_DIR="/srv/advisor",
        ADVISOR_DATABASE_URL="postgresql://ada:pw@db:5433/advisor",
        ADVISOR_MODEL="model.tar.gz",
        ADVISOR_HOLD_MINUTES="5",
        ADVISOR_KEEP_DAYS="730",
        ADVISOR_LOG_LEVEL="DEBUG",
        ADVISOR_MAX_MESSAGE_CHARS="500",
        ADVISOR_RATE_LIMIT="0",
        ADVISOR_SECRET=SECRET,
        ADVISOR_SESSION_IDLE_MINUTES="10",
        ADVISOR_SESSION_HOURS="1",
        ADVISOR_PRIVATE_WEBHOOKS="yes",
        ADVISOR_ALLOWED_ORIGINS="https://www.example.com/, http://localhost:3000",
        ADVISOR_TRUST_CUSTOMER_ID="yes",
        ADVISOR_TODAY="2025-06-05",
    )
    assert settings == Settings(
        port=9000,
        host="0.0.0.0",
        catalogue=folder / "mine",
        data_dir=Path("/srv/advisor"),
        database_url="postgresql://ada:pw@db:5433/advisor",
        model=folder / "model.tar.gz",
        hold=timedelta(minutes=5),
        keep=timedelta(days=730),
        log_level="debug",
        max_message_chars=500,
        rate_limit=0,
        secret=SECRET,
        session_idle=timedelta(minutes=10),
        session_lasts=timedelta(hours=1),
        private_webhooks=True,
        allowed_origins=("https://www.example.com", "http://localhost:3000"),
        trust_customer_id=True,
        today=date(2025, 6, 5),
    )
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("PORT", "http", "PORT: 'http' is not right. Write a whole number from 1 to 65535, such as 8000."),
        ("PORT", "0", "PORT: '0' is not right"),
        ("PORT", "65536", "PORT: '65536' is not right"),
        ("PORT", "٨٠", "PORT: '٨٠' is not right"),
        ("PORT", "9" * 5000, "PORT: '9999"),
        ("ADVISOR_ALLOWED_ORIGINS", "example.com", "'example.com' is not an origin"),
        ("ADVISOR_TRUST_CUSTOMER_ID", "maybe", "ADVISOR_TRUST_CUSTOMER_ID: 'maybe' is not right. Write yes or no."),
        ("ADVISOR_HOST", "http://here", "ADVISOR_HOST: 'http://here' is not right. Write an address or host name"),
        ("ADVISOR_CATALOGUE", "nowhere", "ADVISOR_CATALOGUE: 'nowhere' is not there. Write the path of a catalogue"),
        (
            "ADVISOR_DATABASE_URL",
            "mysql://x/y",
            "ADVISOR_DATABASE_URL: the value (not shown) is not right (it must begin",
        ),
        ("ADVISOR_DATABASE_URL", "postgresql://h:port/x", "ADVISOR_DATABASE_URL: the value (not shown) is not right"),
        ("ADVISOR_MODEL", "gone.tar.gz", "ADVISOR_MODEL: 'gone.tar.gz' is not there"),
        ("ADVISOR_HOLD_MINUTES", "-5", "ADVISOR_HOLD_MINUTES: '-5' is not right. Write a whole number of minutes"),
        ("ADVISOR_HOLD_MINUTES", "1.5", "ADVISOR_HOLD_MINUTES: '1.5' is not right"),
        ("ADVISOR_LOG_LEVEL", "loud", "'loud' is not right. Write one of debug, info, warning, error."),
        ("ADVISOR_MAX_MESSAGE_CHARS", "1", "ADVISOR_MAX_MESSAGE_CHARS: '1' is not right"),
        ("ADVISOR_RATE_LIMIT", "lots", "ADVISOR_RATE_LIMIT: 'lots' is not right"),
        ("ADVISOR_SECRET", "short", "ADVISOR_SECRET: the value (not shown) is not right (it has 5 characters)"),
        ("ADVISOR_TODAY", "tomorrow", "ADVISOR_TODAY: 'tomorrow' is not right. Write a day such as 2025-06-05."),
        ("ADVISOR_CATALOG", "x", "ADVISOR_CATALOG: there is no such setting. Did you mean ADVISOR_CATALOGUE?"),
        ("ADVISOR_ZZZZZ", "x", "ADVISOR_ZZZZZ: there is no such setting. "),
    ],
)
def test_a_wrong_setting_names_itself_its_value_and_what_to_write(folder: Path, name: str, value: str, advice: str) -> None:
    """One line says which setting is wrong, what it was, and what is right; secrets are not shown."""
    with pytest.raises(SettingsError) as caught:
        _load(folder, **{name: value})
    assert advice in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_setting_of_the_installation_is_no_mistake(folder: Path) -> None:
    """ADVISOR_PYTHON is for `make` and may be set while the program runs."""
    assert _load(folder, ADVISOR_PYTHON="python3.10") == _load(folder)


def test_all_mistakes_are_told_at_once(folder: Path) -> None:
    """Nobody has to start the program once for each mistake."""
    with pytest.raises(SettingsError) as caught:
        _load(folder, PORT="x", ADVISOR_LOG_LEVEL="y", ADVISOR_PROT="1")
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "ADVISOR_PROT",
        "PORT",
        "ADVISOR_LOG_LEVEL",
    ]


def test_the_samples_are_named_when_a_catalogue_is_missing(folder: Path) -> None:
    """A wrong catalogue lists the samples there are."""
    samples = sorted(path.name for path in (PROJECT / "data" / "catalogues").iterdir() if path.is_dir())
    with pytest.raises(SettingsError) as caught:
        _load(folder, ADVISOR_CATALOGUE="nowhere")
    assert f"the name of a sample ({', '.join(samples)})" in str(caught.value)


def test_a_sample_can_be_named_from_any_folder(tmp_path: Path) -> None:
    """The name of a sample, and the default, work wherever the program starts."""
    sample = PROJECT / "data" / "catalogues" / "laundry"
    assert _load(tmp_path, ADVISOR_CATALOGUE="laundry").catalogue == sample
    assert _load(tmp_path).catalogue == sample


def test_the_env_file_is_read_and_the_environment_wins(folder: Path) -> None:
    """`.env` sets what the environment does not; comments, quotes and `export` are understood; empty means not set."""
    (folder / ".env").write_text("# mine\nexport PORT=9001\nADVISOR_LOG_LEVEL='debug'\nADVISOR_MODEL=\nOTHER=1\n")
    assert (_load(folder).port, _load(folder).log_level, _load(folder).model) == (9001, "debug", None)
    assert _load(folder, PORT="9002").port == 9002


def test_a_misspelt_name_in_the_env_file_is_told_too(folder: Path) -> None:
    """The check for unknown names covers the file."""
    (folder / ".env").write_text("ADVISOR_HOLD_MINUTE=5\n")
    with pytest.raises(SettingsError, match="Did you mean ADVISOR_HOLD_MINUTES"):
        _load(folder)


def test_a_line_of_the_env_file_that_makes_no_sense_is_told(folder: Path) -> None:
    """A broken line is reported with its number, and only its beginning: it may be a secret."""
    (folder / ".env").write_text('PORT=9000\n"unfinished secret words here\n')
    with pytest.raises(SettingsError, match=r"\.env:2: '\"unfinished .*write NAME=value") as caught:
        _load(folder)
    assert "words here" not in str(caught.value)


def test_an_env_file_that_is_no_text_is_told(folder: Path) -> None:
    """A binary `.env` is reported, not guessed at."""
    (folder / ".env").write_bytes(b"\xff\xfe\x00P")
    with pytest.raises(SettingsError, match=r"\.env: cannot be read"):
        _load(folder)


def test_secrets_never_show_in_a_log(folder: Path) -> None:
    """Printing the settings shows neither the key nor the database's password."""
    shown = repr(_load(folder, ADVISOR_SECRET=SECRET, ADVISOR_DATABASE_URL="postgresql://ada:hidden@db/advisor"))
    assert SECRET not in shown
    assert "hidden" not in shown


def test_a_session_secret_is_made_once_for_its_owner_only(folder: Path) -> None:
    """Without ADVISOR_SECRET a random key is made in the data folder, readable by its owner only, and stays."""
    settings = _load(folder)
    secret = session_secret(settings)
    assert len(secret) >= 32
    assert session_secret(settings) == secret
    assert (settings.data_dir / "secret").stat().st_mode & 0o777 == 0o600
    assert session_secret(_load(folder, ADVISOR_SECRET=SECRET)) == SECRET
    assert [path.name for path in settings.data_dir.iterdir()] == ["secret"]


def test_programs_that_start_together_agree_on_the_secret(folder: Path) -> None:
    """Many first starts at once end with one key."""
    settings = _load(folder)
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(session_secret(settings))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert len(set(found)) == 1


def test_a_data_folder_that_cannot_be_made_is_told(folder: Path) -> None:
    """A data folder in an impossible place names the setting."""
    (folder / "file").touch()
    with pytest.raises(SettingsError, match=r"ADVISOR_DATA_DIR: .* cannot be written"):
        session_secret(_load(folder, ADVISOR_DATA_DIR="file/var"))


def test_the_page_of_settings_does_not_lag() -> None:
    """`docs/settings.md` is what `python -m bot.settings` prints, and names every setting."""
    page = (PROJECT / "docs" / "settings.md").read_text("utf-8")
    assert page == settings_page(), "run: python -m bot.settings > docs/settings.md"
    assert all(f"`{setting.name}`" in page for setting in SETTINGS)


def test_the_page_can_be_printed() -> None:
    """The command that the page names prints the page."""
    command = [sys.executable, "-m", "bot.settings"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT, env={**os.environ})
    assert done.stdout == settings_page()
