"""Which ready answer of a question a reply means, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from bot.advice.catalogue import Catalogue, Choice, Fact
from bot.nlu.encoder import Matrix, shared_encoder
from bot.nlu.lexical import trigrams
from bot.nlu.phrase_cache import PhraseCache
from bot.nlu.polarity import mentions_negation
from bot.nlu.ranking import ChoiceModel, Row, Weigher, shipped_models, stem_set

FEATURES = ("best", "best_three", "best_clause", "centre", "distinct", "covered", "likeness", "negation_differs")


@dataclass(frozen=True)
class Option:
    """One choice with its phrasings, their vectors and stems."""

    id: str
    phrases: tuple[str, ...]
    vectors: Matrix
    stems: frozenset[str]


class AnswerRanker:
    """Ranks the choices of a fact against a reply."""

    def __init__(self, catalogue: Catalogue, cache_dir: Path | None = None, model: ChoiceModel | None = None) -> None:
        """Encode every ready answer, or read its vector from `cache_dir`."""
        self._model = model or shipped_models()["answers"]
        self._facts = catalogue.facts
        phrases = [phrase for fact in catalogue.facts.values() for choice in fact.choices for phrase in _phrases(choice)]
        self._weigh = Weigher([stem_set(phrase) for phrase in phrases])
        self._place = {phrase: row for row, phrase in enumerate(dict.fromkeys(phrases))}
        self._vectors = PhraseCache(cache_dir, shared_encoder()).vectors(list(self._place))
        self._options = lru_cache(maxsize=2048)(self._read_options)

    def rank(self, fact: Fact, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The choices with their probabilities, likeliest first. `texts`: the whole reply, then its clauses."""
        if not fact.choices or not texts or not texts[0].strip():
            return []
        found = zip(self._options(fact.id), self._model.probabilities(self.features(fact, texts)), strict=True)
        return sorted(((option.id, float(p)) for option, p in found), key=lambda pair: -pair[1])

    def features(self, fact: Fact, texts: Sequence[str]) -> Row:
        """A row of FEATURES for each choice of the fact."""
        options = self._options(fact.id)
        vectors = shared_encoder().encode_all(list(texts))
        return np.array([self._row(option, options, vectors, texts[0]) for option in options])

    def _row(self, option: Option, options: Sequence[Option], vectors: Matrix, text: str) -> list[float]:
        cosines = vectors @ option.vectors.T
        best = np.sort(cosines[0])[::-1]
        centre = option.vectors.mean(axis=0)
        nearest = option.phrases[int(cosines[0].argmax())]
        said = stem_set(text)
        total = self._weigh.of(said) or 1.0
        shared = [self._weigh(stem) / sum(stem in other.stems for other in options) for stem in said & option.stems]
        return [
            float(best[0]),
            float(best[:3].mean()),
            float(cosines.max()),
            float(centre @ vectors[0] / (np.linalg.norm(centre) or 1.0)),
            sum(shared) / total,
            max(self._covered(said, phrase) for phrase in option.phrases),
            max(_likeness(text, phrase) for phrase in option.phrases),
            float(mentions_negation(text) != mentions_negation(nearest)),
        ]

    def _covered(self, said: frozenset[str], phrase: str) -> float:
        found = stem_set(phrase)
        return self._weigh.of(said & found) / (self._weigh.of(found) or 1.0)

    def _read_options(self, fact: str) -> tuple[Option, ...]:
        return tuple(self._option(choice) for choice in self._facts[fact].choices)

    def _option(self, choice: Choice) -> Option:
        phrases = _phrases(choice)
        stems = frozenset().union(*(stem_set(phrase) for phrase in phrases))
        return Option(choice.id, phrases, self._vectors[[self._place[phrase] for phrase in phrases]], stems)


def _phrases(choice: Choice) -> tuple[str, ...]:
    return tuple(phrase for phrase in dict.fromkeys((choice.label, *choice.said_as)) if phrase.strip())


def _likeness(text: str, phrase: str) -> float:
    ours, theirs = trigrams(text), trigrams(phrase)
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))
