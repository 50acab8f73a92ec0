"""A simulated discovery call: a rep beside the guide, a customer who answers, and what the rep promises on the way."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask
from bot.advice.heard import Heard
from bot.calls import Action, Calls, Refused, Seen, Starting
from bot.nlu.reading import ActHeard, Reading
from bot.simulation.customer import Customer
from bot.simulation.demo.talking import MOST_TURNS, AsMeant
from bot.simulation.demo.visits import Manner, Visit
from bot.simulation.wordings import Style, Wordings
from bot.store import records

_TICKED = (Ask.READ_BACK, Ask.MEANT, Ask.INTRODUCTION)
_PROMISED = ("send what we agreed on by mail", "ring to hear how it goes", "send the manual for the machines they own")
_NOTED = ("sounds in a hurry", "the colleague who uses it daily should join next time", "glad that nothing new is needed at once")
_SLIPS = ("I could do ten percent off if you take it today", "let me see what discount I can get you")
_PRESENT = (("Mr Ochs", "decides"), ("Ms Lind", "uses"), ("the night shift", "affected"))
"""Who should be there besides, and why."""


@dataclass
class RepCall:
    """One visit as a call of that rep, with the customer of that number ("" for nobody known).

    `pause` lets the clock run between two things that are said.
    """

    visit: Visit
    calls: Calls
    rep: str
    customer: str
    catalogue: Catalogue
    words: Wordings
    ears: AsMeant
    pause: Callable[[random.Random], None]
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"call {self.visit.number} {self.visit.truth.cause}")
        style = Style.PLAIN if self.visit.style is Style.PRODUCT_FIRST else self.visit.style
        self._customer = Customer(self.visit.truth, self.catalogue, self.chance, style, self.words)
        self._gone_at = self.chance.randint(3, 7) if self.visit.manner is Manner.ABANDONS else MOST_TURNS
        self._ids = count(1)

    @property
    def sender(self) -> str:
        """The conversation's id."""
        return f"demo-{self.visit.number:04}"

    def hold(self) -> list[records.Turn]:
        """The turns of the call, stored."""
        self.calls.start(Starting(self.rep, self.customer, id=self.sender, simulated=True))
        self._opens()
        for _ in range(self._gone_at):
            if not self._goes_on(self.calls.see(self.sender)):
                break
            self.pause(self.chance)
        self._closes()
        with self.calls.store.read() as work:
            return list(work.turns.after(self.sender))

    def _opens(self) -> None:
        name, role = self.chance.choice(_PRESENT)
        self._does("begin")
        self._does("person", name=name, role=role, here=self.chance.random() < 0.7)
        self._does("consent", answer="given", text="yes, that is fine")
        self._says(self._customer.heard(None), "")

    def _goes_on(self, seen: Seen) -> bool:
        """One thing said or answered; False when there is nothing more to ask."""
        for aloud in seen.guide.aloud:
            if aloud.kind == "danger":
                return self._does("danger", name=aloud.name)
            yes = self.visit.manner is not Manner.TURNS_DOWN and self.visit.manner is not Manner.KEEPS_TO_THEMSELVES
            self._does("tick", question=aloud.name, value="yes" if yes else "no")
            return yes and aloud.kind == "advice"
        if not seen.guide.questions:
            return False
        question = seen.guide.questions[0]
        if self.chance.random() < 0.06 and question.ask is Ask.FACT:
            return self._does("skip", question=question.name)
        said = self._customer.heard(replace(seen.guide.move, rivals=()))
        if said.chosen or question.ask in _TICKED:
            return self._ticks(question.name, said)
        return self._says(said, question.name)

    def _ticks(self, question: str, said: Heard) -> bool:
        value = said.chosen or ("no" if said.polarity.value == "no" else "yes")
        return self._does("tick", question=question, value=value, text="" if said.chosen else said.text)

    def _says(self, said: Heard, question: str) -> bool:
        self.ears.meant = said
        self._does("talk", who="customer", seconds=self.chance.randint(5, 40))
        self._does("talk", who="rep", seconds=self.chance.randint(3, 25))
        return self._does("said", text=said.text or said.chosen, who="customer", question=question)

    def _closes(self) -> None:
        if self.chance.random() < 0.5:
            self._does("note", text=self.chance.choice(_NOTED))
        if self.visit.manner is Manner.ASKS_DISCOUNT and self.chance.random() < 0.6:
            self._does("slip", text=self.chance.choice(_SLIPS))
        if self.chance.random() < 0.6:
            due = self.calls.today + timedelta(days=self.chance.randint(1, 10))
            self._does("promise", text=self.chance.choice(_PROMISED), due=due.isoformat())
        self._does("end")

    def _does(self, kind: str, **data: Any) -> bool:
        """Whether the action could be done: a guess at what stands is refused now and then, as a rep's is."""
        action = Action(f"{self.sender}-{next(self._ids)}", kind, self.rep, data)
        try:
            self.calls.do(self.sender, action, self._reading() if kind == "said" else None)
        except Refused:
            return False
        return True

    def _reading(self) -> Reading:
        said = self.ears.meant
        sure = min(0.99, self.chance.betavariate(9, 1.2))
        acts = tuple(ActHeard(act.value, sure, said.text) for act in said.acts)
        return Reading(said.text, acts=acts, understood=sure, polarity=said.polarity)
