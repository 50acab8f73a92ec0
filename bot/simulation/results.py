"""What came of simulated conversations, and the figures drawn from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median

from bot.advice.catalogue import Rung
from bot.simulation.truths import PERSON

RUNGS = (*(rung.value for rung in Rung), PERSON)
"""What the talk can end with, cheapest first, a person last."""


@dataclass(frozen=True)
class Result:
    """One conversation: who it was with, what was right, what was advised ("" when it never came to that), and how long it took.

    `questions` counts the questions about facts; `turns` the customer's messages up to the advice.
    """

    trade: str
    policy: str
    style: str
    problem: str
    cause: str
    right: str
    advised: str
    found_need: bool
    questions: int
    turns: int
    misled: bool = False
    """Whether all that the customer could tell speaks for another cause than the true one."""
    right_remedy: str = ""
    remedy: str = ""

    @property
    def on_right_rung(self) -> bool:
        """Whether the advice stands on the rung that somebody who knew the truth would choose."""
        return self.advised == self.right

    @property
    def needless(self) -> bool:
        """Whether a purchase was advised to somebody whom something cheaper serves."""
        return self.advised == Rung.BUY.value and self.right != Rung.BUY.value


@dataclass(frozen=True)
class Figures:
    """The figures of some conversations; shares are 0..1."""

    count: int
    right_rung: float
    right_where_clear: float
    found_need: float
    needless: float
    questions: float
    turns: float

    @classmethod
    def of(cls, results: Sequence[Result]) -> Figures:
        """The figures of `results`, which may not be empty."""
        clear = [one.on_right_rung for one in results if not one.misled]
        return cls(
            len(results),
            mean(one.on_right_rung for one in results),
            mean(clear) if clear else 0.0,
            mean(one.found_need for one in results),
            mean(one.needless for one in results),
            mean(one.questions for one in results),
            median(one.turns for one in results),
        )


def grouped(results: Iterable[Result], by: Callable[[Result], str]) -> dict[str, list[Result]]:
    """Results by a name of theirs, in order of appearance."""
    found: dict[str, list[Result]] = {}
    for one in results:
        found.setdefault(by(one), []).append(one)
    return found


def mistaken(results: Iterable[Result]) -> list[tuple[str, str, int]]:
    """Right rung, advised rung, how often: the confusions, commonest first."""
    wrong = Counter((one.right, one.advised or "nothing said") for one in results if not one.on_right_rung)
    return [(truth, said, count) for (truth, said), count in wrong.most_common()]
