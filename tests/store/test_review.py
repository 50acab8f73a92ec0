"""The review index: kept in the transaction of each turn, the same when rebuilt, erased with its conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.store import InvalidRecord, NotFound, Store
from bot.store.records import Consent, Conversation, Customer, Face, Feedback, Promise, PromiseState, Turn
from bot.store.review_filter import Order, Sought, Span
from bot.store.review_lists import Count
from bot.store.review_record import Outcome, ReviewState, Stage
from bot.store.review_tables import review_index, review_marks, review_words

STATE = {
    "concerns": [
        {"id": 0, "cells": {"problem": {"value": "few_towels", "quote": "no towels"}, "need": {"value": "linen_in_time"}}}
    ],
    "active": 0,
    "assets": [{"kind": "washer", "product": "w20"}],
    "customer": {"id": "c", "name": "Maria Gruber", "contact": "maria@post.example"},
}
ASK = {"kind": "ask_check", "answers": [], "rivals": [{"question": {"ask": "fact", "key": "programme"}, "gain": 0.2}]}
BUY = {"buy": {"rung": "buy", "standing": "chosen", "reason": {"code": "serves"}, "remedy": "w30"}}


def talk(store: Store, id: str = "guest", *turns: dict[str, Any], **fields: Any) -> None:
    """A conversation of consenting people with these turns."""
    with store.begin() as work:
        conversation = work.conversations.start(Conversation(id=id, consent=Consent.GIVEN, **fields))
        for number, turn in enumerate(turns or ({},)):
            words = {"user_text": f"we run out of towels, said {id}", "dossier": STATE, "move": ASK, "confidence": 0.9, **turn}
            spoken = Turn(conversation_id=id, **words)
            conversation, _ = work.conversations.record(replace(conversation, state=spoken.dossier), spoken)
            assert conversation.last_seq == number + 1


def found(store: Store, **sought: Any) -> list[str]:
    """The ids of a list, all pages of two."""
    with store.read() as work:
        page = work.review.page(Sought(**sought), None, 2)
        ids = [row.conversation_id for row in page.rows]
        while page.after is not None:
            page = work.review.page(Sought(**sought), page.after, 2)
            ids += [row.conversation_id for row in page.rows]
    return ids


def test_a_list_shows_the_first_words_that_tell_something(store: Store) -> None:
    """A yes to being recorded or a greeting opens the row only until the customer says what it is about."""
    yes = {"user_text": "yes, that is fine", "heard": {"acts": ["allows_recording"]}}
    told = {"user_text": "the dryer stays damp", "heard": {"acts": ["reports_problem", "insults"]}}
    later = {"user_text": "since may", "heard": {"acts": ["informs"]}}
    talk(store, "call", yes, told, later)
    talk(store, "short", yes)
    with store.begin() as work:
        openings = [row.opening for id in ("call", "short") if (row := work.review.get(id))]
        assert openings == ["the dryer stays damp", "yes, that is fine"]
        assert work.review.rebuild(work.conversations.require("call")).opening == "the dryer stays damp"


def test_a_turn_is_in_the_index_when_it_is_stored(store: Store) -> None:
    """One transaction: whoever can read the turn can find the conversation, with what it was about."""
    talk(store, "guest", {"intent": "reports_problem", "heard": {"acts": ["reports_problem"]}}, {"confidence": 0.3}, channel="rest")
    with store.read() as work:
        row = work.review.get("guest")
    assert row is not None
    assert (row.channel, row.turns, row.confidence, row.stage, row.outcome) == ("rest", 2, 0.3, Stage.CHECKS, Outcome.NEED_KNOWN)
    assert (row.problem, row.need) == ("few_towels", "linen_in_time")
    assert set(row.marks) == {"intent:reports_problem", "model:w20", "problem:few_towels", "need:linen_in_time"}
    assert row.opening == "we run out of towels, said guest"


def test_nothing_personal_reaches_the_index_or_the_words_to_search(store: Store) -> None:
    """What is indexed is masked, so that a search cannot find it and a list cannot show it."""
    talk(store, "guest", {"user_text": "Gruber here, maria@post.example, +49 30 1234567", "message": ({"text": "Hello Maria"},)})
    with store.engine.connect() as connection:
        kept = repr(connection.execute(select(review_index)).all() + connection.execute(select(review_words)).all())
    assert not [part for part in ("Gruber", "Maria", "maria@", "1234567") if part in kept]
    assert found(store, words="gruber") == []


def test_rebuilding_gives_the_same_index(store: Store) -> None:
    """`advisor reindex` makes from the turns what was kept turn by turn, and what reviewers noted stays."""
    turns = (
        {"heard": {"acts": ["wants_product", "asks_price"]}, "move": {**ASK, "answers": ["price"]}},
        {"heard": {"acts": ["corrects"]}, "move": {"kind": "ask_meant"}},
        {"user_text": "/accepts", "confidence": 0.1, "move": {"kind": "advise", "remedy": "w30", "verdicts": BUY, "lacks": []}},
    )
    talk(store, "guest", *turns)
    with store.begin() as work:
        work.review.tag(["guest"], "towels", "tina")
        work.review.flag("guest", "tina", 2, "look")
        work.review.mark("guest", "arm", "price/short")
        work.feedback.add(Feedback(conversation_id="guest", rating=-1))
    with store.begin() as work:
        before = work.review.get("guest")
        work.review.rebuild(work.conversations.require("guest"))
        after = work.review.get("guest")
    assert before is not None
    assert after is not None
    assert replace(after, marks=()) == replace(before, marks=())
    assert set(after.marks) == set(before.marks)
    assert (after.interrupted, after.corrected, after.did_you_mean, after.rung, after.negative) == (True, True, True, "buy", True)
    assert after.confidence == 0.9, "a button pressed is no doubt"
    assert found(store, wanted={"tag": ("towels",), "arm": ("price/short",)}, words="towels") == ["guest"]


def test_filters_combine_and_exclude(store: Store, clock: Any) -> None:
    """Wanted values of one name are alternatives, names combine, and each can be excluded."""
    for number, channel in enumerate(("rest", "rest", "widget", "call")):
        talk(store, f"g{number}", *[{"confidence": 0.2 * number + 0.1}] * (number + 1), channel=channel)
        clock.pass_minutes(1)
    assert found(store) == ["g3", "g2", "g1", "g0"]
    assert found(store, wanted={"channel": ("rest", "call")}) == ["g3", "g1", "g0"]
    assert found(store, unwanted={"channel": ("rest", "call")}) == ["g2"]
    assert found(store, wanted={"channel": ("rest",), "problem": ("few_towels",)}, confidence_below=0.25) == ["g0"]
    assert found(store, unwanted={"problem": ("few_towels",)}) == []
    assert found(store, turns=Span(2, 3)) == ["g2", "g1"]
    assert found(store, since=clock.now - timedelta(minutes=2), until=clock.now - timedelta(minutes=1)) == ["g2"]
    assert found(store, order=Order.UNSURE) == ["g0", "g1", "g2", "g3"]
    assert sorted(found(store, order=Order.RANDOM)) == ["g0", "g1", "g2", "g3"]
    with store.begin() as work:
        work.review.tag(["g1", "g2"], " Towels ", "tina")
    assert found(store, wanted={"tag": ("towels",)}) == ["g2", "g1"]
    assert found(store, wanted={"tag": ("towels",)}, unwanted={"channel": ("widget",)}) == ["g1"]
    assert found(store, unwanted={"tag": ("towels",)}) == ["g3", "g0"]
    assert found(store, wanted={"nonsense": ("x",), "is": ("nonsense",)}) == []


def test_what_happens_later_is_found_too(store: Store, clock: Any) -> None:
    """A bad rating, a broken promise, and silence for half an hour can be looked for."""
    for id in ("rated", "broken", "left"):
        talk(store, id)
    talk(store, "done", {"move": {"kind": "farewell"}})
    assert found(store, wanted={"is": ("abandoned",)}) == []
    clock.pass_minutes(31)
    with store.begin() as work:
        work.feedback.add(Feedback(conversation_id="rated", rating=-1))
        promise = work.promises.add(Promise(conversation_id="broken", owner="we", what="call back"))
    with store.begin() as work:
        work.promises.settle(promise.id, PromiseState.BROKEN, "no call came")
    assert found(store, wanted={"is": ("negative",)}) == ["rated"]
    assert found(store, wanted={"is": ("broken",)}) == ["broken"]
    assert sorted(found(store, wanted={"is": ("failed",)})) == ["broken", "rated"]
    assert sorted(found(store, wanted={"is": ("abandoned",), "stage": ("checks",)})) == ["broken", "left", "rated"]
    assert found(store, share=0.0)[-2:] == found(store, wanted={"is": ("failed",)})


def test_tests_and_simulations_are_out_of_the_way(store: Store) -> None:
    """They are listed only when asked for."""
    talk(store, "simulated", face=Face.SIMULATED)
    with store.begin() as work:
        tester = work.customers.add(Customer(external_id="T", is_test=True))
    talk(store, "test", customer_id=tester.id)
    talk(store, "real")
    assert found(store) == ["real"]
    assert sorted(found(store, tests=True)) == ["real", "simulated", "test"]


def test_search_finds_words_phrases_and_leaves_out(store: Store, clock: Any) -> None:
    """Stems, phrases, beginnings, minus, accents and sides are the same on both databases; odd input never fails."""
    said = {"a": "no clean towels by noon", "b": "the café's towel dryer", "c": "clean it by noon"}
    for id, text in said.items():
        talk(store, id, {"user_text": text, "message": ({"text": "Which programme do you use?"},)})
        clock.pass_minutes(1)
    assert found(store, words="towels") == ["b", "a"]
    assert found(store, words='"clean towels"') == ["a"]
    assert found(store, words="towels -noon") == ["b"]
    assert found(store, words="tow*") == ["b", "a"]
    assert found(store, words="cafe") == ["b"]
    assert found(store, words="programme", who="customer") == []
    assert found(store, words="programme") == ["c", "b", "a"]
    assert found(store, words="noon", wanted={"channel": ("nowhere",)}) == []
    for odd in ('"', "-", "*", "AND OR NOT", "a:b & (c", "'; drop table turns", "said:", "NEAR(", "\x00", "-only", "🙂"):
        found(store, words=odd)


def test_a_conversation_is_found_once_however_often_it_matches(store: Store) -> None:
    """Search lists conversations by their newest match, on one page or another but never twice."""
    for number in range(7):
        talk(store, f"g{number}", *[{"user_text": "towels again"}] * 3)
    assert found(store, words="towels") == [f"g{number}" for number in reversed(range(7))]


def test_counts_say_when_they_stop(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small numbers are exact; large ones are counted up to a bound and said to go on."""
    for number in range(3):
        talk(store, f"g{number}")
    with store.read() as work:
        assert work.review.count(Sought()) == Count(3, True)
        assert work.review.count(Sought(words="towels")) == Count(3, True)
        monkeypatch.setattr("bot.store.review_lists.COUNTED", 2)
        assert work.review.count(Sought()) == Count(2, False)


def test_states_flags_and_reviewers(store: Store) -> None:
    """What reviewers note can be found again, changed and taken back; a bad tag is told of."""
    talk(store, "a")
    talk(store, "b")
    with store.begin() as work:
        work.review.flag("a", "tina", 1, "odd")
        work.review.set_state(["a"], ReviewState.DONE, "tina")
        work.review.assign(["b"], "tom")
        assert [(flag.seq, flag.note, flag.by) for flag in work.review.flags_of("a")] == [(1, "odd", "tina")]
        with pytest.raises(InvalidRecord):
            work.review.tag(["a"], "  ", "tina")
    assert found(store, wanted={"is": ("flagged",)}) == found(store, wanted={"state": ("done",)}) == ["a"]
    assert found(store, wanted={"reviewer": ("tina",)}) == ["a"]
    assert found(store, wanted={"reviewer": ("tom",)}) == ["b"]
    with store.begin() as work:
        work.review.unflag("a", 1)
    assert found(store, wanted={"is": ("flagged",)}) == []


def test_neighbours_follow_the_list(store: Store, clock: Any) -> None:
    """Next and previous go through the list that was open, filters and all."""
    for number in range(4):
        talk(store, f"g{number}", channel="rest" if number != 2 else "call")
        clock.pass_minutes(1)
    with store.read() as work:
        row = work.review.get("g1")
        assert row is not None
        assert work.review.beside(Sought(), row) == ("g2", "g0")
        assert work.review.beside(Sought(wanted={"channel": ("rest",)}), row) == ("g3", "g0")


def test_views_are_ones_own_to_remove(store: Store) -> None:
    """A saved view is everybody's to use and its maker's to replace and remove."""
    with store.begin() as work:
        work.review.save_view("Unsure ", "tina", "unsure=1")
        work.review.save_view("Unsure", "tina", "unsure=2")
        (view,) = work.review.views()
        assert (view.name, view.query) == ("Unsure", "unsure=2")
        with pytest.raises(NotFound):
            work.review.drop_view(view.id, "tom")
        work.review.drop_view(view.id, "tina")
        assert work.review.views() == ()


def test_erasing_leaves_nothing_in_the_index(sqlite_store: Store, sqlite_url: str) -> None:
    """After erasure no file of the database holds a word of what was said, the search index included."""
    from pathlib import Path

    talk(sqlite_store, "guest", {"user_text": "sycamore sycamores", "message": ({"text": "sycamore"},)})
    talk(sqlite_store, "other")
    with sqlite_store.begin() as work:
        work.review.tag(["guest"], "sycamore", "tina")
        work.review.reveal("guest", "tina", "sycamore")
        work.erase_conversation("guest")
    assert found(sqlite_store, words="sycamore") == []
    assert found(sqlite_store, words="towels") == ["other"]
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    left = b"".join(each.read_bytes() for each in path.parent.glob(path.name + "*"))
    assert b"sycamor" not in left
    with sqlite_store.engine.connect() as connection:
        assert {row.conversation_id for row in connection.execute(select(review_marks))} == {"other"}


SEARCHES = {
    "newest": {},
    "channel": {"wanted": {"channel": ("rest",)}},
    "two filters": {"wanted": {"channel": ("rest",), "outcome": ("advised",)}},
    "trait": {"wanted": {"is": ("corrected",)}},
    "rare tag": {"wanted": {"tag": ("towels",)}},
    "intent": {"wanted": {"intent": ("asks_price",)}},
    "without intent": {"unwanted": {"intent": ("asks_price",)}},
    "model": {"wanted": {"model": ("w20",)}},
    "customer": {"wanted": {"customer": ("c",)}},
    "dates": {"since": "now"},
    "unsure first": {"order": Order.UNSURE, "confidence_below": 0.5},
    "random": {"order": Order.RANDOM, "seed": 0.5},
    "words": {"words": "towels"},
    "words in a channel": {"words": "towels", "wanted": {"channel": ("rest",)}},
}


@pytest.mark.parametrize("name", SEARCHES)
def test_no_list_reads_a_big_table_whole(store: Store, clock: Any, name: str) -> None:
    """The database's own plans walk indexes: none scans the conversations, marks, tags or words."""
    talk(store)
    sought = {key: clock.now if value == "now" else value for key, value in SEARCHES[name].items()}
    with store.read() as work:
        plan = work.review.plan(Sought(**sought))
    lines = [line for line in plan.splitlines() if "review_" in line]
    assert lines
    assert not [line for line in lines if line.startswith("SCAN review_") and "USING" not in line and "VIRTUAL" not in line]
    assert not [line for line in lines if "Seq Scan" in line]


def test_old_conversations_go_by_themselves(store: Store, clock: Any) -> None:
    """After the days the settings say, a conversation goes with its tags, words and row; a younger one stays."""
    talk(store, "old", {"user_text": "sycamore"})
    with store.begin() as work:
        work.review.tag(["old"], "odd", "tina")
    clock.pass_minutes(60 * 24 * 10)
    talk(store, "young")
    assert store.purge_older(timedelta(days=9)) == 1
    assert store.purge_older(timedelta(days=9)) == 0
    assert found(store) == ["young"]
    assert found(store, words="sycamore") == found(store, wanted={"tag": ("odd",)}) == []
    with store.read() as work:
        assert work.conversations.get("old") is None
        assert work.counters.totals()["kept_long_enough"] == 1


def test_the_whole_index_can_be_made_anew(store: Store) -> None:
    """`advisor reindex` finds conversations that were stored before there was an index, and does not harm the others."""
    for number in range(3):
        talk(store, f"g{number}")
    with store.engine.begin() as connection:
        for table in (review_marks, review_words, review_index):
            connection.execute(table.delete())
    assert found(store) == []
    assert list(store.reindex()) == [3]
    assert sorted(found(store, words="towels")) == ["g0", "g1", "g2"]
    assert sorted(found(store)) == ["g0", "g1", "g2"]
