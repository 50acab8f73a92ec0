"""What a customer pressed, in the words that stood on it: the record tells a conversation as its customer saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from bot.advice.catalogue import Catalogue
from bot.advice.heard import Act, Heard
from bot.advice.phrasing import Phrasebook
from bot.nlu.clean import is_payload
from bot.store import Work

_LOOKED_BACK: Final = 20
"""How many replies back a button is looked for: earlier ones stay usable."""


def words_of(work: Work, sender: str, sent: str, heard: Heard, catalogue: Catalogue, phrases: Phrasebook) -> str:
    """What the customer said with the message `sent`: what was typed, or the words on the button whose payload it is."""
    if not is_payload(sent) or heard.correction is not None:
        return heard.text
    turns = work.turns.latest(sender, _LOOKED_BACK)
    titles = titles_in(bubble for turn in turns for bubble in turn.message)
    return titles.get(sent.strip()) or _on_a_card(heard, catalogue, phrases) or heard.text


def titles_in(bubbles: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The title of each button by its payload; where two have the same, the later one's."""
    buttons = (button for bubble in bubbles for button in bubble.get("buttons") or ())
    return {str(button.get("payload")): str(button.get("title")) for button in buttons}


def _on_a_card(heard: Heard, catalogue: Catalogue, phrases: Phrasebook) -> str:
    """The words on the card of an option: taken, or asked why it is not the advice."""
    if heard.remedy and heard.does(Act.ACCEPTS):
        return phrases.say("said_choose", title=catalogue.remedy(heard.remedy).title)
    if heard.rung and heard.does(Act.ASKS_WHY_NOT):
        return phrases.say("said_why_not", rung=phrases.say(f"rung_{heard.rung}"))
    return ""
