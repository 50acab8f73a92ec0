"""Words of alarm, the same in every trade: what they stand beside may be a danger; without one only a close match is."""

from __future__ import annotations

import re

_ALARM = re.compile(
    r"\b(?:burn\w*|smok\w*|fire\w*|flam\w*|spark\w*|scorch\w*|smoulder\w*|smolder\w*|melt\w*|glow\w*"
    r"|(?:red|too|very|boiling) hot|overheat\w*"
    r"|shock\w*|zap\w*|tingl\w*|electrocut\w*|gas|fumes?|explo\w*|bang|blew|burst\w*|blast\w*|steam\w*|scald\w*|leak\w*|flood\w*"
    r"|hurt\w*|injur\w*|bleed\w*|blood|eyes?|skin|faint\w*|dizz\w*|headaches?|poison\w*|toxic|acid|bleach|chlorine|chok\w*"
    r"|f[ae]ll\w*|slip\w*|slid\w*|toppl\w*|roll\w*|collaps\w*|lean\w*|tilt\w*|buckl\w*|ben[dt]\w*|crack\w*|snap\w*|whip\w*|loose"
    r"|crush\w*|trap\w*|stuck inside|swollen|swell\w*|bulg\w*|lightning|thunder\w*|emergenc\w*|ambulance|999|911|112|110|police"
    r"|danger\w*|unsafe|hazard\w*|scared|afraid|alarm\w*|smell\w*|stink\w*|under water|wet|water)\b",
    re.IGNORECASE,
)


def sounds_alarmed(text: str) -> bool:
    """Whether any word of the text is one that people use of things that can hurt."""
    return bool(_ALARM.search(text))
