"""How well the acts of held-out voices are told: ours and Rasa's stock pipeline, measured alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.learning import metrics
from bot.learning.metrics import Doubt, Judged, Outside, SeveralActs
from bot.learning.opinions import ASIDE, Opinion
from bot.learning.voices import Spoken, Voices


@dataclass(frozen=True)
class ActsStudy:
    """The figures of one model.

    `judged` holds every message of one act with the model's best guess, whether or not it would have said it did not
    understand. `doubted` tells outside from inside by the model's own rule alone, `kept_out` also counts what it took
    for small talk or another topic. `scores` are the inside and the outside scores of that rule.
    """

    name: str
    judged: tuple[Judged, ...]
    doubted: Outside
    kept_out: Outside
    several: SeveralActs
    scores: tuple[tuple[float, ...], tuple[float, ...]]

    @property
    def macro_f1(self) -> float:
        """The plain mean of F1 over the acts."""
        return metrics.macro_f1(self.judged)

    @property
    def accuracy(self) -> float:
        """The share of messages whose act was guessed right."""
        return metrics.accuracy(self.judged)

    @property
    def calibration_error(self) -> float:
        """The mean gap between the probability claimed and the share that was right."""
        return metrics.calibration_error(self.judged)


def study(name: str, voices: Voices, opinions: Mapping[str, Opinion]) -> ActsStudy:
    """Measure one model by its opinions of every held-out text."""
    inside = [spoken for spoken in voices.single if spoken.act not in ASIDE]
    inner, outer = _of(inside, opinions), _of(voices.outside, opinions)
    return ActsStudy(
        name,
        tuple(_judged(spoken, opinions[spoken.text]) for spoken in voices.single),
        metrics.outside(_doubts(inner), _doubts(outer)),
        metrics.outside(_kept_out(inner), _kept_out(outer)),
        metrics.several_acts(
            [frozenset(spoken.acts) for spoken in voices.several],
            [opinion.acts for opinion in _of(voices.several, opinions)],
        ),
        (tuple(one.understood for one in inner), tuple(one.understood for one in outer)),
    )


def _judged(spoken: Spoken, opinion: Opinion) -> Judged:
    return Judged(spoken.act, opinion.act, opinion.chance)


def _of(spoken: Sequence[Spoken], opinions: Mapping[str, Opinion]) -> list[Opinion]:
    return [opinions[one.text] for one in spoken]


def _doubts(opinions: Sequence[Opinion]) -> list[Doubt]:
    return [Doubt(one.understood, one.turned_away) for one in opinions]


def _kept_out(opinions: Sequence[Opinion]) -> list[Doubt]:
    return [Doubt(one.understood, one.kept_out) for one in opinions]
