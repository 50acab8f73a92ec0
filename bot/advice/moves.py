"""The closed set of moves: what the assistant can do next, each carrying its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.advice.dossier import Interruption, Promise, Question, Referral
from bot.advice.ladder import Lack, Ladder
from bot.advice.questions import Worth


class MoveKind(str, Enum):
    """Everything the assistant can do; each has a Rasa action of its own."""

    WARN = "warn"
    ASK_ANYTHING = "ask_anything"
    ASK_WHY = "ask_why"
    ASK_MEANT = "ask_meant"
    ASK_CHECK = "ask_check"
    ASK_CELL = "ask_cell"
    READ_BACK = "read_back"
    ADVISE = "advise"
    AWAIT = "await"
    ASK_CONTACT = "ask_contact"
    ASK_CONSENT = "ask_consent"
    PROMISE = "promise"
    REFER = "refer"
    INTRODUCED = "introduced"
    NOT_INTRODUCED = "not_introduced"
    HAND_OVER = "hand_over"
    CHECK_IN = "check_in"
    CONFIRM_ERASURE = "confirm_erasure"
    ERASED = "erased"
    ASK_MISSED = "ask_missed"
    FAREWELL = "farewell"
    ANYTHING_ELSE = "anything_else"


ADVISING: frozenset[MoveKind] = frozenset({MoveKind.ADVISE, MoveKind.AWAIT, MoveKind.PROMISE, MoveKind.REFER})
"""The moves that put a remedy forward."""


@dataclass(frozen=True)
class Move:
    """What to do next. First `answers` to what the customer asked, then the move itself.

    `question` is what stays open after it, `again` whether it was open before, `concern` the index of the concern it is
    about (-1: none), `remedy` the one put forward, `ladder` and `rivals` the reasons, `lacks` what the guarantee misses.
    """

    kind: MoveKind
    answers: tuple[Interruption, ...] = ()
    question: Question | None = None
    again: bool = False
    concern: int = -1
    remedy: str = ""
    ladder: Ladder | None = None
    rivals: tuple[Worth, ...] = ()
    lacks: tuple[Lack, ...] = ()
    promises: tuple[Promise, ...] = ()
    referral: Referral | None = None
    about: Mapping[str, str] = field(default_factory=dict)
