"""Builds facts from what an author wrote: their types where they are plain, their choices, their units."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from bot.advice.catalogue import Choice, Fact, FactType, Product
from bot.advice.formulas import Formula, nearest
from bot.advice.units import Unit, UnitError
from bot.content.blocks import made
from bot.content.reader import Fields, Reader
from bot.content.values import Text

ASSET_FACTS = ("count", "age", "model", "status", "version", "location")
"""What `from_asset` may name beside a capability."""

CUSTOMER_FACTS = ("region", "name", "organisation", "contact")
"""What `from_customer` may name."""


def build_facts(entries: Iterable[Fields], reader: Reader) -> dict[str, Fact]:
    """The declared facts by id; what is wrong with them is reported."""
    built = {}
    for fields in entries:
        name = fields.get("id")
        if isinstance(name, Text) and reader.declare("fact", name) and not fields.broken:
            fact = _fact(fields, reader)
            if fact is not None:
                built[fact.id] = fact
    return built


def _fact(fields: Fields, reader: Reader) -> Fact | None:
    name = fields["id"]
    kind = fields.get("type") or _plain_type(fields)
    if kind is None:
        words = " / ".join(one.value for one in FactType)
        reader.error(name, f"fact '{name}' has no type", f"add type: {words}")
        return None
    choices = build_choices(fields.pop("choices", ()), reader)
    if kind is FactType.CHOICE and not choices and not (fields.keys() & {"formula", "from_asset", "from_customer"}):
        reader.error(name, f"choice '{name}' has no choices", "add choices: with an id and a label for each")
        return None
    _check_sources(fields, reader)
    check_unit(fields, reader)
    fact: Fact = made(Fact, {**fields, "type": kind, "choices": choices})
    return fact


def _plain_type(fields: Fields) -> FactType | None:
    """The type, where the rest of the fact says it."""
    if "choices" in fields:
        return FactType.CHOICE
    if "unit" in fields or fields.get("from_asset") in ("count", "age"):
        return FactType.NUMBER
    if "formula" in fields:
        return FactType.YES_NO if _is_truth(fields["formula"]) else FactType.NUMBER
    if "from_asset" in fields and fields["from_asset"] in ASSET_FACTS:
        return FactType.TEXT
    return None


def _is_truth(formula: Formula) -> bool:
    tree = formula.tree
    return isinstance(tree, (ast.Compare, ast.BoolOp)) or (isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not))


def _check_sources(fields: Fields, reader: Reader) -> None:
    sources = [name for name in ("formula", "from_asset", "from_customer") if name in fields]
    if len(sources) > 1:
        reader.error(fields.place(sources[1]), f"both {sources[0]} and {sources[1]}", "keep one of the two")
    if not sources and "ask" not in fields:
        reader.warning(fields.at, f"fact '{fields['id']}' can never be known", "add ask:, formula: or from_asset:")
    customer = fields.get("from_customer")
    if customer and customer not in CUSTOMER_FACTS:
        instead = "write one of " + ", ".join(CUSTOMER_FACTS)
        reader.error(customer, f"the customer's record holds no '{customer}'{nearest(customer, CUSTOMER_FACTS)}", instead)


def check_unit(fields: Fields, reader: Reader) -> None:
    """Reports a unit that cannot be read."""
    unit = fields.get("unit", "")
    try:
        Unit.parse(unit)
    except UnitError as error:
        message, _, instead = str(error).partition(": ")
        reader.error(fields.place("unit"), message, instead)


def build_choices(entries: Iterable[Fields], reader: Reader) -> tuple[Choice, ...]:
    """The choices of a fact or check; one without phrasings is said as its label. Each id may stand once."""
    built: dict[str, Choice] = {}
    for fields in entries:
        name = fields.get("id")
        if name is None or fields.broken:
            continue
        if name in built:
            reader.error(name, f"answer '{name}' is there twice", "write another id")
            continue
        label = fields.get("label") or str(name).replace("_", " ").capitalize()
        built[str(name)] = Choice(str(name), label, fields.get("said_as") or (label,))
    return tuple(built.values())


def check_asset_facts(facts: Iterable[Fields], products: Iterable[Product], reader: Reader) -> None:
    """Reports facts read from what customers own that no product could ever tell."""
    capabilities = {name for product in products for name in product.capabilities}
    for fields in facts:
        wanted = fields.get("from_asset")
        if not isinstance(wanted, Text) or wanted in ASSET_FACTS or wanted in capabilities:
            continue
        known = [*ASSET_FACTS, *sorted(capabilities)]
        instead = "write one of " + ", ".join(known[:20]) + ", or add it to the capabilities of a product"
        reader.error(wanted, f"no product has a capability '{wanted}'{nearest(wanted, known)}", instead)
