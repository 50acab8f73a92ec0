"""What is kept of users and of what they did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import Conflict, Store
from bot.store.access import Role, Sight, User
from bot.store.records import Consent, Conversation, Customer


def test_a_name_is_one_user(store: Store) -> None:
    """Names are the same however they are written, and taken once."""
    with store.begin() as work:
        ada = work.users.add(User(name=" Ada ", role=Role.TRAINER))
    with store.read() as work:
        assert work.users.by_name("ADA") == ada
        assert [user.name for user in work.users.all()] == ["ada"]
    with pytest.raises(Conflict, match="taken"), store.begin() as work:
        work.users.add(User(name="ada"))


def test_a_rep_sees_their_own_and_the_teams_customers(store: Store) -> None:
    """Own, the team's, and those nobody keeps: yes. Another team's: no. Nobody is in the team without a name."""
    with store.begin() as work:
        ada = work.users.add(User(name="ada", team="north"))
        ben = work.users.add(User(name="ben", team="north"))
        cy = work.users.add(User(name="cy"))
        customers = {name: work.customers.add(Customer(name=name)).id for name in ("adas", "bens", "cys", "nobodys")}
        for name, user in (("adas", ada), ("bens", ben), ("cys", cy)):
            work.keepers.keep(customers[name], user)

    def seen_by(user: User, everything: bool = False) -> set[str]:
        with store.read() as work:
            look = Sight(everything, user.id, user.team)
            return {name for name, customer in customers.items() if work.keepers.sees(look, customer)}

    assert seen_by(ada) == seen_by(ben) == {"adas", "bens", "nobodys"}
    assert seen_by(cy) == {"cys", "nobodys"}
    assert seen_by(User(name="new")) == {"nobodys"}
    assert seen_by(cy, everything=True) == set(customers)


def test_erasing_a_customer_takes_its_keeper_and_its_name_from_the_log(store: Store) -> None:
    """Who did what and when stays in the audit log; on whom it was done is no longer named."""
    with store.begin() as work:
        ada = work.users.add(User(name="ada"))
        customer = work.customers.add(Customer(name="Spa Hotel"))
        work.conversations.start(Conversation(id="talk", customer_id=customer.id, consent=Consent.GIVEN))
        work.keepers.keep(customer.id, ada)
        work.audit.note(ada, "revealed", "customer", customer.id)
        work.audit.note(ada, "revealed", "conversation", "talk")
    with store.begin() as work:
        assert work.erase_customer(customer.id)
    with store.read() as work:
        assert work.keepers.of(customer.id) is None
        assert {(line.user_name, line.action, line.subject) for line in work.audit.page()} == {("ada", "revealed", "(erased)")}


def test_a_session_that_ended_is_cleared_away(store: Store, clock: object) -> None:
    """A session whose time is over opens nothing, and the next sign-in clears it away."""
    with store.begin() as work:
        ada = work.users.add(User(name="ada"))
        work.sessions.open(ada.id, "old", timedelta(hours=1))
    clock.pass_minutes(61)  # type: ignore[attr-defined]
    with store.begin() as work:
        assert work.sessions.live("old", timedelta(hours=2)) is None
        work.sessions.open(ada.id, "new", timedelta(hours=1))
        assert [session.device for session in work.sessions.of_user(ada.id)] == [""]
        assert work.sessions.live("new", timedelta(hours=2)) is not None
