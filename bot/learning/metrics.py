"""Figures of merit of a classifier: confusion, F1, calibration, what lies outside, and several acts in one message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support, roc_auc_score

BINS = 10


@dataclass(frozen=True)
class Judged:
    """One message judged: the true label, the label said, and the probability claimed for it (0..1)."""

    truth: str
    said: str
    chance: float

    @property
    def right(self) -> bool:
        """Whether the label said is the true one."""
        return self.truth == self.said


@dataclass(frozen=True)
class Score:
    """How well one label is told: precision, recall and F1 (0..1), over `support` messages that carry it."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Bin:
    """Messages whose claimed probability lies in [low, high): how many, the mean claim, the share that was right."""

    low: float
    high: float
    count: int
    claimed: float
    right: float


@dataclass(frozen=True)
class Outside:
    """How well messages that no act covers are told apart from those that an act covers.

    `recall`: the share of outside messages turned away. `false_alarms`: the share of inside messages turned away.
    Whatever the threshold: `auroc` is the chance that an inside message scores above an outside one, ties counted half;
    `at_one_in_twenty` the recall where one inside message in twenty would be turned away.
    """

    recall: float
    false_alarms: float
    auroc: float
    at_one_in_twenty: float


@dataclass(frozen=True)
class Doubt:
    """How one message fared: a score that is higher for what is understood, and whether it was turned away."""

    score: float
    turned_away: bool


@dataclass(frozen=True)
class SeveralActs:
    """Messages that carry several acts. `any` and `all`: the share in which any or all true acts were found; `main`: in
    which the one said to be the main one is true; `precision`: the share of the acts said that are true.
    """

    any: float
    main: float
    all: float
    precision: float
    count: int


def scores(judged: Sequence[Judged]) -> tuple[Score, ...]:
    """Precision, recall and F1 of every label that occurs as a truth, in alphabetical order."""
    labels = truths(judged)
    told = precision_recall_fscore_support(
        [one.truth for one in judged], [one.said for one in judged], labels=labels, zero_division=0
    )
    return tuple(
        Score(label, float(precision), float(recall), float(f1), int(support))
        for label, precision, recall, f1, support in zip(labels, *told, strict=True)
    )


def macro_f1(judged: Sequence[Judged]) -> float:
    """The plain mean of F1 over the labels that occur as a truth; 0 when there is nothing."""
    told = scores(judged) if judged else ()
    return sum(score.f1 for score in told) / len(told) if told else 0.0


def accuracy(judged: Sequence[Judged]) -> float:
    """The share of messages judged right; 0 when there is nothing."""
    return sum(one.right for one in judged) / len(judged) if judged else 0.0


def confusion(judged: Sequence[Judged], labels: Sequence[str]) -> NDArray[np.int64]:
    """How often each label (row) was taken for each (column); said labels that are not listed are left out."""
    kept = [one for one in judged if one.truth in labels and one.said in labels]
    if not kept:
        return np.zeros((len(labels), len(labels)), dtype=np.int64)
    table = confusion_matrix([one.truth for one in kept], [one.said for one in kept], labels=list(labels))
    return np.asarray(table, dtype=np.int64)


def confusions(judged: Sequence[Judged], most: int = 12) -> tuple[tuple[str, str, int], ...]:
    """The commonest mistakes: (truth, said, how often), most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for one in judged:
        if not one.right:
            counts[one.truth, one.said] = counts.get((one.truth, one.said), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((truth, said, count) for (truth, said), count in ordered[:most])


def reliability(judged: Sequence[Judged], bins: int = BINS) -> tuple[Bin, ...]:
    """The reliability table: bins of equal width over the claimed probability; empty bins are left out."""
    filled: dict[int, list[Judged]] = {}
    for one in judged:
        filled.setdefault(min(int(one.chance * bins), bins - 1), []).append(one)
    return tuple(_bin(place, bins, ones) for place, ones in sorted(filled.items()))


def calibration_error(judged: Sequence[Judged], bins: int = BINS) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015): the mean gap between claim and truth, 0..1."""
    table = reliability(judged, bins)
    return sum(one.count * abs(one.claimed - one.right) for one in table) / len(judged) if judged else 0.0


def outside(inside_ones: Sequence[Doubt], outside_ones: Sequence[Doubt]) -> Outside:
    """How well outside messages were told from inside ones. Neither side may be empty."""
    inside_scores, outside_scores = [one.score for one in inside_ones], [one.score for one in outside_ones]
    truth = [1] * len(inside_ones) + [0] * len(outside_ones)
    limit = sorted(inside_scores)[len(inside_scores) // 20]
    return Outside(
        _share([one.turned_away for one in outside_ones]),
        _share([one.turned_away for one in inside_ones]),
        float(roc_auc_score(truth, inside_scores + outside_scores)),
        _share([score < limit for score in outside_scores]),
    )


def several_acts(truth: Sequence[frozenset[str]], said: Sequence[Sequence[str]]) -> SeveralActs:
    """How well the acts of messages that carry several were found; `said` names the main act of a message first."""
    pairs = list(zip(truth, said, strict=True))
    named = sum(len(set(acts)) for acts in said)
    return SeveralActs(
        any=_share([bool(true & set(acts)) for true, acts in pairs]),
        main=_share([bool(acts) and acts[0] in true for true, acts in pairs]),
        all=_share([true <= set(acts) for true, acts in pairs]),
        precision=sum(len(true & set(acts)) for true, acts in pairs) / named if named else 0.0,
        count=len(pairs),
    )


def truths(judged: Sequence[Judged]) -> list[str]:
    """The labels that occur as a truth, in alphabetical order."""
    return sorted({one.truth for one in judged})


def _bin(place: int, bins: int, ones: Sequence[Judged]) -> Bin:
    claimed = sum(one.chance for one in ones) / len(ones)
    return Bin(place / bins, (place + 1) / bins, len(ones), claimed, accuracy(ones))


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found) if found else 0.0
