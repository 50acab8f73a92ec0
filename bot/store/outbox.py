"""What is told to other systems: webhooks, and the outbox whose rows are written in the same transaction as the event."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.store.access_tables import deliveries, webhooks
from bot.store.errors import NotFound
from bot.store.ledger import Clock
from bot.store.records import UNSTORED, Consent, Json
from bot.store.rows import record_of, upsert, values_of
from bot.store.tables import conversations, customers, promises

LEASE = timedelta(minutes=2)
"""How long a delivery that is being sent is left to its sender; after that somebody else may try."""
KEPT = timedelta(days=30)
"""How long the log of deliveries is kept."""
_LATELY = timedelta(days=7)
_CHUNK = 500


class Event(str, Enum):
    """What other systems may be told of."""

    PING = "ping"
    PROMISE_MADE = "promise.made"
    PROMISE_DUE = "promise.due"
    PROMISE_KEPT = "promise.kept"
    PROMISE_BROKEN = "promise.broken"
    REFERRAL_CONSENTED = "referral.consented"
    HAND_OVER_WAITING = "hand_over.waiting"


class DeliveryState(str, Enum):
    """Waiting to be sent (again), delivered, given up after the last try, or not sent as its webhook was removed."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """An address that is told of events. `salt` goes into the secret its messages are signed with."""

    id: int = 0
    url: str
    events: tuple[str, ...]
    salt: str = ""
    made_by: str = ""
    created_at: datetime = UNSTORED
    removed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One event on its way to one webhook. `event_key` is the same for every try, so that a receiver can tell repeats."""

    id: int = 0
    conversation_id: str | None = None
    webhook_id: int
    event: str
    event_key: str
    payload: Json = field(default_factory=dict)
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    next_at: datetime = UNSTORED
    last_status: int | None = None
    last_error: str = ""
    created_at: datetime = UNSTORED
    delivered_at: datetime | None = None


def announce(session: Any, clock: Clock, event: Event, conversation_id: str, key: str, told: Mapping[str, Any]) -> None:
    """Put the event into the outbox of every webhook that listens to it; it leaves when the transaction is stored.

    `told` holds words only when the customer allowed notes: before that only what can be counted leaves (ids, dates, states).
    """
    listening = [hook for hook in Webhooks(session, clock).all() if event.value in hook.events]
    if not listening:
        return
    now = clock()
    payload = _payload(session, event, conversation_id, key, told, now)
    for hook in listening:
        entry = Delivery(
            conversation_id=conversation_id,
            webhook_id=hook.id,
            event=event.value,
            event_key=key,
            payload=payload,
            next_at=now,
            created_at=now,
        )
        session.execute(upsert(session, deliveries).values(values_of(entry, "id")).on_conflict_do_nothing())


def promise_told(promise: Any) -> dict[str, Any]:
    """What other systems are told of a promise, given its record or its row."""
    state = promise.state.value if isinstance(promise.state, Enum) else promise.state
    due = promise.due.isoformat() if promise.due else None
    words = {"owner": promise.owner, "what": promise.what, "evidence": promise.evidence}
    return {"promise": promise.id, "due": due, "state": state, **words}


class Webhooks:
    """The addresses that are told of events."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def add(self, url: str, events: tuple[str, ...], made_by: str) -> Webhook:
        """Store a new webhook, with a salt of its own."""
        fresh = Webhook(url=url, events=events, salt=secrets.token_hex(16), made_by=made_by, created_at=self._clock())
        result = self._session.execute(insert(webhooks), values_of(fresh, "id"))
        return self.get(result.inserted_primary_key[0])

    def get(self, webhook_id: int) -> Webhook:
        """The webhook, also a removed one. Raises `NotFound`."""
        row = self._session.execute(select(webhooks).where(webhooks.c.id == webhook_id)).first()
        if row is None:
            raise NotFound(f"There is no webhook {webhook_id}.")
        return record_of(Webhook, row)

    def all(self) -> tuple[Webhook, ...]:
        """Those in use, oldest first."""
        found = select(webhooks).where(webhooks.c.removed_at.is_(None)).order_by(webhooks.c.id)
        return tuple(record_of(Webhook, row) for row in self._session.execute(found))

    def remove(self, webhook_id: int) -> None:
        """Tell this address nothing more. Raises `NotFound`."""
        self.get(webhook_id)
        self._session.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(removed_at=self._clock()))
        waiting = (deliveries.c.webhook_id == webhook_id, deliveries.c.state == DeliveryState.WAITING.value)
        self._session.execute(update(deliveries).where(*waiting).values(state=DeliveryState.DROPPED.value))


class Deliveries:
    """The outbox, and the log of what left it."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def ping(self, webhook_id: int) -> None:
        """Put a test into the outbox of one webhook."""
        now = self._clock()
        key = f"{Event.PING.value}:{secrets.token_hex(8)}"
        payload = {"id": key, "event": Event.PING.value, "at": now.isoformat(), "data": {}}
        entry = Delivery(webhook_id=webhook_id, event=Event.PING.value, event_key=key, payload=payload, next_at=now, created_at=now)
        self._session.execute(insert(deliveries), values_of(entry, "id"))

    def claim(self, limit: int = 20) -> tuple[Delivery, ...]:
        """The deliveries to send now, oldest first, each left to the caller for a while; the try is counted."""
        now = self._clock()
        ready = (deliveries.c.state == DeliveryState.WAITING.value, deliveries.c.next_at <= now)
        found = select(deliveries).where(*ready).order_by(deliveries.c.next_at, deliveries.c.id).limit(limit)
        claimed = tuple(record_of(Delivery, row) for row in self._session.execute(found.with_for_update(skip_locked=True)))
        mine = deliveries.c.id.in_([each.id for each in claimed])
        if claimed:
            leased = {"next_at": now + LEASE, "attempts": deliveries.c.attempts + 1}
            self._session.execute(update(deliveries).where(mine).values(leased))
        return tuple(self.get(each.id) for each in claimed)

    def get(self, delivery_id: int) -> Delivery:
        """The delivery. Raises `NotFound`."""
        row = self._session.execute(select(deliveries).where(deliveries.c.id == delivery_id)).first()
        if row is None:
            raise NotFound(f"There is no delivery {delivery_id}. It never was, or what it told of has been erased.")
        return record_of(Delivery, row)

    def delivered(self, delivery_id: int, status: int) -> None:
        """Note that the receiver took it."""
        now = self._clock()
        taken = {"state": DeliveryState.DELIVERED.value, "last_status": status, "last_error": "", "delivered_at": now}
        self._session.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(taken))

    def failed(self, delivery_id: int, status: int | None, error: str, again: timedelta | None) -> None:
        """Note that it was not taken; it is tried again after that time, or given up when there is none."""
        state = DeliveryState.WAITING if again is not None else DeliveryState.FAILED
        values: dict[str, Any] = {"state": state.value, "last_status": status, "last_error": error[:500]}
        if again is not None:
            values["next_at"] = self._clock() + again
        self._session.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))

    def resend(self, delivery_id: int) -> Delivery:
        """Send it again from now on, whatever became of it. Raises `NotFound`."""
        self.get(delivery_id)
        values = {"state": DeliveryState.WAITING.value, "attempts": 0, "next_at": self._clock()}
        self._session.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))
        return self.get(delivery_id)

    def page(self, webhook_id: int, *, before: int = 0, limit: int = 50) -> tuple[Delivery, ...]:
        """The deliveries to a webhook, newest first, those older than `before`."""
        found = select(deliveries).where(deliveries.c.webhook_id == webhook_id)
        found = found.where(deliveries.c.id < before) if before else found
        rows = self._session.execute(found.order_by(deliveries.c.id.desc()).limit(limit))
        return tuple(record_of(Delivery, row) for row in rows)

    def announce_due(self, today: date) -> int:
        """Put the promises that came due in the last days into the outbox, each once; returns how many."""
        listening = [hook.id for hook in Webhooks(self._session, self._clock).all() if Event.PROMISE_DUE.value in hook.events]
        if not listening:
            return 0
        due = (promises.c.state.in_(("open", "late")), promises.c.due <= today, promises.c.due >= today - _LATELY)
        rows = self._session.execute(select(promises).where(*due).order_by(promises.c.due, promises.c.id)).all()
        known = self._known(listening, [_due_key(row) for row in rows])
        fresh = [row for row in rows if _due_key(row) not in known]
        for row in fresh:
            told = promise_told(row)
            announce(self._session, self._clock, Event.PROMISE_DUE, row.conversation_id, _due_key(row), told)
        return len(fresh)

    def _known(self, listening: list[int], keys: list[str]) -> set[str]:
        """Those of the keys that every listener has been sent already."""
        counts: Counter[str] = Counter()
        for start in range(0, len(keys), _CHUNK):
            some = deliveries.c.event_key.in_(keys[start : start + _CHUNK])
            found = select(deliveries.c.event_key).where(deliveries.c.webhook_id.in_(listening), some)
            counts.update(self._session.execute(found).scalars())
        return {key for key, count in counts.items() if count == len(listening)}

    def clear_old(self) -> int:
        """Clear away what was delivered or given up long ago; returns how many."""
        ended = deliveries.c.state != DeliveryState.WAITING.value
        old = delete(deliveries).where(ended, deliveries.c.next_at < self._clock() - KEPT)
        return int(self._session.execute(old).rowcount)


def _due_key(promise: Any) -> str:
    return f"{Event.PROMISE_DUE.value}:{promise.id}:{promise.due.isoformat()}"


def _payload(session: Any, event: Event, conversation_id: str, key: str, told: Mapping[str, Any], now: datetime) -> Json:
    whose = (
        select(conversations.c.consent, customers.c.external_id)
        .outerjoin(customers, customers.c.id == conversations.c.customer_id)
        .where(conversations.c.id == conversation_id)
    )
    row = session.execute(whose).first()
    allowed = row is not None and row.consent == Consent.GIVEN.value
    data = dict(told) if allowed else {name: value for name, value in told.items() if name in _COUNTABLE}
    return {
        "id": key,
        "event": event.value,
        "at": now.isoformat(),
        "conversation": conversation_id,
        "customer": row.external_id if row is not None else None,
        "data": data,
    }


_COUNTABLE = frozenset({"promise", "referral", "hand_over", "due", "state", "vendor"})
