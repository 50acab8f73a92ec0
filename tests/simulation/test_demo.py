"""Filling an installation for a demonstration, and emptying it of that again."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.content.phrases import load_phrases
from bot.knowledge import PROJECT, Knowledge
from bot.learning.company.refreshing import refresh
from bot.learning.correcting import Corrector
from bot.learning.learnt import LearntFiles
from bot.simulation.demo.filling import Clock, Plan, fill
from bot.simulation.demo.reviewing import reviewed
from bot.simulation.demo.talking import AsMeant
from bot.store import make_engine, open_store, records, upgrade
from bot.store.corrections import ProposalState
from bot.store.demonstration import DemonstrationStore
from tests.advice.worlds import BIKES

UNTIL = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
KNOWLEDGE = Knowledge(BIKES, "bikes", AsMeant(), load_phrases(PROJECT / "domain.yml"))
REAL = "a-real-conversation"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database that holds one real conversation and one real outcome."""
    url = f"sqlite:///{tmp_path}/records.sqlite3"
    store = open_store(url)
    with store.begin() as work:
        held = records.Conversation(id=REAL, consent=records.Consent.GIVEN)
        work.conversations.record(work.conversations.start(held), records.Turn(conversation_id=REAL, user_text="hello"))
        work.outcomes.add("bikes", "patch", "thorn", worked=True)
        work.counters.add("turns")
    store.close()
    return url


def filled(url: str, conversations: int = 50, seed: int = 1) -> tuple[DemonstrationStore, list[records.Conversation]]:
    """A demonstration store after filling, and its conversations."""
    clock, engine = Clock(UNTIL), make_engine(url)
    upgrade(engine)
    store = DemonstrationStore(engine, clock=clock.now)
    fill(store, clock, KNOWLEDGE, Plan(conversations, 120, seed, 0.0), UNTIL)
    with store.read() as work:
        return store, [one for one in work.conversations.recent(10_000) if one.id != REAL]


def test_it_spreads_marked_conversations_over_the_months(url: str) -> None:
    """Every conversation is marked as simulated, may be kept, lies in the time asked for, and fills several months."""
    store, talks = filled(url)
    assert len(talks) >= 50
    assert {one.face for one in talks} == {records.Face.SIMULATED}
    assert {one.hold_until for one in talks} == {None}
    assert all(UNTIL - timedelta(days=120) <= one.started_at <= UNTIL for one in talks)
    assert len({one.started_at.month for one in talks}) >= 3
    assert {"call", "widget"} <= {one.channel for one in talks}
    store.close()


def test_it_leaves_something_on_every_page(url: str) -> None:
    """There are promises kept and broken, check-ins answered, feedback both ways, and conversations given up."""
    store, talks = filled(url)
    with store.read() as work:
        of = [one.id for one in talks]
        promises = {one.state for id in of for one in work.promises.of_conversation(id)}
        checked = {one.worked for id in of for one in work.check_ins.of_conversation(id) if one.answered_at}
        ratings = {one.rating for id in of for one in work.feedback.of_conversation(id)}
        ends = {work.turns.latest(id, 1)[0].move["kind"] for id in of}
        customers = [work.customers.get(one.customer_id) for one in talks if one.customer_id]
    assert {records.PromiseState.KEPT, records.PromiseState.BROKEN} <= promises
    assert True in checked
    assert ratings == {1, -1}
    assert "farewell" in ends
    assert len(ends) > 2
    assert customers
    assert all(one is not None and one.is_test for one in customers)
    store.close()


def test_reps_hold_calls_that_can_be_coached(url: str) -> None:
    """Two reps held discovery calls with the guide, promised things in them, and have a coach's notes on them."""
    store, talks = filled(url)
    with store.read() as work:
        reps = [work.users.by_name(name) for name in ("demo-ada", "demo-ben")]
        assert all(rep is not None and not rep.password_hash for rep in reps)
        held = {rep.name: work.calls.of_rep(rep.name, 50) for rep in reps if rep}
        notes = [work.coaching.of_rep(rep.id) for rep in reps if rep]
        ids = [call.conversation_id for calls in held.values() for call in calls]
        kinds = {action.kind for id in ids for action in work.calls.latest(id, 100)}
        promises = [one for id in ids for one in work.promises.of_conversation(id)]
    assert all(len(calls) >= 2 for calls in held.values())
    assert set(ids) == {one.id for one in talks if _is_call(one)}
    assert {"begin", "consent", "said", "tick", "promise", "end"} <= kinds
    assert any(one.remedy_id for one in promises)
    assert any(one.owner.startswith("demo-") for one in promises)
    assert all(len(each) >= 2 for each in notes)
    store.close()


def test_its_experiments_come_to_something(url: str) -> None:
    """The simulated experiments met both arms and count what came of them once the conversations are looked at."""
    store, _ = filled(url)
    with store.begin() as work:
        work.learned.touch_all()
    refresh(store, BIKES, UNTIL + timedelta(days=1), most=10_000)
    with store.read() as work:
        tallies = {one.id: one.tally.get("arms", {}) for one in work.experiments.all()}
    assert all(name.startswith("demo-") and len(arms) == 2 for name, arms in tallies.items())
    assert len(tallies) == 2
    assert all(known >= 3 for arms in tallies.values() for known, _ in arms.values())
    store.close()


def looked_over(url: str, folder: Path) -> DemonstrationStore:
    """A demonstration store whose conversations are scored and reviewed."""
    store, _ = filled(url)
    with store.begin() as work:
        work.learned.touch_all()
    refresh(store, BIKES, UNTIL + timedelta(days=1), most=10_000)
    reviewed(store, Corrector(store, lambda: BIKES, lambda: LearntFiles(folder / "learnt", folder)))
    return store


def test_trainers_left_work_half_done(url: str, tmp_path: Path) -> None:
    """A queue is read in part, some of it twice with marks apart and one disagreement settled, and corrections wait."""
    store = looked_over(url, tmp_path)
    with store.read() as work:
        (queue,) = work.queues.all()
        progress = work.queues.progress(queue.id)
        shared = work.judgements.shared(0)
        settled = work.judgements.resolved(tuple(each[0].conversation_id for each in shared))
        waiting = work.proposals.in_state(ProposalState.WAITING)
    assert len(progress) == 2
    assert all(0 < one.done < one.all for one in progress)
    assert len(shared) >= 4
    assert any(each[0].marks != each[1].marks for each in shared)
    assert len(settled) == 1
    assert waiting
    assert all(one.conversation_id.startswith("demo-") for one in waiting)
    assert not list((tmp_path / "learnt").glob("*/*.yml"))
    store.close()


def test_what_the_trainers_did_goes_too(url: str, tmp_path: Path) -> None:
    """Removing the demonstration takes its queues, marks, corrections and trainers with it."""
    store = looked_over(url, tmp_path)
    store.remove_simulated()
    with store.read() as work:
        assert work.queues.all() == ()
        assert work.judgements.shared(0) == ()
        assert work.proposals.counts() == {}
        assert work.users.all() == ()
    store.close()


def _is_call(talk: records.Conversation) -> bool:
    return talk.channel == "call" and not talk.id.endswith("-again")


def test_real_figures_stay_as_they_are(url: str) -> None:
    """Outcomes and counts of the demonstration stand under names of their own, so no prior and no figure moves."""
    store, _ = filled(url)
    with store.read() as work:
        assert [(one.worked, one.failed) for one in work.outcomes.of_catalogue("bikes")] == [(1, 0)]
        assert work.counters.totals()["turns"] == 1
        assert work.counters.totals()["simulated:turns"] > 100
    store.close()


def test_removing_it_leaves_the_real_records_only(url: str) -> None:
    """What was there before is there afterwards, and nothing else, in any table."""
    store, _ = filled(url)
    assert store.simulated() >= 50
    assert store.remove_simulated() >= 50
    assert store.simulated() == 0
    with store.read() as work:
        assert [one.id for one in work.conversations.recent(10)] == [REAL]
        assert work.customers.search() == ()
        assert work.outcomes.of_catalogue("simulated:bikes") == ()
        assert set(work.counters.totals()) == {"turns"}
        assert len(work.outcomes.of_catalogue("bikes")) == 1
        assert work.users.all() == ()
        assert work.experiments.all() == ()
    store.close()


def test_the_same_seed_tells_the_same_story(tmp_path: Path) -> None:
    """Two installations filled alike hold the same conversations, word for word."""
    told = []
    for name in ("one", "two"):
        store, talks = filled(f"sqlite:///{tmp_path}/{name}.sqlite3", 12)
        with store.read() as work:
            told.append({talk.id: [turn.user_text for turn in work.turns.after(talk.id)] for talk in talks})
        store.close()
    assert told[0] == told[1]
