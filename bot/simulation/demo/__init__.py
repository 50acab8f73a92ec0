"""A fresh installation filled with simulated conversations over some months, so that every page can be tried at once."""

from __future__ import annotations

from bot.simulation.demo.filling import Filled, Plan, fill

__all__ = ["Filled", "Plan", "fill"]
