"""A catalogue that can be loaded is warned of its dead ends, each where it is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import check, load

Shop = Callable[..., Path]
Change = tuple[str, str]

TWIN = ("      - {id: too_small", "      - {id: worn_pump, name: its pump is worn}\n      - {id: too_small")
ALIKE = ("if: {chalky: almost always}", "if: {chalky: almost always, worn_pump: almost always}")
PUMP = "  - {id: new_pump, rung: fix, title: A pump, gives: full speed, does: We fit it., serves: worn_pump, cost: 300}\n"

CASES: list[tuple[list[Change], str, str]] = [
    ([("serves: {chalky: almost always}", "serves: {too_small: sometimes}")], "",
     "cause 'chalky' has no remedy: add a remedy with `serves: {chalky: usually}`"),
    ([("serves: {chalky: almost always}", "serves: {chalky: rarely}")], "",
     "cause 'chalky' is rarely served by any remedy: add a remedy that serves it usually"),
    ([TWIN, ALIKE], PUMP, "no check of long_queue tells 'worn_pump' from 'chalky'") ,
    ([("quick_coffee, want", "calm, want: calm, direction: be_sure}\n  - {id: quick_coffee, want")], "",
     "nothing serves outcome 'calm': add `outcomes: [calm]` to a problem that has a remedy"),
    ([("if: {rinses_at_nine: almost always, too_small: usually}", "if: {}"), ("if: {chalky: almost always}}", "if: {}}")], "",
     "check 'when_slow' tells nothing about the causes of long_queue"),
    ([("when: drinkers >= 75", "when: drinkers > 80")], "", "check 'drinkers': drinkers = 75 falls into no answer"),
    ([("when: drinkers >= 75", "when: drinkers >= 60")], "", "check 'drinkers': drinkers = 60 falls into 2 answers"),
    ([("needs: pace >= rush,", "needs: drinkers > 90 and drinkers < 20,")], "",
     "remedy 'rinse_at_seven' can never be advised: no drinkers meets drinkers > 90 and drinkers < 20"),
    ([("needs: pace >= rush,", "needs: 1 > 2,")], "", "remedy 'rinse_at_seven' can never be advised: '1 > 2' is never true"),
    ([("rung: reuse", "rung: buy\n    product: quattro"), ("rung: fix", "rung: buy\n    product: quattro")], "",
     "problem 'long_queue' can only be bought away: add what can be done with what they own, or a vendor"),
    ([("id: duo, name", "id: duo, status: superseded, name")], "", "product 'duo' is superseded by nothing"),
    ([], "vendors: [{id: other, name: Other, better_at: renting}]\n", "vendor 'other' has no contact: add contact:"),
    ([("label: All day, said_as: [every cup, it never runs fast]", "label: All day")], "",
     "answer 'always' of 'when_slow' has no said_as: add said_as: with three ways customers say it"),
    ([(", we wait ages for a cup, it takes too long in the morning]", "]")], "", "problem 'long_queue' has only 1 said_as"),
    ([("    cost: 140\n", "")], "", "remedy 'descale' has no cost, so its price counts as unknown: add cost: 0 when it is free"),
    ([("kind: machine, capabilities: {pace: 60", "kind: machine, margin: 40, capabilities: {pace: 60")], "",
     "'margin' of a product is ignored: delete it, or write one of id, name, kind"),
    ([("how_common: usually", "how_comon: usually")], "", "'how_comon' of a cause is ignored: did you mean 'how_common'?"),
    ([("explain: Its clock is set to nine.", "explain: Its clock, as set, is wrong.")], "",
     "a text with a comma before 'as set': put double quotes around the whole text"),
    ([], "remedys: []\n", "section 'remedys' is ignored: did you mean 'remedies'?"),
    ([], "hearsay: []\n", "'hearsay' is ignored here: write it under company:"),
    ([("about: [machine]", "about: [machin]")], "", "unknown product kind 'machin': did you mean"),
    ([(", from_asset: pace}", "}")], "", "fact 'pace' can never be known: add ask:, formula: or from_asset:"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "more", "message"), CASES, ids=[case[2][:50] for case in CASES])
def test_a_dead_end_is_warned_of(shop: Shop, changes: list[Change], more: str, message: str) -> None:
    """With file, line and a cure; the catalogue is loaded all the same."""
    folder = shop(*changes, more=more)
    report = check(folder)
    assert [str(error) for error in report.errors] == []
    matching = [warning for warning in report.warnings if message in str(warning)]
    assert matching, [str(warning) for warning in report.warnings]
    assert matching[0].line > 0
    assert str(report).count("(warning)") == len(report.warnings)
    load(folder)


def test_causes_that_the_same_remedies_cure_need_no_telling_apart(shop: Shop) -> None:
    """Whichever it is, the advice is the same."""
    folder = shop(TWIN, ALIKE, ("serves: {chalky: almost always}", "serves: {chalky: usually, worn_pump: usually}"))
    assert check(folder).warnings == ()


def test_phrasings_of_two_problems_that_share_their_words_are_warned_of(shop: Shop) -> None:
    """Words decide, not their order or the small ones between them."""
    other = """
  - id: slow_mornings
    name: mornings are slow
    said_as: [a queue is always there at our machine, the first hour is lost, nobody starts on time]
    outcomes: [quick_coffee]
    causes: [chalky]
"""
    (warning,) = check(shop(("\nremedies:", other + "\nremedies:"))).warnings
    expected = (
        "'a queue is always there at our machine' is said of 'slow_mornings' and, as "
        "'there is always a queue at the machine', of 'long_queue'"
    )
    assert warning.message == expected


def test_a_field_the_assistant_has_no_use_for_changes_nothing(shop: Shop) -> None:
    """Margin, stock, promotion and price to us never reach the engine, not even its version."""
    before = load(shop())
    more = "quattro, margin: 60, stock: 40, promotion: spring, price_to_us: 900,"
    after = load(shop(("quattro, name", more + " name")))
    assert after == before
    assert after.version == before.version
