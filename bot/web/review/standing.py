"""Where a conversation stood at a turn: the need map as it was, the beliefs, and the verdict on each rung."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.store import records
from bot.web.review.names import BECAUSE, CELLS, RUNGS, Names, spelt
from bot.web.review.turn_view import Share

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """One line of the need map: its name, its value, the words it came from, who said it, how sure."""

    name: str
    value: str
    quote: str
    source: str
    confidence: float


@dataclass(frozen=True)
class Rung:
    """One rung of the ladder: how it stood, why, with which remedy and what chance to serve."""

    name: str
    standing: str
    reason: str
    remedy: str
    serves: float


@dataclass(frozen=True)
class Affair:
    """One concern as it stood."""

    title: str
    active: bool
    state: str
    read_back: str
    cells: tuple[Known, ...]


@dataclass(frozen=True)
class Standing:
    """The whole standing after turn `seq`; `ladder_at` is the turn at which the ladder was last weighed."""

    seq: int
    affairs: tuple[Affair, ...]
    facts: tuple[Known, ...]
    beliefs: tuple[Share, ...]
    ladder: tuple[Rung, ...]
    ladder_at: int
    lacks: tuple[str, ...]


def standing_at(turns: Sequence[records.Turn], names: Names) -> Standing:
    """The standing after the last of these turns, which are in order; it needs the turn and those shortly before it."""
    last = turns[-1]
    weighed = next((turn for turn in reversed(turns) if turn.move.get("verdicts")), None)
    move = weighed.move if weighed else {}
    beliefs = sorted((move.get("belief") or {}).items(), key=lambda item: -item[1])[:6]
    return Standing(
        seq=last.seq,
        affairs=tuple(_affairs(last.dossier, names)),
        facts=tuple(_facts(last.dossier, names)),
        beliefs=tuple(Share(names.cause(cause), share) for cause, share in beliefs),
        ladder=tuple(_rungs(move.get("verdicts") or {}, names)),
        ladder_at=weighed.seq if weighed else 0,
        lacks=tuple(move.get("lacks") or ()),
    )


def _affairs(dossier: Json, names: Names) -> list[Affair]:
    active = dossier.get("active", -1)
    found = []
    for place, concern in enumerate(dossier.get("concerns", ())):
        cells = concern.get("cells", {})
        problem = cells.get("problem", {}).get("value", "")
        found.append(
            Affair(
                title=names.problem(problem) if problem else "Not clear yet",
                active=place == active,
                state=_STATES.get(concern.get("state", "open"), ""),
                read_back=_READ_BACK[concern.get("read_back", "not_yet")],
                cells=tuple(
                    _known(CELLS[name], names.cell(name, cells[name]["value"]), cells[name]) for name in CELLS if name in cells
                ),
            )
        )
    return found


def _facts(dossier: Json, names: Names) -> list[Known]:
    facts = dossier.get("facts", {}).items()
    return [_known(names.fact(fact).capitalize(), names.choice(fact, cell["value"]), cell) for fact, cell in facts]


def _known(name: str, value: str, cell: Json) -> Known:
    source = _SOURCES.get(cell.get("source", "customer"), spelt(str(cell.get("source"))))
    return Known(name, value, cell.get("quote", ""), source, cell.get("confidence", 1.0))


def _rungs(verdicts: Json, names: Names) -> list[Rung]:
    return [_rung(rung, verdicts[rung], names) for rung in RUNGS if rung in verdicts]


def _rung(rung: str, verdict: Json, names: Names) -> Rung:
    reason = verdict.get("reason") or {}
    code = str(reason.get("code", ""))
    said = BECAUSE.get(code, spelt(code))
    about = reason.get("about") or {}
    if code == "condition" and about.get("say"):
        said = str(about["say"])
    elif code == "turned_down" and about.get("quote"):
        said = f"the customer turned it down: “{about['quote']}”"
    elif code == "other_cause" and about.get("likeliest"):
        said = f"the likeliest cause is another: {names.cause(str(about['likeliest'])).lower()}"
    remedy = names.remedy(verdict["remedy"]) if verdict.get("remedy") else ""
    return Rung(RUNGS[rung], str(verdict.get("standing", "")), said, remedy, float(verdict.get("serves", 0.0)))


_STATES = {"parked": "waits", "accepted": "settled", "handed_over": "with a person", "dropped": "dropped", "open": ""}
_READ_BACK = {
    "not_yet": "not read back yet",
    "said": "read back, no answer yet",
    "confirmed": "read back and confirmed",
    "denied": "denied",
}
_SOURCES = {"customer": "customer", "rep": "rep", "record": "our records", "trainer": "trainer"}
