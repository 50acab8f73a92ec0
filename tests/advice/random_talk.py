"""Random customers: hostile ones who claim anything, and plain ones who answer what they are asked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count

from bot.advice.catalogue import Attribute, Catalogue, Fact, FactType, Rung
from bot.advice.dossier import Ask, Asset, Customer, Dossier, DueCheckIn, Question
from bot.advice.heard import Act, CellName, FactValue, Heard, Match, Mention, Polarity, Source, Told, Trouble
from bot.advice.hearing import hear
from bot.advice.moves import Move, MoveKind
from bot.advice.next_move import next_move
from bot.advice.speaking import spoken
from tests.advice.random_worlds import KINDS, WORDS, some

ACTS = tuple(Act)
SAYABLE = tuple(name for name in CellName if name not in (CellName.PRIORITY, CellName.PROBLEM, CellName.NEED))
PUSHY = (Act.WANTS_PRODUCT, Act.INSISTS_QUOTE, Act.ACCEPTS, Act.REJECTS, Act.AFFIRMS, Act.ASKS_PRICE)


class Words:
    """Says something new every time, so that a test can look whether it was kept."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, about: str = "word") -> str:
        return f"{about}{next(self._numbers)}"


def random_dossier(chance: random.Random, catalogue: Catalogue) -> Dossier:
    """What the records know before the first message."""
    products = [catalogue.products[id] for id in some(chance, list(catalogue.products), 2)]
    assets = tuple(Asset(one.kind, one.id, one.name, 2.0, chance.choice((None, 5.0))) for one in products)
    customer = Customer(region=chance.choice(("", "a", "b")), contact=chance.choice(("", "jo@x.example")))
    remedy = chance.choice(list(catalogue.remedies))
    due = (DueCheckIn("7", remedy, "we came", "Does it work?"),) if chance.random() < 0.15 else ()
    return Dossier(customer=customer, assets=assets, due=due, today="2025-05-01", staffed=chance.random() < 0.5)


def any_value(chance: random.Random, fact: Fact) -> FactValue:
    """A value a listener could read for this fact."""
    if fact.type is FactType.NUMBER:
        return float(chance.choice((0, 2, 5, 12, 15, 40, -1)))
    if fact.type is FactType.YES_NO:
        return chance.random() < 0.5
    return chance.choice(WORDS)


def hostile(chance: random.Random, catalogue: Catalogue, dossier: Dossier, say: Words) -> Heard:
    """Anything at all, claiming anything, whether or not it fits what was asked."""
    text = " ".join(say() for _ in range(chance.randint(1, 6)))
    pool = PUSHY if chance.random() < 0.3 else ACTS
    return Heard(
        text,
        acts=tuple(some(chance, pool, 3)),
        polarity=chance.choice(tuple(Polarity)),
        understood=chance.random(),
        source=chance.choice((Source.CUSTOMER, Source.CUSTOMER, Source.REP)),
        told=_told(chance, catalogue, text),
        **_matches(chance, catalogue, text),
        mentions=_mentions(chance, catalogue, text),
        cells=_cells(chance, text),
        remedy=_sometimes(chance, [*catalogue.remedies, *catalogue.referrals]),
        rung=_sometimes(chance, [rung.value for rung in Rung]),
        chosen=_sometimes(chance, [*_options(dossier.open), *catalogue.problems, "other", "edit", "yes"]),
        trouble=chance.choice(tuple(Trouble)) if chance.random() < 0.03 else None,
        shortened=chance.random() < 0.03,
    )


def _sometimes(chance: random.Random, values: list[str]) -> str:
    return chance.choice(values) if values and chance.random() < 0.25 else ""


def _options(question: Question | None) -> list[str]:
    return [option.value for option in question.options] if question is not None else []


def _told(chance: random.Random, catalogue: Catalogue, quote: str) -> tuple[Told, ...]:
    names = [name for name, fact in catalogue.facts.items() if fact.formula is None]
    facts = some(chance, names, 2) if chance.random() < 0.4 else []
    return tuple(Told(name, any_value(chance, catalogue.facts[name]), quote) for name in facts)


def _matches(chance: random.Random, catalogue: Catalogue, quote: str) -> dict[str, tuple[Match, ...]]:
    company = catalogue.company
    ids = {
        "problems": (list(catalogue.problems), 0.35),
        "outcomes": (list(catalogue.outcomes), 0.2),
        "causes": (list(catalogue.causes), 0.2),
        "dangers": (list(catalogue.dangers), 0.03),
        "not_ours": ([other.id for other in company.not_ours], 0.05),
        "hearsay": ([rumour.id for rumour in company.hearsay], 0.05),
    }
    return {name: _matched(chance, *wanted, quote) for name, wanted in ids.items()}


def _matched(chance: random.Random, ids: list[str], often: float, quote: str) -> tuple[Match, ...]:
    if chance.random() > often:
        return ()
    found = [Match(id, chance.choice((0.05, 0.2, 0.4, 0.6, 0.75, 0.95)), quote) for id in some(chance, ids, 3)]
    return tuple(sorted(found, key=lambda match: -match.score))


def _mentions(chance: random.Random, catalogue: Catalogue, quote: str) -> tuple[Mention, ...]:
    if chance.random() > 0.2:
        return ()
    product = catalogue.products[chance.choice(list(catalogue.products))]
    quantity = chance.choice((None, 2.0))
    if chance.random() < 0.3:
        return (Mention(chance.choice(KINDS), "", quantity, chance.random() < 0.5, quote),)
    return (Mention(product.kind, product.id, quantity, chance.random() < 0.5, quote),)


def _cells(chance: random.Random, text: str) -> Mapping[CellName, str]:
    if chance.random() > 0.15:
        return {}
    if chance.random() < 0.3:
        return {CellName.PRIORITY: chance.choice(tuple(Attribute)).value}
    return {chance.choice(SAYABLE): chance.choice(text.split())}


_Reply = Callable[[random.Random, Catalogue, Question, Words], Heard]


def plain(chance: random.Random, catalogue: Catalogue, dossier: Dossier, say: Words) -> Heard:
    """A customer who does what they are asked: answers, declines, or does not know."""
    question = dossier.open
    if question is None or question.ask is Ask.ANYTHING:
        return _reports(chance, catalogue, say)
    if chance.random() < 0.15:
        act = chance.choice((Act.DECLINES, Act.DOES_NOT_KNOW))
        return Heard(f"{say()} pass", (act,), Polarity.UNSURE if act is Act.DOES_NOT_KNOW else Polarity.NONE)
    return _REPLIES.get(question.ask, _agrees)(chance, catalogue, question, say)


def _reports(chance: random.Random, catalogue: Catalogue, say: Words) -> Heard:
    text = f"{say()} goes wrong"
    match = Match(chance.choice(list(catalogue.problems)), chance.choice((0.2, 0.4, 0.9, 0.9)), text)
    return Heard(text, (Act.REPORTS_PROBLEM,), problems=(match,))


def _answers_fact(chance: random.Random, catalogue: Catalogue, question: Question, say: Words) -> Heard:
    text = f"{say()} it is"
    value = any_value(chance, catalogue.facts[question.key])
    return Heard(text, (Act.INFORMS,), told=(Told(question.key, value, text),))


def _chooses(chance: random.Random, catalogue: Catalogue, question: Question, say: Words) -> Heard:
    return Heard(say(), (Act.INFORMS,), chosen=chance.choice(_options(question)))


def _pictures(chance: random.Random, catalogue: Catalogue, question: Question, say: Words) -> Heard:
    return Heard(f"{say()} by friday then", (Act.INFORMS,))


def _agrees(chance: random.Random, catalogue: Catalogue, question: Question, say: Words) -> Heard:
    if chance.random() < 0.8:
        return Heard(f"{say()} yes", (Act.AFFIRMS,), Polarity.YES)
    return Heard(f"{say()} no thanks then", (Act.DENIES,), Polarity.NO)


def _judges(chance: random.Random, catalogue: Catalogue, question: Question, say: Words) -> Heard:
    if chance.random() < 0.5:
        return Heard(f"{say()} do it", (Act.ACCEPTS,), Polarity.YES)
    return Heard(f"{say()} won't work", (Act.REJECTS,), Polarity.NO)


def _gives_contact(chance: random.Random, catalogue: Catalogue, question: Question, say: Words) -> Heard:
    text = say("phone")
    return Heard(text, (Act.INFORMS,), cells={CellName.CONTACT: text})


_REPLIES: Mapping[Ask, _Reply] = {
    Ask.FACT: _answers_fact,
    Ask.MEANT: _chooses,
    Ask.WHY: lambda chance, catalogue, question, say: _reports(chance, catalogue, say),
    Ask.CELL: _pictures,
    Ask.ADVICE: _judges,
    Ask.CONTACT: _gives_contact,
}


def mixed(chance: random.Random, catalogue: Catalogue, dossier: Dossier, say: Words, plainly: float) -> Heard:
    """Plain with the probability `plainly`, hostile otherwise; sometimes both at once."""
    if chance.random() >= plainly:
        return hostile(chance, catalogue, dossier, say)
    heard = plain(chance, catalogue, dossier, say)
    if plainly < 1 and chance.random() < 0.15:
        extra = hostile(chance, catalogue, dossier, say)
        return replace(heard, acts=(*heard.acts, *extra.acts), remedy=extra.remedy, told=(*heard.told, *extra.told))
    return heard


@dataclass(frozen=True)
class Turn:
    """One exchange: the dossier before the message, the message, the dossier it made, the move, and the dossier after it."""

    catalogue: Catalogue
    before: Dossier
    heard: Heard
    dossier: Dossier
    move: Move
    after: Dossier


def turn(catalogue: Catalogue, before: Dossier, heard: Heard) -> Turn:
    """The assistant's side of one exchange."""
    dossier = hear(before, heard, catalogue)
    move = next_move(dossier, catalogue)
    return Turn(catalogue, before, heard, dossier, move, spoken(dossier, move))


def conversation(chance: random.Random, catalogue: Catalogue, turns: int = 12, plainly: float = -1.0) -> Iterator[Turn]:
    """A random conversation; with `plainly` 1 the customer only answers what is asked, with 0 says anything at all."""
    dossier, say = random_dossier(chance, catalogue), Words()
    share = plainly if plainly >= 0 else chance.choice((0.0, 0.5, 0.8, 0.95))
    for _ in range(turns):
        taken = turn(catalogue, dossier, mixed(chance, catalogue, dossier, say, share))
        yield taken
        dossier = taken.after
        if taken.move.kind in (MoveKind.FAREWELL, MoveKind.ERASED):
            return
