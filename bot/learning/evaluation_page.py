"""The evaluation as tables for the terminal and as one HTML page with plots, both from the same studies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.learning import metrics, plots
from bot.learning.acts_study import ActsStudy
from bot.learning.matching_study import MatchingStudy
from bot.learning.page import figure, heading, page, paragraph, side_by_side, table, text_table


@dataclass(frozen=True)
class Evaluation:
    """Everything measured: the acts of each model (ours first), the matcher of each trade, and on how many voices."""

    acts: tuple[ActsStudy, ...]
    matching: tuple[MatchingStudy, ...]
    threshold: float
    voices: int
    model: str = ""


def summary(evaluation: Evaluation) -> str:
    """The figures as text."""
    parts = [text_table(_act_headings(evaluation), _act_rows(evaluation))]
    if evaluation.matching:
        parts.append(text_table(_MATCHING, _matching_rows(evaluation.matching)))
    return "\n\n".join(parts)


def evaluation_page(evaluation: Evaluation) -> str:
    """The whole page."""
    ours = evaluation.acts[0]
    parts = [
        paragraph(
            f"Measured on {len(ours.judged)} messages of {evaluation.voices} voices held out of training"
            f"{f', with the model {evaluation.model}' if evaluation.model else ''}. A voice is one author with a "
            "trade, a temper and typing habits of their own. Every model is asked for its best guess, also where it "
            "would say that it did not understand."
        ),
        table(_act_headings(evaluation), _act_rows(evaluation)),
        *_acts(evaluation),
        *_outside(evaluation),
        *_several(evaluation),
        *_matching(evaluation.matching),
    ]
    return page("How well customers are understood", parts)


def _acts(evaluation: Evaluation) -> list[str]:
    ours = evaluation.acts[0]
    judged = {study.name: study.judged for study in evaluation.acts}
    mistakes = [[truth, said, str(count)] for truth, said, count in metrics.confusions(ours.judged)]
    return [
        heading("Acts"),
        figure(plots.f1_by_act(judged), "F1 of each act on held-out voices."),
        figure(plots.confusion(ours.judged), "Which act (row) was taken for which (column) by our model."),
        paragraph("Our commonest mistakes:"),
        table(("true", "said", "times"), mistakes),
        heading("Calibration"),
        figure(
            plots.reliability(judged),
            "The probability claimed for the act against the share that was right; larger points stand for more "
            "messages. On the dotted line a claim means what it says.",
        ),
    ]


def _outside(evaluation: Evaluation) -> list[str]:
    inside, outside = evaluation.acts[0].scores
    return [
        heading("Out of scope"),
        paragraph(
            f"{len(outside)} messages that no act covers, against {len(inside)} that one does (small talk and other "
            "topics aside). Turned away: the model says it did not understand. Kept out: it does, or takes the "
            "message for small talk or another topic, so that it never becomes a need."
        ),
        figure(plots.understood(inside, outside, evaluation.threshold), "The score of being understood, ours."),
    ]


def _several(evaluation: Evaluation) -> list[str]:
    shares = {
        study.name: {"any act": study.several.any, "main act": study.several.main, "all acts": study.several.all}
        for study in evaluation.acts
    }
    count = evaluation.acts[0].several.count
    return [
        heading("Several acts in one message"),
        figure(plots.bars(shares), f"Of {count} messages with several acts: any, the main, or all acts found."),
    ]


def _matching(studies: Sequence[MatchingStudy]) -> list[str]:
    if not studies:
        return []
    shares = {study.trade: {"best": study.first, "best two": study.second, "answer": study.answered} for study in studies}
    problems = {"problems": [one for study in studies for one in study.problems]}
    return [
        heading("Problems and answers of the catalogues"),
        paragraph("Phrasings written for this test by other authors than the catalogues'; none is in a catalogue."),
        table(_MATCHING, _matching_rows(studies)),
        side_by_side(
            figure(plots.bars(shares), "Problems recognised at once or among the best two; answers taken rightly."),
            figure(plots.reliability(problems), "The probability claimed for a problem against the share right."),
        ),
    ]


_ROWS: tuple[tuple[str, Callable[[ActsStudy], str]], ...] = (
    ("macro-F1", lambda study: f"{study.macro_f1:.3f}"),
    ("accuracy", lambda study: f"{study.accuracy:.1%}"),
    ("calibration error (ECE)", lambda study: f"{study.calibration_error:.3f}"),
    ("out of scope: turned away", lambda study: f"{study.doubted.recall:.1%}"),
    ("  false alarms", lambda study: f"{study.doubted.false_alarms:.1%}"),
    ("out of scope: kept out", lambda study: f"{study.kept_out.recall:.1%}"),
    ("  false alarms", lambda study: f"{study.kept_out.false_alarms:.1%}"),
    ("out of scope: turned away, were false alarms 5 %", lambda study: f"{study.doubted.at_one_in_twenty:.1%}"),
    ("out of scope: AUROC", lambda study: f"{study.doubted.auroc:.3f}"),
    ("several acts: any found", lambda study: f"{study.several.any:.1%}"),
    ("several acts: main found", lambda study: f"{study.several.main:.1%}"),
    ("several acts: all found", lambda study: f"{study.several.all:.1%}"),
    ("several acts: precision", lambda study: f"{study.several.precision:.1%}"),
)
_MATCHING = ("trade", "problems", "best", "best two", "ECE", "answers", "right", "mistaken", "asked again")


def _act_headings(evaluation: Evaluation) -> list[str]:
    return ["acts", *(study.name for study in evaluation.acts)]


def _act_rows(evaluation: Evaluation) -> list[list[str]]:
    return [[name, *(value(study) for study in evaluation.acts)] for name, value in _ROWS]


def _matching_rows(studies: Sequence[MatchingStudy]) -> list[list[str]]:
    return [
        [
            study.trade,
            str(len(study.problems)),
            f"{study.first:.1%}",
            f"{study.second:.1%}",
            f"{metrics.calibration_error(study.problems):.3f}",
            str(len(study.answers)),
            f"{study.answered:.1%}",
            f"{study.mistaken:.1%}",
            f"{1 - study.answered - study.mistaken:.1%}",
        ]
        for study in studies
    ]
