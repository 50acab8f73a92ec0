"""What a turn starts from, and what it changes beyond its own record: promises, referrals, hand-overs, consents, counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.advice.archive import to_plain
from bot.advice.catalogue import Catalogue, Product
from bot.advice.diagnosis import most_likely
from bot.advice.dossier import (
    Asset,
    CheckedIn,
    Consent,
    Customer,
    Dossier,
    DueCheckIn,
    HandOver,
    Promise,
    Referral,
    ReferralState,
)
from bot.advice.heard import CellName, Source
from bot.advice.moves import Move, MoveKind
from bot.advice.scene import person
from bot.knowledge import Knowledge
from bot.store import Work, records
from bot.store.conformance import check_in_answered

DAYS_IN_YEAR = 365.25


def opened(work: Work, catalogue: Catalogue, customer_id: str, today: date) -> Dossier:
    """The dossier a conversation starts from: what the records know of an identified customer, and what is due to ask them."""
    customer = work.customers.by_external_id(customer_id) or work.customers.get(customer_id) if customer_id else None
    if customer is None:
        return Dossier()
    assets = tuple(
        asset_known(asset, catalogue, today)
        for asset in work.assets.of_customer(customer.id)
        if asset.status is not records.AssetStatus.RETIRED
    )
    consent = Consent.UNASKED
    due = tuple(_due(work, item) for item in work.check_ins.due(today, customer_id=customer.id))
    known = Customer(customer.id, customer.name, customer.organisation, customer.region, customer.contact)
    return Dossier(customer=known, assets=assets, due=due, consent=consent)


def asset_known(asset: records.Asset, catalogue: Catalogue, today: date) -> Asset:
    """An asset on record as the engine sees it, its model recognised by id, name or alias."""
    product = product_named(asset.product_id or asset.model, catalogue)
    age = (today - asset.bought_on).days / DAYS_IN_YEAR if asset.bought_on else None
    return Asset(
        kind=product.kind if product else "",
        product=product.id if product else "",
        model=asset.model,
        quantity=float(asset.quantity),
        age=round(age, 1) if age is not None else None,
        bought=asset.bought_on.isoformat() if asset.bought_on else "",
        version=asset.version,
        location=asset.location,
        status=asset.status.value,
        notes=asset.notes,
        source=Source(asset.source) if asset.source in {each.value for each in Source} else Source.RECORD,
    )


def product_named(name: str, catalogue: Catalogue) -> Product | None:
    """The product whose id, name or alias this is, however it is spelt."""
    wanted = _letters(name)
    if name in catalogue.products:
        return catalogue.products[name]
    found = (
        product
        for product in catalogue.products.values()
        if wanted in {_letters(each) for each in (product.id, product.name, *product.aliases)}
    )
    return next(found, None)


def apply(
    work: Work,
    conversation: str,
    before: Dossier,
    after: Dossier,
    move: Move,
    knowledge: Knowledge,
    turn: records.Turn,
) -> None:
    """Store everything the turn changed besides itself, in the same transaction."""
    _consented(work, conversation, before, after, turn)
    _withdrawn(work, conversation, before, after, turn)
    for promise in after.promises[len(before.promises) :]:
        _promised(work, conversation, promise, after, move)
    for referral in after.referrals:
        if referral not in before.referrals:
            _referred(work, conversation, referral, after, knowledge.catalogue, turn)
    if after.hand_over is HandOver.DONE and before.hand_over is not HandOver.DONE:
        _handed_over(work, conversation, after, knowledge.catalogue)
    elif after.hand_over is HandOver.DONE:
        _left_a_message(work, conversation, after)
    for answer in after.checked_in[len(before.checked_in) :]:
        _checked_in(work, answer, knowledge.catalogue_id)
    if after.closing and after.closing != before.closing:
        asked = "What would you miss if we weren't here?"
        work.closing_answers.add(records.ClosingAnswer(conversation_id=conversation, question=asked, answer=after.closing))
    _learnt_assets(work, conversation, before, after)
    _count(work, move, knowledge.catalogue)


def _consented(work: Work, conversation: str, before: Dossier, after: Dossier, turn: records.Turn) -> None:
    if before.consent is after.consent or after.consent not in (Consent.GIVEN, Consent.REFUSED):
        return
    answer = records.Consent.GIVEN if after.consent is Consent.GIVEN else records.Consent.REFUSED
    topic = "contact" if after.contact != before.contact else "notes"
    work.consents.add(
        records.ConsentAnswer(
            conversation_id=conversation,
            topic=topic,
            asked="keep notes of this chat",
            answer=answer,
            quote=turn.user_text,
        )
    )


def _promised(work: Work, conversation: str, promise: Promise, after: Dossier, move: Move) -> None:
    concern = after.concerns[promise.concern]
    cause = most_likely(move.ladder.belief)[0] if move.ladder is not None and move.ladder.belief else _cause(after, promise)
    stored = work.promises.add(
        records.Promise(
            conversation_id=conversation,
            owner=promise.owner,
            what=promise.what,
            due=date.fromisoformat(promise.due),
            check_in_question=promise.check_in,
            concern=concern.problem,
            remedy_id=promise.remedy,
            cause_id=cause or None,
        )
    )
    if promise.check_in:
        on = date.fromisoformat(promise.check_in_on)
        question = promise.check_in
        work.check_ins.add(records.CheckIn(conversation_id=conversation, promise_id=stored.id, due=on, question=question))
    if promise.check_in and (success := concern.quote(CellName.SUCCESS)):
        expected = records.Expectation(
            conversation_id=conversation, promise_id=stored.id, concern=concern.problem, expected=success
        )
        work.expectations.add(expected)


def _cause(after: Dossier, promise: Promise) -> str:
    return after.focus.get("cause", "")


def _referred(work: Work, conversation: str, referral: Referral, after: Dossier, catalogue: Catalogue, turn: records.Turn) -> None:
    consent = {ReferralState.SHARED: records.Consent.GIVEN, ReferralState.DECLINED: records.Consent.REFUSED}
    answered = consent.get(referral.state, records.Consent.PENDING)
    known = [one for one in work.referrals.of_conversation(conversation) if one.vendor_id == referral.vendor]
    vendor = catalogue.vendors[referral.vendor]
    concern = after.concerns[referral.concern]
    text = referral.text or (known[-1].introduction if known else "")
    if not known:
        work.referrals.add(
            records.Referral(
                conversation_id=conversation,
                vendor_id=vendor.id,
                vendor_name=vendor.name,
                reason=vendor.better_at,
                concern=concern.problem,
                introduction=_introduction(turn, referral),
                consent=answered,
            )
        )
        return
    draft = _introduction(turn, referral) if referral.state is ReferralState.DRAFTED else text
    saved = work.referrals.save(replace(known[-1], consent=answered, introduction=draft))
    if answered is records.Consent.GIVEN:
        work.referrals.share(saved.id, {"introduction": saved.introduction, "contact": after.contact, "to": vendor.contact})


def _introduction(turn: records.Turn, referral: Referral) -> str:
    """The words the customer was shown."""
    if referral.text:
        return referral.text
    drafts = [str(bubble["text"]).split("\n\n", 1)[1] for bubble in turn.message if "\n\n" in str(bubble["text"])]
    return drafts[0] if drafts else ""


def _handed_over(work: Work, conversation: str, after: Dossier, catalogue: Catalogue) -> None:
    name, role, _ = person(catalogue, after.concern)
    contact = after.contact or after.customer.contact
    work.hand_overs.add(
        records.HandOver(
            conversation_id=conversation,
            to_whom=f"{name}, {role}",
            reason=after.hand_over_why,
            dossier=to_plain(after),
            contact=contact,
        )
    )


def _left_a_message(work: Work, conversation: str, after: Dossier) -> None:
    """What is written while a hand-over waits reaches the person too."""
    for hand_over in work.hand_overs.of_conversation(conversation):
        if hand_over.state is records.HandOverState.WAITING:
            contact = after.contact or after.customer.contact or hand_over.contact
            work.hand_overs.save(replace(hand_over, dossier=to_plain(after), contact=contact))


def _withdrawn(work: Work, conversation: str, before: Dossier, after: Dossier, turn: records.Turn) -> None:
    """Promises whose ground a correction took away: settled as withdrawn, and nobody is asked how they went."""
    gone = {(one.remedy, one.due, one.what) for one in before.promises if one not in after.promises}
    if not gone:
        return
    unsettled = (records.PromiseState.OPEN, records.PromiseState.LATE)
    stored = [one for one in work.promises.of_conversation(conversation) if one.state in unsettled]
    ids = {one.id for one in stored if (one.remedy_id, one.due.isoformat() if one.due else "", one.what) in gone}
    for id in ids:
        work.promises.settle(id, records.PromiseState.WITHDRAWN, turn.user_text)
    for check_in in work.check_ins.of_conversation(conversation):
        if check_in.promise_id in ids and check_in.answered_at is None:
            work.check_ins.answer(check_in.id, turn.user_text, None)


def _checked_in(work: Work, answer: CheckedIn, catalogue_id: str) -> None:
    check_in_answered(work, int(answer.promise), answer.quote, answer.worked, catalogue_id)


def _due(work: Work, item: records.CheckIn) -> DueCheckIn:
    promise = work.promises.get(item.promise_id) if item.promise_id is not None else None
    remedy = promise.remedy_id or "" if promise is not None else ""
    return DueCheckIn(str(item.id), remedy, promise.what if promise is not None else "", item.question)


def _learnt_assets(work: Work, conversation: str, before: Dossier, after: Dossier) -> None:
    if not after.customer.id:
        return
    for asset in after.assets:
        if asset not in before.assets and asset.source is Source.CUSTOMER:
            work.assets.upsert(
                records.Asset(
                    customer_id=after.customer.id,
                    model=asset.product or asset.model or asset.kind,
                    product_id=asset.product or None,
                    quantity=max(1, round(asset.quantity)),
                    source="customer",
                    learned_in=conversation,
                )
            )


def _count(work: Work, move: Move, catalogue: Catalogue) -> None:
    """Counts without names: all that stays of a conversation whose notes were refused."""
    work.counters.add("turns")
    if move.kind is MoveKind.ADVISE:
        work.counters.add(f"advised_{catalogue.remedy(move.remedy).rung.value}")
    elif move.kind in (MoveKind.HAND_OVER, MoveKind.PROMISE, MoveKind.INTRODUCED):
        work.counters.add(move.kind.value)


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
