"""What a score looks at: each turn reduced to what was said, asked, advised and confirmed, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.advice.catalogue import LADDER, Rung
from bot.store import records

_CHEAPER = {rung.value: tuple(each.value for each in LADDER[: LADDER.index(rung)]) for rung in LADDER}


@dataclass(frozen=True)
class Seen:
    """One turn. `question` is the name of what was asked ("" for nothing), `rung` that of the remedy put forward,
    `standings` each rung's standing, `read_back` and `problem` how they stood after the customer's message.
    """

    seq: int
    said: str
    acts: frozenset[str] = frozenset()
    kind: str = ""
    question: str = ""
    again: bool = False
    answers: tuple[str, ...] = ()
    remedy: str = ""
    rung: str = ""
    standings: Mapping[str, str] | None = None
    lacks: tuple[str, ...] = ()
    text: str = ""
    aloud: bool = False
    read_back: str = "not_yet"
    problem: str = ""
    need: str = ""
    success: bool = False

    @property
    def words(self) -> int:
        """How many words the reply has."""
        return len(self.text.split())

    def unweighed(self) -> tuple[str, ...]:
        """The rungs cheaper than the one advised that have no verdict."""
        return tuple(rung for rung in _CHEAPER.get(self.rung, ()) if rung not in (self.standings or {}))


@dataclass(frozen=True)
class Aftermath:
    """What came of a conversation: the states of its promises, and whether an introduction was offered."""

    promises: tuple[str, ...] = ()
    checked: bool = False
    referred: bool = False


def seen(turn: records.Turn) -> Seen:
    """A stored turn as a score sees it."""
    move, state = turn.move, turn.dossier
    concern = _concern(move, state)
    cells = concern.get("cells", {})
    question = move.get("question") or {}
    verdicts = move.get("verdicts") or {}
    remedy = str(move.get("remedy") or "")
    text = "\n".join(str(bubble.get("text", "")) for bubble in turn.message)
    return Seen(
        turn.seq,
        turn.user_text,
        frozenset(turn.heard.get("acts", ())),
        str(move.get("kind", "")),
        ":".join(filter(None, (str(question.get("ask", "")), str(question.get("key", ""))))),
        bool(move.get("again")),
        tuple(move.get("answers", ())),
        remedy,
        next((rung for rung, verdict in verdicts.items() if remedy and verdict.get("remedy") == remedy), ""),
        {rung: str(verdict.get("standing", "")) for rung, verdict in verdicts.items()},
        tuple(move.get("lacks", ())),
        text,
        _aloud(text, turn.message),
        str(concern.get("read_back", "not_yet")),
        str(cells.get("problem", {}).get("value", "")),
        str(cells.get("need", {}).get("value", "")),
        "success" in cells,
    )


def _concern(move: Mapping[str, Any], state: Mapping[str, Any]) -> Mapping[str, Any]:
    concerns: Sequence[Mapping[str, Any]] = state.get("concerns", ())
    for index in (move.get("concern", -1), state.get("active", -1)):
        if 0 <= index < len(concerns):
            return dict(concerns[index])
    return {}


def _aloud(text: str, message: Sequence[Mapping[str, Any]]) -> bool:
    """Whether other ways are spoken of, or offered to be."""
    pressed = " ".join(str(button.get("payload", "")) for bubble in message for button in bubble.get("buttons", ()))
    return "why not" in text.casefold() or "asks_why_not" in pressed or "asks_options" in pressed


NOTHING = Rung.NOTHING.value
