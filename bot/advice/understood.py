"""What was understood, as lines a person can read, correct or take out: each with its value, quote, source and sureness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

from bot.advice.catalogue import Attribute, Catalogue, Fact, FactType
from bot.advice.dossier import Asset, Dossier, Option
from bot.advice.facts import Facts
from bot.advice.heard import CellName, Correction
from bot.advice.need_map import Cell, NeedMap, ReadBack
from bot.advice.phrasing import Fill, Phrasebook, clause, sentence, short_quote

SURE = 0.75
"""From this confidence on a line is shown as sure."""

_FREE = (
    CellName.SINCE,
    CellName.HOW_OFTEN,
    CellName.WHO,
    CellName.IMPACT,
    CellName.SUCCESS,
    CellName.CONSTRAINTS,
    CellName.DECIDERS,
    CellName.TRIED,
)
"""Cells that hold the customer's own words."""

_CUSTOMER = ("name", "organisation", "region", "contact")


@dataclass(frozen=True)
class Line:
    """One thing understood. `id` names it for a correction; `kind` says how it is corrected.

    `kind` is `text`, `number`, `choice` (one of `choices`) or `fixed`, which can only be taken out; a line that is not
    `editable` can be neither. `source` is who said it: customer, rep, record, trainer or page.
    """

    id: str
    label: str
    value: str
    quote: str = ""
    source: str = "customer"
    sure: bool = True
    editable: bool = True
    kind: str = "text"
    choices: tuple[Option, ...] = ()


@dataclass(frozen=True)
class ConcernLines:
    """One concern with its lines; `state` as in the need map, `active` when it is the one being worked on."""

    id: int
    title: str
    state: str
    active: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Understanding:
    """Everything understood: by concern, and what holds for the customer as a whole."""

    concerns: tuple[ConcernLines, ...] = ()
    about_you: tuple[Line, ...] = ()

    @property
    def lines(self) -> Iterator[Line]:
        """Every line, the concerns' first."""
        for concern in self.concerns:
            yield from concern.lines
        yield from self.about_you


def understood(dossier: Dossier, catalogue: Catalogue, phrases: Phrasebook) -> Understanding:
    """The dossier as lines. A fact stands with the first concern it bears on, else with what holds for the customer."""
    view = _View(dossier, catalogue, phrases)
    left = list(dossier.facts)
    concerns = []
    for index, concern in enumerate(dossier.concerns):
        bearing = bearing_facts(concern, catalogue)
        mine = [fact for fact in left if fact in bearing]
        left = [fact for fact in left if fact not in bearing]
        lines = (*view.cells(concern), *view.thoughts(concern), *view.facts(mine, concern))
        concerns.append(ConcernLines(concern.id, view.title(concern), concern.state.value, index == dossier.active, lines))
    return Understanding(tuple(concerns), (*view.assets(), *view.facts(left, dossier.concern), *view.customer()))


def line_of(id: str, dossier: Dossier, catalogue: Catalogue, phrases: Phrasebook) -> Line | None:
    """The line of that id, None when nothing of the kind is understood (any more)."""
    return next((line for line in understood(dossier, catalogue, phrases).lines if line.id == id), None)


def said(correction: Correction, dossier: Dossier, catalogue: Catalogue, phrases: Phrasebook) -> str:
    """A correction in words, as the customer's own part of the turn; `dossier` is as it was before."""
    line = line_of(correction.line, dossier, catalogue, phrases)
    if correction.line.startswith("introduction:"):
        return phrases.say("said_introduction", value=correction.value or "")
    label = labelled(line.label) if line is not None else ""
    if correction.value is None:
        return phrases.say("said_out", label=label, value=line.value if line is not None else "").strip()
    chosen = {one.value: one.label for one in line.choices} if line is not None else {}
    return phrases.say("said_correct", label=label, value=chosen.get(correction.value, correction.value))


def bearing_facts(concern: NeedMap, catalogue: Catalogue) -> frozenset[str]:
    """The facts that can tell something about a concern: those its checks and its remedies' conditions speak of."""
    problem = catalogue.problems.get(concern.problem)
    if problem is None:
        return frozenset()
    names = {check.fact for check in problem.checks}
    remedies = [remedy for cause in problem.causes for remedy in catalogue.remedies_by_cause.get(cause.id, ())]
    names |= {name for remedy in remedies for condition in remedy.conditions for name in condition.needs.names}
    names |= set(problem.costs_you.names) if problem.costs_you is not None else set()
    return frozenset(_with_sources(names, catalogue))


def labelled(label: str) -> str:
    """A label ready to stand before its value."""
    return label if label.endswith(("?", ":")) else f"{label}:"


def asset_id(asset: Asset) -> str:
    """A name for an asset that stays when its number or notes are corrected."""
    told = (asset.kind, asset.product, asset.model if not asset.product else "", asset.bought, asset.version, asset.location)
    return f"asset:{sha256(repr(told).encode()).hexdigest()[:12]}"


def _with_sources(names: set[str], catalogue: Catalogue) -> set[str]:
    """The facts named and, of those worked out by a formula, the ones that go into it."""
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        fact = catalogue.facts.get(name)
        if fact is not None and fact.formula is not None:
            waiting |= set(fact.formula.names) - found
    return found


@dataclass(frozen=True)
class _View:
    """Makes lines of one dossier."""

    dossier: Dossier
    catalogue: Catalogue
    phrases: Phrasebook

    def title(self, concern: NeedMap) -> str:
        """A concern's name: its problem, else what was asked for, else the customer's first words."""
        problem = self.catalogue.problems.get(concern.problem)
        if problem is not None:
            return sentence(problem.name).rstrip(".")
        said = concern.quote(CellName.REQUEST) or concern.quote(CellName.SITUATION)
        return sentence(short_quote(said, 60)).rstrip(".")

    def cells(self, concern: NeedMap) -> Iterator[Line]:
        """What was asked for, what is wrong, what is wanted, and the customer's own words around it."""
        yield from self._request(concern)
        yield from self._problem(concern)
        yield from self._need(concern)
        for name in _FREE:
            if cell := concern.cells.get(name):
                yield self._cell(concern, name, cell, str(cell.value))

    def thoughts(self, concern: NeedMap) -> Iterator[Line]:
        """What the customer suspects, prefers and has turned down."""
        for id in concern.hints:
            if id in self.catalogue.causes:
                name = sentence(self.catalogue.causes[id].name).rstrip(".")
                yield Line(f"concern:{concern.id}:cause:{id}", self._label("cause"), name, sure=False, kind="fixed")
        if concern.hands_off:
            yield Line(f"concern:{concern.id}:hands_off", self._label("hands_off"), self._label("hands_off_value"), kind="fixed")
        for no in concern.rejected:
            if no.remedy in self.catalogue.remedies or no.remedy in self.catalogue.referrals:
                title = self.catalogue.remedy(no.remedy).title
                id = f"concern:{concern.id}:rejected:{no.remedy}"
                yield Line(id, self._label("rejected"), title, short_quote(no.quote), kind="fixed")

    def facts(self, names: list[str], concern: NeedMap | None) -> Iterator[Line]:
        """Facts that were told, by their questions."""
        fill = Fill(Facts(self.dossier, concern, self.catalogue), self.catalogue)
        for name in names:
            fact = self.catalogue.facts.get(name)
            if fact is not None:
                yield self._fact(fact, self.dossier.facts[name], fill.value(name))

    def assets(self) -> Iterator[Line]:
        """What the customer owns; the number can be corrected, and which model it is."""
        for asset in self.dossier.assets:
            product = self.catalogue.products.get(asset.product)
            name = product.name if product is not None else asset.model or asset.kind
            since = f" ({asset.bought[:4]})" if asset.bought else ""
            where = f", {asset.location}" if asset.location else ""
            value = f"{asset.quantity:g} × {name}{since}{where}"
            quote = short_quote(asset.model) if asset.source.value == "customer" else ""
            yield Line(asset_id(asset), self._label("asset"), value, quote, asset.source.value)

    def customer(self) -> Iterator[Line]:
        """Who they are, what matters most to them, where to reach them, and the page they came from."""
        for name in _CUSTOMER:
            if value := getattr(self.dossier.customer, name):
                yield Line(f"customer:{name}", self._label(f"customer_{name}"), value, source="record")
        if self.dossier.contact:
            yield Line("contact", self._label("contact"), self.dossier.contact)
        if self.dossier.priority:
            choices = tuple(Option(each.value, self.phrases.say(f"attribute_{each.value}")) for each in Attribute)
            value = next((each.label for each in choices if each.value == self.dossier.priority), self.dossier.priority)
            yield Line("priority", self._label("priority"), value, kind="choice", choices=choices)
        if self.dossier.page.about:
            yield Line("page", self._label("page"), self.dossier.page.title, source="page", kind="fixed")

    def _request(self, concern: NeedMap) -> Iterator[Line]:
        if cell := concern.cells.get(CellName.REQUEST):
            product = self.catalogue.products.get(str(cell.value))
            value = product.name if product is not None else short_quote(cell.quote, 100)
            yield self._cell(concern, CellName.REQUEST, cell, value)

    def _problem(self, concern: NeedMap) -> Iterator[Line]:
        likely = [match.id for match in concern.readings if match.id in self.catalogue.problems]
        cell = concern.cells.get(CellName.PROBLEM)
        if cell is None and (not likely or len(likely) > MOST_READINGS):
            return
        others = [*likely, *(other for other in self._alike(concern) if other not in likely)]
        known = {concern.problem: None} if cell is not None else {}
        offered = list({**known, **dict.fromkeys(others)})[:MOST_READINGS]
        choices = tuple(Option(id, sentence(self.catalogue.problems[id].name).rstrip(".")) for id in offered)
        label, id = self._label("problem"), f"concern:{concern.id}:problem"
        if cell is not None:
            value = sentence(self.catalogue.problems[concern.problem].name).rstrip(".")
            yield replace(self._cell(concern, CellName.PROBLEM, cell, value), kind="choice", choices=choices)
        else:
            names = [clause(self.catalogue.problems[id].name) for id in likely]
            value, quote = sentence(" / ".join(names)).rstrip("."), concern.readings[0].quote
            yield Line(id, label, value, short_quote(quote), sure=False, kind="choice", choices=choices)

    def _alike(self, concern: NeedMap) -> list[str]:
        """Other problems that stand in the way of the same outcome, or are about the same kind of thing."""
        problem = self.catalogue.problems.get(concern.problem)
        near = list(self.catalogue.problems_by_outcome.get(concern.need, ()))
        for kind in problem.about if problem is not None else concern.kinds:
            near += self.catalogue.problems_by_kind.get(kind, ())
        return [one.id for one in near if one.id not in concern.ruled_out]

    def _need(self, concern: NeedMap) -> Iterator[Line]:
        cell, problem = concern.cells.get(CellName.NEED), self.catalogue.problems.get(concern.problem)
        if cell is None or concern.read_back is ReadBack.DENIED or concern.need not in self.catalogue.outcomes:
            return
        wanted = dict.fromkeys((concern.need, *(problem.outcomes if problem is not None else ())))
        choices = tuple(Option(id, sentence(self.catalogue.outcomes[id].want).rstrip(".")) for id in wanted)
        line = replace(self._cell(concern, CellName.NEED, cell, choices[0].label), choices=choices)
        sure = concern.read_back is ReadBack.CONFIRMED
        yield replace(line, kind="choice" if len(choices) > 1 else "fixed", sure=line.sure and sure)

    def _cell(self, concern: NeedMap, name: CellName, cell: Cell, value: str) -> Line:
        id = f"concern:{concern.id}:{name.value}"
        quote = short_quote(cell.quote) if cell.quote.strip() != value else ""
        return Line(id, self._label(name.value), value, quote, cell.source.value, cell.confidence >= SURE)

    def _fact(self, fact: Fact, cell: Cell, value: str) -> Line:
        choices = tuple(Option(choice.id, choice.label) for choice in fact.choices)
        if fact.type is FactType.YES_NO:
            choices = (Option("yes", "yes"), Option("no", "no"))
        kind = "choice" if choices else "number" if fact.type is FactType.NUMBER else "text"
        label = fact.ask or sentence(fact.id.replace("_", " ")).rstrip(".")
        quote = short_quote(cell.quote) if cell.quote.strip() != value else ""
        return Line(f"fact:{fact.id}", label, value, quote, cell.source.value, cell.confidence >= SURE, kind=kind, choices=choices)

    def _label(self, name: str) -> str:
        return self.phrases.say(f"label_{name}")


MOST_READINGS = 6
"""How many readings of a problem are offered to choose from."""
