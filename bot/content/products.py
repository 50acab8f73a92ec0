"""Builds products; their capabilities are brought into the units of the facts that read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.advice.catalogue import Fact, FactType, Product, ProductStatus
from bot.advice.units import UnitError, convert
from bot.content.blocks import made
from bot.content.reader import Fields, Reader
from bot.content.readings import Capability
from bot.content.values import Text


def build_products(
    entries: Iterable[Fields], facts: Mapping[str, Fact], causes_of: Mapping[str, tuple[str, ...]], reader: Reader
) -> dict[str, Product]:
    """The products by id."""
    readers = {fact.from_asset: fact for fact in facts.values() if fact.from_asset}
    built: dict[str, Product] = {}
    for fields in entries:
        name, kind = fields.get("id"), fields.get("kind")
        if isinstance(kind, Text):
            reader.declared.setdefault("kind", {}).setdefault(str(kind), kind)
        if isinstance(name, Text) and reader.declare("product", name) and not fields.broken:
            built[str(name)] = _product(fields, readers, causes_of, reader)
            _check_status(fields, reader)
    return built


def _product(fields: Fields, readers: Mapping[str, Fact], causes_of: Mapping[str, tuple[str, ...]], reader: Reader) -> Product:
    given: Mapping[str, Capability] = fields.get("capabilities", {})
    values = {name: _in_unit_of(readers.get(name), name, one, reader) for name, one in given.items()}
    changes: dict[str, Any] = {
        "capabilities": {name: one.value for name, one in values.items()},
        "units": {name: one.unit for name, one in values.items() if one.unit},
        "known_problems": _causes(fields.get("known_problems", ()), causes_of, reader),
    }
    product: Product = made(Product, {**fields, **changes})
    return product


def _in_unit_of(fact: Fact | None, name: str, one: Capability, reader: Reader) -> Capability:
    """The capability in the unit of the fact that reads it."""
    if fact is None or fact.type is not FactType.NUMBER:
        return one
    if isinstance(one.value, (str, bool)):
        reader.error(one.at, f"{name} '{one.at}' is no number, but fact '{fact.id}' is one", "write a number with its unit")
        return one
    try:
        value = convert(one.value, one.unit, fact.unit)
    except UnitError:
        instead = f"write it in {fact.unit}"
        reader.error(one.at, f"{name} is in {one.unit}, but fact '{fact.id}' is in {fact.unit}", instead)
        return one
    return Capability(value, fact.unit or one.unit, one.at)


def _causes(names: Iterable[str], causes_of: Mapping[str, tuple[str, ...]], reader: Reader) -> tuple[str, ...]:
    """Causes as they are, problems as all their causes."""
    known = reader.declared.get("cause", {})
    found = [cause for name in names for cause in ((name,) if name in known else causes_of.get(name, ()))]
    return tuple(dict.fromkeys(found))


def _check_status(fields: Fields, reader: Reader) -> None:
    status, successor = fields.get("status"), fields.get("replaced_by")
    if successor == fields["id"]:
        reader.error(fields.place("replaced_by"), "a product cannot replace itself", "write the id of its successor")
    if status is ProductStatus.SUPERSEDED and not successor:
        instead = "add replaced_by: with the id of its successor, or status: retired"
        reader.warning(fields["id"], f"product '{fields['id']}' is superseded by nothing", instead)
