"""The queries of the day and of exports, on every database, without reading whole tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event

from bot.store import Store
from bot.store.access import Sight, User
from bot.store.calls import CallRow
from bot.store.day import Whose
from bot.store.exports import KINDS
from bot.store.records import CheckIn, Consent, Conversation, Customer, Expectation, HandOver, Promise, Referral

TODAY = date(2025, 5, 1)


@pytest.fixture
def people(store: Store) -> dict[str, User]:
    """Ada and ben of the north, cy of no team; each keeps a customer and ben called cy's."""
    with store.begin() as work:
        users = {name: work.users.add(User(name=name, team=team)) for name, team in (("ada", "n"), ("ben", "n"), ("cy", ""))}
        for name, user in users.items():
            customer = work.customers.add(Customer(external_id=name, name=name))
            work.keepers.keep(customer.id, user)
            _affairs(work, name, customer.id)
        _affairs(work, "nobody", None)
        work.calls.start(CallRow(conversation_id="talk-cy", rep="ben"))
    return users


def _affairs(work: Any, name: str, customer: str | None) -> None:
    talk = work.conversations.start(Conversation(id=f"talk-{name}", customer_id=customer, consent=Consent.GIVEN)).id
    promise = work.promises.add(Promise(conversation_id=talk, owner="we", what=name, due=TODAY))
    work.check_ins.add(CheckIn(conversation_id=talk, promise_id=promise.id, due=TODAY, question=name))
    gap = work.expectations.add(Expectation(conversation_id=talk, expected=name, promise_id=promise.id))
    work.expectations.check(gap.id, "no", False)
    work.hand_overs.add(HandOver(conversation_id=talk, to_whom="", reason=name))
    work.referrals.add(Referral(conversation_id=talk, vendor_id="v", vendor_name=name, reason=name))


def whose(user: User, mine: bool = False) -> Whose:
    """What that user may see."""
    return Whose(Sight(False, user.id, user.team), mine, user.name)


@pytest.mark.parametrize(
    ("name", "mine", "seen"),
    [
        ("ada", False, {"ada", "ben", "nobody"}),
        ("cy", False, {"cy", "nobody"}),
        ("ada", True, {"ada"}),
        ("ben", True, {"ben", "cy"}),
    ],
)
def test_a_rep_sees_to_what_is_theirs(store: Store, people: dict[str, User], name: str, mine: bool, seen: set[str]) -> None:
    """Promises, check-ins, hand-overs and gaps of their own and the team's customers; with `mine` also of their calls."""
    asked = whose(people[name], mine)
    with store.read() as work:
        assert {due.record.what for due in work.day.promises(asked, TODAY)} == seen
        assert {due.record.question for due in work.day.check_ins(asked, TODAY)} == seen
        assert {due.record.reason for due in work.day.hand_overs(asked)} == seen
        assert {due.record.expected for due in work.day.gaps(asked)} == seen
        assert {talk.id for talk in work.day.conversations(asked, _long_ago())} == {f"talk-{each}" for each in seen}
        assert {due.expected for due in work.day.promises(asked, TODAY)} == seen


def test_everything_is_seen_by_those_who_may(store: Store, people: dict[str, User]) -> None:
    """A role that sees all customers sees all of it, and can take all of it out."""
    asked = Whose(Sight(True, "", ""))
    with store.read() as work:
        assert len(work.day.promises(asked, TODAY)) == 4
        for kind in KINDS:
            rows = work.exports.page(kind, asked.sight)
            assert len(rows) == (1 if kind == "calls" else 4)
            assert work.exports.page(kind, asked.sight, after=str(rows[-1]["id"])) == []


def test_no_list_reads_a_whole_table(store: Store, people: dict[str, User]) -> None:
    """Every list goes by an index: nothing but small tables is scanned (as SQLite plans it)."""
    if store.engine.dialect.name != "sqlite":
        return
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall())

    event.listen(store.engine, "before_cursor_execute", explain)
    with store.read() as work:
        for mine in (False, True):
            asked = whose(people["ada"], mine)
            work.day.promises(asked, TODAY)
            work.day.check_ins(asked, TODAY)
            work.day.hand_overs(asked)
            work.day.gaps(asked)
            work.day.learned(asked, _long_ago())
            work.day.conversations(asked, _long_ago())
        work.audit.page(user_id=people["ada"].id)
        work.deliveries.page(1)
        for kind in KINDS:
            work.exports.page(kind, asked.sight, limit=10)
    event.remove(store.engine, "before_cursor_execute", explain)
    scans = {plan for plan in plans if plan.startswith("SCAN") and "USING" not in plan}
    assert scans <= {"SCAN promises", "SCAN referrals"}, scans  # an export goes through its rows by number


def _long_ago() -> datetime:
    return datetime(2025, 1, 1, tzinfo=timezone.utc) - timedelta(days=1)
