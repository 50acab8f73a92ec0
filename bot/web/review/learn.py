"""What the company learns: one page for each question, every bar a link to the conversations behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from bot.advice.phrasing import money
from bot.learning.company.answers import QUESTIONS, Bar, Chart
from bot.store.access import User
from bot.store.learned import Count
from bot.web.access import Permission, may, staff_page
from bot.web.backend import Backend
from bot.web.problems import Refusal
from bot.web.review.names import RUNGS, Names, spelt
from bot.web.review.panels import RoomPlace, add_place, room_places

router = APIRouter(prefix="/review/learn", include_in_schema=False)
add_place(RoomPlace("Learn", "/review/learn", rank=1))

MONTHS: Final = 12
"""How many months are looked at unless the address says otherwise."""

_ATTRIBUTES: Final = {
    "ease": "Ease of use",
    "timeliness": "Time",
    "certainty": "Certainty",
    "cost": "Cost to own",
    "choice": "Choice",
}
_STATES: Final = {
    "kept": "Kept",
    "late": "Late",
    "broken": "Broken",
    "open": "Not due yet",
    "met": "As expected",
    "gap": "Not as expected",
    "resolved": "Put right afterwards",
    "awaited": "Not checked yet",
}
_MOVES: Final = {
    "ask_anything": "The open question",
    "ask_why": "Asking why",
    "ask_meant": "“Did you mean”",
    "ask_check": "A check",
    "ask_cell": "How they will know it worked",
    "read_back": "Reading the need back",
    "advise": "Advice",
    "await": "Waiting for an answer to advice",
    "ask_contact": "Asking how to reach them",
    "refer": "Offering an introduction",
    "warn": "A warning",
    "check_in": "A check-in",
}


@dataclass(frozen=True)
class Period:
    """The months looked at, from the first to the last, and whether simulated conversations are shown instead of real ones."""

    months: tuple[date, ...]
    simulated: bool = False

    @property
    def until(self) -> date:
        """The first day after the last month."""
        return _later(self.months[-1], 1)


@router.get("")
async def first(request: Request, user: User = Depends(may(Permission.REVIEW))) -> Response:
    """The first of the questions."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/review/learn/{next(iter(QUESTIONS))}{query}", 303)


@router.get("/{about}")
async def question(request: Request, about: str, user: User = Depends(may(Permission.REVIEW))) -> Response:
    """One question, answered."""
    if about not in QUESTIONS:
        raise Refusal(404, "There is no such question.", "Start at /review/learn.")
    values = await run_in_threadpool(_values, request, about)
    return staff_page(request, "review/learn.html", {**values, "places_in_room": room_places(request, user)})


def _values(request: Request, about: str) -> dict[str, Any]:
    backend: Backend = request.app.state.backend
    title, answer = QUESTIONS[about]
    trade = backend.settings.catalogue.stem
    period = period_of(request.query_params, datetime.now(timezone.utc).date())
    with backend.store.read() as work:
        seen: dict[str, tuple[Count, ...]] = {}

        def counts(topic: str) -> Sequence[Count]:
            if topic not in seen:
                seen[topic] = work.learned.counts(topic, trade, period.months[0], period.until, period.simulated)
            return seen[topic]

        page = answer(counts, period.months)
        begun = sum(one.count for one in counts("begun"))
    shown = Shown(Names(backend.catalogue), period, trade, lambda amount: money(amount, backend.catalogue))
    keep = urlencode([("from", f"{period.months[0]:%Y-%m}"), ("to", f"{period.months[-1]:%Y-%m}"), *_tests(period)])
    return {
        "title": title,
        "about": about,
        "questions": [(word, each[0]) for word, each in QUESTIONS.items()],
        "charts": [shown.chart(chart) for chart in page.charts],
        "figures": [_figure(kind, value, backend) for kind, value, _ in page.figures],
        "months": [f"{month:%b %Y}" for month in period.months],
        "period": period,
        "begun": begun,
        "keep": keep,
    }


def _figure(kind: str, value: str, backend: Backend) -> tuple[str, str]:
    return "Cost to own avoided, estimated", money(float(value), backend.catalogue)


@dataclass(frozen=True)
class Shown:
    """Bars as a page shows them: named, measured against the longest, and linked."""

    names: Names
    period: Period
    trade: str
    money: Callable[[float], str]

    def chart(self, chart: Chart) -> dict[str, Any]:
        """A chart as its template needs it; lengths are percents of the width."""
        most = max((bar.sum or bar.count for bar in chart.bars), default=0) or 1
        return {
            "title": chart.title,
            "about": chart.about,
            "empty": chart.empty,
            "shares": chart.shares,
            "left_out": chart.left_out,
            "trend": any(len(bar.months) > 1 for bar in chart.bars),
            "bars": [self._bar(bar, chart.shares, most) for bar in chart.bars],
        }

    def _bar(self, bar: Bar, shares: bool, most: float) -> dict[str, Any]:
        long = 100 * (bar.share or 0.0) if shares else 100 * (bar.sum or bar.count) / most
        return {
            "label": self.name(bar.kind, bar.id),
            "under": self.name(bar.note, bar.under) if bar.under else "",
            "note": "" if bar.under or shares else bar.note,
            "href": self.link(bar.filters),
            "length": round(long, 1),
            "value": self.money(bar.sum) if bar.sum else f"{bar.share:.0%}" if shares else str(bar.count),
            "of": bar.note if shares else "",
            "low": round(100 * bar.low, 1),
            "high": round(100 * bar.high, 1),
            "interval": f"{bar.low:.0%} to {bar.high:.0%}" if shares else "",
            "months": bar.months,
            "line": spark(bar.months),
        }

    def link(self, filters: Sequence[tuple[str, str]]) -> str:
        """The list of the conversations behind a bar."""
        last = self.period.until - timedelta(days=1)
        when = [("from", self.period.months[0].isoformat()), ("to", last.isoformat())]
        return "/review?" + urlencode([*filters, ("trade", self.trade), *when, *_tests(self.period)])

    def name(self, kind: str, id: str) -> str:
        """What a bar stands for, in words."""
        named: Mapping[str, Callable[[str], str]] = {
            "need": self.names.outcome,
            "problem": self.names.problem,
            "cause": self.names.cause,
            "remedy": self.names.remedy,
            "product": self.names.product,
            "vendor": self._vendor,
            "question": self._question,
            "rung": lambda rung: {**RUNGS, "none": "Nothing agreed"}.get(rung, spelt(rung)),
            "attribute": lambda one: _ATTRIBUTES.get(one, spelt(one)),
            "state": lambda one: _STATES.get(one, spelt(one)),
            "move": lambda one: _MOVES.get(one, spelt(one)),
        }
        text = named.get(kind, spelt)(id)
        return text[:1].upper() + text[1:]

    def _vendor(self, id: str) -> str:
        found = self.names.catalogue.vendors.get(id)
        return found.name if found else spelt(id)

    def _question(self, key: str) -> str:
        known = self.names.catalogue.facts.get(key)
        if known is not None and known.ask:
            return known.ask
        return self.names.outcome(key) if key in self.names.catalogue.outcomes else spelt(key)


def period_of(params: Mapping[str, str], today: date) -> Period:
    """The months an address asks for (`from` and `to` as 2026-05), else the last ones up to this."""
    last = _month(params.get("to", "")) or today.replace(day=1)
    first = _month(params.get("from", "")) or _later(last, 1 - MONTHS)
    first = min(first, last)
    count = min(60, (last.year - first.year) * 12 + last.month - first.month + 1)
    return Period(tuple(_later(last, step - count + 1) for step in range(count)), params.get("tests") == "1")


def spark(months: Sequence[int]) -> str:
    """The points of a line of 72 by 20 units through the counts of the months."""
    if len(months) < 2:
        return ""
    most = max(months) or 1
    step = 72 / (len(months) - 1)
    return " ".join(f"{place * step:.1f},{19 - 18 * count / most:.1f}" for place, count in enumerate(months))


def _tests(period: Period) -> list[tuple[str, str]]:
    return [("tests", "1")] if period.simulated else []


def _month(text: str) -> date | None:
    try:
        year, month = text.split("-")[:2]
        return date(int(year), int(month), 1)
    except ValueError:
        return None


def _later(month: date, by: int) -> date:
    place = month.year * 12 + month.month - 1 + by
    return date(place // 12, place % 12 + 1, 1)
