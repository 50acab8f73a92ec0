"""Builds remedies: a problem they serve stands for all its causes; cost and steps may come from product or service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.advice.catalogue import Cost, Likely, Product, ProductStatus, Remedy, Rung, Service
from bot.advice.formulas import nearest
from bot.content.blocks import made
from bot.content.reader import Fields, Reader
from bot.content.values import Text


def build_remedies(
    entries: Iterable[Fields],
    causes_of: Mapping[str, tuple[str, ...]],
    products: Mapping[str, Product],
    services: Mapping[str, Service],
    reader: Reader,
) -> dict[str, Remedy]:
    """The remedies by id."""
    built: dict[str, Remedy] = {}
    for fields in entries:
        name = fields.get("id")
        if isinstance(name, Text) and reader.declare("remedy", name) and not fields.broken:
            product, service = products.get(fields.get("product", "")), services.get(fields.get("service", ""))
            _check_rung(fields, product, reader)
            defaults = _defaults(fields, product, service, reader)
            serves = _serves(fields, causes_of, reader)
            built[str(name)] = made(Remedy, {**defaults, **fields, "serves": serves})
    return built


def _serves(fields: Fields, causes_of: Mapping[str, tuple[str, ...]], reader: Reader) -> Mapping[str, Likely]:
    """Causes with likelihoods; a problem stands for its causes, and a cause named itself wins."""
    given: Mapping[Text, Likely] = fields["serves"]
    known = reader.declared.get("cause", {})
    served: dict[str, Likely] = {}
    for name, likely in given.items():
        if name in known:
            if name in causes_of:
                reader.warning(name, f"'{name}' is a cause and a problem; the cause is meant here", "rename one of the two")
        elif name not in causes_of and name not in reader.declared.get("problem", {}):
            _unknown(name, (*known, *causes_of), reader)
        for cause in () if name in known else causes_of.get(name, ()):
            served.setdefault(cause, likely)
    served.update({str(name): likely for name, likely in given.items() if name in known})
    if not given:
        reader.error(fields.place("serves"), f"remedy '{fields['id']}' serves nothing", "name the causes it cures")
    return served


def _unknown(name: Text, known: Iterable[str], reader: Reader) -> None:
    hint = nearest(name, known)
    instead = "" if hint else "write the id of a cause or of a problem"
    reader.error(name, f"unknown cause or problem '{name}'{hint}", instead)


def _check_rung(fields: Fields, product: Product | None, reader: Reader) -> None:
    rung, name = fields["rung"], fields["id"]
    if rung is Rung.BUY and "product" not in fields:
        reader.error(fields.place("rung"), f"remedy '{name}' is a buy without a product", "add product: with its id")
    if rung is Rung.REFER and "vendor" not in fields:
        reader.error(fields.place("rung"), f"remedy '{name}' refers to nobody", "add vendor: with its id")
    if rung is Rung.BUY and product is not None and product.status is not ProductStatus.CURRENT:
        instead = f"write {product.replaced_by}" if product.replaced_by else "write a product that is still sold"
        reader.error(fields.place("product"), f"product '{product.id}' is {product.status.value} and not sold", instead)


def _defaults(fields: Fields, product: Product | None, service: Service | None, reader: Reader) -> dict[str, Any]:
    """What a remedy takes over from its product or service, and from its own steps."""
    defaults: dict[str, Any] = {"cost": Cost(once=None)}
    if fields["rung"] is Rung.NOTHING:
        defaults["cost"] = Cost()
    elif service is not None:
        defaults["cost"] = service.cost
    elif product is not None and fields["rung"] is Rung.BUY:
        defaults["cost"] = product.cost
    elif "cost" not in fields:
        instead = "add cost: 0 when it is free, or cost: {once: null} when someone must look first"
        reader.warning(fields["id"], f"remedy '{fields['id']}' has no cost, so its price counts as unknown", instead)
    if product is not None and fields["rung"] is Rung.BUY and product.steps:
        defaults["steps"] = product.steps
    steps = fields.get("steps") or defaults.get("steps", ())
    if steps:
        defaults["days"] = max(step.day for step in steps)
    return defaults
