"""What a careful adviser keeps in mind: closed days, told dangers, hopes, failed cures, and a yes to more than one thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.advice.booking import open_day
from bot.advice.catalogue import Rung
from bot.advice.dossier import Dossier, DueCheckIn, Interruption
from bot.advice.heard import Heard, Match
from bot.advice.ladder import Because, climb
from bot.advice.moves import MoveKind
from tests.advice.talking import NO, TODAY, YES, Talk, advised, reports
from tests.advice.worlds import BIKES

FLAT, SQUEAL = "runs_flat", "brakes_squeal"


def test_nothing_is_promised_for_a_closed_day() -> None:
    """A day on which nobody works moves to the next one on which somebody does."""
    opens = BIKES.company.hours.days
    for days in range(14):
        found = open_day(date(2026, 11, 20), days, BIKES)
        assert found.isoweekday() in opens
        assert 0 <= (found - date(2026, 11, 20)).days - days < 7


def test_after_a_danger_nobody_is_told_to_try_it_alone() -> None:
    """A danger told of in the words of the trouble takes what is in the customer's own hands out, with that reason."""
    talk = Talk(BIKES)
    talk.says(replace(reports(FLAT), dangers=(Match("smoke", 0.9, "it smokes"),)))
    assert talk.move.kind is MoveKind.WARN
    talk.says(Heard("we are all outside now"))
    concern = talk.dossier.concern
    assert concern is not None
    assert concern.unsafe
    ladder = climb(talk.dossier, concern, BIKES)
    assert all(not one.alive for one in ladder.weighed if one.remedy.rung in (Rung.NOTHING, Rung.RETRAIN, Rung.REUSE))
    assert ladder.verdicts[Rung.RETRAIN].reason.code is Because.UNSAFE


def test_a_hope_is_answered_before_a_yes() -> None:
    """Asked to guarantee more than the advice gives, it says what may be expected, and the advice stays open."""
    talk = advised(BIKES, FLAT, assist="turbo", round_km=30.0)
    talk.says(Heard("will that guarantee it for ever?", hopes=True))
    assert talk.move.kind is MoveKind.AWAIT
    assert talk.move.answers == (Interruption.EXPECTATION,)
    assert "I promise no more than this" in talk.text


def test_a_hope_for_what_it_does_not_do_is_put_right() -> None:
    """Hoping for what the catalogue says not to expect, the customer hears so, and nothing is booked yet."""
    talk = advised(BIKES, FLAT, assist="turbo", round_km=30.0)
    talk.says(Heard("great, then it climbs like before", hopes=True, hopes_for="the same pull uphill"))
    assert "don't expect this of it: the same pull uphill" in talk.text
    assert talk.move.kind is MoveKind.AWAIT


def test_a_failed_cure_opens_its_trouble_again() -> None:
    """A check-in that finds it did not work takes the trouble up again, without the remedy that failed."""
    due = Dossier(due=(DueCheckIn("3", "ride_in_tour", "Ride in tour mode", "Do the batteries last?"),), today=TODAY)
    talk = Talk(BIKES, due)
    talk.says(Heard("hello"))
    talk.says(NO)
    concern = talk.dossier.concern
    assert concern is not None
    assert concern.problem == FLAT
    assert [each.remedy for each in concern.rejected] == ["ride_in_tour"]
    assert "Then we aren't done" in talk.text


def test_a_bare_yes_to_two_readings_is_asked_about_once() -> None:
    """A yes that may mean either is asked about once more; said again, it brings no person: the likelier is taken."""
    talk = Talk(BIKES)
    talk.says(
        replace(reports(FLAT, "the bikes are no good"), problems=(Match(FLAT, 0.4, "no good"), Match(SQUEAL, 0.35, "no good")))
    )
    assert talk.move.kind is MoveKind.ASK_MEANT
    talk.says(YES)
    assert talk.move.kind is MoveKind.ASK_MEANT
    talk.says(YES)
    assert talk.dossier.concern is not None
    assert talk.dossier.concern.problem == FLAT
    assert talk.move.kind is not MoveKind.HAND_OVER
