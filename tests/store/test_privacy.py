"""Without consent nothing stays; what is kept can be shown whole and erased whole."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.store import InvalidRecord, NotFound, Store
from bot.store.records import Asset, Change, Consent, Conversation, Customer, Promise
from bot.store.tables import metadata
from tests.store.samples import everything, one_turn, started


def _everything_stored(store: Store) -> str:
    with store.engine.connect() as connection:
        rows = {name: connection.execute(select(table)).all() for name, table in metadata.tables.items()}
    return repr(rows)


def test_a_held_conversation_is_there_until_its_hour_has_passed(store: Store, clock: Any) -> None:
    """Before consent a conversation is held, and each turn holds it for another hour."""
    held = started(store)
    assert held.hold_until == clock.now + timedelta(minutes=60)
    clock.pass_minutes(50)
    one_turn(store)
    clock.pass_minutes(59)
    assert store.purge_expired() == 0
    clock.pass_minutes(1)
    assert store.purge_expired() == 1
    with store.read() as work:
        assert work.conversations.get("guest") is None
        assert work.turns.after("guest") == ()
        assert work.counters.totals() == {"held_expired": 1}


def test_consent_keeps_a_conversation(store: Store, clock: Any) -> None:
    """Once consent is given, time erases nothing."""
    with store.begin() as work:
        kept = work.conversations.save(replace(work.conversations.start(Conversation(id="guest")), consent=Consent.GIVEN))
    assert kept.hold_until is None
    clock.pass_minutes(60 * 24 * 365)
    assert store.purge_expired() == 0
    with store.read() as work:
        assert work.conversations.get("guest") == kept


@pytest.mark.parametrize("consent", [Consent.UNASKED, Consent.PENDING])
def test_no_answer_is_no_consent(store: Store, clock: Any, consent: Consent) -> None:
    """Neither an unasked nor an unanswered question keeps anything."""
    started(store, consent=consent)
    clock.pass_minutes(61)
    assert store.purge_expired() == 1


def test_refusing_erases_everything_held_at_once(store: Store) -> None:
    """After a refusal no row mentions the conversation; only the count of refusals is left."""
    with store.begin() as work:
        everything(work, "sycamore", "sycamore-1")
        work.customers.upsert(Customer(external_id="sycamore", learned_in=None))
    with store.begin() as work:
        work.refuse("sycamore-1")
    with store.read() as work:
        assert work.conversations.get("sycamore-1") is None
        assert work.promises.of_conversation("sycamore-1") == ()
        assert work.counters.totals() == {"recording_refused": 1}


def test_a_refused_conversation_cannot_be_stored(store: Store) -> None:
    """A caller that forgets and stores a refused conversation is stopped."""
    held = started(store)
    with pytest.raises(InvalidRecord, match="EphemeralStore"), store.begin() as work:
        work.conversations.save(replace(held, consent=Consent.REFUSED))


def test_many_expired_conversations_go_in_one_call(sqlite_store: Store, clock: Any) -> None:
    """A purge does not stop at the first few hundred."""
    with sqlite_store.begin() as work:
        for number in range(1203):
            work.conversations.start(Conversation(id=str(number)))
    clock.pass_minutes(60)
    assert sqlite_store.purge_expired() == 1203


names = st.text(alphabet="abcdefghijklmnop", min_size=12, max_size=20)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mark=names, other=names)
def test_erasing_a_customer_leaves_no_row_that_mentions_them(store: Store, mark: str, other: str) -> None:
    """Customer, assets, conversations, promises, referrals, hand-over dossiers: all gone, and only theirs."""
    mark, other = f"mine{mark}", f"other{other}"
    with store.begin() as work:
        customer, neighbour = everything(work, mark, f"{mark}-1"), everything(work, other, f"{other}-1")
        work.conversations.start(Conversation(id=f"{mark}-2", customer_id=customer.id))
        before = work.export_customer(neighbour.id)
    with store.begin() as work:
        assert work.erase_customer(customer.id)
        assert not work.erase_customer(customer.id)
    stored = _everything_stored(store)
    assert mark not in stored
    assert customer.id not in stored
    with store.begin() as work:
        assert work.export_customer(neighbour.id) == before
        work.erase_customer(neighbour.id)


def test_what_is_erased_is_gone_from_the_file_too(sqlite_store: Store) -> None:
    """Nobody who opens the database file, or its log, with an editor finds what was erased."""
    with sqlite_store.begin() as work:
        customer = everything(work, "sycamore", "sycamore-1")
    for number in range(20):
        one_turn(sqlite_store, "sycamore-1", text=f"sycamore {number} " * 400)
    with sqlite_store.begin() as work:
        work.erase_customer(customer.id)
    path = Path(sqlite_store.engine.url.database)
    for file in path.parent.glob(f"{path.name}*"):
        assert b"sycamore" not in file.read_bytes(), file.name


def test_erasing_a_conversation_keeps_the_customer(store: Store) -> None:
    """A customer may have one conversation erased and stay a customer."""
    with store.begin() as work:
        customer = everything(work, "sycamore", "first")
        assert work.erase_conversation("first")
        assert not work.erase_conversation("first")
        assert work.customers.get(customer.id) == customer
        assert len(work.assets.of_customer(customer.id)) == 1
        assert work.turns.after("first") == ()


def test_what_was_only_learned_in_a_conversation_goes_with_it(store: Store) -> None:
    """A customer and an asset nobody knew of before are forgotten with the conversation that told us of them."""
    with store.begin() as work:
        customer = work.customers.add(Customer(name="Sycamore Hotel", learned_in="guest"))
        work.conversations.start(Conversation(id="guest", customer_id=customer.id))
        work.assets.upsert(Asset(customer_id=customer.id, model="W-20", source="customer", learned_in="guest"))
    with store.begin() as work:
        work.refuse("guest")
    stored = _everything_stored(store)
    assert "Sycamore" not in stored
    assert "W-20" not in stored


def test_a_customer_with_another_conversation_is_not_forgotten_with_the_first(store: Store) -> None:
    """Who was met in an erased conversation and came back stays known as long as the other conversation does."""
    with store.begin() as work:
        customer = work.customers.add(Customer(name="Sycamore Hotel", learned_in="first"))
        for name in ("first", "second"):
            work.conversations.start(Conversation(id=name, customer_id=customer.id))
        work.erase_conversation("first")
        assert work.customers.get(customer.id) == replace(customer, learned_in="second")
        work.erase_conversation("second")
        assert work.customers.get(customer.id) is None


def test_what_the_company_records_too_outlives_the_conversation(store: Store) -> None:
    """An asset first told in a conversation and then found in the company's records is the company's record."""
    with store.begin() as work:
        customer = work.customers.add(Customer(external_id="C-1"))
        work.conversations.start(Conversation(id="guest", customer_id=customer.id))
        work.assets.upsert(Asset(customer_id=customer.id, model="W-20", learned_in="guest"))
        assert work.assets.upsert(Asset(customer_id=customer.id, model="W-20"))[1] is Change.UPDATED
        work.erase_conversation("guest")
        assert [asset.model for asset in work.assets.of_customer(customer.id)] == ["W-20"]


def test_an_export_shows_everything_as_json(store: Store) -> None:
    """What is kept about a customer can be handed over as one JSON document, every entry of it."""
    with store.begin() as work:
        customer = everything(work, "sycamore", "sycamore-1")
    with store.read() as work:
        exported = work.export_customer(customer.id)
    assert json.loads(json.dumps(exported)) == exported
    assert exported["customer"]["name"] == "sycamore"
    assert exported["assets"][0]["serial"] == "sycamore"
    (conversation,) = exported["conversations"]
    tables = {name: table for name, table in metadata.tables.items() if "conversation_id" in table.c}
    entries = {name for name, table in tables.items() if not table.info.get("internal")}
    assert set(conversation) == {"conversation", *entries}
    assert all(len(conversation[name]) == 1 for name in entries)
    assert conversation["promises"][0]["due"] == "2025-06-05"
    assert conversation["conversation"]["started_at"] == "2025-05-01T12:00:00+00:00"


def test_exporting_what_is_not_there_says_so(store: Store) -> None:
    """Nobody is told that somebody else's data is theirs: an unknown id is an error."""
    with store.read() as work:
        with pytest.raises(NotFound, match="customer 'nobody'"):
            work.export_customer("nobody")
        with pytest.raises(NotFound, match="conversation 'nobody'"):
            work.export_conversation("nobody")


def test_a_turn_after_erasure_is_refused(store: Store) -> None:
    """A turn that was under way when its conversation was erased does not bring it back."""
    seen = started(store)
    with store.begin() as work:
        work.erase_conversation("guest")
    with pytest.raises(Exception, match="erased meanwhile"), store.begin() as work:
        work.conversations.save(seen)


def test_row_numbers_are_never_used_again(store: Store) -> None:
    """A number kept elsewhere never points to somebody else's promise after an erasure."""
    started(store)
    with store.begin() as work:
        first = work.promises.add(Promise(conversation_id="guest", owner="us", what="call"))
        work.erase_conversation("guest")
    started(store)
    with store.begin() as work:
        assert work.promises.add(Promise(conversation_id="guest", owner="us", what="call")).id > first.id
