"""Matching a message against a catalogue's own phrasings: which key it most likely means, as a probability."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import Vector, shared_encoder
from bot.nlu.lexical import Profile, Vocabulary, likeness, overlap, stems
from bot.nlu.phrase_cache import PhraseCache
from bot.nlu.phrase_search import PhraseSearch
from bot.nlu.polarity import mentions_negation

Key = TypeVar("Key", bound=Hashable)
WEIGHTS_PATH = Path(__file__).with_name("matcher_weights.json")
CANDIDATES = 50
_RARE = 25
_REMEMBERED = 4096
_NO_RIVAL = 0.35


@dataclass(frozen=True)
class Match(Generic[Key]):
    """A key a text may mean: the probability that it does, 0..1, and the key's phrase that came closest."""

    key: Key
    score: float
    phrase: str


@dataclass(frozen=True)
class Features:
    """What speaks for a text meaning a key; `calibrate` finds what each is worth."""

    cosine: float
    phrase_covered: float
    text_covered: float
    likeness: float
    negation_differs: float
    negation_of_same: float
    longer: float
    margin: float
    choices: float

    def values(self) -> tuple[float, ...]:
        """The numbers in the order of the fields."""
        found: tuple[float, ...] = _VALUES(self)
        return found


NAMES = tuple(field.name for field in fields(Features))
_VALUES = attrgetter(*NAMES)


@dataclass(frozen=True)
class Weights:
    """A logistic regression over Features."""

    intercept: float
    slopes: Mapping[str, float]

    def probability(self, features: Features) -> float:
        """The chance that the key is meant."""
        z = self.intercept + sum(self.slopes[name] * value for name, value in zip(NAMES, features.values(), strict=True))
        return 1.0 / (1.0 + math.exp(-z))

    def save(self, path: Path = WEIGHTS_PATH) -> None:
        """Write the weights as JSON."""
        plain = {"intercept": round(self.intercept, 4), "slopes": {name: round(w, 4) for name, w in self.slopes.items()}}
        path.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")


@cache
def shipped_weights() -> Weights:
    """The weights that come with the product."""
    plain = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    return Weights(plain["intercept"], plain["slopes"])


class PhraseIndex(Generic[Key]):
    """Phrases, each meaning a key; several phrases may mean the same key."""

    def __init__(
        self,
        phrases: Iterable[tuple[Key, str]],
        *,
        cache_dir: Path | None = None,
        weights: Weights | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Encode the phrases, or read their vectors from `cache_dir`; `progress` hears how many are newly encoded."""
        pairs = [(key, phrase) for key, phrase in dict.fromkeys(phrases) if phrase.strip()]
        self._keys = [key for key, _ in pairs]
        self._phrases = [phrase for _, phrase in pairs]
        self._encoder = shared_encoder()
        self._search = PhraseSearch(PhraseCache(cache_dir, self._encoder).vectors(self._phrases, progress))
        self._rows: dict[Key, list[int]] = defaultdict(list)
        for row, key in enumerate(self._keys):
            self._rows[key].append(row)
        words = [stems(phrase) for phrase in self._phrases]
        self._vocabulary = Vocabulary(words)
        self._profile = lru_cache(maxsize=_REMEMBERED)(self._profile_of)
        self._holding = self._rare_words(words)
        self._weights = weights or shipped_weights()
        self._selections: dict[frozenset[Key], NDArray[np.int64]] = {}

    def __len__(self) -> int:
        """How many phrases there are."""
        return len(self._phrases)

    def phrases_of(self, key: Key) -> tuple[str, ...]:
        """The phrases of a key, in the order given; empty when there is no such key."""
        return tuple(self._phrases[row] for row in self._rows.get(key, ()))

    def match(self, text: str, keys: Collection[Key] | None = None, k: int = 5) -> list[Match[Key]]:
        """The k likeliest keys, best first; only of `keys` when given (pass a frozenset when asking for many often)."""
        found = self.features(text, keys)
        matches = [Match(key, self._weights.probability(features), phrase) for key, (features, phrase) in found.items()]
        return sorted(matches, key=lambda match: -match.score)[:k]

    def features(self, text: str, keys: Collection[Key] | None = None) -> dict[Key, tuple[Features, str]]:
        """For each candidate key what speaks for it, and the phrase that does so best."""
        if not text.strip() or not self._phrases or (keys is not None and not keys):
            return {}
        among = None if keys is None else self._selection(keys)
        rows, cosines = self._candidates(text, among)
        best = self._best_of_keys(text, rows, cosines)
        choices = len(keys) if keys is not None else len(self._rows)
        return _with_margins(best, math.log1p(choices) / 10)

    def _candidates(self, text: str, among: NDArray[np.int64] | None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        vector: Vector = self._encoder.encode(text)
        rows = self._search.nearest(vector, CANDIDATES, among)
        named = self._named(text, among)
        rows = np.union1d(rows, named).astype(np.int64)
        return rows, self._search.cosines(vector, rows)

    def _named(self, text: str, among: NDArray[np.int64] | None) -> NDArray[np.int64]:
        """Rows that share a rare word with the text, such as a model's name."""
        rows = [row for stem in set(stems(text)) for row in self._holding.get(stem, ())]
        found = np.unique(np.array(rows, dtype=np.int64))
        return found if among is None else found[np.isin(found, among, assume_unique=True)]

    def _rare_words(self, words: Sequence[tuple[str, ...]]) -> dict[str, list[int]]:
        holding: dict[str, list[int]] = defaultdict(list)
        for row, said in enumerate(words):
            for stem in set(said):
                if self._vocabulary.counts[stem] <= _RARE:
                    holding[stem].append(row)
        return dict(holding)

    def _selection(self, keys: Collection[Key]) -> NDArray[np.int64]:
        if not isinstance(keys, frozenset) or len(keys) < CANDIDATES:
            return self._rows_of(keys)
        if keys not in self._selections:
            self._selections = {**dict(list(self._selections.items())[-31:]), keys: self._rows_of(keys)}
        return self._selections[keys]

    def _rows_of(self, keys: Collection[Key]) -> NDArray[np.int64]:
        return np.array(sorted(row for key in keys for row in self._rows.get(key, ())), dtype=np.int64)

    def _best_of_keys(self, text: str, rows: NDArray[np.int64], cosines: NDArray[np.float32]) -> dict[Key, tuple[_Closeness, str]]:
        said, negated = self._vocabulary.profile(text), mentions_negation(text)
        best: dict[Key, tuple[_Closeness, str]] = {}
        for row, cosine in zip(rows.tolist(), cosines.tolist(), strict=True):
            sought, denied = self._profile(row)
            close = _closeness(said, sought, cosine, negated != denied, self._vocabulary)
            key = self._keys[row]
            if key not in best or best[key][0].total < close.total:
                best[key] = (close, self._phrases[row])
        return best

    def _profile_of(self, row: int) -> tuple[Profile, bool]:
        phrase = self._phrases[row]
        return self._vocabulary.profile(phrase), mentions_negation(phrase)


@dataclass(frozen=True)
class _Closeness:
    cosine: float
    covered: tuple[float, float]
    likeness: float
    negation_differs: bool
    longer: float

    @property
    def total(self) -> float:
        """A fixed blend, only for ranking the phrases of a key and for telling how far ahead of its rivals a key is."""
        shared = 0.5 * (self.covered[0] + self.covered[1])
        return 0.6 * self.cosine + 0.25 * shared + 0.15 * self.likeness - (0.1 if self.negation_differs else 0.0)


def _closeness(said: Profile, sought: Profile, cosine: float, differs: bool, vocabulary: Vocabulary) -> _Closeness:
    longer = abs(math.log((1 + said.length) / (1 + sought.length)))
    return _Closeness(cosine, overlap(said, sought, vocabulary), likeness(said, sought), differs, longer)


def _with_margins(best: Mapping[Key, tuple[_Closeness, str]], choices: float) -> dict[Key, tuple[Features, str]]:
    ranked: Sequence[float] = sorted((close.total for close, _ in best.values()), reverse=True)
    return {key: (_features(close, ranked, choices), phrase) for key, (close, phrase) in best.items()}


def _features(close: _Closeness, ranked: Sequence[float], choices: float) -> Features:
    rival = ranked[1] if close.total >= ranked[0] and len(ranked) > 1 else ranked[0]
    margin = close.total - rival if len(ranked) > 1 else _NO_RIVAL
    same = min(close.covered) * close.negation_differs
    return Features(
        cosine=close.cosine,
        phrase_covered=close.covered[0],
        text_covered=close.covered[1],
        likeness=close.likeness,
        negation_differs=float(close.negation_differs),
        negation_of_same=same,
        longer=min(close.longer, 3.0),
        margin=margin,
        choices=choices,
    )
