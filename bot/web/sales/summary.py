"""The summary of a conversation for its customer: their own words first, the outcome, what was agreed, what happens when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.advice.catalogue import Catalogue, Remedy, Rung
from bot.advice.dossier import Dossier
from bot.advice.facts import Facts
from bot.advice.heard import CellName, Source
from bot.advice.need_map import NeedMap, State
from bot.advice.phrasing import Fill, clause, day, money, sentence
from bot.store.records import CheckIn, Promise, PromiseState, Referral

_QUOTED = (CellName.PROBLEM, CellName.IMPACT, CellName.WHO, CellName.NEED, CellName.SUCCESS)


@dataclass(frozen=True)
class Kept:
    """What the records hold of a conversation."""

    dossier: Dossier
    promises: Sequence[Promise]
    check_ins: Sequence[CheckIn]
    referrals: Sequence[Referral]


def summary(kept: Kept, catalogue: Catalogue, on: date) -> str:
    """The summary as Markdown. It holds nothing that was not said, agreed or written in the catalogue."""
    talked = [concern for concern in kept.dossier.concerns if concern.state is not State.DROPPED]
    parts = [f"# What we talked about on {on.day} {on:%B %Y}"]
    if not talked:
        parts.append("We have not spoken about anything in particular yet.")
    for concern in talked:
        parts += _of_concern(kept, concern, catalogue)
    parts += _next(kept, catalogue)
    parts.append(f"If anything changes, or it does not turn out like this, tell us: {catalogue.company.contact}.")
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(markdown: str) -> str:
    """The same as the text of an e-mail: headings without marks, quotes in quotation marks."""
    lines = []
    for line in markdown.splitlines():
        if line.startswith("#"):
            lines.append(line.lstrip("#").strip())
        elif line.startswith(">"):
            lines.append(f"“{line.lstrip('> ').strip()}”")
        else:
            lines.append(line.replace("**", ""))
    return "\n".join(lines).strip() + "\n"


def words_of(concern: NeedMap) -> list[str]:
    """What the customer said of a concern, in their own words, each once, in the order of the need map.

    What is a part of another quote is left out; their words in general stand only where no trouble was made out.
    """
    cells = [concern.cells[name] for name in _QUOTED if name in concern.cells]
    said = [cell.quote.strip() for cell in cells if cell.source is Source.CUSTOMER]
    quotes = list(dict.fromkeys(quote for quote in said if quote)) or [concern.quote(CellName.SITUATION).strip()]
    return [quote for quote in quotes if quote and not any(quote != other and quote in other for other in quotes)]


def _of_concern(kept: Kept, concern: NeedMap, catalogue: Catalogue) -> list[str]:
    quotes = words_of(concern)
    parts = ["## In your words", "\n".join(f"> {quote}" for quote in quotes)] if quotes else []
    if want := _want(concern, catalogue):
        parts += ["## What you want", want]
    remedy = _remedy(concern.accepted, catalogue)
    if remedy is None:
        return parts
    fill = Fill(Facts(kept.dossier, concern, catalogue), catalogue)
    gives = fill(remedy.gives)
    agreed = sentence(fill(remedy.title) or remedy.title)
    agreed += f" {sentence(f'It gives you {clause(gives)}')}" if gives else ""
    parts += ["## What we agreed", agreed, _cost(remedy, catalogue)]
    parts += [_listed("What to expect", fill.all(remedy.expect)), _listed("What not to expect", fill.all(remedy.not_expect))]
    if remedy.relief and fill(remedy.relief):
        parts.append(sentence(fill(remedy.relief)))
    return parts


def _want(concern: NeedMap, catalogue: Catalogue) -> str:
    outcome = catalogue.outcomes.get(concern.need)
    want = sentence(outcome.want) if outcome is not None else ""
    success = concern.quote(CellName.SUCCESS)
    return f"{want} You will know it by this: “{success}”." if want and success else want


def _remedy(id: str, catalogue: Catalogue) -> Remedy | None:
    try:
        return catalogue.remedy(id) if id else None
    except KeyError:
        return None


def _cost(remedy: Remedy, catalogue: Catalogue) -> str:
    cost = remedy.cost
    if remedy.rung is Rung.REFER or cost.once is None:
        return ""
    parts = [f"{money(cost.once, catalogue)} once"] if cost.once else []
    parts += [f"{money(cost.yearly, catalogue)} a year"] if cost.yearly else []
    note = f" ({clause(cost.note)})" if cost.note else ""
    return f"It costs {' and '.join(parts)}{note}." if parts else f"It costs nothing{note}."


def _listed(title: str, lines: Iterable[str]) -> str:
    items = [f"- {sentence(line)}" for line in lines]
    return "\n".join((f"**{title}**", "", *items)) if items else ""


def _next(kept: Kept, catalogue: Catalogue) -> list[str]:
    open_ones = [one for one in kept.promises if one.state in (PromiseState.OPEN, PromiseState.LATE)]
    lines = [f"- {_by(one)}{_who(one, catalogue)}: {sentence(one.what)}" for one in open_ones]
    lines += [f"- {_day(one.due)}: we ask you how it went. {one.question}" for one in kept.check_ins if one.answered_at is None]
    parts = ["## What happens next", "\n".join(lines)] if lines else []
    for referral in kept.referrals:
        if referral.shared_at is not None:
            why = f" They are better at this: {clause(referral.reason)}." if referral.reason else ""
            parts.append(f"With your consent we introduced you to {referral.vendor_name}.{why}")
    return parts


def _by(promise: Promise) -> str:
    return f"By {_day(promise.due)}, " if promise.due else ""


def _day(on: date | None) -> str:
    return day(on.isoformat()) if on else ""


def _who(promise: Promise, catalogue: Catalogue) -> str:
    return {"we": catalogue.company.name, "you": "you"}.get(promise.owner, promise.owner)
