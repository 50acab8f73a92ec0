"""The figures of merit, against tables worked out by hand."""

import numpy as np
import pytest

from bot.learning.metrics import (
    Bin,
    Doubt,
    Judged,
    Outside,
    Score,
    SeveralActs,
    accuracy,
    calibration_error,
    confusion,
    confusions,
    macro_f1,
    outside,
    reliability,
    scores,
    several_acts,
)

JUDGED = [
    Judged("greet", "greet", 0.95),
    Judged("greet", "greet", 0.85),
    Judged("greet", "leave", 0.55),
    Judged("leave", "leave", 0.65),
    Judged("leave", "thank", 0.45),
    Judged("thank", "thank", 0.95),
]


def test_scores_of_each_label() -> None:
    """Precision is right / said, recall is right / true, F1 their harmonic mean."""
    assert scores(JUDGED) == (
        Score("greet", 1.0, pytest.approx(2 / 3), pytest.approx(0.8), 3),
        Score("leave", 0.5, 0.5, 0.5, 2),
        Score("thank", 0.5, 1.0, pytest.approx(2 / 3), 1),
    )


def test_macro_f1_is_the_plain_mean_over_true_labels() -> None:
    """A rare label weighs as much as a common one; a label never true only lowers the others' recall."""
    assert macro_f1(JUDGED) == pytest.approx((0.8 + 0.5 + 2 / 3) / 3)
    assert macro_f1([Judged("greet", "nlu_fallback", 0.3), Judged("greet", "greet", 0.9)]) == pytest.approx(2 / 3)


def test_nothing_judged_gives_zero() -> None:
    """Without messages there is no figure to be proud of."""
    assert (macro_f1([]), accuracy([]), calibration_error([]), reliability([])) == (0.0, 0.0, 0.0, ())


def test_accuracy() -> None:
    """Four of six were right."""
    assert accuracy(JUDGED) == pytest.approx(4 / 6)


def test_confusion_has_the_truth_in_rows() -> None:
    """Rows are truths, columns what was said, in the order of the labels given."""
    assert np.array_equal(confusion(JUDGED, ["greet", "leave", "thank"]), [[2, 1, 0], [0, 1, 1], [0, 0, 1]])


def test_a_label_outside_the_list_is_left_out_of_the_confusion() -> None:
    """Only the listed labels have a row and a column, even when nothing is left."""
    assert confusion([Judged("greet", "nlu_fallback", 0.4)], ["greet", "leave"]).sum() == 0


def test_commonest_mistakes_come_first() -> None:
    """Mistakes are counted by truth and by what was said; equals in alphabetical order."""
    twice = [Judged("thank", "leave", 0.5), Judged("thank", "leave", 0.6)]
    assert confusions([*JUDGED, *twice], most=2) == (("thank", "leave", 2), ("greet", "leave", 1))


def test_reliability_bins_claims_and_truths() -> None:
    """Claims from 0.9 to 1 count in one bin, with their mean and the share that was right; empty bins are absent."""
    table = reliability([Judged("a", "a", 0.92), Judged("a", "b", 0.98), Judged("a", "a", 1.0), Judged("a", "a", 0.1)])
    assert table == (
        Bin(0.1, 0.2, 1, 0.1, 1.0),
        Bin(0.9, 1.0, 3, pytest.approx(2.9 / 3), pytest.approx(2 / 3)),
    )


def test_calibration_error_weighs_bins_by_their_messages() -> None:
    """|0.8 - 0.5| over two messages and |0.3 - 0| over one: 0.3 in the mean."""
    judged = [Judged("a", "a", 0.8), Judged("a", "b", 0.8), Judged("a", "b", 0.3)]
    assert calibration_error(judged) == pytest.approx((2 * 0.3 + 0.3) / 3)


def test_outside_recall_and_false_alarms() -> None:
    """Two of three outside ones and one of four inside ones were turned away; 10 of 12 pairs are in order.

    Turning away at most one in twenty of four leaves none: only what scores below 0.2 could go.
    """
    inside_ones = [Doubt(0.9, False), Doubt(0.8, False), Doubt(0.7, False), Doubt(0.2, True)]
    outside_ones = [Doubt(0.1, True), Doubt(0.3, True), Doubt(0.6, False)]
    assert outside(inside_ones, outside_ones) == Outside(pytest.approx(2 / 3), 0.25, pytest.approx(10 / 12), pytest.approx(1 / 3))


def test_several_acts() -> None:
    """Any: one was found. Main: the first said is true. All: none is missing. Precision: said acts that are true."""
    truth = [frozenset({"greet", "thank"}), frozenset({"leave", "thank"}), frozenset({"greet", "leave"})]
    said = [["thank", "greet"], ["greet", "leave"], ["affirms"]]
    assert several_acts(truth, said) == SeveralActs(
        any=pytest.approx(2 / 3), main=pytest.approx(1 / 3), all=pytest.approx(1 / 3), precision=3 / 5, count=3
    )


def test_a_message_in_which_no_act_was_found_counts_as_missed() -> None:
    """Silence is neither right nor an error."""
    assert several_acts([frozenset({"greet"})], [[]]) == SeveralActs(0.0, 0.0, 0.0, 0.0, 1)
