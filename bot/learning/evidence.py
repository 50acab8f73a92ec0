"""What outcomes taught: for each remedy the author's word, the counts of check-ins, and what follows; counts can be set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from bot.advice.catalogue import Catalogue, Experience, Problem, Remedy
from bot.advice.diagnosis import prior
from bot.advice.ladder import served
from bot.knowledge import Knowledge, experience_of
from bot.store import InvalidRecord, Store
from bot.store.demonstration import ASIDE
from bot.store.evidence import Aside
from bot.store.records import OutcomeCount


@dataclass(frozen=True)
class Counted:
    """The outcomes of one remedy for one cause ("" where it was not known), and what of them is set aside."""

    remedy: str
    cause: str
    worked: int
    failed: int
    aside: Aside | None

    @property
    def teaches(self) -> bool:
        """Whether any of the counts count."""
        return self.aside is None or (self.worked, self.failed) != (self.aside.worked, self.aside.failed)


@dataclass(frozen=True)
class Learned:
    """One remedy: the chance that it serves as its author wrote, and as outcomes taught, for the cause it serves best."""

    remedy: Remedy
    said: float
    learnt: float
    counts: tuple[Counted, ...]


@dataclass(frozen=True)
class PriorLearned:
    """One cause among those of its problem: how likely before any evidence, as written and as outcomes taught."""

    problem: str
    cause: str
    said: float
    learnt: float
    found: int


class EvidenceDesk:
    """Shows what outcomes taught and sets counts aside; `refreshed` is called when something changed."""

    def __init__(self, store: Store, knowledge: Callable[[], Knowledge], refreshed: Callable[[], object]) -> None:
        self._store = store
        self._knowledge = knowledge
        self._refreshed = refreshed

    def remedies(self, simulated: bool = False) -> tuple[Learned, ...]:
        """Every remedy that has outcomes, the most outcomes first; with `simulated` those of a demonstration instead."""
        catalogue = self._catalogue(simulated)
        grouped: dict[str, list[Counted]] = {}
        for one in self._counted(simulated):
            grouped.setdefault(one.remedy, []).append(one)
        found = [_learned(catalogue, name, tuple(counts)) for name, counts in grouped.items() if name in catalogue.remedies]
        return tuple(sorted(found, key=lambda one: -sum(count.worked + count.failed for count in one.counts)))

    def causes(self, simulated: bool = False) -> tuple[PriorLearned, ...]:
        """Every cause of the problems whose priors outcomes moved, or would, were the simulated ones real."""
        catalogue = self._catalogue(simulated)
        moved = {cause for cause, found in catalogue.experience.found.items() if found}
        problems = [one for one in catalogue.problems.values() if moved & {cause.id for cause in one.causes}]
        return tuple(one for problem in problems for one in _priors(problem, catalogue.experience))

    def set_aside(self, remedy: str, cause: str, by: str, why: str) -> None:
        """Let the outcomes so far of a remedy for a cause teach nothing; later ones count.

        Raises InvalidRecord without a reason, or where there are no outcomes.
        """
        if not why.strip():
            raise InvalidRecord("Write why these outcomes should not count: others will ask.")
        found = next((one for one in self._outcomes() if (one.remedy_id, one.cause_id) == (remedy, cause)), None)
        if found is None:
            raise InvalidRecord("There are no outcomes of this remedy for this cause.")
        aside = Aside(
            catalogue_id=found.catalogue_id,
            remedy_id=remedy,
            cause_id=cause,
            worked=found.worked,
            failed=found.failed,
            by=by,
            why=why.strip()[:500],
        )
        with self._store.begin() as work:
            work.evidence_aside.put(aside)
        self._refreshed()

    def take_back(self, remedy: str, cause: str) -> None:
        """Let the outcomes teach again."""
        with self._store.begin() as work:
            work.evidence_aside.take_back(self._knowledge().catalogue_id, remedy, cause)
        self._refreshed()

    def _catalogue(self, simulated: bool) -> Catalogue:
        catalogue = self._knowledge().catalogue
        return replace(catalogue, experience=experience_of(self._store, self._name(True))) if simulated else catalogue

    def _counted(self, simulated: bool) -> Iterable[Counted]:
        with self._store.read() as work:
            aside = {(one.remedy_id, one.cause_id): one for one in work.evidence_aside.of_catalogue(self._name(simulated))}
        for one in self._outcomes(simulated):
            yield Counted(one.remedy_id, one.cause_id, one.worked, one.failed, aside.get((one.remedy_id, one.cause_id)))

    def _outcomes(self, simulated: bool = False) -> tuple[OutcomeCount, ...]:
        with self._store.read() as work:
            return work.outcomes.of_catalogue(self._name(simulated))

    def _name(self, simulated: bool) -> str:
        return f"{ASIDE}{self._knowledge().catalogue_id}" if simulated else self._knowledge().catalogue_id


def _priors(problem: Problem, experience: Experience) -> Iterator[PriorLearned]:
    said, learnt = prior(problem, Experience()), prior(problem, experience)
    for cause, chance in said.items():
        yield PriorLearned(problem.id, cause, chance, learnt[cause], experience.found.get(cause, 0))


def _learned(catalogue: Catalogue, name: str, counts: tuple[Counted, ...]) -> Learned:
    remedy = catalogue.remedy(name)
    best = max(remedy.serves, key=lambda cause: remedy.serves[cause].probability, default="")
    believed = {best: 1.0} if best else {}
    written = replace(catalogue, experience=Experience())
    return Learned(remedy, served(remedy, believed, written.experience), served(remedy, believed, catalogue.experience), counts)
