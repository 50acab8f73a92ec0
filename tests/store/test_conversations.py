"""Conversations and turns: what was stored comes back, in order, once, and as fast at turn 2,000 as at turn 5."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.store import Conflict, InvalidRecord, NotFound, Store, Work
from bot.store.columns import storable
from bot.store.records import Consent, Conversation, Face, Turn
from tests.store.samples import one_turn, started

texts = st.text(max_size=60)
scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(scalars | texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
documents = st.dictionaries(texts, values, max_size=4)


def test_a_new_conversation_comes_back_as_it_was_stored(store: Store) -> None:
    """Every field of a conversation survives, with its times in UTC."""
    stored = started(store, channel="rest", face=Face.REP, catalogue_id="laundry", state={"need": {"quote": "tóo"}})
    with store.read() as work:
        assert work.conversations.get("guest") == stored
    assert stored.started_at == datetime(2025, 5, 1, 12, tzinfo=timezone.utc)


def test_an_unknown_conversation_is_none_or_a_clear_error(store: Store) -> None:
    """Asking for a conversation that is not there gives None, and demanding it says it may have been erased."""
    with store.read() as work:
        assert work.conversations.get("nobody") is None
        with pytest.raises(NotFound, match="no conversation 'nobody'"):
            work.conversations.require("nobody")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts, heard=documents, move=documents, bubbles=st.lists(documents, max_size=3), state=documents)
def test_a_turn_comes_back_as_it_was_stored(store: Store, text: str, heard: Any, move: Any, bubbles: list[Any], state: Any) -> None:
    """Whatever a person types and whatever was understood is stored and loaded unchanged, in any script.

    Only what no database can hold, NUL and half characters, becomes the replacement character in plain text.
    """
    sender = f"round-trip-{time.time_ns()}"
    started(store, sender)
    turn = Turn(conversation_id=sender, user_text=text, heard=heard, move=move, message=tuple(bubbles), intent="greet")
    with store.begin() as work:
        conversation = replace(work.conversations.require(sender), state=state)
        saved, recorded = work.conversations.record(conversation, turn)
    with store.read() as work:
        assert work.conversations.get(sender) == saved
        assert work.turns.at(sender, 1) == replace(recorded, user_text=storable(text))


def test_turns_are_numbered_from_one_without_gaps(store: Store) -> None:
    """The conversation's turns come in order, from any number on, or the last few."""
    started(store)
    assert [one_turn(store, text=f"message {n}").seq for n in range(1, 6)] == [1, 2, 3, 4, 5]
    with store.read() as work:
        assert [turn.user_text for turn in work.turns.after("guest", 3)] == ["message 4", "message 5"]
        assert [turn.seq for turn in work.turns.after("guest", limit=2)] == [1, 2]
        assert [turn.seq for turn in work.turns.latest("guest", 2)] == [4, 5]
        assert work.conversations.require("guest").state == {"heard": "message 5"}


def test_a_retried_message_finds_the_turn_that_answered_it(store: Store) -> None:
    """A client's message id finds its turn, only in its own conversation."""
    started(store), started(store, "other")
    turn = one_turn(store, message_id="m-1", message=({"text": "hi"},))
    with store.read() as work:
        assert work.turns.by_message_id("guest", "m-1") == turn
        assert work.turns.by_message_id("guest", "m-2") is None
        assert work.turns.by_message_id("other", "m-1") is None


def test_one_message_id_is_never_answered_by_two_turns(store: Store) -> None:
    """Storing a second turn for a message is a conflict and changes nothing."""
    started(store)
    one_turn(store, message_id="m-1")
    with pytest.raises(Conflict):
        one_turn(store, text="again", message_id="m-1")
    with store.read() as work:
        assert work.conversations.require("guest").last_seq == 1
        assert work.conversations.require("guest").state == {"heard": "hello"}


def test_a_stale_writer_is_told_and_writes_nothing(store: Store) -> None:
    """Two writers that loaded the same conversation: the second one gets a conflict, whatever it wanted to change."""
    seen = started(store)
    one_turn(store)
    with pytest.raises(Conflict, match="Load it again"), store.begin() as work:  # noqa: PT012
        work.counters.add("turns")
        work.conversations.record(seen, Turn(conversation_id="guest", user_text="late"))
    with pytest.raises(Conflict), store.begin() as work:
        work.conversations.save(replace(seen, channel="late"))
    with store.read() as work:
        assert [turn.user_text for turn in work.turns.after("guest")] == ["hello"]
        assert work.counters.totals() == {}


def test_a_conversation_is_started_once(store: Store) -> None:
    """Starting a conversation that exists is a conflict: load it instead."""
    started(store)
    with pytest.raises(Conflict):
        started(store)


def test_saved_and_recorded_in_one_transaction(store: Store) -> None:
    """What record and save return can be used for the next change in the same transaction."""
    conversation = started(store)
    with store.begin() as work:
        conversation, _ = work.conversations.record(conversation, Turn(conversation_id="guest", user_text="one"))
        conversation = work.conversations.save(replace(conversation, consent=Consent.PENDING))
        conversation, turn = work.conversations.record(conversation, Turn(conversation_id="guest", user_text="two"))
    assert turn.seq == 2
    with store.read() as work:
        assert work.conversations.get("guest") == conversation


def test_turns_cannot_be_added_without_their_conversation(store: Store) -> None:
    """The only way to store a turn is with its conversation, so that no number is used twice."""
    started(store)
    with pytest.raises(InvalidRecord, match=r"conversations\.record"), store.begin() as work:
        work.turns.add(Turn(conversation_id="guest", user_text="hello"))


def _fail_after(_done: object) -> None:
    raise ZeroDivisionError


def test_an_error_in_the_block_undoes_everything(store: Store) -> None:
    """A transaction is stored whole or not at all."""
    with pytest.raises(ZeroDivisionError), store.begin() as work:
        _fail_after(work.conversations.start(Conversation(id="guest")))
    with store.read() as work:
        assert work.conversations.get("guest") is None


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({"id": "x" * 300}, "300 characters long: write at most 255"),
        ({"id": "x", "state": {"when": datetime(2025, 1, 1, tzinfo=timezone.utc)}}, "Not JSON"),
        ({"id": "x", "state": {"share": float("nan")}}, "Not JSON"),
        ({"id": "x", "started_at": datetime(2025, 1, 1)}, "no time zone"),  # noqa: DTZ001
        ({"id": "x", "customer_id": "nobody"}, "breaks a rule"),
    ],
)
def test_a_record_that_cannot_be_kept_says_why(store: Store, fields: dict[str, Any], advice: str) -> None:
    """What does not fit the database is refused with what to write instead."""
    with pytest.raises(InvalidRecord, match=advice), store.begin() as work:
        work.conversations.start(Conversation(**fields))


def test_a_message_id_that_is_too_long_is_refused(store: Store) -> None:
    """An endless message id is an error that says so, not a failure of the database."""
    started(store)
    with pytest.raises(InvalidRecord, match="at most 255"):
        one_turn(store, message_id="m" * 5000)


def test_recent_conversations_come_newest_first(store: Store, clock: Any) -> None:
    """A list of conversations can be paged by the time they were last active."""
    for name in ("first", "second", "third"):
        started(store, name)
        clock.pass_minutes(1)
    with store.read() as work:
        recent = work.conversations.recent(limit=2)
        assert [each.id for each in recent] == ["third", "second"]
        assert [each.id for each in work.conversations.recent(before=recent[-1].last_active_at)] == ["first"]


def test_many_threads_in_one_conversation_lose_nothing(store: Store) -> None:
    """Eight threads that write to one conversation at once, retrying on conflict, end with every turn once."""
    started(store)
    threads = [threading.Thread(target=_write_turns, args=(store, name, 10)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as work:
        turns = work.turns.after("guest")
    assert [turn.seq for turn in turns] == list(range(1, 81))
    assert {turn.user_text for turn in turns} == {f"{name}-{n}" for name in range(8) for n in range(10)}


def _write_turns(store: Store, name: int, count: int) -> None:
    for number in range(count):
        stored = False
        while not stored:
            with store.read() as work:  # as a caller does that thinks between loading and storing
                seen = work.conversations.require("guest")
            try:
                with store.begin() as work:
                    turn = Turn(conversation_id="guest", user_text=f"{name}-{number}")
                    work.conversations.record(replace(seen, state={"last": name}), turn)
                stored = True
            except Conflict:
                continue


def test_a_step_that_met_a_conflict_is_run_again(store: Store) -> None:
    """`run` repeats the whole step on a conflict, and gives up with the conflict after the tries it was given."""
    seen = started(store)
    one_turn(store)
    tries: list[int] = []

    def step(work: Work) -> int:
        tries.append(len(tries))
        current = seen if len(tries) == 1 else work.conversations.require("guest")
        return work.conversations.record(current, Turn(conversation_id="guest", user_text="again"))[1].seq

    assert store.run(step) == 2
    assert tries == [0, 1]
    with pytest.raises(Conflict):
        store.run(lambda work: work.conversations.save(seen), tries=2)


def test_loading_the_state_never_reads_the_turns(store: Store) -> None:
    """Loading and storing take the same few statements however long the conversation is; none lists old turns."""
    started(store)
    one_turn(store)
    counts = []
    for _ in range(3):
        with _statements(store) as statements:
            one_turn(store)
        counts.append([statement for statement in statements if not statement.startswith("BEGIN")])
    assert len(counts[0]) == 6, "three for the turn, three for the review room's index"
    assert counts[0] == counts[1] == counts[2]
    assert not [statement for statement in counts[0] if statement.startswith("SELECT") and "FROM turns" in statement]


@contextmanager
def _statements(store: Store) -> Iterator[list[str]]:
    """The SQL that runs inside the block."""
    seen: list[str] = []

    def note(*about: Any) -> None:
        seen.append(about[2])

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


def test_storing_a_turn_takes_the_same_few_statements_however_long_the_conversation(sqlite_store: Store) -> None:
    """Looking for a retry, loading the state and appending a turn: as many statements at turn 60 as at turn 3, a dozen at most."""
    state = {f"cell {n}": {"value": "towels run out", "quote": "we run out of clean towels by noon"} for n in range(40)}
    started(sqlite_store, state=state, consent=Consent.GIVEN)
    counts = [_statements_of_a_turn(sqlite_store, state, number) for number in range(60)]
    assert len(set(counts[2:])) == 1
    assert counts[-1] <= 12


def _statements_of_a_turn(store: Store, state: Any, number: int) -> int:
    """How many statements the database is sent."""
    sent: list[str] = []
    count = lambda *args: sent.append(args[2])  # noqa: E731 - SQLAlchemy tells a listener by its identity
    event.listen(store.engine, "before_cursor_execute", count)
    with store.begin() as work:
        work.turns.by_message_id("guest", f"m-{number}")
        conversation = work.conversations.get_for_update("guest")
        assert conversation is not None
        turn = Turn(conversation_id="guest", message_id=f"m-{number}", user_text="by noon", heard={"act": "informs"}, dossier=state)
        work.conversations.record(replace(conversation, state=state), turn)
    event.remove(store.engine, "before_cursor_execute", count)
    return len(sent)
