"""The guide's questions: which to ask now, why it is worth asking, what to listen for, how to follow up, and a gentler wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from bot.advice.call import Call
from bot.advice.calling import ASKED_CELLS, OWN_WORDS, cell_question, may_read_back
from bot.advice.catalogue import Effort, Fact, FactType, Rung
from bot.advice.diagnosis import likelihoods, most_likely, updated
from bot.advice.dossier import Ask, Option, Question
from bot.advice.heard import CellName, FactValue, Source
from bot.advice.ladder import Lack, Ladder, Weighed, choose, climb, lacks, served
from bot.advice.moves import MoveKind
from bot.advice.need_map import Cell, NeedMap, ReadBack, State
from bot.advice.phrasing import clause, listing, sentence
from bot.advice.questions import Worth, worthwhile
from bot.advice.scene import Scene
from bot.advice.wording_advice import ADVICE, title_in_sentence
from bot.advice.wording_moves import MOVES

MOST = 3
"""The best question and two alternatives."""

_OPEN_AFTER = (Ask.ANYTHING, Ask.ADVICE, Ask.SAFETY)
"""Questions that are no question of the guide's: the advice has its own place."""


class Entry(str, Enum):
    """How an answer is given by hand: by ticking only, or by typing (a number has its unit beside it)."""

    TICKS = "ticks"
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True)
class Listen:
    """An answer to listen for: `value` ticks it (empty where it has to be typed), `suggests` what it would mean."""

    label: str
    value: str = ""
    suggests: str = ""


@dataclass(frozen=True)
class Asking:
    """A question as the rep needs it: ready to be said, with everything around it."""

    name: str
    ask: Ask
    say: str
    gentler: str
    why: str
    follow_up: str
    listen: tuple[Listen, ...] = ()
    ticks: tuple[Option, ...] = ()
    entry: Entry = Entry.TEXT
    unit: str = ""
    takes: bool = True
    """Whether words noted now are most likely its answer: a question shown only because nothing better is left is hardly asked."""


def questions(scene: Scene, call: Call) -> tuple[Asking, ...]:
    """The question the rep chose (else the one worth most) and two alternatives."""
    found: dict[str, Question] = {}
    for question in (*_focused(scene, call), *_worth_asking(scene, call)):
        found.setdefault(question.name, question)
    return tuple(replace(asking(scene, one), takes=_takes(scene, call, one)) for one in list(found.values())[:MOST])


def _takes(scene: Scene, call: Call, question: Question) -> bool:
    return question.ask is not Ask.CELL or question == scene.move.question or question.name == call.focus


def asking(scene: Scene, question: Question) -> Asking:
    """One question with its reason, what to listen for, the follow-up and the gentler wording."""
    say = said(scene, question)
    fact = scene.catalogue.facts.get(question.key) if question.ask is Ask.FACT else None
    return Asking(
        name=question.name,
        ask=question.ask,
        say=say,
        gentler=_gentler(scene, say, fact),
        why=_why(scene, question, fact),
        follow_up=_follow_up(scene, question, fact),
        listen=_listen(scene, question, fact),
        ticks=_ticks(scene, question, fact),
        entry=_entry(question, fact),
        unit=fact.unit if fact is not None else "",
    )


def said(scene: Scene, question: Question) -> str:
    """The question as it is said aloud."""
    if question == OWN_WORDS:
        return scene.say("guide_ask_own_words")
    if question.ask is Ask.ANYTHING and scene.concern is not None:
        return scene.say("guide_ask_more" if scene.concern.state is State.OPEN else "anything_else")
    if question.ask is Ask.CELL and question.key != CellName.SUCCESS.value:
        return scene.say(f"guide_ask_{question.key}")
    kind = _KINDS[question.ask]
    about = scene.move.about if question.ask in (Ask.CONTACT, Ask.CHECK_IN) else {}
    booking = scene.concern is not None and bool(scene.concern.accepted)
    remedy = scene.move.remedy if booking or question.ask is not Ask.FACT else ""
    move = replace(scene.move, kind=kind, question=question, answers=(), again=False, about=about, remedy=remedy)
    return _WORDINGS[kind](replace(scene, move=move))[-1].text


_WORDINGS = {**MOVES, **ADVICE}
_KINDS: Mapping[Ask, MoveKind] = {
    Ask.ANYTHING: MoveKind.ASK_ANYTHING,
    Ask.WHY: MoveKind.ASK_WHY,
    Ask.MEANT: MoveKind.ASK_MEANT,
    Ask.FACT: MoveKind.ASK_CHECK,
    Ask.CELL: MoveKind.ASK_CELL,
    Ask.READ_BACK: MoveKind.READ_BACK,
    Ask.CONTACT: MoveKind.ASK_CONTACT,
    Ask.CHECK_IN: MoveKind.CHECK_IN,
    Ask.INTRODUCTION: MoveKind.REFER,
    Ask.MISSED: MoveKind.ASK_MISSED,
}


def _focused(scene: Scene, call: Call) -> Iterator[Question]:
    """What the rep chose to ask, wherever the guide stands."""
    ask, _, key = call.focus.partition(":")
    if ask == Ask.FACT.value and key in scene.catalogue.facts:
        yield from (worth for worth in _fact_questions(scene, key))
    elif ask == Ask.CELL.value:
        yield cell_question(CellName(key))
    elif call.focus == OWN_WORDS.name:
        yield OWN_WORDS
    elif ask == Ask.READ_BACK.value and (question := _read_back(scene)) is not None:
        yield question
    elif ask == Ask.MISSED.value:
        yield Question(Ask.MISSED)
    elif ask == Ask.ANYTHING.value:
        yield Question(Ask.ANYTHING)


def _fact_questions(scene: Scene, key: str) -> Iterator[Question]:
    fact = scene.catalogue.facts[key]
    if fact.askable:
        yield Question(Ask.FACT, key, tuple(Option(choice.id, choice.label) for choice in fact.choices))


def _worth_asking(scene: Scene, call: Call) -> Iterator[Question]:
    """The engine's own question, its rivals by worth, then what else the need map lacks; nothing put aside or known."""
    question, concern = scene.move.question, scene.concern
    if question is not None and question.ask not in _OPEN_AFTER and not _is_a_chats_end(scene):
        yield question
    if question is not None and question.ask is Ask.ANYTHING:
        yield question
    if concern is None or concern.state is not State.OPEN:
        yield from _closing(scene)
        return
    silent = scene.dossier.declined | scene.dossier.unknown | call.skipped
    if _is_borrowed(concern) and OWN_WORDS.name not in silent:
        yield OWN_WORDS
    for worth in rivals(scene):
        if worth.question.name not in silent:
            yield worth.question
    if (back := _read_back(scene)) is not None and concern.read_back is not ReadBack.CONFIRMED and back.name not in silent:
        yield back
    for name in ASKED_CELLS:
        if name not in concern.cells and cell_question(name).name not in silent:
            yield cell_question(name)


def _closing(scene: Scene) -> Iterator[Question]:
    """What a served customer would miss, asked once."""
    served = any(concern.state is State.ACCEPTED for concern in scene.dossier.concerns)
    missed = Question(Ask.MISSED)
    if served and not scene.dossier.closing and not scene.dossier.silenced(missed):
        yield missed


def rivals(scene: Scene) -> tuple[Worth, ...]:
    """The questions worth asking by what their answers could change, best first."""
    concern, ladder = scene.concern, scene.move.ladder
    if concern is None or ladder is None or not concern.problem:
        return ()
    return scene.move.rivals or worthwhile(scene.dossier, concern, scene.catalogue, ladder)


def _is_a_chats_end(scene: Scene) -> bool:
    """Whether a chat would now ask where a person may call: in a call the person is there."""
    return scene.move.kind is MoveKind.ASK_CONTACT and scene.move.about.get("why") not in ("booking", "refer")


def _is_borrowed(concern: NeedMap) -> bool:
    need = concern.cells.get(CellName.NEED)
    return need is not None and need.source is not Source.CUSTOMER


def _read_back(scene: Scene) -> Question | None:
    concern = scene.concern
    if concern is None or not may_read_back(concern, scene.catalogue):
        return None
    return Question(Ask.READ_BACK, concern.need, (Option("yes", "yes"), Option("no", "no")))


def _gentler(scene: Scene, say: str, fact: Fact | None) -> str:
    if fact is not None and fact.why:
        return scene.say("guide_gentler_why", ask=say, why=sentence(fact.why))
    return scene.say("guide_gentler", ask=say)


def _why(scene: Scene, question: Question, fact: Fact | None) -> str:
    if fact is None:
        return scene.say(f"guide_why_{_why_of(scene, question)}")
    reasons = [sentence(fact.why)] if fact.why else []
    changes = _changes(scene, question)
    causes = _tells_apart(scene, fact.id)
    if len(changes) > 1:
        reasons.append(scene.say("guide_why_changes", remedies=alternatives(changes)))
    elif len(causes) > 1:
        reasons.append(scene.say("guide_why_causes", first=causes[0], second=causes[1]))
    elif changes:
        reasons.append(scene.say("guide_why_serves", remedy=changes[0]))
    return " ".join(reasons) or scene.say("guide_why_fact")


def alternatives(titles: Sequence[str]) -> str:
    """Titles to choose between, told apart although each may hold an "and" of its own."""
    return "; or ".join(("; ".join(titles[:-1]), titles[-1])) if len(titles) > 2 else listing(titles, "or")


def _why_of(scene: Scene, question: Question) -> str:
    """The name of the reason for a question that is about no fact."""
    if question.ask is Ask.ANYTHING and scene.concern is not None and scene.concern.state is not State.OPEN:
        return "anything_else"
    return question.key if question.ask is Ask.CELL else question.ask.value


def _changes(scene: Scene, question: Question) -> list[str]:
    """The remedies its answers would lead to, in words; a purchase not earned yet is not named."""
    worth = next((one for one in rivals(scene) if one.question.name == question.name), None)
    remedies = [scene.catalogue.remedy(id) for id in worth.could_change] if worth is not None else []
    return [named(scene, remedy.id) for remedy in remedies if remedy.rung is not Rung.BUY or _is_earned(scene)]


def _is_earned(scene: Scene) -> bool:
    concern, ladder = scene.concern, scene.move.ladder
    return concern is not None and ladder is not None and set(lacks(concern, ladder)) <= {Lack.VERDICTS}


def named(scene: Scene, remedy: str) -> str:
    """A remedy's title ready to stand inside a sentence."""
    return title_in_sentence(scene.catalogue.remedy(remedy).title, scene.catalogue)


def _tells_apart(scene: Scene, fact: str) -> list[str]:
    """The two likeliest causes that the fact tells apart."""
    ladder, concern = scene.move.ladder, scene.concern
    problem = scene.catalogue.problems.get(concern.problem) if concern is not None else None
    if ladder is None or problem is None:
        return []
    named = {cause for check in problem.checks if check.fact == fact for band in check.bands for cause in band.likelihood}
    likely = sorted((cause for cause in ladder.belief if cause in named), key=lambda cause: -ladder.belief[cause])
    return [clause(scene.catalogue.causes[cause].name) for cause in likely[:2]]


def _follow_up(scene: Scene, question: Question, fact: Fact | None) -> str:
    if fact is not None and fact.effort is not Effort.EASY:
        return scene.say("guide_follow_look")
    name = {Ask.FACT: "fact", Ask.CELL: "cell", Ask.READ_BACK: "read_back", Ask.MEANT: "meant", Ask.CONTACT: "contact"}
    return scene.say(f"guide_follow_{name.get(question.ask, 'why')}")


def _listen(scene: Scene, question: Question, fact: Fact | None) -> tuple[Listen, ...]:
    if fact is not None:
        return tuple(_answers(scene, fact))
    if question.ask is Ask.MEANT:
        offered = [option for option in question.options if option.label]
        return tuple(Listen(sentence(option.label).rstrip("."), option.value) for option in offered)
    if question.ask in (Ask.WHY, Ask.ANYTHING):
        return tuple(Listen(scene.say(f"guide_listen_{name}")) for name in ("trouble", "who", "since", "leads_to"))
    return ()


def _answers(scene: Scene, fact: Fact) -> Iterator[Listen]:
    """What each answer would suggest, worked out by supposing it."""
    supposed: list[tuple[str, str, FactValue]] = [(choice.label, choice.id, choice.id) for choice in fact.choices]
    if fact.type is FactType.YES_NO:
        supposed = [(scene.say("guide_yes"), "yes", True), (scene.say("guide_no"), "no", False)]
    for label, tick, value in supposed:
        yield Listen(label, tick, _supposing(scene, fact.id, value))
    if not supposed:
        yield from _bands(scene, fact.id)


def _supposing(scene: Scene, fact: str, value: FactValue) -> str:
    concern = scene.concern
    if concern is None or not concern.problem:
        return ""
    dossier = scene.dossier.with_fact(fact, Cell(value))
    ladder = climb(dossier, concern, scene.catalogue)
    return _suggests(scene, ladder.chosen, ladder.belief)


def _bands(scene: Scene, fact: str) -> Iterator[Listen]:
    """The ranges of a number that a check tells apart."""
    concern, ladder = scene.concern, scene.move.ladder
    problem = scene.catalogue.problems.get(concern.problem) if concern is not None else None
    if concern is None or ladder is None or problem is None:
        return
    for check in problem.checks:
        if check.fact == fact:
            for answer, row in likelihoods(check, tuple(ladder.belief)).items():
                believed = updated(ladder.belief, row)
                chosen = choose(_reweighed(scene, ladder, believed), concern.hands_off, scene.dossier.priority)
                yield Listen(answer.replace("_", " "), "", _suggests(scene, chosen, believed))


def _reweighed(scene: Scene, ladder: Ladder, believed: Mapping[str, float]) -> tuple[Weighed, ...]:
    experience = scene.catalogue.experience
    return tuple(
        one.serving(served(one.remedy, believed, experience) if one.remedy.serves else one.serves) for one in ladder.weighed
    )


def _suggests(scene: Scene, chosen: Weighed | None, believed: Mapping[str, float]) -> str:
    """What an answer points to: the cause behind it and what would then serve; a purchase not earned is not named."""
    cause = clause(scene.catalogue.causes[most_likely(believed)[0]].name) if believed else ""
    if chosen is None:
        return scene.say("guide_suggests_unclear", cause=cause) if cause else ""
    if chosen.remedy.rung is Rung.BUY:
        return scene.say("guide_suggests_beyond", cause=cause) if cause else scene.say("guide_suggests_beyond_plain")
    if not cause:
        return scene.say("guide_suggests_plain", remedy=named(scene, chosen.remedy.id))
    return scene.say("guide_suggests", cause=cause, remedy=named(scene, chosen.remedy.id))


def _ticks(scene: Scene, question: Question, fact: Fact | None) -> tuple[Option, ...]:
    if fact is not None and fact.type is FactType.YES_NO:
        return (Option("yes", scene.say("guide_yes")), Option("no", scene.say("guide_no")))
    if question.ask is Ask.MEANT:
        labels = {option.value: sentence(option.label).rstrip(".") for option in question.options}
        return tuple(Option(value, label or scene.say("button_other")) for value, label in labels.items())
    if question.ask is Ask.CELL:
        return tuple(Option(option.value, scene.say(f"guide_priority_{option.value}")) for option in question.options)
    yes_no = {Ask.READ_BACK: ("button_yes", "button_no"), Ask.CHECK_IN: ("button_works", "button_works_not")}
    if question.ask in yes_no:
        yes, no = yes_no[question.ask]
        return (Option("yes", scene.say(yes)), Option("no", scene.say(no)))
    if question.ask is Ask.INTRODUCTION:
        return (Option("yes", scene.say("button_send")), Option("no", scene.say("button_keep")))
    return question.options if fact is not None else ()


def _entry(question: Question, fact: Fact | None) -> Entry:
    if fact is not None and fact.type is FactType.NUMBER:
        return Entry.NUMBER
    ticked = (fact is not None and fact.type in (FactType.CHOICE, FactType.YES_NO)) or question.ask in (Ask.MEANT, Ask.READ_BACK)
    return Entry.TICKS if ticked else Entry.TEXT
