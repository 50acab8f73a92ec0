"""What the engine promises of every conversation, checked on random companies and random customers."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.advice.archive import from_plain, to_plain
from bot.advice.catalogue import Catalogue, Rung
from bot.advice.dossier import Ask, Dossier, Interruption, Question
from bot.advice.heard import TELLING, Act, CellName, Heard, Polarity, Told
from bot.advice.hearing import hear
from bot.advice.ladder import Ladder, climb
from bot.advice.moves import Move, MoveKind
from bot.advice.next_move import MOST_QUESTIONS, next_move
from bot.advice.phrasing import Phrasebook
from bot.advice.scene import Message, Scene
from bot.advice.wording import word
from tests.advice.random_talk import Turn, Words, any_value, conversation, hostile, plain, random_dossier, turn
from tests.advice.random_worlds import catalogues, random_catalogue
from tests.advice.talking import phrasebook, reports

SEEDS = st.integers(0, 2**32)
REACHED = (MoveKind.ADVISE, MoveKind.HAND_OVER, MoveKind.FAREWELL)

fast = settings(max_examples=100, deadline=None)


def talks(seed: int, plainly: float = -1.0, turns: int = 10) -> Iterator[Turn]:
    """One random conversation with one random company."""
    chance = random.Random(seed)
    return conversation(chance, random_catalogue(chance), turns, plainly)


@fast
@given(SEEDS)
def test_every_state_has_exactly_one_move(seed: int) -> None:
    """For any state there is one move, the same each time it is asked for, and never an exception."""
    for taken in talks(seed):
        assert isinstance(taken.move.kind, MoveKind)
        assert next_move(taken.dossier, taken.catalogue) == taken.move


def _message(taken: Turn, phrases: Phrasebook) -> Message:
    return word(Scene(taken.move, taken.dossier, taken.catalogue, phrases))


@pytest.mark.parametrize("audience", ["customer", "rep"])
@fast
@given(SEEDS)
def test_every_move_can_be_said(audience: str, seed: int) -> None:
    """Every move has a message in the shipped phrasebook, with every brace filled and nothing half-said in it."""
    phrases = phrasebook() if audience == "customer" else phrasebook().for_rep()
    for taken in talks(seed):
        message = _message(taken, phrases)
        said = [message.text, *(button.title for bubble in message.bubbles for button in bubble.buttons)]
        assert all(text.strip() for text in (*said, *(bubble.text for bubble in message.bubbles)))
        assert not [text for text in said if re.search(r"\{\w*\}|\bNone$|\bNone\b(?! of)|\bnan\b", text)]


_NOT_OF_THE_AFFAIR = frozenset(
    {Act.GREET, Act.THANK, Act.LEAVE, Act.INSULTS, Act.ASKS_PERSON, Act.ASKS_PRIVACY, Act.ASKS_OWN_DATA}
    | {Act.ASKS_ERASURE, Act.ASKS_EXPORT, Act.ASKS_ABILITIES, Act.ALLOWS_RECORDING, Act.REFUSES_RECORDING}
    | {Act.SMALL_TALK}
)


def _contents(heard: Heard) -> Iterator[str]:
    """What must still be found in the dossier after this message."""
    for told in heard.told:
        yield from (repr(told.value), told.quote)
    yield from (value for name, value in heard.cells.items() if name is not CellName.PRIORITY)
    if not heard.acts or set(heard.acts) - _NOT_OF_THE_AFFAIR:
        yield from (match.quote for match in (*heard.problems, *heard.outcomes) if match.score >= 0.5)
    yield from (mention.quote for mention in heard.mentions if mention.owned)
    if heard.does(*TELLING) and CellName.CONTACT not in heard.cells:
        yield heard.text


@fast
@given(SEEDS)
def test_nothing_heard_is_ever_lost(seed: int) -> None:
    """Every value, quote, cell, sure match and telling message is in the dossier at the end: current or in a history."""
    heard: list[Heard] = []
    last: Dossier | None = None
    for taken in talks(seed):
        if taken.heard.trouble is None:
            heard.append(taken.heard)
        if taken.dossier.erase:
            heard, last = [], None
        else:
            last = taken.after
    kept = repr(last)
    assert not [content for one in heard for content in _contents(one) if content not in kept]


@fast
@given(catalogues(), SEEDS.map(random.Random))
def test_the_order_of_independent_facts_does_not_matter(catalogue: Catalogue, chance: random.Random) -> None:
    """The same facts told in any order give the same belief and the same advice."""
    names = [name for name, fact in catalogue.facts.items() if fact.formula is None]
    told = [Told(name, any_value(chance, catalogue.facts[name]), f"{name}!") for name in names[:3]]
    messages = [Heard(one.quote, (Act.INFORMS,), told=(one,)) for one in told]
    ladders = [_ladder(catalogue, list(order)) for order in permutations(messages)]
    for ladder in ladders[1:]:
        assert ladder.belief == pytest.approx(ladders[0].belief)
        assert _advice(ladder) == _advice(ladders[0])


def _ladder(catalogue: Catalogue, messages: list[Heard]) -> Ladder:
    """How the first problem stands after these messages."""
    dossier = Dossier(today="2025-05-01")
    for heard in (_opening(catalogue), *messages):
        dossier = turn(catalogue, dossier, heard).after
    return climb(dossier, dossier.concerns[0], catalogue)


def _opening(catalogue: Catalogue) -> Heard:
    return reports(next(iter(catalogue.problems)))


def _advice(ladder: Ladder) -> object:
    chosen = ladder.chosen
    return (chosen.remedy.id if chosen else "", {rung: verdict.standing for rung, verdict in ladder.verdicts.items()})


@fast
@given(catalogues(), SEEDS.map(random.Random))
def test_a_correction_counts_as_if_it_had_been_said_first(catalogue: Catalogue, chance: random.Random) -> None:
    """A corrected value leaves belief, verdicts and advice exactly as if the wrong one had never been said."""
    name = chance.choice([name for name, fact in catalogue.facts.items() if fact.formula is None])
    wrong, right = (any_value(chance, catalogue.facts[name]) for _ in range(2))
    first = Heard("first", (Act.INFORMS,), told=(Told(name, wrong, "first"),))
    corrected = Heard("no, second", (Act.CORRECTS,), told=(Told(name, right, "second"),))
    ladder, plainly = _ladder(catalogue, [first, corrected]), _ladder(catalogue, [corrected])
    assert ladder.belief == pytest.approx(plainly.belief)
    assert _advice(ladder) == _advice(plainly)


@fast
@given(SEEDS)
def test_questioning_always_ends(seed: int) -> None:
    """Whoever answers, declines or does not know reaches advice or a person within fifteen messages."""
    kinds = [taken.move.kind for taken in talks(seed, plainly=1.0, turns=15)]
    assert any(kind in REACHED for kind in kinds), [kind.value for kind in kinds]


@pytest.mark.parametrize("act", [Act.DECLINES, Act.DOES_NOT_KNOW, Act.DENIES, Act.AFFIRMS, Act.INFORMS])
@fast
@given(catalogues())
def test_the_same_answer_to_everything_ends_too(act: Act, catalogue: Catalogue) -> None:
    """Even someone who meets every question with the same words is advised or brought to a person."""
    polarity = {Act.DENIES: Polarity.NO, Act.AFFIRMS: Polarity.YES, Act.DOES_NOT_KNOW: Polarity.UNSURE}
    always = Heard("well well well", (act,), polarity.get(act, Polarity.NONE))
    taken = turn(catalogue, Dossier(today="2025-05-01"), _opening(catalogue))
    kinds = [taken.move.kind]
    for _ in range(20):
        taken = turn(catalogue, taken.after, always)
        kinds.append(taken.move.kind)
    assert any(kind in REACHED for kind in kinds), [kind.value for kind in kinds]


@fast
@given(SEEDS)
def test_a_concern_takes_a_bounded_number_of_questions(seed: int) -> None:
    """No concern takes more questions about facts than the bound says, however the talk goes."""
    for taken in talks(seed, turns=25):
        if taken.move.kind is MoveKind.ASK_CHECK and not taken.move.again:
            assert taken.dossier.concerns[taken.move.concern].questions <= MOST_QUESTIONS


@fast
@given(SEEDS)
def test_never_asks_what_is_known_declined_or_not_known(seed: int) -> None:
    """A fact that is known, was declined or is not known to the customer is not asked for."""
    for taken in talks(seed):
        question = taken.move.question
        if taken.move.kind is not MoveKind.ASK_CHECK:
            continue
        assert question is not None
        assert question.key not in taken.dossier.facts
        assert question.name not in taken.dossier.declined | taken.dossier.unknown


@fast
@given(SEEDS)
def test_what_was_declined_stays_declined(seed: int) -> None:
    """A question put aside by the customer does not come back, unless they bring it up themselves."""
    aside: set[str] = set()
    for taken in talks(seed, plainly=0.9):
        aside -= {f"fact:{told.fact}" for told in taken.heard.told}
        if taken.move.kind is MoveKind.ASK_CHECK and taken.move.question is not None:
            assert taken.move.question.name not in aside
        open_before = taken.before.open
        put_aside = taken.heard.does(Act.DECLINES, Act.DOES_NOT_KNOW) and taken.heard.trouble is None
        if open_before is not None and open_before.ask is Ask.FACT and put_aside and not taken.heard.told:
            aside.add(open_before.name)


_IN_PASSING = (
    Act.ASKS_WHY_ASKED,
    Act.ASKS_PRICE,
    Act.ASKS_DISCOUNT,
    Act.ASKS_PROCESS,
    Act.ASKS_PRIVACY,
    Act.ASKS_OWN_DATA,
    Act.ASKS_ABILITIES,
    Act.ASKS_REPEAT,
    Act.ASKS_EXPORT,
    Act.ASKS_WHY_NOT,
    Act.ASKS_OPTIONS,
    Act.ASKS_ADVICE_REASON,
    Act.SMALL_TALK,
    Act.OFF_TOPIC,
    Act.INSULTS,
    Act.GREET,
)
_RETURNING = (Ask.WHY, Ask.MEANT, Ask.FACT, Ask.CELL, Ask.READ_BACK, Ask.ADVICE, Ask.CONTACT, Ask.INTRODUCTION)


@fast
@given(SEEDS, st.sampled_from(_IN_PASSING))
def test_after_an_interruption_the_same_question_is_open(seed: int, act: Act) -> None:
    """Something asked in passing is answered, and then the talk is exactly where it was."""
    for taken in talks(seed, plainly=0.9):
        question = taken.after.open
        if question is None or question.ask not in _RETURNING:
            continue
        back = turn(taken.catalogue, taken.after, Heard("by the way", (act,)))
        if back.move.kind is not MoveKind.WARN:
            assert back.move.question == question
            assert back.move.again
            assert back.move.answers or act is Act.ASKS_REPEAT


@fast
@given(SEEDS)
def test_keeping_the_data_returns_to_the_question(seed: int) -> None:
    """After "delete my data" and then "no, keep it" the question that was open before is open again.

    After a warning it may be another one: what was told with the danger is weighed when the warning has been given.
    """
    for taken in talks(seed, plainly=0.9):
        question = taken.after.open
        if question is None or question.ask not in _RETURNING or taken.move.kind is MoveKind.WARN:
            continue
        asked = turn(taken.catalogue, taken.after, Heard("delete my data", (Act.ASKS_ERASURE,)))
        assume(asked.move.kind is MoveKind.CONFIRM_ERASURE)
        kept = turn(taken.catalogue, asked.after, Heard("no", (Act.DENIES,), Polarity.NO))
        assert Interruption.ERASED_NOT in kept.move.answers
        assert kept.move.question == question


@fast
@given(SEEDS)
def test_insisting_twice_brings_a_person(seed: int) -> None:
    """Whoever demands the quote twice is brought to a person, wherever the talk stands."""
    insists = Heard("just the quote", (Act.INSISTS_QUOTE,))
    for taken in talks(seed, plainly=0.9, turns=4):
        once = turn(taken.catalogue, taken.after, insists)
        twice = turn(taken.catalogue, once.after, insists)
        asked = (MoveKind.ASK_CONTACT, MoveKind.HAND_OVER, MoveKind.WARN, MoveKind.CONFIRM_ERASURE)
        assert once.move.kind in asked or twice.move.kind in asked or once.after.hand_over.value == "done"


@fast
@given(SEEDS)
def test_a_dossier_survives_storing_at_every_turn(seed: int) -> None:
    """A conversation that is stored and read again after every turn goes exactly the same way."""
    for taken in talks(seed):
        again = from_plain(Dossier, to_plain(taken.before))
        assert turn(taken.catalogue, again, taken.heard).move == taken.move


@fast
@given(SEEDS, SEEDS)
def test_a_catalogue_reloaded_in_the_middle_of_a_talk_is_no_trouble(seed: int, other: int) -> None:
    """A company may replace its whole catalogue while customers talk: every next message is still answered."""
    chance = random.Random(other)
    edited, say = random_catalogue(chance), Words()
    for taken in talks(seed, turns=6):
        dossier = taken.after
        for _ in range(3):
            following = turn(edited, dossier, hostile(chance, edited, dossier, say))
            assert _message(following, phrasebook()).text
            dossier = following.after


@fast
@given(SEEDS)
def test_what_things_cost_never_moves_the_advice_to_another_rung(seed: int) -> None:
    """Prices of products and services change nothing; a remedy's cost to own only breaks ties on its rung."""
    chance = random.Random(seed)
    catalogue = random_catalogue(chance)
    dearer = _with_other_costs(catalogue, chance)
    dossier, say = random_dossier(chance, catalogue), Words()
    for _ in range(8):
        heard = plain(chance, catalogue, dossier, say)
        dossier = hear(dossier, heard, catalogue)
        if dossier.concern is not None:
            here, there = (climb(dossier, dossier.concern, one) for one in (catalogue, dearer))
            assert _rung(here) == _rung(there)
            assert here.belief == there.belief
        dossier = turn(catalogue, dossier, heard).after


def _with_other_costs(catalogue: Catalogue, chance: random.Random) -> Catalogue:
    def cost() -> dict[str, float]:
        return {"once": chance.choice((0.0, 1.0, 1e6)), "yearly": chance.choice((0.0, 1e4))}

    products = {id: replace(one, cost=replace(one.cost, **cost())) for id, one in catalogue.products.items()}
    remedies = {id: replace(one, cost=replace(one.cost, **cost())) for id, one in catalogue.remedies.items()}
    return replace(catalogue, products=products, remedies=remedies)


def _rung(ladder: Ladder) -> Rung | None:
    return ladder.chosen.remedy.rung if ladder.chosen else None


def test_the_engine_has_no_place_for_what_a_sale_earns() -> None:
    """No record of the catalogue has a field for price-to-us, margin, stock, promotion or commission."""
    from dataclasses import fields, is_dataclass

    from bot.advice import catalogue

    records = [one for one in vars(catalogue).values() if isinstance(one, type) and is_dataclass(one)]
    names = {field.name for record in records for field in fields(record)}
    assert not [name for name in names if re.search(r"margin|stock|promo|profit|commission|target|bonus|sale", name)]


def test_a_question_in_another_catalogue_is_dropped() -> None:
    """A question about a fact that the new catalogue does not know is not waited for."""
    chance = random.Random(1)
    catalogue = random_catalogue(chance)
    dossier = Dossier(open=Question(Ask.FACT, "gone"), today="2025-05-01")
    taken = turn(catalogue, dossier, Heard("hello", (Act.GREET,)))
    assert taken.move == Move(MoveKind.ASK_ANYTHING, (Interruption.GREETING,), Question(Ask.ANYTHING))
