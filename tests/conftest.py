"""What every test may use: a model trained once for all workers and runs, and a real company to talk to."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.services import Services, open_services
from bot.settings import load_settings

TODAY = "2025-05-19"
"""The day of the tests, a Monday, unless a test says another."""

OpenCompany = Callable[..., Services]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: workers take whole files, and none should be left with a long one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    slowest = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: (item.path not in slowest, item.path not in slow))


@pytest.fixture(scope="session")
def kept(pytestconfig: pytest.Config) -> Path:
    """The folder of what is kept between test runs: trained models and encoded phrases. `make clean` removes it."""
    cache = getattr(pytestconfig, "cache", None)
    folder = cache.mkdir("advisor") if cache is not None else pytestconfig.rootpath / "var" / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    return Path(folder)


@pytest.fixture(scope="session")
def trained_model(kept: Path) -> Path:
    """A model trained on the project as it is now; the first worker that needs it trains it, the others wait for it."""
    from bot.assistant import train

    with (kept / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return train(kept / "models")


@pytest.fixture(scope="module")
def services(trained_model: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenCompany]:
    """Opens real services for a company: `services("metals")`, on a database of its own, on the day `TODAY`.

    What is opened stays open until the module's last test; the one opened last is the one that answers.
    """
    with ExitStack() as opened:

        def open_company(catalogue: str | Path = "laundry", **settings: str) -> Services:
            folder = tmp_path_factory.mktemp("company")
            (kept / "phrases").mkdir(exist_ok=True)
            (folder / "phrases").symlink_to(kept / "phrases")
            told = {"ADVISOR_CATALOGUE": str(catalogue), "ADVISOR_MODEL": str(trained_model), "ADVISOR_TODAY": TODAY}
            told |= {"ADVISOR_DATA_DIR": str(folder), **settings}
            return opened.enter_context(open_services(load_settings(told, folder=folder)))

        yield open_company
