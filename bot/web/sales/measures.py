"""What a rep did for customers: needs found, served without a purchase, promises kept, referrals that worked. Never sales."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from bot.advice.archive import from_plain
from bot.advice.catalogue import Catalogue, Rung
from bot.advice.dossier import Dossier
from bot.advice.need_map import NeedMap, ReadBack
from bot.store.access import User
from bot.store.day import Whose
from bot.store.records import CheckIn, Promise, PromiseState, Referral
from bot.web.access import Permission, may, sight, staff_page
from bot.web.backend import Backend

router = APIRouter(prefix="/day", include_in_schema=False)

_PERIOD: Final = timedelta(days=90)
_MOST: Final = 500
_MEANS: Final = (
    ("Needs found", "Needs read back in the customer’s words and confirmed."),
    ("Confirmed the first time", "Needs understood so well that the first read-back was right."),
    ("Served without a purchase", "Advice taken that used what the customer owns, or sent them where they fit."),
    ("Promises kept", "Of those whose end is known, as the customer told it."),
    ("Referrals that worked", "Introductions after which the customer said that it worked."),
)


@dataclass(frozen=True)
class Measure:
    """One figure: how many, of how many (None where there is no whole), and what it means."""

    name: str
    count: int
    of: int | None
    means: str


@dataclass(frozen=True)
class Followed:
    """What became of conversations afterwards."""

    promises: Sequence[Promise]
    referrals: Sequence[Referral]
    check_ins: Sequence[CheckIn]


@router.get("/measures")
async def measures_page(request: Request, user: User = Depends(may(Permission.DAY))) -> Response:
    """The rep's own figures of the last ninety days; nobody else is shown beside them."""
    found, learned, many = await run_in_threadpool(_read, request.app.state.backend, user)
    values = {"measures": found, "learned": learned, "days": _PERIOD.days, "most": _MOST if many else 0}
    return staff_page(request, "sales/measures.html", values)


def measures(dossiers: Iterable[Dossier], followed: Followed, catalogue: Catalogue) -> list[Measure]:
    """The figures, from the dossiers and from what became of them."""
    concerns = [concern for dossier in dossiers for concern in dossier.concerns]
    confirmed = [concern for concern in concerns if concern.read_back is ReadBack.CONFIRMED]
    first_time = [concern for concern in confirmed if not concern.denials]
    accepted = [rung for concern in concerns if (rung := _rung(concern, catalogue)) is not None]
    without = [rung for rung in accepted if rung is not Rung.BUY]
    kept = [promise for promise in followed.promises if promise.state is PromiseState.KEPT]
    worked = [referral for referral in followed.referrals if _worked(referral, followed)]
    figures = (
        (len(confirmed), None),
        (len(first_time), len(confirmed)),
        (len(without), len(accepted)),
        (len(kept), len(followed.promises)),
        (len(worked), len(followed.referrals)),
    )
    return [Measure(name, *figure, means) for (name, means), figure in zip(_MEANS, figures, strict=True)]


def _rung(concern: NeedMap, catalogue: Catalogue) -> Rung | None:
    try:
        return catalogue.remedy(concern.accepted).rung if concern.accepted else None
    except KeyError:
        return None


def _worked(referral: Referral, followed: Followed) -> bool:
    return any(one.conversation_id == referral.conversation_id and one.worked for one in followed.check_ins)


def _read(backend: Backend, user: User) -> tuple[list[Measure], int, bool]:
    since, whose = backend.now() - _PERIOD, Whose(sight(user), True, user.name)
    with backend.store.read() as work:
        found = work.day.conversations(whose, since, _MOST)
        ids = [conversation.id for conversation in found]
        followed = Followed(work.day.settled(ids), work.day.referred(ids), work.day.answered(ids))
        learned = len(work.day.learned(whose, since, _MOST))
    dossiers = [from_plain(Dossier, conversation.state) for conversation in found]
    return measures(dossiers, followed, backend.catalogue), learned, len(found) == _MOST
