"""What is kept, as frozen dataclasses: the only shape in which records leave or enter the store.

Every time is an aware `datetime` in UTC. `id` is 0 (or "") and the times are `UNSTORED` until a record is stored;
the store fills them in. `Json` values are whatever JSON can hold and come back equal to what went in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from enum import Enum
from typing import Any

Json = dict[str, Any]
UNSTORED = datetime.min.replace(tzinfo=timezone.utc)


class Face(str, Enum):
    """Who talks: a customer, a rep in a call, or a simulated customer."""

    CUSTOMER = "customer"
    REP = "rep"
    SIMULATED = "simulated"


class Consent(str, Enum):
    """Whether the customer agreed to the question that was asked."""

    UNASKED = "unasked"
    PENDING = "pending"
    GIVEN = "given"
    REFUSED = "refused"


class AssetStatus(str, Enum):
    """What an asset is doing now."""

    IN_USE = "in_use"
    SPARE = "spare"
    OUT_OF_ORDER = "out_of_order"
    RETIRED = "retired"


class PromiseState(str, Enum):
    """Open until settled; late when its day passed; kept or broken in the end, or withdrawn when its ground was corrected."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class HandOverState(str, Enum):
    """Waiting for a person, taken by one, or closed."""

    WAITING = "waiting"
    TAKEN = "taken"
    CLOSED = "closed"


class ExpectationState(str, Enum):
    """Awaited until checked; then met, or a gap (a quality case), which may be resolved."""

    AWAITED = "awaited"
    MET = "met"
    GAP = "gap"
    RESOLVED = "resolved"


class Change(str, Enum):
    """What an upsert did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A customer of the company. `external_id` is the company's own number for it, unique when given.

    `learned_in` names the conversation that told us of this customer, if no company record did: it is erased with it.
    """

    id: str = ""
    external_id: str | None = None
    name: str = ""
    organisation: str = ""
    region: str = ""
    contact: str = ""
    is_test: bool = False
    learned_in: str | None = None
    created_at: datetime = UNSTORED


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One thing, or `quantity` alike things, that a customer owns.

    `source` says who told us: record, customer or rep.
    """

    id: int = 0
    customer_id: str
    model: str
    product_id: str | None = None
    quantity: int = 1
    serial: str = ""
    bought_on: date | None = None
    version: str = ""
    location: str = ""
    status: AssetStatus = AssetStatus.IN_USE
    notes: str = ""
    source: str = "record"
    learned_in: str | None = None
    created_at: datetime = UNSTORED
    updated_at: datetime = UNSTORED


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """One conversation; `id` is the sender's id and `state` the dossier after the last turn.

    `last_seq`, `revision`, `last_active_at` and `hold_until` are kept by the store. `hold_until` is None once consent
    was given: until then the conversation is only held, and erased when that time has passed.
    """

    id: str
    customer_id: str | None = None
    channel: str = ""
    face: Face = Face.CUSTOMER
    catalogue_id: str = ""
    catalogue_version: str = ""
    model_version: str = ""
    consent: Consent = Consent.UNASKED
    state: Json = field(default_factory=dict)
    started_at: datetime = UNSTORED
    last_active_at: datetime = UNSTORED
    hold_until: datetime | None = None
    last_seq: int = 0
    revision: int = 0


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something that belongs to one conversation and is erased with it."""

    id: int = 0
    conversation_id: str
    created_at: datetime = UNSTORED


@dataclass(frozen=True, kw_only=True)
class Turn(Entry):
    """One message and its reply, never changed once stored. `seq` counts from 1 without gaps.

    `message_id` is the client's own id for the message; `message` the bubbles exactly as sent; `elapsed_ms`
    the time in milliseconds the reply took. `dossier` is the whole need map or what changed in it, as its writer chose.
    """

    seq: int = 0
    message_id: str | None = None
    user_text: str
    heard: Json = field(default_factory=dict)
    dossier: Json = field(default_factory=dict)
    move: Json = field(default_factory=dict)
    message: tuple[Json, ...] = ()
    intent: str = ""
    confidence: float = 0.0
    elapsed_ms: float = 0.0
    catalogue_version: str = ""
    model_version: str = ""


@dataclass(frozen=True, kw_only=True)
class Promise(Entry):
    """A commitment: who (`owner`) does what by when, and the question that will check it."""

    owner: str
    what: str
    due: date | None = None
    state: PromiseState = PromiseState.OPEN
    evidence: str = ""
    check_in_question: str = ""
    concern: str = ""
    remedy_id: str | None = None
    cause_id: str | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CheckIn(Entry):
    """A question to ask on or after `due`, and how it was answered; `worked` is None when the answer did not say."""

    promise_id: int | None = None
    due: date
    question: str
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    worked: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Referral(Entry):
    """An introduction to another vendor; `shared` is exactly what was passed on, at `shared_at`, after consent."""

    vendor_id: str
    vendor_name: str
    reason: str
    concern: str = ""
    introduction: str = ""
    consent: Consent = Consent.UNASKED
    shared: Json | None = None
    shared_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ConsentAnswer(Entry):
    """One line of the consent log: what was asked about (`topic`), in which words, and the answer with its quote."""

    topic: str
    asked: str
    answer: Consent
    quote: str = ""


@dataclass(frozen=True, kw_only=True)
class Feedback(Entry):
    """What somebody thought of the conversation or of one turn; `rating` is their own number, if they gave one."""

    seq: int | None = None
    rating: int | None = None
    text: str = ""
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class HandOver(Entry):
    """The whole dossier passed to a person, as it was then."""

    to_whom: str
    reason: str
    state: HandOverState = HandOverState.WAITING
    dossier: Json = field(default_factory=dict)
    contact: str = ""
    taken_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Expectation(Entry):
    """What the customer expected and what was received; in state `gap` it is a quality case."""

    promise_id: int | None = None
    concern: str = ""
    expected: str
    received: str = ""
    state: ExpectationState = ExpectationState.AWAITED
    resolution: str = ""


@dataclass(frozen=True, kw_only=True)
class ClosingAnswer(Entry):
    """The answer to "what would you miss?"."""

    question: str
    answer: str


@dataclass(frozen=True)
class OutcomeCount:
    """How often a remedy worked and did not for a cause: the counts of a Beta distribution. Names nobody."""

    catalogue_id: str
    remedy_id: str
    cause_id: str
    worked: int
    failed: int
