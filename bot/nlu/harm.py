"""Harm told of in everyday words and slang, which no catalogue lists: "got a belt off the pump" is an electric shock."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.advice.harms import FALLING, FIRE, GAS, INJURY, MOVING, SHOCK
from bot.nlu.language import straighten
from bot.nlu.polarity import mentions_negation


@dataclass(frozen=True)
class Harm:
    """A harm told of: its id, the words that tell it, and the same said plainly, as a catalogue would."""

    id: str
    quote: str
    plainly: str


_SOMEONE = r"(?:me|him|her|us|them|you|someone|somebody|(?:my|our|the|one of (?:my|our|the)) \w+)"
_PART = r"(?:hands?|fingers?|thumbs?|arms?|legs?|foot|feet|toes?|eyes?|face|head|back|skin|knees?|wrists?|neck)"
_TOUCHED = r"when (?:\w+ ){1,3}(?:touch|plug|open|grab|press|turn|switch|pull|lean|h[eo]ld|clean|use|start)\w*"
_NEARLY = r"(?:badly |slightly |nearly |almost |really )*"
_SHOCK = (
    r"\belectr\w+ shock|\belectrocut\w+|\belectrified\b|\btingl(?:y|es)\b|\bgets? (?:a )?tingl\w+|\btingl\w+ when",
    r"\b(?:casing|metal|frame|body|housing|tap|case|handle) (?:is|was) live\b",
    r"\b(?:shock|belt|jolt|zap|buzz|tingle|whack|bite|poke)s? (?:off|from|out of) (?:it|the|that|this|my|our)\b",
    rf"\b(?:shock|belt|jolt|zap|buzz|tingle|whack|kick|bite|poke)s? {_TOUCHED}",
    rf"\b(?:zapp?(?:ed|s)|jolt(?:ed|s)|belted) {_SOMEONE}\b|\b(?:shock(?:ed|s)|bit|bites) {_SOMEONE} {_TOUCHED}",
    r"\b(?:i|he|she|we|they|someone|somebody) (?:got|was|were|been|gets?) (?:zapped|jolted|shocked by (?:it|the \w+)\W*$)",
)
_FIRE = (
    r"\b(?:on|caught|catch(?:es|ing)?) fire\b|\bin flames\b|\bflames? (?:came|come|coming|shot|out|from)\b|\bspark(?:s|ed|ing)\b",
    r"\bsmok(?:e|ing) (?:com\w+|from|out|pour\w+|ris\w+)|\b(?:is|was|started|starts|it'?s|were|are) smok(?:ing|y)\b",
    r"\b(?:smell\w*|stinks?|stench|whiff|pong\w*) (?:\w+ )?(?:of|like) (?:\w+ )?(?:burning|scorch\w+|melt\w+)",
    r"\b(?:burning|burnt|melted|melting|scorched) (?:smell|plastic|wires?|wiring|cables?|plugs?|rubber|sockets?)\b",
)
_GAS = (
    r"\b(?:smell\w*|stinks?|whiff|reeks?|pong\w*) (?:\w+ )?(?:of |like )?gas\b|\bgas (?:smell|leak\w*|is leaking)\b",
    r"\bcarbon monoxide\b|\bco (?:alarm|detector)\b|\bheadaches? (?:\w+ ){0,4}when (?:it|the \w+) (?:is|'?s) (?:on|running)\b",
)
_INJURY = (
    r"\b(?:crushed|trapped|caught|jammed|sliced|cut|burn(?:t|ed)|scalded|broke|smashed|mangled|squashed|nearly took) (?:\w+ )?"
    rf"(?:his|her|my|their|someone'?s|somebody'?s|the \w+'?s) (?:\w+ )?{_PART}\b",
    rf"\b(?:got|was|were|been|gets?|get) {_NEARLY}(?:hurt|injured|scalded|crushed|knocked (?:out|over|down)|burn(?:t|ed) by)\b"
    r"(?! by the (?:price|cost|bill))",
    rf"\b(?:nearly|almost) (?:killed|crushed|hit|had|got|clipped|flattened|landed on|fell on|dropped on|ran over) {_SOMEONE}\b",
    r"\b(?:taken|rushed|went|ended up|had to go|off) (?:to|in) (?:the )?(?:hospital|a&e)\b",
    r"\bcalled an ambulance\b|\bbleeding (?:badly|from)\b",
    r"\b(?:he|she|i|someone|somebody|we|they) (?:passed|blacked) out\b|\bfainted\b",
)
_MOVING = (
    r"\b(?:won'?t|doesn'?t|didn'?t|does not|did not|not|can'?t|couldn'?t) (?:stop|brake|hold)"
    r" (?:when|if|on (?:a|the) (?:slope|ramp|hill))",
    r"\b(?:brakes?|anchors) (?:\w+ )?(?:fail\w*|gone|went|don'?t (?:work|hold|grip|bite)|not (?:working|holding))\b",
    r"\bbrakes? (?:is|are|feels?) (?:shot|gone|dead|soft)\b|\b(?:no|lost (?:the|its|my)|without) (?:brakes?|steering)\b",
    r"\brolled away\b|\bran away (?:down|with)\b|\bstarted (?:up )?by itself\b",
)
_FALLING = (
    r"\bhang(?:s|ing) (?:off|down|loose|by (?:a|one|its)|on (?:a|one))\b|\bdangl(?:es|ing)\b",
    r"\bcoming (?:off|away from) the (?:wall|ceiling|roof)\b|\babout to (?:fall|come down|drop|collapse|tip)\b",
    r"\b(?:fell|falling|came|coming) (?:down )?off the (?:wall|ceiling|roof|rack|shelf|lift)\b",
)
_PATTERNS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (id, plainly, re.compile("|".join(patterns), re.IGNORECASE))
    for id, plainly, patterns in (
        (SHOCK, "I got an electric shock from it, the metal is live", _SHOCK),
        (FIRE, "there is smoke and a burning smell coming from it, it is on fire", _FIRE),
        (GAS, "it smells of gas", _GAS),
        (MOVING, "the brakes do not hold, it does not stop", _MOVING),
        (FALLING, "it hangs loose, is coming off the wall and can fall on someone", _FALLING),
        (INJURY, "someone was hurt by it", _INJURY),
    )
)
_REACH = 24
"""How many characters before the words a denial may stand ("nobody got hurt")."""


def harms_in(text: str) -> tuple[Harm, ...]:
    """Every kind of harm the text tells of, once each; that someone was hurt only where nothing says by what. None is denied."""
    plain = straighten(text)
    found = []
    for id, plainly, pattern in _PATTERNS:
        told = pattern.search(plain)
        if told is not None and not _denied(plain, told.start()):
            found.append(Harm(id, text[told.start() : told.end()].strip(), plainly))
    return tuple(harm for harm in found if harm.id != INJURY or len(found) == 1)


def _denied(text: str, start: int) -> bool:
    """Whether the clause denies what stands at this place."""
    before = re.split(r"[.!?;,]|\bbut\b", text[max(0, start - _REACH) : start])[-1]
    return mentions_negation(before)
