"""What people and the company added to very many conversations: scores, judgements, counts, calls, experiments, corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import insert

from bot.learning.experiments.judging import counted
from bot.learning.scores.rubric import AUTOMATIC
from bot.store import Store, Work
from bot.store.access import Role, User
from bot.store.experiments import Experiment
from bot.store.score_queues import Queue
from bot.store.score_tables import learned

MONTHS = tuple(date(2025, month, 1) for month in range(1, 13))
"""The months in which the conversations began."""

TRADE = "laundry"
REVIEWERS = 5
REPS = 20
EXPERIMENTS = 20
QUEUES = 40
_QUEUED = 500

_POINT = '{"criterion":"%s","share":1.0,"why":"The need was read back and confirmed.","seq":5,"points":11.1,"most":11.1}'
_FACT = '["%s","drying_slow","linen_in_time",0.0]'
KNOWN = {
    "points": "'[" + ",".join(_POINT % name for name in AUTOMATIC) + "]'",
    "facts": "'[" + ",".join(_FACT % topic for topic in ("need", "problem", "cause", "ended", "advised")) + "]'",
    "given": "'{" + ",".join(f"\"{name}\":' || (n * {3 + at} % 3) || '" for at, name in enumerate(AUTOMATIC)) + "}'",
    "rep": f"'bench-rep-' || (n % {REPS})",
    "reviewer": f"'reviewer-' || ((n / 50 + s) % {REVIEWERS})",
    "experiment": f"'e' || (n % {EXPERIMENTS})",
    "trade": f"'{TRADE}'",
}
"""What the statements below leave open, as SQL; `n` is the number of the conversation."""

MARKS = (
    "'advised:' || (n % 7)",
    "'agreed:' || (n % 6)",
    "'cause:k' || (n * 7919 % 1200)",
    "'ended:' || CASE n % 5 WHEN 0 THEN 'gave_up' WHEN 1 THEN 'person' ELSE 'served' END",
    "'promise:' || CASE n % 4 WHEN 0 THEN 'broken' WHEN 1 THEN 'late' ELSE 'kept' END",
    "'asked_product:' || (n % 8)",
    "'worked:m' || (n % 400)",
    "'arm:e' || (n % 20) || '=wording 1'",
)
"""What the learnt facts and the experiments mark a conversation with."""

STATEMENTS = (
    """
INSERT INTO scores (conversation_id, catalogue_id, channel, simulated, month, rubric_version, total, points, facts, created_at)
SELECT 'c' || n, $trade, $channel, $false, $month, 0, (n * 7919 % 10000) / 100.0, $points, $facts, $time FROM $numbers
""",
    """
INSERT INTO score_judgements (conversation_id, reviewer, rubric_version, marks, total, note, created_at, updated_at)
SELECT 'c' || n, $reviewer, 0, ($given)$json, n % 101, '', $time, $time FROM $numbers, $each
  WHERE n % 50 = 0 AND (s = 1 OR (s = 2 AND n % 250 = 0))
""",
    """
INSERT INTO calls (conversation_id, rep, state, opening, seq, created_at)
SELECT 'c' || n, $rep, '{}', '{}', 0, $time FROM $numbers WHERE n % 4 = 1
""",
    """
INSERT INTO experiment_arms (conversation_id, experiment_id, arm, simulated, outcome, created_at)
SELECT 'c' || n, $experiment, CASE WHEN n % 3 = 0 THEN 'as it is' ELSE 'wording 1' END, $false, n % 7 < 4, $time
  FROM $numbers WHERE n % 5 = 0
""",
    """
INSERT INTO promises (conversation_id, owner, what, state, evidence, check_in_question, concern, remedy_id, created_at)
SELECT 'c' || n, 'us', 'our trainer comes by', CASE n % 4 WHEN 0 THEN 'broken' ELSE 'kept' END, '', '', '', 'm' || (n % 400), $time
  FROM $numbers WHERE n % 3 = 0
""",
    """
INSERT INTO check_ins (conversation_id, due, question, answer, worked, answered_at, created_at)
SELECT 'c' || n, $month, 'Is the shelf full at noon?', 'yes', n % 5 <> 0, $time, $time FROM $numbers WHERE n % 6 = 0
""",
    """
INSERT INTO feedback (conversation_id, rating, text, "by", created_at)
SELECT 'c' || n, CASE WHEN n % 97 = 0 THEN -1 ELSE 1 END, '', 'customer', $time FROM $numbers WHERE n % 10 = 0
""",
    """
INSERT INTO coaching_notes (conversation_id, seq, rep, "by", text, example, created_at)
SELECT 'c' || n, 2, $rep, 'reviewer-0', 'You let them finish: keep doing that.', n % 3 = 0, $time FROM $numbers WHERE n % 400 = 1
""",
    """
INSERT INTO corrections (conversation_id, seq, number, "by", content, created_at)
SELECT 'c' || n, 2, 1, 'reviewer-0', '{"note":"They tell of the towels."}', $time FROM $numbers WHERE n % 200 = 0
""",
    """
INSERT INTO proposals (conversation_id, seq, number, kind, target, content, state, "by", created_at)
SELECT 'c' || n, 2, 1, 'example', 'reports_problem', ('{"voice":"bench","text":"no clean towels at ' || n || '"}')$json,
  CASE WHEN n % 1000 = 0 THEN 'waiting' ELSE 'accepted' END, 'reviewer-0', $time FROM $numbers WHERE n % 200 = 0
""",
)
"""What is written for each piece of the conversations, by the database itself."""

_COUNTED: Mapping[str, tuple[int, int]] = {
    "need": (100, 1),
    "problem": (400, 1),
    "cause": (1200, 1),
    "need_model": (300, 10),
    "need_attribute": (5, 100),
    "advised": (7, 60),
    "accepted": (7, 60),
    "turned_down": (7, 60),
    "outcome": (400, 2),
    "gave_up": (9, 40),
    "referral": (40, 10),
    "referral_answer": (40, 3),
    "promise": (4, 60),
    "expectation": (4, 1),
    "asked_product": (8, 100),
    "avoided": (6, 100),
    "begun": (4, 1),
    "ended": (3, 1),
    "feedback": (2, 1),
}
"""How many names, and others with each, a topic has in each month: a large catalogue's."""


def begin(store: Store, count: int) -> None:
    """What is there before the conversations: people, experiments that run, and the counts of each month."""
    with store.engine.begin() as connection:
        connection.execute(insert(learned), list(_counts(count)))
    with store.begin() as work:
        for number in range(REVIEWERS):
            _user(work, f"reviewer-{number}", Role.TRAINER)
        for number in range(REPS):
            _user(work, f"bench-rep-{number}", Role.REP)
        for number in range(EXPERIMENTS):
            work.experiments.begin(work.experiments.create(_experiment(number)))


def queue(store: Store, count: int) -> None:
    """Queues of conversations, dealt out to the reviewers."""
    reviewers = [f"reviewer-{number}" for number in range(REVIEWERS)]
    for number in range(QUEUES):
        ids = [f"c{1 + (number * _QUEUED + place) * 7919 % count}" for place in range(_QUEUED)]
        with store.begin() as work:
            work.queues.add(Queue(name=f"queue {number}", by=reviewers[0]), ids, reviewers, 0.2)


def _user(work: Work, name: str, role: Role) -> User:
    return work.users.add(User(id=name, name=name, full_name=name.title(), role=role, team="bench"))


def _experiment(number: int) -> Experiment:
    arms = ({"name": "as it is"}, {"name": "wording 1", "text": "What will be different?"})
    made = Experiment(
        id=f"e{number}", title=f"Wording {number}", kind="wording", subject=f"ask_{number}", arms=arms, measure="agreed"
    )
    tally = made.tally
    for place in range(100):
        tally = counted(_with(made, tally), ("as it is", "wording 1")[place % 2], place * (number + 3) % 7 < 4)
    return _with(made, tally)


def _with(experiment: Experiment, tally: Any) -> Experiment:
    return Experiment(**{**vars(experiment), "tally": tally})


def _counts(count: int) -> Iterator[dict[str, Any]]:
    each = max(1, count // len(MONTHS) // 50)
    for topic, (names, others) in _COUNTED.items():
        for name in range(names):
            for other in range(others):
                yield from _monthly(topic, f"{topic[0]}{name}", f"o{other}" if others > 1 else "", each)
    tenths = (("score", f"{low:02}", low + 5.0) for low in range(0, 100, 10))
    for topic, name, amount in (*tenths, *(("criterion", name, 0.8) for name in AUTOMATIC)):
        yield from _monthly(topic, name, "", each, amount)


def _monthly(topic: str, name: str, other: str, each: int, amount: float = 1.0) -> Iterable[dict[str, Any]]:
    key = {"simulated": False, "catalogue_id": TRADE, "topic": topic, "name": name, "other": other}
    known = sum(map(ord, topic + name + other))
    for month in MONTHS:
        some = 1 + (known * month.month) % each
        yield {**key, "month": month, "count": some, "amount": some * amount}
