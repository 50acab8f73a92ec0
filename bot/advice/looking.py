"""The page a customer was looking at, as evidence: what of the catalogue it is about, where it says so outright."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.advice.catalogue import Catalogue, letters
from bot.advice.dossier import Dossier, Interruption, Page
from bot.advice.heard import Heard, Match
from bot.advice.need_map import NeedMap

LONGEST = 200
"""Characters kept of a title or an address."""

READ_OF_A_PAGE = 0.3
"""What a page about a problem counts for as a reading of it: it is asked about, never taken."""


def with_page(dossier: Dossier, told: Mapping[str, str], catalogue: Catalogue) -> Dossier:
    """The dossier with the page the customer looks at now; one they have taken out on the card stays out."""
    page = looked_at(told, catalogue)
    taken_out = any((one.line, one.before) == ("page", page.title) for one in dossier.amended)
    return dossier if taken_out else replace(dossier, page=page)


def looked_at(told: Mapping[str, str], catalogue: Catalogue) -> Page:
    """The page told of by `title`, `url` and `topic`: a topic is the id, name or alias of a product, service or problem.

    A title alone names no topic: what a page may be about is never guessed.
    """
    title, url = (" ".join(told.get(name, "").split())[:LONGEST] for name in ("title", "url"))
    kind, id = catalogue.topics.get(letters(told.get("topic", "")), ("", ""))
    if kind == "product":
        return Page(title or catalogue.products[id].name, url, product=id)
    if kind == "service":
        return Page(title or catalogue.services[id].name, url, service=id)
    return Page(title or catalogue.problems[id].name, url, problem=id) if kind else Page(title, url)


def begun_from_page(concern: NeedMap, dossier: Dossier, heard: Heard, catalogue: Catalogue) -> NeedMap:
    """A first concern with what the page tells: the kind of thing it is about, unless the message names one, or a reading."""
    page = dossier.page
    product = catalogue.products.get(page.product)
    if dossier.concerns:
        return concern
    if product is not None and not heard.mentions:
        concern = replace(concern, kinds=(product.kind,))
    if page.problem in catalogue.problems:
        concern = replace(concern, readings=(Match(page.problem, READ_OF_A_PAGE, heard.text),))
    return concern


def mentioned(dossier: Dossier) -> Dossier:
    """The page said plainly with the first reply, where it is about something of ours."""
    page = dossier.page
    if dossier.said or not page.about or Interruption.LOOKING_AT in dossier.pending:
        return dossier
    return replace(dossier, pending=(*dossier.pending, Interruption.LOOKING_AT))
