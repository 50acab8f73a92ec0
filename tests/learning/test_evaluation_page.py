"""The evaluation as a table and as a page, from sample data."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.learning.acts_study import ActsStudy, study
from bot.learning.evaluation_page import Evaluation, evaluation_page, summary
from bot.learning.matching_study import MatchingStudy, Phrased, phrasings, trades
from bot.learning.metrics import Judged, Outside, SeveralActs
from bot.learning.opinions import Opinion
from bot.learning.voices import Spoken, Voices

VOICES = Voices(
    single=(Spoken("hi", ("greet",), "cook"), Spoken("bye", ("leave",), "nurse"), Spoken("lovely day", ("small_talk",))),
    outside=(Spoken("solve x", ("out_of_scope",)), Spoken("who won", ("out_of_scope",))),
    several=(Spoken("hi, the pump leaks", ("greet", "reports_problem")),),
)
OPINIONS = {
    "hi": Opinion((("greet", 0.9),), ("greet",), 0.9, False),
    "bye": Opinion((("greet", 0.6),), ("greet",), 0.5, False),
    "lovely day": Opinion((("small_talk", 0.7),), ("small_talk",), 0.2, True),
    "solve x": Opinion((("off_topic", 0.8),), ("off_topic",), 0.6, False),
    "who won": Opinion((("greet", 0.2),), ("greet",), 0.1, True),
    "hi, the pump leaks": Opinion((("greet", 0.7),), ("greet", "reports_problem"), 0.7, False),
}


@pytest.fixture
def ours() -> ActsStudy:
    """A study of six messages."""
    return study("ours", VOICES, OPINIONS)


@pytest.fixture
def evaluation(ours: ActsStudy) -> Evaluation:
    """An evaluation of two models and one trade."""
    problems = (Judged("leak", "leak", 0.9), Judged("leak", "noise", 0.4))
    answers = (Judged("a", "a", 0.8), Judged("a", "b", 0.6), Judged("a", "", 0.0), Judged("b", "b", 0.9))
    return Evaluation((ours, study("stock <b>", VOICES, OPINIONS)), (MatchingStudy("pumps", problems, 1.0, answers),), 0.3, 2)


def test_a_study_measures_acts_outside_messages_and_several_acts(ours: ActsStudy) -> None:
    """Small talk is no inside message; kept out counts what was taken for another topic."""
    assert ours.judged[:2] == (Judged("greet", "greet", 0.9), Judged("leave", "greet", 0.6))
    assert ours.accuracy == pytest.approx(2 / 3)
    assert ours.doubted == Outside(recall=0.5, false_alarms=0.0, auroc=0.75, at_one_in_twenty=0.5)
    assert ours.kept_out.recall == 1.0
    assert ours.several == SeveralActs(any=1.0, main=1.0, all=1.0, precision=1.0, count=1)


def test_the_summary_is_a_table_of_both_models_and_each_trade(evaluation: Evaluation) -> None:
    """Every line has a figure for each model; answers are right, mistaken or asked again."""
    lines = summary(evaluation).splitlines()
    assert lines[0].split() == ["acts", "ours", "stock", "<b>"]
    assert lines[2].split() == ["accuracy", "66.7%", "66.7%"]
    assert lines[-1].split() == ["pumps", "2", "50.0%", "100.0%", "0.250", "4", "50.0%", "25.0%", "25.0%"]


def test_the_page_stands_alone(evaluation: Evaluation) -> None:
    """One file: it loads nothing, runs nothing, and names are escaped."""
    page = evaluation_page(evaluation)
    assert "stock &lt;b&gt;" in page
    assert not re.search(r"<script|<link|<iframe|url\(\s*['\"]?https?:|src=['\"]http", page)
    assert page.count("<svg") == page.count("</svg>") == 7
    assert page.count('role="img"') == 7


def test_every_plot_is_well_formed(evaluation: Evaluation) -> None:
    """A browser can draw each of them."""
    for svg in re.findall(r"<svg.*?</svg>", evaluation_page(evaluation), re.DOTALL):
        ElementTree.fromstring(svg)


def test_without_phrasings_and_stock_the_page_still_builds(ours: ActsStudy) -> None:
    """What was not measured is left out."""
    page = evaluation_page(Evaluation((ours,), (), 0.3, 2))
    assert "Problems and answers" not in page
    assert "Calibration" in page


def test_phrasings_are_read_by_trade(tmp_path: Path) -> None:
    """New phrasings stand under the problem, or under the fact and the choice, that they mean."""
    (tmp_path / "pumps.yml").write_text("problems: {leak: [it drips]}\nanswers: {age: {old: [ages, 12]}}\n")
    assert trades(tmp_path) == ("pumps",)
    assert phrasings("pumps", tmp_path) == (
        Phrased("it drips", problem="leak"),
        Phrased("ages", fact="age", choice="old"),
        Phrased("12", fact="age", choice="old"),
    )
