"""Conversations for tests of the review room, as the engine stores them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.store import Store
from bot.store.records import Consent, Conversation, Face, Feedback, Turn

CUSTOMER = {"id": "c1", "name": "Maria Gruber", "organisation": "Hotel Post", "contact": "maria@post.example"}
PROBLEM = {"value": "few_towels", "quote": "we run out of clean towels by noon"}
READ = [{"act": "wants_product", "confidence": 0.93}, {"act": "greet", "confidence": 0.6}]
CONFIRMED = {"advised": ["towel_programme"], "read_back": "confirmed"}
NEED = {"value": "linen_in_time", "quote": "we run out of clean towels by noon", "confidence": 0.82}


def dossier(cells: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A dossier of one concern, as plain data."""
    return {"customer": CUSTOMER, "concerns": [{"id": 0, "cells": cells, **more}], "active": 0}


WHY = {"kind": "ask_why", "answers": ["greeting", "quote"], "question": {"ask": "why", "key": "request"}, "rivals": [], "lacks": []}
CHECK = {
    "kind": "ask_check",
    "answers": [],
    "concern": 0,
    "question": {"ask": "fact", "key": "programme"},
    "rivals": [
        {
            "question": {"ask": "fact", "key": "programme"},
            "gain": 0.213,
            "price": 0.015,
            "could_change": ["towel_programme", "w30"],
        },
        {"question": {"ask": "fact", "key": "loads"}, "gain": 0.08, "price": 0.04, "could_change": ["w30"]},
    ],
    "belief": {"wrong_programme": 0.55, "too_small": 0.45},
    "verdicts": {"buy": {"rung": "buy", "standing": "possible", "reason": {"code": "unclear"}, "remedy": "w30", "serves": 0.5}},
    "lacks": ["read_back", "verdicts"],
}
ADVISE = {
    "kind": "advise",
    "answers": [],
    "concern": 0,
    "remedy": "towel_programme",
    "question": {"ask": "advice", "key": "towel_programme"},
    "rivals": [],
    "belief": {"wrong_programme": 0.91, "too_small": 0.09},
    "verdicts": {
        "retrain": {
            "rung": "retrain",
            "standing": "chosen",
            "reason": {"code": "serves"},
            "remedy": "towel_programme",
            "serves": 0.86,
        },
        "buy": {"rung": "buy", "standing": "rejected", "reason": {"code": "cheaper_serves"}, "remedy": "w30", "serves": 0.7},
    },
    "lacks": [],
}
LAUNDRY = (
    Turn(
        conversation_id="",
        user_text="Hi, Maria Gruber here, I need a quote for two more 30 kg washers",
        heard={"acts": ["wants_product"], "read": READ},
        dossier=dossier({"request": {"value": "two more 30 kg washers", "quote": "two more 30 kg washers"}}),
        move=WHY,
        message=({"text": "Hello Maria. What is happening that makes you want it?"},),
        intent="wants_product",
        confidence=0.93,
        elapsed_ms=12.4,
        model_version="model-a",
    ),
    Turn(
        conversation_id="",
        user_text="we run out of clean towels by noon, ring me on +49 30 1234567 or maria@post.example, order 4711",
        heard={"acts": ["reports_problem"], "problems": [{"id": "few_towels", "score": 0.88, "quote": "run out of clean towels"}]},
        dossier=dossier({"problem": PROBLEM, "need": NEED}),
        move=CHECK,
        message=({"text": "Which programme do you use?", "buttons": [{"title": "Heavy soil", "payload": "/choose"}]},),
        intent="reports_problem",
        confidence=0.41,
        elapsed_ms=15.0,
    ),
    Turn(
        conversation_id="",
        user_text="/choose",
        heard={"told": [{"fact": "programme", "value": "heavy", "quote": "heavy soil"}]},
        dossier={**dossier({"problem": PROBLEM, "need": NEED}, **CONFIRMED), "facts": {"programme": {"value": "heavy"}}},
        move=ADVISE,
        message=({"text": "Switch towels to the 45-minute programme."},),
        confidence=0.0,
        elapsed_ms=9.0,
    ),
)  # fmt: skip


def talk(store: Store, id: str, turns: tuple[Turn, ...], **fields: Any) -> None:
    """A conversation with these turns."""
    with store.begin() as work:
        conversation = work.conversations.start(
            Conversation(id=id, consent=Consent.GIVEN, channel="widget", catalogue_id="laundry", **fields)
        )
        for turn in turns:
            conversation, _ = work.conversations.record(
                replace(conversation, state=turn.dossier), replace(turn, conversation_id=id)
            )


def long_talk(store: Store, id: str, length: int) -> None:
    """A conversation with many turns."""
    again = replace(LAUNDRY[1], user_text="still no towels")
    talk(store, id, tuple(replace(again, user_text=f"still no towels, message {number}") for number in range(1, length + 1)))


def stored(store: Store) -> None:
    """Three conversations: one with advice, a short one rated badly, and a simulated one."""
    talk(store, "laundry/1 ?&", LAUNDRY)
    talk(store, "short", (replace(LAUNDRY[1], user_text="the dryer is too slow", confidence=0.9),))
    talk(store, "simulated", LAUNDRY[:1], face=Face.SIMULATED)
    with store.begin() as work:
        work.feedback.add(Feedback(conversation_id="short", rating=-1))
