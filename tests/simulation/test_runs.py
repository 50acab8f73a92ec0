"""What simulated conversations come to, and how it is reported."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import load
from bot.services import Services
from bot.simulation import main
from bot.simulation.command import CATALOGUES, TRADES
from bot.simulation.engine_runs import compare
from bot.simulation.policies import POLICIES
from bot.simulation.real_runs import talk_to
from bot.simulation.report import Report, report_page, summary
from bot.simulation.results import Figures, Result, grouped, mistaken
from tests.advice.worlds import BIKES


def _result(right: str = "fix", advised: str = "fix", **more: object) -> Result:
    known = {"trade": "bikes", "policy": "engine", "style": "plain", "problem": "p", "cause": "c"}
    return Result(**{**known, "found_need": True, "questions": 2, "turns": 5, **more}, right=right, advised=advised)  # type: ignore[arg-type]


def test_figures_are_shares_and_means() -> None:
    """Right rung, need found and needless purchases are shares; customers whose facts mislead are left out where clear."""
    results = [_result(), _result("retrain", "buy", misled=True), _result("buy", "buy", found_need=False, questions=5)]
    figures = Figures.of(results)
    assert (figures.count, figures.right_rung, figures.right_where_clear) == (3, pytest.approx(2 / 3), 1)
    assert (figures.found_need, figures.needless) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert (figures.questions, figures.turns) == (3, 5)


def test_mistakes_are_counted_commonest_first() -> None:
    """Each confusion is named by what was right and what was said instead."""
    results = [_result(), _result("fix", ""), _result("fix", "buy"), _result("fix", "buy")]
    assert mistaken(results) == [("fix", "buy", 2), ("fix", "nothing said", 1)]


def test_every_policy_meets_the_same_people() -> None:
    """Each customer talks once to each policy, and the same run gives the same results again."""
    results = compare("bikes", BIKES, 24)
    people = {name: [(one.cause, one.right, one.style) for one in ones] for name, ones in grouped(results, _policy).items()}
    assert people.keys() == POLICIES.keys()
    assert len({tuple(ones) for ones in people.values()}) == 1
    assert compare("bikes", BIKES, 24) == results


def _policy(result: Result) -> str:
    return result.policy


@pytest.mark.slow
@pytest.mark.parametrize("trade", TRADES)
def test_the_engine_advises_rightly_with_few_questions(trade: str) -> None:
    """Where the facts are clear the right rung is found for most, with at most 60 % of a script's questions."""
    by_policy = grouped(compare(trade, load(CATALOGUES / trade), 150), _policy)
    engine, script = Figures.of(by_policy["engine"]), Figures.of(by_policy["script"])
    assert engine.right_where_clear >= 0.92
    assert engine.found_need >= 0.98
    assert engine.questions <= 0.6 * script.questions
    assert engine.turns <= 8


def test_the_page_holds_tables_and_plots() -> None:
    """The report is one page with a table for each comparison and plots that need nothing from elsewhere."""
    report = Report(tuple(compare("bikes", BIKES, 16)), (_result(), _result("fix", "buy")))
    text = report_page(report)
    assert text.count("<svg") == 6
    assert "bikes, script" in text
    assert not re.search(r'(src|href)="http', text)
    assert "bikes, engine" in summary(report)


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`advisor simulate` prints the figures and says where the page is."""
    page = tmp_path / "deep" / "page.html"
    assert main(["--mode", "engine", "--customers", "8", "--company", "telephony", "--out", str(page)]) == 0
    assert "telephony, engine" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_command_refuses_no_customers(capsys: pytest.CaptureFixture[str]) -> None:
    """No customers is no simulation."""
    with pytest.raises(SystemExit):
        main(["--customers", "0"])
    assert "at least 1" in capsys.readouterr().err


@pytest.mark.slow
def test_real_words_reach_the_real_assistant(services: Callable[..., Services]) -> None:
    """Simulated customers type to the trained assistant in phrasings it never saw, and most come to the right advice."""
    transcripts: list[str] = []
    results = asyncio.run(talk_to(services("telephony"), "telephony", 8, tell=transcripts.append))
    figures = Figures.of(results)
    assert figures.found_need >= 0.5
    assert figures.needless <= 0.25
    assert len(transcripts) == 8
    assert all(text.count("\n> ") >= 2 for text in transcripts)
