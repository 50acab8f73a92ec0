"""Belief over causes, the chance of being served, and what a question is worth."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.catalogue import (
    Band,
    Catalogue,
    Cause,
    Check,
    Experience,
    Fact,
    FactType,
    Likely,
    Problem,
    Remedy,
    Rung,
)
from bot.advice.diagnosis import answer_of, belief, evidence, likelihoods, most_likely, prior
from bot.advice.dossier import Dossier
from bot.advice.formulas import Formula
from bot.advice.heard import FactValue
from bot.advice.ladder import climb, served
from bot.advice.questions import rate, worthwhile
from tests.advice.random_talk import any_value, turn
from tests.advice.random_worlds import catalogues
from tests.advice.talking import reports
from tests.advice.worlds import BIKES, FLAT, REPAIRS

fast = settings(max_examples=150, deadline=None)
SEEDS = st.integers(0, 2**32)
ALWAYS, USUALLY, SOMETIMES, RARELY, NEVER = Likely


def _known(catalogue: Catalogue, chance: random.Random) -> dict[str, FactValue]:
    facts = [fact for fact in catalogue.facts.values() if chance.random() < 0.7]
    return {fact.id: any_value(chance, fact) for fact in facts}


@fast
@given(catalogues(), SEEDS)
def test_belief_always_sums_to_one(catalogue: Catalogue, seed: int) -> None:
    """Whatever is known, what is believed of the causes are probabilities that sum to 1."""
    chance = random.Random(seed)
    experience = Experience(found={cause: chance.randint(0, 50) for cause in catalogue.causes})
    catalogue = replace(catalogue, experience=experience)
    for problem in catalogue.problems.values():
        hints = {cause.id: chance.random() for cause in problem.causes if chance.random() < 0.5}
        believed = belief(problem, _known(catalogue, chance), catalogue, hints, tuple(catalogue.products))
        assert math.isclose(sum(believed.values()), 1)
        assert all(0 < weight <= 1 for weight in believed.values())


@fast
@given(catalogues())
def test_the_answers_of_a_check_sum_to_one_under_each_cause(catalogue: Catalogue) -> None:
    """Worded likelihoods become a distribution over the answers, whatever words the author left out."""
    for problem in catalogue.problems.values():
        causes = tuple(cause.id for cause in problem.causes)
        for check in problem.checks:
            table = likelihoods(check, causes)
            assert [sum(row[cause] for row in table.values()) for cause in causes] == pytest.approx([1] * len(causes))


@pytest.mark.parametrize(
    ("facts", "cause", "at_least"),
    [
        pytest.param({}, "turbo_habit", 0.45, id="nothing known: the most common"),
        pytest.param({"assist": "turbo"}, "turbo_habit", 0.85, id="the habit itself"),
        pytest.param({"assist": "tour", "parking": "outside"}, "cold_night", 0.6, id="out in the cold"),
        pytest.param({"assist": "tour", "parking": "inside", "battery_age": 6.0}, "worn_battery", 0.85, id="old"),
        pytest.param({"assist": "eco", "parking": "inside", "battery_age": 1.0, "round_km": 90.0}, "long_round", 0.5, id="far"),
    ],
)
def test_evidence_points_where_it_should(facts: dict[str, FactValue], cause: str, at_least: float) -> None:
    """The likeliest cause follows from what is known."""
    likeliest, weight = most_likely(belief(FLAT, facts, BIKES))
    assert likeliest == cause
    assert weight >= at_least


def test_a_suspicion_of_the_customer_counts() -> None:
    """A cause the customer suspects is believed more, and the surer they sound the more."""
    weights = [belief(REPAIRS, {}, BIKES, {"worn_out": score})["worn_out"] for score in (0.0, 0.5, 1.0)]
    assert weights == sorted(weights)
    assert weights[0] < weights[2]


def test_a_known_weakness_of_a_model_counts() -> None:
    """A cause known of the customer's model is believed more than for somebody who owns another one."""
    assert belief(REPAIRS, {}, BIKES, products=("hd1",))["no_care"] > belief(REPAIRS, {}, BIKES)["no_care"]


def test_what_proved_true_before_is_believed_more() -> None:
    """A cause that was often the true one gains; the others lose."""
    taught = replace(BIKES, experience=Experience(found={"winter": 20}))
    before, after = prior(REPAIRS, BIKES.experience), prior(REPAIRS, taught.experience)
    assert after["winter"] > before["winter"]
    assert all(after[cause] < before[cause] for cause in before if cause != "winter")


@pytest.mark.parametrize(
    ("value", "answer"),
    [(3.9, "young"), (4.0, "old"), (0.0, "young"), ("new", None)],
)
def test_a_value_falls_into_its_band(value: FactValue, answer: str | None) -> None:
    """A range of a check holds for the values its condition names, and for nothing else."""
    band = answer_of(FLAT.checks[2], {"battery_age": value})
    assert (band.answer if band else None) == answer


@pytest.mark.parametrize(("value", "answer"), [(True, "yes"), (False, "no"), ("yes", "yes"), ("maybe", None)])
def test_a_yes_or_no_is_an_answer(value: FactValue, answer: str | None) -> None:
    """A yes/no fact answers a check whose answers are yes and no, as truth or as a word."""
    check = Check("c", "ok", (Band("yes", {"a": ALWAYS}), Band("no", {"b": ALWAYS})))
    band = answer_of(check, {"ok": value})
    assert (band.answer if band else None) == answer


def test_evidence_says_how_it_pulls() -> None:
    """Each answered check says which cause it speaks for."""
    found = evidence(FLAT, {"assist": "turbo"})
    assert [(one.check, one.answer) for one in found] == [("assist", "turbo")]
    assert found[0].pull["turbo_habit"] > 1 > found[0].pull["worn_battery"]


SERVING = Remedy("r", Rung.FIX, "R", "it", "It.", {"a": USUALLY, "b": RARELY})


@fast
@given(st.integers(0, 200), st.integers(0, 200), st.floats(0, 1))
def test_recorded_outcomes_move_the_chance_in_their_direction(worked: int, failed: int, share: float) -> None:
    """One more success never lowers the chance that a remedy serves, one more failure never raises it."""
    believed = {"a": share, "b": 1 - share}

    def chance(worked: int, failed: int) -> float:
        return served(SERVING, believed, Experience(worked={"r": worked}, failed={"r": failed}))

    assert chance(worked + 1, failed) >= chance(worked, failed) >= chance(worked, failed + 1)
    assert 0 <= chance(worked, failed) <= 1


def test_without_outcomes_the_authors_word_counts() -> None:
    """Before anything is recorded, the chance is the author's words weighed by the belief."""
    assert served(SERVING, {"a": 0.5, "b": 0.5}, Experience()) == pytest.approx(0.5 * 0.75 + 0.5 * 0.10)


def test_many_failures_take_a_remedy_out_of_the_advice() -> None:
    """A remedy that keeps failing is no longer advised."""
    catalogue = replace(BIKES, experience=Experience(failed={"blow_out": 40}))
    for world, expected in ((BIKES, "blow_out"), (catalogue, None)):
        taken = turn(world, Dossier(today="2025-05-01"), reports("brakes_squeal"))
        chosen = climb(taken.after, taken.after.concerns[0], world).chosen
        assert (chosen.remedy.id if chosen else None) == expected


BLIND = Check("colour", "colour", (Band("red", {"a": USUALLY, "b": USUALLY}), Band("blue", {"a": RARELY, "b": RARELY})))
TELLING = Check("sound", "sound", (Band("loud", {"a": ALWAYS, "b": NEVER}), Band("quiet", {"a": NEVER, "b": ALWAYS})))


def _world(*checks: Check) -> Catalogue:
    problem = Problem("p", "p", ("p",), ("round_done",), (Cause("a", "a"), Cause("b", "b")), checks)
    facts = {check.fact: Fact(check.fact, FactType.CHOICE, f"{check.fact}?") for check in checks}
    remedies = {
        "teach": Remedy("teach", Rung.RETRAIN, "T", "it", "It.", {"a": ALWAYS}),
        "mend": Remedy("mend", Rung.FIX, "M", "it", "It.", {"b": ALWAYS}),
    }
    return replace(BIKES, facts=facts, problems={"p": problem}, remedies=remedies)


def _asked(catalogue: Catalogue) -> str:
    question = turn(catalogue, Dossier(today="2025-05-01"), reports("p")).move.question
    return question.key if question else ""


def test_a_question_that_cannot_tell_causes_apart_is_never_asked() -> None:
    """A check whose answers are as likely under every cause is worth nothing; one that tells them apart is asked."""
    assert _asked(_world(BLIND, TELLING)) == "sound"
    assert _asked(_world(BLIND)) != "colour"


def test_a_question_that_cannot_change_the_advice_is_not_asked() -> None:
    """When one remedy serves every cause well and no other serves any, nothing needs to be told apart."""
    world = _world(TELLING)
    mend = replace(world.remedies["mend"], serves={"a": ALWAYS, "b": ALWAYS})
    assert _asked(replace(world, remedies={"mend": mend})) == "success"


@fast
@given(catalogues())
def test_only_questions_that_tell_something_apart_are_worth_asking(catalogue: Catalogue) -> None:
    """Every question asked either tells causes apart or opens or closes a remedy."""
    for id in catalogue.problems:
        taken = turn(catalogue, Dossier(today="2025-05-01"), reports(id))
        concern = taken.after.concerns[0]
        ladder = climb(taken.after, concern, catalogue)
        conditions = {name for one in ladder.weighed for name in one.open_facts}
        telling = {check.fact for check in catalogue.problems[id].checks if _tells_apart(check, tuple(ladder.belief))}
        for worth in worthwhile(taken.after, concern, catalogue, ladder):
            behind = _behind(catalogue, telling | conditions)
            assert worth.question.key in behind


def _tells_apart(check: Check, causes: tuple[str, ...]) -> bool:
    return any(max(row.values()) - min(row.values()) > 1e-9 for row in likelihoods(check, causes).values())


def _behind(catalogue: Catalogue, names: set[str]) -> set[str]:
    """The names with every fact their formulas are made of."""
    found = set(names)
    for name in names:
        formula = catalogue.facts[name].formula if name in catalogue.facts else None
        found |= _behind(catalogue, set(formula.names)) if formula is not None else set()
    return found


def test_patience_runs_out() -> None:
    """The more was asked already, and the greater the hurry, the dearer the next question."""
    taken = turn(BIKES, Dossier(today="2025-05-01"), reports("always_broken"))
    concern = taken.after.concerns[0]
    ladder = climb(taken.after, concern, BIKES)
    states = [
        (taken.after, concern),
        (taken.after, replace(concern, questions=concern.questions + 4)),
        (replace(taken.after, hurry=True), replace(concern, questions=concern.questions + 4)),
    ]
    prices = [[worth.price for worth in rate(dossier, one, BIKES, ladder)] for dossier, one in states]
    assert all(low < mid < high for low, mid, high in zip(*prices, strict=True))


def test_a_question_says_what_it_could_change() -> None:
    """The worth of a question names the remedies its answers lead to."""
    world = _world(TELLING)
    taken = turn(world, Dossier(today="2025-05-01"), reports("p"))
    assert [worth.could_change for worth in taken.move.rivals] == [("teach", "mend")]


def test_a_formula_that_needs_facts_asks_for_them_one_by_one() -> None:
    """A derived fact is never asked for; what it is worked out from is."""
    heavy = Formula("load_kg * 2")
    fact = replace(BIKES.facts["reach"], id="double", formula=heavy)
    check = Check("double", "double", (Band("light", {"a": ALWAYS}, Formula("double < 9")), Band("heavy", {"b": ALWAYS})))
    world = _world(TELLING)
    problem = replace(world.problems["p"], checks=(check,))
    facts = {"double": fact, "load_kg": BIKES.facts["load_kg"]}
    assert _asked(replace(world, facts=facts, problems={"p": problem})) == "load_kg"
