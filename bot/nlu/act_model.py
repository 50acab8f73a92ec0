"""The trained model of acts: a text to a probability for each act, and how surely it was understood."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import DIMENSIONS, SentenceEncoder, Vector
from bot.nlu.ngrams import Grams, character_grams, weighted, word_grams

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class GramScorer:
    """A linear score per act from weighted n-grams."""

    places: dict[str, int]
    rarity: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: Scores

    def score(self, grams: list[str]) -> Scores:
        """One score per act; grams never seen in training count nothing."""
        index, values = weighted(grams, self.places, self.rarity)
        scores: Scores = self.bias + values @ self.weights[index]
        return scores


@dataclass(frozen=True)
class ViewScorer:
    """A linear score per act from the encoder's views."""

    weights: NDArray[np.float32]
    bias: Scores

    def score(self, views: Vector) -> Scores:
        """One score per act."""
        scores: Scores = self.bias + views @ self.weights
        return scores


@dataclass(frozen=True)
class Calibration:
    """What held-out voices taught: how to blend the scorers, and what their agreement is worth.

    `blend` weighs views, words and characters. `understood` is (slope, intercept) of the logistic that turns probability
    times nearest cosine into the chance of being right. `act_floor` is the least probability at which a clause's act is
    believed.
    """

    blend: tuple[float, float, float]
    understood: tuple[float, float]
    act_floor: float


@dataclass(frozen=True)
class Verdict:
    """A probability for every act, likeliest first, and the chance that the first is right."""

    ranking: tuple[tuple[str, float], ...]
    understood: float

    @property
    def act(self) -> str:
        """The likeliest act."""
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """Its probability."""
        return self.ranking[0][1]


@dataclass(frozen=True)
class ActModel:
    """Everything needed to tell acts apart; built by `act_training.fit`."""

    acts: tuple[str, ...]
    views: ViewScorer
    words: GramScorer
    characters: GramScorer
    examples: NDArray[np.float32]
    calibration: Calibration

    def judge(self, text: str, encoder: SentenceEncoder) -> Verdict:
        """What the text most likely does."""
        views = encoder.views(text)
        chances = softmax(self._blended(text, views))
        nearest = float((self.examples @ views[:DIMENSIONS]).max()) if len(self.examples) else 0.0
        order = np.argsort(-chances)
        ranking = tuple((self.acts[place], float(chances[place])) for place in order)
        return Verdict(ranking, self._understood(ranking[0][1] * max(nearest, 0.0)))

    def likeliest(self, text: str, views: Vector) -> tuple[str, float]:
        """The act a part of a message, with these views, most likely does, and its probability."""
        chances = softmax(self._blended(text, views))
        place = int(chances.argmax())
        return self.acts[place], float(chances[place])

    def _blended(self, text: str, views: Vector) -> Scores:
        by_view, by_word, by_character = self.calibration.blend
        scores: Scores = by_view * self.views.score(views)
        scores = scores + by_word * self.words.score(word_grams(text))
        return scores + by_character * self.characters.score(character_grams(text))

    def _understood(self, agreement: float) -> float:
        slope, intercept = self.calibration.understood
        return float(1.0 / (1.0 + np.exp(-(slope * agreement + intercept))))

    def save(self, folder: Path) -> None:
        """Write the model into the folder as plain arrays and JSON: nothing in it can run code when loaded."""
        np.savez_compressed(
            folder / "acts.npz",
            views=self.views.weights,
            views_bias=self.views.bias,
            examples=self.examples.astype(np.float16),
            **_gram_arrays("words", self.words),
            **_gram_arrays("characters", self.characters),
        )
        (folder / "acts.json").write_text(json.dumps(self._facts()), encoding="utf-8")

    def _facts(self) -> dict[str, object]:
        return {
            "acts": self.acts,
            "words": list(self.words.places),
            "characters": list(self.characters.places),
            "blend": self.calibration.blend,
            "understood": self.calibration.understood,
            "act_floor": self.calibration.act_floor,
        }

    @classmethod
    def load(cls, folder: Path) -> ActModel:
        """Read a saved model; raises OSError, ValueError or KeyError when it is missing or damaged."""
        facts = json.loads((folder / "acts.json").read_text(encoding="utf-8"))
        with np.load(folder / "acts.npz", allow_pickle=False) as arrays:
            return cls(
                tuple(facts["acts"]),
                ViewScorer(arrays["views"].astype(np.float32), arrays["views_bias"]),
                _gram_scorer("words", facts["words"], arrays),
                _gram_scorer("characters", facts["characters"], arrays),
                arrays["examples"].astype(np.float32),
                Calibration(tuple(facts["blend"]), tuple(facts["understood"]), facts["act_floor"]),
            )


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    chances: NDArray[np.float32] = powers / powers.sum(axis=-1, keepdims=True)
    return chances


GRAMS: dict[str, Grams] = {"words": word_grams, "characters": character_grams}


def _gram_arrays(name: str, scorer: GramScorer) -> dict[str, NDArray[np.float32]]:
    return {name: scorer.weights, f"{name}_rarity": scorer.rarity, f"{name}_bias": scorer.bias}


def _gram_scorer(name: str, grams: list[str], arrays: dict[str, NDArray[np.float32]]) -> GramScorer:
    places = {gram: place for place, gram in enumerate(grams)}
    return GramScorer(places, arrays[f"{name}_rarity"], arrays[name].astype(np.float32), arrays[f"{name}_bias"])
