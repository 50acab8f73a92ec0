"""The tables of scores, of what the company learns, and of experiments."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, Table, UniqueConstraint

from bot.store.columns import Json, Name, PlainText, RowId, UtcTime
from bot.store.tables import metadata

INTERNAL = {"internal": True}
"""Marks tables of notes about our own work: erased with a conversation, but no part of a customer's own copy."""


def _id() -> Column:
    return Column("id", RowId, primary_key=True)


def _of() -> Column:
    return Column("conversation_id", Name, ForeignKey("conversations.id"), nullable=False)


def _name(name: str) -> Column:
    return Column(name, Name, nullable=False)


def _text(name: str) -> Column:
    return Column(name, PlainText, nullable=False)


def _json(name: str) -> Column:
    return Column(name, Json, nullable=False)


def _time(name: str) -> Column:
    return Column(name, UtcTime, nullable=False)


score_rubrics = Table(
    "score_rubrics",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    _json("criteria"),
    _text("note"),
    _name("by"),
    _time("created_at"),
)

scores = Table(
    "scores",
    metadata,
    _id(),
    _of(),
    _name("catalogue_id"),
    _name("channel"),
    Column("simulated", Boolean, nullable=False),
    Column("month", Date, nullable=False),
    Column("rubric_version", Integer, nullable=False),
    Column("total", Float),
    _json("points"),
    _json("facts"),
    _time("created_at"),
    UniqueConstraint("conversation_id"),
    Index("ix_scores_total", "simulated", "total", "id"),
    Index("ix_scores_channel_total", "simulated", "channel", "total", "id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)
"""The automatic score of a conversation, and the facts it added to `learned`."""

score_judgements = Table(
    "score_judgements",
    metadata,
    _id(),
    _of(),
    _name("reviewer"),
    Column("rubric_version", Integer, nullable=False),
    _json("marks"),
    Column("total", Float),
    _text("note"),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("conversation_id", "reviewer"),
    Index("ix_score_judgements_rubric_version", "rubric_version", "conversation_id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)

score_resolutions = Table(
    "score_resolutions",
    metadata,
    _id(),
    _of(),
    _name("by"),
    Column("rubric_version", Integer, nullable=False),
    _json("marks"),
    Column("total", Float),
    _text("note"),
    _time("created_at"),
    UniqueConstraint("conversation_id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)

score_queues = Table(
    "score_queues",
    metadata,
    _id(),
    _name("name"),
    _text("about"),
    _name("by"),
    _time("created_at"),
    Column("closed_at", UtcTime),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

score_tasks = Table(
    "score_tasks",
    metadata,
    _id(),
    _of(),
    Column("queue_id", RowId, ForeignKey("score_queues.id"), nullable=False),
    Column("second", Boolean, nullable=False),
    _name("reviewer"),
    _name("state"),
    _time("created_at"),
    Column("done_at", UtcTime),
    UniqueConstraint("conversation_id", "queue_id", "second"),
    Index("ix_score_tasks_queue_id", "queue_id", "state", "id"),
    Index("ix_score_tasks_reviewer", "reviewer", "state", "id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)
"""One reading of one conversation in a queue; `second` marks the second reviewer's."""

coaching_notes = Table(
    "coaching_notes",
    metadata,
    _id(),
    _of(),
    Column("seq", Integer),
    _name("rep"),
    _name("by"),
    _text("text"),
    Column("example", Boolean, nullable=False),
    _time("created_at"),
    Column("read_at", UtcTime),
    Index("ix_coaching_notes_rep", "rep", "id"),
    Index("ix_coaching_notes_conversation_id", "conversation_id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)

to_learn = Table(
    "to_learn",
    metadata,
    _id(),
    _of(),
    _time("since"),
    UniqueConstraint("conversation_id"),
    Index("ix_to_learn_since", "since", "id"),
    info=INTERNAL,
)
"""Conversations that are to be scored and counted anew for something else than a message: a promise kept, a check-in answered."""

learned_until = Table(
    "learned_until",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _time("at"),
    _name("after"),
)
"""How far the conversations were looked at, in the order of their last activity; its one row is also the lock of those who look."""

learned = Table(
    "learned",
    metadata,
    Column("simulated", Boolean, primary_key=True),
    Column("catalogue_id", Name, primary_key=True),
    Column("topic", Name, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("other", Name, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("amount", Float, nullable=False),
)
"""How often what was found in conversations that began in a month. Names nobody."""

experiments = Table(
    "experiments",
    metadata,
    Column("id", Name, primary_key=True),
    _text("title"),
    _name("kind"),
    _name("subject"),
    _json("arms"),
    _name("measure"),
    _name("state"),
    _text("why"),
    _json("tally"),
    _name("by"),
    _time("created_at"),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    Index("ix_experiments_state", "state"),
)

experiment_arms = Table(
    "experiment_arms",
    metadata,
    _id(),
    _of(),
    Column("experiment_id", Name, ForeignKey("experiments.id"), nullable=False),
    _name("arm"),
    Column("simulated", Boolean, nullable=False),
    Column("outcome", Boolean),
    _time("created_at"),
    Column("settled_at", UtcTime),
    UniqueConstraint("conversation_id", "experiment_id"),
    Index("ix_experiment_arms_experiment_id", "experiment_id", "arm", "id"),
    info=INTERNAL,
    sqlite_autoincrement=True,
)
"""Which arm of an experiment a conversation met, and what came of it once that is known."""
