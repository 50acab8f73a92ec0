"""Harm told of in everyday words."""

from __future__ import annotations

import pytest

from bot.advice.harms import FALLING, FIRE, GAS, HARMS, INJURY, MOVING, SHOCK
from bot.nlu.harm import harms_in


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        ("got a belt off the pump this morning", SHOCK),
        ("the kettle zapped me", SHOCK),
        ("I get a little tingle when I touch the tap on it", SHOCK),
        ("is it normal that the housing is live", SHOCK),
        ("there’s smoke coming out the back of the till", FIRE),
        ("stinks of burning plastic in the server room", FIRE),
        ("the fryer caught fire", FIRE),
        ("whole cellar smells of gas", GAS),
        ("the co alarm goes off when the oven runs", GAS),
        ("the truck doesn't stop when you're on the ramp", MOVING),
        ("brakes are shot on the tow tractor", MOVING),
        ("the sign is hanging by one screw over the pavement", FALLING),
        ("the outdoor unit is coming away from the wall", FALLING),
        ("it nearly crushed my mate", INJURY),
        ("our cook got badly scalded", INJURY),
    ],
)
def test_harm_is_heard_in_any_trade(text: str, harm: str) -> None:
    """Slang and plain words alike, of things no shipped catalogue speaks of."""
    assert [one.id for one in harms_in(text)] == [harm]


@pytest.mark.parametrize(
    "text",
    [
        "nobody got hurt",
        "the price gave me a shock",
        "there was no smoke from it",
        "it doesn't stop complaining about paper",
        "we are burning money on this",
        "the battery dies by noon",
        "our gas bill is too high",
        "the coffee tastes burnt",
        "sales have fallen off",
        "the machine hangs and I have to restart it",
    ],
)
def test_other_talk_is_no_harm(text: str) -> None:
    """What is denied, said of money or meant otherwise warns nobody."""
    assert harms_in(text) == ()


def test_the_words_are_quoted_as_typed() -> None:
    """A typographic apostrophe and capitals stay as they were."""
    (found,) = harms_in("It WON’T STOP when it’s on the ramp")
    assert found.quote.startswith("WON’T STOP")
    assert found.id in HARMS
