"""What a customer pressed, in the words that stood on it: the record tells a conversation as its customer saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.advice.catalogue import Catalogue
from bot.advice.heard import Act, Heard
from bot.advice.phrasing import Phrasebook
from bot.nlu.clean import is_payload
from bot.store import Work, records

_LOOKED_BACK: Final = 20
"""How many replies back a button is looked for: earlier ones stay usable."""


def words_of(
    work: Work, sender: str, sent: str, heard: Heard, catalogue: Catalogue, phrases: Phrasebook, *, cards: bool = False
) -> str:
    """What the customer said with the message `sent`: what was typed, or the words on the button whose payload it is.

    With `cards` options stand on cards, whose words are not those of the reply's own buttons with the same payload.
    """
    if not is_payload(sent) or heard.correction is not None:
        return heard.text
    turns = work.turns.latest(sender, _LOOKED_BACK)
    button = titles_in(bubble for turn in turns for bubble in turn.message).get(sent.strip(), "")
    card = _on_a_card(heard, turns, catalogue, phrases)
    return (card or button if cards else button or card) or heard.text


def titles_in(bubbles: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The title of each button by its payload; where two have the same, the later one's."""
    buttons = (button for bubble in bubbles for button in bubble.get("buttons") or ())
    return {str(button.get("payload")): str(button.get("title")) for button in buttons}


def _on_a_card(heard: Heard, turns: Iterable[records.Turn], catalogue: Catalogue, phrases: Phrasebook) -> str:
    """The words on the card of an option: taken, or asked why it is not the advice."""
    if heard.remedy and heard.does(Act.ACCEPTS):
        return phrases.say("said_choose", title=catalogue.remedy(heard.remedy).title)
    if heard.rung and heard.does(Act.ASKS_WHY_NOT):
        title = _weighed(heard.rung, turns, catalogue) or phrases.say(f"rung_{heard.rung}")
        return phrases.say("said_why_not", title=title)
    return ""


def _weighed(rung: str, turns: Iterable[records.Turn], catalogue: Catalogue) -> str:
    """The title of what stood on that rung when it was last compared; empty where nothing did."""
    found = [turn.move.get("verdicts", {}).get(rung, {}).get("remedy") for turn in turns]
    known = [remedy for remedy in found if remedy in catalogue.remedies or remedy in catalogue.referrals]
    return catalogue.remedy(known[-1]).title if known else ""
