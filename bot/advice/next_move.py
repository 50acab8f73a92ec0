"""next_move(): the one decision of the product, a pure function of the dossier and the catalogue."""

from __future__ import annotations

from dataclasses import replace

from bot.advice.booking import booking
from bot.advice.catalogue import Catalogue, Danger, Limit, Rung
from bot.advice.concerns import OF_A_TROUBLE, clear_reading
from bot.advice.dossier import Ask, Dossier, HandOver, Interruption, Option, Question
from bot.advice.facts import Facts
from bot.advice.heard import CellName
from bot.advice.ladder import Ladder, belief_of, bookable, climb, failing_limit, lacks, permit
from bot.advice.moves import Move, MoveKind
from bot.advice.need_map import NeedMap, ReadBack, State
from bot.advice.questions import Worth, questions_put, worthwhile

MOST_WHYS = 2
"""How many open why-questions a concern may take before we offer readings to choose from, or a person."""

MOST_DENIALS = 2
"""How often a read-back may be denied and explained before a person is due."""

MOST_QUESTIONS = 7
"""How many questions a concern may take in all before advice or a person is due."""

ROOM_FOR_SUCCESS = 4
"""The customer's picture of success is asked for while fewer questions than this were put."""

WORTH_OFFERING = 0.15
"""How probable the best reading must be for the readings to be offered; below it, we ask in other words."""

MOST_READINGS = 4
"""How many readings are offered at once."""

DANGEROUS = 0.3
"""A cause that can hurt someone is warned of from this probability on."""


def next_move(dossier: Dossier, catalogue: Catalogue) -> Move:
    """The one move for this state. Deterministic; never raises for any dossier that hear() can build."""
    move = _unless_dangerous(dossier, catalogue) or _core(dossier, catalogue)
    if move.kind in (MoveKind.WARN, MoveKind.ERASED):
        return move
    again = move.question is not None and dossier.open is not None and dossier.open.name == move.question.name
    return replace(move, answers=dossier.pending, again=again)


def _core(dossier: Dossier, catalogue: Catalogue) -> Move:
    """The move once everything the customer asked in passing is answered."""
    if dossier.erase:
        return Move(MoveKind.ERASED)
    if dossier.open is not None and dossier.open.ask is Ask.ERASURE:
        return Move(MoveKind.CONFIRM_ERASURE, question=dossier.open)
    if dossier.hand_over is HandOver.WANTED:
        return _hand_over(dossier)
    if dossier.leaving:
        return _leave(dossier)
    if dossier.due and not dossier.concerns:
        return _check_in(dossier)
    return _affair(dossier, catalogue)


def _affair(dossier: Dossier, catalogue: Catalogue) -> Move:
    concern = dossier.concern
    if concern is None:
        return Move(MoveKind.ASK_ANYTHING, question=Question(Ask.ANYTHING))
    if concern.state is State.OPEN:
        return _work(dossier, concern, catalogue)
    waiting = next((index for index, other in enumerate(dossier.concerns) if other.state is State.PARKED), None)
    if waiting is not None:
        resumed = resume(dossier, waiting)
        move = _work(resumed, resumed.concerns[waiting], catalogue)
        return replace(move, about={**move.about, "resumes": "yes"})
    if dossier.due:
        return _check_in(dossier)
    if Interruption.THANKS in dossier.pending:
        return _leave(dossier)
    return Move(MoveKind.ANYTHING_ELSE, question=Question(Ask.ANYTHING), concern=dossier.active)


def resume(dossier: Dossier, index: int) -> Dossier:
    """The dossier with the parked concern at `index` taken up again."""
    opened = replace(dossier.concerns[index], state=State.OPEN)
    return replace(dossier.with_concern(opened).afresh(), active=index)


def _work(dossier: Dossier, concern: NeedMap, catalogue: Catalogue) -> Move:
    """What was agreed is arranged; what is outside our limits is referred; otherwise why until the need is clear."""
    if concern.accepted and bookable(dossier, concern, catalogue, concern.accepted):
        return booking(dossier, concern, catalogue)
    ladder = climb(dossier, concern, catalogue)
    limit = failing_limit(catalogue, Facts(dossier, concern, catalogue))
    if concern.outside or (limit is not None and (limit.vendor or not _any_alive(ladder))):
        return _advise(dossier, concern, ladder, (), limit)
    if not concern.problem:
        return _understand(dossier, concern, catalogue)
    if concern.read_back is ReadBack.DENIED:
        return _denied(dossier, concern)
    return _toward_advice(dossier, concern, catalogue, ladder)


def _toward_advice(dossier: Dossier, concern: NeedMap, catalogue: Catalogue, ladder: Ladder) -> Move:
    """What could change the advice is asked, then the need is read back, then the advice is given."""
    rivals = worthwhile(dossier, concern, catalogue, ladder)
    if rivals and questions_put(dossier, concern) < MOST_QUESTIONS and not concern.advised:
        return _ask(dossier, concern, ladder, rivals)
    if concern.read_back is not ReadBack.CONFIRMED and not dossier.silenced(Question(Ask.READ_BACK, concern.need)):
        return _toward_read_back(dossier, concern, ladder)
    return _advise(dossier, concern, ladder, rivals)


def _any_alive(ladder: Ladder) -> bool:
    return any(one.alive for one in ladder.weighed)


def _denied(dossier: Dossier, concern: NeedMap) -> Move:
    """What was wrong with the read-back; after a second time, or no answer, a person."""
    move = _why(concern, "denied")
    if concern.denials <= MOST_DENIALS and move.question is not None and not dossier.silenced(move.question):
        return move
    return _hand_over(replace(dossier, hand_over=HandOver.WANTED, hand_over_why="unclear"))


def _ask(dossier: Dossier, concern: NeedMap, ladder: Ladder, rivals: tuple[Worth, ...]) -> Move:
    """The question worth most; told of just now, the problem is said back first."""
    quote = concern.quote(CellName.PROBLEM)
    fresh = bool(quote) and quote in dossier.last_text
    return Move(
        MoveKind.ASK_CHECK,
        question=rivals[0].question,
        concern=concern.id,
        ladder=ladder,
        rivals=rivals[:3],
        lacks=lacks(concern, ladder),
        about={"heard": "yes"} if fresh else {},
    )


def _toward_read_back(dossier: Dossier, concern: NeedMap, ladder: Ladder) -> Move:
    success = Question(Ask.CELL, CellName.SUCCESS.value)
    pressed = dossier.hurry or dossier.insisted > 0
    wanted = CellName.SUCCESS not in concern.cells and not dossier.silenced(success) and not pressed
    waiting = dossier.open is not None and dossier.open.name == success.name
    if wanted and (waiting or concern.questions < ROOM_FOR_SUCCESS):
        return Move(MoveKind.ASK_CELL, question=success, concern=concern.id, ladder=ladder, lacks=lacks(concern, ladder))
    question = Question(Ask.READ_BACK, concern.need, (Option("yes", "yes"), Option("no", "no")))
    missing = lacks(concern, ladder)
    return Move(MoveKind.READ_BACK, question=question, concern=concern.id, ladder=ladder, lacks=missing)


def _understand(dossier: Dossier, concern: NeedMap, catalogue: Catalogue) -> Move:
    """Ask why; when readings are close, which of them; when nothing helps, bring a person."""
    if dossier.open is not None and dossier.open.ask in (Ask.WHY, Ask.MEANT):
        kind = MoveKind.ASK_WHY if dossier.open.ask is Ask.WHY else MoveKind.ASK_MEANT
        return Move(kind, question=dossier.open, concern=concern.id)
    choosing = not dossier.silenced(Question(Ask.MEANT)) and concern.whys <= MOST_WHYS + 1
    likely = [match for match in concern.readings if match.id not in concern.ruled_out]
    wished = bool(concern.need) and concern.cells[CellName.NEED].confidence > OF_A_TROUBLE
    obstacle_due = wished and not concern.whys
    if choosing and not obstacle_due and likely and clear_reading(concern) is None and likely[0].score >= WORTH_OFFERING:
        return _meant(concern, [match.id for match in likely[:MOST_READINGS]], catalogue)
    offered = _nearest(concern, catalogue) if choosing else []
    nothing_near = not offered or not (concern.whys or (concern.need and not wished))
    if nothing_near and concern.whys < MOST_WHYS and not dossier.silenced(Question(Ask.WHY, _why_key(concern))):
        return _why(concern, _why_key(concern))
    if offered:
        return _meant(concern, offered, catalogue)
    return _hand_over(replace(dossier, hand_over=HandOver.WANTED, hand_over_why="unclear"))


def _why_key(concern: NeedMap) -> str:
    if concern.read_back is ReadBack.DENIED:
        return "denied"
    if concern.whys and concern.whys >= 1:
        return "more"
    if concern.denials:
        return "denied"
    if concern.need:
        return "obstacle"
    return "request" if CellName.REQUEST in concern.cells else "more"


def _why(concern: NeedMap, key: str) -> Move:
    return Move(MoveKind.ASK_WHY, question=Question(Ask.WHY, key), concern=concern.id)


def _meant(concern: NeedMap, problems: list[str], catalogue: Catalogue) -> Move:
    options = tuple(Option(id, catalogue.problems[id].name) for id in problems)
    question = Question(Ask.MEANT, options=(*options, Option("other", "")))
    return Move(MoveKind.ASK_MEANT, question=question, concern=concern.id)


def _nearest(concern: NeedMap, catalogue: Catalogue) -> list[str]:
    """The readings closest to what was said: by words, by the outcome wanted, by the kind of thing named."""
    found = {match.id: None for match in concern.readings}
    found.update({problem.id: None for problem in catalogue.problems_by_outcome.get(concern.need, ())})
    if len(found) < 2:
        for kind in concern.kinds:
            found.update({problem.id: None for problem in catalogue.problems_by_kind.get(kind, ())})
    return [id for id in found if id not in concern.ruled_out][:4]


def _advise(dossier: Dossier, concern: NeedMap, ladder: Ladder, rivals: tuple[Worth, ...], limit: Limit | None = None) -> Move:
    chosen = ladder.chosen
    if chosen is None:
        move = _hand_over(replace(dossier, hand_over=HandOver.WANTED, hand_over_why="no_remedy"))
        return move if limit is None else replace(move, about={**move.about, "limit": limit.id})
    if chosen.remedy.rung is Rung.BUY and lacks(concern, ladder):
        return _hand_over(replace(dossier, hand_over=HandOver.WANTED, hand_over_why="unclear"))
    permit(concern, ladder, chosen)
    question = Question(Ask.ADVICE, chosen.remedy.id)
    waiting = bool(concern.advised) and concern.advised[-1] == chosen.remedy.id
    kind = MoveKind.AWAIT if waiting else MoveKind.ADVISE
    about = {"instead": "yes"} if concern.advised and not waiting else {}
    missing = lacks(concern, ladder)
    return Move(
        kind,
        question=question,
        concern=concern.id,
        remedy=chosen.remedy.id,
        ladder=ladder,
        rivals=rivals,
        lacks=missing,
        about=about,
    )


def _hand_over(dossier: Dossier) -> Move:
    contact = Question(Ask.CONTACT, "person")
    about = {"why": dossier.hand_over_why}
    known = dossier.contact or dossier.customer.contact
    if not known and not dossier.silenced(contact):
        return Move(MoveKind.ASK_CONTACT, question=contact, concern=dossier.active, about=about)
    return Move(MoveKind.HAND_OVER, concern=dossier.active, about=about)


def _leave(dossier: Dossier) -> Move:
    missed = Question(Ask.MISSED)
    served = any(concern.state is State.ACCEPTED for concern in dossier.concerns)
    if served and not dossier.closing and not dossier.silenced(missed) and not dossier.said.get("ask_missed"):
        return Move(MoveKind.ASK_MISSED, question=missed)
    return Move(MoveKind.FAREWELL)


def _check_in(dossier: Dossier) -> Move:
    due = dossier.due[0]
    question = Question(Ask.CHECK_IN, due.promise, (Option("yes", "yes"), Option("no", "no")))
    return Move(MoveKind.CHECK_IN, question=question, about={"what": due.what, "ask": due.ask})


def _unless_dangerous(dossier: Dossier, catalogue: Catalogue) -> Move | None:
    """Safety comes first: a danger told of, or a likely cause that can hurt someone, not yet warned of."""
    for id in dossier.dangers:
        if id not in dossier.warned:
            return Move(MoveKind.WARN, question=dossier.open or Question(Ask.SAFETY), concern=dossier.active, about={"danger": id})
    danger = _likely_danger(dossier, catalogue)
    if danger is None or danger.id in dossier.warned:
        return None
    return Move(MoveKind.WARN, question=dossier.open or Question(Ask.SAFETY), concern=dossier.active, about={"danger": danger.id})


def _likely_danger(dossier: Dossier, catalogue: Catalogue) -> Danger | None:
    concern = dossier.concern
    if concern is None or not concern.problem or concern.state is not State.OPEN:
        return None
    believed = belief_of(dossier, concern, catalogue, Facts(dossier, concern, catalogue))
    likely = sorted(believed, key=lambda cause: -believed[cause])
    dangers = (catalogue.causes[cause].danger for cause in likely if believed[cause] >= DANGEROUS)
    return next((danger for danger in dangers if danger is not None and danger.id not in dossier.warned), None)
