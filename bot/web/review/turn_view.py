"""A turn as a reviewer reads it: what was said, how it was understood, what was noted, and why the answer was what it was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.store import records
from bot.web.review.because import because
from bot.web.review.names import CELLS, Names, spelt

Json = Mapping[str, Any]
_SURE = 0.75
_UNSURE = 0.5


@dataclass(frozen=True)
class Share:
    """A bar: its label, a share from 0 to 1, and the share before when it moved."""

    label: str
    share: float
    before: float | None = None


@dataclass(frozen=True)
class Noted:
    """One thing that the message changed in what is known: where, what it is now, what it was, the words it came from."""

    where: str
    value: str
    was: str = ""
    quote: str = ""
    confidence: float = 1.0


@dataclass(frozen=True)
class Asked:
    """A question that was put or might have been: what it is about, its gain and price, and where its answers lead."""

    about: str
    gain: float
    price: float
    leads_to: tuple[str, ...]

    @property
    def net(self) -> float:
        """What it is worth: gain less price."""
        return self.gain - self.price


@dataclass(frozen=True)
class TurnView:
    """One turn, ready to be shown. `raw` is the turn as stored, masked like everything else unless the veil is lifted."""

    seq: int
    at: str
    said: str
    pressed: bool
    replies: tuple[str, ...]
    buttons: tuple[str, ...]
    intents: tuple[Share, ...]
    sure: str
    understood: tuple[Noted, ...]
    noted: tuple[Noted, ...]
    asked: Asked | None
    rivals: tuple[Asked, ...]
    beliefs: tuple[Share, ...]
    because: tuple[str, ...]
    kind: str
    elapsed_ms: float
    versions: tuple[str, str]
    raw: records.Turn


def views(
    turns: Sequence[records.Turn], before: records.Turn | None, earlier: Iterable[records.Turn], names: Names
) -> list[TurnView]:
    """The turns as shown; `before` is the one that precedes them, `earlier` some before it, in order, for older beliefs."""
    titles: dict[str, str] = {}
    beliefs: dict[int, Json] = {}
    for turn in earlier:
        titles.update(_titles(turn))
        _remember(beliefs, turn)
    shown = []
    for turn in turns:
        shown.append(_view(turn, before, titles, beliefs, names))
        titles.update(_titles(turn))
        _remember(beliefs, turn)
        before = turn
    return shown


def _view(turn: records.Turn, before: records.Turn | None, titles: Json, beliefs: Mapping[int, Json], names: Names) -> TurnView:
    heard, move = turn.heard, turn.move
    rivals = tuple(_asked(worth, names) for worth in move.get("rivals") or ())
    asks = move.get("kind") in ("ask_check", "ask_cell")
    return TurnView(
        seq=turn.seq,
        at=turn.created_at.isoformat(timespec="seconds"),
        said=titles.get(turn.user_text, turn.user_text),
        pressed=turn.user_text in titles,
        replies=tuple(str(bubble.get("text", "")) for bubble in turn.message if bubble.get("text")),
        buttons=tuple(str(button.get("title", "")) for bubble in turn.message for button in bubble.get("buttons") or ()),
        intents=_intents(turn),
        sure="sure" if turn.confidence >= _SURE or turn.user_text in titles else "fair" if turn.confidence >= _UNSURE else "unsure",
        understood=_understood(heard, names),
        noted=tuple(_changes(before.dossier if before else {}, turn.dossier, names)),
        asked=rivals[0] if rivals and asks else None,
        rivals=rivals[1:] if asks else rivals,
        beliefs=_beliefs(move, beliefs, names),
        because=tuple(because(move, heard, names)),
        kind=str(move.get("kind", "")),
        elapsed_ms=turn.elapsed_ms,
        versions=(turn.model_version, turn.catalogue_version),
        raw=turn,
    )


def _titles(turn: records.Turn) -> dict[str, str]:
    buttons = (button for bubble in turn.message for button in bubble.get("buttons") or ())
    return {str(button.get("payload")): str(button.get("title")) for button in buttons}


def _remember(beliefs: dict[int, Json], turn: records.Turn) -> None:
    if turn.move.get("belief"):
        beliefs[turn.move.get("concern", -1)] = turn.move["belief"]


def _intents(turn: records.Turn) -> tuple[Share, ...]:
    read = turn.heard.get("read")
    if read:
        return tuple(Share(spelt(str(one["act"])), float(one["confidence"])) for one in read)
    acts = [str(act) for act in turn.heard.get("acts", ())]
    return tuple(Share(spelt(act), turn.confidence if place == 0 else 0.0) for place, act in enumerate(acts))


def _understood(heard: Json, names: Names) -> tuple[Noted, ...]:
    """What the message alone was read as, likeliest first of each kind."""
    found = [Noted(names.fact(told["fact"]).capitalize(), names.choice(told["fact"], told["value"]), quote=told.get("quote", ""),
                   confidence=told.get("confidence", 1.0)) for told in heard.get("told", ())]  # fmt: skip
    for kind, label, named in (
        ("problems", "Problem", names.problem),
        ("outcomes", "Wish", names.outcome),
        ("causes", "Suspected cause", names.cause),
        ("dangers", "Danger", spelt),
        ("not_ours", "Not ours", spelt),
        ("hearsay", "Hearsay", spelt),
        ("besides", "Second problem", names.problem),
    ):
        found += [
            Noted(label, named(match["id"]), quote=match.get("quote", ""), confidence=match["score"])
            for match in heard.get(kind, ())
        ]
    found += [
        Noted("Thing named", _mention(mention, names), quote=mention.get("quote", "")) for mention in heard.get("mentions", ())
    ]
    return tuple(found)


def _mention(mention: Json, names: Names) -> str:
    thing = names.product(mention["product"]) if mention.get("product") else spelt(mention.get("kind", ""))
    number = f"{mention['quantity']:g} × " if mention.get("quantity") else ""
    return f"{number}{thing}{', already owned' if mention.get('owned') else ''}"


def _changes(before: Json, after: Json, names: Names) -> Iterable[Noted]:
    """What is known now and was not, or was otherwise."""
    old_facts = before.get("facts", {})
    for fact, cell in after.get("facts", {}).items():
        old = old_facts.get(fact)
        if old is None or old.get("value") != cell.get("value"):
            was = names.choice(fact, old["value"]) if old else ""
            yield Noted(
                names.fact(fact).capitalize(),
                names.choice(fact, cell.get("value")),
                was,
                cell.get("quote", ""),
                cell.get("confidence", 1.0),
            )
    known = {concern.get("id"): concern for concern in before.get("concerns", ())}
    for concern in after.get("concerns", ()):
        yield from _cells(known.get(concern.get("id"), {}).get("cells", {}), concern.get("cells", {}), names)


def _cells(before: Json, after: Json, names: Names) -> Iterable[Noted]:
    for name, cell in after.items():
        old = before.get(name)
        if old is None or (old.get("value"), old.get("quote")) != (cell.get("value"), cell.get("quote")):
            was = names.cell(name, old["value"]) if old and old.get("value") != cell.get("value") else ""
            value = names.cell(name, cell.get("value", ""))
            yield Noted(CELLS.get(name, spelt(name)), value, was, cell.get("quote", ""), cell.get("confidence", 1.0))
    for name, cell in before.items():
        if name not in after:
            yield Noted(CELLS.get(name, spelt(name)), "withdrawn", names.cell(name, cell.get("value", "")))


def _asked(worth: Json, names: Names) -> Asked:
    leads = tuple(names.remedy(remedy) for remedy in worth.get("could_change", ()))
    return Asked(names.question(worth.get("question", {})), float(worth.get("gain", 0)), float(worth.get("price", 0)), leads)


def _beliefs(move: Json, before: Mapping[int, Json], names: Names) -> tuple[Share, ...]:
    now = move.get("belief") or {}
    then = before.get(move.get("concern", -1), {})
    ordered = sorted(now.items(), key=lambda item: -item[1])[:6]
    return tuple(Share(names.cause(cause), share, then.get(cause)) for cause, share in ordered)
