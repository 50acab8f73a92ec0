"""Simulated customers, for evaluation, load and demonstration data."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """What `advisor simulate` does; returns its exit code."""
    from bot.simulation.command import main as simulate

    return simulate(argv)


__all__ = ["main"]
