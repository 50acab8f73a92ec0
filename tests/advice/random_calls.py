"""Random calls: a rep who notes, ticks, skips, jumps, pushes purchases and answers what was never asked, in any order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.advice.call import Call, Slip, SlipKind
from bot.advice.calling import (
    ASKED_CELLS,
    Stale,
    cell_question,
    followed,
    hear_in_call,
    question_named,
    ticked,
    worked_on,
)
from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Consent, Dossier
from bot.advice.guide import Guide, guide
from bot.advice.heard import Act, Heard, Source, Told
from bot.advice.moves import Move
from tests.advice.random_talk import Words, any_value, mixed, plain, random_dossier
from tests.advice.talking import phrasebook


@dataclass(frozen=True)
class Moment:
    """A call after one action: what was done (`asked` the question it answered, by name), and the guide that stands now."""

    catalogue: Catalogue
    before: Dossier
    dossier: Dossier
    call: Call
    guide: Guide
    did: str
    asked: str = ""
    heard: Heard | None = None
    made: tuple[Move, ...] = ()


def random_call(chance: random.Random, catalogue: Catalogue, actions: int) -> Iterator[Moment]:
    """The moments of one random call."""
    dossier = replace(random_dossier(chance, catalogue), consent=Consent.GIVEN)
    call, say = Call(rep="ada"), Words()
    moment = Moment(catalogue, dossier, dossier, call, _guide(dossier, call, catalogue), "begin")
    follows = chance.choice((0.2, 0.6, 0.85))
    for _ in range(actions):
        did = "follow" if chance.random() < follows else chance.choice(tuple(_DOINGS))
        try:
            done = _DOINGS[did](chance, replace(moment, heard=None, made=(), asked="", before=moment.dossier), say)
        except Stale:
            continue
        moment = replace(done, guide=_guide(done.dossier, done.call, catalogue), did=did)
        yield moment


def _guide(dossier: Dossier, call: Call, catalogue: Catalogue) -> Guide:
    return guide(dossier, call, catalogue, phrasebook().for_rep())


def _heard(moment: Moment, heard: Heard, name: str) -> Moment:
    question = question_named(name, moment.dossier, moment.call, moment.catalogue) if name else None
    after = hear_in_call(moment.dossier, moment.call, heard, question, moment.catalogue)
    after, made = followed(after, moment.call, moment.catalogue)
    call = replace(moment.call, focus="")
    return replace(moment, before=moment.dossier, dossier=after, call=call, asked=name, heard=heard, made=made)


def _names(chance: random.Random, moment: Moment) -> str:
    """Any question: one the guide shows, one of the catalogue, or one that makes no sense now."""
    shown = [asking.name for asking in moment.guide.questions] + [aloud.name for aloud in moment.guide.aloud]
    if shown and chance.random() < 0.75:
        return chance.choice(shown)
    concern = moment.dossier.concern
    wild = [f"fact:{name}" for name in moment.catalogue.facts]
    wild += [cell_question(name).name for name in ASKED_CELLS]
    wild += [f"advice:{name}" for name in moment.catalogue.remedies]
    wild += [f"read_back:{concern.need if concern else ''}", "meant", "why:own_words", "why:denied", "missed"]
    return chance.choice(wild)


def _note(chance: random.Random, moment: Moment, say: Words) -> Moment:
    name = _names(chance, moment) if chance.random() < 0.7 else ""
    heard = mixed(chance, moment.catalogue, moment.dossier, say, 0.6)
    source = Source.REP if chance.random() < 0.25 else Source.CUSTOMER
    return _heard(moment, replace(heard, source=source), name)


def _tick(chance: random.Random, moment: Moment, say: Words) -> Moment:
    name = _names(chance, moment)
    question = question_named(name, moment.dossier, moment.call, moment.catalogue)
    values = [option.value for option in question.options] or ["yes", "yes", "no"]
    value = chance.choice([*values, "yes", "unknown"])
    return _heard(moment, ticked(question, value, moment.catalogue, say()), name)


def _follow(chance: random.Random, moment: Moment, say: Words) -> Moment:
    """The rep asks what the guide asks, or says what it says, and the customer answers."""
    shown = [aloud.name for aloud in moment.guide.aloud] + [asking.name for asking in moment.guide.questions]
    if not shown or shown[0].startswith("danger:"):
        danger = shown[0].removeprefix("danger:") if shown else ""
        return replace(moment, dossier=replace(moment.dossier, warned=(*moment.dossier.warned, danger)))
    question = question_named(shown[0], moment.dossier, moment.call, moment.catalogue)
    return _heard(moment, plain(chance, moment.catalogue, replace(moment.dossier, open=question), say), shown[0])


def _fact(chance: random.Random, moment: Moment, say: Words) -> Moment:
    asked = [asking.name for asking in moment.guide.questions if asking.name.startswith("fact:")]
    if not asked:
        return moment
    fact = moment.catalogue.facts[asked[0].partition(":")[2]]
    value = any_value(chance, fact)
    return _heard(moment, replace(_told(fact.id, value, say()), source=Source.CUSTOMER), asked[0])


def _told(fact: str, value: object, text: str) -> Heard:
    return Heard(text, (Act.INFORMS,), told=(Told(fact, value, text),))  # type: ignore[arg-type]


def _skip(chance: random.Random, moment: Moment, say: Words) -> Moment:
    return replace(moment, call=moment.call.skipping(_names(chance, moment)))


def _ask(chance: random.Random, moment: Moment, say: Words) -> Moment:
    question = question_named(_names(chance, moment), moment.dossier, moment.call, moment.catalogue)
    return replace(moment, call=moment.call.asking(question.name))


def _jump(chance: random.Random, moment: Moment, say: Words) -> Moment:
    dossier = worked_on(moment.dossier, chance.randint(0, 2))
    return replace(moment, before=moment.dossier, dossier=dossier)


def _slip(chance: random.Random, moment: Moment, say: Words) -> Moment:
    slips = (*moment.call.slips, Slip(SlipKind.DISCOUNT, say()))
    return replace(moment, call=replace(moment.call, slips=slips))


_DOINGS: Mapping[str, Callable[[random.Random, Moment, Words], Moment]] = {
    "follow": _follow,
    "note": _note,
    "another note": _note,
    "tick": _tick,
    "another tick": _tick,
    "fact": _fact,
    "another fact": _fact,
    "skip": _skip,
    "ask": _ask,
    "jump": _jump,
    "slip": _slip,
}
