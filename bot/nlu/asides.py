"""Whether an act that would interrupt is really meant: an answer to the open question often sounds like a question of its own."""

from __future__ import annotations

import re

from bot.advice.dossier import Ask, Dossier, Question, ReferralState
from bot.nlu.reading import ActHeard

SURE = 0.6
"""How sure an act must be to lead away from the question that is open."""

_ANSWERED_FREELY = (Ask.WHY, Ask.MEANT, Ask.FACT, Ask.CELL, Ask.READ_BACK, Ask.CHECK_IN, Ask.MISSED, Ask.SAFETY)
_LEADS_AWAY = frozenset(
    {"asks_process", "asks_person", "asks_options", "asks_privacy", "asks_abilities", "asks_repeat", "asks_export", "asks_own_data"}
    | {"asks_advice_reason", "asks_why_not", "asks_range", "asks_who"}
    | {"changes_mind", "corrects", "leave", "complains", "insults", "insists_quote", "small_talk", "off_topic", "thank"}
)
_NOTES = r"\b(?:record\w*|notes?|note|keep\w*|stor\w*|sav\w*|log\w*|writ\w*|data|track\w*|remember\w*|kept|trace|history|private)\b"
_SPOKEN_AS: dict[str, re.Pattern[str]] = {
    "asks_process": re.compile(
        r"\?|^\W*(?:(?:and|so|ok|okay|but|then|well)\W+)*(?:what|how|who)\b"
        r"|\b(?:when|where) (?:do|does|did|will|would|can|could|is|are|should)\b|\b(?:tell|explain|wonder\w*|know) \w+",
        re.IGNORECASE,
    ),
    "asks_privacy": re.compile(
        r"\b(?:record\w*|notes?|keep\w*|kept|stor\w*|sav\w*|data|priva\w*|gdpr|confiden\w*|secure\w*|shar\w*|sell|track\w*|log\w*"
        r"|sees?|reads?|reading|listen\w*|anonym\w*|delet\w*|leak\w*|who|informations?|info|details|this chat|cookies?)\b",
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
    "leave": re.compile(
        r"\b(?:bye+|goodbye|cheer\w*|ta-?ra|ta ?ta|ciao|widzenia|later|laters|farewell|see (?:you|ya)|good (?:night|day)|tomorrow"
        r"|nice (?:day|evening|weekend)|regards|wishes|thank\w*|go(?:ing|tta|nna|t)?|gtg|ttyl|run|dash|leav\w*|off|out|away"
        r"|stop|end(?:ing|ed)?|quit|exit|clos\w+|window|finish|done|stay|drop|brb|bounce|eod|logging|attend|enough|everything|covered"
        r"|(?:that'?s|that is|that was|thats|that'?ll (?:be|do)|that will be|is) (?:all|it)|all (?:i|we) (?:need\w*|want\w*)"
        r"|nothing (?:else|further|more)|no (?:more|further)|forget it|never ?mind|nvm|(?:another|next) (?:time|day)|be back)\b",
        re.IGNORECASE,
    ),
    "asks_range": re.compile(
        r"\b(?:which|wh?[ao]t|catalogue|brochure|range|overview|price list|list of|have (?:you|u|ya) got"
        r"|do (?:you|u|ya) (?:have|sell|do|offer|carry|stock|make))\b",
        re.IGNORECASE,
    ),
    "asks_who": re.compile(
        r"\bwho\w*\b|\b(?:function|position|role|know (?:him|her)|heard of|what does (?:he|she))\b", re.IGNORECASE
    ),
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
    if act.name == "asks_price" and not asks_a_price(act.text):
        return False
    if asked is None or asked.ask not in _ANSWERED_FREELY:
        return True
    if act.name == "leave" and asked.ask is Ask.SAFETY and not _FAREWELL.search(act.text):
        return False
    return act.name not in _LEADS_AWAY or act.confidence >= SURE


_FAREWELL = re.compile(
    r"\b(?:bye+|goodbye|see (?:you|ya)|laters?|cheers|ciao|farewell|thank\w*|thx|regards"
    r"|(?:good|nice) (?:night|day|evening|weekend))\b",
    re.IGNORECASE,
)
"""What nobody says who only tells that it is off, out or stopped now."""


def asks_a_price(text: str) -> bool:
    """Whether a price is asked for, rather than one told of: "I pay you four thousand for this" asks nothing."""
    left = _PAID.sub(" ", text)
    return bool(_HOW_MUCH.search(text) or _PRICE.search(left) or ("?" in text and _MONEY.search(left)))


def asks_how_much(text: str) -> bool:
    """Whether the words ask outright what something costs."""
    return bool(_HOW_MUCH.search(text))


_HOW_MUCH = re.compile(
    r"\bhow (?:much|expensive|dear)\b|\bwhat(?:'s|s)?\b[^.?!]*\b(?:costs?|prices?|charge|pay|rates?|fees?)\b", re.IGNORECASE
)
_PAID = re.compile(
    r"\b(?:cost(?:s|ing)?|paid|pays?|paying|charged?|spent|spend(?:ing)?)\s+(?:us|me|you|them|nearly|almost|about|over|for|a|\W?\d)\S*",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"\b(?:pric\w+|costs?|costing|charges?|rates?|fees?|quot\w+|offer|estimate|figure|ballpark|tariff)\b", re.IGNORECASE
)
_MONEY = re.compile(
    r"\b(?:budget|afford\w*|pay|expensive|dear|cheap\w*|worth|money|euros?|pounds?|dollars?|bill)\b|[€$£]", re.IGNORECASE
)


def blames_us(text: str) -> bool:
    """Whether a complaint is about the company; without a word of it, what is told is the trouble itself and blames nobody."""
    return bool(_BLAMES.search(text))


_BLAMES = re.compile(
    r"\b(?:you|your|yours|u|ur|company|service|support|unacceptable|disgrace\w*|ridiculous|fed up|complain\w*|technicians?"
    r"|engineers?|mechanics?|fitters?|sales(?:man|men|people)|reps?|promis\w+|appointments?|invoices?|deliver\w*|late|wait\w*|rude|answer\w*"
    r"|phone\w*|call\w*|refunds?|again|disappoint\w*|showed up|turned up|came|terrible|awful|shambles|joke|worst|lied|lies)\b",
    re.IGNORECASE,
)


def is_outburst(text: str) -> bool:
    """Whether the words vent anger in the form of a question or a shout: it asks nothing, and agrees to nothing."""
    return bool(_OUTBURST.search(text))


_YOU_LOT = r"you (?:people|guys|lot|clowns|idiots)"
_OUTBURST = re.compile(
    r"\b(?:is this (?:(?:some kind of|supposed to be|meant to be) )?(?:a )?(?:bad )?joke|a joke\W*$"
    r"|(?:are|r) (?:you|u) (?:kidding|joking|serious|for real|having (?:me on|a laugh))"
    rf"|(?:you(?:'ve|'re)?|u) (?:have |got |gotta )*(?:to )?be (?:kidding|joking)|wtf|what the"
    rf" (?:hell|heck|fuck|f\W+)\w*|what are {_YOU_LOT}|what is wrong with (?:you|{_YOU_LOT})|do {_YOU_LOT} (?:even|ever|actually)"
    r"|what (?:kind|sort) of (?:a )?(?:company|service|outfit|joke|people)|how (?:hard|difficult) can (?:it|that|this) be"
    r"|why (?:on earth|the (?:hell|heck))|for (?:god|christ|heaven|goodness|f\w+)'?s sake|are you even (?:listening|reading)"
    r"|can(?:no|')?t you (?:people )?(?:even )?read|does any(?:one|body) (?:there |even |actually )*(?:work|care|listen))\b",
    re.IGNORECASE,
)


def voices_hope(text: str) -> bool:
    """Whether the words ask for an assurance of what the advice will bring: "will that guarantee no more falls?"."""
    return bool(_ASSURANCE.search(text))


def looks_ahead(text: str) -> bool:
    """Whether the words speak of what will be, as a yes with an expectation does: "great, then it will climb any hill"."""
    return bool(_AHEAD.search(text))


_ASSURANCE = re.compile(
    r"^\W*(?:(?:and|so|but|then|ok(?:ay)?|hm+|well)\W+)*(?:will|would|does|can|could|is|are|do)\b[^.!]*\b(?:guarant\w+|always|never"
    r"|no more|for sure|definitely|100|completely|forever|ever again|promise\w*|really (?:work|help|fix|solve)|make sure)\b"
    r"|\b(?:can|do|will|would) you (?:guarantee|promise)\b|\bis (?:that|it) guaranteed\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    r"\b(?:will|won'?t|'ll|going to|gonna|then|means?|expect\w*|assum\w+|hop\w+|never|always|no more)\b", re.IGNORECASE
)


def tells_of_more(text: str) -> bool:
    """Whether the words announce another thing besides the one at hand."""
    return bool(_MORE.search(text))


_MORE = re.compile(
    r"\b(?:(?:the )?other (?:thing|problem|matter|issue)|(?:two|three|couple of|several) (?:things|problems|issues|matters)"
    r"|another thing|one more thing|something else|also|besides|by the way|on top of that|as well|secondly)\b",
    re.IGNORECASE,
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
