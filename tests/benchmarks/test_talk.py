"""What the bots are told in the benchmarks, and the made-up catalogues they are told it with."""

import random
from pathlib import Path

import pytest

from benchmarks.bench import Bench
from benchmarks.bots import PROJECT, Ours, Stock
from benchmarks.engine import run as run_engine
from benchmarks.storing import run as run_storing
from benchmarks.synthetic import MOST, write_catalogue
from benchmarks.talk import STOCK_STORY, Customer, Starter, openers, sayings
from bot.content import check, load


def test_a_customer_says_the_same_in_every_run() -> None:
    """A problem first; then often the words of a button, else what a held-out voice says."""
    reply = [{"text": "Is that it?", "buttons": [{"title": "Yes", "payload": "/affirms"}]}]

    def talk() -> list[str]:
        customer = Customer(["it leaks"], sayings(), random.Random(1))
        return [customer.next(reply) for _ in range(20)]

    said = talk()
    assert said == talk()
    assert said[0] == "it leaks"
    assert said.count("Yes") > 8
    assert len(set(said)) > 3


def test_the_starter_bot_hears_its_own_stories() -> None:
    """An example of each intent in the order of its stories."""
    examples = {intent: [intent.upper()] for intent in STOCK_STORY}
    starter = Starter(examples, random.Random(1))
    assert [starter.next([]) for _ in STOCK_STORY] == [intent.upper() for intent in STOCK_STORY]


def test_openers_are_the_phrasings_of_a_catalogue(tmp_path: Path) -> None:
    """Every said_as of a problem, and nothing else."""
    assert openers(write_catalogue(tmp_path / "made", 2)) == [
        "our oven door burns our fingers by noon",
        "our forklift motor howls so loud nobody can talk",
    ]


def test_a_made_up_catalogue_loads_and_holds_distinct_problems(tmp_path: Path) -> None:
    """No errors, as many problems as asked for, no two named or phrased alike."""
    folder = write_catalogue(tmp_path / "made", 60)
    catalogue = load(folder)
    assert check(folder).errors == ()
    assert len({problem.name for problem in catalogue.problems.values()}) == 60
    assert len({problem.said_as for problem in catalogue.problems.values()}) == 60


def test_a_made_up_catalogue_has_a_greatest_size(tmp_path: Path) -> None:
    """More than there are words for is refused."""
    assert MOST >= 10_000
    with pytest.raises(ValueError, match="from 1 to"):
        write_catalogue(tmp_path / "made", MOST + 1)


def test_servers_ignore_the_settings_of_whoever_runs_the_benchmarks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the settings of the benchmark count, and everything is written into its own folder."""
    monkeypatch.setenv("ADVISOR_TODAY", "2020-01-01")
    monkeypatch.setenv("PORT", "1")
    environment = Ours(tmp_path, trained=tmp_path / "model.tar.gz").environment(4321)
    assert "ADVISOR_TODAY" not in environment
    assert environment["PORT"] == "4321"
    assert environment["ADVISOR_DATA_DIR"] == str(tmp_path / "data")
    assert Path(environment["ADVISOR_CATALOGUE"]).is_relative_to(PROJECT)


@pytest.mark.slow
def test_the_benchmarks_without_servers_measure_something(tmp_path: Path) -> None:
    """Engine and store give a figure each, greater than nothing."""
    bench = Bench(tmp_path, Ours(tmp_path), Stock(tmp_path), quick=True)
    figures = [*run_engine(bench), *run_storing(bench)]
    assert len(figures) == 4
    assert all(figure.ours > 0 for figure in figures)
