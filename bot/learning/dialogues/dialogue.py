"""The dialogue files: a person can read them aloud, and every word of theirs that is misspelt is an error."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

EXPECTATIONS = frozenset(
    {"move", "asks", "returns_to", "answers", "heard"}
    | {"says", "says_one_of", "never", "buttons"}
    | {"problem", "need", "understood", "owns", "read_back", "parked"}
    | {"rung", "remedy", "promises", "referral", "handed_over"}
    | {"kept", "consented", "turns"}
)
"""What a turn may expect of the reply; `stage.py` says what each means."""

DOES = frozenset({"customer", "press", "until", "visit", "at_once", "again"})
"""What may happen in a turn, exactly one of these: words typed, a button pressed, questions answered from `knows` until a move
is made, a new visit on another day, messages sent at the same moment, the last message sent again."""

_OF_A_TURN = DOES | EXPECTATIONS | {"times", "within"}
_OF_A_DIALOGUE = frozenset({"dialogue", "trade", "shows", "about", "customer", "assets", "today", "knows", "xfail", "turns"})


class DialogueError(ValueError):
    """A dialogue file is not as it should be; the text says where and what to write."""


@dataclass(frozen=True)
class Turn:
    """One message of the customer, or whatever else happens, and what is expected of the reply.

    `times` repeats the text; `within` is how many questions may be answered before the move waited for is made.
    """

    does: str
    what: Any
    times: int
    within: int
    expected: Mapping[str, Any]


@dataclass(frozen=True)
class Dialogue:
    """A whole conversation; `shows` names the situations it is there for.

    `knows` is what the customer answers to a question, by the kind of question or by what it is about, in whatever order we ask.
    """

    name: str
    file: str
    trade: str
    shows: tuple[str, ...]
    customer: Mapping[str, str]
    assets: tuple[Mapping[str, str], ...]
    today: date | None
    knows: Mapping[str, str]
    xfail: str
    turns: tuple[Turn, ...]


def read_dialogues(folder: Path, trades: Collection[str] | None = None) -> list[Dialogue]:
    """All dialogues in a folder, in the order of their files; `trades` are those they may be about. Raises DialogueError."""
    found = [dialogue for file in sorted(folder.glob("*.yml")) for dialogue in _read(file, trades)]
    names = [dialogue.name for dialogue in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DialogueError(f"Two dialogues have one name: {', '.join(twice)}. Name one of them otherwise.")
    return found


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts, where a single text stands for a list of one."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list) else (str(value),)


def _read(file: Path, trades: Collection[str] | None) -> Iterator[Dialogue]:
    # The base loader takes every value as the text it is: a "yes" of a customer is not a truth value.
    for raw in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) or []:  # noqa: S506 - texts only
        where = f"{file.name}: {raw.get('dialogue', 'a dialogue without a name')}"
        _only(raw, _OF_A_DIALOGUE, where)
        known = bool(raw.get("trade")) if trades is None else raw.get("trade") in trades
        if not known or not raw.get("turns") or not raw.get("shows"):
            which = f"one of {', '.join(trades)}" if trades else "the catalogue it is about"
            raise DialogueError(f"{where}: write `trade` ({which}), `shows` and `turns`.")
        yield Dialogue(
            name=raw["dialogue"],
            file=file.stem,
            trade=raw["trade"],
            shows=texts(raw["shows"]),
            customer=raw.get("customer", {}),
            assets=tuple(raw.get("assets", ())),
            today=date.fromisoformat(raw["today"]) if "today" in raw else None,
            knows=raw.get("knows", {}),
            xfail=raw.get("xfail", ""),
            turns=tuple(_turn(turn, where) for turn in raw["turns"]),
        )


def _turn(raw: Mapping[str, Any], where: str) -> Turn:
    _only(raw, _OF_A_TURN, where)
    does = [name for name in raw if name in DOES]
    if len(does) != 1:
        raise DialogueError(f"{where}: a turn is one of {', '.join(sorted(DOES))}; this one is {does or 'none of them'}.")
    expected = {name: value for name, value in raw.items() if name in EXPECTATIONS}
    return Turn(does[0], raw[does[0]], int(raw.get("times", 1)), int(raw.get("within", 7)), expected)


def _only(raw: Mapping[str, Any], known: frozenset[str], where: str) -> None:
    if strange := sorted(set(raw) - known):
        raise DialogueError(f"{where}: {', '.join(strange)} is not a word of dialogue files. Known are {', '.join(sorted(known))}.")
