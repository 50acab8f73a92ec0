"""The guide of a call: from dossier, call and catalogue everything a rep needs beside them, in words and as data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.advice.call import Call
from bot.advice.calling import ANSWERED_IN_A_CALL, is_stuck, led
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Ask, Consent, Dossier, Interruption
from bot.advice.expectations import Flag, flags
from bot.advice.guide_jump import Jump, anywhere
from bot.advice.guide_ladder import Need, RungNow, guarantee, rungs
from bot.advice.guide_questions import Asking, questions
from bot.advice.ladder import climb
from bot.advice.moves import Move, MoveKind
from bot.advice.need_map import NeedMap, ReadBack, State
from bot.advice.objections import Objection, objections
from bot.advice.phrasing import Phrasebook
from bot.advice.scene import Scene
from bot.advice.wording_advice import ADVICE
from bot.advice.wording_answers import answers
from bot.advice.wording_moves import MOVES

STAGES = ("opening", "why", "causes", "read_back", "advice", "agreed")
"""The stages of every call, in order."""


@dataclass(frozen=True)
class Aloud:
    """Something to say now: a danger, the read-back, the advice. `points` are its details, `question` what it ends in."""

    kind: str
    name: str
    say: str
    points: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True)
class Guide:
    """Everything beside the rep at one moment of the call. `questions` are best first; `aloud` comes before them."""

    move: Move
    stage: str
    questions: tuple[Asking, ...]
    aloud: tuple[Aloud, ...]
    asked: tuple[str, ...]
    guarantee: tuple[Need, ...]
    rungs: tuple[RungNow, ...]
    objections: tuple[Objection, ...]
    flags: tuple[Flag, ...]
    anywhere: tuple[Jump, ...] = ()
    loose: tuple[str, ...] = ()
    """What would be left hanging if the call ended now, a sentence each."""
    stuck: str = ""
    stops_notes: bool = False
    """Whether the customer seems to have asked that no notes be kept."""

    @property
    def buy_is_open(self) -> bool:
        """Whether a purchase has been earned."""
        return all(need.done for need in self.guarantee)


def guide(dossier: Dossier, call: Call, catalogue: Catalogue, phrases: Phrasebook) -> Guide:
    """What the rep has beside them now. A pure function; the same dossier and call give the same guide."""
    dossier, move = led(dossier, call, catalogue)
    scene = Scene(_with_ladder(move, dossier, catalogue), dossier, catalogue, phrases)
    return Guide(
        move=move,
        stage=stage_of(dossier, move),
        questions=questions(scene, call),
        aloud=_aloud(scene, call),
        asked=_asked(scene),
        guarantee=guarantee(scene),
        rungs=rungs(scene),
        objections=objections(scene),
        flags=flags(scene, call),
        anywhere=anywhere(scene, call),
        loose=_loose(scene),
        stuck=_stuck(scene),
        stops_notes=dossier.consent is not Consent.REFUSED and Interruption.CONSENT_REFUSED in dossier.pending,
    )


def stage_of(dossier: Dossier, move: Move) -> str:
    """Where the call stands, by what is known and done."""
    concern = dossier.concern
    if concern is None:
        return "opening"
    if concern.state is not State.OPEN or concern.accepted:
        return "agreed"
    if not concern.problem:
        return "why"
    if move.kind in (MoveKind.ADVISE, MoveKind.AWAIT):
        return "advice"
    return _before_advice(concern, move)


def _before_advice(concern: NeedMap, move: Move) -> str:
    if concern.read_back is ReadBack.CONFIRMED:
        return "advice" if not move.rivals else "causes"
    return "read_back" if move.kind in (MoveKind.READ_BACK, MoveKind.ASK_CELL) else "causes"


def _with_ladder(move: Move, dossier: Dossier, catalogue: Catalogue) -> Move:
    """The move with the standing of the concern at hand, also where the move itself does not hang on it."""
    concern = dossier.concern
    if concern is None or not (concern.problem in catalogue.problems or concern.outside):
        return replace(move, ladder=None, concern=-1 if concern is None else concern.id)
    own = move.ladder if move.concern == concern.id else None
    return replace(move, ladder=own or climb(dossier, concern, catalogue), concern=concern.id)


def _aloud(scene: Scene, call: Call) -> tuple[Aloud, ...]:
    """What to say now, before any question."""
    kind = scene.move.kind
    if kind is MoveKind.WARN:
        return (Aloud("danger", f"danger:{scene.move.about['danger']}", _worded(scene)[0]),)
    if kind in (MoveKind.ADVISE, MoveKind.AWAIT):
        return (_advice(replace(scene, move=replace(scene.move, kind=MoveKind.ADVISE))),)
    if kind is MoveKind.REFER:
        return (_introduction(scene),)
    return ()


def _advice(scene: Scene) -> Aloud:
    """The advice ready to be said: the engine has let it pass the gate, or the move would not be one of advising."""
    head, *rest = _worded(scene)
    question = rest[-1] if rest else ""
    points = tuple(line for text in rest[:-1] for line in text.split("\n"))
    return Aloud("advice", f"{Ask.ADVICE.value}:{scene.move.remedy}", head, points, question)


def _introduction(scene: Scene) -> Aloud:
    plain = replace(scene, dossier=replace(scene.dossier, focus={}))
    head, question = _worded(plain)
    letter = head.split("\n\n", 1)[-1]
    lead = head.removesuffix(letter).strip()
    return Aloud("introduction", f"{Ask.INTRODUCTION.value}:{scene.move.remedy}", lead, (letter,), question)


def _worded(scene: Scene) -> list[str]:
    return [bubble.text for bubble in {**MOVES, **ADVICE}[scene.move.kind](scene)]


def _asked(scene: Scene) -> tuple[str, ...]:
    """What the customer asked in passing, with the answer to give."""
    wanted = tuple(each for each in scene.dossier.pending if each in ANSWERED_IN_A_CALL)
    asked = replace(scene, move=replace(scene.move, answers=wanted))
    return tuple(bubble.text for bubble in answers(asked) if bubble.text) if wanted else ()


def _loose(scene: Scene) -> tuple[str, ...]:
    """A yes that nothing follows from yet."""
    concern = scene.concern
    if concern is None or not concern.accepted:
        return ()
    if scene.move.kind is MoveKind.ASK_CONTACT:
        return (scene.say("guide_loose_contact"),)
    return (scene.say("guide_loose_question"),) if scene.move.kind is MoveKind.ASK_CHECK else ()


def _stuck(scene: Scene) -> str:
    if not is_stuck(scene.move):
        return ""
    name, role, reach = scene.expert()
    return scene.say("guide_stuck", expert=name, role=role, reach=reach)
