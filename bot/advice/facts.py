"""What is known of a customer right now: told, on record, read off what they own, or worked out by formula."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.advice.catalogue import Catalogue, Fact, Product
from bot.advice.dossier import Asset, Dossier
from bot.advice.heard import FactValue
from bot.advice.need_map import NeedMap


class Facts(Mapping[str, FactValue]):
    """Every fact that has a value in this dossier, worked out when asked for; a missing key means: not known."""

    def __init__(self, dossier: Dossier, concern: NeedMap | None, catalogue: Catalogue) -> None:
        self._dossier = dossier
        self._catalogue = catalogue
        self._assets = assets_concerned(dossier, concern, catalogue)
        self._found: dict[str, FactValue | None] = {}

    def __getitem__(self, name: str) -> FactValue:
        if name not in self._found:
            self._found[name] = None
            self._found[name] = self._look_up(name)
        value = self._found[name]
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._catalogue.facts if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def confidence(self, name: str) -> float:
        """How sure we are (0..1) that a fact was understood rightly; what records and formulas say is taken as said."""
        told = self._dossier.facts.get(name)
        return told.confidence if told is not None else 1.0

    def _look_up(self, name: str) -> FactValue | None:
        told = self._dossier.facts.get(name)
        if told is not None:
            return told.value
        fact = self._catalogue.facts.get(name)
        return None if fact is None else self._derive(fact)

    def _derive(self, fact: Fact) -> FactValue | None:
        if fact.formula is not None:
            value = fact.formula.value(self)
            return value if isinstance(value, (int, float, str, bool)) else None
        if fact.from_customer:
            return getattr(self._dossier.customer, fact.from_customer, "") or None
        return _from_assets(fact.from_asset, self._assets, self._catalogue) if fact.from_asset else None


def assets_concerned(dossier: Dossier, concern: NeedMap | None, catalogue: Catalogue) -> tuple[Asset, ...]:
    """The assets a concern is about: those of its problem's kinds or of the kinds it names; all while neither is known."""
    if concern is None:
        return dossier.assets
    problem = catalogue.problems.get(concern.problem)
    kinds = set(problem.about if problem else ()) or set(concern.kinds)
    named = [asset for asset in dossier.assets if asset.kind in kinds]
    return tuple(named) if kinds else dossier.assets


def _from_assets(what: str, assets: tuple[Asset, ...], catalogue: Catalogue) -> FactValue | None:
    if not assets:
        return None
    if what == "count":
        return sum(asset.quantity for asset in assets)
    if what == "age":
        ages = [asset.age for asset in assets if asset.age is not None]
        return max(ages) if ages else None
    asset = max(assets, key=lambda owned: owned.quantity)
    product = catalogue.products.get(asset.product)
    return _of_asset(what, asset, product)


def _of_asset(what: str, asset: Asset, product: Product | None) -> FactValue | None:
    if what in ("version", "location"):
        return str(getattr(asset, what)) or None
    if what == "model":
        return asset.product or asset.model or None
    if product is None:
        return None
    return product.status.value if what == "status" else product.capabilities.get(what)
