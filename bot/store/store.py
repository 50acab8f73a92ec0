"""The store: one transaction at a time gives all repositories, and conversations without consent do not stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime, timedelta, timezone
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from bot.store import privacy
from bot.store.access import AuditLog, Keepers, Sessions, SignInFailures, Users
from bot.store.after import SelfChecks, Summaries
from bot.store.calls import Calls
from bot.store.conversations import Conversations, Turns
from bot.store.corrections import Corrections, Proposals
from bot.store.customers import Assets, Customers
from bot.store.day import Day
from bot.store.engine import BUSY_SECONDS, make_engine, truncate_log
from bot.store.errors import Conflict, translated
from bot.store.evidence import EvidenceAside
from bot.store.experiments import Experiments
from bot.store.exports import Exports
from bot.store.follow_up import (
    CheckIns,
    ClosingAnswers,
    Consents,
    Counters,
    Expectations,
    FeedbackLog,
    HandOvers,
    Outcomes,
    Promises,
    Referrals,
)
from bot.store.learned import Learned
from bot.store.ledger import Clock
from bot.store.migrate import upgrade
from bot.store.models import Models, TrainingRuns
from bot.store.outbox import Deliveries, Webhooks
from bot.store.review import Review
from bot.store.score_queues import Queues
from bot.store.scores import Coaching, Judgements, Rubrics, Scores
from bot.store.search import forget_erased
from bot.store.tokens import Tokens

T = TypeVar("T")
HOLD = timedelta(minutes=60)


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(timezone.utc)


class Work:
    """The repositories of one transaction: everything done through them is stored together or not at all."""

    def __init__(self, session: Any, clock: Clock, hold: timedelta, keeps_refused: bool) -> None:
        self._session = session
        self.erased = False
        self.customers = Customers(session, clock)
        self.assets = Assets(session, clock)
        self.conversations = Conversations(session, clock, hold, keeps_refused)
        self.turns = Turns(session, clock)
        self.promises = Promises(session, clock)
        self.check_ins = CheckIns(session, clock)
        self.expectations = Expectations(session, clock)
        self.referrals = Referrals(session, clock)
        self.hand_overs = HandOvers(session, clock)
        self.consents = Consents(session, clock)
        self.feedback = FeedbackLog(session, clock)
        self.closing_answers = ClosingAnswers(session, clock)
        self.outcomes = Outcomes(session, clock)
        self.counters = Counters(session, clock)
        self._open_for_staff(session, clock)

    def _open_for_staff(self, session: Any, clock: Clock) -> None:
        """The repositories of those who sign in: access, calls, review; then those of trainers."""
        self.users = Users(session, clock)
        self.sessions = Sessions(session, clock)
        self.sign_in_failures = SignInFailures(session, clock)
        self.keepers = Keepers(session, clock)
        self.audit = AuditLog(session, clock)
        self.tokens = Tokens(session, clock)
        self.webhooks = Webhooks(session, clock)
        self.deliveries = Deliveries(session, clock)
        self.exports = Exports(session, clock)
        self.review = Review(session, clock)
        self.calls = Calls(session, clock)
        self.day = Day(session, clock)
        self.summaries = Summaries(session, clock)
        self.self_checks = SelfChecks(session, clock)
        self._open_for_trainers(session, clock)

    def _open_for_trainers(self, session: Any, clock: Clock) -> None:
        """The repositories of teaching, scores, what is learned, and experiments."""
        self.corrections = Corrections(session, clock)
        self.proposals = Proposals(session, clock)
        self.training_runs = TrainingRuns(session, clock)
        self.models = Models(session, clock)
        self.evidence_aside = EvidenceAside(session, clock)
        self.rubrics = Rubrics(session, clock)
        self.scores = Scores(session, clock)
        self.judgements = Judgements(session, clock)
        self.queues = Queues(session, clock)
        self.coaching = Coaching(session, clock)
        self.learned = Learned(session, clock)
        self.experiments = Experiments(session, clock)

    def refuse(self, conversation_id: str) -> None:
        """Recording was refused: erase everything held of the conversation at once; a count is all that stays."""
        self.erase_conversation(conversation_id)
        self.counters.add("recording_refused")

    def erase_conversation(self, conversation_id: str) -> bool:
        """Erase a conversation with everything that belongs to it; says whether there was one."""
        self.erased = True
        return privacy.erase_conversations(self._session, [conversation_id]) > 0

    def erase_customer(self, customer_id: str) -> bool:
        """Erase a customer, what they own and all their conversations; says whether there was one."""
        self.erased = True
        return privacy.erase_customer(self._session, customer_id)

    def erase_expired(self, now: datetime) -> int:
        """Erase some held conversations whose time has passed and return how many; 0 when none is left."""
        count = privacy.erase_expired(self._session, now)
        if count:
            self.erased = True
            self.counters.add("held_expired", count)
        return count

    def erase_older(self, before: datetime) -> int:
        """Erase some conversations without a message since then and return how many; 0 when none is left."""
        count = privacy.erase_older(self._session, before)
        if count:
            self.erased = True
            self.counters.add("kept_long_enough", count)
        return count

    def export_conversation(self, conversation_id: str) -> dict[str, Any]:
        """Everything kept of a conversation, as JSON can hold it. Raises `NotFound`."""
        return privacy.export_conversation(self._session, conversation_id)

    def export_customer(self, customer_id: str) -> dict[str, Any]:
        """Everything kept of a customer, as JSON can hold it. Raises `NotFound`."""
        return privacy.export_customer(self._session, customer_id)


class Store:
    """The records, in a database whose tables are up to date.

    `hold` is how long a conversation without consent is held after its last activity; `clock` tells the time in UTC.
    Every method may raise `StoreUnavailable`.
    """

    keeps_refused = False

    def __init__(self, engine: Any, *, hold: timedelta = HOLD, clock: Clock = utc_now) -> None:
        self.engine = engine
        self.hold = hold
        self._clock = clock
        self._reader = engine.execution_options(reading=True)
        self._turnstile: AbstractContextManager[Any] = Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """One transaction for reading and writing, committed at the end of the block and undone by any error in it.

        On SQLite, which has one writer at a time, the threads of this process wait for each other in a fair line.
        Raises `Conflict` when another writer came first: run the whole block again. Do not begin another
        transaction inside it in the same thread: on SQLite they would wait for each other.
        """
        with translated(), self._turnstile, Session(self.engine, future=True) as session, session.begin():
            work = Work(session, self._clock, self.hold, self.keeps_refused)
            yield work
            self._before_commit(session)
        if work.erased:
            self._forget_traces()

    @contextmanager
    def read(self) -> Iterator[Work]:
        """One transaction for reading only: it never waits for a writer, nor makes one wait; nothing is stored."""
        with translated(), Session(self._reader, future=True) as session:
            yield Work(session, self._clock, self.hold, self.keeps_refused)

    def run(self, step: Callable[[Work], T], tries: int = 8) -> T:
        """What the step returns, done in one transaction; after a `Conflict` it is done again, `tries` times in all."""
        for _ in range(tries - 1):
            with suppress(Conflict), self.begin() as work:
                return step(work)
        with self.begin() as work:
            return step(work)

    def purge_expired(self, now: datetime | None = None) -> int:
        """Erase all conversations held without consent for too long and return how many. Call it now and then."""
        moment = now or self._clock()
        total = self._until_none_is_left(lambda work: work.erase_expired(moment))
        self._forget_traces()
        return total

    def purge_older(self, than: timedelta) -> int:
        """Erase all conversations without a message for that long and return how many. Call it now and then."""
        before = self._clock() - than
        return self._until_none_is_left(lambda work: work.erase_older(before))

    def reindex(self) -> Iterator[int]:
        """Make the review room's index anew, a hundred conversations in each transaction; yields how many are done so far."""
        done, last = 0, ""
        while True:
            with self.begin() as work:
                some = work.conversations.by_id(last, 100)
                for conversation in some:
                    work.review.rebuild(conversation)
            if not some:
                return
            done, last = done + len(some), some[-1].id
            yield done

    def _until_none_is_left(self, step: Callable[[Work], int]) -> int:
        total = 0
        while True:
            with self.begin() as work:
                count = step(work)
            if count == 0:
                return total
            total += count

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _forget_traces(self) -> None:
        """Empty what may still hold the words of what was erased: the search index, and the log of writes."""
        with translated(), self._turnstile:
            forget_erased(self.engine)
        truncate_log(self.engine)

    def _before_commit(self, session: Any) -> None:
        """Room for a store that keeps itself small."""


def open_store(url: str, *, hold: timedelta = HOLD, clock: Clock = utc_now, busy_seconds: float = BUSY_SECONDS) -> Store:
    """Open a database, bring its tables up to date, and erase what was held too long. May raise `StoreError`."""
    engine = make_engine(url, busy_seconds=busy_seconds)
    upgrade(engine)
    store = Store(engine, hold=hold, clock=clock)
    store.purge_expired()
    return store
