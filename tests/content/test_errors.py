"""Every mistake in a catalogue is reported with its file, its line, and what to write instead."""

# ruff: noqa: E501  (one case, one line)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import CatalogueErrors, check, load

Shop = Callable[..., Path]
Change = tuple[str, str]

CASES: list[tuple[Change, str]] = [
    # ids that name nothing, or two things
    (("if: {chalky: almost", "if: {chalk: almost"), "unknown cause 'chalk': did you mean 'chalky'?: write one of "),
    (("serves: {chalky", "serves: {chalki"), "unknown cause or problem 'chalki': did you mean 'chalky'?"),
    (("outcomes: [quick_coffee]", "outcomes: [quik_coffee]"), "unknown outcome 'quik_coffee': did you mean 'quick_coffee'?"),
    (("product: quattro", "product: quatro"), "unknown product 'quatro': did you mean 'quattro'?"),
    (("- fact: drinkers", "- fact: drinker"), "unknown fact 'drinker': did you mean 'drinkers'?"),
    (("id: quattro, name", "id: duo, name"), "product 'duo' exists already, in shop/catalogue.yml:13: write another id"),
    (("- id: descale", "- id: rinse_at_seven"), "remedy 'rinse_at_seven' exists already, in shop/catalogue.yml:"),
    (("- id: when_slow", "- id: drinkers"), "fact 'drinkers' exists already, in shop/catalogue.yml:17: write another id"),
    (("{id: chalky, name", "{id: too_small, name"), "cause 'too_small' exists already, in shop/catalogue.yml:"),
    (("{id: always, label", "{id: at_nine, label"), "answer 'at_nine' is there twice: write another id"),
    (("kind: machine, capabilities: {pace: 60 cups/h}", "kind: machine, replaced_by: trio, capabilities: "
      "{pace: 60 cups/h}"), "unknown product 'trio'"),
    # words
    (("how_common: usually", "how_common: often"), "how_common: 'often' is none of the words known here: write usually"),
    (("how_common: usually", "how_common: usualy"), "how_common: 'usualy' is none of the words known here: write usually"),
    (("too_small: usually}", "too_small: 0.8}"), "if: '0.8' for too_small is a number where a word should be: write usually"),
    (("rung: reuse", "rung: re-use it"), "rung: 're-use it' is none of the words known here: write reuse"),
    (("direction: have_it_easier", "direction: faster"), "direction: 'faster' is none of the words known here: write one of"),
    (("days: mon-fri", "days: mon-xyz"), "days: 'xyz' is no day of the week: write days such as mon-fri"),
    (("opens: \"08:00\"", "opens: \"8 in the morning\""), "opens: '8 in the morning' is no time of day: write one such as"),
    (("zone: Europe/Berlin", "zone: Europe/Berln"), "zone: 'Europe/Berln' is no time zone: write Europe/Berlin"),
    (("days: 14", "days: soon"), "days: 'soon' is no number: write one such as 12 days"),
    (("days: 14", "days: 14 kg"), "days: '14 kg' is not in days: write 14 days"),
    (("cost: 140", "cost: a little"), "once: 'a little' is no price: write a number, or null when nobody knows it yet"),
    (("cost: 140", "cost: -140"), "once: '-140' is less than nothing: write a number of at least 0"),
    (("id: drinkers, type", "id: drink-ers, type"), "id: 'drink-ers' is no id: write drink_ers"),
    (("id: drinkers, type", "id: max, type"), "id: 'max' already means something in formulas: write another id"),
    # formulas
    (("formula: drinkers * 0.8", "formula: drinkrs * 0.8"), "unknown name 'drinkrs': did you mean 'drinkers'?"),
    (("formula: drinkers * 0.8", "formula: drinkers x 0.8"), "formula: this does not read as a formula"),
    (("formula: drinkers * 0.8", "formula: rush * 0.8"), "a fact that depends on itself: rush needs rush: ask for one"),
    (("needs: pace >= rush", "needs: pace = rush"), "needs: write == to compare, not ="),
    (("needs: pace >= rush", "needs: when_slow == 'at_ten'"), "'at_ten' is no answer to when_slow: did you mean 'at_nine'?"),
    (("needs: pace >= rush", "needs: when_slow > 3"), "when_slow is a choice: use a number here, or compare it with =="),
    (("needs: pace >= rush", "needs: drinkers == 'many'"), "drinkers is a number: write a number without quotes"),
    (("unit: cups/h, formula: drinkers * 0.8", "unit: cups/day, formula: pace if known(drinkers) else 9"), "it comes to cups/h but is declared as cups/day: cups/h * 24 is cups/day; write that"),
    (("unit: people, ask", "unit: kg//day, ask"), "'kg//day' is not a unit: write one such as kg"),
    # what belongs together
    (("    product: quattro\n", ""), "remedy 'larger_machine' is a buy without a product: add product: with its id"),
    (("rung: fix", "rung: refer"), "remedy 'descale' refers to nobody: add vendor: with its id"),
    (("from_asset: pace}", "from_asset: paces}"), "no product has a capability 'paces': did you mean 'pace'?"),
    (("{pace: 60 cups/h}", "{pace: 60 kg}"), "pace is in kg, but fact 'pace' is in cups/h: write it in cups/h"),
    (("{pace: 60 cups/h}", "{pace: brisk}"), "pace 'brisk' is no number, but fact 'pace' is one: write a number"),
    (("when: drinkers < 75, ", ""), "answer 'few' does not say when it holds: add when: \"drinkers < 12\""),
    (("    name: people queue for coffee\n", ""), "problem 'long_queue' has no name: add name: what is wrong"),
    (("product: quattro", "product: duo2"), "unknown product 'duo2'"),
    (("type: number, unit: people, ask", "ask"), "fact 'drinkers' has no type: add type:"),
    # sentences
    (("you need {rush}", "you need {needed}"), "{needed} names no fact: write the id of a fact in the brackets"),
    (("you need {rush}", "you need {rushh}"), "{rushh} names no fact: did you mean 'rush'?"),
    (("said_as: [there is always a queue at the machine,", "said_as: [\"\","), "an empty text: write it, or delete the line"),
    # YAML
    (("title: Descale the machine", "title: Descale: the machine"), "a colon inside a text"),
    (("  - id: descale", "\t- id: descale"), "a tab at the beginning of a line: write spaces instead"),
    (("gives: enough cups", "gives: {pace} cups"), "a text that begins with {: put double quotes around the whole text"),
    (("gives: enough cups for the busiest hour", "gives: {pace}"), "gives: a block where a text should be: put double quotes"),
    (("title: Descale the machine", "title: \"Descale the machine"), "a quotation mark that is never closed"),
    (("    cost: 140\n", "    cost: 140\n    cost: 150\n"), "'cost' is written twice here, first in line 62: keep one"),
    (("problems:\n", "problems: none\nproblem:\n"), "problems should be a list: write each problem on lines that begin with"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), CASES, ids=lambda value: str(value)[:60])
def test_a_mistake_is_reported_where_it_is(shop: Shop, change: Change, message: str) -> None:
    """With its line in the file, and a cure; loading it raises the same."""
    folder = shop(change)
    text = (folder / "catalogue.yml").read_text("utf-8")
    errors = check(folder).errors
    matching = [error for error in errors if message in str(error)]
    assert matching, [str(error) for error in errors]
    assert matching[0].file == "shop/catalogue.yml"
    assert 1 <= matching[0].line <= text.count("\n") + 1
    with pytest.raises(CatalogueErrors) as raised:
        load(folder)
    assert raised.value.errors == errors


def test_the_line_and_column_are_those_of_the_mistake(shop: Shop) -> None:
    """Also inside a formula."""
    folder = shop(("needs: pace >= rush", 'needs: "pace >= rsh"'))
    (error,) = check(folder).errors
    line = (folder / "catalogue.yml").read_text("utf-8").splitlines()[error.line - 1]
    assert line[error.column - 1 :].startswith("rsh")
    assert str(error) == f"shop/catalogue.yml:{error.line}: unknown name 'rsh': did you mean 'rush'?"


def test_all_errors_are_reported_at_once_in_the_order_of_the_file(shop: Shop) -> None:
    """So that an author corrects them in one go."""
    report = check(shop(("how_common: usually", "how_common: often"), ("rung: fix", "rung: fx"), ("cost: 140", "cost: x")))
    assert [error.message.split(":")[0] for error in report.errors] == ["how_common", "rung", "once"]
    assert [error.line for error in report.errors] == sorted(error.line for error in report.errors)
    assert str(report).endswith("3 errors, 0 warnings")


def test_one_mistake_is_one_error(shop: Shop) -> None:
    """A cause that cannot be read is not unknown to the remedies that serve it."""
    report = check(shop(("name: chalk slows the water down, how_common: usually", "how_common: often, name: chalk")))
    assert len(report.errors) == 1


def test_facts_that_need_each_other_are_named_in_a_circle(shop: Shop) -> None:
    """The chain shows where to break it."""
    more = "  - {id: one, type: number, formula: two + 1}\n  - {id: two, type: number, formula: one + 1}\n"
    report = check(shop(("\nproblems:", more + "\nproblems:")))
    assert [error.message for error in report.errors] == ["a fact that depends on itself: one needs two needs one"]


def test_mixed_units_are_an_error(shop: Shop) -> None:
    """Kilos are not compared with minutes."""
    more = "  - {id: stay, type: number, unit: min, ask: How long is a break?}\n"
    report = check(shop(("\nproblems:", more + "\nproblems:"), ("needs: pace >= rush", "needs: pace >= stay")))
    assert [error.message for error in report.errors] == ["cups/h and min are mixed: write both in the same unit"]


def test_a_product_that_is_no_longer_sold_is_not_advised(shop: Shop) -> None:
    """The error names its successor."""
    change = ("id: quattro, name: Quattro,", "id: quattro, name: Quattro, status: superseded, replaced_by: duo,")
    assert "product 'quattro' is superseded and not sold: write duo" in str(check(shop(change)).errors[0])
