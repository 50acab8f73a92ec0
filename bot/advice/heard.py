"""What one message told us: the acts it carries and everything in it that the catalogue has a name for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Source(str, Enum):
    """Who or what a piece of knowledge came from."""

    CUSTOMER = "customer"
    REP = "rep"
    RECORD = "record"
    TRAINER = "trainer"


class Act(str, Enum):
    """What people do with a message, in every trade; these are the intents of the trained model."""

    GREET = "greet"
    LEAVE = "leave"
    THANK = "thank"
    WANTS_PRODUCT = "wants_product"
    INSISTS_QUOTE = "insists_quote"
    REPORTS_PROBLEM = "reports_problem"
    STATES_NEED = "states_need"
    GIVES_REASON = "gives_reason"
    INFORMS = "informs"
    AFFIRMS = "affirms"
    DENIES = "denies"
    DOES_NOT_KNOW = "does_not_know"
    DECLINES = "declines"
    CORRECTS = "corrects"
    CHANGES_MIND = "changes_mind"
    ASKS_WHY_ASKED = "asks_why_asked"
    ASKS_PRICE = "asks_price"
    ASKS_DISCOUNT = "asks_discount"
    ASKS_PROCESS = "asks_process"
    ASKS_PERSON = "asks_person"
    ASKS_PRIVACY = "asks_privacy"
    ASKS_OWN_DATA = "asks_own_data"
    ASKS_ERASURE = "asks_erasure"
    ASKS_EXPORT = "asks_export"
    ALLOWS_RECORDING = "allows_recording"
    REFUSES_RECORDING = "refuses_recording"
    ACCEPTS = "accepts"
    REJECTS = "rejects"
    ASKS_WHY_NOT = "asks_why_not"
    ASKS_OPTIONS = "asks_options"
    ASKS_ADVICE_REASON = "asks_advice_reason"
    PREFERS_HANDS_OFF = "prefers_hands_off"
    ASKS_TO_HURRY = "asks_to_hurry"
    COMPLAINS = "complains"
    INSULTS = "insults"
    ASKS_ABILITIES = "asks_abilities"
    ASKS_REPEAT = "asks_repeat"
    ASKS_RANGE = "asks_range"
    ASKS_WHO = "asks_who"
    SMALL_TALK = "small_talk"
    OFF_TOPIC = "off_topic"
    REPORTS_OUTCOME = "reports_outcome"
    PREFERS = "prefers"


TELLING: frozenset[Act] = frozenset(
    {
        Act.WANTS_PRODUCT,
        Act.INSISTS_QUOTE,
        Act.REPORTS_PROBLEM,
        Act.STATES_NEED,
        Act.GIVES_REASON,
        Act.INFORMS,
        Act.CORRECTS,
        Act.CHANGES_MIND,
        Act.REPORTS_OUTCOME,
        Act.PREFERS,
        Act.PREFERS_HANDS_OFF,
        Act.REJECTS,
    }
)
"""The acts by which a message tells us something about the customer's affair."""


class Polarity(str, Enum):
    """Whether a reply says yes, no, or that the speaker is unsure."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    NONE = "none"


class Trouble(str, Enum):
    """Why a message could not be read at all."""

    EMPTY = "empty"
    GARBLED = "garbled"
    LANGUAGE = "language"


class CellName(str, Enum):
    """The cells of the need map."""

    REQUEST = "request"
    SITUATION = "situation"
    ASSETS = "assets"
    PROBLEM = "problem"
    SINCE = "since"
    HOW_OFTEN = "how_often"
    WHO = "who"
    IMPACT = "impact"
    NEED = "need"
    SUCCESS = "success"
    CONSTRAINTS = "constraints"
    PRIORITY = "priority"
    DECIDERS = "deciders"
    CONTACT = "contact"
    TRIED = "tried"


FactValue = float | str | bool
"""A number in the fact's unit, a choice id or text, or a yes/no."""


@dataclass(frozen=True)
class Match:
    """Something of the catalogue that a message seems to mean; `score` is the calibrated probability, 0..1."""

    id: str
    score: float
    quote: str


@dataclass(frozen=True)
class Told:
    """The value of one fact, with the words that gave it."""

    fact: str
    value: FactValue
    quote: str
    confidence: float = 1.0


@dataclass(frozen=True)
class Mention:
    """A product, or only its kind, named in a message, with how many; `owned` when they have it already."""

    kind: str
    product: str = ""
    quantity: float | None = None
    owned: bool = False
    quote: str = ""


@dataclass(frozen=True)
class Correction:
    """A line of what was understood put right on the card: its id and the new value, None where it is taken out."""

    line: str
    value: str | None


@dataclass(frozen=True)
class Heard:
    """One message, understood. Everything is optional: silence about a thing is not a statement about it."""

    text: str
    acts: tuple[Act, ...] = ()
    polarity: Polarity = Polarity.NONE
    understood: float = 1.0
    source: Source = Source.CUSTOMER
    told: tuple[Told, ...] = ()
    problems: tuple[Match, ...] = ()
    outcomes: tuple[Match, ...] = ()
    causes: tuple[Match, ...] = ()
    mentions: tuple[Mention, ...] = ()
    dangers: tuple[Match, ...] = ()
    not_ours: tuple[Match, ...] = ()
    hearsay: tuple[Match, ...] = ()
    besides: tuple[Match, ...] = ()
    """Problems that a part of the message tells of although the whole is about another."""
    cells: Mapping[CellName, str] = field(default_factory=dict)
    remedy: str = ""
    hopes: bool = False
    """Whether the message voices what the advice is hoped to bring, as a question or in passing."""
    hopes_for: str = ""
    """What the remedy advised is not to be expected to do (a sentence of the catalogue) and the message hopes for."""
    rung: str = ""
    chosen: str = ""
    trouble: Trouble | None = None
    language: str = "en"
    shortened: bool = False
    correction: Correction | None = None

    def does(self, *acts: Act) -> bool:
        """Whether the message carries any of these acts."""
        return any(act in self.acts for act in acts)
