"""Calls with the bike couriers over real stores: the engine and the records are real, only the reading of words is simple."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from itertools import count, pairwise
from typing import Any

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import Act, CellName, Heard, Match, Polarity, Told
from bot.calls import Action, Calls, Seen, Starting
from bot.conversation import Desk
from bot.knowledge import Knowledge
from bot.nlu.reading import Reading
from bot.store import EphemeralStore, Store, records
from tests.advice.talking import phrasebook
from tests.advice.worlds import BIKES

NOW = datetime(2025, 5, 1, 9, tzinfo=timezone.utc)


class Keywords:
    """Understands a handful of sentences, as the listener would."""

    def listen(self, reading: Reading, dossier: Dossier) -> Heard:
        """What the sentence tells."""
        low = reading.text.casefold()
        found = next((make(reading.text) for word, make in _SAID.items() if word in low.split() or word in low), None)
        return found or Heard(reading.text, (Act.INFORMS,), told=_numbers(reading.text))


def _problem(id: str) -> Callable[[str], Heard]:
    return lambda text: Heard(text, (Act.REPORTS_PROBLEM,), problems=(Match(id, 0.95, text),))


def _answer(act: Act, polarity: Polarity) -> Callable[[str], Heard]:
    return lambda text: Heard(text, (act,), polarity)


_SAID: Mapping[str, Callable[[str], Heard]] = {
    "battery dies": _problem("runs_flat"),
    "squeal": _problem("brakes_squeal"),
    "smoke": lambda text: Heard(text, (Act.REPORTS_PROBLEM,), dangers=(Match("smoke", 0.95, text),)),
    "price": lambda text: Heard(text, (Act.ASKS_DISCOUNT,)),
    "that is it": _answer(Act.AFFIRMS, Polarity.YES),
    "not quite": _answer(Act.DENIES, Polarity.NO),
    "0151": lambda text: Heard(text, (Act.INFORMS,), cells={CellName.CONTACT: text}),
}


def _numbers(text: str) -> tuple[Told, ...]:
    words = text.casefold().split()
    units = {"km": "round_km", "years": "battery_age"}
    pairs = pairwise(words)
    return tuple(Told(units[unit], float(number), text) for number, unit in pairs if unit in units and number.isdigit())


async def read(text: str) -> Reading:
    """The words as they are."""
    return Reading(text)


def calls_over(store: Store, catalogue: Catalogue = BIKES) -> Calls:
    """The use case over a store; the time stands still."""
    listener: Any = Keywords()
    desk = Desk(store, EphemeralStore(clock=lambda: NOW), Knowledge(catalogue, "bikes", listener, phrasebook()), lambda: NOW)
    return Calls(desk, read)


class Held:
    """A call being held: short ways to act in it and to look at it."""

    def __init__(self, calls: Calls, rep: str = "ada", **starting: str) -> None:
        self.calls = calls
        self.rep = rep
        self.id = calls.start(Starting(rep, **starting))
        self._ids = count(1)

    def does(self, kind: str, id: str = "", by: str = "", **data: Any) -> Held:
        """One action."""
        action = Action(id or f"m{next(self._ids)}", kind, by or self.rep, data)
        self.calls.do(self.id, action, Reading(str(data["text"])) if kind == "said" else None)
        return self

    def allowed(self) -> Held:
        """Notes may be kept."""
        return self.does("consent", answer="given")

    def says(self, text: str, who: str = "customer", question: str | None = None) -> Held:
        """Somebody said something, by default in answer to what the guide asks."""
        shown = self.seen.guide.questions
        name = question if question is not None else (shown[0].name if shown else "")
        return self.does("said", text=text, who=who, question=name)

    def ticks(self, question: str, value: str, text: str = "") -> Held:
        """An answer is ticked."""
        return self.does("tick", question=question, value=value, text=text)

    @property
    def seen(self) -> Seen:
        """The call as it stands."""
        return self.calls.see(self.id)


def anna(store: Store) -> records.Customer:
    """A customer who owns two bikes and was promised something."""
    with store.begin() as work:
        customer = work.customers.add(
            records.Customer(external_id="C-7", name="Anna Berg", organisation="Berg Couriers", region="north", contact="0151 7")
        )
        work.assets.upsert(records.Asset(customer_id=customer.id, model="C-1", quantity=2, bought_on=date(2019, 5, 1)))
    return customer
