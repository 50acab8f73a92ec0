"""A simulated visitor at the desk: what they say turn by turn, their asides included, until they are served or gone."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import Act, CellName, Heard, Polarity, Source
from bot.advice.moves import MoveKind
from bot.conversation import Desk, Incoming
from bot.nlu.reading import ActHeard, Reading
from bot.simulation.customer import Customer, recorded
from bot.simulation.demo.visits import Manner, Visit
from bot.simulation.wordings import Style, Wordings
from bot.store import records

MOST_TURNS = 24
ENGINE = "simulated"
"""The model version of turns that no model read."""

_DONE = (MoveKind.FAREWELL, MoveKind.HAND_OVER, MoveKind.ERASED)


@dataclass(frozen=True)
class Aside:
    """Something said that answers no question."""

    text: str
    act: Act
    matters: str = ""


ASIDES: Mapping[Manner, tuple[Aside, ...]] = {
    Manner.ASKS_PRICE: (Aside("what would that cost me?", Act.ASKS_PRICE), Aside("how much is a new one?", Act.ASKS_PRICE)),
    Manner.ASKS_DISCOUNT: (
        Aside("can you do anything on the price?", Act.ASKS_DISCOUNT),
        Aside("what discount do we get as an old customer?", Act.ASKS_DISCOUNT),
    ),
    Manner.ASKS_WHY: (Aside("why do you need to know that?", Act.ASKS_WHY_ASKED),),
    Manner.ASKS_PROCESS: (Aside("how does this work from here?", Act.ASKS_PROCESS),),
    Manner.INSISTS: (Aside("just send me the quote please", Act.INSISTS_QUOTE), Aside("I only want a quote", Act.INSISTS_QUOTE)),
    Manner.WANTS_PERSON: (Aside("can I talk to a person?", Act.ASKS_PERSON),),
    Manner.COMPLAINS: (Aside("last time nobody called us back for a week", Act.COMPLAINS),),
    Manner.PREFERS: (
        Aside("what matters most to us is what it costs to run", Act.PREFERS, "cost"),
        Aside("the main thing is that it is quick", Act.PREFERS, "timeliness"),
        Aside("above all it has to be easy for my people", Act.PREFERS, "ease"),
        Aside("I want to be sure, that's what counts", Act.PREFERS, "certainty"),
    ),
    Manner.STRAYS: (Aside("did you see the match last night?", Act.OFF_TOPIC),),
    Manner.UNCLEAR: (Aside("the thing with the other thing again, like I told them", Act.OFF_TOPIC),),
}


class AsMeant:
    """Understands each message exactly as the simulated customer meant it."""

    def __init__(self) -> None:
        self.meant = Heard("")

    def listen(self, reading: Reading, dossier: Dossier) -> Heard:
        """What was meant by the message that is on its way."""
        return self.meant


@dataclass
class Talk:
    """One visit at the desk. `pause` lets the clock run between two messages; `read` is how the real assistant reads."""

    visit: Visit
    desk: Desk
    catalogue: Catalogue
    words: Wordings
    pause: Callable[[random.Random], None]
    ears: AsMeant | None = None
    read: Callable[[str], Reading] | None = None
    model: str = ENGINE
    returning: bool = False
    works: float = 1.0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.sender} {self.visit.truth.cause}")
        self._customer = Customer(self.visit.truth, self.catalogue, self.chance, self.visit.style, self.words)
        self._aside_at = self.chance.randint(2, 5)
        self._gone_at = self.chance.randint(2, 6) if self.visit.manner is Manner.ABANDONS else MOST_TURNS
        self._turned_down = 0

    @property
    def sender(self) -> str:
        """The conversation's id."""
        return f"demo-{self.visit.number:04}{'-again' if self.returning else ''}"

    def hold(self) -> list[records.Turn]:
        """The turns of the conversation, stored."""
        turns: list[records.Turn] = []
        while len(turns) < self._gone_at and not _over(turns):
            turns.append(self._take(self._next(turns)))
            self.pause(self.chance)
        return turns

    def _next(self, turns: Sequence[records.Turn]) -> Heard | str:
        """What comes next: a meant message for the engine, the typed words for the real assistant."""
        if len(turns) == 1:
            self._customer.style = Style.PLAIN if self.visit.style is Style.RAMBLING else self.visit.style
            return self._agrees_to_notes()
        if aside := self._aside(len(turns)):
            return aside
        move = dict(turns[-1].move) if turns else {}
        if answered := self._own_answer(move, turns):
            return answered
        if self.read is not None:
            return self._customer.reply(turns[-1].message if turns else (), move)
        return self._customer.heard(recorded(move) if move else None)

    def _agrees_to_notes(self) -> Heard | str:
        return "/allows_recording" if self.read else Heard("Yes, keep notes", (Act.ALLOWS_RECORDING,))

    def _aside(self, turn: int) -> Heard | str | None:
        ways = ASIDES.get(self.visit.manner)
        again = self.visit.manner in (Manner.INSISTS, Manner.UNCLEAR) and turn == self._aside_at + 1
        if self.returning or not ways or not (turn == self._aside_at or (again and self.chance.random() < 0.6)):
            return None
        said = self.chance.choice(ways)
        cells = {CellName.PRIORITY: said.matters} if said.matters else {}
        heard = Heard(said.text, (said.act,), understood=0.2 if self.visit.manner is Manner.UNCLEAR else 0.9, cells=cells)
        return said.text if self.read else heard

    def _own_answer(self, move: Mapping[str, Any], turns: Sequence[records.Turn]) -> Heard | str | None:
        kind = move.get("kind")
        if self.returning and not turns:
            return self._said("hello again, it's about what we agreed last time", Act.GREET)
        if kind == MoveKind.CHECK_IN.value:
            return self._checks_in()
        if kind == MoveKind.ADVISE.value and self.visit.manner is Manner.TURNS_DOWN and self._turned_down < 2:
            self._turned_down += 1
            return self._said("that won't work for us, we tried it before", Act.REJECTS, Polarity.NO)
        if kind == MoveKind.REFER.value and self.visit.manner is Manner.KEEPS_TO_THEMSELVES:
            return self._said("no, I'd rather find somebody myself", Act.DENIES, Polarity.NO)
        if kind == MoveKind.PROMISE.value or (self.returning and kind == MoveKind.ANYTHING_ELSE.value):
            return self._said("thanks, that's all, bye", Act.LEAVE, Polarity.NO)
        return None

    def _checks_in(self) -> Heard | str:
        if self.chance.random() < 0.08:
            return self._said("hard to tell yet", Act.DOES_NOT_KNOW, Polarity.UNSURE)
        if self.chance.random() < self.works:
            return self._said(self.chance.choice(_WORKED), Act.REPORTS_OUTCOME, Polarity.YES)
        return self._said(self.chance.choice(_FAILED), Act.REPORTS_OUTCOME, Polarity.NO)

    def _said(self, text: str, act: Act, polarity: Polarity = Polarity.NONE) -> Heard | str:
        return text if self.read else Heard(text, (act,), polarity)

    def _take(self, said: Heard | str) -> records.Turn:
        if isinstance(said, str):
            assert self.read is not None
            reading = self.read(said)
        else:
            reading = self._meant(said)
        incoming = Incoming(
            self.sender,
            reading,
            customer=f"DEMO-{self.visit.customer}" if self.visit.customer else "",
            channel=self.visit.channel,
            simulated=True,
            model=self.model,
        )
        return self.desk.take_turn(incoming)

    def _meant(self, said: Heard) -> Reading:
        assert self.ears is not None
        by_rep = replace(said, source=Source.REP) if self.visit.channel == "call" else said
        self.ears.meant = by_rep
        sure = said.understood if said.understood < 1 else min(0.99, self.chance.betavariate(9, 1.2))
        acts = tuple(ActHeard(act.value, sure, said.text) for act in said.acts)
        return Reading(said.text, acts=acts, understood=sure, polarity=said.polarity)


def _over(turns: Sequence[records.Turn]) -> bool:
    return bool(turns) and turns[-1].move.get("kind") in {kind.value for kind in _DONE}


_WORKED = ("yes, it does the job since then", "yes, no trouble any more", "it worked, thanks")
_FAILED = ("no, it's the same as before", "no, it came back after a week", "no, not really, still the same")
