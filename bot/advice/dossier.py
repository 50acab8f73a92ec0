"""The dossier of one conversation: its concerns, the facts and assets they share, and where the talk stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from bot.advice.heard import Source
from bot.advice.need_map import Cell, NeedMap, State


class Ask(str, Enum):
    """What kind of question is open."""

    ANYTHING = "anything"
    WHY = "why"
    MEANT = "meant"
    FACT = "fact"
    CELL = "cell"
    READ_BACK = "read_back"
    ADVICE = "advice"
    CONSENT = "consent"
    ERASURE = "erasure"
    INTRODUCTION = "introduction"
    CONTACT = "contact"
    CHECK_IN = "check_in"
    MISSED = "missed"
    SAFETY = "safety"


@dataclass(frozen=True)
class Option:
    """A ready answer to a question: `value` is what choosing it means, `label` what the customer reads."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """A question put to the customer; `key` says about what (a fact id, a cell name, a promise id)."""

    ask: Ask
    key: str = ""
    options: tuple[Option, ...] = ()

    @property
    def name(self) -> str:
        """A name that stays the same however the question is worded."""
        return f"{self.ask.value}:{self.key}" if self.key else self.ask.value


_OF_ONE_CONCERN = tuple(ask.value for ask in (Ask.WHY, Ask.MEANT, Ask.CELL, Ask.READ_BACK))
"""Questions about one concern: the answer says nothing about the next one."""


class Consent(str, Enum):
    """Whether the customer lets us keep what they say."""

    UNASKED = "unasked"
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"


class Interruption(str, Enum):
    """Something in the last message that wants its own answer before the talk returns to where it was."""

    TROUBLE = "trouble"
    SAFETY = "safety"
    GREETING = "greeting"
    QUOTE = "quote"
    WHY_ASKED = "why_asked"
    PRICE = "price"
    DISCOUNT = "discount"
    PROCESS = "process"
    PRIVACY = "privacy"
    OWN_DATA = "own_data"
    EXPORT = "export"
    ABILITIES = "abilities"
    REPEAT = "repeat"
    SMALL_TALK = "small_talk"
    OFF_TOPIC = "off_topic"
    COMPLAINT = "complaint"
    INSULT = "insult"
    THANKS = "thanks"
    HURRY = "hurry"
    WHY_NOT = "why_not"
    OPTIONS = "options"
    ADVICE_REASON = "advice_reason"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    ERASED_NOT = "erased_not"
    NOT_OURS = "not_ours"
    CORRECTED = "corrected"
    PARKED = "parked"
    CHECKED_IN = "checked_in"
    MISSED_NOTED = "missed_noted"
    EXPECTATION = "expectation"
    SHORTENED = "shortened"
    AMENDED = "amended"
    LOOKING_AT = "looking_at"
    SORRY = "sorry"
    DECLINED = "declined"
    REACHABLE = "reachable"
    GOING_ON = "going_on"
    RANGE = "range"
    WHO = "who"


@dataclass(frozen=True)
class Page:
    """The page the customer was looking at when they wrote: its title, and what of the catalogue it is about (ids by kind)."""

    title: str = ""
    url: str = ""
    product: str = ""
    service: str = ""
    problem: str = ""

    @property
    def about(self) -> bool:
        """Whether it is about anything of the catalogue's: a title alone tells nothing."""
        return bool(self.product or self.service or self.problem)


@dataclass(frozen=True)
class Amendment:
    """A line put right on the card: its id, and what it said before and says now; empty where there was or is nothing."""

    line: str
    before: str
    after: str


@dataclass(frozen=True)
class Asset:
    """Something the customer owns: which product (or only its kind), how many, how old (years), and what the records say."""

    kind: str
    product: str = ""
    model: str = ""
    quantity: float = 1.0
    age: float | None = None
    bought: str = ""
    version: str = ""
    location: str = ""
    status: str = ""
    notes: str = ""
    source: Source = Source.RECORD


@dataclass(frozen=True)
class Customer:
    """Who we talk to, as far as the company's records know."""

    id: str = ""
    name: str = ""
    organisation: str = ""
    region: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Promise:
    """A commitment made in this conversation: who does what by when (ISO dates), and how it will be checked."""

    id: str
    what: str
    owner: str
    due: str
    remedy: str
    concern: int
    check_in: str = ""
    check_in_on: str = ""


class ReferralState(str, Enum):
    """How far an introduction to another vendor has come."""

    NONE = "none"
    DRAFTED = "drafted"
    EDITING = "editing"
    SHARED = "shared"
    DECLINED = "declined"


@dataclass(frozen=True)
class Referral:
    """An introduction to another vendor, which the customer reads and edits before anything is shared."""

    vendor: str
    remedy: str
    concern: int
    text: str = ""
    state: ReferralState = ReferralState.NONE


class HandOver(str, Enum):
    """How far the hand-over to a person has come."""

    NONE = "none"
    WANTED = "wanted"
    DONE = "done"


@dataclass(frozen=True)
class DueCheckIn:
    """A promise of an earlier visit whose check-in is due."""

    promise: str
    remedy: str
    what: str
    ask: str
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedIn:
    """The answer to a check-in: did the remedy work, in the customer's words."""

    promise: str
    remedy: str
    worked: bool | None
    quote: str


@dataclass(frozen=True)
class Dossier:
    """Everything known in one conversation. A value: hearing and speaking return a new one."""

    customer: Customer = Customer()
    assets: tuple[Asset, ...] = ()
    facts: Mapping[str, Cell] = field(default_factory=dict)
    concerns: tuple[NeedMap, ...] = ()
    active: int = -1
    open: Question | None = None
    put_off: Question | None = None
    """The question that waits while the customer is asked whether to delete everything."""
    pending: tuple[Interruption, ...] = ()
    unknown: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    misses: Mapping[str, int] = field(default_factory=dict)
    consent: Consent = Consent.UNASKED
    insisted: int = 0
    hurry: bool = False
    priority: str = ""
    heard: int = 0
    missed: int = 0
    last_text: str = ""
    focus: Mapping[str, str] = field(default_factory=dict)
    warned: tuple[str, ...] = ()
    dangers: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    referrals: tuple[Referral, ...] = ()
    hand_over: HandOver = HandOver.NONE
    hand_over_why: str = ""
    contact: str = ""
    due: tuple[DueCheckIn, ...] = ()
    checked_in: tuple[CheckedIn, ...] = ()
    closing: str = ""
    leaving: bool = False
    erase: bool = False
    today: str = ""
    staffed: bool = True
    said: Mapping[str, int] = field(default_factory=dict)
    page: Page = Page()
    amended: tuple[Amendment, ...] = ()
    """Every line put right on the card, oldest first: what a correction replaces is never lost."""

    @property
    def concern(self) -> NeedMap | None:
        """The concern being worked on."""
        return self.concerns[self.active] if 0 <= self.active < len(self.concerns) else None

    @property
    def parked(self) -> tuple[NeedMap, ...]:
        """The concerns waiting for their turn, oldest first."""
        return tuple(concern for concern in self.concerns if concern.state is State.PARKED)

    def with_concern(self, concern: NeedMap) -> Dossier:
        """This dossier with the concern of the same id replaced."""
        concerns = tuple(concern if old.id == concern.id else old for old in self.concerns)
        return replace(self, concerns=concerns)

    def with_fact(self, fact: str, cell: Cell) -> Dossier:
        """This dossier with a fact learnt or corrected; the old value stays in the cell's history."""
        before = self.facts.get(fact)
        if before is not None and (before.value, before.quote) == (cell.value, cell.quote):
            return self
        newer = cell if before is None else before.followed_by(cell)
        return replace(self, facts={**self.facts, fact: newer})

    def afresh(self) -> Dossier:
        """This dossier as another concern begins: what was missed or put aside about the last one is open again."""
        misses = {name: count for name, count in self.misses.items() if not name.startswith(_OF_ONE_CONCERN)}
        unknown = frozenset(name for name in self.unknown if not name.startswith(_OF_ONE_CONCERN))
        declined = frozenset(name for name in self.declined if not name.startswith(_OF_ONE_CONCERN))
        return replace(self, misses=misses, unknown=unknown, declined=declined, open=None)

    def silenced(self, question: Question) -> bool:
        """Whether this question was declined or answered with "I don't know"."""
        return question.name in self.declined or question.name in self.unknown
