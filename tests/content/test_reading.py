"""What a catalogue says is handed to the engine as it was meant, in every spelling whose meaning is plain."""

# ruff: noqa: E501  (one case, one line)

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.advice.catalogue import Attribute, Cost, Doer, FactType, Likely, Rung
from bot.advice.formulas import Formula
from bot.content import check, load

Shop = Callable[..., Path]
Change = tuple[str, str]

SAME: list[Change] = [
    ("outcomes: [quick_coffee]", "outcomes: quick_coffee"),
    ("days: mon-fri", "days: [mon, tue, wed, thu, fri]"),
    ("days: mon-fri", "days: Monday to Friday"),
    ("days: mon-fri", "days: 1-5"),
    ('opens: "08:00"', "opens: 8:00"),
    ('closes: "17:00"', "closes: 17:00"),
    ("pace: 60 cups/h", "pace: 60"),
    ("pace: 60 cups/h", "pace: 1 cup/min"),
    ("pace: 60 cups/h", "pace: 1440 cups per day"),
    ("direction: have_it_easier", "direction: Have it easier"),
    ("how_common: usually", "how_common: Usually"),
    ("{rinses_at_nine: almost always, too", "{rinses_at_nine: almost_always, too"),
    ("{rinses_at_nine: almost always, too", "{rinses_at_nine: Almost-Always, too"),
    ("cost: 140", "cost: {once: 140}"),
    ("cost: 140", "cost: 140 EUR"),
    ("cost: free", "cost: 0"),
    ("days: 14", "days: 2 weeks"),
    ("days: 14", "days: 14 days"),
    ("{once: 2400, yearly: 300}", '{once: "2,400", yearly: 300.0}'),
    ("drinkers, type: number, unit: people", "drinkers, unit: people"),
    ("rush, type: number, unit: cups/h, formula", "rush, unit: cups/h, formula"),
    ("serves: {chalky: almost always}", "serves:\n      chalky: ALMOST ALWAYS"),
    ("if: {rinses_at_nine: usually}", "if: rinses_at_nine"),
    ("if: {rinses_at_nine: usually}", "if: [rinses_at_nine]"),
    ("steps: [{what: We descale it, who: we, day: 3,", "steps: [{what: We descale it, who: us, day: 3 days,"),
    ("ready: [the machine is cold]", "ready: the machine is cold"),
    ("  - id: descale\n    rung: fix", "  - rung: fix\n    id: descale"),
    ("company:\n", "Company:\n"),
    ("    said_as: [there", "    Said-As: [there"),
]


@pytest.mark.parametrize("change", SAME, ids=lambda change: change[1][:40])
def test_plain_spellings_mean_the_same(shop: Shop, change: Change) -> None:
    """No author has to guess which one is right."""
    before, after = load(shop()), load(shop(change))
    assert after == before
    assert check(shop(change)).errors == ()


def test_sections_may_be_blocks_by_id(shop: Shop) -> None:
    """`products: {duo: {...}}` is the list with ids."""
    text = (
        ("  - {id: duo, name: Duo,", "  duo: {name: Duo,"),
        ("  - {id: quattro, name: Quattro,", "  quattro: {name: Quattro,"),
    )
    assert load(shop(*text)) == load(shop())


def test_files_are_merged(shop: Shop) -> None:
    """However the sections are split over files, folders and documents."""
    from bot.content import STARTER

    head, rest = STARTER.split("\nproblems:")
    folder = shop(files={"a.yml": head, "b.yaml": "---\nproblems:" + rest.replace("\nremedies:", "\n---\nremedies:")})
    assert load(folder) == load(shop(files={"a.yml": STARTER, "b.yaml": "# nothing\n"}))


def test_a_check_that_asks_becomes_a_choice_of_the_same_id(shop: Shop) -> None:
    """Its answers are choices, its likelihoods bands."""
    catalogue = load(shop())
    fact, (check, by_number) = catalogue.facts["when_slow"], catalogue.problems["long_queue"].checks
    assert fact.type is FactType.CHOICE
    assert [choice.id for choice in fact.choices] == ["at_nine", "always"]
    assert check.fact == check.id == "when_slow"
    assert check.bands[1].likelihood == {"chalky": Likely.ALMOST_ALWAYS}
    assert [band.when for band in by_number.bands] == [Formula("drinkers < 75"), Formula("drinkers >= 75")]


def test_yes_and_no_need_no_quotes(shop: Shop) -> None:
    """YAML's own truth words stay words, and a question with one of the two answers has both."""
    change = (
        "      - fact: drinkers\n",
        "      - {id: is_old, ask: Is it old?, answers: [{id: yes, if: {chalky: usually}}]}\n      - fact: drinkers\n",
    )
    catalogue = load(shop(change))
    assert [choice.id for choice in catalogue.facts["is_old"].choices] == ["yes", "no"]
    check = next(check for check in catalogue.problems["long_queue"].checks if check.id == "is_old")
    assert [(band.answer, dict(band.likelihood)) for band in check.bands] == [
        ("yes", {"chalky": Likely.USUALLY}),
        ("no", {}),
    ]


def test_a_question_with_ranges_becomes_a_number(shop: Shop) -> None:
    """Answers that all say when they hold need no separate fact."""
    change = (
        "      - fact: drinkers\n",
        "      - {id: years_old, ask: How old is it?, unit: years, answers: [{id: old, when: years_old > 5, if: chalky}, {id: young, when: years_old <= 5}]}\n      - fact: drinkers\n",
    )
    fact = load(shop(change)).facts["years_old"]
    assert (fact.type, fact.unit, fact.choices) == (FactType.NUMBER, "years", ())


def test_a_cause_and_a_check_may_serve_two_problems(shop: Shop) -> None:
    """Named by id; the second may have its own frequency, and takes what concerns its causes."""
    other = """
  - id: cold_coffee
    name: the coffee is cold
    outcomes: quick_coffee
    causes: [{id: chalky, how_common: rarely}, {id: thin_cups, name: the cups are thin}]
    checks: [when_slow, {fact: drinkers, answers: [{id: any, when: drinkers > 0}]}]
"""
    catalogue = load(shop(("\nremedies:", other + "\nremedies:")))
    cold = catalogue.problems["cold_coffee"]
    assert [(cause.name, cause.how_common) for cause in cold.causes] == [
        ("chalk slows the water down", Likely.RARELY),
        ("the cups are thin", Likely.SOMETIMES),
    ]
    assert [dict(band.likelihood) for band in cold.checks[0].bands] == [{}, {"chalky": Likely.ALMOST_ALWAYS}]
    assert cold.said_as == ("the coffee is cold",)


def test_a_problem_stands_for_its_causes_and_a_cause_named_itself_wins(shop: Shop) -> None:
    """So that a broad remedy is written in one line."""
    catalogue = load(shop(("serves: {chalky: almost always}", "serves: {long_queue: rarely, chalky: usually}")))
    assert catalogue.remedies["descale"].serves == {
        "rinses_at_nine": Likely.RARELY,
        "chalky": Likely.USUALLY,
        "too_small": Likely.RARELY,
    }


def test_a_remedy_takes_cost_steps_and_days_from_what_it_uses(shop: Shop) -> None:
    """A purchase costs what its product costs; the last step says when the result is there."""
    steps = "cost: {once: 4900, yearly: 480}, steps: [We measure, {what: We fit it, day: 30, who: vendor}]"
    bought = load(shop(("cost: {once: 4900, yearly: 480}", steps), ("    days: 14\n", ""))).remedies["larger_machine"]
    assert (bought.rung, bought.cost, bought.days) == (Rung.BUY, Cost(4900.0, 480.0), 30)
    assert [step.who for step in bought.steps] == [Doer.WE, Doer.VENDOR]


def test_an_unknown_price_stays_unknown(shop: Shop) -> None:
    """Null is not nothing."""
    catalogue = load(shop(("cost: 140", "cost: {once: null, note: after a look}")))
    assert catalogue.remedies["descale"].cost == Cost(once=None, note="after a look")


def test_dangers_inside_causes_are_known_by_the_causes_id(shop: Shop) -> None:
    """They stand with the others, so that their signs are recognised; a danger may also be named by its id."""
    more = "dangers: [{id: fire, say: It may burn., now: Leave., signs: [flames]}]\n"
    inside = "how_common: usually, danger: {say: It scalds., now: Step back., signs: steam}"
    catalogue = load(shop(("how_common: usually", inside), ("how_common: rarely", "how_common: rarely, danger: fire"), more=more))
    assert {name: danger.signs for name, danger in catalogue.dangers.items()} == {
        "fire": ("flames",),
        "chalky": ("steam",),
    }
    assert catalogue.causes["too_small"].danger == catalogue.dangers["fire"]


def test_capabilities_are_numbers_words_and_truths(shop: Shop) -> None:
    """Numbers with their unit; quoted words stay words."""
    product = load(
        shop(
            (
                "{pace: 60 cups/h}",
                '{pace: 60 cups/h, milk: no, drive: electric, tank: 2.5 l, code: "007", model: DN 50}',
            )
        )
    ).products["duo"]
    assert product.capabilities == {
        "pace": 60.0, "milk": False, "drive": "electric", "tank": 2.5, "code": "007", "model": "DN 50",
    }  # fmt: skip
    assert product.units == {"pace": "cups/h", "tank": "l"}


def test_the_rest_of_a_remedy_is_read(shop: Shop) -> None:
    """Attributes, expectations, extras and check-ins."""
    more = """\
    attributes: {Ease: 5, cost: 3}
    expect: a fast machine
    not_expect: [better beans]
    safety: let it cool down
    relief: no more dribbling
    extra: {title: Card, text: "One line\\nanother"}
    check_in: {days: 2 weeks, ask: Is it fast?}
"""
    remedy = load(shop(("    cost: 140\n", "    cost: 140\n" + more))).remedies["descale"]
    assert remedy.attributes == {Attribute.EASE: 5, Attribute.COST: 3}
    assert (remedy.expect, remedy.not_expect, remedy.safety) == (
        ("a fast machine",),
        ("better beans",),
        ("let it cool down",),
    )
    assert remedy.check_in is not None
    assert (remedy.check_in.days, remedy.extra and remedy.extra.text) == (14, "One line\nanother")


def test_the_company_is_read(shop: Shop) -> None:
    """Limits, what is not ours, hearsay, and the hours."""
    more = """\
  limits: {region: {holds: "drinkers < 900", say: Too large.}}
  not_ours: [{id: tea, said_as: a tea machine, say: No tea.}]
  hearsay: [{id: late, said_as: [you are late], fact: We are not.}]
"""
    company = load(
        shop(
            (
                "  hours:",
                more.replace("{region: {holds", "[{id: region, holds").replace("large.}}", "large.}]") + "  hours:",
            )
        )
    ).company
    assert company.limits[0].holds == Formula("drinkers < 900")
    assert (company.not_ours[0].said_as, company.hearsay[0].fact) == (("a tea machine",), "We are not.")
    assert (company.hours.days, company.hours.opens, company.hours.zone) == ((1, 2, 3, 4, 5), "08:00", "Europe/Berlin")


def test_a_text_that_a_comma_cut_in_two_is_whole_again(shop: Shop) -> None:
    """Inside braces, a comma begins the next field; what stands after it is no field."""
    catalogue = load(shop(("explain: Its clock is set to nine.", "explain: Its clock, as set, is wrong.")))
    assert catalogue.causes["rinses_at_nine"].explain == "Its clock, as set, is wrong."


def test_the_version_follows_what_is_said(shop: Shop) -> None:
    """A comment changes nothing; a word does."""
    first = load(shop()).version
    assert load(shop(("problems:", "# a remark\nproblems:"))).version == first
    assert load(shop(("a full cup in thirty", "a full cup in twenty"))).version != first
