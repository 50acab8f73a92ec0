"""Customers and what they own: the same record stored twice is one record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.store import Conflict, EphemeralStore, InvalidRecord, NotFound, Store
from bot.store.access import Sight, User
from bot.store.customers import business_key
from bot.store.records import Asset, AssetStatus, Change, Customer


def test_a_customer_is_found_by_either_number(store: Store) -> None:
    """Our id and the company's own number lead to the same customer."""
    with store.begin() as work:
        customer = work.customers.add(Customer(external_id="C-1", name="Ada", region="North", is_test=True))
        assert work.customers.get(customer.id) == customer
        assert work.customers.by_external_id("C-1") == customer
        assert work.customers.get("nobody") is None


def test_two_customers_cannot_have_one_number(store: Store) -> None:
    """The company's number is unique; customers without one may be many."""
    with store.begin() as work:
        work.customers.add(Customer(name="no number"))
        work.customers.add(Customer(name="no number either"))
        work.customers.add(Customer(external_id="C-1"))
    with pytest.raises(Conflict), store.begin() as work:
        work.customers.add(Customer(external_id="C-1"))


def test_upserting_a_customer_adds_what_is_new_and_keeps_what_is_known(store: Store) -> None:
    """An empty field never wipes out what is known."""
    with store.begin() as work:
        first, change = work.customers.upsert(Customer(external_id="C-1", name="Ada", contact="ada@example.org"))
        assert change is Change.CREATED
        again, change = work.customers.upsert(Customer(external_id="C-1", organisation="Hotel"))
        assert (again, change) == (replace(first, organisation="Hotel"), Change.UPDATED)
        assert work.customers.upsert(Customer(external_id="C-1", name="Ada")) == (again, Change.UNCHANGED)
        with pytest.raises(InvalidRecord, match="external_id"):
            work.customers.upsert(Customer(name="who?"))


def test_customers_are_searched_by_words(store: Store) -> None:
    """Every word typed begins a word of the name, organisation or number, in any order; accents and capitals do not count."""
    people = (
        ("C-10", "Ada Löwe", "Grand Hôtel"),
        ("C-2", "Bob", "Hotel Löwen"),
        ("K/77_b", "100% Clean", ""),
        (None, "Straßenmeisterei", ""),
    )
    with store.begin() as work:
        for number, name, organisation in people:
            work.customers.add(Customer(external_id=number, name=name, organisation=organisation))
        found = {asked: [each.name for each in work.customers.search(asked)] for asked in _ASKED}
        assert found == _ASKED
        assert [each.name for each in work.customers.search(limit=2)] == ["100% Clean", "Ada Löwe"]


_ASKED = {
    "aDA": ["Ada Löwe"],
    "hotel": ["Ada Löwe", "Bob"],
    "lowe": ["Ada Löwe", "Bob"],
    "hot gra": ["Ada Löwe"],
    "lowen bob": ["Bob"],
    "c-10": ["Ada Löwe"],
    "C10": ["Ada Löwe"],
    "k/77_B": ["100% Clean"],
    "100%": ["100% Clean"],
    "strasse": ["Straßenmeisterei"],
    "STRAẞE": ["Straßenmeisterei"],
    "%": [],
    '" OR *': [],
    "' | !bob": ["Bob"],
    "otel": [],
}


def test_a_store_in_memory_finds_customers_too() -> None:
    """The store of those who refused to be recorded finds as any other does."""
    with EphemeralStore().begin() as work:
        work.customers.add(Customer(name="Grand Hôtel"))
        assert [each.name for each in work.customers.search("hotel")] == ["Grand Hôtel"]


def test_a_customer_is_found_by_what_is_known_now(store: Store) -> None:
    """A changed name is found and the old one no more; an erased customer is not found, nor held up by the index."""
    with store.begin() as work:
        known = work.customers.add(Customer(external_id="C-1", name="Sycamore"))
        work.customers.save(replace(known, name="Rowan"))
        assert work.customers.search("sycamore") == ()
        assert [each.id for each in work.customers.search("rowan")] == [known.id]
        assert work.erase_customer(known.id)
        assert work.customers.search("rowan") == ()


def test_only_customers_in_sight_are_found(store: Store) -> None:
    """However many of another team's customers match first, one's own is found."""
    with store.begin() as work:
        ada, bob = (work.users.add(User(name=name, team=team)) for name, team in (("ada", "north"), ("bob", "south")))
        for place in range(20):
            work.keepers.keep(work.customers.add(Customer(name=f"Hotel {place:02}")).id, bob)
        mine = work.customers.add(Customer(name="Hotel Zander"))
        work.keepers.keep(mine.id, ada)
        sight = Sight(everything=False, user_id=ada.id, team=ada.team)
        assert [each.name for each in work.customers.search("hotel", 5, sight)] == ["Hotel Zander"]
        assert len(work.customers.search("hotel", 50)) == 21


def test_saving_an_erased_customer_says_so(store: Store) -> None:
    """A customer who was erased does not come back by accident."""
    with pytest.raises(NotFound), store.begin() as work:
        work.customers.save(Customer(id="gone"))


def test_an_asset_stored_twice_is_there_once(store: Store, clock: Any) -> None:
    """The same asset is recognised and brought up to date; the time of its last change is kept."""
    with store.begin() as work:
        owner = work.customers.add(Customer()).id
        asset = Asset(customer_id=owner, model="W-20", serial="S-1", bought_on=date(2019, 5, 1), quantity=1)
        first, change = work.assets.upsert(asset)
        assert change is Change.CREATED
        clock.pass_minutes(5)
        assert work.assets.upsert(asset) == (first, Change.UNCHANGED)
        moved = replace(asset, model="w 20", location="annex", status=AssetStatus.SPARE)
        second, change = work.assets.upsert(moved)
        assert (second.id, second.location, second.updated_at) == (first.id, "annex", clock.now)
        assert change is Change.UPDATED
        assert work.assets.of_customer(owner) == (second,)
        assert work.assets.get(first.id) == second
        work.assets.remove(first.id)
        assert work.assets.get(first.id) is None


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"serial": "s 1"}, True),
        ({"location": "elsewhere", "bought_on": date(2020, 1, 1), "quantity": 2}, True),
        ({"serial": "S-2"}, False),
        ({"serial": ""}, False),
        ({"model": "W-30"}, False),
    ],
)
def test_a_serial_number_makes_an_asset_the_same(other: dict[str, Any], same: bool) -> None:
    """With a serial number, only model and serial number count."""
    asset = Asset(customer_id="c", model="W-20", serial="S-1")
    assert (business_key(replace(asset, **other)) == business_key(asset)) is same


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"quantity": 5, "version": "2", "notes": "n", "status": AssetStatus.SPARE}, True),
        ({"location": "annex"}, False),
        ({"bought_on": date(2020, 1, 1)}, False),
        ({"location": "x" * 2000}, False),
    ],
)
def test_without_one_model_place_and_date_do(other: dict[str, Any], same: bool) -> None:
    """Without a serial number, machines of one model, place and date are one row with a quantity."""
    asset = Asset(customer_id="c", model="W-20", location="cellar", bought_on=date(2019, 1, 1))
    assert (business_key(replace(asset, **other)) == business_key(asset)) is same
    assert len(business_key(replace(asset, **other))) <= 255
