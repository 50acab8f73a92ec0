"""Which concern a message belongs to: it fills the one at hand, opens the first, or parks a second."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask, Dossier, Interruption, Question
from bot.advice.heard import TELLING, Act, CellName, Heard, Match, Polarity
from bot.advice.looking import begun_from_page
from bot.advice.need_map import Cell, NeedMap, ReadBack, State

SURE = 0.45
"""A reading this probable is taken without asking."""

MARGIN = 0.15
"""How far the best reading must lie ahead of the next to be taken without asking."""

POSSIBLE = 0.04
"""Readings less probable than this are forgotten."""

SURE_ENOUGH_TO_STAY = 0.85
"""A problem taken less surely than this gives way, early on, to a surer reading."""

SHOWN = 3.0
"""How much more the danger of a cause speaks for it than a suspicion: as much as a check's "almost always"."""

UNLIKELY = 0.05
"""Where no problem is likelier than this, the message tells of none that we know."""

ANOTHER = 0.7
"""How surely a message must tell of a different problem to open a second concern."""

OF_A_COMPLAINT = 0.2
"""How probable a reading of a complaint must be for it to open a concern besides being answered."""

SURELY_ANOTHER = 0.95
"""The same where the customer was asked to picture the result, and may name what they do not want to see."""

OF_A_WISH = 0.8
"""How probable an outcome must be in words that state no need: nobody is told what they want by a resemblance."""

OF_A_TROUBLE = 0.5
"""How surely an outcome is wanted that a trouble only resembles: enough to say what it may be, not to be told so."""

OF_A_REQUEST = 0.75
"""How probable a reading of a bare request for a product must be."""

WHY_TOLD = 0.15
"""How probable the same reading must be for the words that tell why to be read back in place of the request."""

BY_REQUEST = 0.6
"""What such a reading counts for at most: it waits for the answer to why, and gives way to what that answer tells."""

_SETTLED = (State.ACCEPTED, State.HANDED_OVER, State.DROPPED)
_NAMES_A_PROBLEM = (Act.REPORTS_PROBLEM, Act.STATES_NEED, Act.WANTS_PRODUCT, Act.CHANGES_MIND, Act.GIVES_REASON)


def place(dossier: Dossier, heard: Heard, catalogue: Catalogue, asked: Question | None = None) -> Dossier:
    """The dossier with what the message says of the customer's affair entered in the right concern.

    `asked` is the question that was open when the message came.
    """
    concern = dossier.concern
    if not _tells(heard, asked, concern):
        return dossier
    if concern is None or concern.state in _SETTLED:
        begun = _started(dossier, heard, catalogue) if _starts(heard, asked, concern) else noted(dossier, heard)
        return _let_go(begun, heard, catalogue)
    if heard.does(Act.CHANGES_MIND) and (_surely(heard.problems) or heard.mentions) and not _is_same(concern, heard):
        return _changed(dossier, concern, heard, catalogue)
    if heard.does(Act.CHANGES_MIND) and not _bears(heard):
        return noted(dossier.with_concern(replace(concern, state=State.DROPPED)), heard)
    if not _answers_about(asked, heard):
        dossier = _park_second(dossier, concern, heard, catalogue)
    current = dossier.concern
    return dossier if current is None else dossier.with_concern(_filled(current, heard, catalogue, dossier))


def settle(concern: NeedMap, problem: str, quote: str, confidence: float, catalogue: Catalogue, heard: Heard) -> NeedMap:
    """The concern with its problem known, and with it the need: the outcome behind it, in the customer's words."""
    if concern.problem != problem:
        concern = replace(concern, read_back=ReadBack.NOT_YET)
    concern = replace(concern, outside="").with_cell(CellName.PROBLEM, Cell(problem, quote, heard.source, confidence))
    outcomes = catalogue.problems[problem].outcomes
    wanted = next((match.id for match in heard.outcomes if match.id in outcomes and match.score >= SURE), "")
    need = wanted or (concern.need if concern.need in outcomes else outcomes[0])
    quote_of_need = concern.quote(CellName.NEED) if concern.need == need else quote
    return concern.with_cell(CellName.NEED, Cell(need, quote_of_need or quote, heard.source, confidence))


def clear_reading(concern: NeedMap) -> Match | None:
    """The one reading that may be taken without asking, if there is one."""
    if not concern.readings:
        return None
    best, *others = concern.readings
    ahead = best.score - (others[0].score if others else 0.0)
    return best if best.score >= SURE and ahead >= MARGIN else None


def names_a_problem(heard: Heard) -> bool:
    """Whether the message surely tells of something that is wrong or wanted."""
    sure = bool(heard.problems) and heard.problems[0].score >= ANOTHER
    return sure and heard.does(*_NAMES_A_PROBLEM)


def _tells(heard: Heard, asked: Question | None, concern: NeedMap | None) -> bool:
    """Whether the message says anything of the affair; a weak match alone does so only where we asked about it."""
    if heard.acts and set(heard.acts) <= _NOT_OF_THE_AFFAIR:
        least = OF_A_COMPLAINT if heard.does(Act.INSULTS) else ANOTHER
        told = bool(heard.problems) and heard.problems[0].score >= least and len(heard.text.split()) > 4
        return told or bool(outside(heard)) or bool(heard.cells)
    if heard.acts and set(heard.acts) <= _NOT_OF_THE_AFFAIR | {Act.OFF_TOPIC}:
        return _surely(heard.problems) or _surely(heard.outcomes) or bool(outside(heard)) or bool(heard.cells)
    about = concern is None or (asked is not None and asked.ask in (Ask.WHY, Ask.MEANT, Ask.ANYTHING))
    matched = bool(heard.problems) if about else _surely(heard.problems)
    return heard.does(*TELLING) or matched or _surely(heard.outcomes) or bool(heard.cells) or bool(outside(heard))


_NOT_OF_THE_AFFAIR = frozenset(
    {Act.GREET, Act.THANK, Act.LEAVE, Act.INSULTS, Act.ASKS_PERSON, Act.ASKS_PRIVACY, Act.ASKS_OWN_DATA, Act.ASKS_ERASURE}
    | {Act.ASKS_EXPORT, Act.ASKS_ABILITIES, Act.ALLOWS_RECORDING, Act.REFUSES_RECORDING, Act.SMALL_TALK}
)
"""A message that does nothing but these tells of no problem, whatever its words resemble."""


def _surely(matches: tuple[Match, ...]) -> bool:
    return bool(matches) and matches[0].score >= SURE


def _bears(heard: Heard) -> bool:
    """Whether the message brings anything that the catalogue has a name for."""
    found = (heard.problems, heard.outcomes, heard.causes, heard.mentions, heard.told, heard.cells, heard.not_ours)
    return any(found)


def _starts(heard: Heard, asked: Question | None, concern: NeedMap | None) -> bool:
    """Whether a concern begins here: something is named, or we asked what is wrong and were told something."""
    if asked is not None and asked.ask is Ask.CHECK_IN and heard.polarity is Polarity.YES:
        return names_a_problem(heard) and heard.does(Act.REPORTS_PROBLEM, Act.WANTS_PRODUCT)
    named = bool(heard.mentions) and heard.does(*TELLING)
    complained = heard.does(Act.COMPLAINS, Act.INSULTS) and bool(heard.problems) and heard.problems[0].score >= OF_A_COMPLAINT
    if complained or _surely(heard.problems) or named or bool(outside(heard)) or heard.does(*_NAMES_A_PROBLEM):
        return True
    if asked is not None and asked.ask is Ask.CHECK_IN:
        return False
    return _starts_when_asked(heard, asked, concern)


def _starts_when_asked(heard: Heard, asked: Question | None, concern: NeedMap | None) -> bool:
    """The same for a message the catalogue has no sure name for."""
    tells = heard.does(*TELLING) or _surely(heard.outcomes)
    if concern is not None:
        invited = asked is not None and asked.ask is Ask.ANYTHING and len(heard.text.split()) > 2
        return invited and tells
    reached = asked is not None and asked.ask is Ask.CONTACT and CellName.CONTACT in heard.cells
    return bool(heard.cells.keys() - _OF_THE_CUSTOMER) or (not reached and tells)


_OF_THE_CUSTOMER = frozenset({CellName.CONTACT, CellName.PRIORITY})


def noted(dossier: Dossier, heard: Heard) -> Dossier:
    """The message kept in the concern at hand without changing what is believed of it."""
    concern = dossier.concern
    return dossier if concern is None else dossier.with_concern(_with_cells(concern, heard))


def _started(dossier: Dossier, heard: Heard, catalogue: Catalogue) -> Dossier:
    begun = begun_from_page(NeedMap(id=len(dossier.concerns)), dossier, heard, catalogue)
    concern = _filled(begun, heard, catalogue, dossier)
    started = replace(dossier.afresh(), concerns=(*dossier.concerns, concern), active=len(dossier.concerns))
    return _park_second(started, concern, heard, catalogue)


def _let_go(dossier: Dossier, heard: Heard, catalogue: Catalogue) -> Dossier:
    """What we neither do nor know anyone for is answered and let go of: there is nothing to ask why about."""
    other, concern = outside(heard), dossier.concern
    if not other or concern is None or concern.problem or f"not_ours:{other}" in catalogue.referrals:
        return dossier
    return dossier.with_concern(replace(concern, state=State.DROPPED))


def _is_same(concern: NeedMap, heard: Heard) -> bool:
    return bool(heard.problems) and heard.problems[0].id == concern.problem


def _changed(dossier: Dossier, concern: NeedMap, heard: Heard, catalogue: Catalogue) -> Dossier:
    """The customer wants something else now: the old concern is dropped, with all it holds, and a new one begins."""
    dropped = dossier.with_concern(replace(concern, state=State.DROPPED))
    return _started(dropped, heard, catalogue)


def _park_second(dossier: Dossier, concern: NeedMap, heard: Heard, catalogue: Catalogue) -> Dossier:
    """A second problem told of while the first is settled is parked as a concern of its own."""
    if not concern.problem or not heard.does(*_NAMES_A_PROBLEM, Act.COMPLAINS):
        return dossier
    known = {other.problem for other in dossier.concerns}
    first = heard.problems[0].quote if heard.problems else ""
    told = (*(match for match in heard.problems if match.score >= ANOTHER), *heard.besides)
    others = [match for match in told if match.id not in known]
    if concern.quote(CellName.PROBLEM) == heard.text or not dossier.heard:
        others = [match for match in others if match.quote != first]
    if not others:
        return dossier
    match = others[0]
    if _replaces(concern, match) and concern.quote(CellName.PROBLEM) not in heard.text:
        quick = settle(concern, match.id, match.quote, match.score, catalogue, heard)
        return dossier.with_concern(replace(quick, readings=(match,)))
    second = NeedMap(id=len(dossier.concerns), readings=(match,), state=State.PARKED)
    second = second.with_cell(CellName.SITUATION, Cell(match.quote, match.quote, heard.source))
    second = settle(second, match.id, match.quote, match.score, catalogue, heard)
    parked = replace(dossier, concerns=(*dossier.concerns, second))
    return replace(parked, pending=(*parked.pending, Interruption.PARKED), focus={**parked.focus, "parked": match.id})


def _answers_about(asked: Question | None, heard: Heard) -> bool:
    """Whether a question about this concern is open and the message does not report anything: then it speaks of this one."""
    if asked is None or asked.ask not in (Ask.FACT, Ask.CELL, Ask.READ_BACK):
        return False
    pictured = asked.ask is Ask.CELL and bool(heard.problems) and heard.problems[0].score < SURELY_ANOTHER
    reports = heard.does(Act.REPORTS_PROBLEM, Act.COMPLAINS) and not pictured
    return not reports and not heard.does(Act.WANTS_PRODUCT, Act.CHANGES_MIND)


def _replaces(concern: NeedMap, match: Match) -> bool:
    """Whether a surer reading corrects a first one nothing was built on yet, rather than telling of a second problem."""
    taken = concern.cells.get(CellName.PROBLEM)
    unsure = taken is not None and taken.confidence < SURE_ENOUGH_TO_STAY and taken.confidence < match.score
    return unsure and concern.questions <= 2 and concern.read_back is ReadBack.NOT_YET and not concern.advised


def _filled(concern: NeedMap, heard: Heard, catalogue: Catalogue, dossier: Dossier) -> NeedMap:
    """The concern with everything the message says about it entered."""
    concern = _with_cells(concern, heard)
    concern = _with_mentions(concern, heard)
    concern = _with_hints(concern, heard, catalogue, dossier)
    concern = _with_outside(concern, heard, catalogue)
    if _tells_of_danger(heard, dossier, catalogue):
        concern = replace(concern, unsafe=True)
    if heard.does(Act.PREFERS_HANDS_OFF):
        concern = replace(concern, hands_off=True)
    return _with_readings(concern, heard, catalogue, dossier)


def _with_cells(concern: NeedMap, heard: Heard) -> NeedMap:
    if heard.text and (CellName.CONTACT not in heard.cells or _surely(heard.problems) or _surely(heard.outcomes)):
        concern = concern.with_cell(CellName.SITUATION, Cell(heard.text, heard.text, heard.source))
    for name, value in heard.cells.items():
        if name not in _FOUND_BY_MATCHING:
            concern = concern.with_cell(name, Cell(value, value, heard.source))
    return concern


_FOUND_BY_MATCHING = (CellName.PROBLEM, CellName.NEED)
"""Cells that hold ids of the catalogue: only a match fills them."""


def _with_mentions(concern: NeedMap, heard: Heard) -> NeedMap:
    kinds = tuple(dict.fromkeys((*concern.kinds, *(mention.kind for mention in heard.mentions))))
    concern = replace(concern, kinds=kinds)
    asked = [mention for mention in heard.mentions if not mention.owned]
    if not heard.does(Act.WANTS_PRODUCT, Act.INSISTS_QUOTE):
        return concern
    value = (asked[0].product or asked[0].kind) if asked else ""
    quote = asked[0].quote if asked else ""
    return concern.with_cell(CellName.REQUEST, Cell(value, quote or heard.text, heard.source))


def outside(heard: Heard) -> str:
    """The id of the thing the company does not do that the message asks for, empty when it asks for no such thing."""
    best = heard.problems[0].score if heard.problems else 0.0
    found = heard.not_ours[0] if heard.not_ours else None
    if best >= SURE and heard.text and found is not None and found.quote != heard.text:
        return ""
    asks = heard.does(*_ASKS_FOR)
    least = max(0.85 if asks or best < UNLIKELY else 0.95, best + 0.3)
    return found.id if found is not None and found.score >= least else ""


_ASKS_FOR = (Act.WANTS_PRODUCT, Act.INSISTS_QUOTE, Act.ASKS_PRICE, Act.STATES_NEED, Act.ASKS_ABILITIES, Act.ASKS_RANGE)


def _with_outside(concern: NeedMap, heard: Heard, catalogue: Catalogue) -> NeedMap:
    referral = f"not_ours:{outside(heard)}"
    return replace(concern, outside=referral) if referral in catalogue.referrals and not concern.problem else concern


def _with_hints(concern: NeedMap, heard: Heard, catalogue: Catalogue, dossier: Dossier) -> NeedMap:
    """The causes the customer speaks of, and those whose danger they told of."""
    hints = dict(concern.hints)
    dangers = {match.id: match.score for match in heard.dangers if match.id in dossier.dangers}
    shown = [
        Match(cause.id, SHOWN * dangers[danger], "") for danger in dangers for cause in catalogue.causes_by_danger.get(danger, ())
    ]
    for match in (*heard.causes, *shown):
        hints[match.id] = max(match.score, hints.get(match.id, 0.0))
    return replace(concern, hints=hints)


def _tells_of_danger(heard: Heard, dossier: Dossier, catalogue: Catalogue) -> bool:
    """Whether the words of a trouble tell of a danger that no cause of it explains: no remedy speaks of it either."""
    told = [match.id for match in heard.dangers if match.id in dossier.dangers and match.id not in catalogue.causes_by_danger]
    return bool(told) and _surely(heard.problems)


def _with_readings(concern: NeedMap, heard: Heard, catalogue: Catalogue, dossier: Dossier) -> NeedMap:
    """New readings of the problem joined to the old; settled when one is clear. A settled problem stays until it is denied."""
    reopened = concern.read_back is ReadBack.DENIED or heard.does(Act.CORRECTS)
    if concern.problem and not reopened:
        return concern
    scores = {match.id: match for match in concern.readings}
    if reopened and _surely(heard.problems):
        scores.pop(concern.problem, None)
    requested = _only_wishes(heard) or (_only_requests(heard) and _says_no_more(heard.text))
    least = POSSIBLE if not _only_requests(heard) else OF_A_REQUEST if requested else SURE
    for match in heard.problems:
        if match.score >= least and match.id not in concern.ruled_out and match.score >= scores.get(match.id, match).score:
            score = min(match.score, BY_REQUEST) if requested else match.score
            earlier = scores.get(match.id, match)
            why = earlier.score <= BY_REQUEST and not requested
            quote = match.quote if why else _more_telling(earlier.quote, match.quote)
            scores[match.id] = replace(match, score=score, quote=quote)
        elif not requested and match.id in scores and match.score >= WHY_TOLD and scores[match.id].score <= BY_REQUEST:
            scores[match.id] = replace(scores[match.id], quote=match.quote)
    concern = _with_need(replace(concern, readings=_ranked(scores)), heard, reopened)
    clear = clear_reading(concern)
    if clear is None or clear.id == concern.problem or (requested and not concern.whys):
        return concern
    return settle(concern, clear.id, _words_of_trouble(clear, concern, heard), clear.score, catalogue, heard)


def _words_of_trouble(reading: Match, concern: NeedMap, heard: Heard) -> str:
    """The words that tell of the problem: asked why they want something, what customers report is the trouble behind it."""
    requested = reading.score <= BY_REQUEST
    return heard.text if requested and concern.whys and heard.does(Act.REPORTS_PROBLEM) else reading.quote


def _says_no_more(text: str) -> bool:
    """Whether a request leaves no room for why: a longer one that sounds like a problem has told of it already."""
    told = _MANNERS_AND_QUESTIONS.sub(" ", text)
    return len(told.split()) <= _SHORT_REQUEST and not _TELLS_WHY.search(told)


_SHORT_REQUEST = 10
_MANNERS_AND_QUESTIONS = re.compile(
    r"[^.?!,;]*\?|\b(?:could|can|would) you\b[^.?!]*|\b(?:thanks?(?: you)?|please|hello|hi|good (?:day|morning|evening))\b",
    re.IGNORECASE,
)
_TELLS_WHY = re.compile(r"\b(?:not|no|never|cannot|\w+n't|too|keeps?|broken?|because|since)\b", re.IGNORECASE)


def _with_need(concern: NeedMap, heard: Heard, reopened: bool) -> NeedMap:
    """The outcome the customer names: taken while none is known, and in place of one that was denied."""
    if not _surely(heard.outcomes) or (concern.need and not reopened):
        return concern
    best = heard.outcomes[0]
    if _only_requests(heard) or not (reopened or heard.does(Act.STATES_NEED) or best.score >= OF_A_WISH):
        return concern
    if concern.need and best.id != concern.need:
        concern = replace(concern, read_back=ReadBack.NOT_YET)
    wished = reopened or heard.does(Act.STATES_NEED, Act.WANTS_PRODUCT)
    return concern.with_cell(CellName.NEED, Cell(best.id, best.quote, heard.source, best.score if wished else OF_A_TROUBLE))


def _only_wishes(heard: Heard) -> bool:
    """Whether the message names an outcome and nothing that stands in its way: the obstacle is asked for, not guessed."""
    return _surely(heard.outcomes) and set(heard.acts) <= {Act.STATES_NEED, Act.GREET, Act.THANK} and Act.STATES_NEED in heard.acts


def _only_requests(heard: Heard) -> bool:
    """Whether the message asks for or about a thing and says nothing of why: its name must not be taken for a problem."""
    asks = heard.does(Act.ASKS_PRICE, Act.ASKS_DISCOUNT) or (heard.does(Act.ASKS_PROCESS) and bool(heard.mentions))
    return (asks or heard.does(Act.WANTS_PRODUCT, Act.INSISTS_QUOTE)) and not heard.does(
        Act.REPORTS_PROBLEM, Act.STATES_NEED, Act.GIVES_REASON, Act.COMPLAINS, Act.REPORTS_OUTCOME
    )


def _more_telling(earlier: str, later: str) -> str:
    """The words to read back: what was said first, unless the later words say more."""
    return later if len(later.split()) > len(earlier.split()) else earlier


def _ranked(scores: dict[str, Match]) -> tuple[Match, ...]:
    likely = [match for match in scores.values() if match.score >= POSSIBLE]
    return tuple(sorted(likely, key=lambda match: -match.score)[:4])
