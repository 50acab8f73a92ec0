"""What a model says of a message, in one form for ours and for Rasa's stock pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FALLBACK = "nlu_fallback"
"""The intent by which Rasa's FallbackClassifier says that it did not understand."""

ASIDE = frozenset({"off_topic", "small_talk"})
"""Acts that are answered in passing and never taken for a need."""


@dataclass(frozen=True)
class Opinion:
    """One message judged: labels with probabilities, likeliest first; every act found, the main one first.

    `understood` is the score by which the model tells what it understands, `turned_away` whether it took the message
    for one it does not understand, by its own stored rule.
    """

    ranking: tuple[tuple[str, float], ...]
    acts: tuple[str, ...]
    understood: float
    turned_away: bool

    @property
    def act(self) -> str:
        """The likeliest act, empty when none was found."""
        return self.ranking[0][0] if self.ranking else ""

    @property
    def chance(self) -> float:
        """Its probability."""
        return self.ranking[0][1] if self.ranking else 0.0

    @property
    def kept_out(self) -> bool:
        """Whether the message stays out of the advice: not understood, or taken for small talk or another topic."""
        return self.turned_away or self.act in ASIDE


def ours(parse: Mapping[str, Any], threshold: float) -> Opinion:
    """The opinion in a parse of our pipeline; below the threshold, or in another language, it is not understood."""
    ranking = _ranking(parse)
    understood = float(parse.get("understood") or 0.0)
    trouble = (parse.get("reading") or {}).get("trouble")
    acts = tuple(act["name"] for act in parse.get("acts") or ())
    return Opinion(ranking, acts, understood, understood < threshold or trouble is not None)


def stock(parse: Mapping[str, Any]) -> Opinion:
    """The opinion in a parse of Rasa's stock pipeline: one act, its fallback set aside but remembered."""
    ranking = tuple(pair for pair in _ranking(parse) if pair[0] != FALLBACK)
    turned_away = (parse.get("intent") or {}).get("name") == FALLBACK
    return Opinion(ranking, tuple(act for act, _ in ranking[:1]), ranking[0][1] if ranking else 0.0, turned_away)


def _ranking(parse: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    return tuple((str(one["name"]), float(one["confidence"])) for one in parse.get("intent_ranking") or ())
