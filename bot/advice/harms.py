"""Harms that every trade knows: whoever tells of one is warned, though their company's catalogue has no danger for it."""

from __future__ import annotations

SHOCK = "harm_shock"
FIRE = "harm_fire"
GAS = "harm_gas"
MOVING = "harm_moving"
FALLING = "harm_falling"
INJURY = "harm_injury"

HARMS: tuple[str, ...] = (SHOCK, FIRE, GAS, MOVING, FALLING, INJURY)
"""Their ids, as a danger of the catalogue has one; what is said of each is `utter_<id>` in domain.yml."""
