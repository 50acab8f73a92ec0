"""spoken(): the dossier after a move was made, so that what was asked, advised and promised is remembered."""

from __future__ import annotations

from dataclasses import replace

from bot.advice.dossier import Consent, Dossier, HandOver, Interruption, Referral, ReferralState
from bot.advice.moves import Move, MoveKind
from bot.advice.need_map import NeedMap, ReadBack, State
from bot.advice.next_move import resume

_QUESTIONS = (MoveKind.ASK_WHY, MoveKind.ASK_MEANT, MoveKind.ASK_CHECK, MoveKind.ASK_CELL)


def spoken(dossier: Dossier, move: Move) -> Dossier:
    """The dossier with this move made: its question open, its concern moved on, its promises and referral kept."""
    said = {**dossier.said, move.kind.value: dossier.said.get(move.kind.value, 0) + 1}
    if move.about.get("resumes") == "yes":
        dossier = resume(dossier, move.concern)
    dossier = replace(dossier, said=said, open=move.question, pending=(), leaving=False)
    if dossier.consent is Consent.UNASKED:
        dossier = replace(dossier, consent=Consent.ASKED)
    dossier = _made(dossier, move)
    return dossier if move.concern < 0 else _moved_on(dossier, move)


def _made(dossier: Dossier, move: Move) -> Dossier:
    """What the move changes in the dossier as a whole."""
    if move.kind is MoveKind.WARN:
        return replace(dossier, warned=(*dossier.warned, move.about["danger"]))
    if move.kind is MoveKind.HAND_OVER:
        return replace(dossier, hand_over=HandOver.DONE)
    if move.kind is MoveKind.ASK_CONTACT and move.about.get("why") not in ("booking", "refer"):
        return replace(dossier, hand_over=HandOver.WANTED, hand_over_why=move.about.get("why", ""))
    if move.kind is MoveKind.PROMISE:
        return replace(dossier, promises=(*dossier.promises, *move.promises))
    if move.kind is MoveKind.REFER and move.referral is not None:
        return _drafted(dossier, move.referral)
    return dossier


def _drafted(dossier: Dossier, referral: Referral) -> Dossier:
    others = tuple(old for old in dossier.referrals if old.remedy != referral.remedy)
    state = referral.state if referral.state is ReferralState.EDITING else ReferralState.DRAFTED
    return replace(dossier, referrals=(*others, replace(referral, state=state)))


def _moved_on(dossier: Dossier, move: Move) -> Dossier:
    """What the move changes in the concern it is about."""
    concern = dossier.concerns[move.concern]
    if move.kind in _QUESTIONS and not move.again:
        concern = replace(concern, questions=concern.questions + 1)
    if move.kind in (MoveKind.ASK_WHY, MoveKind.ASK_MEANT) and not move.again:
        concern = replace(concern, whys=concern.whys + 1)
    if Interruption.OPTIONS in move.answers or Interruption.WHY_NOT in move.answers:
        concern = replace(concern, compared=True)
    return dossier.with_concern(_after(concern, move))


def _after(concern: NeedMap, move: Move) -> NeedMap:
    if move.kind is MoveKind.READ_BACK:
        return replace(concern, read_back=ReadBack.SAID)
    if move.kind is MoveKind.ADVISE:
        return replace(concern, advised=(*concern.advised, move.remedy))
    if move.kind in (MoveKind.PROMISE, MoveKind.INTRODUCED, MoveKind.NOT_INTRODUCED):
        return replace(concern, state=State.ACCEPTED)
    if move.kind is MoveKind.HAND_OVER and concern.state is State.OPEN:
        return replace(concern, state=State.HANDED_OVER)
    return concern
