"""Records with something in every field, for tests of the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from bot.store import Store, Work
from bot.store.access import User
from bot.store.after import Summary
from bot.store.calls import CallAction, CallRow
from bot.store.corrections import Proposal, TurnCorrection
from bot.store.records import (
    Asset,
    CheckIn,
    ClosingAnswer,
    Consent,
    ConsentAnswer,
    Conversation,
    Customer,
    Expectation,
    Feedback,
    HandOver,
    Promise,
    Referral,
    Turn,
)


def started(store: Store, conversation_id: str = "guest", **fields: Any) -> Conversation:
    """A conversation stored as new."""
    with store.begin() as work:
        return work.conversations.start(Conversation(id=conversation_id, **fields))


def one_turn(store: Store, conversation_id: str = "guest", text: str = "hello", **fields: Any) -> Turn:
    """One more turn of a stored conversation, with the new state in it."""
    with store.begin() as work:
        conversation = work.conversations.get_for_update(conversation_id)
        assert conversation is not None
        changed = replace(conversation, state={"heard": text})
        return work.conversations.record(changed, Turn(conversation_id=conversation_id, user_text=text, **fields))[1]


def everything(work: Work, mark: str, conversation_id: str) -> Customer:
    """A customer with an asset and a conversation that has one of each record, all mentioning `mark`."""
    customer = work.customers.add(Customer(external_id=mark, name=mark, organisation=mark, region=mark, contact=mark))
    work.assets.upsert(Asset(customer_id=customer.id, model=mark, serial=mark, notes=mark))
    conversation = work.conversations.start(
        Conversation(id=conversation_id, customer_id=customer.id, consent=Consent.GIVEN, channel="rest", state={"need": mark})
    )
    turn = Turn(conversation_id=conversation_id, message_id=mark, user_text=mark, heard={"quote": mark})
    work.conversations.record(conversation, turn)
    promise = work.promises.add(Promise(conversation_id=conversation_id, owner=mark, what=mark, due=date(2025, 6, 5)))
    work.check_ins.add(CheckIn(conversation_id=conversation_id, promise_id=promise.id, due=date(2025, 6, 6), question=mark))
    work.expectations.add(Expectation(conversation_id=conversation_id, promise_id=promise.id, expected=mark))
    work.referrals.add(Referral(conversation_id=conversation_id, vendor_id="v", vendor_name=mark, reason=mark))
    work.consents.add(
        ConsentAnswer(conversation_id=conversation_id, topic="recording", asked=mark, answer=Consent.GIVEN, quote=mark)
    )
    if not work.webhooks.all():
        work.webhooks.add("https://crm.example/hook", ("hand_over.waiting",), "ada")
    work.hand_overs.add(HandOver(conversation_id=conversation_id, to_whom=mark, reason=mark, dossier={"all": mark}))
    work.feedback.add(Feedback(conversation_id=conversation_id, seq=1, rating=5, text=mark))
    work.closing_answers.add(ClosingAnswer(conversation_id=conversation_id, question="what would you miss?", answer=mark))
    work.corrections.append(TurnCorrection(conversation_id=conversation_id, seq=1, number=0, by=mark, content={"note": mark}), 0)
    work.proposals.add(
        Proposal(conversation_id=conversation_id, seq=1, number=1, kind="example", target=mark, content={"text": mark})
    )
    call = work.calls.start(CallRow(conversation_id=conversation_id, rep="ada", state={"notes": mark}, seq=1))
    work.calls.act(call, CallAction(conversation_id=conversation_id, message_id=mark, kind="note", by="ada", data={"text": mark}))
    rep = work.users.by_name("rep") or work.users.add(User(name="rep"))
    work.self_checks.save(conversation_id, rep, {"note": mark})
    work.summaries.save(Summary(conversation_id=conversation_id, text=mark, note=mark))
    return customer
