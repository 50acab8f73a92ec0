"""The plots of the simulation page that count rather than share, each as SVG text that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.learning.plots import COLOURS, drawn


def counts(groups: Mapping[str, Mapping[str, float]], unit: str) -> str:
    """Mean numbers side by side: an outer key is a colour, an inner key a place on the axis."""
    names = list(next(iter(groups.values())))

    def draw(axes: Any) -> None:
        width = 0.8 / len(groups)
        for place, (group, values) in enumerate(groups.items()):
            middles = [middle - 0.4 + width * (place + 0.5) for middle in range(len(names))]
            drawn = axes.bar(middles, [values[name] for name in names], width, color=COLOURS[place], label=group)
            axes.bar_label(drawn, [f"{values[name]:.1f}" for name in names], fontsize=8)
        axes.set(xticks=range(len(names)), ylabel=unit)
        axes.set_xticklabels(names)
        axes.margins(y=0.25)
        axes.grid(axis="y", alpha=0.3)
        axes.legend(loc="upper center", ncol=len(groups), fontsize=8)

    return drawn(draw, max(4.8, 1.6 * len(names)), 3.4)


def spread(groups: Mapping[str, Sequence[int]], unit: str) -> str:
    """How whole numbers are spread, as shares of each group."""
    most = max((max(values, default=0) for values in groups.values()), default=0)

    def draw(axes: Any) -> None:
        for place, (group, values) in enumerate(groups.items()):
            shares = [values.count(number) / max(len(values), 1) for number in range(most + 1)]
            axes.plot(range(most + 1), shares, marker="o", markersize=3, color=COLOURS[place], label=group)
        axes.set(xlabel=unit, ylabel="share of conversations", ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend(loc="upper right", fontsize=8)

    return drawn(draw, 4.8, 3.4)


def crossing(table: Mapping[tuple[str, str], int], names: Sequence[str]) -> str:
    """Rows are what was right, columns what was advised, shaded by the share of the row."""
    rows = [[table.get((row, column), 0) for column in names] for row in names]
    shares = [[count / max(sum(row), 1) for count in row] for row in rows]

    def draw(axes: Any) -> None:
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        axes.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="advised", ylabel="right")
        axes.set_xticklabels(names, rotation=45, ha="right")
        axes.set_yticklabels(names)
        for row, counted in enumerate(rows):
            for column, count in enumerate(counted):
                colour = "white" if shares[row][column] > 0.5 else "#333333"
                axes.text(column, row, count or "", ha="center", va="center", fontsize=7, color=colour)

    return drawn(draw, 4.8, 4.6)
