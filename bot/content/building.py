"""Builds the engine's catalogue from the sections of the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from bot.advice.catalogue import Catalogue, Company, Danger, Expert, Outcome, Service, Vendor
from bot.content.blocks import made
from bot.content.facts import build_facts, check_asset_facts
from bot.content.findings import Finding
from bot.content.folder import Sections
from bot.content.problems import build_problems
from bot.content.products import build_products
from bot.content.reader import Fields, Reader
from bot.content.remedies import build_remedies
from bot.content.shapes import COMPANY, SECTIONS
from bot.content.values import Block, Text

_T = TypeVar("_T")


def build(sections: Sections, reader: Reader) -> Catalogue | None:
    """The catalogue, or None when there is no company to speak for; all errors are with the reader.

    A catalogue with errors lacks what they concern; it is good for further checks only.
    """
    company = _company(sections, reader)
    read = {name: [reader.block(SECTIONS[name], entry) for entry in sections.lists[name]] for name in SECTIONS}
    facts = build_facts(read["facts"], reader)
    dangers = _dangers(read["dangers"], reader)
    problems = build_problems(read["problems"], facts, dangers, reader)
    products = build_products(read["products"], facts, problems.causes_of, reader)
    check_asset_facts(read["facts"], products.values(), reader)
    services = _simple("service", read["services"], Service, reader)
    remedies = build_remedies(read["remedies"], problems.causes_of, products, services, reader)
    outcomes = _simple("outcome", read["outcomes"], Outcome, reader)
    vendors = _simple("vendor", read["vendors"], _vendor, reader)
    experts = _simple("expert", read["experts"], Expert, reader)
    _demand_problems(sections, reader)
    if company is None:
        return None
    catalogue = Catalogue(
        company=company,
        outcomes={name: _said(outcome) for name, outcome in outcomes.items()},
        products=products,
        facts=problems.facts,
        problems=problems.built,
        remedies=remedies,
        services=services,
        vendors=vendors,
        experts=experts,
        dangers=problems.dangers,
    )
    return replace(catalogue, version=_version(catalogue))


def _company(sections: Sections, reader: Reader) -> Company | None:
    if not sections.company:
        if sections.complete:
            instead = "add company: with name:, trade:, about: and contact:"
            reader.errors.append(Finding(sections.name, 0, 0, "no file has a company", instead))
        return None
    fields = reader.block(COMPANY, _one_block(sections.company, reader))
    company: Company | None = None if fields.broken else made(Company, fields)
    return company


def _one_block(blocks: list[Block], reader: Reader) -> Block:
    """All blocks of one section as one; a field that is written twice is an error."""
    first, *others = blocks
    for block in others:
        for key, value in block.items():
            if key in first:
                reader.error(key, f"company has '{key}' twice", "keep one of the two")
            first.setdefault(key, value)
    return first


def _dangers(entries: Iterable[Fields], reader: Reader) -> dict[str, Danger]:
    built = {}
    for fields in entries:
        name = fields.get("id")
        if name is None and not fields.broken:
            reader.error(fields.at, "this danger has no id", "add id: in snake_case")
        elif isinstance(name, Text) and reader.declare("danger", name) and not fields.broken:
            built[str(name)] = made(Danger, fields)
    return built


def _simple(kind: str, entries: Iterable[Fields], make: Callable[..., _T], reader: Reader) -> dict[str, _T]:
    """Things whose fields are the engine's own, by id."""
    built: dict[str, _T] = {}
    for fields in entries:
        name = fields.get("id")
        if isinstance(name, Text) and reader.declare(kind, name) and not fields.broken:
            built[str(name)] = made(make, fields)
    return built


def _vendor(contact: str = "", **fields: Any) -> Vendor:
    return Vendor(contact=contact, **fields)


def _said(outcome: Outcome) -> Outcome:
    return outcome if outcome.said_as else replace(outcome, said_as=(outcome.want,))


def _demand_problems(sections: Sections, reader: Reader) -> None:
    if sections.complete and not sections.lists["problems"]:
        instead = "add problems: with an id, a name, outcomes and causes for each"
        reader.errors.append(Finding(sections.name, 0, 0, "the catalogue has no problem", instead))


def _version(catalogue: Catalogue) -> str:
    """A short hash of what the catalogue says; comments, order of fields and ignored fields do not count."""
    return hashlib.sha256(repr(catalogue).encode("utf-8", "replace")).hexdigest()[:16]
