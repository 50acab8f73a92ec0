"""Filling an installation: visits and what follows from them, in the order of their times, on a clock of their own."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.advice.catalogue import Catalogue
from bot.calls import Calls
from bot.calls.desk import CHANNEL
from bot.conversation import Desk
from bot.knowledge import Knowledge
from bot.nlu.reading import Reading
from bot.simulation.demo.afterwards import after, mark_late, resolved
from bot.simulation.demo.calling import RepCall
from bot.simulation.demo.staging import coached, staff, tried
from bot.simulation.demo.talking import ENGINE, AsMeant, Talk
from bot.simulation.demo.visits import Visit, visits
from bot.simulation.wordings import Wordings, from_catalogue
from bot.store import EphemeralStore, records
from bot.store.demonstration import CUSTOMERS, DemonstrationStore

ACHIEVED = 0.85
"""How much of what a remedy can do for its cause is achieved in practice."""


@dataclass(frozen=True)
class Plan:
    """How much to fill in: conversations besides the return visits, over how many days, which draw, and the real share (0..1)."""

    conversations: int = 300
    days: int = 150
    seed: int = 1
    real: float = 0.1


@dataclass
class Filled:
    """What was filled in."""

    conversations: int = 0
    calls: int = 0
    returned: int = 0
    turns: int = 0
    real: int = 0


@dataclass(frozen=True)
class RealEars:
    """The real assistant's way to read a text, the words its customers use, and its model's name."""

    read: Callable[[str], Reading]
    words: Wordings
    model: str


class Clock:
    """The demonstration's time."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def now(self) -> datetime:
        """The time."""
        return self.at

    def pause(self, chance: random.Random) -> None:
        """Let as much time pass as people take to write."""
        self.at += timedelta(seconds=round(chance.lognormvariate(3.4, 0.7)) + 3)


def fill(
    store: DemonstrationStore,
    clock: Clock,
    knowledge: Knowledge,
    plan: Plan,
    until: datetime,
    ears: RealEars | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Filled:
    """Fill the store, whose clock must be `clock`, with what the plan says, up to `until`."""
    clock.at = since = until - timedelta(days=plan.days)
    filling = _Filling(store, clock, knowledge, until, ears)
    share = plan.real if ears is not None else 0.0
    for visit in visits(knowledge.catalogue, plan.conversations, since, until, plan.seed, share):
        filling.later(visit.at, filling.visiting(visit))
    filling.run(plan.conversations, tell)
    clock.at = until
    mark_late(store, filling.senders, until.date())
    coached(store, filling.reps)
    return filling.filled


@dataclass
class _Filling:
    store: DemonstrationStore
    clock: Clock
    knowledge: Knowledge
    until: datetime
    ears: RealEars | None
    filled: Filled = field(default_factory=Filled)
    senders: list[str] = field(default_factory=list)
    events: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = from_catalogue(self.knowledge.catalogue)
        self.meant = AsMeant()
        heard = replace(self.knowledge, listener=self.meant)
        said_to_rep = replace(heard, phrases=heard.phrases.for_rep())
        self.desks = {name: self._desk(each) for name, each in (("", heard), ("call", said_to_rep), ("real", self.knowledge))}
        self.calls = Calls(self.desks["call"], _unread)
        self.reps = staff(self.store)
        trials = tried(self.store)
        for desk in self.desks.values():
            desk.trials = trials

    def later(self, at: datetime, what: Callable[[], None]) -> None:
        """Do something at that time, unless the demonstration is over by then."""
        if at < self.until:
            heapq.heappush(self.events, (at, len(self.events) + 1_000_000 * self.filled.turns, what))

    def run(self, count: int, tell: Callable[[str], None]) -> None:
        """Everything in the order of its time."""
        step = max(1, count // 5)
        while self.events:
            at, _, what = heapq.heappop(self.events)
            self.clock.at = at
            before = self.filled.conversations
            what()
            if self.filled.conversations > before and self.filled.conversations % step == 0:
                tell(f"{self.filled.conversations} of {count} conversations, up to {at:%d %B %Y}")

    def visiting(self, visit: Visit) -> Callable[[], None]:
        """The visit, as something to do."""

        def come() -> None:
            if visit.customer:
                self._record(visit)
            talk = self._called(visit) if visit.channel == CHANNEL else self._talk(visit)
            turns = talk.hold()
            self.filled.conversations += 1
            self.filled.calls += visit.channel == CHANNEL
            self.filled.real += visit.real
            self._count(talk, turns)
            after(self.store, talk.sender, visit, turns, self.later, self._returning(visit))

        return come

    def _called(self, visit: Visit) -> RepCall:
        """The visit as a call of one of the reps, who keeps the customer from then on."""
        rep = self.reps[visit.number % len(self.reps)]
        number = f"{CUSTOMERS}{visit.customer}" if visit.customer else ""
        if number:
            with self.store.begin() as work:
                if customer := work.customers.by_external_id(number):
                    work.keepers.keep_if_nobody_does(customer.id, rep)
        return RepCall(visit, self.calls, rep.name, number, self.knowledge.catalogue, self.words, self.meant, self.clock.pause)

    def _returning(self, visit: Visit) -> Callable[[], None]:
        def come() -> None:
            talk = replace(self._talk(replace(visit, real=False)), returning=True, works=self._works(visit))
            self._count(talk, talk.hold())
            self.filled.returned += 1
            resolved(self.store, f"demo-{visit.number:04}", self.later, self.clock.now())

        return come

    def _works(self, visit: Visit) -> float:
        """How likely what was agreed did serve the true cause."""
        with self.store.read() as work:
            promises = work.promises.of_conversation(f"demo-{visit.number:04}")
        agreed = [one.remedy_id for one in promises if one.remedy_id]
        likely = self.knowledge.catalogue.remedy(agreed[-1]).serves.get(visit.truth.cause) if agreed else None
        return ACHIEVED * likely.probability if likely is not None else 0.1

    def _talk(self, visit: Visit) -> Talk:
        catalogue = self.knowledge.catalogue
        if visit.real and self.ears is not None:
            words, read, model = self.ears.words, self.ears.read, self.ears.model
            return Talk(visit, self.desks["real"], catalogue, words, self.clock.pause, read=read, model=model)
        desk = self.desks["call" if visit.channel == "call" else ""]
        return Talk(visit, desk, catalogue, self.words, self.clock.pause, ears=self.meant, model=ENGINE)

    def _count(self, talk: Talk | RepCall, turns: list[records.Turn]) -> None:
        self.senders.append(talk.sender)
        self.filled.turns += len(turns)

    def _desk(self, knowledge: Knowledge) -> Desk:
        return Desk(self.store, EphemeralStore(clock=self.clock.now), knowledge, self.clock.now)

    def _record(self, visit: Visit) -> None:
        """The customer and what they own, as the company's records would have them."""
        chance = random.Random(f"customer {visit.customer}")
        name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
        organisation = f"{chance.choice(_PLACES)} {chance.choice(_KINDS)} (simulated)"
        with self.store.begin() as work:
            customer = work.customers.add(
                records.Customer(
                    external_id=f"{CUSTOMERS}{visit.customer}",
                    name=name,
                    organisation=organisation,
                    region=_region(visit, self.knowledge.catalogue),
                    contact=f"{name.split(maxsplit=1)[0].lower()}@customer{visit.customer}.example",
                    is_test=True,
                )
            )
            for asset in visit.truth.assets:
                work.assets.upsert(
                    records.Asset(
                        customer_id=customer.id,
                        model=asset.model or asset.product,
                        product_id=asset.product or None,
                        quantity=max(1, round(asset.quantity)),
                        bought_on=(visit.at - timedelta(days=365.25 * asset.age)).date() if asset.age is not None else None,
                    )
                )


async def _unread(text: str) -> Reading:
    """What a simulated rep types needs no reading: the call brings it."""
    return Reading(text)


def _region(visit: Visit, catalogue: Catalogue) -> str:
    told = (value for name, value in visit.truth.facts.items() if catalogue.facts[name].from_customer == "region")
    return str(next(told, ""))


_FIRST = ("Ada", "Ben", "Carla", "Dev", "Elif", "Finn", "Grace", "Hana", "Ivo", "June", "Kofi", "Lena", "Mira", "Noor", "Otto")
_LAST = ("Adams", "Berg", "Costa", "Dahl", "Evans", "Fischer", "Gallo", "Haas", "Ibsen", "Jansen", "Klein", "Lopez", "Moss")
_PLACES = ("Harbour", "Linden", "Mill Lane", "North Gate", "Old Bridge", "Park Side", "Quay", "River", "Station", "Hill")
_KINDS = ("House", "Works", "Group", "Partners", "Centre", "Services", "Yard", "Court", "& Sons", "Company")
