"""Expectations the customer voiced, held against what the remedy does: one it does not meet is flagged before the call ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.advice.call import Call, Fate
from bot.advice.catalogue import Remedy, Rung
from bot.advice.heard import CellName
from bot.advice.objections import may_buy
from bot.advice.phrasing import clause, short_quote
from bot.advice.scene import Scene

_STEM = 5
"""Letters by which two words are taken for the same: "whiter" and "white" are, "towel" and "tower" are not."""


@dataclass(frozen=True)
class Flag:
    """An expectation nobody has settled: its id, the customer's words, and what the remedy says to it (empty: nothing)."""

    id: str
    quote: str
    says: str
    against: bool = False
    """Whether the remedy plainly does not do it."""


def voices_expectation(text: str) -> bool:
    """Whether the words say what somebody counts on: "I expect …", "and it must never break down again"."""
    return bool(_EXPECTS.search(text))


_EXPECTS = re.compile(
    r"\b(?:i|we|they|he|she|everybody|everyone|(?:my|our) \w+)(?:'ll| will| would|'d| do| really| also)? "
    r"(?:expects?(?! (?:about |around )?\d)|hopes?|assumes?|count on|rel(?:y|ies) on|trust that|insists? (?:on|that))\b"
    r"|\b(?:should|must|has to|have to|will|would|won't|can)\b[^.?!]*\b(?:never|always|ever again|no more|for good|guarante\w+)\b"
    r"|\b(?:as long as|provided(?: that)?|on condition that|only if) (?:it|they|you|that|this|there|somebody|someone|nobody)\b",
    re.IGNORECASE,
)


def flags(scene: Scene, call: Call) -> tuple[Flag, ...]:
    """What was voiced and is not settled yet; what the remedy plainly does not meet comes first."""
    voiced = [(each.id, each.quote) for each in call.voiced if each.fate is Fate.OPEN]
    settled = {each.id for each in call.voiced if each.fate is not Fate.OPEN}
    success = scene.concern.quote(CellName.SUCCESS) if scene.concern is not None else ""
    picture = f"success:{scene.concern.id}" if scene.concern is not None and success else ""
    if picture and picture not in settled and all(id != picture for id, _ in voiced):
        voiced.append((picture, success))
    found = [_flag(scene, id, quote) for id, quote in voiced]
    told = [flag for flag in found if flag.against or flag.id != picture]
    return tuple(sorted(told, key=lambda flag: not flag.against))


def _flag(scene: Scene, id: str, quote: str) -> Flag:
    remedy = _leading(scene)
    short = short_quote(quote)
    if remedy is None:
        return Flag(id, short, scene.say("guide_expect_early"))
    fill = scene.fill
    if found := _nearest(quote, fill.all(remedy.not_expect)):
        return Flag(id, short, scene.say("guide_expect_not", not_expect=clause(found)), against=True)
    if found := _nearest(quote, [*fill.all(remedy.expect), fill(remedy.gives)]):
        return Flag(id, short, scene.say("guide_expect_met", expect=clause(found)))
    return Flag(id, short, scene.say("guide_expect_unknown", title=remedy.title))


def _leading(scene: Scene) -> Remedy | None:
    """The remedy that would be advised now; a purchase only once it is earned."""
    ladder = scene.move.ladder
    chosen = ladder.chosen.remedy if ladder is not None and ladder.chosen is not None else None
    return None if chosen is None or (chosen.rung is Rung.BUY and not may_buy(scene)) else chosen


def _nearest(quote: str, sentences: Sequence[str]) -> str:
    """The sentence that shares most of its telling words with the quote; empty when none shares enough."""
    said = _telling(quote)
    rated = [(len(said & _telling(text)) / max(1, min(len(said), len(_telling(text)))), text) for text in sentences if text]
    best = max(rated, default=(0.0, ""))
    return best[1] if best[0] >= 0.5 else ""


def _telling(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z]{4,}", text.casefold())
    return frozenset(word[:_STEM] for word in words if word not in _COMMON)


_COMMON = frozenset(
    (
        *("that", "this", "with", "from", "your", "they", "have", "will", "when", "then", "than", "what", "there", "their"),
        *("about", "more", "been", "were", "them", "only", "also", "just", "each", "every", "into", "over", "much", "very", "some"),
    )
)
