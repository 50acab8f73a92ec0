"""What simulated trainers did in the review room: a queue half read, marks that partly disagree, corrections that wait."""

from __future__ import annotations

import random
from collections.abc import Sequence

from bot.advice.heard import Act
from bot.advice.moves import MoveKind
from bot.learning.company.refreshing import in_force
from bot.learning.correcting import Corrector
from bot.learning.corrections import Correction, CorrectionInvalid
from bot.learning.scores import Rubric
from bot.simulation.demo.staging import trainers
from bot.store import Store, Work
from bot.store.access import User
from bot.store.demonstration import CONVERSATIONS
from bot.store.records import Json
from bot.store.review_filter import Sought
from bot.store.score_queues import Queue, Task, TaskState
from bot.store.scores import Judgement, Resolution, Score

SAMPLE = "share=10&tests=1"
"""The list the queue is made of, as its address says it."""

_QUEUED = 24
_TWICE = 0.5
_READ = 0.75
_APART = 0.15
"""How often a reviewer sees a criterion otherwise than the rule."""

_CORRECTED = 6
_LOOKED_THROUGH = 400


def reviewed(store: Store, corrector: Corrector, seed: int = 1) -> None:
    """Let the simulated trainers read a queue, settle one disagreement, and correct turns; needs the scores."""
    chance = random.Random(seed)
    with store.begin() as work:
        readers = trainers(work)
        queue = _queued(work, readers)
        tasks = work.queues.tasks.of_queue(queue.id, limit=2 * _QUEUED)
        for task in tasks[: round(len(tasks) * _READ)]:
            _judge(work, task, in_force(work), chance)
        _settle(work, readers[0], [task.conversation_id for task in tasks if task.second])
    _correct(store, corrector, readers[0])


def _queued(work: Work, readers: Sequence[User]) -> Queue:
    found, _ = work.review.some(Sought(share=0.1, tests=True))
    ids = [id for id in found if id.startswith(CONVERSATIONS)][:_QUEUED]
    name = "Failures and a tenth of the rest (simulated)"
    return work.queues.add(Queue(name=name, about=SAMPLE, by=readers[0].id), ids, [one.id for one in readers], _TWICE)


def _judge(work: Work, task: Task, rubric: Rubric, chance: random.Random) -> None:
    """Marks near those of the rule, as somebody gives who reads with care and has an eye of their own."""
    score = work.scores.of(task.conversation_id)
    if score is None:
        return
    marks = _marks(score, rubric, chance)
    judged = Judgement(
        conversation_id=task.conversation_id,
        reviewer=task.reviewer,
        rubric_version=rubric.version,
        marks=marks,
        total=rubric.total(marks),
    )
    work.judgements.put(judged)
    work.queues.tasks.end(task.conversation_id, task.reviewer, TaskState.DONE)


def _marks(score: Score, rubric: Rubric, chance: random.Random) -> Json:
    shares = {point["criterion"]: point["share"] for point in score.points}
    marks: Json = {}
    for criterion in rubric.counted:
        share = shares.get(criterion.id)
        mark = None if share is None else round(2 * share)
        apart = mark is not None and chance.random() < _APART
        marks[criterion.id] = (1 if mark != 1 else 2) if apart else mark
    return marks


def _settle(work: Work, by: User, read_twice: Sequence[str]) -> None:
    """Settle the first disagreement, in favour of the later reader."""
    for id in read_twice:
        judged = work.judgements.of_conversation(id)
        if len(judged) > 1 and judged[0].marks != judged[1].marks:
            last = judged[-1]
            note = "We talked it over: the second reading stands."
            work.judgements.resolve(
                Resolution(
                    conversation_id=id,
                    by=by.id,
                    rubric_version=last.rubric_version,
                    marks=last.marks,
                    total=last.total,
                    note=note,
                )
            )
            return


def _correct(store: Store, corrector: Corrector, by: User) -> None:
    """Correct turns that were answered by "did you mean" with what the customer turned out to mean."""
    with store.read() as work:
        rows = work.review.page(Sought(wanted={"is": ("did_you_mean",)}, tests=True), limit=_LOOKED_THROUGH).rows
        found = [
            (row.conversation_id, seq, row.problem) for row in rows if row.problem for seq in _unclear(work, row.conversation_id)
        ]
    done = 0
    for conversation_id, seq, problem in found:
        if done == _CORRECTED:
            return
        correction = Correction(meant=problem, note="What they chose afterwards is what they meant.")
        try:
            done += bool(corrector.correct(conversation_id, seq, correction, by.shown_name, seen=0).proposals)
        except CorrectionInvalid:
            continue


def _unclear(work: Work, conversation_id: str) -> list[int]:
    """The turns in which a problem was told and "did you mean" came back; none of a conversation that is not simulated."""
    if not conversation_id.startswith(CONVERSATIONS):
        return []
    turns = work.turns.after(conversation_id)
    asked = [one for one in turns if one.move.get("kind") == MoveKind.ASK_MEANT.value]
    return [one.seq for one in asked if Act.REPORTS_PROBLEM.value in one.heard.get("acts", ())][:1]
