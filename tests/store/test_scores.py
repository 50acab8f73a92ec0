"""Scores, queues, coaching, counts and experiments as they are kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from bot.store import Conflict, NotFound, Store, records
from bot.store.experiments import ArmMet, Experiment, ExperimentState
from bot.store.score_queues import Queue, TaskState
from bot.store.scores import CoachingNote, Judgement, Resolution, RubricVersion, Score
from tests.store.conftest import Clock

MAY = date(2026, 5, 1)
PLACE = (False, "bikes", MAY)
LATER = datetime(2100, 1, 1, tzinfo=timezone.utc)


def begun(store: Store, *ids: str) -> None:
    """Conversations of those ids, with a turn each."""
    with store.begin() as work:
        for id in ids:
            held = work.conversations.start(records.Conversation(id=id, consent=records.Consent.GIVEN))
            work.conversations.record(held, records.Turn(conversation_id=id, user_text="hello"))


def scored(id: str, total: float | None, **more: object) -> Score:
    """A score."""
    return Score(conversation_id=id, catalogue_id="bikes", month=MAY, rubric_version=0, total=total, **more)  # type: ignore[arg-type]


def test_scores_are_listed_from_the_lowest(store: Store) -> None:
    """The lowest come first, page by page, without those that have none; tests and simulations stay apart."""
    begun(store, "a", "b", "c", "d", "e")
    with store.begin() as work:
        for id, total, simulated in (
            ("a", 70.0, False),
            ("b", 20.0, False),
            ("c", None, False),
            ("d", 20.0, False),
            ("e", 1.0, True),
        ):
            work.scores.add(scored(id, total, simulated=simulated))
        first = work.scores.lowest(False, limit=2)
        rest = work.scores.lowest(False, after=(20.0, first[-1].id))
        assert [one.conversation_id for one in (*first, *rest)] == ["b", "d", "a"]
        assert work.scores.many(("a", "c", "x")) == {"a": 70.0, "c": None}


def test_counts_follow_what_conversations_say(store: Store) -> None:
    """Facts are counted by month; when a conversation says otherwise later, only the difference moves."""
    with store.begin() as work:
        work.learned.change(PLACE, (), (("need", "on_time", "", 0.0), ("avoided", "fix", "late", 900.0)))
        work.learned.change(PLACE, (), (("need", "on_time", "", 0.0),))
        work.learned.change(PLACE, (("need", "on_time", "", 0.0),), (("need", "cheaper", "", 0.0),))
        counts = work.learned.counts("need", "bikes", MAY, date(2026, 6, 1))
        assert {one.name: one.count for one in counts} == {"on_time": 1, "cheaper": 1}
        assert [one.amount for one in work.learned.counts("avoided", "bikes", MAY, date(2026, 6, 1))] == [900.0]
        assert work.learned.counts("need", "bikes", MAY, date(2026, 6, 1), simulated=True) == ()
        assert work.learned.counts("need", "bikes", date(2026, 6, 1), date(2026, 7, 1)) == ()


def test_erasing_a_conversation_takes_it_out_of_every_count(store: Store) -> None:
    """What an erased conversation gave is counted no more, and nothing of its scores, notes and arms is left."""
    begun(store, "a", "b")
    with store.begin() as work:
        for id in ("a", "b"):
            work.learned.change(PLACE, (), (("need", "on_time", "", 0.0),))
            work.scores.add(scored(id, 50.0, facts=(("need", "on_time", "", 0.0),)))
        work.judgements.put(Judgement(conversation_id="a", reviewer="kim", rubric_version=0, marks={"early": 2}))
        work.judgements.resolve(Resolution(conversation_id="a", by="kim", rubric_version=0, marks={}))
        work.coaching.add(CoachingNote(conversation_id="a", rep="ada", by="kim", text="well asked"))
        work.queues.add(Queue(name="sample"), ["a", "b"], ["kim"], 0)
        work.experiments.create(Experiment(id="e", title="E", kind="wording", subject="x", arms=({"name": "a"},), measure="served"))
        work.experiments.meet(ArmMet(conversation_id="a", experiment_id="e", arm="a"))
    with store.begin() as work:
        work.erase_conversation("a")
    with store.read() as work:
        assert [one.count for one in work.learned.counts("need", "bikes", MAY, date(2026, 6, 1))] == [1]
        assert work.scores.of("a") is None
        assert work.judgements.of_conversation("a") == ()
        assert work.coaching.of_rep("ada") == ()
        assert work.experiments.of_conversation("a") == ()
        assert work.queues.tasks.of_queue(1)[0].conversation_id == "b"


def test_every_conversation_is_looked_at_once_it_is_quiet(store: Store, clock: Clock) -> None:
    """Each is found once, in batches; again when a message or a promise comes; and all again when asked for."""
    begun(store, "a", "b", "c")
    with store.begin() as work:
        first, place = work.learned.waiting(work.learned.place(), LATER, 2)
        work.learned.looked_at(first, place)
        second, place = work.learned.waiting(work.learned.place(), LATER, 2)
        work.learned.looked_at(second, place)
        assert (first, second) == (("a", "b"), ("c",))
        assert work.learned.waiting(work.learned.place(), LATER, 9)[0] == ()
    clock.pass_minutes(1)
    with store.begin() as work:
        work.promises.add(records.Promise(conversation_id="b", owner="we", what="call"))
        held = work.conversations.require("a")
        work.conversations.record(held, records.Turn(conversation_id="a", user_text="one more thing"))
    with store.begin() as work:
        again, place = work.learned.waiting(work.learned.place(), LATER, 9)
        assert set(again) == {"a", "b"}
        work.learned.looked_at(again, place)
        work.learned.touch_all()
        assert len(work.learned.waiting(work.learned.place(), LATER, 9)[0]) == 3


def test_a_conversation_still_going_on_is_left_alone(store: Store, clock: Clock) -> None:
    """Before it is quiet nothing is looked at."""
    begun(store, "a")
    with store.begin() as work:
        earlier = clock() - timedelta(minutes=30)
        assert work.learned.waiting(work.learned.place(), earlier, 9)[0] == ()


def test_a_reviewers_later_judgement_replaces_the_earlier(store: Store) -> None:
    """Each reviewer has one judgement of a conversation; those judged twice are found for agreement."""
    begun(store, "a", "b")
    with store.begin() as work:
        for reviewer, mark in (("kim", 0), ("sam", 2), ("kim", 1)):
            work.judgements.put(Judgement(conversation_id="a", reviewer=reviewer, rubric_version=1, marks={"early": mark}))
        work.judgements.put(Judgement(conversation_id="b", reviewer="kim", rubric_version=1, marks={}))
        ((one, other),) = work.judgements.shared(1)
        assert {one.reviewer: one.marks["early"], other.reviewer: other.marks["early"]} == {"kim": 1, "sam": 2}


def test_a_queue_is_dealt_out_and_a_share_read_twice(store: Store) -> None:
    """Conversations go round the reviewers; a second reading goes to another one; progress counts both."""
    begun(store, *"abcd")
    with store.begin() as work:
        queue = work.queues.add(Queue(name="sample", by="kim"), [*"abcd", "a"], ["kim", "sam"], 0.5)
        tasks = work.queues.tasks.of_queue(queue.id)
        assert len(tasks) == 6
        for second in (one for one in tasks if one.second):
            first = next(one for one in tasks if one.conversation_id == second.conversation_id and not one.second)
            assert first.reviewer != second.reviewer
        mine = work.queues.tasks.next(queue.id, "kim")
        assert mine is not None
        assert work.queues.tasks.end(mine.conversation_id, "kim", TaskState.DONE) == 1
        progress = {one.reviewer: (one.all, one.done) for one in work.queues.progress(queue.id)}
        assert sum(done for _, done in progress.values()) == 1
        assert work.queues.tasks.next(queue.id, "kim") != mine


def test_what_nobody_took_goes_to_who_asks_but_never_twice_to_one(store: Store) -> None:
    """Without reviewers named, whoever asks gets the next one, and the second reading goes to somebody else."""
    begun(store, "a")
    with store.begin() as work:
        queue = work.queues.add(Queue(name="open"), ["a"], [], 1)
        task = work.queues.tasks.next(queue.id, "kim")
        assert task is not None
        work.queues.tasks.take(task, "kim")
        work.queues.tasks.end("a", "kim", TaskState.DONE)
        assert work.queues.tasks.next(queue.id, "kim") is None
        assert work.queues.tasks.next(queue.id, "sam") is not None


def test_only_the_rep_reads_their_note(store: Store) -> None:
    """A note is marked as read by whom it is for."""
    begun(store, "a")
    with store.begin() as work:
        note = work.coaching.add(CoachingNote(conversation_id="a", seq=1, rep="ada", by="kim", text="well asked", example=True))
        with pytest.raises(NotFound):
            work.coaching.read(note.id, "ben")
        work.coaching.read(note.id, "ada")
        assert work.coaching.of_rep("ada")[0].read_at is not None
        assert work.coaching.reps() == ("ada",)


def test_two_people_cannot_make_the_same_version_of_the_rubric(store: Store) -> None:
    """The second is told, so that nothing of the first is lost."""
    with store.begin() as work:
        work.rubrics.add(RubricVersion(version=1, criteria=({"id": "early"},), by="kim"))
    with pytest.raises(Conflict), store.begin() as work:
        work.rubrics.add(RubricVersion(version=1, criteria=({"id": "late"},), by="sam"))
    with store.read() as work:
        newest = work.rubrics.newest()
        assert newest is not None
        assert newest.by == "kim"


def test_the_first_arm_a_conversation_meets_stays(store: Store) -> None:
    """Meeting again changes nothing; the outcome is noted once known; running ones are found."""
    begun(store, "a")
    with store.begin() as work:
        made = work.experiments.create(
            Experiment(id="e", title="E", kind="wording", subject="x", arms=({"name": "a"}, {"name": "b"}), measure="served")
        )
        assert work.experiments.running() == ()
        work.experiments.begin(made)
        work.experiments.meet(ArmMet(conversation_id="a", experiment_id="e", arm="a"))
        work.experiments.meet(ArmMet(conversation_id="a", experiment_id="e", arm="b"))
        (met,) = work.experiments.of_conversation("a")
        work.experiments.settle(met, True)
        assert [one.arm for one in work.experiments.of_conversation("a")] == ["a"]
        assert work.experiments.running()[0].state is ExperimentState.RUNNING
        ended = work.experiments.end(work.experiments.find("e"), ExperimentState.STOPPED, "harm")
        assert (ended.why, work.experiments.running()) == ("harm", ())
