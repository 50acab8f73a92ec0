"""The first draft of the note for colleagues: what the summary for the customer does not say."""

from __future__ import annotations

from collections.abc import Iterator

from bot.advice.call import Call, Fate
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask, Dossier
from bot.advice.heard import CellName
from bot.advice.need_map import NeedMap, ReadBack


def draft(dossier: Dossier, call: Call | None, catalogue: Catalogue) -> str:
    """The note as text, a line each: what was asked for, confirmed, turned down and is still open, and the rep's own notes."""
    lines = [line for concern in dossier.concerns for line in _of_concern(concern, catalogue)]
    lines += _open(dossier, catalogue)
    lines += _of_call(call) if call is not None else ()
    return "\n".join(lines)


def _of_concern(concern: NeedMap, catalogue: Catalogue) -> Iterator[str]:
    if request := concern.quote(CellName.REQUEST):
        yield f"Asked for: {request}"
    if concern.need in catalogue.outcomes:
        confirmed = concern.read_back is ReadBack.CONFIRMED
        yield f"Need: {catalogue.outcomes[concern.need].want} ({'confirmed' if confirmed else 'not confirmed yet'})"
    for no in concern.rejected:
        if no.remedy in catalogue.remedies or no.remedy in catalogue.referrals:
            yield f"Turned down: {catalogue.remedy(no.remedy).title}" + (f", “{no.quote}”" if no.quote else "")


def _open(dossier: Dossier, catalogue: Catalogue) -> Iterator[str]:
    for title, names in (("Not known yet", dossier.unknown), ("Would rather not say", dossier.declined)):
        for name in sorted(names):
            ask, _, key = name.partition(":")
            fact = catalogue.facts.get(key) if ask == Ask.FACT.value else None
            if fact is not None and fact.ask:
                yield f"{title}: {fact.ask}"


def _of_call(call: Call) -> Iterator[str]:
    if there := [one.name for one in call.attendees if one.here]:
        yield f"There: {', '.join(there)}"
    if missing := [one.name for one in call.attendees if not one.here]:
        yield f"Not there: {', '.join(missing)}"
    for one in call.voiced:
        yield f"{_FATES[one.fate]}: “{one.quote}”"
    for note in call.notes:
        yield f"Noted by {note.by}: {note.text}" if note.by else f"Noted: {note.text}"


_FATES = {
    Fate.OPEN: "Expects, not settled",
    Fate.MET: "Expects, and gets",
    Fate.TOLD: "Expects, and was told that it is no part of it",
}
