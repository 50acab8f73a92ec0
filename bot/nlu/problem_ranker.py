"""Which problem of the catalogue a message tells of: ranked by everything the catalogue says about each problem."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.advice.catalogue import Catalogue, Problem
from bot.nlu.encoder import DIMENSIONS, Matrix, shared_encoder
from bot.nlu.phrase_cache import PhraseCache
from bot.nlu.ranking import ChoiceModel, Row, Weigher, shipped_models, stem_set

FEATURES = (
    "best", "best_three", "best_clause", "cause", "answer", "outcome", "question", "remedy", "cause_clause", "answer_clause",
    "words", "covered", "centre", "clauses",
)  # fmt: skip
GROUPS = ("said", "cause", "answer", "question", "outcome", "remedy")
_WORD_WEIGHTS = (1.0, 0.7, 0.4, 0.4, 0.5, 0.4)
CANDIDATES = 40


@dataclass(frozen=True)
class Ranked:
    """A problem with the probability that it is meant."""

    problem: str
    probability: float


@dataclass(frozen=True)
class _Entry:
    """What is known of one problem: rows of its phrasings by group, its words with weights, its phrasings' stems."""

    id: str
    rows: tuple[NDArray[np.int64], ...]
    words: dict[str, float]
    said: tuple[frozenset[str], ...]
    weights: tuple[float, ...]
    centre: NDArray[np.float32]


class ProblemRanker:
    """Ranks the problems of one catalogue. Built once per catalogue version; safe to share between threads."""

    def __init__(self, catalogue: Catalogue, cache_dir: Path | None = None, model: ChoiceModel | None = None) -> None:
        """Encode every phrasing that speaks of a problem, or read its vector from `cache_dir`."""
        self._model = model or shipped_models()["problems"]
        self._encoder = shared_encoder()
        groups = {problem.id: phrasings(problem, catalogue) for problem in catalogue.problems.values()}
        texts = list(dict.fromkeys(text for each in groups.values() for group in each for text in group))
        place = {text: row for row, text in enumerate(texts)}
        vectors = np.asarray(PhraseCache(cache_dir, self._encoder).vectors(texts), dtype=np.float32)
        self._vectors: Matrix = np.concatenate([vectors, np.zeros((1, DIMENSIONS), dtype=np.float32)])
        words = {id: _words(each) for id, each in groups.items()}
        self._weigh = Weigher([frozenset(each) for each in words.values()])
        self._entries = [self._entry(id, each, words[id], place) for id, each in groups.items()]
        self._prepare_search()

    def rank(self, texts: Sequence[str], most: int = 8) -> list[Ranked]:
        """The likeliest problems, best first. `texts`: the whole message, then its clauses."""
        if not self._entries or not texts or not texts[0].strip():
            return []
        entries, rows = self.features(texts)
        found = [Ranked(entry.id, float(p)) for entry, p in zip(entries, self._model.probabilities(rows), strict=True)]
        return sorted(found, key=lambda ranked: -ranked.probability)[:most]

    def features(self, texts: Sequence[str]) -> tuple[list[_Entry], Row]:
        """The candidates for a message and a row of FEATURES for each."""
        vectors = self._encoder.encode_all(list(texts))
        words = stem_set(texts[0])
        entries = [self._entries[index] for index in self._candidates(vectors[0], words)]
        cosines, nearest = self._nearest(entries, vectors)
        total = self._weigh.of(words) or 1.0
        rows = [
            self._row(entry, cosines[:, entry_starts[0] : entry_starts[1]], nearest[:, index], vectors[0], words, total)
            for index, (entry, entry_starts) in enumerate(zip(entries, _spans(entries), strict=True))
        ]
        return entries, np.array(rows)

    def _nearest(self, entries: list[_Entry], vectors: Matrix) -> tuple[Matrix, NDArray[np.float32]]:
        """Cosines of the texts to all phrasings of the entries in a row, and their maxima, shape (texts, entries, groups)."""
        rows = np.concatenate([row for entry in entries for row in entry.rows])
        cosines = vectors @ self._vectors[rows].T
        lengths = [len(row) for entry in entries for row in entry.rows]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        maxima = np.maximum.reduceat(cosines, starts, axis=1)
        return cosines, maxima.reshape(len(vectors), len(entries), len(GROUPS))

    def _entry(self, id: str, groups: tuple[tuple[str, ...], ...], words: dict[str, float], place: dict[str, int]) -> _Entry:
        """An entry; a group without phrasings gets the row of zeros, which is unlike everything."""
        nothing = [len(self._vectors) - 1]
        rows = tuple(np.array([place[text] for text in group] or nothing, dtype=np.int64) for group in groups)
        centre = self._vectors[rows[0]].mean(axis=0)
        said = tuple(stem_set(text) for text in groups[0])
        weights = tuple(self._weigh.of(phrase) or 1.0 for phrase in said)
        return _Entry(id, rows, words, said, weights, centre / (np.linalg.norm(centre) or 1.0))

    def _prepare_search(self) -> None:
        self._said_rows = np.concatenate([entry.rows[0] for entry in self._entries] or [np.zeros(0, dtype=np.int64)])
        owners = [np.full(len(entry.rows[0]), index) for index, entry in enumerate(self._entries)]
        self._owners = np.concatenate(owners or [np.zeros(0, dtype=np.int64)])
        self._said = self._vectors[self._said_rows] if len(self._entries) > 2 * CANDIDATES else None
        self._holding: dict[str, list[int]] = defaultdict(list)
        for index, entry in enumerate(self._entries):
            for stem in entry.words:
                self._holding[stem].append(index)

    def _candidates(self, vector: NDArray[np.float32], words: frozenset[str]) -> list[int]:
        """All problems of a small catalogue; of a large one the nearest by meaning and the nearest by rare words."""
        if self._said is None:
            return list(range(len(self._entries)))
        cosines = self._said @ vector
        best = np.argpartition(-cosines, min(4 * CANDIDATES, len(cosines) - 1))[: 4 * CANDIDATES]
        order = best[np.argsort(-cosines[best])]
        near = list(dict.fromkeys(self._owners[order].tolist()))[:CANDIDATES]
        return list(dict.fromkeys([*near, *self._by_words(words)]))

    def _by_words(self, words: frozenset[str]) -> list[int]:
        scores: dict[int, float] = defaultdict(float)
        for stem in words:
            holders = self._holding.get(stem, ())
            if len(holders) <= len(self._entries) // 20 + CANDIDATES:
                weight = self._weigh(stem)
                for index in holders:
                    scores[index] += weight * self._entries[index].words[stem]
        return sorted(scores, key=lambda index: -scores[index])[:CANDIDATES]

    def _row(
        self,
        entry: _Entry,
        said: Matrix,
        nearest: NDArray[np.float32],
        vector: NDArray[np.float32],
        words: frozenset[str],
        total: float,
    ) -> list[float]:
        """One row of FEATURES: `said` are the cosines to its own phrasings, `nearest` the best of each group, by text."""
        best = np.sort(said[0])[::-1]
        _, cause, answer, question, outcome, remedy = nearest[0]
        return [
            float(best[0]),
            float(best[:3].mean()),
            float(said.max()),
            float(cause),
            float(answer),
            float(outcome),
            float(question),
            float(remedy),
            float(nearest[:, 1].max()),
            float(nearest[:, 2].max()),
            sum(self._weigh(stem) * entry.words.get(stem, 0.0) for stem in words) / total,
            max(self._weigh.of(words & phrase) / weight for phrase, weight in zip(entry.said, entry.weights, strict=True)),
            float(entry.centre @ vector),
            float(said.max(axis=1).mean()),
        ]


def _spans(entries: Sequence[_Entry]) -> list[tuple[int, int]]:
    """Where each entry's own phrasings stand in the row of all phrasings of the entries."""
    spans, at = [], 0
    for entry in entries:
        spans.append((at, at + len(entry.rows[0])))
        at += sum(len(row) for row in entry.rows)
    return spans


def phrasings(problem: Problem, catalogue: Catalogue) -> tuple[tuple[str, ...], ...]:
    """All that the catalogue says of a problem, by group (see GROUPS)."""
    facts = [catalogue.facts[check.fact] for check in problem.checks if check.fact in catalogue.facts]
    outcomes = [catalogue.outcomes[id] for id in problem.outcomes if id in catalogue.outcomes]
    remedies = [remedy for cause in problem.causes for remedy in catalogue.remedies_by_cause.get(cause.id, ())]
    return (
        (problem.name, *problem.said_as),
        tuple(text for cause in problem.causes for text in (cause.name, *cause.said_as)),
        tuple(text for fact in facts for choice in fact.choices for text in (choice.label, *choice.said_as)),
        tuple(fact.ask for fact in facts if fact.ask),
        tuple(text for outcome in outcomes for text in (outcome.want, *outcome.said_as)),
        (*dict.fromkeys(remedy.title for remedy in remedies), *(cause.explain for cause in problem.causes if cause.explain)),
    )


def _words(groups: tuple[tuple[str, ...], ...]) -> dict[str, float]:
    """The stems of all phrasings, each with the weight of the group that speaks most plainly of the problem."""
    words: dict[str, float] = {}
    for group, weight in zip(groups, _WORD_WEIGHTS, strict=True):
        for text in group:
            for stem in stem_set(text):
                words[stem] = max(words.get(stem, 0.0), weight)
    return words
