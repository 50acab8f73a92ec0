"""Words of customers made fit for data that stays: what names a person gives way to an invented stand-in of the same kind."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

from bot.advice.archive import from_plain
from bot.advice.dossier import Dossier
from bot.store.masking import mask
from bot.store.records import Json

_STAND_INS: Final = {
    "[name]": "Kim Sander",
    "[email]": "kim@sander.example",
    "[phone]": "0151 2345678",
    "[address]": "12 Mill Lane",
    "[number]": "A-100200",
}


def with_stand_ins(text: str, names: Iterable[str] = ()) -> str:
    """The text with personal data replaced by stand-ins, so that it still reads like a message."""
    masked = mask(text, names)
    for mark, stand_in in _STAND_INS.items():
        masked = masked.replace(mark, stand_in)
    return masked


def names_in(dossier: Json) -> tuple[str, ...]:
    """What a stored dossier knows to be personal: names and contacts, of the customer and as they were told."""
    known = from_plain(Dossier, dossier) if dossier else Dossier()
    customer = known.customer
    return tuple(name for name in (customer.name, customer.organisation, customer.contact, known.contact) if name)


def voice_of(conversation_id: str) -> str:
    """The name under which a conversation's words are trained on: it tells customers apart and leads back to nobody."""
    return f"learnt_{blake2b(conversation_id.encode(), digest_size=5).hexdigest()}"
