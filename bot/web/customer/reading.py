"""Reading what the widget sends: bytes become a checked request, or a `Refusal` that says what to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import Request

from bot.advice.written import LONGEST
from bot.web.incoming import LONGEST_ID, read_id, read_object, receive_body, storable
from bot.web.problems import Refusal

LONGEST_TOKEN: Final = 2000
LONGEST_FEEDBACK: Final = 2000
_PAGE: Final = ("url", "title", "topic")
_LONGEST_PAGE: Final = 2000


@dataclass(frozen=True)
class Begin:
    """A conversation to begin."""

    customer_token: str | None = None


@dataclass(frozen=True)
class Written:
    """A message: its text, the client's id for it, and the page it was written on."""

    text: str
    message_id: str
    page: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Corrected:
    """A line put right; `value` is None where it is taken out."""

    line: str
    value: str | None
    message_id: str


@dataclass(frozen=True)
class Opinion:
    """What the customer thinks of the reply of turn `seq`: 1 good, -1 not."""

    seq: int
    rating: int
    text: str


async def read_begin(request: Request) -> Begin:
    """The body of a new session; it may be empty. Raises `Refusal`."""
    body = await receive_body(request)
    told = read_object(body, 'Send nothing, or {"customer_token": "…"}.') if body.strip() else {}
    return Begin(_text(told, "customer_token", LONGEST_TOKEN))


async def read_written(request: Request) -> Written:
    """A message. Raises `Refusal`."""
    told = read_object(await receive_body(request), 'Send {"text": "Hello", "message_id": "an id of your own"}.')
    text = told.get("text")
    if not isinstance(text, str):
        raise Refusal(422, "`text` is missing or is not a text.", "Send what the customer wrote as `text`.")
    return Written(storable(text), _message_id(told), _page(told))


async def read_corrected(request: Request) -> Corrected:
    """A correction. Raises `Refusal`."""
    told = read_object(await receive_body(request), 'Send {"line": "fact:…", "value": "…", "message_id": "…"}.')
    line = _text(told, "line", LONGEST_ID)
    if not line:
        raise Refusal(422, "`line` is missing.", "Send the id of the line as it stands in `understood`.")
    value = told.get("value")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"{value:g}"
    if value is not None and (not isinstance(value, str) or len(value) > LONGEST):
        raise Refusal(422, f"`value` is not a text of at most {LONGEST} characters.", "Shorten it, or send null to take it out.")
    return Corrected(storable(line), None if value is None else storable(value), _message_id(told))


async def read_opinion(request: Request) -> Opinion:
    """Feedback on a reply. Raises `Refusal`."""
    told = read_object(await receive_body(request), 'Send {"seq": 3, "rating": 1, "text": ""}.')
    seq, rating = told.get("seq"), told.get("rating")
    if not isinstance(seq, int) or isinstance(seq, bool) or not 1 <= seq <= 10**9:
        raise Refusal(422, "`seq` is not the number of a turn.", "Send the `seq` of the turn that is judged.")
    if rating not in (1, -1) or isinstance(rating, bool) or not isinstance(rating, int):
        raise Refusal(422, "`rating` is neither 1 nor -1.", "Send 1 for good and -1 for not.")
    return Opinion(seq, rating, storable(_text(told, "text", LONGEST_FEEDBACK) or ""))


def _message_id(told: Mapping[str, Any]) -> str:
    found = read_id(dict(told), "message_id")
    if found is None:
        do = "Send an id of your own for each message; sent again with the same id, it counts once."
        raise Refusal(422, "`message_id` is missing.", do)
    return found


def _page(told: Mapping[str, Any]) -> dict[str, str]:
    page = told.get("page")
    if page is None:
        return {}
    if not isinstance(page, dict):
        raise Refusal(422, "`page` is not an object.", 'Write it as {"url": "…", "title": "…", "topic": "…"}, or leave it out.')
    found = {name: page[name] for name in _PAGE if page.get(name) is not None}
    for name, value in found.items():
        if not isinstance(value, str) or len(value) > _LONGEST_PAGE:
            raise Refusal(422, f"`page.{name}` is not a text of at most {_LONGEST_PAGE} characters.", "Shorten it or leave it out.")
    return {name: storable(value) for name, value in found.items()}


def _text(told: Mapping[str, Any], name: str, longest: int) -> str | None:
    value = told.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise Refusal(422, f"`{name}` is not a text of at most {longest} characters.", "Write it as text, or leave it out.")
    return value
