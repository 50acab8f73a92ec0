"""What simulated customers showed, as tables for the terminal and as one HTML page with plots, both from the same results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.learning import plots as shares
from bot.learning.page import figure, heading, page, paragraph, side_by_side, table, text_table
from bot.simulation import plots
from bot.simulation.policies import POLICIES
from bot.simulation.results import RUNGS, Figures, Result, grouped, mistaken

ENGINE = next(iter(POLICIES))
_HEADINGS = ("", "customers", "right rung", "where clear", "need found", "needless buy", "questions", "turns")


@dataclass(frozen=True)
class Report:
    """Results of the engine facing simulated customers, and of the whole assistant reading what they type."""

    engine: tuple[Result, ...] = ()
    real: tuple[Result, ...] = ()


def summary(report: Report) -> str:
    """The figures as text."""
    parts = []
    if report.engine:
        parts.append("The engine, against a script and against chance\n\n" + text_table(_HEADINGS, _policy_rows(report)))
    if report.real:
        parts.append("The whole assistant, reading new phrasings\n\n" + text_table(_HEADINGS, _real_rows(report)))
    return "\n\n".join(parts)


def report_page(report: Report) -> str:
    """The whole page."""
    parts = [paragraph(_ABOUT)]
    parts += _engine_parts(report) if report.engine else []
    parts += _real_parts(report) if report.real else []
    return page("How simulated customers are advised", parts)


_ABOUT = (
    "A simulated customer has a problem, a true cause drawn by how common the author calls it, and facts drawn by how "
    "likely the author calls them under that cause. The right rung is the one somebody would advise who knew the cause and "
    "every fact. Some customers' facts point elsewhere, as unlikely things do happen: nobody could tell; the column “where "
    "clear” leaves them out. “Needless buy” is the share to whom a purchase was advised although something cheaper serves. "
    "“Turns” is the median number of the customer's messages up to the advice, “questions” the mean number of questions "
    "about facts."
)


def _engine_parts(report: Report) -> list[str]:
    by_policy = grouped(report.engine, lambda one: one.policy)
    ours = by_policy.get(ENGINE, [])
    asked = {policy: _by_trade(ones, lambda figures: figures.questions) for policy, ones in by_policy.items()}
    right = {policy: _by_trade(ones, lambda figures: figures.right_rung) for policy, ones in by_policy.items()}
    spread = {policy: [one.questions for one in ones] for policy, ones in by_policy.items()}
    return [
        heading("The engine, against a script and against chance"),
        paragraph(
            "All three face the same customers and share beliefs and advice. The script asks every check of the problem in "
            "the catalogue's order and then what its remedies depend on; chance asks in random order as long as the engine "
            "would ask anything."
        ),
        table(_HEADINGS, _policy_rows(report)),
        side_by_side(
            figure(shares.bars(right), "Share of customers advised on the right rung."),
            figure(plots.counts(asked, "questions"), "Mean number of questions about facts."),
        ),
        side_by_side(
            figure(plots.spread(spread, "questions"), "How many questions it took."),
            figure(plots.crossing(_crossed(ours), RUNGS), "What was right (row) and what the engine advised (column)."),
        ),
        paragraph("By how the customer talks:"),
        table(_HEADINGS, _rows(grouped(ours, lambda one: one.style))),
        *_mistakes(ours),
    ]


def _real_parts(report: Report) -> list[str]:
    return [
        heading("The whole assistant, reading new phrasings"),
        paragraph(
            "The same customers type to the trained assistant, in phrasings that are neither in the catalogue nor in the "
            "training data, and press its ready replies where they have no words of their own."
        ),
        table(_HEADINGS, _real_rows(report)),
        side_by_side(
            figure(shares.bars(_real_shares(report)), "Right rung and need found, by trade."),
            figure(plots.crossing(_crossed(report.real), RUNGS), "What was right (row) and what was advised (column)."),
        ),
        *_mistakes(report.real),
    ]


def _mistakes(results: Sequence[Result]) -> list[str]:
    rows = [[truth, said, str(count)] for truth, said, count in mistaken(results)[:10]]
    return [paragraph("The commonest mistakes:"), table(("right", "advised", "times"), rows)] if rows else []


def _by_trade(results: Sequence[Result], figure_of: Callable[[Figures], float]) -> dict[str, float]:
    return {trade: figure_of(Figures.of(ones)) for trade, ones in grouped(results, lambda one: one.trade).items()}


def _real_shares(report: Report) -> dict[str, dict[str, float]]:
    return {
        "right rung": _by_trade(report.real, lambda figures: figures.right_rung),
        "need found": _by_trade(report.real, lambda figures: figures.found_need),
    }


def _crossed(results: Sequence[Result]) -> Counter[tuple[str, str]]:
    return Counter((one.right, one.advised) for one in results)


def _policy_rows(report: Report) -> list[list[str]]:
    return _rows(grouped(report.engine, lambda one: f"{one.trade}, {one.policy}"))


def _real_rows(report: Report) -> list[list[str]]:
    by_trade = _rows(grouped(report.real, lambda one: one.trade))
    return by_trade + _rows(grouped(report.real, lambda one: f"all, {one.style}"))


def _rows(groups: dict[str, list[Result]]) -> list[list[str]]:
    return [[name, *_cells(Figures.of(ones))] for name, ones in groups.items()]


def _cells(figures: Figures) -> list[str]:
    return [
        str(figures.count),
        f"{figures.right_rung:.1%}",
        f"{figures.right_where_clear:.1%}",
        f"{figures.found_need:.1%}",
        f"{figures.needless:.1%}",
        f"{figures.questions:.1f}",
        f"{figures.turns:g}",
    ]
