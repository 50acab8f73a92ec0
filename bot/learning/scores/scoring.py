"""score(): the solution-first score of a conversation, a pure function of its turns; every point names the turn it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from bot.advice.heard import Act
from bot.advice.moves import MoveKind
from bot.learning.scores.rubric import Criterion, Rubric
from bot.learning.scores.seen import Aftermath, Seen


@dataclass(frozen=True)
class Finding:
    """How far one criterion is met (0..1; None: it does not apply), why, and the turn that shows it (None: no single one)."""

    share: float | None
    why: str
    seq: int | None = None


@dataclass(frozen=True)
class Point:
    """One criterion of a score: its finding, and the `points` it gives of at most `most`."""

    criterion: str
    finding: Finding
    points: float
    most: float


@dataclass(frozen=True)
class Scored:
    """A score of 0 to 100, the sum of its points, None when no criterion applies; one that does not apply gives 0 of 0."""

    version: int
    total: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Talk:
    """What the rules look at."""

    turns: tuple[Seen, ...]
    aftermath: Aftermath
    products: tuple[str, ...] = ()

    @property
    def advice(self) -> Seen | None:
        """The first turn that gave advice."""
        return next((turn for turn in self.turns if turn.kind == MoveKind.ADVISE.value), None)

    def until_advice(self) -> tuple[Seen, ...]:
        """The turns before advice, all of them when there was none."""
        advice = self.advice
        return self.turns if advice is None else tuple(turn for turn in self.turns if turn.seq < advice.seq)


def score(turns: Sequence[Seen], aftermath: Aftermath, rubric: Rubric, products: Sequence[str] = ()) -> Scored:
    """The score. `products` are the names of what the company sells, as a reply would write them.

    The weights of the criteria that apply share 100 points among them.
    """
    talk = Talk(tuple(turns), aftermath, tuple(products))
    found = [(one, _RULES[one.id](talk, one)) for one in rubric.counted if one.id in _RULES]
    whole = sum(one.weight for one, finding in found if finding.share is not None)
    points = tuple(_point(one, finding, whole) for one, finding in found)
    return Scored(rubric.version, round(sum(point.points for point in points), 6) if whole else None, points)


def _point(criterion: Criterion, finding: Finding, whole: float) -> Point:
    if finding.share is None:
        return Point(criterion.id, finding, 0.0, 0.0)
    most = 100 * criterion.weight / whole
    return Point(criterion.id, finding, most * finding.share, most)


def _why_first(talk: Talk, criterion: Criterion) -> Finding:
    asked = [turn for turn in talk.turns if turn.kind in (MoveKind.ASK_CHECK.value, MoveKind.ADVISE.value)]
    whys = [turn for turn in talk.turns if turn.kind in (MoveKind.ASK_WHY.value, MoveKind.ASK_MEANT.value)]
    if not asked:
        return Finding(1.0, "Why was asked.", whys[0].seq) if whys else Finding(None, "It never came to a question.")
    first = asked[0]
    if whys and whys[0].seq < first.seq:
        return Finding(1.0, "Why was asked before anything else.", whys[0].seq)
    if first.problem or first.need:
        return Finding(1.0, "The customer had told the reason; only then came a which-question.", first.seq)
    return Finding(0.0, "A which-question came before the reason was known.", first.seq)


def _read_back(talk: Talk, criterion: Criterion) -> Finding:
    said = next((turn for turn in talk.turns if turn.kind == MoveKind.READ_BACK.value), None)
    advice = talk.advice
    if advice is None:
        return Finding(1.0, "The need was read back.", said.seq) if said else Finding(None, "It never came to advice.")
    if advice.read_back == "confirmed":
        return Finding(1.0, "The need was read back and confirmed before advice.", (said or advice).seq)
    if said is not None and said.seq < advice.seq:
        return Finding(0.5, "The need was read back, but not confirmed, before advice.", advice.seq)
    return Finding(0.0, "Advice was given without reading the need back.", advice.seq)


def _cheaper(talk: Talk, criterion: Criterion) -> Finding:
    advice = talk.advice
    if advice is None or not advice.rung:
        return Finding(None, "No remedy was advised.")
    missing = advice.unweighed()
    if missing:
        names = ", ".join(rung.replace("_", " ") for rung in missing)
        return Finding(0.0, f"Nothing was found out about: {names}.", advice.seq)
    if advice.aloud or advice.rung in ("nothing", "retrain"):
        return Finding(1.0, "Each cheaper rung was weighed, and other ways were spoken of or offered.", advice.seq)
    return Finding(0.5, "Each cheaper rung was weighed, but the customer was not told.", advice.seq)


_DISCOUNT = re.compile(r"\b(discount|special offer|rebate|\d+ ?% off|price cut)\b", re.IGNORECASE)
_ABOUT_PRICE = {Act.ASKS_PRICE.value, Act.ASKS_DISCOUNT.value, Act.INSISTS_QUOTE.value, Act.COMPLAINS.value}


def _early(talk: Talk, criterion: Criterion) -> Finding:
    said = ""
    asked: set[str] = set()
    if not talk.turns:
        return Finding(None, "Nothing was said.")
    for turn in talk.turns:
        said += " " + turn.said.casefold()
        asked |= turn.acts & _ABOUT_PRICE
        if turn.read_back == "confirmed":
            break
        if turn.kind == MoveKind.ADVISE.value and turn.rung == "buy":
            return Finding(0.0, "A purchase was advised before the need was confirmed.", turn.seq)
        if _DISCOUNT.search(turn.text) and not asked:
            return Finding(0.0, "A discount was brought up before the need was confirmed.", turn.seq)
        named = next((name for name in talk.products if name.casefold() not in said and _names(turn.text, name)), "")
        if named and not asked and turn.kind not in (MoveKind.READ_BACK.value, MoveKind.ASK_CHECK.value, MoveKind.WARN.value):
            return Finding(0.5, f"{named} was brought up before the need was confirmed.", turn.seq)
    return Finding(1.0, "No product and no discount was brought up before the need was confirmed.", talk.turns[0].seq)


def _names(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _referral(talk: Talk, criterion: Criterion) -> Finding:
    other = next((turn for turn in talk.turns if "not_ours" in turn.answers), None)
    where = next((turn for turn in talk.turns if turn.kind == MoveKind.REFER.value or turn.rung == "refer"), None)
    due = next((turn for turn in talk.turns if turn.rung and (turn.standings or {}).get("refer") == "chosen"), None)
    if talk.aftermath.referred or where is not None:
        return Finding(1.0, "Another vendor serves this better, and the customer was walked over.", where.seq if where else None)
    if due is not None:
        return Finding(0.0, "Another vendor would have served this better.", due.seq)
    if other is not None and talk.advice is None:
        return Finding(0.5, "It was said that this is not ours, without an introduction.", other.seq)
    return Finding(None, "No other vendor was called for.")


def _expectations(talk: Talk, criterion: Criterion) -> Finding:
    advice = talk.advice
    if advice is None:
        return Finding(None, "It never came to advice.")
    asked = next((turn for turn in talk.turns if turn.question == "cell:success"), None)
    pictured = asked is not None or advice.success
    checked = talk.aftermath.checked
    agreed = next((turn for turn in talk.turns if turn.kind == MoveKind.PROMISE.value), None)
    if agreed is None:
        share = 1.0 if pictured else 0.5
        why = "It was asked how they will know it worked." if pictured else "It was never asked how they will know it worked."
        return Finding(share, why, (asked or advice).seq)
    share = (pictured + checked) / 2
    parts = ("known" if pictured else "unknown", "will be asked about" if checked else "will not be asked about")
    return Finding(share, f"How they will know it worked is {parts[0]}, and {parts[1]} afterwards.", (asked or agreed).seq)


_KEPT: Mapping[str, float] = {"kept": 1.0, "late": 0.5, "broken": 0.0}


def _promises(talk: Talk, criterion: Criterion) -> Finding:
    judged = [state for state in talk.aftermath.promises if state in _KEPT]
    made = next((turn for turn in talk.turns if turn.kind == MoveKind.PROMISE.value), None)
    if not judged:
        return Finding(None, "No promise is due yet." if talk.aftermath.promises else "Nothing was promised.")
    counted = ", ".join(f"{judged.count(state)} {state}" for state in _KEPT if state in judged)
    return Finding(mean(_KEPT[state] for state in judged), f"Of the promises made here: {counted}.", made.seq if made else None)


def _brevity(talk: Talk, criterion: Criterion) -> Finding:
    limit = criterion.limit or 60.0
    asked = [turn for turn in talk.until_advice() if turn.question and turn.words]
    if not asked:
        return Finding(None, "Nothing was asked.")
    longest = max(asked, key=lambda turn: turn.words)
    average = mean(turn.words for turn in asked)
    share = _falling(average, limit)
    return Finding(share, f"Questions have {average:.0f} words on average; the longest has {longest.words}.", longest.seq)


def _effort(talk: Talk, criterion: Criterion) -> Finding:
    limit = criterion.limit or 9.0
    if not talk.turns:
        return Finding(None, "Nothing was said.")
    before = talk.until_advice()
    repeated = [turn for turn in before if turn.again and not turn.answers]
    share = max(0.0, _falling(len(before), limit) - 0.25 * len(repeated))
    until = "until advice" if talk.advice is not None else "and no advice"
    why = f"{len(before)} messages {until}; {len(repeated)} questions put again."
    return Finding(share, why, (repeated or before or talk.turns)[-1].seq)


def _falling(value: float, limit: float) -> float:
    """1 up to the limit, 0 from twice the limit on, and a straight line between."""
    return min(1.0, max(0.0, 2 - value / limit))


_RULES: Mapping[str, Callable[[Talk, Criterion], Finding]] = {
    "why_first": _why_first,
    "read_back": _read_back,
    "cheaper": _cheaper,
    "early": _early,
    "referral": _referral,
    "expectations": _expectations,
    "promises": _promises,
    "brevity": _brevity,
    "effort": _effort,
}
