"""Keeping scores and counts up: conversations that have become quiet are scored and counted, a few at a time."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.advice.catalogue import Catalogue
from bot.learning.company.facts import Told, facts_of, told
from bot.learning.experiments.judging import settle
from bot.learning.scores import STANDARD, Aftermath, Rubric, Scored, read_rubric, score, seen
from bot.store import Store, Work, records
from bot.store.counting import Fact
from bot.store.scores import Score

QUIET = timedelta(minutes=30)
"""After this long without a message a conversation is taken as over for now."""

BATCH = 10
"""So few in one transaction, because on SQLite nobody's turn is stored while it lasts."""


def refresh(store: Store, catalogue: Catalogue, now: datetime, most: int = 500, rest: float = 0.0) -> int:
    """Score and count up to `most` conversations that became quiet since they were last looked at; says how many.

    Between two batches it rests for that many seconds, so that turns come in between. Conversations without consent are left
    out: they do not stay.
    """
    done = 0
    while done < most:
        with store.begin() as work:
            count = _batch(work, catalogue, now - QUIET, min(BATCH, most - done))
        if not count:
            break
        done += count
        time.sleep(rest)
    return done


def in_force(work: Work) -> Rubric:
    """The rubric in force: the newest one stored, else the standard."""
    stored = work.rubrics.newest()
    return STANDARD if stored is None else read_rubric(stored.version, stored.criteria)


def _batch(work: Work, catalogue: Catalogue, until: datetime, limit: int) -> int:
    ids, reached = work.learned.waiting(work.learned.place(), until, limit)
    rubric = in_force(work)
    products = _names(catalogue)
    for id in ids:
        conversation = work.conversations.get(id)
        if conversation is not None and conversation.consent is records.Consent.GIVEN and conversation.last_seq:
            _look_at(work, told(work, conversation), catalogue, rubric, products)
    work.learned.looked_at(ids, reached)
    return len(ids)


def _look_at(work: Work, talk: Told, catalogue: Catalogue, rubric: Rubric, products: tuple[str, ...]) -> None:
    found = scored(talk, rubric, products)
    facts = (*facts_of(talk, catalogue), *_marks(found))
    before = work.scores.of(talk.conversation.id)
    fresh = _row(work, talk, found, facts)
    if before is None:
        work.scores.add(fresh)
    else:
        work.scores.save(_with_id(fresh, before))
    _count(work, before, fresh)
    work.learned.mark(talk.conversation.id, facts)
    settle(work, talk)


def _count(work: Work, before: Score | None, fresh: Score) -> None:
    """Count its facts in place of those it gave before; what it says again is not touched."""
    if before is not None and _place(before) != _place(fresh):
        work.learned.change(_place(before), before.facts, ())
        before = None
    work.learned.change(_place(fresh), before.facts if before else (), fresh.facts)


def _place(score: Score) -> tuple[bool, str, date]:
    return score.simulated, score.catalogue_id, score.month


def _marks(found: Scored) -> tuple[Fact, ...]:
    """The score as facts: its tenth with the score as amount, and each criterion with how far it was met."""
    if found.total is None:
        return ()
    tenth = ("score", f"{min(90, int(found.total // 10) * 10):02}", "", round(found.total, 2))
    shares = (("criterion", point.criterion, "", point.finding.share) for point in found.points)
    return (tenth, *((topic, id, other, round(share, 4)) for topic, id, other, share in shares if share is not None))


def scored(talk: Told, rubric: Rubric, products: tuple[str, ...] = ()) -> Scored:
    """The automatic score of a conversation."""
    states = tuple(promise.state.value for promise in talk.promises)
    referred = any(one.consent is not records.Consent.REFUSED for one in talk.referrals)
    aftermath = Aftermath(states, bool(talk.check_ins), referred)
    return score([seen(turn) for turn in talk.turns], aftermath, rubric, products)


def _row(work: Work, talk: Told, found: Scored, facts: tuple[tuple[str, str, str, float], ...]) -> Score:
    held = talk.conversation
    customer = work.customers.get(held.customer_id) if held.customer_id else None
    points = tuple(
        {
            "criterion": point.criterion,
            "share": point.finding.share,
            "why": point.finding.why,
            "seq": point.finding.seq,
            "points": round(point.points, 4),
            "most": round(point.most, 4),
        }
        for point in found.points
    )
    return Score(
        conversation_id=held.id,
        catalogue_id=held.catalogue_id,
        channel=held.channel,
        simulated=held.face is records.Face.SIMULATED or bool(customer and customer.is_test),
        month=date(held.started_at.year, held.started_at.month, 1),
        rubric_version=found.version,
        total=None if found.total is None else round(found.total, 2),
        points=points,
        facts=facts,
    )


def _with_id(fresh: Score, before: Score) -> Score:
    return replace(fresh, id=before.id, created_at=before.created_at)


def _names(catalogue: Catalogue) -> tuple[str, ...]:
    return tuple(product.name for product in catalogue.products.values())
