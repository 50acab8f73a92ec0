"""The plots of the evaluation page, each as SVG text that needs nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from bot.learning import metrics
from bot.learning.metrics import Judged

COLOURS = ("#2a6f97", "#d1603d", "#6a994e", "#7b5ea7", "#b08900", "#4d4d4d")
_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "advisor",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
}


def f1_by_act(judged: Mapping[str, Sequence[Judged]]) -> str:
    """F1 of every act, one bar for each model; the best act on top."""
    tables = {name: {score.label: score.f1 for score in metrics.scores(ones)} for name, ones in judged.items()}
    first = next(iter(tables.values()))
    acts = sorted(first, key=lambda act: first[act])

    def draw(axes: Any) -> None:
        height = 0.8 / len(tables)
        for place, (name, table) in enumerate(tables.items()):
            middles = np.arange(len(acts)) + 0.4 - height * (place + 0.5)
            axes.barh(middles, [table.get(act, 0.0) for act in acts], height, color=COLOURS[place % len(COLOURS)], label=name)
        axes.set(yticks=np.arange(len(acts)), xlim=(0, 1), xlabel="F1", ylim=(-0.6, len(acts) - 0.4))
        axes.set_yticklabels(acts)
        axes.grid(axis="x", alpha=0.3)
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncol=len(tables))

    return drawn(draw, 7.5, 1.2 + 0.26 * len(acts))


def confusion(judged: Sequence[Judged]) -> str:
    """Rows are the true acts, columns what was said, shaded by the share of the row."""
    acts = metrics.truths(judged)
    table = metrics.confusion(judged, acts)
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1)

    def draw(axes: Any) -> None:
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        axes.set(xticks=np.arange(len(acts)), yticks=np.arange(len(acts)), xlabel="said", ylabel="true")
        axes.set_xticklabels(acts, rotation=90, fontsize=7)
        axes.set_yticklabels(acts, fontsize=7)
        for row, column in zip(*np.nonzero(table), strict=True):
            colour = "white" if shares[row, column] > 0.5 else "#333333"
            axes.text(column, row, table[row, column], ha="center", va="center", fontsize=5.5, color=colour)

    return drawn(draw, 8.5, 8.5)


def reliability(judged: Mapping[str, Sequence[Judged]]) -> str:
    """Claimed probability against the share that was right; a point's size tells how many messages it stands for."""

    def draw(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color="#999999", linestyle=":", label="as claimed")
        for colour, (name, ones) in zip(COLOURS, judged.items(), strict=False):
            table = metrics.reliability(ones)
            claimed, right = [one.claimed for one in table], [one.right for one in table]
            axes.plot(claimed, right, color=colour, label=name)
            axes.scatter(claimed, right, [8 + 250 * one.count / max(len(ones), 1) for one in table], color=colour)
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="probability claimed", ylabel="share right")
        axes.grid(alpha=0.3)
        axes.legend(loc="upper left")

    return drawn(draw, 4.8, 4.4)


def understood(inside: Sequence[float], outside: Sequence[float], threshold: float) -> str:
    """The score by which outside messages are told, for inside and outside messages, and the threshold."""

    def draw(axes: Any) -> None:
        edges = np.linspace(0, 1, 26)
        for colour, name, values in ((COLOURS[0], "inside", inside), (COLOURS[1], "outside", outside)):
            share = np.full(len(values), 1 / max(len(values), 1))
            axes.hist(values, bins=edges, weights=share, color=colour, alpha=0.6, label=name)
        axes.axvline(threshold, color="#333333", linestyle="--", label=f"threshold {threshold:g}")
        axes.set(xlim=(0, 1), xlabel="score of being understood", ylabel="share of messages")
        axes.legend(loc="upper center")

    return drawn(draw, 4.8, 3.6)


def bars(groups: Mapping[str, Mapping[str, float]]) -> str:
    """Shares (0..1) side by side: an outer key is a colour, an inner key a place on the axis."""
    names = list(next(iter(groups.values())))

    def draw(axes: Any) -> None:
        width = 0.8 / len(groups)
        for place, (group, shares) in enumerate(groups.items()):
            middles = np.arange(len(names)) - 0.4 + width * (place + 0.5)
            drawn = axes.bar(middles, [shares[name] for name in names], width, color=COLOURS[place % len(COLOURS)], label=group)
            axes.bar_label(drawn, [f"{shares[name]:.0%}" for name in names], fontsize=8)
        axes.set(xticks=np.arange(len(names)), ylim=(0, 1.12), yticks=[0, 0.5, 1])
        axes.set_xticklabels(names)
        axes.grid(axis="y", alpha=0.3)
        axes.legend(loc="upper center", ncol=len(groups), fontsize=8)

    return drawn(draw, max(4.8, 1.2 * len(names)), 3.4)


def drawn(draw: Callable[[Any], None], width: float, height: float) -> str:
    """The SVG element of one pair of axes, sizes in inches."""
    with mpl.rc_context(_STYLE):
        figure = Figure((width, height), constrained_layout=True)
        draw(figure.subplots())
        text = io.StringIO()
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = text.getvalue()
    return svg[svg.index("<svg") :]
