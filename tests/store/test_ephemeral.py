"""The store in memory for conversations whose recording was refused."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from bot.store import Conflict, EphemeralStore
from bot.store.records import Consent, Conversation, Promise, Turn
from tests.store.samples import one_turn, started


def test_a_refused_conversation_goes_on_in_memory(clock: Any) -> None:
    """The same calls work: turns, state, retries, promises, also for a customer only the real store knows."""
    store = EphemeralStore(clock=clock)
    started(store, consent=Consent.REFUSED, customer_id="known elsewhere")
    turn = one_turn(store, message_id="m-1")
    with store.begin() as work:
        work.promises.add(Promise(conversation_id="guest", owner="us", what="call back"))
    with store.read() as work:
        assert work.turns.by_message_id("guest", "m-1") == turn
        assert work.conversations.require("guest").state == {"heard": "hello"}
        assert len(work.promises.of_conversation("guest")) == 1


def test_nothing_is_written_to_a_disk(clock: Any) -> None:
    """The database of an ephemeral store has no file."""
    store = EphemeralStore(clock=clock)
    started(store, consent=Consent.REFUSED)
    with store.engine.connect() as connection:
        assert [row.file for row in connection.exec_driver_sql("PRAGMA database_list")] == [
            "",
            "",
        ]  # memory and its temporary tables
        assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == 2


def test_two_ephemeral_stores_know_nothing_of_each_other(clock: Any) -> None:
    """Each store has a memory of its own."""
    first, second = EphemeralStore(clock=clock), EphemeralStore(clock=clock)
    started(first)
    with second.read() as work:
        assert work.conversations.get("guest") is None


def test_the_conversation_longest_silent_makes_room(clock: Any) -> None:
    """Beyond the limit, the conversation that was silent longest is forgotten with all its turns."""
    store = EphemeralStore(limit=2, clock=clock)
    for name in ("first", "second"):
        started(store, name, consent=Consent.REFUSED)
        clock.pass_minutes(1)
    one_turn(store, "first")
    clock.pass_minutes(1)
    started(store, "third", consent=Consent.REFUSED)
    with store.read() as work:
        assert [each.id for each in work.conversations.recent()] == ["third", "first"]


def test_old_turns_make_room_and_the_state_stays(clock: Any) -> None:
    """A thousand messages do not fill the memory: the newest turns and the dossier are kept."""
    store = EphemeralStore(turns=10, clock=clock)
    started(store, consent=Consent.REFUSED)
    for number in range(25):
        one_turn(store, text=str(number))
    with store.read() as work:
        assert [turn.seq for turn in work.turns.after("guest")] == list(range(16, 26))
        assert work.conversations.require("guest").last_seq == 25


def test_silence_ends_it(clock: Any) -> None:
    """What nobody continues for an hour is forgotten by the same purge as in the real store."""
    store = EphemeralStore(clock=clock)
    started(store, consent=Consent.REFUSED)
    clock.pass_minutes(61)
    assert store.purge_expired() == 1


def test_a_stale_writer_is_told_here_too(clock: Any) -> None:
    """Conflicts are the same as in the real store."""
    store = EphemeralStore(clock=clock)
    seen = started(store, consent=Consent.REFUSED)
    one_turn(store)
    with pytest.raises(Conflict), store.begin() as work:
        work.conversations.record(seen, Turn(conversation_id="guest", user_text="late"))


def test_threads_take_their_turns(clock: Any) -> None:
    """Several threads may use it at once."""
    store = EphemeralStore(clock=clock)
    started(store, consent=Consent.REFUSED)
    threads = [threading.Thread(target=lambda: [one_turn(store) for _ in range(20)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as work:
        assert [turn.seq for turn in work.turns.after("guest")] == list(range(1, 81))


def test_a_failed_transaction_is_undone(clock: Any) -> None:
    """An error in the block stores nothing and leaves the store usable."""
    store = EphemeralStore(clock=clock)
    with pytest.raises(ZeroDivisionError), store.begin() as work:
        _fail_after(work.conversations.start(Conversation(id="guest", consent=Consent.REFUSED)))
    assert started(store).id == "guest"


def _fail_after(_done: object) -> None:
    raise ZeroDivisionError
