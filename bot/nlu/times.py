"""When: dates, "since …", "… ago" and deadlines, with the exact words and, where it can be told, the day."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.nlu.language import straighten
from bot.nlu.numbers import NUMBER, read_number
from bot.nlu.units import DAYS_IN, canonical


@dataclass(frozen=True)
class Moment:
    """A point in time as said; `day` is the ISO date it points to, or "" when the words do not tell one."""

    quote: str
    day: str
    start: int
    end: int


_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12, "easter": 4, "christmas": 12, "xmas": 12}
_LONG = {"second": 1 / 86400, "minute": 1 / 1440, "hour": 1 / 24, **DAYS_IN}

_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(_WEEKDAYS)
_SEASON = "|".join(_SEASONS)
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_UNITS = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mths?|years?|yrs?)"
_DURATION = rf"(?:{NUMBER}(?: an?)?|a|an|the) {_UNITS}|\d+ ?{_UNITS}"
_EDGE = r"(?:(?:the )?(?:beginning|start|middle|end|first|last week|early|mid|late) ?-?(?:of )?)?"
_CLOCK = r"(?:noon|midday|midnight|lunch(?:time)?|\d{1,2}(?:[:.]\d{2})? ?(?:am|pm|a\.m\.|p\.m\.|o'?clock)|\d{1,2}:\d{2})"
_DATE = (
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b(?:,? {_YEAR})?"
    rf"|(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?!\d)(?:,? {_YEAR})?"
    rf"|{_EDGE}(?:last |this |next |of )?(?:{_MONTH})\b(?:,? (?:of )?(?:{_YEAR}|last year|this year))?"
    rf"|{_EDGE}(?:last |this |next )?(?:{_SEASON})\b(?:,? (?:of )?{_YEAR})?"
    rf"|{_EDGE}{_YEAR}\b"
    rf"|(?:last |this |next |on |coming )?(?:{_WEEKDAY})s?\b"
    r"|yesterday|today|tonight|tomorrow|this (?:morning|afternoon|evening)"
    rf"|{_EDGE}(?:last|this|next|the) (?:day|night|week(?:end)?|month|quarter|season|year)\b"
)
_LOOSE = (
    r"recently|lately|not long|(?:the )?(?:day one|(?:very )?(?:beginning|start|first day))|forever|ages|always|"
    r"(?:a |quite a |some )?(?:long )?(?:while|time)|(?:the )?(?:last )?(?:move|refit|update|upgrade|service|"
    r"repair|relocation)"
)
_SINCE = re.compile(
    rf"\b(?:ever )?(?:since|starting(?: in| from)?|started(?: in| on)?|began(?: in| on)?|"
    rf"from) (?P<point>(?:about |around |early in |the )?"
    rf"(?:{_DATE})|(?:about |around )?(?:{_DURATION}) ago)(?P<tail>,? (?:when|after) [^.;!?,]+)?"
    rf"|\bsince (?:about |around |over |almost |nearly )?(?P<lately>{_DURATION})\b"
    rf"|\b(?:ever )?since (?P<event>(?!then\b)[^.;!?,]+)"
    rf"|\b(?:about |around |roughly )?(?P<ago>(?:{_DURATION}|(?:a )?(?:while|few {_UNITS})|ages)) (?:ago|back)\b"
    rf"|\b(?:for|over|in|during) (?:about |around |almost |nearly |over |at least )?(?:the |these )?(?:last |past )"
    rf"(?P<past>(?:{NUMBER} )?{_UNITS})\b"
    rf"|\bfor (?:about |around |almost |nearly |over |at least |more than )?(?P<lasting>(?:{_DURATION})|ages|"
    rf"years|months|weeks|days|"
    rf"(?:a |quite a |some )(?:long )?(?:while|time))(?: now| already)?\b(?! (?:of|warranty|guarantee|contract)\b)"
    rf"|\b(?P<now>(?:{_DURATION})) (?:now|already)\b"
    rf"|\b(?P<bare>last (?:{_MONTH}|{_SEASON}|{_WEEKDAY}|week|month|year|night|weekend|quarter|season)|yesterday|"
    rf"this morning)\b"
    rf"|\b(?P<loose>recently|lately|from (?:day one|the (?:very )?(?:start|beginning)))\b",
    re.IGNORECASE,
)
_DEADLINE = re.compile(
    rf"\b(?:by |before |at |until |no later than )?(?P<closing>(?:the )?end of (?:the |this |next )?(?:day|week|"
    rf"month|quarter|year|season|{_MONTH}))\b"
    rf"|\b(?:by|before|until|till|'?til|no later than|not later than|latest(?: by)?|due(?: by| on)?|in time for|"
    rf"needed? (?:by|for|before)|"
    rf"ready (?:by|for)|at the latest(?: by)?) (?:the )?(?P<point>{_CLOCK}|{_DATE}|(?:the )?(?:weekend|season|"
    rf"inspection|audit|opening|holidays?))"
    rf"|\b(?:within|in the next|inside) (?P<within>(?:{NUMBER}|a|an|the) {_UNITS}|the (?:hour|day|week|month|year))\b"
    r"|\b(?P<hurry>asap|a\.s\.a\.p\.?|as soon as possible|urgently|immediately|right away|straight ?away)\b",
    re.IGNORECASE,
)
_ANY = re.compile(rf"\b(?:(?:in|on|from|of|at) )?(?P<point>{_DATE})", re.IGNORECASE)
_TIME_OF_DAY = re.compile(rf"\b(?:at |around |about )?{_CLOCK}", re.IGNORECASE)
_AMBIGUOUS = frozenset(("may", "march", "mar", "sun", "sat", "dec", "jan", "fall", "spring", "august"))
_LEADING = re.compile(
    r"\b(?:since|in|from|of|by|before|until|till|last|this|next|early|mid|late|after|around|about|"
    r"on)\s*$",
    re.IGNORECASE,
)


def find_since(text: str, today: date) -> Moment | None:
    """Since when something is so: "since May", "two weeks ago", "for three years"; the first one said."""
    for found in _SINCE.finditer(straighten(text)):
        if found["event"] and not re.search(
            r"\b(?:\w+ed|was|were|got|went|came|had|did|opened|moved|new|the|our|my)\b", found["event"]
        ):
            continue
        return _moment(text, found.start(), found.end(), _since_day(found, today))
    return None


def find_deadline(text: str, today: date) -> Moment | None:
    """By when something must be so: "by noon", "before Friday", "end of the month"; the first one said."""
    found = _DEADLINE.search(straighten(text))
    return _moment(text, found.start(), found.end(), _deadline_day(found, today)) if found else None


def find_dates(text: str, today: date) -> tuple[Moment, ...]:
    """Every calendar date, month, season, year or weekday named."""
    return tuple(
        _moment(text, found.start("point"), found.end("point"), _past_day(found["point"], today))
        for found in _ANY.finditer(straighten(text))
        if _is_date(found["point"], text[: found.start("point")])
    )


def time_spans(text: str, today: date) -> Iterator[tuple[int, int]]:
    """Where in the text dates and times of day stand, so that their digits are not read as amounts."""
    yield from ((moment.start, moment.end) for moment in find_dates(text, today))
    yield from (found.span() for found in _TIME_OF_DAY.finditer(straighten(text)))


def _is_date(point: str, before: str) -> bool:
    """ "May" is a month after "since" or "in", or beside a number; "may" alone is mostly not."""
    return point.lower() not in _AMBIGUOUS or bool(_LEADING.search(before)) or (point[0].isupper() and bool(before.strip()))


def _moment(text: str, start: int, end: int, day: date | None) -> Moment:
    return Moment(text[start:end].strip(" ,"), day.isoformat() if day else "", start, end)


def _since_day(found: re.Match[str], today: date) -> date | None:
    for name in ("ago", "past", "lasting", "lately", "now"):
        if found[name]:
            return _before(found[name], today)
    if found["point"] and found["point"].lower().endswith("ago"):
        return _before(found["point"][:-3], today)
    said = found["point"] or found["bare"]
    return _past_day(said, today) if said else None


def _before(duration: str, today: date) -> date | None:
    days = _days(duration)
    return today - timedelta(days=days) if days is not None and days < 36600 else None


def _days(duration: str) -> int | None:
    found = re.search(
        rf"(?:(?P<number>{NUMBER}|\ba|\ban|\bthe)(?: an?)? ?)?(?P<unit>{_UNITS}|hour|day|week|month|year)\b",
        duration,
        re.IGNORECASE,
    )
    if not found:
        return None
    written = (found["number"] or "").lower()
    count = 1.0 if written in ("", "a", "an", "the") else read_number(written)[0]
    return round(count * _LONG.get(canonical(found["unit"]), 1.0))


def _past_day(said: str, today: date) -> date | None:
    """The latest day not after today that the words name; months and years by their first day."""
    return _named_day(said.lower(), today)


def _named_day(said: str, today: date) -> date | None:
    for pattern, reader in _READERS:
        if found := re.search(pattern, said):
            return reader(found, today)
    return None


def _iso(found: re.Match[str], today: date) -> date | None:
    return _safe(int(found[1]), int(found[2]), int(found[3]))


def _european(found: re.Match[str], today: date) -> date | None:
    year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
    return _safe(year, int(found[2]), int(found[1]))


def _month_day(found: re.Match[str], today: date) -> date | None:
    month = _MONTHS[found["month"]]
    day = int(found["day"] or found["after"] or 1)
    year = int(found["year"]) if found["year"] else today.year
    named = _safe(year, month, day)
    if named and not found["year"] and (named > today or "last year" in found.string):
        return _safe(year - 1, month, day)
    return named


def _season(found: re.Match[str], today: date) -> date | None:
    month = _SEASONS[found["season"]]
    year = int(found["year"]) if found["year"] else today.year
    late = not found["year"] and date(year, month, 1) > today
    return date(year - 1 if late else year, month, 1)


def _year(found: re.Match[str], today: date) -> date | None:
    return date(int(found[1]), 1, 1)


def _weekday(found: re.Match[str], today: date) -> date | None:
    back = (today.weekday() - _WEEKDAYS[found[1]]) % 7
    return today - timedelta(days=back or 7)


def _relative(found: re.Match[str], today: date) -> date | None:
    back = {
        "yesterday": 1, "last night": 1, "tomorrow": -1, "last week": 7, "last weekend": 7, "last quarter": 91,
        "next week": -7, "next month": -30, "next year": -365,
    }  # fmt: skip
    if found[0] in ("last month", "last year"):
        first = today.replace(day=1) - timedelta(days=1) if found[0] == "last month" else date(today.year - 1, 1, 1)
        return first.replace(day=1)
    return today - timedelta(days=back.get(found[0], 0))


_READERS = (
    (r"(\d{4})-(\d{2})-(\d{2})", _iso),
    (r"(\d{1,2})[./](\d{1,2})[./](\d{2,4})", _european),
    (
        rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|"
        rf"th)?(?: of)? )?\b(?P<month>{_MONTH})\b\.?(?: (?P<after>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?)?"
        rf"(?:,? (?:of )?(?P<year>{_YEAR}))?",
        _month_day,
    ),
    (rf"\b(?P<season>{_SEASON})\b(?:,? (?:of )?(?P<year>{_YEAR}))?", _season),
    (rf"\b({_YEAR})\b", _year),
    (rf"\b({_WEEKDAY})", _weekday),
    (r"yesterday|last night|tomorrow|(?:last|next) (?:week(?:end)?|month|quarter|year)|today|tonight|this \w+", _relative),
)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _deadline_day(found: re.Match[str], today: date) -> date | None:
    if found["within"]:
        days = _days(found["within"])
        return today + timedelta(days=days) if days is not None and days < 36600 else None
    if found["closing"]:
        return _closing_day(found["closing"].lower(), today)
    if found["hurry"] or not found["point"] or re.fullmatch(_CLOCK, found["point"], re.IGNORECASE):
        return today if found["hurry"] else None
    return _next_day(found["point"].lower(), today)


def _closing_day(said: str, today: date) -> date:
    if "week" in said:
        return today + timedelta(days=(4 - today.weekday()) % 7 + (7 if "next" in said else 0))
    if "year" in said or "season" in said:
        return date(today.year + ("next" in said), 12, 31)
    if "day" in said:
        return today
    month = next((number for name, number in _MONTHS.items() if re.search(rf"\b{name}\b", said)), 0)
    if not month:
        month = today.month % 12 + 1 if "next" in said else (-(-today.month // 3) * 3 if "quarter" in said else today.month)
    year = today.year + (month < today.month)
    return date(year, month, calendar.monthrange(year, month)[1])


def _next_day(said: str, today: date) -> date | None:
    """The first day from today on that the words name."""
    day = _named_day(said, today)
    if day is None or day >= today or re.search(_YEAR, said):
        return day
    if re.search(_WEEKDAY, said):
        return day + timedelta(days=7)
    if re.search(rf"\b(?:{_MONTH}|{_SEASON})\b", said):
        return _safe(day.year + 1, day.month, day.day)
    return day
