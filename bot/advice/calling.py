"""Hearing in a call: what the rep notes or ticks becomes the same `Heard`, and changes the dossier as a chat would.

The guide only suggests, so nothing counts as asked, read back or advised before the rep has noted the customer's answer to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.advice.answering import interrupts
from bot.advice.call import Call
from bot.advice.catalogue import Attribute, Catalogue, Fact, FactType
from bot.advice.concerns import ANOTHER, names_a_problem
from bot.advice.dossier import Ask, Consent, Dossier, HandOver, Interruption, Option, Question, ReferralState
from bot.advice.heard import TELLING, Act, CellName, Heard, Polarity, Source, Told
from bot.advice.hearing import hear
from bot.advice.moves import Move, MoveKind
from bot.advice.need_map import Cell, NeedMap, ReadBack, State
from bot.advice.next_move import next_move, resume
from bot.advice.questions import fact_question
from bot.advice.speaking import spoken

OWN_WORDS = Question(Ask.WHY, "own_words")
"""Asked when what is known of the need stands in somebody else's words."""

UNKNOWN, DECLINED = "unknown", "declined"
"""Ticks that every question takes: they do not know, they would rather not say."""

_FOLLOWS = (MoveKind.PROMISE, MoveKind.REFER, MoveKind.INTRODUCED, MoveKind.NOT_INTRODUCED)
"""What follows from a yes without anything more to ask: it is made at once."""

ANSWERED_IN_A_CALL = frozenset(
    {
        Interruption.QUOTE,
        Interruption.WHY_ASKED,
        Interruption.PRICE,
        Interruption.DISCOUNT,
        Interruption.PROCESS,
        Interruption.COMPLAINT,
        Interruption.WHY_NOT,
        Interruption.OPTIONS,
        Interruption.ADVICE_REASON,
        Interruption.NOT_OURS,
        Interruption.EXPECTATION,
        Interruption.SAFETY,
        Interruption.RANGE,
        Interruption.WHO,
    }
)
"""What a customer asks besides that the guide has an answer to; the rest a rep answers in their own way."""

_GIVES_UP = ("unclear", "no_remedy", "quote", "asked")
"""Why a chat would bring a person. In a call the person is there: the rep is told so, and may bring an expert."""


class Stale(ValueError):
    """An answer to something that no longer stands as it was: says what to do."""


def reopened(dossier: Dossier) -> Dossier:
    """A chat's dossier as a call takes it up: nothing known is lost, what waits for a person is open, consent is asked anew."""
    concerns = tuple(
        replace(concern, state=State.OPEN) if concern.state is State.HANDED_OVER else concern for concern in dossier.concerns
    )
    return replace(
        dossier,
        concerns=concerns,
        open=None,
        put_off=None,
        pending=(),
        consent=Consent.UNASKED,
        insisted=0,
        hand_over=HandOver.NONE,
        hand_over_why="",
        leaving=False,
        closing="",
    )


def suggested(dossier: Dossier, call: Call, catalogue: Catalogue) -> Move:
    """What the guide would do next, with what the rep put aside left out."""
    return next_move(_view(dossier, call), catalogue)


def is_stuck(move: Move) -> bool:
    """Whether the engine has nothing more to ask or advise, and a chat would bring a person."""
    wants_person = move.kind is MoveKind.ASK_CONTACT and move.about.get("why") in _GIVES_UP
    return wants_person or move.kind is MoveKind.HAND_OVER


def question_named(name: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question:
    """The question of this name as it may be answered now. Raises Stale for one that does not stand (any more)."""
    ask, _, key = name.partition(":")
    found = _STANDING.get(ask, _nothing)(key, dossier, call, catalogue)
    if found is None:
        raise Stale("This question no longer stands. Look at what is asked now.")
    return found


def ticked(question: Question, value: str, catalogue: Catalogue, words: str = "") -> Heard:
    """A ticked answer as what was heard; `words` are the customer's own, where the rep typed some. Raises Stale."""
    if value == UNKNOWN:
        return Heard(words or "I don't know", (Act.DOES_NOT_KNOW,), Polarity.UNSURE)
    if value == DECLINED:
        return Heard(words or "I'd rather not say", (Act.DECLINES,))
    if question.ask is Ask.FACT:
        return _ticked_fact(catalogue.facts[question.key], value, words)
    if question.ask is Ask.CELL:
        return Heard(words or value, (Act.INFORMS,), cells={CellName(question.key): value})
    if value in ("yes", "no"):
        return _ticked_yes_no(question, value, words)
    label = next((option.label for option in question.options if option.value == value), "")
    if not label and value != "other":
        raise Stale("This answer is not offered. Choose another one, or type what they said.")
    return Heard(words or label or "none of these", (Act.INFORMS,), chosen=value)


def hear_in_call(dossier: Dossier, call: Call, heard: Heard, question: Question | None, catalogue: Catalogue) -> Dossier:
    """The dossier after a note or tick, `question` being what the rep had asked (None: nothing in particular).

    The rep may not have asked it: a note that does not answer it is no miss, and puts nothing aside.
    """
    if heard.source is Source.REP:
        return _without_person(dossier, hear(_answering_rep(dossier, question), _as_rep(heard), catalogue))
    if question is not None and question.ask is Ask.CELL and _tells_of_a_problem(dossier, heard):
        question = None
    put = replace(_put(dossier, call, question, catalogue), misses={})
    after = replace(hear(put, _as_answer(heard, question), catalogue), misses=dossier.misses)
    after = _in_own_words(after, heard, question)
    return _without_person(dossier, replace(_counted(after, question), open=None))


def _tells_of_a_problem(dossier: Dossier, heard: Heard) -> bool:
    """Whether a problem is told of that is not the one at hand: that is what the words are for, whatever was asked."""
    concern = dossier.concern
    known = concern.problem if concern is not None else ""
    if not known:
        return names_a_problem(heard)
    return bool(heard.problems) and heard.problems[0].id != known and heard.problems[0].score >= ANOTHER


def followed(dossier: Dossier, call: Call, catalogue: Catalogue) -> tuple[Dossier, tuple[Move, ...]]:
    """The dossier with everything made that follows from a yes (promises, a drafted introduction), and those moves."""
    made: list[Move] = []
    while not made or made[-1].kind is not MoveKind.REFER:
        move = suggested(dossier, call, catalogue)
        drafted = any(one.remedy == move.remedy and one.state is not ReferralState.NONE for one in dossier.referrals)
        if move.kind not in _FOLLOWS or (move.kind is MoveKind.REFER and drafted):
            break
        made.append(replace(move, answers=()))
        dossier = replace(spoken(dossier, move), open=None)
    return taken_up(dossier, call, catalogue), tuple(made)


def taken_up(dossier: Dossier, call: Call, catalogue: Catalogue) -> Dossier:
    """The dossier with the next concern at hand, where the one at hand is settled and another one waits."""
    return led(dossier, call, catalogue)[0]


def led(dossier: Dossier, call: Call, catalogue: Catalogue) -> tuple[Dossier, Move]:
    """The dossier on the concern to be worked on, and what the guide would do next in it."""
    move = suggested(dossier, call, catalogue)
    if move.about.get("resumes") != "yes":
        return dossier, move
    resumed = resume(dossier, move.concern)
    return resumed, suggested(resumed, call, catalogue)


def worked_on(dossier: Dossier, concern: int) -> Dossier:
    """The dossier with another concern taken up; the one at hand is parked. Raises Stale when there is no such concern."""
    if not 0 <= concern < len(dossier.concerns):
        raise Stale("There is no such concern. Choose one that is listed.")
    if (current := dossier.concern) is not None and current.state is State.OPEN:
        dossier = dossier.with_concern(replace(current, state=State.PARKED))
    return resume(dossier, concern)


def _view(dossier: Dossier, call: Call) -> Dossier:
    return replace(dossier, open=None, declined=dossier.declined | call.skipped)


def _put(dossier: Dossier, call: Call, question: Question | None, catalogue: Catalogue) -> Dossier:
    """The dossier with the question put to the customer: read back, advised, or simply open."""
    if question is None or question == OWN_WORDS:
        return replace(dossier, open=None)
    asked = replace(dossier, unknown=dossier.unknown - {question.name}, declined=dossier.declined - {question.name})
    if question.ask is Ask.READ_BACK and (concern := asked.concern) is not None:
        asked = asked.with_concern(replace(concern, read_back=ReadBack.SAID))
    if question.ask is Ask.ADVICE:
        move = suggested(dossier, call, catalogue)
        asked = spoken(asked, move) if move.kind is MoveKind.ADVISE else asked
    return replace(asked, open=question)


def _answering_rep(dossier: Dossier, question: Question | None) -> Dossier:
    """A rep's own words answer questions of fact only: they confirm, accept and consent to nothing."""
    return replace(dossier, open=question if question is not None and question.ask is Ask.FACT else None)


def _as_rep(heard: Heard) -> Heard:
    """What a rep says themselves: facts, assets and surroundings, never what the customer's problem or need is."""
    cells = {name: words for name, words in heard.cells.items() if name not in _THE_CUSTOMERS_OWN}
    return Heard(
        heard.text,
        acts=(Act.INFORMS,),
        understood=heard.understood,
        source=Source.REP,
        told=heard.told,
        mentions=tuple(replace(mention, owned=True) for mention in heard.mentions if mention.owned),
        dangers=heard.dangers,
        cells=cells,
        trouble=heard.trouble,
        language=heard.language,
        shortened=heard.shortened,
    )


_THE_CUSTOMERS_OWN = frozenset({CellName.NEED, CellName.PROBLEM, CellName.SUCCESS, CellName.REQUEST, CellName.PRIORITY})


def _as_answer(heard: Heard, question: Question | None) -> Heard:
    """Words typed under a question about a cell are its value, unless they ask or refuse something."""
    if question is None or question.ask is not Ask.CELL or heard.trouble is not None:
        return heard
    evades = interrupts(heard) or heard.does(Act.DOES_NOT_KNOW, Act.DECLINES) or heard.polarity is Polarity.UNSURE
    name = CellName(question.key)
    return heard if evades or name in heard.cells else replace(heard, cells={**heard.cells, name: heard.text})


def _in_own_words(dossier: Dossier, heard: Heard, question: Question | None) -> Dossier:
    """A need that stood in somebody else's words stands in the customer's once they have told of it."""
    concern = dossier.concern
    need = concern.cells.get(CellName.NEED) if concern is not None else None
    if concern is None or need is None or heard.trouble is not None or not heard.text.strip():
        return dossier
    same = bool(heard.problems) and heard.problems[0].id == concern.problem
    borrowed = need.source is not Source.CUSTOMER and (same or question == OWN_WORDS) and heard.does(*TELLING)
    if not borrowed:
        return dossier
    own = Cell(need.value, heard.text, Source.CUSTOMER, need.confidence)
    return dossier.with_concern(replace(concern.with_cell(CellName.NEED, own), read_back=ReadBack.NOT_YET))


def _counted(dossier: Dossier, question: Question | None) -> Dossier:
    """A question that was answered has been asked: it counts towards the customer's patience."""
    concern = dossier.concern
    if question is None or concern is None or dossier.open is not None:
        return dossier
    whys = question.ask in (Ask.WHY, Ask.MEANT)
    asked = whys or question.ask in (Ask.FACT, Ask.CELL)
    return dossier.with_concern(replace(concern, whys=concern.whys + whys, questions=concern.questions + asked))


def _without_person(before: Dossier, after: Dossier) -> Dossier:
    """A person is here already: nothing the customer says hands the call over, and nothing they say ends or erases it."""
    again = replace(after, hand_over=before.hand_over, hand_over_why=before.hand_over_why, leaving=False, erase=False)
    return replace(again, open=None, put_off=None, consent=before.consent)


def _ticked_fact(fact: Fact, value: str, words: str) -> Heard:
    if fact.type is FactType.YES_NO and value in ("yes", "no"):
        said = words or value
        return Heard(said, (Act.INFORMS,), told=(Told(fact.id, value == "yes", said),))
    label = next((choice.label for choice in fact.choices if choice.id == value), "")
    if not label:
        raise Stale("This answer is not offered. Choose another one, or type what they said.")
    said = words or label
    return Heard(said, (Act.INFORMS,), told=(Told(fact.id, value, said),))


def _ticked_yes_no(question: Question, value: str, words: str) -> Heard:
    yes, no = (Act.ACCEPTS, Act.REJECTS) if question.ask is Ask.ADVICE else (Act.AFFIRMS, Act.DENIES)
    if value == "yes":
        return Heard(words or "yes", (yes,), Polarity.YES)
    return Heard(words or "no", (no,), Polarity.NO)


def _fact(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    fact = catalogue.facts.get(key)
    return fact_question(fact) if fact is not None and fact.askable else None


def _cell(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    return cell_question(CellName(key)) if key in {each.value for each in ASKED_CELLS} else None


def _why(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    known = key in ("request", "obstacle", "more", "denied", OWN_WORDS.key)
    return Question(Ask.WHY, key) if known and dossier.concern is not None else None


def _suggested(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    """A question that stands only while the guide itself puts it: which reading, where to reach them, a check-in."""
    move = suggested(dossier, replace(call, skipped=frozenset()), catalogue)
    return move.question if move.question is not None and move.question.key == key else None


def _read_back(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    concern = dossier.concern
    if concern is None or not may_read_back(concern, catalogue) or concern.need != key:
        return None
    return Question(Ask.READ_BACK, key, (Option("yes", "yes"), Option("no", "no")))


def may_read_back(concern: NeedMap, catalogue: Catalogue) -> bool:
    """Whether there is a need to read back: a problem and an outcome, told by the customer."""
    return concern.problem in catalogue.problems and concern.need in catalogue.outcomes and concern.state is State.OPEN


def _advice(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    """Advice can be answered only while the engine itself gives it: there is no other way to a yes."""
    move = suggested(dossier, call, catalogue)
    stands = move.kind in (MoveKind.ADVISE, MoveKind.AWAIT) and move.remedy == key
    return move.question if stands else None


def _anything(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    return Question(Ask.ANYTHING)


def _missed(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    return Question(Ask.MISSED)


def _nothing(key: str, dossier: Dossier, call: Call, catalogue: Catalogue) -> Question | None:
    return None


_STANDING: Mapping[str, Callable[[str, Dossier, Call, Catalogue], Question | None]] = {
    Ask.FACT.value: _fact,
    Ask.CELL.value: _cell,
    Ask.WHY.value: _why,
    Ask.MEANT.value: _suggested,
    Ask.CONTACT.value: _suggested,
    Ask.CHECK_IN.value: _suggested,
    Ask.INTRODUCTION.value: _suggested,
    Ask.READ_BACK.value: _read_back,
    Ask.ADVICE.value: _advice,
    Ask.ANYTHING.value: _anything,
    Ask.MISSED.value: _missed,
}

ASKED_CELLS = (
    CellName.SUCCESS,
    CellName.WHO,
    CellName.IMPACT,
    CellName.SINCE,
    CellName.HOW_OFTEN,
    CellName.TRIED,
    CellName.CONSTRAINTS,
    CellName.DECIDERS,
    CellName.PRIORITY,
)
"""The cells of the need map a rep can ask for, the ones that matter most first."""

_PRIORITIES: Mapping[CellName, tuple[Option, ...]] = {
    CellName.PRIORITY: tuple(Option(each.value, each.value) for each in Attribute),
}


def cell_question(name: CellName) -> Question:
    """The question for a cell of the need map."""
    return Question(Ask.CELL, name.value, _PRIORITIES.get(name, ()))
