"""hear(): one understood message and the dossier before it give the dossier after it."""

from __future__ import annotations

from dataclasses import replace

from bot.advice.amend import amend
from bot.advice.answering import answer, interrupts
from bot.advice.catalogue import Catalogue
from bot.advice.concerns import noted, place
from bot.advice.dossier import Ask, Asset, Consent, Dossier, HandOver, Interruption, Question
from bot.advice.heard import Act, CellName, Heard, Mention, Source, Told
from bot.advice.interruptions import interruptions
from bot.advice.ladder import bookable
from bot.advice.looking import mentioned
from bot.advice.need_map import Cell, NeedMap, ReadBack, State
from bot.advice.reloaded import still_known

SURE_OF_DANGER = 0.7
"""How surely a message must tell of a danger before we warn: 38 of 44 told in other words are heard, 21 of 1502 needlessly."""


def hear(dossier: Dossier, heard: Heard, catalogue: Catalogue) -> Dossier:
    """The dossier after this message. Nothing told is lost: corrected values move into their cell's history."""
    dossier = still_known(_unless_erased(dossier), catalogue)
    if heard.correction is not None:
        return amend(dossier, heard, catalogue)
    fresh = replace(dossier, pending=(), focus={}, heard=dossier.heard + 1, last_text=heard.text, leaving=False)
    if heard.trouble is not None:
        focus = {"trouble": heard.trouble.value, "language": heard.language}
        return replace(fresh, pending=(Interruption.TROUBLE,), focus=focus, missed=fresh.missed + 1)
    told = _learn(fresh, heard, catalogue)
    answered = answer(told, heard, catalogue)
    closed = answered.closing != dossier.closing
    asked = None if answered.open is not None and answered.open.ask is Ask.CHECK_IN else dossier.open
    placed = noted(answered, heard) if closed else place(answered, heard, catalogue, asked)
    thought = _reconsidered(_explained(placed, heard, dossier.open), heard, dossier, catalogue)
    return mentioned(interruptions(_wishes(thought, heard), heard, catalogue, before=dossier))


def _unless_erased(dossier: Dossier) -> Dossier:
    """After an erasure the next message begins a new dossier."""
    return Dossier(today=dossier.today, staffed=dossier.staffed) if dossier.erase else dossier


def _explained(dossier: Dossier, heard: Heard, asked: Question | None) -> Dossier:
    """A denied read-back that the customer has explained is due again, with the explanation as the words of the need."""
    concern = dossier.concern
    if concern is None or concern.read_back is not ReadBack.DENIED or asked is None or dossier.silenced(asked):
        return dossier
    if asked.name != _WHY_DENIED.name or dossier.open is not None or interrupts(heard) or not heard.text.strip():
        return dossier
    need = Cell(concern.need, heard.text, heard.source)
    return dossier.with_concern(replace(concern.with_cell(CellName.NEED, need), read_back=ReadBack.NOT_YET))


_WHY_DENIED = Question(Ask.WHY, "denied")


def _reconsidered(dossier: Dossier, heard: Heard, before: Dossier, catalogue: Catalogue) -> Dossier:
    """What no longer holds after this message: a yes to a remedy that is out now, a hand-over for want of understanding."""
    concern = dossier.concern
    if concern is None or concern.state is not State.OPEN:
        return dossier
    if dossier.open is not None and dossier.open.ask in (Ask.WHY, Ask.MEANT) and _is_clear(concern):
        dossier = replace(dossier, open=None)
    if concern.accepted and not bookable(dossier, concern, catalogue, concern.accepted):
        dossier = dossier.with_concern(replace(concern, accepted=""))
    before_problem = before.concern.problem if before.concern is not None else ""
    found = concern.problem not in ("", before_problem)
    if found and dossier.hand_over_why in _CALLED_OFF and not heard.does(Act.ASKS_PERSON, Act.INSISTS_QUOTE):
        dossier = _going_on(dossier)
    return dossier


_CALLED_OFF = ("unclear", "asked", "quote")
"""Why a person was to be brought in; whoever then tells what the trouble is, instead of where to be reached, goes on here."""


def _going_on(dossier: Dossier) -> Dossier:
    """The dossier without the hand-over that was under way; that a person is still to be had is said."""
    if dossier.hand_over is not HandOver.WANTED:
        return replace(dossier, hand_over_why="")
    said = () if dossier.hand_over_why == "unclear" else (Interruption.GOING_ON,)
    here = None if dossier.open == Question(Ask.CONTACT, "person") else dossier.open
    return replace(dossier, hand_over=HandOver.NONE, hand_over_why="", open=here, pending=(*dossier.pending, *said))


def _is_clear(concern: NeedMap) -> bool:
    return bool(concern.problem) and concern.read_back is not ReadBack.DENIED


def _learn(dossier: Dossier, heard: Heard, catalogue: Catalogue) -> Dossier:
    """Facts, assets, dangers and the cells of the concern at hand."""
    for told in heard.told:
        dossier = learn_fact(dossier, told, heard.source)
    for mention in heard.mentions:
        if mention.owned:
            dossier = replace(dossier, assets=_with_asset(dossier.assets, mention, heard.source))
    if contact := heard.cells.get(CellName.CONTACT):
        dossier = replace(dossier, contact=contact)
    seen = (*dossier.warned, *dossier.dangers)
    dangers = tuple(match.id for match in heard.dangers if match.score >= SURE_OF_DANGER and match.id not in seen)
    return replace(dossier, dangers=(*dossier.dangers, *dangers))


def learn_fact(dossier: Dossier, told: Told, source: Source) -> Dossier:
    """The dossier with one fact told; it is no longer unknown or declined."""
    cell = Cell(told.value, told.quote, source, told.confidence)
    name = f"fact:{told.fact}"
    learnt = dossier.with_fact(told.fact, cell)
    return replace(learnt, unknown=dossier.unknown - {name}, declined=dossier.declined - {name})


def _with_asset(assets: tuple[Asset, ...], mention: Mention, source: Source) -> tuple[Asset, ...]:
    """The assets with a mention added, or merged into the one it speaks of."""
    same = [asset for asset in assets if asset.kind == mention.kind and mention.product in ("", asset.product)]
    if not same:
        quantity = mention.quantity if mention.quantity is not None else 1.0
        return (*assets, Asset(mention.kind, mention.product, mention.quote, quantity, source=source))
    old = same[0]
    quantity = mention.quantity if mention.quantity is not None else old.quantity
    notes = f"{old.quantity:g} before: {mention.quote}" if quantity != old.quantity else mention.quote
    merged = replace(old, quantity=quantity, notes="; ".join(filter(None, (old.notes, notes))))
    return tuple(merged if asset is old else asset for asset in assets)


def _wishes(dossier: Dossier, heard: Heard) -> Dossier:
    """How the customer wants to be treated: consent, hurry, a person, leaving, what matters most."""
    if heard.does(Act.REFUSES_RECORDING):
        dossier = replace(dossier, consent=Consent.REFUSED)
    elif heard.does(Act.ALLOWS_RECORDING):
        dossier = replace(dossier, consent=Consent.GIVEN)
    if heard.does(Act.ASKS_PERSON) and dossier.hand_over is not HandOver.DONE:
        dossier = replace(dossier, hand_over=HandOver.WANTED, hand_over_why="asked")
    if heard.does(Act.ASKS_TO_HURRY):
        dossier = replace(dossier, hurry=True)
    if priority := heard.cells.get(CellName.PRIORITY):
        dossier = replace(dossier, priority=priority)
    leaves = heard.does(Act.LEAVE) and not heard.told and not heard.does(*_STAYS)
    return replace(dossier, leaving=dossier.leaving or leaves)


_STAYS = (Act.REPORTS_PROBLEM, Act.STATES_NEED, Act.WANTS_PRODUCT, Act.INSISTS_QUOTE, Act.ASKS_PERSON)
"""Beside one of these, what sounds like a goodbye is none: they want something yet."""
