"""Which rung of the ladder a message speaks of: buying, repairing, having it taken over."""

from __future__ import annotations

import re

from bot.advice.catalogue import Rung

_WORDS: tuple[tuple[Rung, str], ...] = (
    (
        Rung.NOTHING,
        r"(?:do(?:ing)?|change|changing) nothing|leav(?:e|ing) (?:it|things|everything)|wait(?:ing)? and see|ignor(?:e|ing) it",
    ),
    (Rung.FIX, r"repair\w*|fix\w*|mend\w*|spare parts?|patch\w*|clean\w* it|servic(?:e|ing) it"),
    (
        Rung.RETRAIN,
        r"train\w*|teach\w*|show(?:ing)? (?:us|them|the staff)|instruct\w*|use it (?:better|properly|right)",
    ),
    (
        Rung.TAKE_OVER,
        r"outsourc\w*|rent\w*|leas\w+|take (?:it|this|that) over|do(?:ing)? it for us|managed|off (?:our|my) hands",
    ),
    (
        Rung.REFER,
        r"(?:another|other|different) (?:company|vendor|supplier|provider|firm)|competitors?|(?:someone|somebody) else",
    ),
    (Rung.REUSE, r"re-?us\w*|mov(?:e|ing) (?:it|one|them)|re-?arrang\w*|re-?schedul\w*|swap\w*|shar(?:e|ing)"),
    (
        Rung.BUY,
        r"buy\w*|purchas\w*|new (?:one|ones|\w+)|replac\w*|upgrad\w*|order(?:ing)?|invest\w*|bigger|another one",
    ),
)


def rung_in(text: str) -> str:
    """The code of the rung the message names first, empty when it names none."""
    found = [(match.start(), rung) for rung, words in _WORDS if (match := re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))]
    return min(found)[1].value if found else ""
