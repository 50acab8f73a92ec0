"""What a call leaves in the ledgers beside the turns: promises made aloud, and introductions the rep offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import CellName
from bot.advice.phrasing import Phrasebook, clause, sentence, short_quote
from bot.calls.doing import Action, Refused
from bot.store import NotFound, Work, records

Entry = Callable[[Work, str, Dossier, Action, "Books"], Mapping[str, Any]]


class Books:
    """What entries are made with: the catalogue, the phrases for reps, and today."""

    def __init__(self, catalogue: Catalogue, phrases: Phrasebook, today: date) -> None:
        self.catalogue = catalogue
        self.phrases = phrases
        self.today = today


def _promise(work: Work, conversation: str, dossier: Dossier, action: Action, books: Books) -> Mapping[str, Any]:
    """A promise made aloud: what, who owns it, and by when."""
    due = action.day("due", books.today)
    made = work.promises.add(
        records.Promise(
            conversation_id=conversation,
            owner=action.word("owner", needed=False) or action.by,
            what=action.text("text", 500),
            due=due,
            concern=dossier.concern.problem if dossier.concern is not None else "",
        )
    )
    return {"promise": made.id, "text": made.what}


def _withdraw(work: Work, conversation: str, dossier: Dossier, action: Action, books: Books) -> Mapping[str, Any]:
    """A promise noted by mistake is taken out; one that belongs to what was agreed is settled in the day list."""
    promise = work.promises.get(int(action.number("promise", 1, 2**53)))
    if promise.conversation_id != conversation:
        raise NotFound("There is no such promise in this call.")
    if promise.remedy_id:
        raise Refused("This promise belongs to what they agreed to.", "Settle it in your day list, with what came of it.")
    work.promises.remove(promise.id)
    return {"promise": promise.id, "text": promise.what}


def _refer(work: Work, conversation: str, dossier: Dossier, action: Action, books: Books) -> Mapping[str, Any]:
    """An introduction the rep offers, drafted for the customer to hear, change and allow."""
    vendor = books.catalogue.vendors.get(action.word("vendor"))
    if vendor is None:
        raise Refused("That vendor is not in the catalogue.", "Choose one of the list.", "vendor")
    known = [one for one in work.referrals.of_conversation(conversation) if one.vendor_id == vendor.id]
    if known:
        return {"referral": known[-1].id, "text": vendor.name}
    made = work.referrals.add(
        records.Referral(
            conversation_id=conversation,
            vendor_id=vendor.id,
            vendor_name=vendor.name,
            reason=vendor.better_at,
            concern=dossier.concern.problem if dossier.concern is not None else "",
            introduction=introduction(dossier, vendor.id, books),
            consent=records.Consent.PENDING,
        )
    )
    return {"referral": made.id, "text": vendor.name}


def _share(work: Work, conversation: str, dossier: Dossier, action: Action, books: Books) -> Mapping[str, Any]:
    """The customer's word on an introduction: shared exactly as they heard it, or not at all."""
    found = work.referrals.get(int(action.number("referral", 1, 2**53)))
    if found.conversation_id != conversation:
        raise NotFound("There is no such introduction in this call.")
    if found.shared_at is not None:
        raise Refused("This introduction has been made already.", "Tell the vendor yourself what has changed.")
    if not action.flag("agreed"):
        work.referrals.save(replace(found, consent=records.Consent.REFUSED))
        return {"referral": found.id, "text": found.vendor_name, "agreed": False}
    words = action.text("text")
    saved = work.referrals.save(replace(found, consent=records.Consent.GIVEN, introduction=words))
    vendor = books.catalogue.vendors.get(found.vendor_id)
    contact = dossier.contact or dossier.customer.contact
    work.referrals.share(saved.id, {"introduction": words, "contact": contact, "to": vendor.contact if vendor else ""})
    work.consents.add(
        records.ConsentAnswer(
            conversation_id=conversation,
            topic="introduction",
            asked=f"introduce you to {found.vendor_name}",
            answer=records.Consent.GIVEN,
            quote=action.text("quote", 300, needed=False) or "yes",
        )
    )
    return {"referral": found.id, "text": found.vendor_name, "agreed": True}


def introduction(dossier: Dossier, vendor_id: str, books: Books) -> str:
    """The draft of an introduction to a vendor, around the customer's own words."""
    concern, vendor = dossier.concern, books.catalogue.vendors[vendor_id]
    outcome = books.catalogue.outcomes.get(concern.need) if concern is not None else None
    quote = short_quote(concern.quote(CellName.NEED) or concern.quote(CellName.SITUATION)) if concern is not None else ""
    who = dossier.contact or dossier.customer.contact or dossier.customer.name or dossier.customer.organisation
    parts = {
        "contact": vendor.contact.split(",")[0],
        "want": outcome.want if outcome is not None else clause(vendor.better_at),
        "better_at": clause(vendor.better_at),
        "customer": who or books.catalogue.company.name,
        "introduce": sentence(vendor.introduce),
    }
    if not quote:
        return books.phrases.say("guide_refer_letter_plain", **parts).strip()
    return books.phrases.say("refer_letter", quote=quote, **parts).strip()


ENTRIES: Mapping[str, Entry] = {"promise": _promise, "withdraw": _withdraw, "refer": _refer, "share": _share}
"""Entries by the kind of action."""
