"""Customers and what they own, kept so that the same record stored twice is one record."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.store import tables
from bot.store.access import Sight
from bot.store.columns import NAME_LIMIT, storable
from bot.store.customer_search import found, write_words
from bot.store.errors import InvalidRecord, NotFound
from bot.store.ledger import Clock
from bot.store.records import UNSTORED, Asset, Change, Customer
from bot.store.rows import record_of, values_of

_KEPT_WHEN_EMPTY = ("name", "organisation", "region", "contact")


class Customers:
    """Customers by our id or by the company's own number for them."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._table = tables.customers

    def add(self, customer: Customer) -> Customer:
        """Store a new customer. Raises `Conflict` when its `external_id` is taken."""
        created = self._clock() if customer.created_at == UNSTORED else customer.created_at
        fresh = replace(customer, id=customer.id or uuid.uuid4().hex, created_at=created)
        self._session.execute(insert(self._table), values_of(fresh))
        write_words(self._session, fresh)
        return fresh

    def get(self, customer_id: str) -> Customer | None:
        """The customer, or None."""
        return self._one(self._table.c.id == customer_id)

    def by_external_id(self, external_id: str) -> Customer | None:
        """The customer the company knows by that number, or None."""
        return self._one(self._table.c.external_id == external_id)

    def search(self, words: str = "", limit: int = 50, sight: Sight | None = None) -> tuple[Customer, ...]:
        """Customers in sight, by name, in whose number, name or organisation every word asked for begins a word."""
        listed = select(self._table).order_by(self._table.c.name, self._table.c.id).limit(limit)
        if not words.strip():
            return self._many(listed)
        matching = found(self._session, words, sight)
        return self._many(listed.where(self._table.c.id.in_(matching))) if matching is not None else ()

    def save(self, customer: Customer) -> Customer:
        """Store a changed customer. Raises `NotFound` if it was erased."""
        values = values_of(customer, "id", "created_at")
        changed = self._session.execute(update(self._table).where(self._table.c.id == customer.id).values(values))
        if changed.rowcount == 0:
            raise NotFound(f"There is no customer {customer.id}.")
        write_words(self._session, customer)
        return customer

    def upsert(self, customer: Customer) -> tuple[Customer, Change]:
        """Store a customer by its `external_id`, new or not; an empty text leaves what is known as it is."""
        if not customer.external_id:
            raise InvalidRecord("A customer without an external_id cannot be found again: write the company's number.")
        known = self.by_external_id(customer.external_id)
        if known is None:
            return self.add(customer), Change.CREATED
        told = {name: getattr(customer, name) for name in _KEPT_WHEN_EMPTY if getattr(customer, name)}
        fresh = replace(known, **told, learned_in=_learned_in(known, customer))
        return (known, Change.UNCHANGED) if fresh == known else (self.save(fresh), Change.UPDATED)

    def _many(self, rows: Any) -> tuple[Customer, ...]:
        return tuple(record_of(Customer, row) for row in self._session.execute(rows))

    def _one(self, condition: Any) -> Customer | None:
        row = self._session.execute(select(self._table).where(condition)).first()
        return None if row is None else record_of(Customer, row)


class Assets:
    """What customers own: the installed base."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self._table = tables.assets

    def of_customer(self, customer_id: str) -> tuple[Asset, ...]:
        """What the customer owns, in the order it was stored."""
        mine = select(self._table).where(self._table.c.customer_id == customer_id).order_by(self._table.c.id)
        return tuple(record_of(Asset, row) for row in self._session.execute(mine))

    def get(self, asset_id: int) -> Asset | None:
        """The asset, or None."""
        row = self._session.execute(select(self._table).where(self._table.c.id == asset_id)).first()
        return None if row is None else record_of(Asset, row)

    def upsert(self, asset: Asset) -> tuple[Asset, Change]:
        """Store an asset by its `business_key`, new or not: stored twice, it is there once."""
        key = business_key(asset)
        mine = self._table.c.customer_id == asset.customer_id
        row = self._session.execute(select(self._table).where(mine, self._table.c.business_key == key)).first()
        if row is None:
            return self._insert(asset, key), Change.CREATED
        known = record_of(Asset, row)
        fresh = replace(asset, learned_in=_learned_in(known, asset), **_times(known), id=known.id)
        if fresh == known:
            return known, Change.UNCHANGED
        return self._update(replace(fresh, updated_at=self._clock())), Change.UPDATED

    def remove(self, asset_id: int) -> None:
        """Forget one asset; removing it again does nothing."""
        self._session.execute(delete(self._table).where(self._table.c.id == asset_id))

    def _insert(self, asset: Asset, key: str) -> Asset:
        now = self._clock()
        fresh = replace(asset, created_at=now, updated_at=now)
        values = {**values_of(fresh, "id"), "business_key": key}
        result = self._session.execute(insert(self._table), values)
        return replace(fresh, id=result.inserted_primary_key[0])

    def _update(self, asset: Asset) -> Asset:
        values = values_of(asset, "id", "customer_id", "created_at")
        self._session.execute(update(self._table).where(self._table.c.id == asset.id).values(values))
        return asset


def business_key(asset: Asset) -> str:
    """What makes an asset the same asset: its model and serial number, or without one model, place and date bought.

    Capitals, spaces and punctuation do not count: `W-20` and `w 20` are one model.
    """
    if asset.serial.strip():
        return _key("serial", asset.model, asset.serial)
    return _key("lot", asset.model, asset.location, asset.bought_on.isoformat() if asset.bought_on else "")


def _learned_in(known: Customer | Asset, told: Customer | Asset) -> str | None:
    """Once a company record says it, it no longer depends on the conversation it was first learned in."""
    return known.learned_in if told.learned_in else None


def _times(known: Asset) -> dict[str, Any]:
    return {"created_at": known.created_at, "updated_at": known.updated_at}


def _key(*parts: str) -> str:
    key = "|".join(re.sub(r"[\W_]+", "", storable(part).casefold()) for part in parts)
    return key if len(key) <= NAME_LIMIT else sha256(key.encode()).hexdigest()
