"""Queues of conversations to be scored by people: who reads which, and how far they have come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import func, insert, select, update

from bot.store.errors import NotFound
from bot.store.ledger import Clock, Ledger
from bot.store.records import UNSTORED, Entry
from bot.store.rows import record_of, values_of
from bot.store.score_tables import score_queues, score_tasks


class TaskState(str, Enum):
    """Waiting to be read, done, or passed over."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Conversations gathered to be scored; `about` says how they were chosen."""

    id: int = 0
    name: str
    about: str = ""
    by: str = ""
    created_at: datetime = UNSTORED
    closed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Task(Entry):
    """One conversation to be read by one reviewer ("" while nobody took it); `second` is the second reviewer's reading."""

    queue_id: int
    second: bool = False
    reviewer: str = ""
    state: TaskState = TaskState.WAITING
    done_at: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """How many readings a queue, or a reviewer in it, has in all, done and passed over."""

    reviewer: str
    all: int
    done: int
    skipped: int


class Queues:
    """The queues."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock
        self.tasks = Tasks(session, clock)

    def add(self, queue: Queue, conversation_ids: Sequence[str], reviewers: Sequence[str], twice: float) -> Queue:
        """Store a queue over conversations, dealt out to the reviewers in turn (to nobody when there are none).

        Of every 1 / `twice` conversations one is read by a second reviewer too. Raises `Conflict` when the name is taken.
        """
        fresh = replace(queue, created_at=self._clock())
        result = self._session.execute(insert(score_queues), values_of(fresh, "id"))
        stored = replace(fresh, id=result.inserted_primary_key[0])
        self.tasks.add_all(list(_dealt(stored, dict.fromkeys(conversation_ids), reviewers, twice)))
        return stored

    def get(self, queue_id: int) -> Queue:
        """One queue. Raises `NotFound`."""
        row = self._session.execute(select(score_queues).where(score_queues.c.id == queue_id)).first()
        if row is None:
            raise NotFound("There is no such queue.")
        return record_of(Queue, row)

    def all(self, limit: int = 100) -> tuple[Queue, ...]:
        """The queues, newest first."""
        rows = self._session.execute(select(score_queues).order_by(score_queues.c.id.desc()).limit(limit))
        return tuple(record_of(Queue, row) for row in rows)

    def close(self, queue_id: int) -> None:
        """Close a queue, or open it again when it is closed. Raises `NotFound`."""
        found = self.get(queue_id)
        closed = None if found.closed_at else self._clock()
        self._session.execute(update(score_queues).where(score_queues.c.id == queue_id).values(closed_at=closed))

    def progress(self, queue_id: int) -> tuple[Progress, ...]:
        """How far each reviewer of a queue has come, by name."""
        row = score_tasks.c
        counted = select(row.reviewer, row.state, func.count()).where(row.queue_id == queue_id).group_by(row.reviewer, row.state)
        found: dict[str, dict[str, int]] = {}
        for reviewer, state, count in self._session.execute(counted):
            found.setdefault(reviewer, {})[state] = count
        done, skipped = TaskState.DONE.value, TaskState.SKIPPED.value
        return tuple(
            Progress(name, sum(states.values()), states.get(done, 0), states.get(skipped, 0))
            for name, states in sorted(found.items())
        )


def _dealt(queue: Queue, conversation_ids: Iterable[str], reviewers: Sequence[str], twice: float) -> Iterator[Task]:
    """A reading of every conversation, dealt out in turn, and of a share of them a second one by somebody else."""
    for place, conversation_id in enumerate(conversation_ids):
        first = reviewers[place % len(reviewers)] if reviewers else ""
        yield Task(conversation_id=conversation_id, queue_id=queue.id, reviewer=first, created_at=queue.created_at)
        if int((place + 1) * twice) > int(place * twice):
            other = reviewers[(place + 1) % len(reviewers)] if len(reviewers) > 1 else ""
            yield Task(conversation_id=conversation_id, queue_id=queue.id, reviewer=other, second=True, created_at=queue.created_at)


class Tasks(Ledger[Task]):
    """The readings of all queues."""

    table, kind = score_tasks, Task

    def add_all(self, tasks: Sequence[Task]) -> None:
        """Store new readings, which have their times."""
        if tasks:
            self._session.execute(insert(score_tasks), [values_of(each, "id") for each in tasks])

    def next(self, queue_id: int, reviewer: str) -> Task | None:
        """What a reviewer reads next: their own, else one nobody took whose other reading is not theirs."""
        row = score_tasks.c
        waiting = (row.queue_id == queue_id, row.state == TaskState.WAITING.value)
        mine = select(score_tasks).where(*waiting, row.reviewer == reviewer).order_by(row.id).limit(1)
        found = self._session.execute(mine).first() or self._session.execute(self._free(queue_id, reviewer)).first()
        return None if found is None else record_of(Task, found)

    def take(self, task: Task, reviewer: str) -> Task:
        """Give a reading to a reviewer."""
        return self.save(replace(task, reviewer=reviewer))

    def end(self, conversation_id: str, reviewer: str, state: TaskState) -> int:
        """Mark a reviewer's readings of a conversation as done or passed over, in every queue; says how many."""
        row = score_tasks.c
        mine = update(score_tasks).where(
            row.conversation_id == conversation_id, row.reviewer == reviewer, row.state == TaskState.WAITING.value
        )
        return int(self._session.execute(mine.values(state=state.value, done_at=self._clock())).rowcount)

    def of_queue(self, queue_id: int, state: TaskState | None = None, after: int = 0, limit: int = 50) -> tuple[Task, ...]:
        """The readings of a queue after that id."""
        row = score_tasks.c
        states = [row.state == state.value] if state else []
        return self._where(row.queue_id == queue_id, *states, row.id > after, limit=limit)

    def _free(self, queue_id: int, reviewer: str) -> Any:
        row, other = score_tasks.c, score_tasks.alias()
        theirs = select(other.c.id).where(
            other.c.conversation_id == row.conversation_id, other.c.queue_id == row.queue_id, other.c.reviewer == reviewer
        )
        free = (row.queue_id == queue_id, row.state == TaskState.WAITING.value, row.reviewer == "")
        return select(score_tasks).where(*free, ~theirs.exists()).order_by(row.id).limit(1)
