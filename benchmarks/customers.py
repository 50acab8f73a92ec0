"""Very many customers for the rep's desk: told apart by their names, half of them another team's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from sqlalchemy import insert

from bot.store import Store
from bot.store.access import User
from bot.store.access_tables import keepers
from bot.store.customer_search import spelt
from bot.store.records import Asset, Customer
from bot.store.rows import values_of
from bot.store.store import utc_now
from bot.store.tables import customer_words, customers

_KINDS = "Hotel Bakery Clinic School Workshop Brewery Farm Theatre Garage Laundry"
_TREES = """
    Ash Beech Cedar Elm Fir Hazel Larch Maple Oak Pine Rowan Spruce Willow Yew Alder Birch Cherry Linden Poplar Walnut
"""
_PLACES = """
    Bridge Hill Mill Park Lake Field Gate Wood Ford Green Harbour Island Castle Court Square Grove Bank Spring Valley
    Moor
"""
_GIVEN = """
    Ada Bob Cleo Dan Eve Finn Gus Hana Ida Jo Kai Lea Max Nina Ole Pia Quin Rosa Sam Tom Una Vera Will Xenia Yann Zoe
"""

OTHERS = ("hotel", "h", "ada", "pine hotel", "C-1", "nobody at all")
"""What is searched for beside a name: words that a tenth of all customers have, beginnings, a number, nobody."""

_PIECE = 10_000
_CALLED = 20


def fill(store: Store, count: int, rep: User, other: User) -> list[Mapping[str, str]]:
    """Store that many customers; the id and name of some the rep keeps, who own things."""
    made = islice(_made(), count)
    while piece := list(islice(made, _PIECE)):
        with store.engine.begin() as connection:
            connection.execute(insert(customers), [values_of(each) for each in piece])
            connection.execute(insert(customer_words), [{"customer_id": each.id, "spelt": spelt(each)} for each in piece])
            connection.execute(insert(keepers), [_keeper(each, (rep, other)) for each in piece])
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return _owning(store, count)


def _made() -> Iterator[Customer]:
    """Customers without end, every one with a name and a number of their own."""
    kinds = product(range(1, 10_000), _GIVEN.split(), _PLACES.split(), _TREES.split(), _KINDS.split())
    for number, (round_, given, place, tree, kind) in enumerate(kinds):
        organisation = f"{kind} {tree} {place}" if round_ == 1 else f"{kind} {tree} {place} {round_}"
        yield Customer(
            id=f"u{number}", external_id=f"C-{number}", name=f"{given} {place}son", organisation=organisation, created_at=utc_now()
        )


def _keeper(customer: Customer, users: tuple[User, User]) -> dict[str, Any]:
    user = users[int(customer.id[1:]) % 2]
    return {"customer_id": customer.id, "user_id": user.id, "team": user.team, "created_at": utc_now()}


def _owning(store: Store, count: int) -> list[Mapping[str, str]]:
    found = []
    with store.begin() as work:
        for place in range(_CALLED):
            customer = work.customers.get(f"u{place * (count // _CALLED) // 2 * 2}")
            assert customer is not None
            for model in ("oven", "forklift", "printer"):
                work.assets.upsert(Asset(customer_id=customer.id, model=model, quantity=2))
            found.append({"id": customer.id, "name": f"{customer.organisation} {customer.name}"})
    return found
