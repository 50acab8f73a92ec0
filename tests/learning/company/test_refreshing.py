"""Scores and counts follow the conversations: made once each is quiet, corrected when something happens later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.content.phrases import load_phrases
from bot.knowledge import PROJECT, Knowledge
from bot.learning.company.refreshing import QUIET, refresh
from bot.learning.experiments.judging import counted, harmful, standings
from bot.simulation.demo.filling import Clock, Plan, fill
from bot.simulation.demo.talking import AsMeant
from bot.store import make_engine, records, upgrade
from bot.store.demonstration import DemonstrationStore
from bot.store.experiments import ArmMet, Experiment, ExperimentState
from bot.store.review_filter import Sought
from tests.advice.worlds import BIKES

UNTIL = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
EVER = (date(2020, 1, 1), date(2030, 1, 1))
KNOWLEDGE = Knowledge(BIKES, "bikes", AsMeant(), load_phrases(PROJECT / "domain.yml"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemonstrationStore]:
    """Forty simulated conversations, scored and counted."""
    folder: Path = tmp_path_factory.mktemp("learned")
    engine, clock = make_engine(f"sqlite:///{folder}/records.sqlite3"), Clock(UNTIL)
    upgrade(engine)
    store = DemonstrationStore(engine, clock=clock.now)
    fill(store, clock, KNOWLEDGE, Plan(40, 90, 3, 0.0), UNTIL)
    refresh(store, BIKES, UNTIL + timedelta(days=400), 10_000)
    yield store
    store.close()


def test_every_conversation_gets_a_score_that_its_points_explain(store: DemonstrationStore) -> None:
    """Each quiet conversation has a score whose points add up to it."""
    with store.read() as work:
        for talk in work.conversations.recent(1000):
            score = work.scores.of(talk.id)
            assert score is not None
            assert score.simulated
            assert sum(point["points"] for point in score.points) == pytest.approx(score.total, abs=0.02)


def test_counts_equal_what_the_conversations_say(store: DemonstrationStore) -> None:
    """The sums are exactly those of the facts of all conversations, and real figures hold none of them."""
    with store.read() as work:
        facts: Counter[tuple[str, str, str]] = Counter()
        for talk in work.conversations.recent(1000):
            score = work.scores.of(talk.id)
            assert score is not None
            facts.update((topic, name, other) for topic, name, other, _ in score.facts)
        for topic in {fact[0] for fact in facts}:
            told: Counter[tuple[str, str, str]] = Counter()
            for one in work.learned.counts(topic, "bikes", *EVER, simulated=True):
                told[topic, one.name, one.other] += one.count
            assert told == {fact: count for fact, count in facts.items() if fact[0] == topic}
            assert work.learned.counts(topic, "bikes", *EVER) == ()


def test_every_bar_finds_its_conversations(store: DemonstrationStore) -> None:
    """The filter behind a count finds as many conversations as were counted."""
    with store.read() as work:
        ended: Counter[str] = Counter()
        for one in work.learned.counts("ended", "bikes", *EVER, simulated=True):
            ended[one.name] += one.count
        for name, count in ended.items():
            found, _ = work.review.some(Sought(wanted={"ended": (name,)}, tests=True))
            assert len(found) == count


def test_looking_again_changes_nothing(store: DemonstrationStore) -> None:
    """Scored and counted twice, everything is as it was."""
    with store.begin() as work:
        before = work.learned.counts("need", "bikes", *EVER, simulated=True)
        work.learned.touch_all()
    assert refresh(store, BIKES, UNTIL + timedelta(days=400), 10_000) > 0
    with store.read() as work:
        assert work.learned.counts("need", "bikes", *EVER, simulated=True) == before


def test_others_write_between_small_batches(store: DemonstrationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite nobody's turn is stored while a batch lasts: a batch is ten conversations, and it rests before the next."""
    with store.begin() as work:
        work.learned.touch_all()
    opened, rests = [], []
    begin = store.begin
    monkeypatch.setattr(store, "begin", lambda: opened.append(1) or begin())
    monkeypatch.setattr("bot.learning.company.refreshing.time.sleep", rests.append)
    looked_at = refresh(store, BIKES, UNTIL + timedelta(days=400), 10_000, rest=0.1)
    assert len(opened) >= looked_at / 10
    assert rests == [0.1] * (len(opened) - 1)


def test_what_is_said_again_costs_no_write(store: DemonstrationStore) -> None:
    """Counting a conversation anew writes nothing where it gives what it gave before, and else by one statement."""
    written: list[str] = []

    def noted(*told: Any) -> None:
        written.extend(line for line in [str(told[2])] if "INTO learned " in line)

    event.listen(store.engine, "before_cursor_execute", noted)
    try:
        with store.begin() as work:
            score = work.scores.of(work.conversations.recent(1)[0].id)
            assert score is not None
            place = (score.simulated, "elsewhere", score.month)
            work.learned.change(place, score.facts, score.facts)
            assert written == []
            work.learned.change(place, (), score.facts)
            work.learned.change(place, score.facts, ())
            assert len(written) == 2
            assert work.learned.counts("begun", "elsewhere", *EVER, simulated=True) == ()
    finally:
        event.remove(store.engine, "before_cursor_execute", noted)


def test_a_promise_kept_later_moves_its_count(store: DemonstrationStore) -> None:
    """When a late promise is kept after all, the counts follow once it is quiet."""
    with store.begin() as work:
        late = next(one for one in work.promises.unsettled() if one.remedy_id)
        before = work.scores.of(late.conversation_id)
        others = [one for one in work.promises.of_conversation(late.conversation_id) if one.remedy_id == late.remedy_id]
        for promise in others:
            work.promises.settle(promise.id, records.PromiseState.KEPT, "done after all")
    refresh(store, BIKES, UNTIL + timedelta(days=400), 10_000)
    with store.read() as work:
        after = work.scores.of(late.conversation_id)
    assert before is not None
    assert after is not None
    states = [{fact[1] for fact in score.facts if fact[0] == "promise" and fact[2] == late.remedy_id} for score in (before, after)]
    assert states[1] == {"kept"} != states[0]


def test_nobody_is_looked_at_while_talking(store: DemonstrationStore) -> None:
    """Within half an hour of the last message a conversation is left alone."""
    with store.begin() as work:
        talk = work.conversations.start(records.Conversation(id="fresh", consent=records.Consent.GIVEN, catalogue_id="bikes"))
        work.conversations.record(talk, records.Turn(conversation_id="fresh", user_text="hello"))
        last = work.conversations.require("fresh").last_active_at
    refresh(store, BIKES, last + QUIET - timedelta(minutes=1), 10_000)
    with store.read() as work:
        assert work.scores.of("fresh") is None
    with store.begin() as work:
        work.erase_conversation("fresh")


def test_an_arm_that_does_harm_stops_its_experiment(store: DemonstrationStore) -> None:
    """Outcomes settle when conversations are quiet; once the evidence of harm is strong enough, the experiment ends itself."""
    arms = ({"name": "as it is"}, {"name": "other", "text": "x"})
    with store.begin() as work:
        made = Experiment(id="demo-harm", title="H", kind="wording", subject="x", arms=arms, measure="agreed")
        for _ in range(12):
            for arm, won in (("as it is", True), ("other", False)):
                made = replace(made, tally=counted(made, arm, won))
        assert standings(made)[1].worse >= harmful(made)
        work.experiments.begin(work.experiments.create(made))
        talk = work.conversations.recent(1)[0]
        work.experiments.meet(ArmMet(conversation_id=talk.id, experiment_id="demo-harm", arm="as it is", simulated=True))
        work.learned.touch(talk.id)
    refresh(store, BIKES, UNTIL + timedelta(days=400), 10_000)
    with store.read() as work:
        found = work.experiments.find("demo-harm")
        (met,) = [one for one in work.experiments.of_conversation(talk.id) if one.experiment_id == "demo-harm"]
    assert found.state is ExperimentState.STOPPED
    assert "other" in found.why
    assert met.outcome is not None
