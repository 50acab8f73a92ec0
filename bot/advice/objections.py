"""Objections a rep hears, each with an honest answer, and what a rep may let slip under them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.advice.call import Slip, SlipKind
from bot.advice.catalogue import Catalogue, Rung
from bot.advice.ladder import lacks
from bot.advice.phrasing import cost_words, money, sentence
from bot.advice.scene import Scene, person


@dataclass(frozen=True)
class Objection:
    """One objection: what they say, what to answer, and a question that leads back to what it is worth to them."""

    id: str
    heard: str
    answer: str
    back: str = ""


_STANDING = ("dear", "discount", "quote", "elsewhere", "boss", "later", "questions")


def objections(scene: Scene) -> tuple[Objection, ...]:
    """The objections every trade knows, answered with this customer's figures, and what people say of the company."""
    found = [_standing(scene, id) for id in _STANDING]
    return (*found, *(_rumour(scene, id) for id in range(len(scene.catalogue.company.hearsay))))


def slip_in(text: str, scene: Scene) -> Slip | None:
    """What the rep's own words offer that should not be offered, if anything: a discount, or a purchase not earned yet.

    A discount that is refused, or only asked about, is no offer.
    """
    if _offers_discount(text):
        return Slip(SlipKind.DISCOUNT, text)
    if not may_buy(scene) and _OFFER.search(text) and _names_product(text, scene.catalogue):
        return Slip(SlipKind.EARLY_PURCHASE, text)
    return None


def may_buy(scene: Scene) -> bool:
    """Whether a purchase has been earned."""
    ladder, concern = scene.move.ladder, scene.concern
    return ladder is not None and concern is not None and not lacks(concern, ladder)


def _offers_discount(text: str) -> bool:
    clauses = (clause for clause in _CLAUSE.split(text) if _DISCOUNT.search(clause))
    return any(not _REFUSES.search(clause) and not _ASKED_ABOUT.search(clause) for clause in clauses)


_CLAUSE = re.compile(r"(?<=[.?!;])\s+|,? \b(?:but|though|however)\b ")
_AMOUNT = (
    r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|fifty|a hundred|a thousand"
    r"|something|a bit|a little|some)"
)
_DISCOUNT = re.compile(
    r"\b(?:discount|rebate|(?:special|better|lower|friendly|good) price|half price|price cut"
    r"|(?:knock|take|get|shave|give you) .{0,30}\boff\b"
    rf"|{_AMOUNT} ?(?:%|percent|per cent|euros?|eur|€|\$|hundred|thousand)? ?(?:off|less|cheaper)\b"
    r"(?! than (?:today|now|before|it|what))"
    r"|(?:lower|reduce|drop|cut|halve|round down) (?:the|your|our|that|this) (?:price|cost|offer|quote)"
    r"|(?:come|go) down (?:on|with|in) (?:the )?(?:price|cost)|do (?:something|a little|a bit) about the price|waive|throw in)",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"(?<!why )\b(?:no|not|never|cannot|without|don't|can't|won't|couldn't|wouldn't|doesn't|isn't)\b", re.IGNORECASE
)
_ASKED_ABOUT = re.compile(
    r"\byou (?:asked|want|wanted|said|mentioned|hoped)\b|^\W*(?:what|which|why(?! not)|do|did) ", re.IGNORECASE
)
_OFFER = re.compile(
    r"\b(?:quote|offer|order|deliver|sell|ship|send you|buy|reserve|put you down|price)\w*\b",
    re.IGNORECASE,
)


def _names_product(text: str, catalogue: Catalogue) -> bool:
    said = f" {_letters(text)} "
    names = (name for product in catalogue.products.values() for name in (product.name, *product.aliases))
    return any(f" {_letters(name)} " in said for name in names if len(name) > 2)


def _letters(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))


def _standing(scene: Scene, id: str) -> Objection:
    heard, back = scene.say(f"guide_objection_{id}"), scene.say(f"guide_objection_{id}_back")
    company = scene.catalogue.company
    if id == "discount" and company.discount:
        return Objection(id, heard, sentence(company.discount), back)
    if id == "quote":
        quote = sentence(company.quote or scene.say("quote_default"))
        return Objection(id, heard, scene.say("guide_objection_quote_answer", quote=quote), back)
    if id == "dear":
        return Objection(id, heard, _value(scene), back)
    return Objection(id, heard, scene.say(f"guide_objection_{id}_answer"), back)


def _value(scene: Scene) -> str:
    """The whole cost to own of what leads against what the problem costs today, in their own figures where they are known."""
    ladder, concern = scene.move.ladder, scene.concern
    chosen = ladder.chosen.remedy if ladder is not None and ladder.chosen is not None else None
    if chosen is None or concern is None or (chosen.rung is Rung.BUY and not may_buy(scene)):
        return scene.say("guide_objection_dear_answer")
    cost = cost_words(chosen.cost, scene.catalogue, scene.phrases)
    said = scene.say("guide_objection_dear_cost", title=chosen.title, cost=cost)
    problem = scene.catalogue.problems.get(concern.problem)
    today = problem.costs_you.value(scene.fill.facts) if problem is not None and problem.costs_you is not None else None
    if isinstance(today, (int, float)) and not isinstance(today, bool) and today > 0:
        return f"{said} {scene.say('guide_objection_dear_today', today=money(float(today), scene.catalogue))}"
    return said


def _rumour(scene: Scene, index: int) -> Objection:
    rumour = scene.catalogue.company.hearsay[index]
    name, _, reach = person(scene.catalogue, None, rumour.expert)
    answer = scene.say("complaint_hearsay", fact=sentence(rumour.fact), expert=name, reach=reach)
    return Objection(f"hearsay:{rumour.id}", sentence(rumour.said_as[0]).rstrip("."), answer)
