"""What every reply owes the customer, whatever the dialogue: plain, finished sentences, and nothing asked twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.advice.need_map import ReadBack
from bot.learning.dialogues.stage import Reply

LONGEST = 1800
"""A reply of more characters than this is a leaflet; lists that were asked for may be longer."""

_LISTS = frozenset({"options", "own_data", "process"})
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")
_SLOPPY = re.compile(r"[.?!;:,][.;:,](?!\.)|\(\s*\)| ,|\.\.(?!\.)|\bNone\b|\bnan\b|\{\w*\}|: \.|^\s*$")


def ill_mannered(replies: list[Reply]) -> list[str]:
    """What is wrong with the latest of these replies, seen by itself and against those before it."""
    *before, reply = replies
    text = _QUOTED.sub("“…”", reply.text)
    return [*_sentences(text, reply), *_questions(text, reply), *_purchases(reply), *_repeats(reply, before)]


def _sentences(text: str, reply: Reply) -> Iterator[str]:
    if not text.strip():
        yield "manners: the reply is empty"
    if "!" in text:
        yield "manners: there is an exclamation mark"
    if sloppy := _SLOPPY.search(text):
        yield f"manners: a sentence is not finished well: “{text[max(0, sloppy.start() - 30) : sloppy.end() + 10]}”"
    if len(text) > LONGEST and not _LISTS & set(reply.move.get("answers", ())):
        yield f"manners: the reply has {len(text)} characters"


def _questions(text: str, reply: Reply) -> Iterator[str]:
    """One question at a time; what we promise to ask on a later day is not asked now."""
    lines = [line for line in text.splitlines() if "I'll ask you" not in line]
    if " ".join(lines).count("?") > 1 and reply.turn is not None and "at_once" not in reply.said:
        yield "manners: more than one question is asked"


def _purchases(reply: Reply) -> Iterator[str]:
    """No purchase before a need read back and not denied, and a verdict on each cheaper rung."""
    concern = reply.dossier.concern
    verdicts = reply.move.get("verdicts") or {}
    chosen = (verdicts.get("buy") or {}).get("standing") == "chosen"
    if reply.move["kind"] != "advise" or not chosen:
        return
    if concern is None or not concern.need or concern.read_back is not ReadBack.CONFIRMED:
        yield "guarantee: a purchase is advised before the need was read back and confirmed"
    if missing := [rung for rung in ("retrain", "reuse", "fix", "take_over", "refer") if not verdicts.get(rung)]:
        yield f"guarantee: a purchase is advised without a verdict on {', '.join(missing)}"


def _repeats(reply: Reply, before: list[Reply]) -> Iterator[str]:
    """A question that was answered, declined or left open for another is never put again."""
    if reply.move["kind"] not in ("ask_check", "ask_cell") or not before or before[-1].open in (reply.open, "erasure"):
        return
    if reply.open in {earlier.open for earlier in before}:
        yield f"manners: {reply.open} is asked again"
