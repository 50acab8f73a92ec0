"""The ladder: every remedy weighed, a verdict with its reason on each rung, and the guarantee against early purchases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.advice.catalogue import (
    LADDER,
    OWN_RUNGS,
    Catalogue,
    Condition,
    Experience,
    Likely,
    Limit,
    Problem,
    Remedy,
    Rung,
)
from bot.advice.diagnosis import Belief, belief
from bot.advice.dossier import Dossier
from bot.advice.facts import Facts, assets_concerned
from bot.advice.heard import CellName, FactValue, Source
from bot.advice.need_map import NeedMap, ReadBack

ENOUGH = 0.6
"""A remedy serves the need well enough when it probably does so in at least this share of cases like this one."""

CLOSE = 0.25
"""A cheaper remedy that serves within this of the best one is good enough: the difference of one word of likelihood."""

UNSURE_BUT_BEST = 0.35
UNSURE_BUT_BUY = 0.5
_UNKNOWN_CONDITION = 0.8
_AUTHOR_STRENGTH = 10.0

BURDEN: Mapping[Rung, float] = {
    Rung.NOTHING: 0.0,
    Rung.RETRAIN: 0.02,
    Rung.REUSE: 0.04,
    Rung.FIX: 0.08,
    Rung.TAKE_OVER: 0.20,
    Rung.REFER: 0.22,
    Rung.BUY: 0.35,
}
"""What a rung asks of the customer, in the units of the chance of being served: the ladder as a price."""


class Standing(str, Enum):
    """How a rung stands."""

    CHOSEN = "chosen"
    POSSIBLE = "possible"
    REJECTED = "rejected"


class Because(str, Enum):
    """Why a rung stands as it does; each code is a sentence in the wording and a value in the dossier."""

    SERVES = "serves"
    SERVES_TOO = "serves_too"
    NONE_KNOWN = "none_known"
    OTHER_CAUSE = "other_cause"
    CONDITION = "condition"
    OUTSIDE = "outside"
    TURNED_DOWN = "turned_down"
    WEAKER = "weaker"
    CHEAPER_SERVES = "cheaper_serves"
    UNCLEAR = "unclear"
    UNSAFE = "unsafe"


@dataclass(frozen=True)
class Reason:
    """A reason as data: a code and what it speaks of (ids and quotes by name)."""

    code: Because
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Weighed:
    """One remedy against what is known: the chance that it serves (0..1), whether its conditions hold, and what is still open."""

    remedy: Remedy
    serves: float
    holds: bool | None = True
    failing: Condition | Limit | None = None
    open_facts: frozenset[str] = frozenset()
    turned_down: str | None = None
    unsafe: bool = False

    def serving(self, serves: float) -> Weighed:
        """The same with another chance that it serves. Made anew, as replace() is too slow for every answer of every check."""
        return Weighed(self.remedy, serves, self.holds, self.failing, self.open_facts, self.turned_down, self.unsafe)

    @property
    def alive(self) -> bool:
        """Whether it can be advised at all."""
        return self.holds is not False and self.turned_down is None and not self.unsafe

    @property
    def worth(self) -> float:
        """The chance that it serves, less while a condition is unknown, less the burden of its rung."""
        return self.chance - BURDEN[self.remedy.rung]

    @property
    def chance(self) -> float:
        """The chance that it serves, taking an unknown condition into account."""
        return self.serves * (_UNKNOWN_CONDITION if self.holds is None else 1.0)


@dataclass(frozen=True)
class Verdict:
    """How one rung stands, by its best remedy, and why."""

    rung: Rung
    standing: Standing
    reason: Reason
    remedy: str = ""
    serves: float = 0.0


@dataclass(frozen=True)
class Ladder:
    """The whole standing of one concern: belief, remedies weighed, the one chosen (or none), and a verdict on every rung."""

    belief: Belief
    weighed: tuple[Weighed, ...]
    chosen: Weighed | None
    verdicts: Mapping[Rung, Verdict]


class Lack(str, Enum):
    """What the guarantee still misses before a purchase may be proposed."""

    NEED = "need"
    READ_BACK = "read_back"
    VERDICTS = "verdicts"


class GuaranteeBroken(AssertionError):
    """A purchase was about to be proposed too early: a defect in the engine, never the customer's doing."""


def climb(dossier: Dossier, concern: NeedMap, catalogue: Catalogue) -> Ladder:
    """Weigh every remedy of the concern's problem and give the verdict on each rung."""
    problem = catalogue.problems.get(concern.problem)
    facts = Facts(dossier, concern, catalogue)
    believed = belief_of(dossier, concern, catalogue, facts)
    weighed = weigh(dossier, concern, catalogue, facts, believed, problem)
    chosen = choose(weighed, concern.hands_off, dossier.priority)
    verdicts = {rung: _verdict(rung, weighed, chosen, believed) for rung in (Rung.NOTHING, *LADDER)}
    return Ladder(believed, weighed, chosen, verdicts)


def belief_of(dossier: Dossier, concern: NeedMap, catalogue: Catalogue, facts: Mapping[str, FactValue]) -> dict[str, float]:
    """Belief over the causes of the concern's problem; empty while the problem is not known."""
    problem = catalogue.problems.get(concern.problem)
    if problem is None or not problem.causes:
        return {}
    owned = tuple({asset.product for asset in assets_concerned(dossier, concern, catalogue)})
    return belief(problem, facts, catalogue, concern.hints, owned)


def weigh(
    dossier: Dossier,
    concern: NeedMap,
    catalogue: Catalogue,
    facts: Mapping[str, FactValue],
    believed: Belief,
    problem: Problem | None,
) -> tuple[Weighed, ...]:
    """Every remedy that names a cause of the problem, weighed; and the referral a failing limit of the company calls for."""
    limit = failing_limit(catalogue, facts)
    rejected = {rejection.remedy: rejection.quote for rejection in concern.rejected}
    endangered = _endangered(dossier, catalogue, problem)
    found = []
    for remedy in _candidates(problem, catalogue):
        holds, failing, open_facts = _conditions(remedy, facts, limit)
        serves = served(remedy, believed, catalogue.experience)
        unsafe = _is_unsafe(remedy, endangered, concern)
        found.append(Weighed(remedy, serves, holds, failing, open_facts, rejected.get(remedy.id), unsafe))
    standing = concern.outside or (f"limit:{limit.id}" if limit is not None else "")
    if standing in catalogue.referrals:
        found.append(Weighed(catalogue.referrals[standing], 0.95, turned_down=rejected.get(standing)))
    return tuple(found)


def _endangered(dossier: Dossier, catalogue: Catalogue, problem: Problem | None) -> frozenset[str]:
    """The causes of the problem whose danger the customer told of: until they are ruled out by someone, they are what it is."""
    causes = problem.causes if problem is not None else ()
    dangers = ((cause.id, catalogue.causes[cause.id].danger) for cause in causes)
    return frozenset(id for id, danger in dangers if danger is not None and danger.id in dossier.dangers)


def _is_unsafe(remedy: Remedy, endangered: frozenset[str], concern: NeedMap) -> bool:
    """Whether a remedy must not be advised after the danger told of: it leaves the danger in place, or in their hands."""
    if endangered:
        return not endangered & remedy.serves.keys()
    return concern.unsafe and remedy.rung in (Rung.NOTHING, Rung.RETRAIN, Rung.REUSE)


def served(remedy: Remedy, believed: Belief, experience: Experience) -> float:
    """The chance (0..1) that the remedy serves: its words weighted by belief, then by how often it worked (Beta counts)."""
    never = Likely.NEVER.probability
    word = sum(
        weight * (remedy.serves[cause].probability if cause in remedy.serves else never) for cause, weight in believed.items()
    )
    worked, failed = experience.worked.get(remedy.id, 0), experience.failed.get(remedy.id, 0)
    best = max((likely.probability for likely in remedy.serves.values()), default=never)
    learnt = (best * _AUTHOR_STRENGTH + worked) / (_AUTHOR_STRENGTH + worked + failed)
    return min(1.0, word * learnt / best) if best else 0.0


def failing_limit(catalogue: Catalogue, facts: Mapping[str, FactValue]) -> Limit | None:
    """The first limit of the company that this customer falls outside, if any; an unknown fact fails nothing."""
    return next((limit for limit in catalogue.company.limits if limit.holds.value(facts) is False), None)


def choose(weighed: tuple[Weighed, ...], hands_off: bool = False, priority: str = "") -> Weighed | None:
    """The lowest rung that serves the need well enough; None when nothing is likely enough to be advised.

    Own rungs compete first, least effort and cost first; then taking the problem over, another vendor, and a purchase.
    """
    alive = [one for one in weighed if one.alive]
    good = [one for one in alive if one.chance >= ENOUGH]
    if not good:
        return _best_guess(alive)
    if hands_off and (taken := _on(good, Rung.TAKE_OVER)):
        return max(taken, key=lambda one: one.chance)
    for rungs in ((Rung.NOTHING,), OWN_RUNGS):
        if own := _on(good, *rungs):
            return _least(own, priority)
    return _beyond_own(good, priority)


def _beyond_own(good: list[Weighed], priority: str) -> Weighed:
    ours = _on(good, Rung.TAKE_OVER, Rung.BUY)
    theirs = _on(good, Rung.REFER)
    best_of_ours = max((one.chance for one in ours), default=0.0)
    better = [one for one in theirs if one.chance > best_of_ours + 0.05]
    if better:
        return max(better, key=lambda one: one.chance)
    for rung in (Rung.TAKE_OVER, Rung.REFER, Rung.BUY):
        if found := _on(good, rung):
            return _least(found, priority)
    raise AssertionError("a remedy stands on no rung")


def _best_guess(alive: list[Weighed]) -> Weighed | None:
    likely = [one for one in alive if one.chance >= (UNSURE_BUT_BUY if one.remedy.rung is Rung.BUY else UNSURE_BUT_BEST)]
    return max(likely, key=lambda one: one.worth, default=None)


def _least(found: list[Weighed], priority: str) -> Weighed:
    best = max(one.chance for one in found)
    close = [one for one in found if one.chance >= best - CLOSE]
    return min(close, key=lambda one: (_rank(one, priority), *_expense(one)))


def _rank(one: Weighed, priority: str) -> float:
    step = (Rung.NOTHING, *LADDER).index(one.remedy.rung)
    marks = {attribute.value: mark for attribute, mark in one.remedy.attributes.items()}
    return step - 0.75 * (marks.get(priority, 3) - 3)


def _expense(one: Weighed) -> tuple[float, float, float]:
    cost = one.remedy.cost.over(1.0)
    return (-round(one.chance, 1), float("inf") if cost is None else cost, one.remedy.days)


def _on(found: list[Weighed], *rungs: Rung) -> list[Weighed]:
    return [one for one in found if one.remedy.rung in rungs]


def _candidates(problem: Problem | None, catalogue: Catalogue) -> list[Remedy]:
    if problem is None:
        return []
    found: dict[str, Remedy] = {}
    for cause in problem.causes:
        for remedy in catalogue.remedies_by_cause.get(cause.id, ()):
            found.setdefault(remedy.id, remedy)
    return list(found.values())


def _conditions(
    remedy: Remedy, facts: Mapping[str, FactValue], limit: Limit | None
) -> tuple[bool | None, Condition | Limit | None, frozenset[str]]:
    if limit is not None and remedy.rung not in (Rung.REFER, Rung.NOTHING):
        return False, limit, frozenset()
    open_facts: frozenset[str] = frozenset()
    for condition in remedy.conditions:
        value = condition.needs.value(facts)
        if value is None:
            open_facts |= condition.needs.unknown(facts)
        elif not value:
            return False, condition, frozenset()
    return (None if open_facts else True), None, open_facts


def _verdict(rung: Rung, weighed: tuple[Weighed, ...], chosen: Weighed | None, believed: Belief) -> Verdict:
    found = _on(list(weighed), rung)
    if not found:
        return Verdict(rung, Standing.REJECTED, Reason(Because.NONE_KNOWN))
    if chosen is not None and rung is chosen.remedy.rung:
        return Verdict(rung, Standing.CHOSEN, Reason(Because.SERVES), chosen.remedy.id, chosen.serves)
    best = max(found, key=lambda one: (one.serves, one.alive))
    reason = _why_not(best, chosen, believed)
    standing = Standing.POSSIBLE if reason.code in _STILL_POSSIBLE else Standing.REJECTED
    return Verdict(rung, standing, reason, best.remedy.id, best.serves)


_STILL_POSSIBLE = (Because.SERVES_TOO, Because.CHEAPER_SERVES, Because.UNCLEAR)


def _why_not(best: Weighed, chosen: Weighed | None, believed: Belief) -> Reason:
    if (out := _why_out(best)) is not None:
        return out
    if chosen is None:
        return Reason(Because.UNCLEAR)
    if best.chance >= ENOUGH:
        lower = BURDEN[best.remedy.rung] > BURDEN[chosen.remedy.rung]
        return Reason(Because.CHEAPER_SERVES if lower else Because.SERVES_TOO, {"chosen": chosen.remedy.id})
    return _too_weak(best, believed)


def _why_out(best: Weighed) -> Reason | None:
    """Why a remedy cannot be advised at all; None when it can."""
    if best.turned_down is not None:
        return Reason(Because.TURNED_DOWN, {"quote": best.turned_down})
    if best.unsafe:
        return Reason(Because.UNSAFE)
    if isinstance(best.failing, Limit):
        return Reason(Because.OUTSIDE, {"limit": best.failing.id})
    return None if best.failing is None else Reason(Because.CONDITION, {"say": best.failing.say})


def _too_weak(best: Weighed, believed: Belief) -> Reason:
    likeliest = max(believed, key=lambda cause: believed[cause], default="")
    helped = {cause: word for cause, word in best.remedy.serves.items() if cause in believed}
    cause = max(helped, key=lambda one: (helped[one].probability, believed[one]), default=likeliest)
    if cause != likeliest:
        return Reason(Because.OTHER_CAUSE, {"cause": cause, "likeliest": likeliest})
    return Reason(Because.WEAKER, {"likeliest": likeliest})


def lacks(concern: NeedMap, ladder: Ladder) -> tuple[Lack, ...]:
    """What the guarantee still misses before a purchase may be proposed: empty means it may.

    (1) a need established in the customer's own words, (2) read back and not denied, (3) a verdict with its reason on
    each cheaper rung, none of which still serves well enough.
    """
    found = []
    if not concern.need or not _in_customers_words(concern):
        found.append(Lack.NEED)
    if concern.read_back is not ReadBack.CONFIRMED:
        found.append(Lack.READ_BACK)
    cheaper = [ladder.verdicts.get(rung) for rung in (Rung.NOTHING, *LADDER[:-1])]
    if any(verdict is None or verdict.standing is not Standing.REJECTED for verdict in cheaper):
        found.append(Lack.VERDICTS)
    return tuple(found)


def _in_customers_words(concern: NeedMap) -> bool:
    """Whether the need, or the problem behind it, stands in words that are not a rep's own."""
    cells = (concern.cells.get(CellName.NEED), concern.cells.get(CellName.PROBLEM))
    return any(cell is not None and bool(cell.quote) and cell.source is not Source.REP for cell in cells)


def bookable(dossier: Dossier, concern: NeedMap, catalogue: Catalogue, remedy: str) -> bool:
    """Whether a remedy the customer said yes to may be arranged: it can still be advised, and a purchase was and may be."""
    ladder = climb(dossier, concern, catalogue)
    found = next((one for one in ladder.weighed if one.remedy.id == remedy), None)
    if found is None or not found.alive:
        return False
    return found.remedy.rung is not Rung.BUY or (remedy in concern.advised and not lacks(concern, ladder))


def permit(concern: NeedMap, ladder: Ladder, weighed: Weighed) -> None:
    """The one gate every piece of advice passes. Raises GuaranteeBroken for a purchase that has not been earned."""
    if weighed.remedy.rung is Rung.BUY and (missing := lacks(concern, ladder)):
        raise GuaranteeBroken(f"purchase {weighed.remedy.id} proposed without {', '.join(lack.value for lack in missing)}")
