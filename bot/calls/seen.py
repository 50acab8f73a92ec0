"""A call as its page shows it: dossier, guide, what was taken from each note, promises, introductions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.advice.archive import from_plain
from bot.advice.call import Call
from bot.advice.dossier import Dossier
from bot.advice.guide import Guide, guide
from bot.advice.reloaded import still_known
from bot.knowledge import Knowledge
from bot.store import Work, records

LOGGED = 60
"""How many of the last actions the page shows."""


@dataclass(frozen=True)
class Logged:
    """One thing done in the call, and what was taken from it."""

    id: str
    seq: int
    kind: str
    by: str
    at: datetime
    text: str
    who: str
    taken: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """A call at one moment. `kept`: its notes are on disk, else in memory only, as the customer wished."""

    id: str
    rep: str
    seq: int
    kept: bool
    dossier: Dossier
    call: Call
    guide: Guide
    log: tuple[Logged, ...]
    promises: tuple[records.Promise, ...]
    referrals: tuple[records.Referral, ...]
    hand_overs: tuple[records.HandOver, ...]


def seen(work: Work, call_id: str, knowledge: Knowledge, *, kept: bool, today: str) -> Seen:
    """The call as it stands. Raises NotFound."""
    row = work.calls.require(call_id)
    conversation = work.conversations.require(call_id)
    known = still_known(from_plain(Dossier, conversation.state), knowledge.catalogue)
    dossier = replace(known, today=today, staffed=True)
    call = from_plain(Call, row.state)
    return Seen(
        id=call_id,
        rep=row.rep,
        seq=row.seq,
        kept=kept,
        dossier=dossier,
        call=call,
        guide=guide(dossier, call, knowledge.catalogue, knowledge.phrases.for_rep()),
        log=tuple(_logged(action) for action in work.calls.latest(call_id, LOGGED) if action.kind in _SHOWN),
        promises=work.promises.of_conversation(call_id),
        referrals=work.referrals.of_conversation(call_id),
        hand_overs=work.hand_overs.of_conversation(call_id),
    )


_SHOWN = frozenset({"said", "tick", "undo", "correct", "concern", "expert", "consent", "own"})


def _logged(action: Any) -> Logged:
    data = action.data
    return Logged(
        id=action.message_id,
        seq=action.seq,
        kind=action.kind,
        by=action.by,
        at=action.created_at,
        text=str(data.get("text") or ""),
        who=str(data.get("who") or "customer"),
        taken=tuple(str(line) for line in data.get("taken", ())),
        data=data,
    )
