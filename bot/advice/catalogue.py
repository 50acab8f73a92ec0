"""What a company knows: its outcomes, products, facts, problems, causes, checks, remedies, and the people it would call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from bot.advice.formulas import Formula


class Rung(str, Enum):
    """The ladder of remedies, cheapest first; `nothing` is weighed with them and stands below the first rung."""

    NOTHING = "nothing"
    RETRAIN = "retrain"
    REUSE = "reuse"
    FIX = "fix"
    TAKE_OVER = "take_over"
    REFER = "refer"
    BUY = "buy"


LADDER: tuple[Rung, ...] = (Rung.RETRAIN, Rung.REUSE, Rung.FIX, Rung.TAKE_OVER, Rung.REFER, Rung.BUY)
"""The six rungs in the order in which they are weighed."""

OWN_RUNGS: tuple[Rung, ...] = (Rung.RETRAIN, Rung.REUSE, Rung.FIX)
"""The rungs that work with what the customer already owns."""


class Attribute(str, Enum):
    """The five things people care about in any product or service."""

    EASE = "ease"
    TIMELINESS = "timeliness"
    CERTAINTY = "certainty"
    COST = "cost"
    CHOICE = "choice"


class Direction(str, Enum):
    """Which way the customer wants to move: every need is one of these."""

    DO_MORE = "do_more"
    SPEND_LESS = "spend_less"
    BE_SURE = "be_sure"
    HAVE_IT_EASIER = "have_it_easier"


class Likely(str, Enum):
    """The words an author uses instead of a probability."""

    ALMOST_ALWAYS = "almost always"
    USUALLY = "usually"
    SOMETIMES = "sometimes"
    RARELY = "rarely"
    NEVER = "never"

    @property
    def probability(self) -> float:
        """The number the word stands for, 0..1 (means of published studies of verbal probabilities, rounded)."""
        return _PROBABILITY[self]


_PROBABILITY = {
    Likely.ALMOST_ALWAYS: 0.95,
    Likely.USUALLY: 0.75,
    Likely.SOMETIMES: 0.35,
    Likely.RARELY: 0.10,
    Likely.NEVER: 0.01,
}


class Effort(str, Enum):
    """What a question costs the customer to answer."""

    EASY = "easy"
    LOOK = "look"
    WORK = "work"


class FactType(str, Enum):
    """What kind of value a fact has."""

    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    DATE = "date"
    TEXT = "text"


class ProductStatus(str, Enum):
    """Whether a product is still sold."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    RETIRED = "retired"


class Doer(str, Enum):
    """Who does a step."""

    WE = "we"
    YOU = "you"
    VENDOR = "vendor"


@dataclass(frozen=True)
class Outcome:
    """A result customers want. `want` reads on after "you want …"."""

    id: str
    want: str
    direction: Direction
    said_as: tuple[str, ...] = ()
    attribute: Attribute | None = None


@dataclass(frozen=True)
class Choice:
    """One value of a choice fact or one answer of a check."""

    id: str
    label: str
    said_as: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fact:
    """Something typed we may need to know of a customer; asked for only when its value could change the advice.

    `formula` derives it from other facts. `from_asset` reads it from what the customer owns (`count`, `age` in years,
    `model`, `status`, `version`, `location` or the name of a capability); `from_customer` from the customer's record (`region`).
    """

    id: str
    type: FactType
    ask: str = ""
    why: str = ""
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    said_as: tuple[str, ...] = ()
    effort: Effort = Effort.EASY
    personal: bool = False
    formula: Formula | None = None
    from_asset: str = ""
    from_customer: str = ""

    @property
    def askable(self) -> bool:
        """Whether a person can be asked for it."""
        return bool(self.ask) and self.formula is None


@dataclass(frozen=True)
class Danger:
    """A cause or sign that can hurt someone: what to say at once and what to do now."""

    id: str
    say: str
    now: str
    signs: tuple[str, ...] = ()
    expert: str = ""


@dataclass(frozen=True)
class Cause:
    """A possible explanation of a problem. `name` reads on after "because …"; `how_common` is its prior."""

    id: str
    name: str
    how_common: Likely = Likely.SOMETIMES
    explain: str = ""
    said_as: tuple[str, ...] = ()
    danger: Danger | None = None


@dataclass(frozen=True)
class Band:
    """One answer of a check: either a choice of its fact, or a condition (`when`) over it, with worded likelihoods by cause."""

    answer: str
    likelihood: Mapping[str, Likely]
    when: Formula | None = None


@dataclass(frozen=True)
class Check:
    """A question that tells causes apart: the value of `fact` is more or less likely under each cause.

    A cause named in no band says nothing about the answer; for a cause named in some bands, what is left of certainty is
    shared by the others.
    """

    id: str
    fact: str
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class Problem:
    """What is wrong, or what is wanted, as customers say it, with what may lie behind it."""

    id: str
    name: str
    said_as: tuple[str, ...]
    outcomes: tuple[str, ...]
    causes: tuple[Cause, ...]
    checks: tuple[Check, ...] = ()
    about: tuple[str, ...] = ()
    costs_you: Formula | None = None
    who_feels_it: str = ""


@dataclass(frozen=True)
class Cost:
    """What a remedy or product costs to own, in the company's currency. None means: not known before someone has looked."""

    once: float | None = 0.0
    yearly: float = 0.0
    note: str = ""

    def over(self, years: float) -> float | None:
        """Whole cost to own over `years`, or None when the price is not known."""
        return None if self.once is None else self.once + self.yearly * years


@dataclass(frozen=True)
class Step:
    """One step of the process a remedy follows: what, by whom, on which day after yes, and what must be ready first."""

    what: str
    who: Doer = Doer.WE
    day: int = 0
    ready: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """Something that must hold for a remedy, with the reason to give when it does not (`say` may use {facts})."""

    needs: Formula
    say: str


@dataclass(frozen=True)
class Extra:
    """Something useful and free that fits the need: a guide, a checklist, a tool."""

    title: str
    text: str = ""
    link: str = ""


@dataclass(frozen=True)
class CheckIn:
    """When to ask how it went, and the question."""

    days: int
    ask: str


@dataclass(frozen=True)
class Remedy:
    """One way to serve the need. `gives` says the outcome first; `does` says what is done; {facts} may stand in both."""

    id: str
    rung: Rung
    title: str
    gives: str
    does: str
    serves: Mapping[str, Likely]
    attributes: Mapping[Attribute, int] = field(default_factory=dict)
    effort: str = ""
    days: int = 0
    cost: Cost = Cost()
    conditions: tuple[Condition, ...] = ()
    expect: tuple[str, ...] = ()
    not_expect: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    safety: tuple[str, ...] = ()
    relief: str = ""
    extra: Extra | None = None
    check_in: CheckIn | None = None
    product: str = ""
    service: str = ""
    vendor: str = ""
    expert: str = ""


@dataclass(frozen=True)
class Product:
    """A thing the company sells or sold; `capabilities` are numbers, words or yes/no by name, in the units of `units`."""

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    status: ProductStatus = ProductStatus.CURRENT
    replaced_by: str = ""
    about: str = ""
    capabilities: Mapping[str, float | str | bool] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[str, ...] = ()
    cost: Cost = Cost(once=None)
    life_years: float | None = None
    steps: tuple[Step, ...] = ()
    known_problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Service:
    """Something the company does for customers, with its rates in words and figures."""

    id: str
    name: str
    about: str = ""
    cost: Cost = Cost(once=None)
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vendor:
    """Another company that serves some needs better, and how to walk a customer over to it."""

    id: str
    name: str
    better_at: str
    contact: str
    introduce: str = ""
    for_whom: str = ""


@dataclass(frozen=True)
class Expert:
    """A named person who takes over with the whole dossier."""

    id: str
    name: str
    role: str
    knows: tuple[str, ...] = ()
    contact: str = ""


@dataclass(frozen=True)
class Limit:
    """Where the company does not work: when `holds` is false, `say` it and refer to `vendor`, if one is known."""

    id: str
    holds: Formula
    say: str
    vendor: str = ""


@dataclass(frozen=True)
class NotOurs:
    """Something customers ask for that the company does not do, what to say, and who does it."""

    id: str
    said_as: tuple[str, ...]
    say: str
    vendor: str = ""


@dataclass(frozen=True)
class Hearsay:
    """Something people say about the company, answered with a fact, an owner and a check instead of defence."""

    id: str
    said_as: tuple[str, ...]
    fact: str
    expert: str = ""


@dataclass(frozen=True)
class Hours:
    """When a person answers: ISO weekdays (1 = Monday), local times as "HH:MM", an IANA time zone, typical wait in minutes."""

    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    opens: str = "09:00"
    closes: str = "17:00"
    zone: str = "UTC"
    wait_minutes: int = 10


@dataclass(frozen=True)
class Company:
    """Who is speaking."""

    name: str
    trade: str
    about: str
    contact: str
    currency: str = "EUR"
    years: float = 5.0
    hours: Hours = Hours()
    discount: str = ""
    quote: str = ""
    consent: str = ""
    limits: tuple[Limit, ...] = ()
    not_ours: tuple[NotOurs, ...] = ()
    hearsay: tuple[Hearsay, ...] = ()


@dataclass(frozen=True)
class Experience:
    """How often a remedy was tried and worked, from recorded outcomes: Beta counts on top of the author's word."""

    worked: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    found: Mapping[str, int] = field(default_factory=dict)
    """How often a cause proved to be the true one."""


@dataclass(frozen=True)
class Catalogue:
    """Everything one company knows, indexed so that no decision scans it. Ids are unique within their kind."""

    company: Company
    outcomes: Mapping[str, Outcome]
    products: Mapping[str, Product]
    facts: Mapping[str, Fact]
    problems: Mapping[str, Problem]
    remedies: Mapping[str, Remedy]
    services: Mapping[str, Service] = field(default_factory=dict)
    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    experts: Mapping[str, Expert] = field(default_factory=dict)
    dangers: Mapping[str, Danger] = field(default_factory=dict)
    experience: Experience = Experience()
    version: str = ""

    @cached_property
    def causes(self) -> Mapping[str, Cause]:
        """Every cause by id."""
        return {cause.id: cause for problem in self.problems.values() for cause in problem.causes}

    @cached_property
    def causes_by_danger(self) -> Mapping[str, tuple[Cause, ...]]:
        """For each danger the causes that bring it."""
        found: dict[str, list[Cause]] = {}
        for cause in self.causes.values():
            if cause.danger is not None:
                found.setdefault(cause.danger.id, []).append(cause)
        return {danger: tuple(causes) for danger, causes in found.items()}

    @cached_property
    def referrals(self) -> Mapping[str, Remedy]:
        """The referral that stands behind each limit of the company and each thing it does not do, where a vendor is known."""
        company = self.company
        found = [(f"limit:{limit.id}", limit.say, limit.vendor) for limit in company.limits]
        found += [(f"not_ours:{other.id}", other.say, other.vendor) for other in company.not_ours]
        return {id: _referral(id, say, self.vendors[vendor]) for id, say, vendor in found if vendor in self.vendors}

    def remedy(self, id: str) -> Remedy:
        """The remedy or standing referral of this id. Raises KeyError when there is none."""
        return self.remedies[id] if id in self.remedies else self.referrals[id]

    @cached_property
    def remedies_by_cause(self) -> Mapping[str, tuple[Remedy, ...]]:
        """For each cause the remedies that name it, in the catalogue's order."""
        found: dict[str, list[Remedy]] = {}
        for remedy in self.remedies.values():
            for cause in remedy.serves:
                found.setdefault(cause, []).append(remedy)
        return {cause: tuple(remedies) for cause, remedies in found.items()}

    @cached_property
    def topics(self) -> Mapping[str, tuple[str, str]]:
        """What a page may be about, by the letters of its id, name or alias: ("product", "service" or "problem", id)."""
        found: dict[str, tuple[str, str]] = {}
        for problem in self.problems.values():
            found.update(dict.fromkeys((letters(problem.id), letters(problem.name)), ("problem", problem.id)))
        for service in self.services.values():
            found.update({letters(name): ("service", service.id) for name in (*service.aliases, service.name, service.id)})
        for product in self.products.values():
            found.update({letters(name): ("product", product.id) for name in (*product.aliases, product.name, product.id)})
        return found

    @cached_property
    def products_by_kind(self) -> Mapping[str, tuple[Product, ...]]:
        """The products of each kind."""
        found: dict[str, list[Product]] = {}
        for product in self.products.values():
            found.setdefault(product.kind, []).append(product)
        return {kind: tuple(products) for kind, products in found.items()}

    @cached_property
    def problems_by_kind(self) -> Mapping[str, tuple[Problem, ...]]:
        """For each product kind the problems that are about it."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems.values():
            for kind in problem.about:
                found.setdefault(kind, []).append(problem)
        return {kind: tuple(problems) for kind, problems in found.items()}

    @cached_property
    def problems_by_outcome(self) -> Mapping[str, tuple[Problem, ...]]:
        """For each outcome the problems that stand in its way."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems.values():
            for outcome in problem.outcomes:
                found.setdefault(outcome, []).append(problem)
        return {outcome: tuple(problems) for outcome, problems in found.items()}


def letters(text: str) -> str:
    """The letters and digits of a name, however it is written."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _referral(id: str, say: str, vendor: Vendor) -> Remedy:
    title = f"Let us introduce you to {vendor.name}"
    return Remedy(id, Rung.REFER, title, gives=vendor.better_at, does=say, serves={}, vendor=vendor.id)
