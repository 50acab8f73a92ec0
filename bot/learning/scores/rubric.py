"""The rubric: what a conversation is scored by, as data that a trainer edits; each edit is a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_CRITERIA = 20
HEAVIEST = 10.0


class RubricError(ValueError):
    """A rubric that cannot be used; `problems` maps the field (such as `why_first.weight`) to what to write instead."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True)
class Criterion:
    """One thing looked at. `weight` (0 to 10) says how much it counts, 0 switches it off; `automatic` ones have a rule of their
    own in `scoring.py`, the others are judged by people only. `limit` is the rule's number where it has one (words, messages).
    """

    id: str
    title: str
    help: str
    weight: float = 1.0
    automatic: bool = True
    limit: float | None = None


@dataclass(frozen=True)
class Rubric:
    """One version of the rubric."""

    version: int
    criteria: tuple[Criterion, ...]

    @property
    def counted(self) -> tuple[Criterion, ...]:
        """The criteria that count."""
        return tuple(one for one in self.criteria if one.weight > 0)

    def total(self, marks: Mapping[str, int | None]) -> float | None:
        """The score (0..100) that marks of 0 to 2 give by the weights; None when nothing applies."""
        judged = [(each.weight, mark) for each in self.counted if (mark := marks.get(each.id)) is not None]
        whole = sum(weight for weight, _ in judged)
        return 100 * sum(weight * mark / 2 for weight, mark in judged) / whole if whole else None

    def plain(self) -> list[dict[str, Any]]:
        """The criteria as JSON can hold them."""
        return [dict(vars(one)) for one in self.criteria]


STANDARD = Rubric(
    0,
    (
        Criterion("why_first", "Asked why before which", "The reason behind the request is known before any which or how many.", 3),
        Criterion("read_back", "Need read back", "The need is read back in the customer's words, and confirmed, before advice.", 3),
        Criterion("cheaper", "Cheaper rungs weighed aloud", "Advice says why nothing cheaper serves, or that something does.", 3),
        Criterion(
            "early", "No product or discount too early", "No product and no discount is brought up before the need is confirmed.", 3
        ),
        Criterion("referral", "Referral when due", "Where another vendor serves better, the customer is walked over.", 2),
        Criterion("expectations", "Expectations set", "How the customer will know it worked, and what to expect, is said.", 2),
        Criterion("promises", "Promises kept", "What was promised in this conversation was done, in time.", 2),
        Criterion("brevity", "Brief", "Questions are short: their words, on average, stay under the limit.", 1, limit=60.0),
        Criterion("effort", "Little effort for the customer", "Few messages until advice, and nothing asked twice.", 2, limit=9.0),
    ),
)
"""The rubric of a fresh installation."""

AUTOMATIC = tuple(one.id for one in STANDARD.criteria)


def read_rubric(version: int, criteria: Sequence[Mapping[str, Any]]) -> Rubric:
    """The rubric of stored or submitted criteria. Raises RubricError naming every field that is wrong."""
    problems: dict[str, str] = {}
    read = tuple(_criterion(each, problems) for each in criteria)
    ids = [one.id for one in read]
    for twice in {id for id in ids if ids.count(id) > 1}:
        problems[f"{twice}.title"] = "Two criteria have this name: give one another."
    if not any(one.weight > 0 for one in read):
        problems["rubric"] = "At least one criterion must count: give it a weight above 0."
    if len(read) > MOST_CRITERIA:
        problems["rubric"] = f"A rubric holds at most {MOST_CRITERIA} criteria: remove some."
    if problems:
        raise RubricError(problems)
    return Rubric(version, read)


def _criterion(told: Mapping[str, Any], problems: dict[str, str]) -> Criterion:
    id, title = str(told["id"]), str(told.get("title", "")).strip()
    if not 1 <= len(title) <= 80:
        problems[f"{id}.title"] = "Write a name of 1 to 80 characters."
    weight = _number(told.get("weight"), f"{id}.weight", (0, HEAVIEST), problems)
    limit = None if told.get("limit") in (None, "") else _number(told["limit"], f"{id}.limit", (1, 1000), problems)
    return Criterion(id, title, str(told.get("help", "")).strip()[:300], weight, id in AUTOMATIC, limit)


def _number(told: Any, field: str, within: tuple[float, float], problems: dict[str, str]) -> float:
    low, high = within
    try:
        number = float(str(told).replace(",", "."))
    except ValueError:
        number = float("nan")
    if not low <= number <= high:
        problems[field] = f"Write a number from {low:g} to {high:g}."
        return low
    return number
