"""Whether an act that would interrupt is really meant: an answer to the open question often sounds like a question of its own."""

from __future__ import annotations

import re

from bot.advice.dossier import Ask, Dossier, Question, ReferralState
from bot.nlu.reading import ActHeard

SURE = 0.6
"""How sure an act must be to lead away from the question that is open."""

_ANSWERED_FREELY = (Ask.WHY, Ask.MEANT, Ask.FACT, Ask.CELL, Ask.READ_BACK, Ask.CHECK_IN, Ask.MISSED)
_LEADS_AWAY = frozenset(
    {"asks_process", "asks_person", "asks_options", "asks_privacy", "asks_abilities", "asks_repeat", "asks_export", "asks_own_data"}
    | {"asks_advice_reason", "asks_why_not"}
    | {"changes_mind", "corrects", "leave", "complains", "insults", "insists_quote", "small_talk", "off_topic", "thank"}
)
_NOTES = r"\b(?:record\w*|notes?|note|keep\w*|stor\w*|sav\w*|log\w*|writ\w*|data|track\w*|remember\w*|kept|trace|history|private)\b"
_SPOKEN_AS: dict[str, re.Pattern[str]] = {
    "asks_process": re.compile(
        r"\?|^\W*(?:(?:and|so|ok|okay|but|then|well)\W+)*(?:what|how|who)\b"
        r"|\b(?:when|where) (?:do|does|did|will|would|can|could|is|are|should)\b|\b(?:tell|explain|wonder\w*|know) \w+",
        re.IGNORECASE,
    ),
    "asks_person": re.compile(
        r"\b(?:speak|talk\w*|call (?:me|us|back)|(?:ring|phone) (?:me|us)|call-?back|connect|human\w*|person|people|rep|agent"
        r"|advis[eo]r|manager|colleague|expert|bot|robot|real|put me|get me|give me|bring|any(?:one|body))\b",
        re.IGNORECASE,
    ),
    "asks_export": re.compile(
        r"\b(?:cop(?:y|ies)|transcript|export|download|print|pdf|e-?mail|send|forward|save|log|history)\b",
        re.IGNORECASE,
    ),
    "asks_options": re.compile(
        r"\b(?:options?|else|others?|another|alternativ\w*|choices?|instead|compar\w*|possib\w*|ways|different\w*)\b", re.IGNORECASE
    ),
    "asks_why_not": re.compile(r"\b(?:why|what about|how about|instead|rather|could\w*|can't|wouldn't)\b|\?", re.IGNORECASE),
    "asks_why_asked": re.compile(
        r"\b(?:why|what for|matter\w*|relevan\w*|need to know|to do with|reason|business|want to know)\b|\?", re.IGNORECASE
    ),
    "asks_discount": re.compile(
        r"%|\b(?:discount\w*|percent|deal|cheap\w*|better price|off|match|rebate"
        r"|prices?|less|negotiat\w*|haggl\w*|special|reduc\w*|free)\b",
        re.IGNORECASE,
    ),
    "asks_erasure": re.compile(r"\b(?:delet\w*|eras\w*|remov\w*|forget\w*|wip\w*|clear\w*|destroy\w*|gdpr)\b", re.IGNORECASE),
    "refuses_recording": re.compile(_NOTES, re.IGNORECASE),
    "allows_recording": re.compile(_NOTES, re.IGNORECASE),
    "asks_own_data": re.compile(
        r"\b(?:(?:about|on|of) (?:me|us|our)|know\w*|file|understood|understand|so far|remember\w*|stored|data|records?|noted)\b",
        re.IGNORECASE,
    ),
}
"""How an act is spoken wherever it is meant; the encoder alone takes "someone responsible for it" for a wish to be called."""


def is_meant(act: ActHeard, asked: Question | None) -> bool:
    """Whether the act is really meant; while a question is open, one that leads away from it must be sure of itself."""
    spoken = _SPOKEN_AS.get(act.name)
    if spoken is not None and not spoken.search(act.text):
        return False
    if asked is None or asked.ask not in _ANSWERED_FREELY:
        return True
    return act.name not in _LEADS_AWAY or act.confidence >= SURE


def tells_of_more(text: str) -> bool:
    """Whether the words announce another thing besides the one at hand."""
    return bool(_MORE.search(text))


_MORE = re.compile(
    r"\b(?:another thing|one more thing|something else|also|besides|by the way|on top of that|as well|secondly)\b", re.IGNORECASE
)


def is_a_letter(text: str, dossier: Dossier) -> bool:
    """Whether the customer was asked to write an introduction in their own words, and this is it."""
    editing = any(referral.state is ReferralState.EDITING for referral in dossier.referrals)
    return editing and len(text.split()) > SHORTEST_LETTER


SHORTEST_LETTER = 5
"""Fewer words than this are an answer and no introduction."""


def none_of_them(text: str) -> bool:
    """Whether the customer turns down everything that was offered, in a few words."""
    return len(text.split()) <= SHORTEST_LETTER and bool(_NONE.search(text))


_NONE = re.compile(
    r"^\W*(?:no\W+)?(?:none|neither|nothing|not (?:any|one|that|those|these|really)|something else)\b", re.IGNORECASE
)
