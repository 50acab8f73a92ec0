"""Wording of the answers to what a customer asks in passing: price, why, privacy, thanks, anger."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.advice.catalogue import Cost, ProductStatus, Rung
from bot.advice.diagnosis import evidence, most_likely
from bot.advice.dossier import Ask, Asset, Consent, Interruption
from bot.advice.facts import Facts
from bot.advice.heard import CellName
from bot.advice.moves import MoveKind
from bot.advice.need_map import NeedMap
from bot.advice.phrasing import clause, cost_words, day, listing, sentence, short_quote
from bot.advice.scene import Bubble, Scene, person
from bot.advice.understood import labelled, line_of
from bot.advice.wording_advice import one_step, options, steps, why_not

PATIENCE = 3
"""After this many messages in a row that were not understood, a person is offered."""


def answers(scene: Scene) -> list[Bubble]:
    """A bubble for each thing asked in passing, in the order it was asked; and a word when nothing was understood."""
    said = [Bubble(_ANSWERS[asked](scene)) for asked in scene.move.answers if asked in _ANSWERS]
    if scene.dossier.missed and not scene.move.answers and _was_missed(scene):
        name = "not_understood_person" if scene.dossier.missed >= PATIENCE else "not_understood"
        said.append(Bubble(scene.say(name, scene.dossier.missed - 1)))
    return said


def _was_missed(scene: Scene) -> bool:
    """Whether the move itself does not already say that the answer was missed."""
    return scene.move.kind is not MoveKind.ASK_CHECK or not scene.move.again


def _trouble(scene: Scene) -> str:
    kind = scene.dossier.focus.get("trouble", "garbled")
    if kind == "language":
        language = _LANGUAGES.get(scene.dossier.focus.get("language", ""), "another language")
        return scene.say("trouble_language", language=language, contact=scene.catalogue.company.contact)
    return scene.say(f"trouble_{kind}")


_LANGUAGES = {
    "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch", "pl": "Polish",
    "tr": "Turkish", "sv": "Swedish", "da": "Danish", "ru": "Russian", "uk": "Ukrainian", "zh": "Chinese", "ja": "Japanese",
    "ko": "Korean", "ar": "Arabic", "el": "Greek", "he": "Hebrew", "hi": "Hindi", "cs": "Czech", "ro": "Romanian",
    "no": "Norwegian", "fi": "Finnish", "hu": "Hungarian", "id": "Indonesian", "vi": "Vietnamese",
}  # fmt: skip


def _greeting(scene: Scene) -> str:
    alone = scene.move.kind in (MoveKind.ASK_ANYTHING, MoveKind.CHECK_IN)
    name = "greeting_again" if scene.dossier.said else "greeting" if alone else "greeting_short"
    return scene.say(name, company=scene.catalogue.company.name)


def _quote(scene: Scene) -> str:
    quote = scene.catalogue.company.quote or scene.say("quote_default")
    return scene.say("quote", quote=sentence(quote))


def _why_asked(scene: Scene) -> str:
    if scene.move.kind is MoveKind.ADVISE:
        return ""
    question = scene.dossier.open or scene.move.question
    if question is None:
        return scene.say("why_asked_why")
    if question.ask is Ask.FACT:
        return _why_fact(scene, question.key)
    names = {
        Ask.CELL: "why_asked_success",
        Ask.READ_BACK: "why_asked_read_back",
        Ask.CONTACT: "why_asked_contact",
    }
    return scene.say(names.get(question.ask, "why_asked_why"))


def _why_fact(scene: Scene, fact: str) -> str:
    why = scene.catalogue.facts[fact].why
    if why:
        said = sentence(scene.say("why_asked_fact", why=sentence(why)))
    else:
        worth = next((one for one in scene.move.rivals if one.question.key == fact), None)
        titles = [scene.catalogue.remedy(id).title for id in worth.could_change] if worth is not None else []
        said = scene.say("why_asked_changes", remedies=listing(titles, "or")) if titles else scene.say("why_asked_why")
    return f"{said} {scene.say('why_asked_decline')}"


def _price(scene: Scene) -> str:
    focus, catalogue = scene.dossier.focus, scene.catalogue
    if product := catalogue.products.get(focus.get("product", "")):
        return _priced(scene, "price_product", product.name, product.cost)
    if service := catalogue.services.get(focus.get("service", "")):
        return _priced(scene, "price_service", service.name, service.cost)
    return "" if scene.move.kind is MoveKind.ADVISE else _price_in_talk(scene)


def _price_in_talk(scene: Scene) -> str:
    """A price asked for without naming a thing we sell: of what is advised, or of the kind of thing talked about."""
    focus, catalogue = scene.dossier.focus, scene.catalogue
    if scene.move.remedy and scene.move.kind is MoveKind.AWAIT:
        remedy = scene.remedy()
        return scene.say("price_advice", title=remedy.title, cost=cost_words(remedy.cost, catalogue, scene.phrases))
    if focus.get("owned"):
        return scene.say("price_later")
    if kind := focus.get("kind") or (scene.concern.kinds[0] if scene.concern and scene.concern.kinds else ""):
        return _price_of_kind(scene, kind)
    return scene.say("price_later")


def _priced(scene: Scene, phrase: str, name: str, cost: Cost) -> str:
    if cost.once is None:
        return scene.say("price_unknown", company=scene.catalogue.company.name, contact=scene.catalogue.company.contact)
    return scene.say(phrase, name=name, cost=cost_words(cost, scene.catalogue, scene.phrases))


def _price_of_kind(scene: Scene, kind: str) -> str:
    sold = [one for one in scene.catalogue.products_by_kind.get(kind, ()) if one.cost.once is not None]
    if not sold:
        return scene.say("price_later")
    cheapest = min(sold, key=lambda one: one.cost.once or 0.0)
    return _priced(scene, "price_product", cheapest.name, cheapest.cost)


def _discount(scene: Scene) -> str:
    discount = scene.catalogue.company.discount
    return scene.say("discount", discount=sentence(discount)) if discount else scene.say("discount_default")


def _process(scene: Scene) -> str:
    if scene.move.remedy and scene.move.remedy not in scene.catalogue.referrals:
        return scene.say("process_advice", steps=steps(scene, scene.remedy()) or one_step(scene, scene.remedy()))
    return scene.say("process_before")


def _privacy(scene: Scene) -> str:
    consent = scene.dossier.consent
    if consent is Consent.GIVEN:
        return scene.say("privacy_given", company=scene.catalogue.company.name)
    if consent is Consent.REFUSED:
        return scene.say("privacy_refused")
    return scene.say("privacy_asked", minutes=scene.links.get("hold_minutes", "60"))


def _own_data(scene: Scene) -> str:
    lines = [*_who_and_what(scene), *_told(scene), *_understood(scene)]
    lines += [scene.say("own_data_promise", date=day(one.due), what=one.what) for one in scene.dossier.promises]
    if not lines:
        return scene.say("own_data_nothing")
    return f"{scene.say('own_data', lines=chr(10).join(lines))}\n{scene.say('own_data_correct')}"


def _who_and_what(scene: Scene) -> list[str]:
    customer = scene.dossier.customer
    named = [part for part in (customer.name, customer.organisation, customer.region, scene.dossier.contact) if part]
    lines = [scene.say("own_data_customer", customer=", ".join(named))] if named else []
    return lines + [scene.say("own_data_asset", asset=asset_words(scene, asset)) for asset in scene.dossier.assets]


def asset_words(scene: Scene, asset: Asset) -> str:
    """What a customer owns, in words: "3 × W-20 (2019)"."""
    product = scene.catalogue.products.get(asset.product)
    name = product.name if product is not None else asset.model or asset.kind
    since = f" ({asset.bought[:4]})" if asset.bought else ""
    return f"{asset.quantity:g} × {name}{since}"


def _told(scene: Scene) -> list[str]:
    facts = Facts(scene.dossier, scene.concern, scene.catalogue)
    lines = []
    for id in scene.dossier.facts:
        fact = scene.catalogue.facts.get(id)
        if fact is not None and id in facts:
            lines.append(scene.say("own_data_fact", fact=fact.ask, value=scene.fill.value(id)))
    return lines


def _understood(scene: Scene) -> list[str]:
    lines = []
    for concern in scene.dossier.concerns:
        quote = concern.quote(CellName.PROBLEM) or concern.quote(CellName.SITUATION)
        if quote:
            lines.append(scene.say("own_data_concern", quote=short_quote(quote)))
        if concern.need:
            lines.append(scene.say("own_data_need", want=scene.catalogue.outcomes[concern.need].want))
    return lines


def _export(scene: Scene) -> str:
    link = scene.links.get("export", "")
    if link:
        return scene.say("export", link=link)
    company = scene.catalogue.company
    return scene.say("export_plain", company=company.name, contact=company.contact)


def _abilities(scene: Scene) -> str:
    return scene.say("abilities", company=scene.catalogue.company.name)


def _small_talk(scene: Scene) -> str:
    return scene.say("small_talk", scene.dossier.heard % 2, trade=scene.catalogue.company.trade)


def _off_topic(scene: Scene) -> str:
    return scene.say("off_topic", scene.dossier.heard % 2, trade=scene.catalogue.company.trade)


def _complaint(scene: Scene) -> str:
    rumours = {rumour.id: rumour for rumour in scene.catalogue.company.hearsay}
    rumour = rumours.get(scene.dossier.focus.get("hearsay", ""))
    if rumour is not None:
        name, _, reach = person(scene.catalogue, None, rumour.expert)
        return scene.say("complaint_hearsay", fact=sentence(rumour.fact), expert=name, reach=reach)
    if scene.move.kind is MoveKind.HAND_OVER:
        return scene.say("complaint_noted")  # who puts it right is said next
    name, _, reach = scene.expert()
    return scene.say("complaint", expert=name, reach=reach)


def _going_on(scene: Scene) -> str:
    name, _, _ = scene.expert()
    return scene.say("going_on", expert=name)


def _insult(scene: Scene) -> str:
    return scene.say("insult", scene.dossier.heard % 2)


def _why_not(scene: Scene) -> str:
    rung = scene.dossier.focus.get("rung", "")
    if not rung and (remedy := scene.dossier.focus.get("remedy", "")):
        rung = scene.catalogue.remedy(remedy).rung.value
    return why_not(scene, Rung(rung) if rung else Rung.BUY)


def _options(scene: Scene) -> str:
    return options(scene, scene.catalogue)


def _advice_reason(scene: Scene) -> str:
    ladder, concern = scene.move.ladder, scene.concern
    problem = scene.catalogue.problems.get(concern.problem) if concern is not None else None
    if ladder is None or problem is None or not ladder.belief:
        return scene.say("advice_reason_early")
    cause, sure = most_likely(ladder.belief)
    name = clause(scene.catalogue.causes[cause].name)
    told = _evidence_for(scene, concern, cause)
    said = (
        scene.say("advice_reason", evidence=listing(told), percent=f"{min(95, round(sure * 100))} %", cause=name)
        if told
        else scene.say("advice_reason_prior", cause=name)
    )
    sums = _napkin(scene)
    return f"{said} {scene.say('napkin', sums='; '.join(sums))}" if sums else said


def _evidence_for(scene: Scene, concern: NeedMap | None, cause: str) -> list[str]:
    facts = Facts(scene.dossier, concern, scene.catalogue)
    problem = scene.catalogue.problems[concern.problem] if concern is not None else None
    found = []
    for item in evidence(problem, facts) if problem is not None else ():
        if item.pull.get(cause, 1.0) > 1.0 and item.fact in facts:
            cell = scene.dossier.facts.get(item.fact)
            quote = f'"{short_quote(cell.quote, 60)}"' if cell is not None and cell.quote else scene.fill.value(item.fact)
            found.append(scene.say("advice_reason_line", label=_topic(scene, item.fact), value=quote))
    return found


def _topic(scene: Scene, fact: str) -> str:
    """What a fact is about, for a sentence: its id in words, for the question itself would read as one."""
    return fact.replace("_", " ")


def _napkin(scene: Scene) -> list[str]:
    """The sums behind the advice: every derived fact its sentences speak of, with the figures that went in."""
    if not scene.move.remedy:
        return []
    remedy, fill = scene.remedy(), scene.fill
    names = {name for condition in remedy.conditions for name in condition.needs.names}
    sums = []
    for name in sorted(names):
        fact = scene.catalogue.facts.get(name)
        if fact is not None and fact.formula is not None and name in fill.facts:
            parts = [fill.value(part) for part in sorted(fact.formula.names) if part in fill.facts]
            sums.append(f"{name.replace('_', ' ')} = {fill.value(name)} (from {listing(parts)})")
    return sums


def _not_ours(scene: Scene) -> str:
    others = {other.id: other for other in scene.catalogue.company.not_ours}
    other = others.get(scene.dossier.focus.get("not_ours", ""))
    if other is None:
        return ""
    return f"{scene.say('not_ours', say=sentence(other.say))} {scene.say('not_ours_nobody')}"


def _corrected(scene: Scene) -> str:
    fact = scene.dossier.focus.get("fact", "")
    facts = Facts(scene.dossier, scene.concern, scene.catalogue)
    if fact not in facts:
        return ""
    name = "corrected_advice" if scene.move.about.get("instead") else "corrected"
    return scene.say(name, value=scene.fill.value(fact))


def _amended(scene: Scene) -> str:
    """The line that was put right or taken out on the card, said back."""
    id, done = scene.dossier.focus.get("line", ""), scene.dossier.focus.get("amended", "no")
    if done == "yes" and id.startswith("introduction:"):
        return scene.say("amended_introduction")
    line = line_of(id, scene.dossier, scene.catalogue, scene.phrases)
    if done == "yes" and line is not None:
        return scene.say("amended", label=labelled(line.label), value=line.value)
    return scene.say("amended_not" if done == "no" else "amended_out")


def _looking_at(scene: Scene) -> str:
    page, catalogue = scene.dossier.page, scene.catalogue
    product, service = catalogue.products.get(page.product), catalogue.services.get(page.service)
    if product is not None:
        return scene.say("looking_at", name=product.name)
    if service is not None:
        return scene.say("looking_at", name=service.name)
    problem = catalogue.problems.get(page.problem)
    return scene.say("looking_at_problem", name=clause(problem.name)) if problem is not None else ""


def _parked(scene: Scene) -> str:
    problem = scene.catalogue.problems.get(scene.dossier.focus.get("parked", ""))
    return scene.say("parked", name=clause(problem.name)) if problem is not None else ""


def _checked_in(scene: Scene) -> str:
    return scene.say(f"checked_in_{scene.dossier.focus.get('worked', 'unclear')}")


def _consent_given(scene: Scene) -> str:
    return scene.say("consent_given")


def _declined(scene: Scene) -> str:
    return scene.say("declined", scene.dossier.heard % 2)


def _expectation(scene: Scene) -> str:
    """What may be expected of the advice and what not, said before a yes: no wrong expectation is left standing."""
    if not scene.move.remedy:
        return ""
    remedy = scene.remedy()
    expect = listing([clause(text) for text in scene.fill.all(remedy.expect)]) or clause(scene.fill(remedy.gives))
    if hoped := scene.fill(scene.dossier.focus.get("hopes_for", "")):
        return scene.say("expectation_denied", not_expect=clause(hoped), expect=expect)
    return scene.say("expectation", expect=expect)


def _range(scene: Scene) -> str:
    """What the company sells of the kind talked about, else one line of everything it sells."""
    catalogue = scene.catalogue
    kind = scene.dossier.focus.get("kind") or next(iter(scene.concern.kinds if scene.concern is not None else ()), "")
    sold = [one for one in catalogue.products.values() if one.status is ProductStatus.CURRENT]
    named = [one.name for one in sold if one.kind == kind] or list(dict.fromkeys(one.kind.replace("_", " ") for one in sold))
    return scene.say("range", names=listing(named[:MOST_NAMED]))


MOST_NAMED = 12
"""How many products one answer names at most."""


def _who(scene: Scene) -> str:
    name, role, reach = scene.expert()
    return scene.say("who", expert=name, role=clause(role), reach=reach)


_Answer = Callable[[Scene], str]


def _plain(name: str) -> _Answer:
    return lambda scene: scene.say(name)


_ANSWERS: Mapping[Interruption, _Answer] = {
    Interruption.TROUBLE: _trouble,
    Interruption.GREETING: _greeting,
    Interruption.QUOTE: _quote,
    Interruption.WHY_ASKED: _why_asked,
    Interruption.PRICE: _price,
    Interruption.DISCOUNT: _discount,
    Interruption.PROCESS: _process,
    Interruption.PRIVACY: _privacy,
    Interruption.OWN_DATA: _own_data,
    Interruption.EXPORT: _export,
    Interruption.ABILITIES: _abilities,
    Interruption.REPEAT: _plain("repeat"),
    Interruption.SMALL_TALK: _small_talk,
    Interruption.OFF_TOPIC: _off_topic,
    Interruption.COMPLAINT: _complaint,
    Interruption.INSULT: _insult,
    Interruption.THANKS: _plain("thanks"),
    Interruption.HURRY: _plain("hurry"),
    Interruption.WHY_NOT: _why_not,
    Interruption.OPTIONS: _options,
    Interruption.ADVICE_REASON: _advice_reason,
    Interruption.CONSENT_GIVEN: _consent_given,
    Interruption.CONSENT_REFUSED: _plain("consent_refused"),
    Interruption.ERASED_NOT: _plain("erased_not"),
    Interruption.NOT_OURS: _not_ours,
    Interruption.CORRECTED: _corrected,
    Interruption.PARKED: _parked,
    Interruption.CHECKED_IN: _checked_in,
    Interruption.MISSED_NOTED: _plain("missed_noted"),
    Interruption.SHORTENED: _plain("shortened"),
    Interruption.AMENDED: _amended,
    Interruption.LOOKING_AT: _looking_at,
    Interruption.SORRY: _plain("sorry"),
    Interruption.DECLINED: _declined,
    Interruption.REACHABLE: _plain("reachable"),
    Interruption.GOING_ON: _going_on,
    Interruption.RANGE: _range,
    Interruption.EXPECTATION: _expectation,
    Interruption.SAFETY: _plain("safe"),
    Interruption.WHO: _who,
}
