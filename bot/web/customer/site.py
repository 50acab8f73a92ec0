"""The company's own site, made from its catalogue: what it sells and looks after, how it advises, and the widget to ask it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.advice.catalogue import Catalogue, Cost, Direction, Expert, Outcome, Problem, Product, ProductStatus
from bot.advice.phrasing import money, sentence
from bot.advice.units import format_quantity
from bot.web.backend import Backend
from bot.web.customer.drawing import colours, cover, emblem, palette
from bot.web.pages import page
from bot.web.problems import Refusal

router = APIRouter(include_in_schema=False)

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WISHES: Final = 6
_PROBLEMS: Final = 8
_KEPT_FOR_AN_HOUR: Final = {"Cache-Control": "public, max-age=3600"}


@dataclass(frozen=True)
class Kind:
    """One kind of product: its name, what is sold of it, and what is no longer sold but still looked after."""

    id: str
    name: str
    current: tuple[Product, ...]
    former: tuple[Product, ...]


@router.get("/")
async def home(request: Request) -> Response:
    """The first page."""
    catalogue = _catalogue(request)
    told = {
        "kinds": kinds(catalogue),
        "wishes": wishes(catalogue),
        "problems": list(catalogue.problems.values())[:_PROBLEMS],
        "services": list(catalogue.services.values()),
        "experts": list(catalogue.experts.values()),
        "vendors": list(catalogue.vendors.values()),
    }
    return _page(request, "home", told)


@router.get("/products")
async def products(request: Request) -> Response:
    """Everything the company sells, and what it sold and still looks after."""
    return _page(request, "products", {"kinds": kinds(_catalogue(request))})


@router.get("/products/{id}")
async def product(request: Request, id: str) -> Response:
    """One product, with its whole cost to own and what its owners ask about; the widget knows which one is looked at."""
    catalogue = _catalogue(request)
    found = catalogue.products.get(id)
    if found is None:
        raise Refusal(404, "There is no such product.", "See everything we sell on the page of products.")
    told = {
        "product": found,
        "kind": _kind_name(found.kind),
        "figures": figures(found, catalogue),
        "newer": catalogue.products.get(found.replaced_by),
        "problems": asked_about(found, catalogue),
    }
    return _page(request, "product", told, topic=found.id)


@router.get("/services")
async def services(request: Request) -> Response:
    """Everything the company does for its customers, and who does it."""
    catalogue = _catalogue(request)
    told = {"services": list(catalogue.services.values()), "experts": list(catalogue.experts.values())}
    return _page(request, "services", told)


@router.get("/how-it-works")
async def how_it_works(request: Request) -> Response:
    """How the advice works, and whom it serves."""
    catalogue = _catalogue(request)
    example = next((id for id, found in catalogue.problems.items() if len(found.causes) > 2), "")
    told = {"vendors": list(catalogue.vendors.values()), "problem": catalogue.problems.get(example)}
    return _page(request, "how", told)


@router.get("/chat")
async def chat(request: Request) -> Response:
    """The widget and nothing else: an address to send somebody to."""
    return _page(request, "chat", {})


@router.get("/embed")
async def embed(request: Request) -> Response:
    """A website owner tries the widget's settings and copies the line."""
    topics = [(one.id, one.name) for one in _catalogue(request).products.values()]
    return _page(request, "embed", {"topics": topics[:40]}, widget=False)


@router.get("/site/colours.css")
async def site_colours(request: Request) -> Response:
    """The company's colours."""
    return Response(colours(_company(request)), headers=_KEPT_FOR_AN_HOUR, media_type="text/css")


@router.get("/site/cover.svg")
async def site_cover(request: Request) -> Response:
    """The drawing on the first page."""
    return Response(cover(_company(request)), headers=_KEPT_FOR_AN_HOUR, media_type="image/svg+xml")


@router.get("/site/kind/{kind}.svg")
async def site_emblem(request: Request, kind: str) -> Response:
    """The drawing that stands for one kind of product."""
    if kind not in _catalogue(request).products_by_kind:
        raise Refusal(404, "There is no such picture.", "Start at the first page.")
    return Response(emblem(_company(request), kind), headers=_KEPT_FOR_AN_HOUR, media_type="image/svg+xml")


def kinds(catalogue: Catalogue) -> list[Kind]:
    """The company's products by kind, the kinds with most to choose from first."""
    found = []
    for id, all_of_it in catalogue.products_by_kind.items():
        current = tuple(one for one in all_of_it if one.status is ProductStatus.CURRENT)
        former = tuple(one for one in all_of_it if one.status is not ProductStatus.CURRENT)
        found.append(Kind(id, _kind_name(id), current, former))
    return sorted(found, key=lambda kind: -len(kind.current))


def wishes(catalogue: Catalogue) -> list[Outcome]:
    """What customers want, one of each direction before a second of any."""
    by_direction: dict[Direction, list[Outcome]] = {}
    for outcome in catalogue.outcomes.values():
        by_direction.setdefault(outcome.direction, []).append(outcome)
    longest = max((len(found) for found in by_direction.values()), default=0)
    mixed = [found[place] for place in range(longest) for found in by_direction.values() if place < len(found)]
    return mixed[:_WISHES]


def figures(product: Product, catalogue: Catalogue) -> list[tuple[str, str]]:
    """A product's capabilities as a reader takes them in: name and value with its unit."""
    currency = catalogue.company.currency
    shown = []
    for name, value in product.capabilities.items():
        text = format_quantity(value, product.units.get(name, ""), currency)
        if name != "what" and text:
            shown.append((sentence(name.replace("_", " ")).rstrip("."), text))
    return shown


def asked_about(product: Product, catalogue: Catalogue) -> list[Problem]:
    """What owners of the product, or of its kind, come with."""
    known = set(product.known_problems)
    causing = [one for one in catalogue.problems.values() if known & {one.id, *(cause.id for cause in one.causes)}]
    others = [one for one in catalogue.problems_by_kind.get(product.kind, ()) if one not in causing]
    return [*causing, *others][:5]


def _page(request: Request, name: str, told: Mapping[str, Any], *, topic: str = "", widget: bool = True) -> Response:
    catalogue = _catalogue(request)
    shared = {
        "here": name,
        "topic": topic,
        "widget": widget,
        "accent": palette(catalogue.company.name).accent,
        "opening": opening(catalogue),
        "kind_count": len(catalogue.products_by_kind),
        "has_services": bool(catalogue.services),
        "price": lambda cost: priced(cost, catalogue),
        "reach": _reach,
    }
    return page(request, f"site/{name}.html", {**shared, **told})


def priced(cost: Cost, catalogue: Catalogue) -> dict[str, str]:
    """A cost to own in words: once, a year, and the whole over the company's years; empty where it is not known."""
    if cost.once is None:
        return {"note": sentence(cost.note)} if cost.note else {}
    years = catalogue.company.years
    whole = cost.over(years)
    free = not cost.once and not cost.yearly
    return {
        "once": "" if free or not cost.once else money(cost.once, catalogue),
        "yearly": money(cost.yearly, catalogue) if cost.yearly else "",
        "whole": money(whole or 0.0, catalogue) if cost.yearly and cost.once else "",
        "years": f"{years:g}",
        "free": "yes" if free else "",
        "note": sentence(cost.note) if cost.note else "",
    }


def opening(catalogue: Catalogue) -> str:
    """When a person answers: "Monday to Friday, 08:00–17:00"."""
    hours = catalogue.company.hours
    first, last = min(hours.days), max(hours.days)
    in_a_row = last - first == len(hours.days) - 1 > 1
    days = f"{_DAYS[first - 1]} to {_DAYS[last - 1]}" if in_a_row else ", ".join(_DAYS[day - 1] for day in sorted(hours.days))
    return f"{days}, {hours.opens}–{hours.closes}"


def _reach(contact: str) -> list[tuple[str, str]]:
    """A contact taken apart into links and plain words."""
    found = []
    for part in (each.strip() for each in contact.split(",")):
        digits = "".join(sign for sign in part if sign.isdigit() or sign == "+")
        if "@" in part and " " not in part:
            found.append((part, f"mailto:{part}"))
        elif len(digits) > 6 and not any(sign.isalpha() for sign in part):
            found.append((part, f"tel:{digits}"))
        elif part:
            found.append((part, ""))
    return found


def _kind_name(kind: str) -> str:
    return sentence(kind.replace("_", " ")).rstrip(".")


def knows(expert: Expert, catalogue: Catalogue) -> list[str]:
    """What a person is asked about, in words."""
    return [catalogue.problems[id].name for id in expert.knows if id in catalogue.problems][:3]


def _catalogue(request: Request) -> Catalogue:
    backend: Backend = request.app.state.backend
    return backend.catalogue


def _company(request: Request) -> str:
    return _catalogue(request).company.name
