"""Suggestions made in the background of a server: gathered, encoded, worked out, and kept in memory only."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from bot.advice.catalogue import Catalogue
from bot.advice.interruptions import UNDERSTOOD
from bot.learning import voices
from bot.learning.dialogue_of import was_pressed
from bot.learning.stand_ins import names_in
from bot.learning.suggestions import Said, Suggestions, Vectors, clashes, doubts, gaps, to_label_together, unforeseen, without
from bot.learning.voices import Spoken
from bot.store import Store
from bot.store.masking import mask
from bot.store.records import Turn

LOOKED_AT = 3000
"""How many of the latest turns are looked through."""

MOST_MESSAGES = 1200
"""How many messages are compared with each other."""

UNSURE = 0.75
"""Below this a message is worth a trainer's look."""

logger = logging.getLogger(__name__)

Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class Made:
    """Suggestions and when they were made; `step` says what is being done while they are, `failed` why they could not be."""

    suggestions: Suggestions | None = None
    at: datetime | None = None
    step: str = ""
    failed: str = ""


class Suggester:
    """Makes suggestions when asked, one set at a time. `encode` gives unit vectors; `learnt` is the folder of learnt examples."""

    def __init__(
        self, store: Store, catalogue: Callable[[], Catalogue], learnt: Path, encode: Encode, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._learnt = learnt
        self._encode = encode
        self._now = now
        self._made = Made()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def made(self) -> Made:
        """What there is now, without what was said in conversations that have been erased since."""
        made = self._made
        if made.suggestions is None:
            return made
        groups = (*made.suggestions.together, *made.suggestions.unforeseen)
        names = {one.conversation for group in groups for one in group.messages}
        with self._store.read() as work:
            gone = names - work.conversations.existing(names)
        return replace(made, suggestions=without(made.suggestions, gone)) if gone else made

    def begin(self) -> None:
        """Begin to make new ones, unless that is under way."""
        with self._lock:
            if self._made.step:
                return
            self._made = Made(self._made.suggestions, self._made.at, "Gathering messages")
            self._thread = threading.Thread(target=self._make, name="suggestions", daemon=True)
            self._thread.start()

    def wait(self, seconds: float = 600) -> Made:
        """What there is when it is made. For programs, not for pages."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._made

    def _make(self) -> None:
        try:
            self._made = Made(self._worked_out(), self._now())
        except Exception:
            logger.exception("The suggestions could not be made.")
            self._made = Made(failed="The suggestions could not be made; the log says why.")

    def _worked_out(self) -> Suggestions:
        said = self._said()
        self._told("Reading the examples")
        examples = self._examples()
        self._told(f"Comparing {len(examples)} examples")
        vectors = self._encode([one.text for one in examples])
        clashing, doubtful = clashes(examples, vectors), doubts(examples, vectors)
        self._told(f"Comparing {len(said)} messages")
        near = self._encode([one.text for one in said])
        lost = [place for place, one in enumerate(said) if one.understood < UNDERSTOOD or not (one.problem or _is_aside(one))]
        return Suggestions(
            together=to_label_together(said, near),
            unforeseen=unforeseen([said[place] for place in lost], near[lost] if lost else np.zeros((0, 1), np.float32)),
            clashes=clashing,
            doubts=doubtful,
            gaps=gaps(examples, self._catalogue()),
        )

    def _examples(self) -> list[Spoken]:
        shipped = voices.trained_on() if voices.TRAINING.is_dir() else ()
        learnt = voices.trained_on(self._learnt) if self._learnt.is_dir() else ()
        return [*shipped, *learnt]

    def _said(self) -> list[Said]:
        """The latest typed messages that were not surely understood and that nobody corrected, masked."""
        with self._store.read() as work:
            turns = [turn for turn in work.turns.recent(LOOKED_AT) if turn.confidence < UNSURE and not was_pressed(turn)]
            corrected = {
                (name, seq) for name in {turn.conversation_id for turn in turns} for seq in work.corrections.standing(name)
            }
        fresh = [turn for turn in turns if (turn.conversation_id, turn.seq) not in corrected and turn.user_text.strip()]
        return [_said(turn) for turn in fresh[:MOST_MESSAGES]]

    def _told(self, step: str) -> None:
        self._made = Made(self._made.suggestions, self._made.at, step)


def _said(turn: Turn) -> Said:
    text = mask(turn.user_text, names_in(turn.dossier))
    return Said(turn.conversation_id, turn.seq, text, turn.intent, turn.confidence, bool(turn.heard.get("problems")))


def _is_aside(one: Said) -> bool:
    """Whether a message needs no problem: an answer, thanks, small talk and the like."""
    return one.act not in ("reports_problem", "states_need", "wants_product", "complains")
