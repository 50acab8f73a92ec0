"""What a reviewer looks for: a question to the list of conversations, and its conditions on the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import and_, exists, false, not_, or_, true

from bot.store.counting import MARKS
from bot.store.review_record import Stage
from bot.store.review_tables import LISTED, TRAITS, review_index, review_marks, review_tags

QUIET = timedelta(minutes=30)
"""After this long without a message an unfinished conversation counts as abandoned."""

MARKED = ("intent", "model", "problem", "need", "arm", *MARKS.values())
"""What a conversation may have several of."""

COLUMNS: Mapping[str, str] = {
    **{name: name for name in LISTED},
    "trade": "catalogue_id",
    "version": "model_version",
    "state": "review_state",
    "customer": "customer_id",
}


class Order(str, Enum):
    """In which order conversations are listed."""

    NEWEST = "newest"
    UNSURE = "unsure"
    RANDOM = "random"


@dataclass(frozen=True)
class Span:
    """At least and at most, either may be open."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Sought:
    """What is looked for. `wanted` and `unwanted` map a name (of `COLUMNS`, `MARKED`, "tag" or "is") to values.

    Several wanted values of one name mean any of them; names combine. `is` takes the traits, "need_found" and "abandoned".
    Times are aware; `seconds` is how long the conversation took; `share` keeps all failures and that share (0..1) of the rest.
    """

    words: str = ""
    who: str = ""
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unwanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    confidence_below: float | None = None
    turns: Span = Span()
    seconds: Span = Span()
    tests: bool = False
    share: float | None = None
    order: Order = Order.NEWEST
    seed: float = 0.0


TRAIT_NAMES = (*TRAITS, "need_found", "abandoned")
NAMES = (*COLUMNS, *MARKED, "tag", "is")
_ROW = review_index.c


def conditions(sought: Sought, now: datetime) -> list[Any]:
    """The conditions on `review_index`, all of which must hold; words are looked for elsewhere."""
    found = [] if sought.tests else [_ROW.hidden.is_(False)]
    found += [_one(name, values, now) for name, values in sought.wanted.items() if name in NAMES and values]
    found += [not_(_one(name, (value,), now)) for name, values in sought.unwanted.items() if name in NAMES for value in values]
    found += [_ROW.last_active_at >= sought.since] if sought.since else []
    found += [_ROW.last_active_at < sought.until] if sought.until else []
    found += [_ROW.confidence < sought.confidence_below] if sought.confidence_below is not None else []
    found += _within(_ROW.turns, sought.turns) + _within(_ROW.seconds, sought.seconds)
    return found + ([or_(_ROW.failed, _ROW.shuffle < sought.share)] if sought.share is not None else [])


def _within(column: Any, span: Span) -> list[Any]:
    least = [column >= span.least] if span.least is not None else []
    return least + ([column <= span.most] if span.most is not None else [])


def _one(name: str, values: tuple[str, ...], now: datetime) -> Any:
    """Any of the values of one name."""
    if name == "is":
        return and_(*(_trait(value, now) for value in values))
    if name == "tag":
        tagged = review_tags.c.tag == values[0] if len(values) == 1 else review_tags.c.tag.in_(values)
        return exists().where(review_tags.c.conversation_id == _ROW.conversation_id, tagged)
    if name in MARKED:
        marks = [f"{name}:{value}" for value in values]
        marked = review_marks.c.mark == marks[0] if len(marks) == 1 else review_marks.c.mark.in_(marks)
        return exists().where(review_marks.c.conversation_id == _ROW.conversation_id, marked)
    column = _ROW[COLUMNS[name]]
    return column == values[0] if len(values) == 1 else column.in_(values)


def _trait(value: str, now: datetime) -> Any:
    if value == "abandoned":
        return and_(_ROW.stage != Stage.FINISHED.value, _ROW.last_active_at < now - QUIET)
    if value not in TRAIT_NAMES:
        return false()
    return _ROW[value] if value in TRAITS else _ROW.need_found.is_(True)


def ordering(sought: Sought) -> tuple[Any, bool]:
    """The column that orders the list and whether it falls."""
    if sought.order is Order.UNSURE:
        return _ROW.confidence, False
    return (_ROW.shuffle, False) if sought.order is Order.RANDOM else (_ROW.last_active_at, True)


def beyond(sought: Sought, place: tuple[Any, int] | None) -> Any:
    """The condition for what comes after a place (a value of the ordering column and an id) in the list."""
    column, falls = ordering(sought)
    if place is None:
        return column >= sought.seed if sought.order is Order.RANDOM else true()
    value, id = place
    if falls:
        return and_(column <= value, or_(column < value, _ROW.id < id))
    return and_(column >= value, or_(column > value, _ROW.id > id))
