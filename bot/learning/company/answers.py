"""What the company asks of its conversations, answered from the counts: each answer is a set of bars, each bar a filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import erf, sqrt
from typing import Any

from bot.learning.experiments.evidence import interval
from bot.store.counting import MARKS
from bot.store.learned import Count

Counts = Callable[[str], Sequence[Count]]
"""The counts of a topic within the months looked at."""

LATELY = 2
"""How many of the last months are held against those before them."""

GREW = 0.95
"""How sure it must be that a cause's share grew before it is shown as rising."""

MOST_BARS = 15


@dataclass(frozen=True)
class Bar:
    """One bar: what it stands for (`kind` and `id`, for its name), how many, its filter, and the count of each month.

    `share` (0..1) with its 95 % interval where the bar is a share; `sum` where it is an amount; `note` says what else.
    """

    kind: str
    id: str
    count: int
    filters: tuple[tuple[str, str], ...]
    months: tuple[int, ...] = ()
    share: float | None = None
    low: float = 0.0
    high: float = 0.0
    sum: float = 0.0
    note: str = ""
    under: str = ""


@dataclass(frozen=True)
class Chart:
    """One answer: its title, how to read it, its bars, and what to say when there are none."""

    title: str
    about: str
    bars: tuple[Bar, ...]
    empty: str = "Nothing of this kind happened in these months."
    shares: bool = False
    left_out: int = 0


@dataclass(frozen=True)
class Page:
    """The charts of one question, and the figures that come first."""

    charts: tuple[Chart, ...]
    figures: tuple[tuple[str, str, str], ...] = field(default=())


def needs(counts: Counts, months: Sequence[date]) -> Page:
    """What customers really need: needs, by asset model, by what matters most to them."""
    return Page(
        (
            _chart(
                "Needs",
                "The outcome behind the request, in conversations that came to one.",
                counts("need"),
                "need",
                "need",
                months,
            ),
            _chart("Problems", "What stands between them and it.", counts("problem"), "problem", "problem", months),
            _pairs(
                "By what they own", "Needs of customers who own a model.", counts("need_model"), "product", "need", "model", months
            ),
            _chart(
                "What matters most",
                "Said of their own accord or when asked: ease, time, certainty, cost or choice.",
                counts("need_attribute"),
                "attribute",
                MARKS["need_attribute"],
                months,
            ),
        )
    )


def breaking(counts: Counts, months: Sequence[date]) -> Page:
    """What is breaking, and which causes rise."""
    causes = counts("cause")
    rising = tuple(sorted(_rising(causes, counts("begun"), months), key=lambda bar: -bar.low))
    about = (
        f"Causes whose share of all conversations grew in the last {LATELY} months, likeliest first. The chance that it grew "
        "compares Beta posteriors (uniform prior) of the two shares, by their normal approximation. With many causes some of "
        "those shown rise by chance: read the conversations before acting."
    )
    return Page(
        (
            Chart("Rising causes", about, rising[:MOST_BARS], "No cause rose with a chance of 95 % or more."),
            _pairs(
                "Causes",
                "The likeliest cause in the end, where it was at least as likely as not.",
                causes,
                "cause",
                "problem",
                MARKS["cause"],
                months,
            ),
        )
    )


def remedies(counts: Counts, months: Sequence[date]) -> Page:
    """Which remedies work, and which are turned down."""
    worked, known = _sums(counts("outcome"), lambda one: (one.name, one.other)), _sums(counts("outcome"), lambda one: one.name)
    bars = [
        _share("remedy", remedy, worked.get((remedy, "worked"), 0), count, ((MARKS["outcome"], remedy),))
        for remedy, count in known.items()
    ]
    refused, advised = _sums(counts("turned_down"), lambda one: one.other), _sums(counts("advised"), lambda one: one.other)
    turned = [
        _share("remedy", remedy, count, max(count, advised.get(remedy, 0)), ((MARKS["turned_down"], f"{rung}={remedy}"),))
        for rung, remedy, count in _by_rung(counts("turned_down"))
        if refused[remedy]
    ]
    about = "Of the check-ins that were answered: yes, it worked. Line: 95 % interval of a Beta posterior (uniform prior)."
    return Page(
        (
            Chart("Did it work?", about, _most(bars), "No check-in has been answered in these months.", True),
            Chart(
                "Turned down",
                "Of the customers who were advised it. Line: 95 % interval, as above.",
                _most(turned),
                "No advice was turned down.",
                True,
            ),
            _chart("Agreed, by rung", "What customers said yes to.", counts("accepted"), "rung", MARKS["accepted"], months),
        )
    )


def others(counts: Counts, months: Sequence[date]) -> Page:
    """What we send to others, and how that goes."""
    answers, offered = counts("referral_answer"), _sums(counts("referral"), lambda one: one.name)
    agreed = _sums([one for one in answers if one.other == "given"], lambda one: one.name)
    bars = [_share("vendor", id, agreed.get(id, 0), count, ((MARKS["referral"], id),)) for id, count in offered.items()]
    sent = _sums(counts("referral"), lambda one: one.other)
    begun = _sums(counts("problem"), lambda one: one.name)
    problems = [
        _share("problem", id, count, max(count, begun.get(id, 0)), (("problem", id), ("outcome", "referred")))
        for id, count in sent.items()
        if id
    ]
    return Page(
        (
            Chart(
                "Introductions agreed to",
                "Of the introductions offered to each vendor's door, those the customer wanted. Line: 95 % interval.",
                _most(bars),
                "Nobody was sent to another vendor.",
                True,
            ),
            Chart(
                "Should we?",
                "Of the conversations about a problem, the share sent elsewhere. One sent away often may be worth serving.",
                _most(problems),
                "No problem was sent elsewhere.",
                True,
            ),
        )
    )


def giving_up(counts: Counts, months: Sequence[date]) -> Page:
    """Where people give up: what was asked last in conversations that ended without advice, a person or a word."""
    gave, all_of = counts("gave_up"), sum(one.count for one in counts("ended"))
    kinds = _sums(gave, lambda one: one.name)
    bars = [_share("move", kind, count, all_of, ((MARKS["gave_up"], kind),)) for kind, count in kinds.items()]
    questions = [one for one in gave if one.other]
    return Page(
        (
            Chart("After which step", "Of all conversations. Line: 95 % interval.", _most(bars), "Nobody gave up.", True),
            _pairs("At which question", "The question left unanswered.", questions, "move", "question", MARKS["gave_up"], months),
        )
    )


def promises(counts: Counts, months: Sequence[date]) -> Page:
    """Promises kept, and whether what was received is what was expected."""
    made = counts("promise")
    states = _sums(made, lambda one: one.name)
    settled = sum(states.get(name, 0) for name in ("kept", "late", "broken"))
    bars = [_share("state", name, count, settled, ((MARKS["promise"], name),)) for name, count in states.items() if name != "open"]
    met = _sums(counts("expectation"), lambda one: one.name)
    judged = sum(count for name, count in met.items() if name != "awaited")
    expected = [
        _share("state", name, count, judged, ((MARKS["expectation"], name),)) for name, count in met.items() if name != "awaited"
    ]
    broken = [one for one in made if one.name in ("late", "broken")]
    return Page(
        (
            Chart("Promises that fell due", "Conversations by state.", _most(bars), "No promise fell due.", True),
            Chart(
                "Conformance to expectation",
                "What customers received, against the picture they had given us.",
                _most(expected),
                "No expectation was checked.",
                True,
            ),
            _pairs("Late or broken, by remedy", "What was not kept.", broken, "state", "remedy", MARKS["promise"], months),
        )
    )


def avoided(counts: Counts, months: Sequence[date]) -> Page:
    """How much purchase was avoided: what became of requests for a product."""
    asked, spared = counts("asked_product"), counts("avoided")
    rungs = _sums(asked, lambda one: one.name)
    whole = sum(rungs.values())
    bars = [_share("rung", rung, count, whole, ((MARKS["asked_product"], rung),)) for rung, count in rungs.items()]
    sums = _amounts(spared)
    counted = _sums(spared, lambda one: one.name)
    money = tuple(
        Bar("rung", rung, counted[rung], ((MARKS["avoided"], rung),), sum=amount)
        for rung, amount in sorted(sums.items(), key=lambda item: -item[1])
        if amount
    )
    return Page(
        (
            Chart(
                "Asked for a product, came to",
                "By what was agreed.",
                _most(bars),
                "Nobody asked for one.",
                True,
            ),
            Chart(
                "Cost to own avoided",
                "An estimate: the cheapest purchase that is a remedy for the same problem, less what was agreed, both with their "
                "whole cost over the company's horizon. Where a cost is not in the catalogue nothing is added.",
                money,
                "Nothing that can be put in figures.",
            ),
        ),
        (("avoided", f"{sum(sums.values()):.0f}", "money"),),
    )


QUESTIONS: Mapping[str, tuple[str, Callable[[Counts, Sequence[date]], Page]]] = {
    "needs": ("What do customers really need?", needs),
    "breaking": ("What is breaking, and which causes rise?", breaking),
    "remedies": ("Which remedies work?", remedies),
    "others": ("What do we send to others, and should we?", others),
    "giving-up": ("Where do people give up?", giving_up),
    "promises": ("Do we keep our promises?", promises),
    "avoided": ("How much purchase was avoided?", avoided),
}
"""The questions by the word in their address."""


def _chart(title: str, about: str, found: Sequence[Count], kind: str, name: str, months: Sequence[date]) -> Chart:
    monthly = _by_month([one for one in found if one.name], months, lambda one: one.name)
    bars = [Bar(kind, id, sum(counts), ((name, id),), counts) for id, counts in monthly.items()]
    return Chart(title, about, _most(bars), left_out=max(0, len(bars) - MOST_BARS))


def _pairs(title: str, about: str, found: Sequence[Count], kind: str, under: str, name: str, months: Sequence[date]) -> Chart:
    """Bars of pairs: the first of the pair is named by `kind`, the second by `under`."""
    monthly = _by_month([one for one in found if one.name], months, lambda one: (one.name, one.other))
    bars = [
        Bar(kind, id, sum(counts), _both(name, id, under, other), counts, note=under, under=other)
        for (id, other), counts in monthly.items()
    ]
    return Chart(title, about, _most(bars), left_out=max(0, len(bars) - MOST_BARS))


def _both(name: str, id: str, under: str, other: str) -> tuple[tuple[str, str], ...]:
    """The filter of a pair: one mark holds both, except for what the review room itself marks."""
    if name == "model":
        return (("model", id), ("need", other)) if other else (("model", id),)
    return ((name, f"{id}={other}" if other else id),)


def _rising(found: Sequence[Count], begun: Sequence[Count], months: Sequence[date]) -> list[Bar]:
    if len(months) <= LATELY:
        return []
    new = set(months[-LATELY:])
    all_before = sum(one.count for one in begun if one.month not in new)
    all_lately = sum(one.count for one in begun if one.month in new)
    bars = []
    for id, counts in _by_month(found, months, lambda one: one.name).items():
        count, lately = sum(counts), sum(counts[-LATELY:])
        before = count - lately
        chance = grown((before, all_before), (lately, all_lately))
        if chance >= GREW and lately > 2:
            note = (
                f"{lately} of {all_lately} conversations, {before} of {all_before} before; it grew with a chance of {_sure(chance)}"
            )
            bars.append(Bar("cause", id, count, ((MARKS["cause"], id),), counts, low=chance, note=note))
    return bars


def grown(before: tuple[int, int], after: tuple[int, int]) -> float:
    """The chance (0..1) that a share grew, from (found, of how many) before and after: Beta posteriors with a uniform prior, their
    difference taken as normal.
    """
    (mean, spread), (later, wider) = _posterior(*before), _posterior(*after)
    return 0.5 * (1 + erf((later - mean) / sqrt(2 * (spread + wider))))


def _sure(chance: float) -> str:
    return "over 99%" if chance > 0.99 else f"{chance:.0%}"


def _posterior(found: int, of: int) -> tuple[float, float]:
    a, b = 1 + found, 1 + max(0, of - found)
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))


def _share(kind: str, id: str, count: int, of: int, filters: tuple[tuple[str, str], ...]) -> Bar:
    low, high = interval(count, max(0, of - count))
    return Bar(kind, id, count, filters, share=count / of if of else 0.0, low=low, high=high, note=f"{count} of {of}")


def _by_rung(found: Sequence[Count]) -> list[tuple[str, str, int]]:
    return [(rung, remedy, count) for (rung, remedy), count in _sums(found, lambda one: (one.name, one.other)).items()]


def _by_month(found: Sequence[Count], months: Sequence[date], key: Callable[[Count], Any]) -> dict[Any, tuple[int, ...]]:
    """The count of each month, by key, in one walk through the counts."""
    places = {month: place for place, month in enumerate(months)}
    sums: dict[Any, list[int]] = {}
    for one in found:
        if one.month in places:
            sums.setdefault(key(one), [0] * len(months))[places[one.month]] += one.count
    return {name: tuple(counts) for name, counts in sums.items()}


def _most(bars: Sequence[Bar]) -> tuple[Bar, ...]:
    return tuple(sorted(bars, key=lambda bar: (-bar.count, bar.id, bar.under))[:MOST_BARS])


def _sums(found: Sequence[Count], key: Callable[[Count], object]) -> dict:  # type: ignore[type-arg]  # keys are texts or pairs
    sums: dict[object, int] = {}
    for one in found:
        sums[key(one)] = sums.get(key(one), 0) + one.count
    return sums


def _amounts(found: Sequence[Count]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for one in found:
        sums[one.name] = sums.get(one.name, 0.0) + one.amount
    return sums
