"""Promises as a calendar file that every calendar program reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from icalendar import Calendar, Event


def calendar(company: str, conversation: str, promises: Iterable[Mapping[str, Any]]) -> bytes:
    """The promises that have a day, as whole-day events (RFC 5545); a promise keeps its event when the file is loaded again."""
    found = Calendar()
    found.add("prodid", "-//Advisor//Promises//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    for promise in promises:
        if promise["due"] and promise["state"] not in ("broken", "withdrawn"):
            found.add_component(_event(company, conversation, promise))
    text: bytes = found.to_ical()
    return text


def _event(company: str, conversation: str, promise: Mapping[str, Any]) -> Event:
    day = date.fromisoformat(promise["due"])
    event = Event()
    event.add("uid", sha256(f"{conversation} {promise['what']} {promise['due']}".encode()).hexdigest()[:32])
    event.add("dtstamp", datetime.now(timezone.utc))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", f"{company}: {promise['what']}")
    event.add("description", f"{'You' if promise['owner'] == 'you' else promise['who']}: {promise['what']}")
    event.add("transp", "TRANSPARENT")
    return event
