"""Where the room's other parts hang in: places in its navigation, and panels on a turn or on the whole conversation.

Each part calls these once, when its module is imported, from its own module that `bot.web.review` imports:

    from bot.web.review.panels import Panel, RoomPlace, add_place, add_turn_panel

    add_place(RoomPlace("Corrections", "/review/corrections", Permission.CORRECT))
    add_turn_panel(Panel("review/correcting/turn.html", load, Permission.CORRECT))

`load(work, read)` is called with the open transaction and what is being read, and returns what the panel's template needs:
for a turn panel a mapping from the turn's number to its values, for a conversation panel its values. The template is
included with those values as `panel`, and knows `read` (conversation_id, row, veil), `turn` (as in `turns.py`; turn panels
only), `csrf_field`, `may` and `static`. Whatever a panel shows of a customer's words passes `read.veil.text(…)` or
`read.veil.plain(…)`: masked unless it was revealed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import Request

from bot.advice.catalogue import Catalogue
from bot.store import Work, records
from bot.store.access import User
from bot.store.review_record import Indexed
from bot.web.access import Permission, allows
from bot.web.review.veil import Veil


@dataclass(frozen=True)
class Read:
    """What a reviewer is reading: the conversation, its row in the index, some of its turns as stored, and the veil over it."""

    conversation: records.Conversation
    row: Indexed
    turns: Sequence[records.Turn]
    veil: Veil
    user: User
    catalogue: Catalogue

    @property
    def conversation_id(self) -> str:
        """The id of the conversation."""
        return self.conversation.id


Load = Callable[[Work, Read], Mapping[Any, Any]]


@dataclass(frozen=True)
class Panel:
    """A piece of a page: its template, what loads its values, and who may see it. `script` is one of the static files."""

    template: str
    load: Load
    permission: Permission = Permission.REVIEW
    script: str = ""
    style: str = ""


@dataclass(frozen=True)
class RoomPlace:
    """A place in the room's navigation, for those with the permission; those with a smaller `rank` stand before."""

    name: str
    address: str
    permission: Permission = Permission.REVIEW
    rank: int = 9


@dataclass
class Hung:
    """What hangs in the room, in the order in which it was hung."""

    places: list[RoomPlace] = field(default_factory=lambda: [RoomPlace("Conversations", "/review", rank=0)])
    turn_panels: list[Panel] = field(default_factory=list)
    conversation_panels: list[Panel] = field(default_factory=list)


_ROOM: Final = Hung()


def add_place(place: RoomPlace) -> None:
    """Put a place into the room's navigation; twice is once."""
    if place not in _ROOM.places:
        _ROOM.places.append(place)
        _ROOM.places.sort(key=lambda each: each.rank)


def add_turn_panel(panel: Panel) -> None:
    """Hang a panel under every turn; twice is once."""
    if panel not in _ROOM.turn_panels:
        _ROOM.turn_panels.append(panel)


def add_conversation_panel(panel: Panel) -> None:
    """Hang a panel beside every conversation; twice is once."""
    if panel not in _ROOM.conversation_panels:
        _ROOM.conversation_panels.append(panel)


def room_places(request: Request, user: User) -> list[dict[str, Any]]:
    """The places in the room that the user may go to."""
    path = request.url.path
    return [
        {"name": place.name, "address": place.address, "here": _is_here(path, place.address)}
        for place in _ROOM.places
        if allows(user, place.permission)
    ]


def turn_panels(work: Work, read: Read) -> list[tuple[Panel, Mapping[Any, Any]]]:
    """The panels on turns that the user may see, with what each needs, by the number of the turn."""
    return [(panel, panel.load(work, read)) for panel in _ROOM.turn_panels if allows(read.user, panel.permission)]


def conversation_panels(work: Work, read: Read) -> list[tuple[Panel, Mapping[Any, Any]]]:
    """The panels on the conversation that the user may see, with what each needs."""
    return [(panel, panel.load(work, read)) for panel in _ROOM.conversation_panels if allows(read.user, panel.permission)]


def _is_here(path: str, address: str) -> bool:
    within = "/review/read/" if address == "/review" else f"{address}/"
    return path == address or path.startswith(within)
