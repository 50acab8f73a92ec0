"""Advice replay: the words of stored conversations, heard and answered anew, and what would be done otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.advice.archive import from_plain, move_record
from bot.advice.dossier import Dossier
from bot.advice.heard import Heard, Source
from bot.advice.hearing import hear
from bot.advice.next_move import next_move
from bot.advice.speaking import spoken
from bot.knowledge import Knowledge
from bot.learning.dialogue_of import was_pressed
from bot.nlu.reading import Reading
from bot.store.records import Json, Turn

MOST_STEPS = 20


@dataclass(frozen=True)
class Mind:
    """What answers: a model that reads, and the knowledge it decides with."""

    read: Callable[[str], Reading]
    knowledge: Knowledge


@dataclass(frozen=True)
class Done:
    """What was done in one turn, as far as it matters for advice: no words of the customer's."""

    kind: str
    asks: str = ""
    remedy: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Step:
    """One turn that would go otherwise."""

    seq: int
    was: Done
    now: Done


@dataclass(frozen=True)
class Replayed:
    """One conversation replayed: the turns that would go otherwise, and the remedies advised in the end."""

    conversation: str
    steps: tuple[Step, ...] = ()
    advised: str = ""
    would_advise: str = ""

    @property
    def changed(self) -> bool:
        """Whether anything would go otherwise."""
        return bool(self.steps)

    @property
    def advice_changed(self) -> bool:
        """Whether the advice itself would be another."""
        return self.advised != self.would_advise


@dataclass(frozen=True)
class Replay:
    """Many conversations replayed; `changed` holds those that would go otherwise, in the order they were given."""

    conversations: int
    turns: int
    changed: tuple[Replayed, ...] = field(default=())

    @property
    def advice_changed(self) -> tuple[Replayed, ...]:
        """Those whose advice would be another."""
        return tuple(one for one in self.changed if one.advice_changed)


def replay_all(stored: Iterable[Sequence[Turn]], new: Mind, old: Mind | None = None) -> Replay:
    """Replay conversations with `new`, against `old`, or against what was really done when there is no other."""
    conversations = turns = 0
    changed: list[Replayed] = []
    for told in stored:
        if not told:
            continue
        conversations, turns = conversations + 1, turns + len(told)
        found = replay(told, new, old)
        changed += [found] if found.changed or found.advice_changed else []
    return Replay(conversations, turns, tuple(changed))


def replay(turns: Sequence[Turn], new: Mind, old: Mind | None = None) -> Replayed:
    """One conversation, from its first turn to its last."""
    was = answered(turns, old) if old is not None else [as_done(turn.move, turn.dossier) for turn in turns]
    now = answered(turns, new)
    pairs = zip(turns, was, now, strict=False)
    steps = [Step(turn.seq, before, after) for turn, before, after in pairs if before != after]
    return Replayed(turns[0].conversation_id, tuple(steps[:MOST_STEPS]), _advised(was), _advised(now))


def answered(turns: Sequence[Turn], mind: Mind) -> list[Done]:
    """What the mind would do at each turn of a conversation, had the customer said the same; ends where it would be erased."""
    catalogue, listener = mind.knowledge.catalogue, mind.knowledge.listener
    dossier, found = _opening(turns[0]), []
    for turn in turns:
        before = replace(dossier, today=turn.created_at.date().isoformat(), staffed=bool(turn.dossier.get("staffed", True)))
        pressed = was_pressed(turn)
        heard = from_plain(Heard, turn.heard) if pressed else listener.listen(mind.read(turn.user_text), before)
        after = hear(before, heard, catalogue)
        move = next_move(after, catalogue)
        dossier = spoken(after, move)
        found.append(_done(move_record(move), dossier))
        if dossier.erase:
            break
    return found


def as_done(move: Json, dossier: Json) -> Done:
    """What was done, from a stored turn."""
    return _done(move, from_plain(Dossier, dossier) if dossier else Dossier())


def _done(move: Json, dossier: Dossier) -> Done:
    question = move.get("question") or {}
    asks = f"{question.get('ask', '')}:{question.get('key', '')}".strip(":")
    problem = dossier.concern.problem if dossier.concern is not None else ""
    return Done(str(move.get("kind", "")), asks, str(move.get("remedy") or ""), problem)


def _opening(first: Turn) -> Dossier:
    """What was known before the first word: the customer and what the records say they own."""
    known = from_plain(Dossier, first.dossier) if first.dossier else Dossier()
    recorded = tuple(asset for asset in known.assets if asset.source is Source.RECORD)
    return Dossier(customer=known.customer, assets=recorded, due=known.due)


def _advised(done: Sequence[Done]) -> str:
    return next((one.remedy for one in reversed(done) if one.remedy), "")
