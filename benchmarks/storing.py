"""The store alone: what it takes to store one turn so that it survives the process."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from benchmarks.bench import Bench, rounds
from benchmarks.statistics import Figure, median, percentile
from bot.store import Store, open_store
from bot.store.records import Consent, Conversation, Turn

NAME = "storing"
ABOUT = (
    "One transaction as in a turn, on SQLite in this machine's temporary folder: look the message id up, load the "
    "conversation, append the turn with a dossier of 12 kB, commit."
)
STATE: dict[str, Any] = {"cells": {f"cell {place}": {"value": "x" * 60, "quote": "q" * 120} for place in range(60)}}


def run(bench: Bench) -> list[Figure]:
    """One conversation with as many turns as there are to measure."""
    store = open_store(f"sqlite:///{bench.work / 'storing.sqlite3'}")
    try:
        with store.begin() as work:
            work.conversations.start(Conversation(id="c", state=STATE, consent=Consent.GIVEN))
        seconds = [_stored(store, number) for number in rounds(bench.amount(1000, 200), seconds=30)]
    finally:
        store.close()
    return [
        Figure("store one turn, median", "ms", median(seconds) * 1e3),
        Figure("store one turn, p95", "ms", percentile(seconds, 0.95) * 1e3),
    ]


def _stored(store: Store, number: int) -> float:
    """Seconds to store one more turn."""
    started = time.perf_counter()
    with store.begin() as work:
        work.turns.by_message_id("c", f"m{number}")
        conversation = work.conversations.get_for_update("c")
        assert conversation is not None
        work.conversations.record(replace(conversation, state={**STATE, "number": number}), _turn(number))
    return time.perf_counter() - started


def _turn(number: int) -> Turn:
    return Turn(
        conversation_id="c",
        message_id=f"m{number}",
        user_text="we run out of clean towels by noon",
        heard={"text": "we run out of clean towels by noon"},
        dossier=STATE,
        move={"kind": "ask"},
        message=({"text": "Since when has that been a struggle?"},),
    )
