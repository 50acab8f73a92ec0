"""A line of what was understood put right or taken out: the dossier after it, with all that followed from it revised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.advice.catalogue import Attribute, Catalogue, Rung
from bot.advice.concerns import settle
from bot.advice.dossier import Amendment, Ask, Dossier, Interruption, Page, Question, Referral, ReferralState
from bot.advice.heard import CellName, Correction, Heard, Match
from bot.advice.ladder import bookable
from bot.advice.need_map import Cell, NeedMap, ReadBack, State
from bot.advice.reloaded import still_known
from bot.advice.understood import asset_id
from bot.advice.written import LONGEST, NotCorrected, fact_value, owned, product_named

REMEMBERED = 100
"""How many amendments a dossier keeps; the stored turns hold every one."""


def amend(dossier: Dossier, heard: Heard, catalogue: Catalogue) -> Dossier:
    """The dossier with the correction in `heard` made, as it is before the assistant answers.

    A line that is not there any more, or a value that does not fit it, changes nothing; the reply says so.
    """
    dossier = still_known(dossier, catalogue)
    fresh = replace(dossier, pending=(), focus={}, heard=dossier.heard + 1, last_text=heard.text, leaving=False, missed=0)
    correction = heard.correction
    if correction is None:
        return fresh
    try:
        after = corrected(fresh, correction, catalogue, heard)
    except NotCorrected:
        return replace(fresh, pending=(Interruption.AMENDED,), focus={"line": correction.line, "amended": "no"})
    done = "removed" if correction.value is None else "yes"
    after = _reopened(fresh, after, catalogue)
    return replace(after, pending=(Interruption.AMENDED,), focus={"line": correction.line, "amended": done})


def corrected(dossier: Dossier, correction: Correction, catalogue: Catalogue, heard: Heard) -> Dossier:
    """The dossier with one line put right or taken out, and the amendment kept. Raises NotCorrected."""
    if correction.value is not None and not correction.value.strip():
        raise NotCorrected("Write what is right, or take the line out.")
    if correction.value is not None and len(correction.value) > LONGEST:
        raise NotCorrected(f"Write at most {LONGEST} characters.")
    kind, _, rest = correction.line.partition(":")
    change = _CHANGES.get(kind)
    if change is None:
        raise NotCorrected(_GONE)
    before, after, dossier = change(dossier, rest, correction.value, catalogue, heard)
    amendment = Amendment(correction.line, before, after)
    return replace(dossier, amended=(*dossier.amended, amendment)[-REMEMBERED:])


_GONE = "This line is not there any more. Load what was understood again."
_Changed = tuple[str, str, Dossier]


def _fact(dossier: Dossier, id: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    cell, fact = dossier.facts.get(id), catalogue.facts.get(id)
    if cell is None or fact is None:
        raise NotCorrected(_GONE)
    name = f"fact:{id}"
    if dossier.open is not None and dossier.open.name == name:
        dossier = replace(dossier, open=None)
    if value is None:
        left = {key: each for key, each in dossier.facts.items() if key != id}
        return str(cell.value), "", replace(dossier, facts=left, declined=dossier.declined | {name})
    newer = Cell(fact_value(fact, value), value.strip(), heard.source)
    learnt = dossier.with_fact(id, newer)
    learnt = replace(learnt, unknown=dossier.unknown - {name}, declined=dossier.declined - {name})
    return str(cell.value), str(newer.value), learnt


def _asset(dossier: Dossier, id: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    asset = next((one for one in dossier.assets if asset_id(one) == f"asset:{id}"), None)
    if asset is None:
        raise NotCorrected(_GONE)
    before = f"{asset.quantity:g} × {asset.product or asset.model or asset.kind}"
    if value is None:
        return before, "", replace(dossier, assets=tuple(one for one in dossier.assets if one is not asset))
    newer = owned(asset, value, catalogue)
    after = f"{newer.quantity:g} × {newer.product or newer.model or newer.kind}"
    return before, after, replace(dossier, assets=tuple(newer if one is asset else one for one in dossier.assets))


def _customer(dossier: Dossier, name: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    if name not in ("name", "organisation", "region", "contact") or not getattr(dossier.customer, name):
        raise NotCorrected(_GONE)
    before = str(getattr(dossier.customer, name))
    customer = replace(dossier.customer, **{name: (value or "").strip()})
    return before, value or "", replace(dossier, customer=customer)


def _contact(dossier: Dossier, _: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    if not dossier.contact:
        raise NotCorrected(_GONE)
    return dossier.contact, value or "", replace(dossier, contact=(value or "").strip())


def _priority(dossier: Dossier, _: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    if not dossier.priority:
        raise NotCorrected(_GONE)
    wanted = (value or "").strip().casefold()
    if value is not None and wanted not in {each.value for each in Attribute}:
        raise NotCorrected(f"Choose one of these: {', '.join(each.value for each in Attribute)}.")
    return dossier.priority, wanted, replace(dossier, priority=wanted)


def _page(dossier: Dossier, _: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    if not dossier.page.title or value is not None:
        raise NotCorrected("This line can be taken out, not changed.")
    return dossier.page.title, "", replace(dossier, page=Page())


def _introduction(dossier: Dossier, remedy: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    """The introduction to another vendor in the customer's own words; it is read again before anything is sent."""
    draft = next((one for one in dossier.referrals if one.remedy == remedy), None)
    if draft is None or draft.state not in (ReferralState.DRAFTED, ReferralState.EDITING) or value is None:
        raise NotCorrected("There is no introduction to edit now.")
    edited: Referral = replace(draft, text=value.strip(), state=ReferralState.DRAFTED)
    others = tuple(one for one in dossier.referrals if one is not draft)
    return draft.text, edited.text, replace(dossier, referrals=(*others, edited))


def _concern(dossier: Dossier, rest: str, value: str | None, catalogue: Catalogue, heard: Heard) -> _Changed:
    number, _, name = rest.partition(":")
    concern = next((one for one in dossier.concerns if str(one.id) == number), None)
    if concern is None:
        raise NotCorrected(_GONE)
    before, changed = _in_concern(concern, name, value, catalogue, heard)
    before_and_after = [(one.problem, one.need, one.read_back) for one in (concern, changed)]
    if before_and_after[0] != before_and_after[1]:
        dossier = _question_gone(dossier)
    return before, value or "", dossier.with_concern(changed)


def _in_concern(concern: NeedMap, name: str, value: str | None, catalogue: Catalogue, heard: Heard) -> tuple[str, NeedMap]:
    """What a line of a concern said, and the concern with it put right."""
    if name == CellName.PROBLEM.value:
        return concern.problem, _with_problem(concern, value, catalogue, heard)
    kind, _, id = name.partition(":")
    if kind in ("cause", "rejected", "hands_off"):
        return id, _without(concern, kind, id, value)
    cells = {each.value: each for each in _EDITABLE}
    if name not in cells or cells[name] not in concern.cells:
        raise NotCorrected(_GONE)
    before = str(concern.cells[cells[name]].value)
    if name == CellName.NEED.value:
        return before, _with_need(concern, value, catalogue, heard)
    if value is None:
        return before, concern.without_cell(cells[name])
    said = value.strip()
    known = product_named(said, catalogue) if name == CellName.REQUEST.value else said
    return before, concern.with_cell(cells[name], Cell(known, said, heard.source))


_EDITABLE = (
    *(CellName.REQUEST, CellName.NEED, CellName.SUCCESS, CellName.SINCE, CellName.HOW_OFTEN, CellName.WHO),
    *(CellName.IMPACT, CellName.CONSTRAINTS, CellName.DECIDERS, CellName.TRIED),
)


def _with_problem(concern: NeedMap, value: str | None, catalogue: Catalogue, heard: Heard) -> NeedMap:
    """Another problem begins its diagnosis anew; one taken out is not offered again."""
    quote = concern.quote(CellName.PROBLEM) or concern.quote(CellName.SITUATION)
    begun = replace(concern, advised=(), accepted="", questions=0, whys=0, denials=0, compared=False)
    if value is None:
        gone = {concern.problem} - {""} or {match.id for match in concern.readings}
        without = begun.without_cell(CellName.PROBLEM).without_cell(CellName.NEED)
        return replace(without, readings=(), ruled_out=concern.ruled_out | gone, read_back=ReadBack.NOT_YET)
    named = (problem.id for problem in catalogue.problems.values() if value.strip().casefold() in _names(problem.id, problem.name))
    id = next(named, "")
    if not id:
        raise NotCorrected("Choose one of the readings, or take the line out and say in the chat what is wrong.")
    if id == concern.problem:
        return concern
    only = replace(begun, readings=(Match(id, 1.0, quote),), ruled_out=concern.ruled_out - {id})
    return settle(only, id, quote, 1.0, catalogue, heard)


def _with_need(concern: NeedMap, value: str | None, catalogue: Catalogue, heard: Heard) -> NeedMap:
    """Another outcome is read back again; one taken out counts as a read-back denied."""
    if value is None:
        return replace(concern, read_back=ReadBack.DENIED)
    problem = catalogue.problems.get(concern.problem)
    offered = (concern.need, *(problem.outcomes if problem is not None else ()))
    wanted = value.strip().casefold()
    id = next((one for one in offered if wanted in _names(one, catalogue.outcomes[one].want)), "")
    if not id:
        raise NotCorrected("Choose one of these: " + ", ".join(catalogue.outcomes[one].want for one in offered) + ".")
    if id == concern.need:
        return concern
    quote = concern.quote(CellName.PROBLEM) or concern.quote(CellName.NEED)
    return replace(concern, read_back=ReadBack.NOT_YET).with_cell(CellName.NEED, Cell(id, quote, heard.source))


def _names(id: str, name: str) -> tuple[str, str]:
    return id.casefold(), name.strip().rstrip(".").casefold()


def _without(concern: NeedMap, kind: str, id: str, value: str | None) -> NeedMap:
    """The concern without a suspicion, a rejection, or the wish to have it taken off their hands."""
    if value is not None:
        raise NotCorrected("This line can be taken out, not changed.")
    if kind == "cause" and id in concern.hints:
        return replace(concern, hints={cause: weight for cause, weight in concern.hints.items() if cause != id})
    if kind == "rejected" and any(no.remedy == id for no in concern.rejected):
        return replace(concern, rejected=tuple(no for no in concern.rejected if no.remedy != id))
    if kind == "hands_off" and concern.hands_off:
        return replace(concern, hands_off=False)
    raise NotCorrected(_GONE)


def _question_gone(dossier: Dossier) -> Dossier:
    """An open question about the problem, the need or the advice has no ground any more."""
    about: Question | None = dossier.open
    grounds = (Ask.WHY, Ask.MEANT, Ask.READ_BACK, Ask.ADVICE, Ask.FACT, Ask.CELL)
    return replace(dossier, open=None) if about is not None and about.ask in grounds else dossier


def _reopened(before: Dossier, after: Dossier, catalogue: Catalogue) -> Dossier:
    """What was agreed but can no longer be advised is open again, and the promises made for it are withdrawn."""
    for index, concern in enumerate(after.concerns):
        remedy = before.concerns[index].accepted
        sent = remedy in catalogue.referrals or (remedy in catalogue.remedies and catalogue.remedy(remedy).rung is Rung.REFER)
        if not remedy or sent or concern.state not in (State.ACCEPTED, State.OPEN):
            continue
        if concern.accepted and bookable(after, concern, catalogue, remedy):
            continue
        kept = tuple(one for one in after.promises if (one.concern, one.remedy) != (concern.id, remedy))
        free = after.concern is None or after.concern.state is not State.OPEN
        opened = after.with_concern(replace(concern, accepted="", state=State.OPEN))
        after = replace(opened, promises=kept, active=index if free else after.active)
    return after


_CHANGES: Mapping[str, Callable[[Dossier, str, str | None, Catalogue, Heard], _Changed]] = {
    "fact": _fact,
    "asset": _asset,
    "customer": _customer,
    "contact": _contact,
    "priority": _priority,
    "page": _page,
    "introduction": _introduction,
    "concern": _concern,
}
