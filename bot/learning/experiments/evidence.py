"""Evidence that stays honest however often it is looked at: a sequential test of two shares, and intervals for each.

The test is the e-process for two streams of Bernoulli outcomes of R. J. Turner, A. Ly and P. D. Grünwald, "Generic E-variables
for exact sequential k-sample tests that allow for optional stopping", Journal of Statistical Planning and Inference 230 (2024),
https://arxiv.org/abs/2106.02693. Outcomes are paired, one of each arm in order of arrival; the shares claimed for a pair are
learnt from the pairs before it, and their mean is the share under "no difference". Whatever the true share, the evidence against
"no difference" then grows beyond 1/a with probability at most a, at whatever moment one stops (Ville's inequality).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scipy.special import betaincinv

PRIOR = 0.18
"""Beta(0.18, 0.18), the prior that the authors found to learn fastest."""


@dataclass(frozen=True)
class Race:
    """One arm against things as they are: outcomes that wait for a partner, the pairs so far, and the evidence both ways.

    `better` and `worse` are natural logarithms of the evidence that the arm's share is higher, or lower.
    """

    control_waiting: tuple[bool, ...] = ()
    arm_waiting: tuple[bool, ...] = ()
    pairs: int = 0
    control_won: int = 0
    arm_won: int = 0
    better: float = 0.0
    worse: float = 0.0

    def with_outcome(self, of_arm: bool, won: bool) -> Race:
        """The race after one more outcome, of the arm or of the control."""
        control = self.control_waiting if of_arm else (*self.control_waiting, won)
        arm = (*self.arm_waiting, won) if of_arm else self.arm_waiting
        race = Race(control, arm, self.pairs, self.control_won, self.arm_won, self.better, self.worse)
        return race._paired() if control and arm else race

    def _paired(self) -> Race:
        control, arm = self.control_waiting[0], self.arm_waiting[0]
        share, other = self._share(self.control_won), self._share(self.arm_won)
        gain = math.log(factor(share, other, control, arm))
        return Race(
            self.control_waiting[1:],
            self.arm_waiting[1:],
            self.pairs + 1,
            self.control_won + control,
            self.arm_won + arm,
            self.better + (gain if other > share else 0.0),
            self.worse + (gain if other < share else 0.0),
        )

    def _share(self, won: int) -> float:
        return (won + PRIOR) / (self.pairs + 2 * PRIOR)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Race:
        """What `plain()` gave."""
        known: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()}
        return cls(**known)


def factor(control: float, arm: float, control_won: bool, arm_won: bool) -> float:
    """What one pair adds to the evidence for two shares against one for both; at most 1 on average where one share holds."""
    mean = (control + arm) / 2
    return _chance(control, control_won) * _chance(arm, arm_won) / (_chance(mean, control_won) * _chance(mean, arm_won))


def _chance(share: float, won: bool) -> float:
    return share if won else 1 - share


def interval(won: int, lost: int, within: float = 0.95) -> tuple[float, float]:
    """The central credible interval of a share after these outcomes, from a Beta(1 + won, 1 + lost) posterior (uniform prior)."""
    tail = (1 - within) / 2
    return float(betaincinv(1 + won, 1 + lost, tail)), float(betaincinv(1 + won, 1 + lost, 1 - tail))
