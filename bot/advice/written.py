"""What a person wrote to put a line right, read as the value the line holds."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from bot.advice.catalogue import Catalogue, Fact, FactType, letters
from bot.advice.dossier import Asset
from bot.advice.heard import FactValue
from bot.advice.units import Unit, UnitError, convert, parse_quantity

MOST_OWNED = 1_000_000

LONGEST = 1200
"""Characters in a corrected line."""


class NotCorrected(ValueError):
    """A line cannot be put right that way; the text says what to write instead."""


def fact_value(fact: Fact, text: str) -> FactValue:
    """The value a person wrote for a fact. Raises NotCorrected with what may be written."""
    text = text.strip()
    if fact.type is FactType.NUMBER:
        return _number(fact, text)
    if fact.type is FactType.YES_NO:
        if text.casefold() not in ("yes", "no"):
            raise NotCorrected("Write yes or no.")
        return text.casefold() == "yes"
    if fact.type is FactType.CHOICE:
        for choice in fact.choices:
            if text.casefold() in (choice.id.casefold(), choice.label.casefold()):
                return choice.id
        raise NotCorrected(f"Choose one of these: {', '.join(choice.label for choice in fact.choices)}.")
    if fact.type is FactType.DATE:
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise NotCorrected("Write a day such as 2025-06-05.") from None
    return text


def _number(fact: Fact, text: str) -> float:
    unit = f" in {fact.unit}" if fact.unit else ""
    found = parse_quantity(text)
    if found is None or abs(found[0]) > 1e12:
        raise NotCorrected(f"Write a number{unit}.")
    amount, written = found
    if not written or not fact.unit or written == fact.unit:
        return amount
    try:
        return convert(amount, Unit.parse(written), Unit.parse(fact.unit))
    except UnitError:
        raise NotCorrected(f"Write a number{unit}.") from None


def owned(asset: Asset, text: str, catalogue: Catalogue) -> Asset:
    """The asset with another number, another model, or both: "2", "2 W-22", "W-22"."""
    found = _OWNED.fullmatch(text.strip())
    quantity = float(found[1]) if found is not None and found[1] else asset.quantity
    name = (found[2] if found is not None else text).strip()
    if not 0 < quantity <= MOST_OWNED:
        raise NotCorrected("Write how many there are, or take the line out.")
    product = catalogue.products.get(asset.product)
    same = not name or letters(name) in (letters(asset.model), letters(product.name if product else asset.kind))
    if same:
        return replace(asset, quantity=quantity)
    wanted = letters(name)
    for other in catalogue.products.values():
        if wanted in {letters(each) for each in (other.id, other.name, *other.aliases)}:
            return replace(asset, quantity=quantity, product=other.id, model=other.name, kind=other.kind)
    raise NotCorrected("Write how many there are, such as 2, or the number and a product we know, such as 2 × its name.")


_OWNED = re.compile(r"(?:(\d{1,7}(?:\.\d+)?)\s*(?:[x×]\s*)?(?=\s|[^\d.]|$))?(.*?)(?:\(\d{4}\).*)?", re.DOTALL)


def product_named(text: str, catalogue: Catalogue) -> str:
    """The id of the product of that name or alias, empty when there is none."""
    wanted = letters(text)
    products = (one for one in catalogue.products.values() if wanted in {letters(each) for each in (one.name, *one.aliases)})
    return next((product.id for product in products), "")
