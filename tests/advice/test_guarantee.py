"""No purchase is put forward before the need is established, read back and confirmed, and every cheaper rung is out."""

from __future__ import annotations

import os
import random
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.catalogue import Rung
from bot.advice.heard import Act, CellName, Heard, Polarity
from bot.advice.ladder import GuaranteeBroken, Lack, climb, lacks, permit
from bot.advice.moves import ADVISING, MoveKind
from bot.advice.need_map import NeedMap
from tests.advice.random_talk import conversation, turn
from tests.advice.random_worlds import random_catalogue
from tests.advice.talking import ACCEPT, INSIST, NO, REJECT, YES, Talk, advised, reports, tells, wants
from tests.advice.witness import Witness
from tests.advice.worlds import BIKES

CONVERSATIONS = 100_000
PER_WORLD = 25
BATCH = 500


def watched(seed: int, conversations: int = PER_WORLD) -> Counter[str]:
    """Conversations with one random company, each under the eyes of a witness; how many moves of each kind there were."""
    chance = random.Random(seed)
    catalogue = random_catalogue(chance)
    seen: Counter[str] = Counter()
    for number in range(conversations):
        witness = Witness()
        try:
            for taken in conversation(chance, catalogue, turns=chance.randint(4, 9)):
                witness.sees(taken)
                seen[taken.move.kind.value] += 1
        except Exception as error:
            raise AssertionError(f"seed {seed}, conversation {number}: {error!r}") from error
        seen["purchases"] += witness.purchases
    return seen


def _batch(first: int) -> Counter[str]:
    return sum((watched(seed) for seed in range(first, first + BATCH // PER_WORLD)), Counter())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_no_random_conversation_reaches_a_purchase_too_early(seed: int) -> None:
    """Whatever customers say in whatever order, a purchase comes only when it is earned."""
    watched(seed, conversations=2)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_no_purchase_is_pushed_in_a_hundred_thousand_conversations() -> None:
    """The guarantee holds over 100,000 random conversations, most of them hostile, of which many do end in a purchase."""
    firsts = range(0, CONVERSATIONS // PER_WORLD, BATCH // PER_WORLD)
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        seen = sum(pool.map(_batch, firsts), Counter())
    assert seen["purchases"] > CONVERSATIONS / 50, f"too few purchases to prove anything: {seen}"
    assert {kind.value for kind in MoveKind} - seen.keys() <= {"ask_consent"}


def _earned() -> Talk:
    """A conversation in which a purchase is the right advice."""
    talk = advised(BIKES, "runs_flat", assist="eco", parking="inside", battery_age=1.0, round_km=90.0)
    assert talk.move.kind is MoveKind.ADVISE
    assert talk.move.remedy == "long_range"
    return talk


def test_a_purchase_is_advised_when_it_is_earned() -> None:
    """Where nothing cheaper serves, buying is advised, with a rejected verdict and its reason on every cheaper rung."""
    ladder = _earned().move.ladder
    assert ladder is not None
    assert [ladder.verdicts[rung].standing.value for rung in Rung] == ["rejected"] * 6 + ["chosen"]


def test_a_yes_to_an_earned_purchase_books_it() -> None:
    """An accepted purchase becomes a promise with owner and due date."""
    talk = _earned().says(ACCEPT, tells(region="north"), Heard("Ana, 0151", (Act.INFORMS,), cells={CellName.CONTACT: "Ana, 0151"}))
    assert talk.kinds[-2:] == ["ask_contact", "promise"]
    assert [(promise.remedy, promise.due) for promise in talk.dossier.promises] == [("long_range", "2025-05-22")]


def _buys(text: str = "I'll take the big one", remedy: str = "long_range") -> Heard:
    return Heard(text, (Act.ACCEPTS,), Polarity.YES, remedy=remedy)


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([_buys()], id="at once"),
        pytest.param([reports("runs_flat"), _buys(), _buys(), _buys()], id="while questions are open"),
        pytest.param([wants("bike", "lr2"), _buys(), INSIST, _buys(), YES], id="after asking for it"),
        pytest.param([reports("always_broken"), YES, _buys(), _buys(remedy="heavy_bike"), YES], id="before a read-back"),
        pytest.param([reports("runs_flat"), INSIST, INSIST, ACCEPT, YES, _buys()], id="after insisting"),
    ],
)
def test_accepting_what_was_never_advised_buys_nothing(messages: list[Heard]) -> None:
    """A customer who says yes to a purchase nobody advised gets no promise of it."""
    talk = Talk(BIKES).says(*messages)
    put_forward = [move for move in talk.moves if move.kind in ADVISING]
    assert not [move for move in put_forward if BIKES.remedy(move.remedy).rung is Rung.BUY]
    assert talk.dossier.promises == ()


def test_preferring_a_purchase_is_answered_then_respected() -> None:
    """Taking the purchase instead of the advice is told why not once; the second time a person is brought in."""
    talk = advised(BIKES, "runs_flat", assist="turbo", round_km=30.0).says(_asks_why_not("buy"), _buys())
    assert talk.move.kind is MoveKind.AWAIT
    assert "you don't need it" in talk.text
    talk.says(_buys())
    assert talk.kinds[-1] == "ask_contact"
    assert talk.dossier.hand_over_why == "quote"


def test_a_yes_is_void_when_the_same_message_makes_something_cheaper_serve() -> None:
    """A yes to a purchase that comes with a correction which makes a cheaper remedy serve is not booked."""
    talk = _earned()
    corrected = replace(ACCEPT, text="yes. oh, we ride turbo, 30 km", told=tells(assist="turbo", round_km=30.0).told)
    talk.says(corrected)
    assert talk.move.kind is MoveKind.ADVISE
    assert talk.move.remedy == "ride_in_tour"
    assert "That changes my advice" in talk.text


def test_turning_down_the_cheap_ways_earns_the_dearer_one() -> None:
    """When the customer turns down what is cheaper, with their reason, the next rung that serves is advised."""
    talk = advised(BIKES, "runs_flat", assist="turbo", round_km=30.0).says(REJECT)
    assert talk.move.remedy == "long_range"
    assert 'you said: "that won\'t work, no time"' in talk.says(_asks_why_not("retrain")).text


def _asks_why_not(rung: str) -> Heard:
    return Heard("why not?", (Act.ASKS_WHY_NOT,), rung=rung)


def test_a_denied_read_back_keeps_a_purchase_away() -> None:
    """After the read-back is denied no purchase is advised until another one is confirmed."""
    facts = {"assist": "eco", "parking": "inside", "battery_age": 1.0, "round_km": 90.0}
    talk = Talk(BIKES).says(reports("runs_flat")).asked(**facts).says(NO, reports("runs_flat", "it dies, I said"))
    assert talk.kinds[-1] == "read_back"
    assert talk.says(YES).move.remedy == "long_range"


def test_the_gate_refuses_a_purchase_by_itself() -> None:
    """Even if a part of the engine went wrong, the one gate stops a purchase that lacks anything."""
    talk = _earned()
    ladder = talk.move.ladder
    assert ladder is not None
    chosen = ladder.chosen
    assert chosen is not None
    bare = NeedMap(id=0)
    assert lacks(bare, ladder) == (Lack.NEED, Lack.READ_BACK)
    with pytest.raises(GuaranteeBroken, match="need, read_back"):
        permit(bare, ladder, chosen)


def test_the_gate_needs_a_verdict_on_every_cheaper_rung() -> None:
    """A ladder that still has a cheaper rung standing lacks verdicts."""
    talk = advised(BIKES, "runs_flat", assist="turbo", round_km=30.0)
    concern = talk.dossier.concerns[0]
    assert Lack.VERDICTS in lacks(concern, climb(talk.dossier, concern, BIKES))


def test_the_witness_itself_can_tell() -> None:
    """The witness of the random conversations raises when a purchase comes without a read-back: it is not blind."""
    talk = _earned()
    witness = Witness(said=["it is broken again"])
    taken = turn(BIKES, replace(talk.dossier, open=None), Heard("well", (Act.INFORMS,)))
    with pytest.raises(AssertionError, match="not read back"):
        witness.sees(taken)
