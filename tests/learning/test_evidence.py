"""What outcomes teach, with their counts, set aside and taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.advice.catalogue import Catalogue
from bot.content import load, starter
from bot.knowledge import experience_of
from bot.learning.evidence import EvidenceDesk
from bot.store import EphemeralStore, InvalidRecord


@dataclass(frozen=True)
class Known:
    """As much knowledge as evidence is shown with."""

    catalogue: Catalogue
    catalogue_id: str = "shop"


class Shop:
    """A desk over a company whose experience is read anew whenever something changes."""

    def __init__(self, folder: Path) -> None:
        starter(folder)
        self.store = EphemeralStore()
        self.written = load(folder)
        with self.store.begin() as work:
            for worked in (True, False, False, False):
                work.outcomes.add("shop", "descale", "chalky", worked)
            work.outcomes.add("shop", "rinse_at_seven", "rinses_at_nine", True)
        self.desk = EvidenceDesk(self.store, self.known, lambda: None)

    def known(self) -> Known:
        """What is in force."""
        return Known(replace(self.written, experience=experience_of(self.store, "shop")))  # type: ignore[return-value]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """The shop."""
    return Shop(tmp_path)


def test_counts_stand_beside_what_was_written(shop: Shop) -> None:
    """A remedy that mostly failed is believed less than its author wrote, and the counts say why."""
    first = shop.desk.remedies()[0]
    assert (first.remedy.id, first.counts[0].worked, first.counts[0].failed) == ("descale", 1, 3)
    assert first.learnt < first.said
    causes = {one.cause: one for one in shop.desk.causes()}
    assert causes["rinses_at_nine"].found == 1
    assert causes["rinses_at_nine"].learnt > causes["rinses_at_nine"].said


def test_set_aside_and_taken_back(shop: Shop) -> None:
    """Set aside, outcomes teach nothing; later ones do; taken back, all of them do again."""
    before = shop.desk.remedies()[0].learnt
    shop.desk.set_aside("descale", "chalky", "Tara", "the fitter was ill")
    found = shop.desk.remedies()[0]
    assert found.learnt == found.said
    assert found.counts[0].aside is not None
    assert (found.counts[0].aside.by, found.counts[0].teaches) == ("Tara", False)
    with shop.store.begin() as work:
        work.outcomes.add("shop", "descale", "chalky", False)
    assert shop.desk.remedies()[0].learnt < found.said
    shop.desk.take_back("descale", "chalky")
    assert shop.desk.remedies()[0].learnt < before


def test_nothing_is_set_aside_without_a_reason(shop: Shop) -> None:
    """A reason is asked for, and outcomes that are not there cannot be set aside."""
    with pytest.raises(InvalidRecord, match="Write why"):
        shop.desk.set_aside("descale", "chalky", "Tara", "  ")
    with pytest.raises(InvalidRecord, match="no outcomes"):
        shop.desk.set_aside("larger_machine", "", "Tara", "because")


def test_simulated_outcomes_are_shown_and_move_nothing(shop: Shop) -> None:
    """What a demonstration's check-ins would teach stands on a page of its own; what is in force stays as it was."""
    before = shop.desk.remedies()
    with shop.store.begin() as work:
        for _ in range(8):
            work.outcomes.add("simulated:shop", "descale", "chalky", True)
    (simulated,) = shop.desk.remedies(simulated=True)
    assert [(one.worked, one.failed) for one in simulated.counts] == [(8, 0)]
    assert simulated.learnt > simulated.said
    assert any(one.found for one in shop.desk.causes(simulated=True))
    assert shop.desk.remedies() == before
