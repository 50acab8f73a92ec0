"""Preparing a call: in one look what the customer owns, was promised and told us, and what is known to go wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.advice.archive import from_plain
from bot.advice.catalogue import Catalogue, Product, ProductStatus
from bot.advice.dossier import Dossier
from bot.advice.heard import CellName
from bot.advice.need_map import NeedMap
from bot.advice.phrasing import short_quote
from bot.effects import DAYS_IN_YEAR, product_named
from bot.store import Work, records

MOST_CONVERSATIONS = 8
"""How many past conversations are shown, the last ones first."""

NEAR_THE_END = 0.8
"""The share of its life from which an asset is near its end."""


@dataclass(frozen=True)
class Owned:
    """One asset as a rep wants to see it. `life` is the share of its expected life that is over, None when not known.

    `known_problems` are what often lies behind trouble with this model; `successor` what replaced it.
    """

    name: str
    quantity: int
    status: str
    bought: date | None
    age: float | None
    life: float | None
    version: str
    location: str
    serial: str
    history: str
    source: str
    superseded: bool
    successor: str
    known_problems: tuple[str, ...]

    @property
    def near_end(self) -> bool:
        """Whether its life is nearly or wholly over."""
        return self.life is not None and self.life >= NEAR_THE_END


@dataclass(frozen=True)
class Past:
    """One past conversation: when, by which face, and what was understood and agreed in it, a line each."""

    id: str
    on: date
    face: str
    understood: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """Everything known of a customer before a call."""

    customer: records.Customer | None
    owned: tuple[Owned, ...] = ()
    promises: tuple[records.Promise, ...] = ()
    past: tuple[Past, ...] = ()
    referrals: tuple[records.Referral, ...] = ()
    gaps: tuple[records.Expectation, ...] = ()
    """Expectations that were not met and nobody has put right yet."""


def prepared(work: Work, customer_id: str, catalogue: Catalogue, today: date, besides: str = "") -> Brief:
    """What the records know of a customer, without the conversation `besides`; an empty brief for nobody."""
    customer = work.customers.get(customer_id) if customer_id else None
    if customer is None:
        return Brief(None)
    past = [one for one in work.conversations.of_customer(customer.id, MOST_CONVERSATIONS + 1) if one.id != besides]
    open_states = (records.PromiseState.OPEN, records.PromiseState.LATE)
    gaps = [one for one in work.expectations.of_customer(customer.id) if one.state is records.ExpectationState.GAP]
    return Brief(
        customer,
        owned=tuple(_owned(asset, catalogue, today) for asset in work.assets.of_customer(customer.id)),
        promises=tuple(one for one in work.promises.of_customer(customer.id) if one.state in open_states),
        past=tuple(_past(one, catalogue) for one in past[:MOST_CONVERSATIONS] if one.last_seq),
        referrals=work.referrals.of_customer(customer.id),
        gaps=tuple(gaps),
    )


def _owned(asset: records.Asset, catalogue: Catalogue, today: date) -> Owned:
    product = product_named(asset.product_id or asset.model, catalogue)
    age = (today - asset.bought_on).days / DAYS_IN_YEAR if asset.bought_on else None
    life = age / product.life_years if product is not None and product.life_years and age is not None else None
    successor = catalogue.products.get(product.replaced_by) if product is not None else None
    return Owned(
        name=product.name if product is not None else asset.model,
        quantity=asset.quantity,
        status=asset.status.value,
        bought=asset.bought_on,
        age=age,
        life=life,
        version=asset.version,
        location=asset.location,
        serial=asset.serial,
        history=asset.notes,
        source=asset.source,
        superseded=product is not None and product.status is not ProductStatus.CURRENT,
        successor=successor.name if successor is not None else "",
        known_problems=_known_problems(product, catalogue),
    )


def _known_problems(product: Product | None, catalogue: Catalogue) -> tuple[str, ...]:
    causes = product.known_problems if product is not None else ()
    return tuple(catalogue.causes[cause].name for cause in causes if cause in catalogue.causes)


def _past(conversation: records.Conversation, catalogue: Catalogue) -> Past:
    dossier = from_plain(Dossier, conversation.state)
    lines = [line for concern in dossier.concerns for line in _understood(concern, catalogue)]
    return Past(conversation.id, conversation.last_active_at.date(), conversation.face.value, tuple(lines))


def _understood(concern: NeedMap, catalogue: Catalogue) -> list[str]:
    quote = concern.quote(CellName.NEED) or concern.quote(CellName.PROBLEM) or concern.quote(CellName.SITUATION)
    lines = [f"“{short_quote(quote, 100)}”"] if quote else []
    if concern.need in catalogue.outcomes:
        lines.append(f"Need: {catalogue.outcomes[concern.need].want}")
    remedy = concern.accepted or (concern.advised[-1] if concern.advised else "")
    if remedy in catalogue.remedies or remedy in catalogue.referrals:
        lines.append(f"{'Agreed' if concern.accepted else 'Advised'}: {catalogue.remedy(remedy).title}")
    return lines
