"""Between the address of a list and what is sought: every filter is in the query, so that any list can be linked to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import Request
from starlette.datastructures import QueryParams

from bot.store.review_filter import NAMES, Order, Sought, Span
from bot.store.review_lists import Place

Pairs = Sequence[tuple[str, str]]
_PLACE: Final = ("after", "turn", "message", "chosen")
_SIDES: Final = ("customer", "assistant")
_MOST_VALUES: Final = 20


@dataclass(frozen=True)
class Asked:
    """What an address asks for, and what in it could not be read (name of the field: what to write)."""

    sought: Sought
    problems: dict[str, str]


def query_of(request: Request) -> str:
    """The query of a request as it came; `request.url` errs where an id has a question mark in it."""
    return bytes(request.scope.get("query_string", b"")).decode("ascii", "replace")


def sought_of(params: QueryParams) -> Sought:
    """What an address asks for, without what cannot be read."""
    return asked_of(params).sought


def asked_of(params: QueryParams) -> Asked:
    """What an address asks for; unknown names are left aside."""
    problems: dict[str, str] = {}
    until = _day(params, "to", problems)
    sought = Sought(
        words=params.get("q", "").strip()[:300],
        who=params.get("in", "") if params.get("in") in _SIDES else "",
        wanted={name: _values(params, name) for name in NAMES if _values(params, name)},
        unwanted={name: _values(params, f"-{name}") for name in NAMES if _values(params, f"-{name}")},
        since=_day(params, "from", problems),
        until=until + timedelta(days=1) if until else None,
        confidence_below=_number(params, "below", problems, 1 / 100),
        turns=Span(_number(params, "turns_from", problems), _number(params, "turns_to", problems)),
        seconds=Span(_number(params, "minutes_from", problems, 60), _number(params, "minutes_to", problems, 60)),
        tests=params.get("tests") == "1",
        share=_number(params, "share", problems, 1 / 100),
        order=_order(params.get("sort", "")),
        seed=_number(params, "seed", problems) or 0.0,
    )
    return Asked(sought, problems)


def place_of(params: QueryParams, order: Order) -> Place | None:
    """The place in the list at which a page begins."""
    value, _, id = params.get("after", "").rpartition("~")
    try:
        if not id:
            return None
        moment = order is Order.NEWEST and not params.get("q")
        return (datetime.fromisoformat(value) if moment else float(value)), int(id)
    except ValueError:
        return None


def written(place: Place) -> str:
    """A place as an address holds it."""
    value, id = place
    return f"{value.isoformat() if isinstance(value, datetime) else value}~{id}"


def pairs_of(query: str) -> list[tuple[str, str]]:
    """The filters of an address, without its place in the list."""
    return [(name, value) for name, value in parse_qsl(query)[:200] if name not in _PLACE and value]


def with_pair(pairs: Pairs, name: str, value: str) -> str:
    """The query with one more filter; the same one the other way round goes."""
    kept = [pair for pair in pairs if pair not in ((name, value), (_other(name), value))]
    return urlencode([*kept, (name, value)])


def without_pair(pairs: Pairs, name: str, value: str) -> str:
    """The query without that filter."""
    return urlencode([pair for pair in pairs if pair != (name, value)])


def with_only(pairs: Pairs, name: str, value: str) -> str:
    """The query with this value as the only one of its name."""
    return urlencode([*(pair for pair in pairs if pair[0] != name), (name, value)])


def address_of(conversation_id: str, query: str = "", turn: int = 0) -> str:
    """Where a conversation is read, with the list it was found in, at a turn."""
    more = [*pairs_of(query), *([("turn", str(turn))] if turn else [])]
    place = f"#t{turn}" if turn else ""
    return f"/review/read/{quote(conversation_id, safe='')}{'?' + urlencode(more) if more else ''}{place}"


def plain_pairs(query: str, names: Iterable[str]) -> list[tuple[str, str]]:
    """The filters of an address except those names: what a form has to carry along."""
    without = set(names)
    return [pair for pair in pairs_of(query) if pair[0] not in without]


def _other(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _values(params: QueryParams, name: str) -> tuple[str, ...]:
    return tuple(value[:200] for value in params.getlist(name) if value)[:_MOST_VALUES]


def _order(text: str) -> Order:
    return Order(text) if text in {order.value for order in Order} else Order.NEWEST


def _day(params: QueryParams, name: str, problems: dict[str, str]) -> datetime | None:
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.combine(datetime.strptime(text, "%Y-%m-%d").date(), time(), timezone.utc)  # noqa: DTZ007  a day has no zone
    except ValueError:
        problems[name] = f"“{text[:40]}” is no day: write it as 2025-05-31."
        return None


def _number(params: QueryParams, name: str, problems: dict[str, str], times: float = 1.0) -> float | None:
    text = params.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
        if not 0 <= number <= 1e6:
            raise ValueError
        return number * times
    except ValueError:
        problems[name] = f"“{text[:40]}” is no number: write one such as 40."
        return None
