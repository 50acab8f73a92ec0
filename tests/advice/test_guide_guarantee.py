"""The guide of a call offers no path around the guarantee, whatever a rep does in whatever order."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.catalogue import LADDER, Rung
from bot.advice.guide import Guide
from bot.advice.guide_ladder import Place
from bot.advice.heard import Act, CellName, Polarity, Source
from bot.advice.ladder import Standing, climb
from bot.advice.need_map import NeedMap
from tests.advice.random_calls import Moment, random_call
from tests.advice.random_worlds import random_catalogue

CHEAPER = (Rung.NOTHING, *LADDER[:-1])


@dataclass
class Watcher:
    """Looks at a call from outside: what the customer said, what was read back and confirmed, and what the guide then shows."""

    words: list[str] = field(default_factory=list)
    confirmed: dict[int, str] = field(default_factory=dict)
    purchases: int = 0

    def sees(self, moment: Moment) -> None:
        """Takes note of one moment. Raises AssertionError when a purchase is offered, promised or named too early."""
        self._note(moment)
        bought = [promise for promise in moment.dossier.promises[len(moment.before.promises) :] if _is_buy(moment, promise.remedy)]
        for promise in bought:
            self.purchases += 1
            self._earned(moment, moment.dossier.concerns[promise.concern])
        if _offers_purchase(moment):
            self.purchases += 1
            self._earned(moment, moment.dossier.concern)
            return
        if moment.guide.buy_is_open:
            self._earned(moment, moment.dossier.concern)
        self._closed(moment)

    def _note(self, moment: Moment) -> None:
        heard, concern = moment.heard, moment.before.concern
        if heard is None or heard.source is Source.REP:
            return
        self.words.append(heard.text)
        if moment.asked.startswith("read_back:") and concern is not None:
            if heard.polarity is Polarity.YES or heard.does(Act.AFFIRMS, Act.ACCEPTS):
                self.confirmed[concern.id] = concern.need
            if heard.polarity is Polarity.NO or heard.does(Act.DENIES, Act.REJECTS, Act.CORRECTS, Act.DOES_NOT_KNOW):
                self.confirmed.pop(concern.id, None)

    def _earned(self, moment: Moment, concern: NeedMap | None) -> None:
        assert concern is not None
        assert concern.need in moment.catalogue.outcomes, "no need"
        quotes = (concern.quote(CellName.NEED), concern.quote(CellName.PROBLEM))
        assert any(quote and any(quote in said for said in self.words) for quote in quotes), "not in the customer's words"
        assert self.confirmed.get(concern.id) == concern.need, "not read back and confirmed"
        ladder = climb(moment.dossier, concern, moment.catalogue)
        standing = [ladder.verdicts[rung].standing for rung in CHEAPER]
        assert standing == [Standing.REJECTED] * len(CHEAPER), "a cheaper rung still stands"

    def _closed(self, moment: Moment) -> None:
        """While it is not earned, no line of the guide names a purchase."""
        row = next(row for row in moment.guide.rungs if row.rung is Rung.BUY)
        if row.place is not Place.CLOSED:
            return
        assert (row.remedy, row.cost, row.chance, row.attributes) == ("", "", None, None)
        titles = [remedy.title for remedy in moment.catalogue.remedies.values() if remedy.rung is Rung.BUY]
        shared = {remedy.title for remedy in moment.catalogue.remedies.values() if remedy.rung is not Rung.BUY}
        lines = list(_lines(moment.guide))
        for title in titles:
            assert title in shared or not [line for line in lines if title in line], f"{title} is named too early"


def _is_buy(moment: Moment, remedy: str) -> bool:
    return remedy in moment.catalogue.remedies and moment.catalogue.remedies[remedy].rung is Rung.BUY


def _offers_purchase(moment: Moment) -> bool:
    return any(aloud.kind == "advice" and _is_buy(moment, aloud.name.partition(":")[2]) for aloud in moment.guide.aloud)


def _lines(guide: Guide) -> Iterator[str]:
    """Every line of the guide but the answers to what the customer asked: a price asked for is told honestly."""
    for asking in guide.questions:
        yield from (asking.say, asking.why, asking.gentler, asking.follow_up)
        yield from (listen.suggests for listen in asking.listen)
    for aloud in guide.aloud:
        yield from (aloud.say, *aloud.points, aloud.question)
    for row in guide.rungs:
        yield from (row.remedy, row.reason, row.change)
    yield from (flag.says for flag in guide.flags)
    yield from (objection.answer for objection in guide.objections)
    yield from (need.say for need in guide.guarantee)


def watched(seed: int, calls: int, actions: int) -> Counter[str]:
    """Random calls with one random company, each under the eyes of a watcher; how often each thing was done."""
    chance = random.Random(seed)
    catalogue = random_catalogue(chance)
    seen: Counter[str] = Counter()
    for number in range(calls):
        watcher = Watcher()
        try:
            for moment in random_call(chance, catalogue, actions):
                watcher.sees(moment)
                seen[moment.did] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, call {number}: {error!r}") from error
        seen["purchases"] += watcher.purchases
    return seen


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_no_random_call_leads_to_a_purchase_too_early(seed: int) -> None:
    """Skipping, jumping, pushing, ticking what was never asked: the guide names a purchase only when it is earned."""
    watched(seed, calls=1, actions=14)


@pytest.mark.slow
def test_the_watched_calls_do_reach_purchases() -> None:
    """The property is not empty: of many random calls some do end in a purchase, and every kind of action was tried."""
    seen = sum((watched(seed, calls=4, actions=20) for seed in range(40, 75)), Counter())
    assert seen["purchases"] > 10, f"too few purchases to prove anything: {seen}"
    assert min(seen[did] for did in ("note", "tick", "fact", "skip", "ask", "jump", "slip")) > 20
