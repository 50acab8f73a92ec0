"""What turns are decided with: one company's catalogue with what experience taught, the listener built on it, the phrases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bot.advice.catalogue import Catalogue, Experience
from bot.advice.dossier import Dossier
from bot.advice.heard import Heard
from bot.advice.phrasing import Phrasebook
from bot.content import load
from bot.content.phrases import load_phrases
from bot.nlu.affairs import phrases_of
from bot.nlu.answer_ranker import AnswerRanker
from bot.nlu.listener import Listener
from bot.nlu.matcher import PhraseIndex
from bot.nlu.problem_ranker import ProblemRanker
from bot.nlu.reading import Reading
from bot.store import Store

PROJECT = Path(__file__).resolve().parents[1]


class Listens(Protocol):
    """What understands messages: the company's `Listener`, or a demonstration's, which is told what was meant."""

    def listen(self, reading: Reading, dossier: Dossier) -> Heard:
        """What a message tells us, given what was asked and what is known."""


@dataclass(frozen=True)
class Knowledge:
    """One company, ready to be talked to. A value: a reload makes a new one."""

    catalogue: Catalogue
    catalogue_id: str
    listener: Listens
    phrases: Phrasebook


def know(folder: Path, cache: Path, store: Store) -> Knowledge:
    """Load a company's catalogue and build what understands it; phrasings already encoded come from the cache.

    Raises CatalogueErrors when the catalogue has errors, and OSError or ValueError when domain.yml cannot be read.
    """
    name = folder.stem
    catalogue = replace(load(folder), experience=experience_of(store, name))
    index = PhraseIndex(phrases_of(catalogue), cache_dir=cache)
    listener = Listener(catalogue, index, ProblemRanker(catalogue, cache), AnswerRanker(catalogue, cache))
    return Knowledge(catalogue, name, listener, load_phrases(PROJECT / "domain.yml"))


def experience_of(store: Store, catalogue_id: str) -> Experience:
    """The counts of recorded outcomes: how often each remedy worked, and each cause proved to be the true one.

    What a trainer set aside is not counted.
    """
    worked: dict[str, int] = {}
    failed: dict[str, int] = {}
    found: dict[str, int] = {}
    with store.read() as work:
        aside = {(one.remedy_id, one.cause_id): one for one in work.evidence_aside.of_catalogue(catalogue_id)}
        for count in work.outcomes.of_catalogue(catalogue_id):
            left = aside.get((count.remedy_id, count.cause_id))
            good = count.worked - min(left.worked if left else 0, count.worked)
            bad = count.failed - min(left.failed if left else 0, count.failed)
            worked[count.remedy_id] = worked.get(count.remedy_id, 0) + good
            failed[count.remedy_id] = failed.get(count.remedy_id, 0) + bad
            if count.cause_id:
                found[count.cause_id] = found.get(count.cause_id, 0) + good
    return Experience(worked, failed, found)
