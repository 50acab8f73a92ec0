"""One conversation as the review room finds it: a row folded together turn by turn, the same whether live or rebuilt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from hashlib import blake2b

from bot.advice.heard import Act
from bot.advice.moves import MoveKind
from bot.store.masking import mask, plain_letters
from bot.store.records import UNSTORED, Conversation, Face, Json, Turn


class Outcome(str, Enum):
    """How far a conversation has come for the customer, the furthest point first."""

    REFERRED = "referred"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed_over"
    TURNED_DOWN = "turned_down"
    ADVISED = "advised"
    NEED_KNOWN = "need_known"
    NOTHING = "nothing_yet"


class Stage(str, Enum):
    """Where the talk stands: what was open when the last reply left."""

    OPENING = "opening"
    WHY = "why"
    CHECKS = "checks"
    READ_BACK = "read_back"
    ADVICE = "advice"
    ARRANGING = "arranging"
    CHECK_IN = "check_in"
    FINISHED = "finished"


class ReviewState(str, Enum):
    """How far the review of a conversation has come."""

    NEW = "new"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Indexed:
    """What a conversation can be found by. `confidence` is that of the turn understood least, 1 when nothing was typed;
    `hidden` marks tests and simulations; `shuffle` (0..1) is its stable place in a random order.
    """

    id: int = 0
    conversation_id: str
    face: Face = Face.CUSTOMER
    channel: str = ""
    catalogue_id: str = ""
    model_version: str = ""
    customer_id: str | None = None
    hidden: bool = False
    outcome: Outcome = Outcome.NOTHING
    rung: str = ""
    stage: Stage = Stage.OPENING
    problem: str = ""
    need: str = ""
    opening: str = ""
    need_found: bool = False
    confidence: float = 1.0
    did_you_mean: bool = False
    interrupted: bool = False
    corrected: bool = False
    negative: bool = False
    handed_over: bool = False
    near_risk: bool = False
    broken: bool = False
    flagged: bool = False
    failed: bool = False
    turns: int = 0
    seconds: int = 0
    started_at: datetime = UNSTORED
    last_active_at: datetime = UNSTORED
    marks: tuple[str, ...] = ()
    shuffle: float = 0.0
    review_state: ReviewState = ReviewState.NEW
    reviewer: str = ""
    reviewed_at: datetime | None = None


def begun(conversation: Conversation, is_test: bool) -> Indexed:
    """The row of a conversation that has no turn yet."""
    return Indexed(
        conversation_id=conversation.id,
        face=conversation.face,
        channel=conversation.channel,
        catalogue_id=conversation.catalogue_id,
        hidden=is_test or conversation.face is Face.SIMULATED,
        started_at=conversation.started_at,
        last_active_at=conversation.started_at,
        shuffle=shuffled(conversation.id),
    )


def shuffled(conversation_id: str) -> float:
    """A number from 0 to 1 that is the same for this id always and says nothing about it."""
    return int.from_bytes(blake2b(conversation_id.encode(), digest_size=6).digest(), "big") / 2**48


def after_turn(row: Indexed, conversation: Conversation, turn: Turn) -> Indexed:
    """The row after one more turn; `turn.dossier` holds the whole dossier after it, or `conversation.state` when it is the last."""
    state = turn.dossier or conversation.state
    acts = set(turn.heard.get("acts", ()))
    kind, answers = turn.move.get("kind", ""), set(turn.move.get("answers", ()))
    concern = _active(state)
    at = turn.created_at
    noted = replace(
        row,
        customer_id=conversation.customer_id,
        model_version=turn.model_version or conversation.model_version or row.model_version,
        outcome=outcome_of(state),
        rung=_rung(turn.move, state) or row.rung,
        stage=_STAGES.get(kind, row.stage),
        problem=_cell(concern, "problem") or row.problem,
        need=_cell(concern, "need") or row.need,
        opening=_opening(row, turn, state),
        need_found=row.need_found or any(_found(one) for one in state.get("concerns", ())),
        confidence=min(row.confidence, turn.confidence) if _typed(turn) else row.confidence,
        did_you_mean=row.did_you_mean or kind == MoveKind.ASK_MEANT.value,
        interrupted=row.interrupted or bool(answers & _INTERRUPTIONS),
        corrected=row.corrected or "corrected" in answers or bool(acts & _CORRECTIONS),
        handed_over=row.handed_over or state.get("hand_over") == "done",
        near_risk=row.near_risk or _near_risk(turn.move, state, acts),
        turns=turn.seq,
        seconds=max(0, round((at - row.started_at).total_seconds())),
        last_active_at=at,
        marks=_marks(row, turn, state, concern),
    )
    unclear = state.get("hand_over_why") in ("unclear", "no_remedy")
    return replace(noted, failed=row.failed or failing(noted) or unclear)


def failing(row: Indexed) -> bool:
    """Whether something went wrong that a reviewer should see: a bad rating, a broken promise, advice turned down, a near miss."""
    return row.negative or row.broken or row.near_risk or row.outcome is Outcome.TURNED_DOWN


def outcome_of(state: Json) -> Outcome:
    """How far a dossier, as plain data, has come."""
    concerns = state.get("concerns", ())
    if any(one.get("state") == "shared" for one in state.get("referrals", ())):
        return Outcome.REFERRED
    if any(one.get("accepted") for one in concerns):
        return Outcome.ACCEPTED
    if state.get("hand_over") == "done":
        return Outcome.HANDED_OVER
    advised = [one for one in concerns if one.get("advised")]
    if advised:
        refused = {each.get("remedy") for one in advised for each in one.get("rejected", ())}
        return Outcome.TURNED_DOWN if all(one["advised"][-1] in refused for one in advised) else Outcome.ADVISED
    return Outcome.NEED_KNOWN if any(_cell(one, "need") for one in concerns) else Outcome.NOTHING


def known_names(state: Json) -> tuple[str, ...]:
    """What the dossier, as plain data, tells of a person: name and ways to reach them."""
    customer = state.get("customer", {})
    return tuple(filter(None, (customer.get("name"), customer.get("organisation"), customer.get("contact"), state.get("contact"))))


def words_of(turn: Turn, state: Json) -> tuple[str, str]:
    """What was typed and what was replied, masked and without accents; a button pressed is no typing."""
    names = known_names(state)
    replied = "\n".join(str(bubble.get("text", "")) for bubble in turn.message)
    said = turn.user_text if _typed(turn) else ""
    return plain_letters(mask(said, names)), plain_letters(mask(replied, names))


def _typed(turn: Turn) -> bool:
    return bool(turn.user_text.strip()) and not turn.user_text.startswith("/")


def _opening(row: Indexed, turn: Turn, state: Json) -> str:
    """The first words that tell something, masked; a greeting or a yes to being recorded stands only until then."""
    if not _typed(turn) or (row.opening and (_telling(row.marks) or not _telling(_intents(turn)))):
        return row.opening
    return mask(" ".join(turn.user_text.split())[:300], known_names(state))[:200]


def _intents(turn: Turn) -> tuple[str, ...]:
    return tuple(f"intent:{act}" for act in turn.heard.get("acts", ()))


def _telling(marks: tuple[str, ...]) -> bool:
    return any(mark.startswith("intent:") and mark not in _COURTESIES for mark in marks)


def _active(state: Json) -> Json:
    concerns, index = state.get("concerns", ()), state.get("active", -1)
    return concerns[index] if 0 <= index < len(concerns) else {}


def _cell(concern: Json, name: str) -> str:
    return str(concern.get("cells", {}).get(name, {}).get("value", ""))


def _found(concern: Json) -> bool:
    return bool(_cell(concern, "need")) and (concern.get("read_back") == "confirmed" or bool(concern.get("accepted")))


def _rung(move: Json, state: Json) -> str:
    remedy = move.get("remedy")
    named = [rung for rung, verdict in move.get("verdicts", {}).items() if remedy and verdict.get("remedy") == remedy]
    return named[0] if named else "refer" if outcome_of(state) is Outcome.REFERRED else ""


def _near_risk(move: Json, state: Json, acts: set[str]) -> bool:
    """A purchase was leading or pressed for while the guarantee still lacked something."""
    leading = move.get("verdicts", {}).get("buy", {}).get("standing") == "chosen" and bool(move.get("lacks"))
    pressed = Act.INSISTS_QUOTE.value in acts
    return (leading and (pressed or bool(state.get("insisted")))) or (pressed and state.get("insisted", 0) > 1)


def _marks(row: Indexed, turn: Turn, state: Json, concern: Json) -> tuple[str, ...]:
    found: dict[str, None] = dict.fromkeys(_intents(turn))
    found |= {f"model:{asset.get('product') or asset.get('model')}": None for asset in state.get("assets", ()) if _model(asset)}
    found |= {f"{name}:{_cell(concern, name)}": None for name in ("problem", "need") if _cell(concern, name)}
    return (*row.marks, *(mark[:200] for mark in found if mark[:200] not in row.marks))


def _model(asset: Json) -> str:
    return str(asset.get("product") or asset.get("model") or "")


_COURTESIES = {
    f"intent:{act.value}"
    for act in (
        Act.GREET,
        Act.LEAVE,
        Act.THANK,
        Act.AFFIRMS,
        Act.DENIES,
        Act.ALLOWS_RECORDING,
        Act.REFUSES_RECORDING,
        Act.ASKS_REPEAT,
    )
}
_CORRECTIONS = {Act.CORRECTS.value, Act.CHANGES_MIND.value}
_INTERRUPTIONS = {
    *("trouble", "quote", "why_asked", "price", "discount", "process", "privacy", "own_data", "export", "abilities"),
    *("repeat", "small_talk", "off_topic", "complaint", "insult", "hurry"),
}
_STAGES = {
    kind.value: stage
    for stage, kinds in {
        Stage.OPENING: (MoveKind.ASK_ANYTHING,),
        Stage.WHY: (MoveKind.ASK_WHY, MoveKind.ASK_MEANT),
        Stage.CHECKS: (MoveKind.ASK_CHECK, MoveKind.ASK_CELL),
        Stage.READ_BACK: (MoveKind.READ_BACK,),
        Stage.ADVICE: (MoveKind.ADVISE, MoveKind.AWAIT, MoveKind.REFER),
        Stage.ARRANGING: (MoveKind.ASK_CONTACT, MoveKind.ASK_CONSENT, MoveKind.CONFIRM_ERASURE),
        Stage.CHECK_IN: (MoveKind.CHECK_IN,),
        Stage.FINISHED: (
            *(MoveKind.PROMISE, MoveKind.INTRODUCED, MoveKind.NOT_INTRODUCED, MoveKind.HAND_OVER),
            *(MoveKind.ASK_MISSED, MoveKind.FAREWELL, MoveKind.ANYTHING_ELSE, MoveKind.ERASED),
        ),
    }.items()
    for kind in kinds
}
