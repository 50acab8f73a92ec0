"""Every setting there is: its name, default and meaning, what to write, and how its text is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

PREFIX: Final = "ADVISOR_"
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
SHORTEST_SECRET: Final = 32
READ_BY_SCRIPTS: Final = ("ADVISOR_PYTHON",)  # settings of the installation, of no concern to the program


@dataclass(frozen=True)
class Setting:
    """One setting: its name, the text it has by default, what it means, what to write, and how it is read."""

    name: str
    default: str
    meaning: str
    write: str
    read: Callable[[str], Any]
    shown: bool = True

    @property
    def field(self) -> str:
        """The name of its field in `Settings`."""
        return self.name.removeprefix(PREFIX).lower()


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 12 and least <= int(text) <= most):
            raise ValueError
        return int(text)

    return read


def _host(text: str) -> str:
    if not text.isascii() or any(sign in text for sign in " /@?#"):
        raise ValueError
    return text


def _database_url(text: str) -> str:
    if not text:
        return text
    scheme = text.partition(":")[0].partition("+")[0]
    if scheme not in ("sqlite", "postgresql", "postgres") or "://" not in text:
        raise ValueError("it must begin with sqlite:/// or postgresql://")
    if scheme != "sqlite":
        _ = urlsplit(text).port  # raises ValueError for a port that is none
    return text


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError
    return text.lower()


def _secret(text: str) -> str:
    if 0 < len(text) < SHORTEST_SECRET:
        raise ValueError(f"it has {len(text)} characters")
    return text


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(each.strip().rstrip("/") for each in text.split(",") if each.strip())
    for origin in origins:
        parts = urlsplit(origin)
        plain = parts.scheme in ("http", "https") and parts.netloc and not (parts.path or parts.query or parts.fragment)
        if origin != "*" and not plain:
            raise ValueError(f"'{origin[:80]}' is not an origin")
    return origins


def _yes_no(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError
    return text.lower() == "yes"


def _today(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError from None


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        "PORT",
        "8000",
        "The port the web server listens on.",
        "a whole number from 1 to 65535, such as 8000",
        _number(1, 65535),
    ),
    Setting(
        "ADVISOR_HOST",
        "127.0.0.1",
        "The address the web server listens on. Only this machine can reach the default; `0.0.0.0` lets others in.",
        "an address or host name, such as 127.0.0.1 or 0.0.0.0",
        _host,
    ),
    Setting(
        "ADVISOR_CATALOGUE",
        "data/catalogues/laundry",
        "The company to advise for: its catalogue.",
        "the path of a catalogue, or the name of a sample such as laundry",
        str,
    ),
    Setting(
        "ADVISOR_DATA_DIR",
        "var",
        "The one folder that is written to: database, models, caches and the session key. Made when missing.",
        "the path of a folder",
        str,
    ),
    Setting(
        "ADVISOR_DATABASE_URL",
        "",
        "The database. By default an SQLite file, `advisor.sqlite3`, in the data folder.",
        "sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME",
        _database_url,
        shown=False,
    ),
    Setting(
        "ADVISOR_MODEL",
        "",
        "The trained language model to use. By default the newest one.",
        "the path of a trained model",
        str,
    ),
    Setting(
        "ADVISOR_HOLD_MINUTES",
        "60",
        "How long a conversation is held after its last message while nobody has agreed to recording; then it is erased.",
        "a whole number of minutes from 1 to 10080 (a week), such as 60",
        _number(1, 10080),
    ),
    Setting(
        "ADVISOR_KEEP_DAYS",
        "0",
        "After how many days without a message a conversation is erased, with everything in the review room about it. 0: never.",
        "a whole number of days up to 36500, such as 730, or 0",
        _number(0, 36_500),
    ),
    Setting(
        "ADVISOR_LOG_LEVEL",
        "info",
        "How much is logged.",
        "one of " + ", ".join(LOG_LEVELS),
        _log_level,
    ),
    Setting(
        "ADVISOR_MAX_MESSAGE_CHARS",
        "4000",
        "The longest message that is read, in characters; a longer one is answered with a request to shorten it.",
        "a whole number from 100 to 100000, such as 4000",
        _number(100, 100_000),
    ),
    Setting(
        "ADVISOR_RATE_LIMIT",
        "600",
        "How many messages a minute one sender may send before being asked to slow down; 0 sets no limit.",
        "a whole number from 0 to 100000, such as 600",
        _number(0, 100_000),
    ),
    Setting(
        "ADVISOR_SECRET",
        "",
        "The key that signs sessions. By default one is made at the first start and kept in the data folder, "
        "in the file `secret` that only its owner can read. Several servers of one company need the same.",
        f"a random text of at least {SHORTEST_SECRET} characters that nobody else knows",
        _secret,
        shown=False,
    ),
    Setting(
        "ADVISOR_SESSION_IDLE_MINUTES",
        "120",
        "How long somebody who signed in may do nothing before having to sign in again.",
        "a whole number of minutes from 5 to 10080 (a week), such as 120",
        _number(5, 10080),
    ),
    Setting(
        "ADVISOR_SESSION_HOURS",
        "12",
        "How long after signing in everybody has to sign in again.",
        "a whole number of hours from 1 to 720 (30 days), such as 12",
        _number(1, 720),
    ),
    Setting(
        "ADVISOR_PRIVATE_WEBHOOKS",
        "no",
        "Whether webhooks may go to private addresses (this machine, the company's own network) and without https. "
        "Otherwise an admin's webhook could be used to reach what only this server reaches.",
        "yes or no",
        _yes_no,
    ),
    Setting(
        "ADVISOR_ALLOWED_ORIGINS",
        "",
        "The websites whose pages may talk to the assistant from a browser. By default none but its own page.",
        "origins parted by commas, such as https://www.example.com, or * for any",
        _origins,
    ),
    Setting(
        "ADVISOR_TRUST_CUSTOMER_ID",
        "no",
        "Whether a message may name its customer by `metadata.customer_id` without a signature. Only for a server "
        "that nobody but the company's own systems can reach; otherwise send `metadata.customer_token`.",
        "yes or no",
        _yes_no,
    ),
    Setting(
        "ADVISOR_TODAY",
        "",
        "A day to take for today, for tests and demonstrations. By default the real one.",
        "a day such as 2025-06-05",
        _today,
    ),
)
