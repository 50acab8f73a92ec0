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
from bot.nlu.membership import Membership, Ragged
from bot.nlu.phrase_cache import PhraseCache
from bot.nlu.ranking import ChoiceModel, Row, Weigher, shipped_models, stem_set

FEATURES = (
    "best", "best_three", "best_clause", "cause", "answer", "outcome", "question", "remedy", "cause_clause", "answer_clause",
    "words", "covered", "centre", "clauses",
)  # fmt: skip
GROUPS = ("said", "cause", "answer", "question", "outcome", "remedy")
_WORD_WEIGHTS = (1.0, 0.7, 0.4, 0.4, 0.5, 0.4)
CANDIDATES = 40
_ABSENT = -2.0
_REMEMBERED = 32
Phrasings = tuple[tuple[str, ...], ...]
"""All that is said of a problem, by group."""


@dataclass(frozen=True)
class Ranked:
    """A problem with the probability that it is meant."""

    problem: str
    probability: float


class ProblemRanker:
    """Ranks the problems of one catalogue. Built once per catalogue version; safe to share between threads."""

    def __init__(self, catalogue: Catalogue, cache_dir: Path | None = None, model: ChoiceModel | None = None) -> None:
        """Encode every phrasing that speaks of a problem, or read its vector from `cache_dir`."""
        self._model = model or shipped_models()["problems"]
        self._encoder = shared_encoder()
        self._ids = list(catalogue.problems)
        self._seen: dict[str, tuple[Matrix, Matrix]] = {}
        groups = [phrasings(problem, catalogue) for problem in catalogue.problems.values()]
        self._take_vectors(groups, PhraseCache(cache_dir, self._encoder))
        self._take_words(groups)

    def rank(self, texts: Sequence[str], most: int = 8) -> list[Ranked]:
        """The likeliest problems, best first. `texts`: the whole message, then its clauses."""
        if not self._ids or not texts or not texts[0].strip():
            return []
        ids, rows = self.features(texts)
        found = [Ranked(id, float(p)) for id, p in zip(ids, self._model.probabilities(rows), strict=True)]
        return sorted(found, key=lambda ranked: -ranked.probability)[:most]

    def features(self, texts: Sequence[str]) -> tuple[list[str], Row]:
        """The candidates for a message and a row of FEATURES for each, shape (candidates, 14)."""
        vectors = self._encoder.encode_all(list(texts))
        words = stem_set(texts[0])
        chosen = self._candidates(vectors[0], words)
        said, nearest = self._nearness(texts, vectors) if self._in_order is not None else self._cosines(vectors, chosen)
        best = _best_three(said[0], self._slots.sizes[chosen * len(GROUPS)])
        clauses = nearest[:, :, 0]
        columns = (
            best[:, 0],
            best.mean(axis=1, where=best > _ABSENT),
            clauses.max(axis=0),
            *(nearest[0, :, GROUPS.index(group)] for group in ("cause", "answer", "outcome", "question", "remedy")),
            nearest[:, :, GROUPS.index("cause")].max(axis=0),
            nearest[:, :, GROUPS.index("answer")].max(axis=0),
            *self._by_word(words, chosen),
            self._centres[chosen] @ vectors[0],
            clauses.mean(axis=0),
        )
        return [self._ids[place] for place in chosen], np.stack(columns, axis=1).astype(np.float64)

    def _take_vectors(self, groups: Sequence[Phrasings], cache: PhraseCache) -> None:
        """The vectors of all phrasings, problem by problem and group by group; a group without any has a row of zeros."""
        texts = list(dict.fromkeys(text for each in groups for group in each for text in group))
        place = {text: row for row, text in enumerate(texts)}
        vectors = np.concatenate([np.asarray(cache.vectors(texts), dtype=np.float32), np.zeros((1, DIMENSIONS), np.float32)])
        rows = [[place[text] for text in group] or [len(texts)] for each in groups for group in each]
        self._slots = Ragged(len(row) for row in rows)
        self._rows = np.array([row for each in rows for row in each], dtype=np.int64)
        self._vectors: Matrix = vectors
        self._in_order: Matrix | None = vectors[self._rows] if len(groups) <= 2 * CANDIDATES else None
        centres = [vectors[row].mean(axis=0) for row in rows[:: len(GROUPS)]]
        self._centres = np.array([centre / (np.linalg.norm(centre) or 1.0) for centre in centres], dtype=np.float32)

    def _take_words(self, groups: Sequence[Phrasings]) -> None:
        words = [_words(each) for each in groups]
        said = [[stem_set(text) for text in each[0]] for each in groups]
        self._weigh = Weigher([frozenset(each) for each in words])
        self._words = Membership(words)
        self._phrases = Membership(phrase for each in said for phrase in each)
        self._of_problem = Ragged(len(each) for each in said)
        self._phrase_weights = np.array([self._weigh.of(phrase) or 1.0 for each in said for phrase in each], dtype=np.float32)
        self._holding: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, each in enumerate(words):
            for stem, weight in each.items():
                self._holding[stem].append((place, weight))

    def _candidates(self, vector: NDArray[np.float32], words: frozenset[str]) -> NDArray[np.int64]:
        """All problems of a small catalogue; of a large one the nearest by meaning and the nearest by rare words."""
        if self._in_order is not None:
            return np.arange(len(self._ids))
        near = np.argpartition(-(self._centres @ vector), 2 * CANDIDATES)[: 2 * CANDIDATES]
        return np.array(list(dict.fromkeys([*near.tolist(), *self._sharing_words(words)])), dtype=np.int64)

    def _sharing_words(self, words: frozenset[str]) -> list[int]:
        scores: dict[int, float] = defaultdict(float)
        for stem in words:
            holders = self._holding.get(stem, ())
            if len(holders) <= len(self._ids) // 20 + CANDIDATES:
                weight = self._weigh(stem)
                for place, amount in holders:
                    scores[place] += weight * amount
        return sorted(scores, key=lambda place: -scores[place])[:CANDIDATES]

    def _nearness(self, texts: Sequence[str], vectors: Matrix) -> tuple[Matrix, Matrix]:
        """What `_cosines` finds over all problems; the parts of one message are asked about several times, and compared once."""
        found = {text: seen for text in texts if (seen := self._seen.get(text)) is not None}
        new = {text: place for place, text in enumerate(texts) if text not in found}
        if new:
            own, best = self._cosines(vectors[list(new.values())], np.arange(len(self._ids)))
            found |= {text: (own[place], best[place]) for place, text in enumerate(new)}
            self._seen = {**dict(list(self._seen.items())[-_REMEMBERED:]), **{text: found[text] for text in new}}
        return np.stack([found[text][0] for text in texts]), np.stack([found[text][1] for text in texts])

    def _cosines(self, vectors: Matrix, chosen: NDArray[np.int64]) -> tuple[Matrix, Matrix]:
        """Cosines of each text to the problems' own phrasings, end to end, and the best of each text to each problem and
        group, shape (texts, problems, groups).
        """
        slots = (chosen[:, None] * len(GROUPS) + np.arange(len(GROUPS))).reshape(-1)
        sizes = self._slots.sizes[slots]
        phrasings = self._in_order if self._in_order is not None else self._vectors[self._rows[self._slots.places(slots)]]
        cosines = vectors @ phrasings.T
        starts = np.cumsum(sizes) - sizes
        maxima = np.maximum.reduceat(cosines, starts, axis=1).reshape(len(vectors), len(chosen), len(GROUPS))
        own = np.repeat(np.arange(len(slots)) % len(GROUPS) == 0, sizes)
        return cosines[:, own], maxima

    def _by_word(self, words: frozenset[str], chosen: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Which share of the message's words the problem's have, and which share of a phrasing's words the message has."""
        weights = {stem: self._weigh(stem) for stem in words}
        shared = self._words.sums(self._words.weights(weights), chosen) / (sum(weights.values()) or 1.0)
        phrases = self._of_problem.places(chosen)
        covered = self._phrases.sums(self._phrases.weights(weights), phrases) / self._phrase_weights[phrases]
        sizes = self._of_problem.sizes[chosen]
        return shared, np.maximum.reduceat(covered, np.cumsum(sizes) - sizes)


def _best_three(said: NDArray[np.float32], sizes: NDArray[np.int64]) -> NDArray[np.float32]:
    """The three highest of each row of values kept end to end, highest first; absent ones are below every cosine."""
    table = np.full((len(sizes), max(3, int(sizes.max()))), _ABSENT - 1, dtype=np.float32)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    table[rows, np.arange(len(said)) - np.repeat(np.cumsum(sizes) - sizes, sizes)] = said
    best: NDArray[np.float32] = -np.sort(-table, axis=1)[:, :3]
    return best


def phrasings(problem: Problem, catalogue: Catalogue) -> Phrasings:
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


def _words(groups: Phrasings) -> dict[str, float]:
    """The stems of all phrasings, each with the weight of the group that speaks most plainly of the problem."""
    words: dict[str, float] = {}
    for group, weight in zip(groups, _WORD_WEIGHTS, strict=True):
        for text in group:
            for stem in stem_set(text):
                words[stem] = max(words.get(stem, 0.0), weight)
    return words
