"""Matching a message against a catalogue's own phrasings: which key it most likely means, as a probability."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import shared_encoder
from bot.nlu.lexical import Vocabulary, stems, trigrams
from bot.nlu.membership import Membership
from bot.nlu.phrase_cache import PhraseCache
from bot.nlu.phrase_search import Look, PhraseSearch, Rows
from bot.nlu.polarity import mentions_negation

Key = TypeVar("Key", bound=Hashable)
Table = NDArray[np.float64]
WEIGHTS_PATH = Path(__file__).with_name("matcher_weights.json")
CANDIDATES = 50
_RARE = 25
_REMEMBERED = 64
_SELECTIONS = 64
_NO_RIVAL = 0.35
_NOTHING = 1e-9


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
        return astuple(self)


NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True)
class Weights:
    """A logistic regression over Features."""

    intercept: float
    slopes: Mapping[str, float]

    def probability(self, features: Features) -> float:
        """The chance that the key is meant."""
        return float(self.probabilities(np.array([features.values()]))[0])

    def probabilities(self, rows: Table) -> Table:
        """The chance for each row of features, shape (n, 9)."""
        chances: Table = 1.0 / (1.0 + np.exp(-(self.intercept + rows @ self._slopes)))
        return chances

    @cached_property
    def _slopes(self) -> Table:
        return np.array([self.slopes[name] for name in NAMES])

    def save(self, path: Path = WEIGHTS_PATH) -> None:
        """Write the weights as JSON."""
        plain = {"intercept": round(self.intercept, 4), "slopes": {name: round(w, 4) for name, w in self.slopes.items()}}
        path.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")


@cache
def shipped_weights() -> Weights:
    """The weights that come with the product."""
    plain = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    return Weights(plain["intercept"], plain["slopes"])


@dataclass(frozen=True)
class _Said:
    """A text made ready to be compared with phrases; where they are few, it is compared with all of them at once."""

    look: Look
    stems: NDArray[np.float32]
    trigrams: NDArray[np.float32]
    named: Rows
    weight: float
    letters: int
    length: int
    negated: bool
    closeness: Table | None = None


@dataclass(frozen=True)
class _Selection:
    """The rows of some keys, in order, and for every row whether it is one of them."""

    rows: Rows
    holds: NDArray[np.bool_]


@dataclass(frozen=True)
class _Judged:
    """Candidate keys (by number), the row of the phrase that speaks best for each, and a row of features for each."""

    owners: Rows
    rows: Rows
    table: Table


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
        self._phrases = [phrase for _, phrase in pairs]
        self._encoder = shared_encoder()
        self._search = PhraseSearch(PhraseCache(cache_dir, self._encoder).vectors(self._phrases, progress))
        self._rows: dict[Key, list[int]] = defaultdict(list)
        for row, (key, _) in enumerate(pairs):
            self._rows[key].append(row)
        self._keys = list(self._rows)
        number = {key: place for place, key in enumerate(self._keys)}
        self._owners = np.array([number[key] for key, _ in pairs], dtype=np.int64)
        self._weights = weights or shipped_weights()
        self._selection = lru_cache(maxsize=_SELECTIONS)(self._select)
        self._said = lru_cache(maxsize=_REMEMBERED)(self._read)
        self._take_words([stems(phrase) for phrase in self._phrases])

    def _take_words(self, words: Sequence[tuple[str, ...]]) -> None:
        """What is compared of every phrase: stems and their weight, trigrams, length, negation."""
        self._vocabulary = Vocabulary(words)
        self._stems = Membership(frozenset(said) for said in words)
        weights = {stem: self._vocabulary.weight(stem) for stem in self._stems.place}
        self._phrase_weights = np.maximum(self._stems.sums(self._stems.weights(weights)), _NOTHING)
        self._trigrams = Membership(trigrams(phrase) for phrase in self._phrases)
        self._lengths = np.array([len(said) for said in words], dtype=np.float64)
        self._negated = np.array([mentions_negation(phrase) for phrase in self._phrases], dtype=bool)
        self._holding = self._rare_words(words)

    def __len__(self) -> int:
        """How many phrases there are."""
        return len(self._phrases)

    def phrases_of(self, key: Key) -> tuple[str, ...]:
        """The phrases of a key, in the order given; empty when there is no such key."""
        return tuple(self._phrases[row] for row in self._rows.get(key, ()))

    def match(self, text: str, keys: Collection[Key] | None = None, k: int = 5) -> list[Match[Key]]:
        """The k likeliest keys, best first; only of `keys` when given (pass a frozenset when asking for many often)."""
        judged = self._judge(text, keys)
        if judged is None:
            return []
        scores = self._weights.probabilities(judged.table)
        best = np.argsort(-scores, kind="stable")[:k].tolist()
        return [Match(self._keys[judged.owners[place]], float(scores[place]), self._phrases[judged.rows[place]]) for place in best]

    def features(self, text: str, keys: Collection[Key] | None = None) -> dict[Key, tuple[Features, str]]:
        """For each candidate key what speaks for it, and the phrase that does so best."""
        judged = self._judge(text, keys)
        if judged is None:
            return {}
        return {
            self._keys[owner]: (Features(*values), self._phrases[row])
            for owner, row, values in zip(judged.owners.tolist(), judged.rows.tolist(), judged.table.tolist(), strict=True)
        }

    def _judge(self, text: str, keys: Collection[Key] | None) -> _Judged | None:
        if not text.strip() or not self._phrases or (keys is not None and not keys):
            return None
        said = self._said(text)
        rows = self._candidates(said, None if keys is None else self._selection(frozenset(keys)))
        choices = len(keys) if keys is not None else len(self._rows)
        return self._compared(said, rows, math.log1p(choices) / 10) if len(rows) else None

    def _read(self, text: str) -> _Said:
        profile = self._vocabulary.profile(text)
        said = _Said(
            look=self._search.look(self._encoder.encode(text)),
            stems=self._stems.weights({stem: self._vocabulary.weight(stem) for stem in profile.stems}),
            trigrams=self._trigrams.weights(dict.fromkeys(profile.trigrams, 1.0)),
            named=self._named(text),
            weight=max(profile.weight, _NOTHING),
            letters=len(profile.trigrams),
            length=profile.length,
            negated=mentions_negation(text),
        )
        return said if self._search.large else replace(said, closeness=self._closeness(said, None))

    def _candidates(self, said: _Said, among: _Selection | None) -> Rows:
        """The nearest rows, and those that share a rare word with the text, such as a model's name; in order."""
        near = said.look.nearest(CANDIDATES, None if among is None else among.rows)
        named = said.named if among is None else said.named[among.holds[said.named]]
        if not len(named):
            return np.sort(near)
        rows = np.sort(np.concatenate((near, named)))
        distinct: Rows = rows[_begins(rows)]
        return distinct

    def _closeness(self, said: _Said, rows: Rows | None) -> Table:
        """A row of the first seven `Features` for each phrase, and a fixed blend of them to rank a key's phrases by."""
        place: Rows | slice = slice(None) if rows is None else rows
        cosine = said.look.cosines(np.arange(len(self._phrases)) if rows is None else rows)
        shared = self._stems.sums(said.stems, rows)
        covered, telling = shared / self._phrase_weights[place], shared / said.weight
        like = 2 * self._trigrams.sums(said.trigrams, rows) / np.maximum(self._trigrams.sizes[place] + said.letters, 1)
        differs = self._negated[place] != said.negated
        same = np.minimum(covered, telling) * differs
        longer = np.minimum(np.abs(np.log((1 + said.length) / (1 + self._lengths[place]))), 3.0)
        total = 0.6 * cosine + 0.125 * (covered + telling) + 0.15 * like - 0.1 * differs
        return np.stack((cosine, covered, telling, like, differs, same, longer, total), axis=1)

    def _compared(self, said: _Said, rows: Rows, choices: float) -> _Judged:
        """The phrase of each key that comes closest, with its features."""
        table = said.closeness[rows] if said.closeness is not None else self._closeness(said, rows)
        owners, total = self._owners[rows], table[:, -1]
        order = np.lexsort((-total, owners))
        first = order[_begins(owners[order])]
        judged = np.empty((len(first), len(NAMES)))
        judged[:, :-2] = table[first, :-1]
        judged[:, -2] = _margins(total[first])
        judged[:, -1] = choices
        return _Judged(owners[first], rows[first], judged)

    def _named(self, text: str) -> Rows:
        """Rows that share a rare word with the text."""
        rows = [row for stem in set(stems(text)) for row in self._holding.get(stem, ())]
        return np.unique(np.array(rows, dtype=np.int64))

    def _rare_words(self, words: Sequence[tuple[str, ...]]) -> dict[str, list[int]]:
        holding: dict[str, list[int]] = defaultdict(list)
        for row, said in enumerate(words):
            for stem in set(said):
                if self._vocabulary.counts[stem] <= _RARE:
                    holding[stem].append(row)
        return dict(holding)

    def _select(self, keys: frozenset[Key]) -> _Selection:
        rows = np.array(sorted(row for key in keys for row in self._rows.get(key, ())), dtype=np.int64)
        holds = np.zeros(len(self._phrases), dtype=bool)
        holds[rows] = True
        return _Selection(rows, holds)


def _begins(ordered: Rows) -> NDArray[np.bool_]:
    """Where a new value begins; what `np.unique` and `np.diff` would tell, in a third of their time."""
    begins = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    return begins


def _margins(totals: Table) -> Table:
    """How far each lies ahead of the best of the others."""
    if len(totals) == 1:
        return np.full(1, _NO_RIVAL)
    second, first = np.partition(totals, -2)[-2:]
    ahead: Table = totals - np.where(totals >= first, second, first)
    return ahead
