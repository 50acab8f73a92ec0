"""A rep's call: what is kept of it beside the dossier, as a value that grows with everything the rep does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

TRAIL = 30
"""How many captures back one can be taken back."""

MOST = 200
"""How many notes, own questions or people a call keeps at most: nobody's page grows without end."""


class Speaker(str, Enum):
    """Who said what the rep notes down; a colleague is one of the customer's."""

    CUSTOMER = "customer"
    COLLEAGUE = "colleague"
    REP = "rep"


class Role(str, Enum):
    """Why somebody should be present."""

    DECIDES = "decides"
    USES = "uses"
    AFFECTED = "affected"


class SlipKind(str, Enum):
    """What a rep may let slip under pressure."""

    DISCOUNT = "discount"
    EARLY_PURCHASE = "early_purchase"


class Fate(str, Enum):
    """What became of an expectation the customer voiced: nothing yet, the advice meets it, or they were told it does not."""

    OPEN = "open"
    MET = "met"
    TOLD = "told"


@dataclass(frozen=True)
class Attendee:
    """Somebody who should be present, and whether they are."""

    id: str
    name: str
    role: Role
    here: bool = False


@dataclass(frozen=True)
class Jotting:
    """A free note, or a question in the rep's own words."""

    id: str
    text: str
    by: str = ""


@dataclass(frozen=True)
class Slip:
    """Something offered that should not have been, in the words it was offered in."""

    kind: SlipKind
    quote: str


@dataclass(frozen=True)
class Voiced:
    """What the customer said they expect, and what became of it."""

    id: str
    quote: str
    fate: Fate = Fate.OPEN


@dataclass(frozen=True)
class Call:
    """Everything about a call that is not in its dossier.

    `focus` is the question the rep chose to ask, by name, empty when they follow the guide; `talk` the seconds each side
    spoke by the rep's marking; `trail` the numbers of the turns that can be taken back, the oldest first.
    """

    rep: str = ""
    purpose: str = ""
    from_chat: str = ""
    focus: str = ""
    skipped: frozenset[str] = frozenset()
    own: tuple[Jotting, ...] = ()
    attendees: tuple[Attendee, ...] = ()
    notes: tuple[Jotting, ...] = ()
    slips: tuple[Slip, ...] = ()
    voiced: tuple[Voiced, ...] = ()
    talk: Mapping[str, float] = field(default_factory=dict)
    trail: tuple[int, ...] = ()
    said: frozenset[str] = frozenset()
    """What the rep marked as said aloud: the promise of how the call goes, a danger by its id."""
    started: str = ""
    ended: str = ""

    def attending(self, attendee: Attendee) -> Call:
        """With this person on the list, or as they are now."""
        others = tuple(each for each in self.attendees if each.id != attendee.id)
        known = next((index for index, each in enumerate(self.attendees) if each.id == attendee.id), len(others))
        return replace(self, attendees=(*others[:known], attendee, *others[known:])[:MOST])

    def without_attendee(self, id: str) -> Call:
        """Without this person on the list."""
        return replace(self, attendees=tuple(each for each in self.attendees if each.id != id))

    def noting(self, note: Jotting) -> Call:
        """With the note, in place of an earlier one of the same id; an empty one is taken off."""
        others = tuple(each for each in self.notes if each.id != note.id)
        index = next((number for number, each in enumerate(self.notes) if each.id == note.id), len(others))
        kept = (note,) if note.text.strip() else ()
        return replace(self, notes=(*others[:index], *kept, *others[index:])[:MOST])

    def voicing(self, voiced: Voiced) -> Call:
        """With an expectation, or with what became of it; one in the same words is not kept twice."""
        others = tuple(each for each in self.voiced if each.id != voiced.id)
        if any(each.quote.casefold() == voiced.quote.casefold() for each in others):
            return self
        index = next((number for number, each in enumerate(self.voiced) if each.id == voiced.id), len(others))
        return replace(self, voiced=(*others[:index], voiced, *others[index:])[:MOST])

    def talking(self, who: str, seconds: float) -> Call:
        """With some more seconds of talk of one side."""
        return replace(self, talk={**self.talk, who: round(self.talk.get(who, 0.0) + seconds, 1)})

    def skipping(self, question: str) -> Call:
        """With a question put aside by the rep; it can be asked all the same."""
        focus = "" if self.focus == question else self.focus
        return replace(self, skipped=self.skipped | {question}, focus=focus)

    def asking(self, question: str) -> Call:
        """With the rep on this question, whatever the guide would ask."""
        return replace(self, focus=question, skipped=self.skipped - {question})

    def captured(self, seq: int) -> Call:
        """After a capture was stored as turn `seq`: the guide leads again."""
        return replace(self, trail=(*self.trail, seq)[-TRAIL:], focus="")

    @property
    def balance(self) -> float | None:
        """The customer's share of the talk so far, 0..1; None while nothing was marked."""
        total = sum(self.talk.values())
        return self.talk.get(Speaker.CUSTOMER.value, 0.0) / total if total else None
