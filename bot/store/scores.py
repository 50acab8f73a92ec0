"""Scores: rubrics by version, the automatic score of each conversation, what people judged, queues of reading, coaching notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, select, update

from bot.store.errors import NotFound
from bot.store.ledger import Clock, Ledger
from bot.store.records import UNSTORED, Entry, Json
from bot.store.rows import record_of, upsert, values_of
from bot.store.score_tables import (
    coaching_notes,
    score_judgements,
    score_resolutions,
    score_rubrics,
    scores,
)


@dataclass(frozen=True, kw_only=True)
class RubricVersion:
    """A rubric as stored; version 1 is the first that somebody edited."""

    version: int
    criteria: tuple[Json, ...]
    note: str = ""
    by: str = ""
    created_at: datetime = UNSTORED


@dataclass(frozen=True, kw_only=True)
class Score(Entry):
    """The automatic score of a conversation (0..100, None when nothing applied) and the facts it gave to the counts."""

    catalogue_id: str
    channel: str = ""
    simulated: bool = False
    month: date
    rubric_version: int
    total: float | None
    points: tuple[Json, ...] = ()
    facts: tuple[tuple[str, str, str, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judgement(Entry):
    """One reviewer's marks: criterion to 0, 1 or 2, or None where it does not apply."""

    reviewer: str
    rubric_version: int
    marks: Json
    total: float | None = None
    note: str = ""
    updated_at: datetime = UNSTORED


@dataclass(frozen=True, kw_only=True)
class Resolution(Entry):
    """What reviewers who disagreed settled on."""

    by: str
    rubric_version: int
    marks: Json
    total: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class CoachingNote(Entry):
    """A word to a rep about a conversation or one of its turns; `example` marks one worth listening to."""

    seq: int | None = None
    rep: str
    by: str
    text: str
    example: bool = False
    read_at: datetime | None = None


@dataclass(frozen=True)
class Overview:
    """How many conversations have a score, their mean, and how many lie in each tenth from 0–10 to 90–100."""

    count: int
    mean: float | None
    tenths: tuple[int, ...]


class Rubrics:
    """The versions of the rubric; the newest is in force."""

    def __init__(self, session: Any, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def newest(self) -> RubricVersion | None:
        """The rubric in force, None while nobody has edited it."""
        row = self._session.execute(select(score_rubrics).order_by(score_rubrics.c.version.desc()).limit(1)).first()
        return None if row is None else record_of(RubricVersion, row)

    def at(self, version: int) -> RubricVersion | None:
        """One version, or None."""
        row = self._session.execute(select(score_rubrics).where(score_rubrics.c.version == version)).first()
        return None if row is None else record_of(RubricVersion, row)

    def all(self, limit: int = 50) -> tuple[RubricVersion, ...]:
        """The versions, newest first."""
        found = select(score_rubrics).order_by(score_rubrics.c.version.desc()).limit(limit)
        return tuple(record_of(RubricVersion, row) for row in self._session.execute(found))

    def add(self, rubric: RubricVersion) -> RubricVersion:
        """Store a new version. Raises `Conflict` when somebody stored that version first."""
        fresh = replace(rubric, created_at=self._clock())
        self._session.execute(insert(score_rubrics), values_of(fresh))
        return fresh


class Scores(Ledger[Score]):
    """The automatic scores."""

    table, kind = scores, Score

    def of(self, conversation_id: str) -> Score | None:
        """The score of a conversation, None while it was not scored."""
        return self._one(scores.c.conversation_id == conversation_id)

    def lowest(
        self, simulated: bool, channel: str = "", after: tuple[float, int] | None = None, limit: int = 25
    ) -> tuple[Score, ...]:
        """The scores from the lowest up; `after` is the total and id of the last one seen."""
        row = scores.c
        conditions = [row.simulated.is_(simulated), row.total.is_not(None)]
        conditions += [row.channel == channel] if channel else []
        if after is not None:
            total, id = after
            conditions.append(and_(row.total >= total, (row.total > total) | (row.id > id)))
        found = select(scores).where(*conditions).order_by(row.total, row.id).limit(limit)
        return tuple(record_of(Score, each) for each in self._session.execute(found))

    def many(self, conversation_ids: tuple[str, ...]) -> dict[str, float | None]:
        """The totals of these conversations, by id."""
        found = select(scores.c.conversation_id, scores.c.total).where(scores.c.conversation_id.in_(conversation_ids))
        return {row.conversation_id: row.total for row in self._session.execute(found)}


class Judgements(Ledger[Judgement]):
    """What people judged, and what they settled on."""

    table, kind = score_judgements, Judgement

    def put(self, judgement: Judgement) -> Judgement:
        """Store a reviewer's marks of a conversation in place of the earlier ones."""
        before = self._one(
            score_judgements.c.conversation_id == judgement.conversation_id, score_judgements.c.reviewer == judgement.reviewer
        )
        fresh = replace(judgement, updated_at=self._clock())
        return self.add(fresh) if before is None else self.save(replace(fresh, id=before.id, created_at=before.created_at))

    def shared(self, rubric_version: int, limit: int = 2000) -> tuple[tuple[Judgement, ...], ...]:
        """The judgements of conversations that two or more judged by that version, by conversation, newest first."""
        row = score_judgements.c
        twice = select(row.conversation_id).where(row.rubric_version == rubric_version).group_by(row.conversation_id)
        ids = twice.having(func.count() > 1).order_by(func.max(row.id).desc()).limit(limit)
        chosen = tuple(self._session.execute(ids).scalars().all())
        found = self._where(row.conversation_id.in_(chosen), row.rubric_version == rubric_version) if chosen else ()
        judged: dict[str, list[Judgement]] = {id: [] for id in chosen}
        for one in found:
            judged[one.conversation_id].append(one)
        return tuple(tuple(each) for each in judged.values())

    def by_reviewer(self, reviewer: str, limit: int = 50) -> tuple[Judgement, ...]:
        """The last judgements of a reviewer, newest first."""
        mine = select(score_judgements).where(score_judgements.c.reviewer == reviewer)
        rows = self._session.execute(mine.order_by(score_judgements.c.id.desc()).limit(limit))
        return tuple(record_of(Judgement, row) for row in rows)

    def resolution(self, conversation_id: str) -> Resolution | None:
        """What was settled on, or None."""
        row = self._session.execute(select(score_resolutions).where(score_resolutions.c.conversation_id == conversation_id)).first()
        return None if row is None else record_of(Resolution, row)

    def resolved(self, conversation_ids: tuple[str, ...]) -> frozenset[str]:
        """Which of these conversations are settled."""
        column = score_resolutions.c.conversation_id
        return frozenset(self._session.execute(select(column).where(column.in_(conversation_ids))).scalars().all())

    def resolve(self, resolution: Resolution) -> None:
        """Store what was settled on, in place of what stood there."""
        values = values_of(replace(resolution, created_at=self._clock()), "id")
        wanted = upsert(self._session, score_resolutions).values(**values)
        kept = {name: value for name, value in values.items() if name != "conversation_id"}
        self._session.execute(wanted.on_conflict_do_update(index_elements=["conversation_id"], set_=kept))


class Coaching(Ledger[CoachingNote]):
    """Notes to reps."""

    table, kind = coaching_notes, CoachingNote

    def of_rep(self, rep: str, limit: int = 100, before: int | None = None) -> tuple[CoachingNote, ...]:
        """A rep's notes, newest first, before the note of that id."""
        row = coaching_notes.c
        older = [row.id < before] if before else []
        found = select(coaching_notes).where(row.rep == rep, *older).order_by(row.id.desc()).limit(limit)
        return tuple(record_of(CoachingNote, each) for each in self._session.execute(found))

    def read(self, note_id: int, rep: str) -> None:
        """The rep has read a note. Raises `NotFound` when it is no note to that rep."""
        mine = update(coaching_notes).where(coaching_notes.c.id == note_id, coaching_notes.c.rep == rep)
        if self._session.execute(mine.values(read_at=self._clock())).rowcount == 0:
            raise NotFound("There is no such note to this rep.")

    def reps(self) -> tuple[str, ...]:
        """Everybody who has notes, by name."""
        found = select(coaching_notes.c.rep).distinct().order_by(coaching_notes.c.rep)
        return tuple(self._session.execute(found).scalars().all())
