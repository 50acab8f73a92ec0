"""What was understood, line by line: readable, correctable, and revised with all that followed from it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.advice.amend import corrected
from bot.advice.archive import from_plain, to_plain
from bot.advice.catalogue import Catalogue, Rung
from bot.advice.dossier import Asset, Dossier
from bot.advice.heard import Act, CellName, Correction, Heard, Source
from bot.advice.hearing import hear
from bot.advice.ladder import climb, lacks
from bot.advice.moves import MoveKind
from bot.advice.need_map import ReadBack, State
from bot.advice.next_move import next_move
from bot.advice.scene import Scene
from bot.advice.speaking import spoken
from bot.advice.understood import Line, asset_id, line_of, said, understood
from bot.advice.wording import word
from bot.advice.written import NotCorrected
from bot.content import load
from tests.advice.random_talk import conversation
from tests.advice.random_worlds import random_catalogue
from tests.advice.talking import ACCEPT, CONTACT, TODAY, YES, Talk, advised, owns, phrasebook, reports, tells
from tests.advice.worlds import BIKES

TRADES = ("laundry", "metals", "telephony")


def corrects(line: str, value: str | None) -> Heard:
    """The card's line put right, or taken out."""
    return Heard(value or "", (Act.CORRECTS,), correction=Correction(line, value))


def lines(talk: Talk) -> dict[str, Line]:
    """Every line of the card by its id."""
    return {line.id: line for line in understood(talk.dossier, talk.catalogue, phrasebook()).lines}


@pytest.mark.parametrize("trade", TRADES)
def test_every_problem_of_the_shipped_companies_can_be_read_and_corrected(trade: str) -> None:
    """After the advice each line has a label and a value, names are unique, and every choice offered can be taken."""
    catalogue = load(Path(__file__).parents[2] / "data" / "catalogues" / trade)
    for problem in list(catalogue.problems)[::4]:
        talk = advised(catalogue, problem)
        shown = list(understood(talk.dossier, catalogue, phrasebook()).lines)
        assert len({line.id for line in shown}) == len(shown)
        assert all(line.label and line.value for line in shown)
        for line in shown:
            for choice in line.choices:
                corrected(talk.dossier, Correction(line.id, choice.value), catalogue, corrects(line.id, choice.value))


def test_a_line_says_where_it_came_from() -> None:
    """The customer's words stand as the quote, a fact stands with the problem it bears on, a record says it is one."""
    talk = Talk(BIKES, Dossier(today=TODAY, assets=(Asset("bike", "c1", "C-1", 4, bought="2019-05-01"),)))
    talk.says(reports("runs_flat", "empty before the last parcel")).says(tells(assist="turbo", text="always full power"))
    concern = understood(talk.dossier, BIKES, phrasebook()).concerns[0]
    found = {line.id: line for line in concern.lines}
    assert found["concern:0:problem"].quote == "empty before the last parcel"
    assert (found["fact:assist"].value, found["fact:assist"].quote) == ("Turbo", "always full power")
    owned = understood(talk.dossier, BIKES, phrasebook()).about_you[0]
    assert (owned.value, owned.source) == ("4 × C-1 (2019)", Source.RECORD.value)


def test_a_corrected_fact_changes_the_advice_and_is_said_back() -> None:
    """What followed from the fact follows from the new one; the old value stays in the history."""
    talk = advised(BIKES, "runs_flat", assist="turbo", parking="inside", battery_age=1.0, round_km=40.0)
    before = talk.move.remedy
    talk.says(corrects("fact:assist", "Eco"))
    assert "Which assistance do the riders use? Eco." in talk.texts[-1]
    assert talk.move.remedy != before
    assert talk.dossier.facts["assist"].history[-1].value == "turbo"
    assert next((one.line, one.before, one.after) for one in talk.dossier.amended) == ("fact:assist", "turbo", "eco")


def test_a_line_taken_out_is_not_asked_for_again() -> None:
    """A fact taken out is gone from the card and from the sums, kept among the amendments, and not asked for again."""
    talk = Talk(BIKES).says(reports("runs_flat")).says(tells(assist="turbo"))
    talk.says(corrects("fact:assist", None))
    assert "fact:assist" not in lines(talk)
    assert "assist" not in talk.dossier.facts
    assert talk.move.question is None or talk.move.question.key != "assist"
    assert talk.dossier.amended[-1].before == "turbo"


def test_a_problem_taken_out_is_asked_about_anew() -> None:
    """What is wrong was misunderstood: the assistant asks, and does not come back to the same reading."""
    talk = advised(BIKES, "runs_flat", assist="turbo")
    talk.says(corrects("concern:0:problem", None))
    concern = talk.dossier.concern
    assert concern is not None
    assert concern.problem == ""
    assert "runs_flat" in concern.ruled_out
    assert talk.move.kind in (MoveKind.ASK_WHY, MoveKind.ASK_MEANT)


def test_another_problem_is_read_back_before_any_advice() -> None:
    """A new problem chosen on the card begins its own diagnosis; the guarantee holds for it from the start."""
    talk = advised(BIKES, "runs_flat", assist="turbo")
    other = next(choice.value for choice in lines(talk)["concern:0:problem"].choices if choice.value != "runs_flat")
    talk.says(corrects("concern:0:problem", other))
    concern = talk.dossier.concern
    assert concern is not None
    assert concern.problem == other
    assert not concern.advised
    assert concern.read_back is not ReadBack.CONFIRMED
    assert talk.move.kind is not MoveKind.ADVISE


def test_a_need_taken_out_counts_as_denied() -> None:
    """The need read back was wrong: the assistant asks what."""
    talk = advised(BIKES, "runs_flat", assist="turbo")
    talk.says(corrects("concern:0:need", None))
    assert talk.move.question is not None
    assert talk.move.question.name == "why:denied"
    assert "concern:0:need" not in lines(talk)


def test_an_agreement_that_no_longer_holds_is_opened_again() -> None:
    """A fact behind an agreed purchase is corrected so that it cannot serve: the promise is withdrawn, the advice revised."""
    talk = advised(BIKES, "runs_flat", assist="eco", parking="inside", battery_age=1.0, round_km=90.0, has_room=True)
    talk.says(ACCEPT, CONTACT)
    talk.asked()
    assert talk.dossier.promises
    assert talk.dossier.concerns[0].state is State.ACCEPTED
    remedy = talk.dossier.concerns[0].accepted
    assert BIKES.remedy(remedy).rung is Rung.BUY
    talk.says(corrects("fact:round_km", "200"))
    assert talk.dossier.promises == ()
    assert talk.dossier.concerns[0].accepted == ""
    assert talk.dossier.concerns[0].state is not State.ACCEPTED


def test_assets_are_corrected_by_number_and_model() -> None:
    """A number, a number with a product, or a product; nothing else is taken."""
    talk = Talk(BIKES).says(owns("bike", "c1", 3.0))
    line = asset_id(talk.dossier.assets[0])
    talk.says(corrects(line, "5"))
    assert lines(talk)[line].value == "5 × C-1"
    talk.says(corrects(line, "2 × LR-2"))
    assert (talk.dossier.assets[0].product, talk.dossier.assets[0].quantity) == ("lr2", 2.0)
    with pytest.raises(NotCorrected, match="how many"):
        corrected(talk.dossier, Correction(asset_id(talk.dossier.assets[0]), "a zeppelin"), BIKES, corrects("", ""))


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("fact:assist", "warp"),
        ("fact:assist", " "),
        ("fact:assist", "x" * 1201),
        ("fact:nothing", "1"),
        ("concern:0:problem", "the moon"),
        ("concern:0:need", "the moon"),
        ("concern:9:need", None),
        ("concern:0:situation", "all well"),
        ("page", "another"),
        ("introduction:hauler", "Dear Ida"),
        ("", "x"),
        ("no:such:line", None),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_write(line: str, value: str | None) -> None:
    """A value that does not fit, or a line that is not there, changes nothing and the reply says so."""
    talk = advised(BIKES, "runs_flat", assist="turbo")
    with pytest.raises(NotCorrected):
        corrected(talk.dossier, Correction(line, value), BIKES, corrects(line, value))
    before = to_plain(talk.dossier.concerns), talk.dossier.facts
    talk.says(corrects(line, value))
    assert (to_plain(talk.dossier.concerns), talk.dossier.facts) == before
    assert "could not change" in talk.text


def test_a_correction_is_said_in_words() -> None:
    """The customer's part of the turn names the line and the new value, not ids."""
    talk = advised(BIKES, "runs_flat", assist="turbo")
    words = said(Correction("fact:assist", "eco"), talk.dossier, BIKES, phrasebook())
    assert "Which assistance" in words
    assert "Eco" in words
    assert "Turbo" in said(Correction("fact:assist", None), talk.dossier, BIKES, phrasebook())


SEEDS = st.integers(0, 2**32)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
@example(13102289)
def test_any_line_of_any_talk_can_be_put_right(seed: int) -> None:
    """Whatever is on the card, each change leads to a move that can be said, never to an early purchase, and can be stored."""
    chance = random.Random(seed)
    for taken in conversation(chance, random_catalogue(chance), 8, 0.7):
        dossier, catalogue = spoken(taken.dossier, taken.move), taken.catalogue
        for line in understood(dossier, catalogue, phrasebook()).lines:
            value = chance.choice((None, "7", "eco", *(choice.value for choice in line.choices)))
            after = hear(dossier, corrects(line.id, value), catalogue)
            move = next_move(after, catalogue)
            assert word(Scene(move, after, catalogue, phrasebook())).text.strip()
            if move.kind is MoveKind.ADVISE and move.ladder is not None and catalogue.remedy(move.remedy).rung is Rung.BUY:
                assert not lacks(after.concerns[move.concern], move.ladder)
            later = spoken(after, move)
            assert from_plain(Dossier, to_plain(later)) == later


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_corrected_and_corrected_back_is_the_same_belief(seed: int) -> None:
    """A fact changed and changed back leaves every belief and verdict as it was."""
    chance = random.Random(seed)
    for taken in conversation(chance, random_catalogue(chance), 8, 0.9):
        dossier, catalogue = spoken(taken.dossier, taken.move), taken.catalogue
        concern = dossier.concern
        for id, cell in dossier.facts.items():
            other = _other(catalogue, id, cell.value)
            if other is None or concern is None or dossier.erase:
                continue
            there = hear(dossier, corrects(f"fact:{id}", other), catalogue)
            back = hear(there, corrects(f"fact:{id}", _written(cell.value)), catalogue)
            assert back.facts[id].value == cell.value
            then, now = climb(dossier, concern, catalogue), climb(back, back.concerns[concern.id], catalogue)
            assert dict(now.belief) == pytest.approx(dict(then.belief))
            assert _by_rung(now.verdicts) == _by_rung(then.verdicts)


def _by_rung(verdicts):  # type: ignore[no-untyped-def]
    return {rung: verdict.standing for rung, verdict in verdicts.items()}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)


def _other(catalogue: Catalogue, id: str, value: object) -> str | None:
    fact = catalogue.facts.get(id)
    if fact is None:
        return None
    if isinstance(value, bool):
        return "no" if value else "yes"
    if isinstance(value, (int, float)):
        return "3"
    return next((choice.id for choice in fact.choices if choice.id != value), None)


def test_yes_after_a_correction_still_means_the_advice() -> None:
    """The question that was open stays open: a correction that changes nothing in the advice costs no repetition."""
    talk = advised(BIKES, "runs_flat", assist="turbo", parking="inside", battery_age=1.0, round_km=40.0)
    remedy = talk.move.remedy
    talk.says(corrects("fact:round_km", "41"))
    assert (talk.move.kind, talk.move.remedy) == (MoveKind.AWAIT, remedy)
    talk.says(YES)
    assert talk.dossier.concerns[0].accepted == remedy


def test_a_rejection_taken_back_lets_the_remedy_in_again() -> None:
    """What was turned down can be allowed again on the card."""
    talk = advised(BIKES, "runs_flat", assist="turbo", parking="inside", battery_age=1.0, round_km=40.0)
    remedy = talk.move.remedy
    talk.says(Heard("that won't work, no time", (Act.REJECTS,)))
    line = f"concern:0:rejected:{remedy}"
    assert line_of(line, talk.dossier, BIKES, phrasebook()) is not None
    talk.says(corrects(line, None))
    assert talk.move.remedy == remedy


def test_lines_of_the_customers_own_words_are_rewritten() -> None:
    """The picture of success is the customer's to word; a contact and a priority are theirs to change."""
    talk = advised(BIKES, "runs_flat", assist="turbo")
    concern = talk.dossier.concerns[0]
    told = concern.with_cell(CellName.SUCCESS, replace(concern.cells[CellName.PROBLEM], value="home by six", quote="home by six"))
    talk.dossier = replace(talk.dossier.with_concern(told), contact="Ana, 0151", priority="cost")
    talk.says(corrects("concern:0:success", "home by five"), corrects("contact", "Bo, 0152"), corrects("priority", "ease"))
    shown = lines(talk)
    assert shown["concern:0:success"].value == "home by five"
    assert (shown["contact"].value, talk.dossier.priority) == ("Bo, 0152", "ease")
