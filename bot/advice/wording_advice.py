"""Wording of advice and what follows it: outcome first, why, cost to own, dates, what to expect, and the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from bot.advice.booking import open_day, reachable
from bot.advice.catalogue import LADDER, Catalogue, Remedy, Rung
from bot.advice.diagnosis import most_likely
from bot.advice.dossier import Interruption, Promise
from bot.advice.heard import CellName
from bot.advice.ladder import Because, Ladder, Reason, Standing
from bot.advice.moves import MoveKind
from bot.advice.phrasing import clause, cost_words, day, listing, money, sentence, short_quote, thing_asked_for
from bot.advice.scene import Bubble, Button, Scene, chooses, payload

CERTAIN = 0.6
"""From this belief on the cause is named as the reason; below it, as the likeliest."""


def advise(scene: Scene) -> list[Bubble]:
    """The advice: what it gives, why, what it costs and when, what to expect, and does it serve?"""
    remedy = scene.remedy()
    corrected = Interruption.CORRECTED in scene.move.answers
    head = [scene.say("advise_instead")] if scene.move.about.get("instead") and not corrected else []
    head += [_headline(scene, remedy), _because(scene), _not_the_picture(scene, remedy)]
    details = _details(scene, remedy)
    question = Bubble(scene.say("does_that_serve"), _buttons(scene, remedy))
    said = [Bubble("\n".join(details))] if details else []
    return [Bubble(" ".join(part for part in head if part)), *said, question]


def await_verdict(scene: Scene) -> list[Bubble]:
    """The advice stands; the question is put again, briefly."""
    return [Bubble(scene.say("await", scene.times(MoveKind.AWAIT) % 2), _buttons(scene, scene.remedy()))]


def why_not(scene: Scene, rung: Rung) -> str:
    """Why a rung was not advised, in one sentence."""
    ladder = scene.move.ladder if _has_advised(scene) else None
    verdict = ladder.verdicts.get(rung) if ladder is not None else None
    if verdict is None or (verdict.standing is not Standing.CHOSEN and ladder is not None and ladder.chosen is None):
        return scene.say("why_not_early")
    return sentence(scene.say("why_not", rung=_rung_name(scene, rung, verdict.remedy), reason=reason(scene, verdict.reason)))


def _has_advised(scene: Scene) -> bool:
    """Whether the ladder may be spoken of yet: before the need is read back, naming a winner would be pushing it."""
    concern = scene.concern
    return concern is not None and bool(concern.advised)


def reason(scene: Scene, why: Reason) -> str:
    """A verdict's reason as a clause."""
    catalogue, about = scene.catalogue, why.about
    parts: dict[str, str] = {}
    if why.code is Because.OTHER_CAUSE:
        parts = {"cause": clause(catalogue.causes[about["cause"]].name)}
    elif why.code is Because.CONDITION:
        parts = {"say": clause(scene.fill(about["say"])) or scene.say("reason_weaker")}
    elif why.code is Because.OUTSIDE:
        limit = next((limit for limit in catalogue.company.limits if limit.id == about["limit"]), None)
        parts = {"say": clause(limit.say) if limit else ""}
    elif why.code is Because.TURNED_DOWN:
        parts = {"quote": short_quote(about["quote"], 80)}
    elif why.code is Because.CHEAPER_SERVES:
        parts = {"chosen": title_in_sentence(catalogue.remedy(about["chosen"]).title, catalogue)}
    return clause(scene.say(f"reason_{why.code.value}", **parts))


def steps(scene: Scene, remedy: Remedy) -> str:
    """A remedy's process, a line for each step with its date."""
    lines = [
        scene.say(
            "promise_step",
            date=day(_on(scene, step.day, ours=step.who.value != "you")),
            what=sentence(step.what).rstrip("."),
            owner=_who(scene, step.who.value),
        )
        for step in remedy.steps
    ]
    return "\n".join(lines)


def one_step(scene: Scene, remedy: Remedy) -> str:
    """The process of a remedy that is a single step: its title, when and by whom."""
    return scene.say("promise_step", date=day(_on(scene, remedy.days)), what=remedy.title, owner=_who(scene, "we"))


def promise(scene: Scene) -> list[Bubble]:
    """What was agreed: who does what by when, what to have ready, when we ask how it went, and a useful extra."""
    remedy = scene.remedy()
    if not reachable(scene.dossier, remedy):
        contact = scene.catalogue.company.contact
        return [Bubble(scene.say("promise_call_us", contact=contact, title=remedy.title))]
    lines = [scene.say("promise", steps=steps(scene, remedy) or _promised(scene, scene.move.promises))]
    ready = [clause(item) for step in remedy.steps for item in step.ready]
    if ready:
        lines.append(scene.say("promise_ready", ready=listing(ready)))
    asked = next((one for one in scene.move.promises if one.check_in), None)
    if asked is not None:
        lines.append(scene.say("promise_check_in", date=day(asked.check_in_on), ask=sentence(asked.check_in)))
    if remedy.extra is not None:
        lines.append(scene.say("line_extra", title=remedy.extra.title, text=f"{remedy.extra.text} {remedy.extra.link}".strip()))
    return [Bubble("\n".join(lines)), what_next(scene)]


def what_next(scene: Scene) -> Bubble:
    """After one affair is settled: the one that waits, or whether there is anything else."""
    if not scene.dossier.parked:
        return Bubble(scene.say("anything_else"))
    problem = scene.catalogue.problems.get(scene.dossier.parked[0].problem)
    return Bubble(scene.say("resumes", name=clause(problem.name)) if problem is not None else scene.say("anything_else"))


def refer(scene: Scene) -> list[Bubble]:
    """The introduction, for the customer to read, edit and allow."""
    if scene.dossier.focus.get("edit"):
        return [Bubble(scene.say("refer_edit"))]
    vendor = scene.catalogue.vendors[scene.remedy().vendor]
    text = introduction(scene)
    question = scene.move.question
    buttons = (
        Button(scene.say("button_send"), payload("affirms")),
        Button(scene.say("button_edit"), chooses(question, "edit") if question else payload("corrects")),
        Button(scene.say("button_keep"), payload("denies")),
    )
    return [Bubble(scene.say("refer_draft", vendor=vendor.name, text=text)), Bubble(scene.say("refer_ask"), buttons)]


def introduction(scene: Scene) -> str:
    """The words of an introduction: the customer's own where they wrote some, else ours around their words."""
    referral = scene.move.referral
    if referral is not None and referral.text:
        return referral.text
    concern = scene.concern
    vendor = scene.catalogue.vendors[scene.remedy().vendor]
    need = concern.need if concern is not None else ""
    want = scene.catalogue.outcomes[need].want if need else clause(vendor.better_at)
    quote = short_quote(concern.quote(CellName.NEED) or concern.quote(CellName.SITUATION)) if concern else ""
    customer = scene.dossier.contact or scene.dossier.customer.contact or scene.dossier.customer.name
    return scene.say(
        "refer_letter",
        contact=vendor.contact.split(",")[0],
        want=want,
        quote=quote,
        better_at=clause(vendor.better_at),
        customer=customer or scene.catalogue.company.name,
        introduce=sentence(vendor.introduce),
    ).strip()


def introduced(scene: Scene) -> list[Bubble]:
    """The introduction was sent."""
    vendor = scene.catalogue.vendors[scene.remedy().vendor]
    return [Bubble(scene.say("introduced", vendor=vendor.name, contact=vendor.contact)), what_next(scene)]


def not_introduced(scene: Scene) -> list[Bubble]:
    """Nothing was sent; the customer may call themselves."""
    vendor = scene.catalogue.vendors[scene.remedy().vendor]
    return [Bubble(scene.say("not_introduced", vendor=vendor.name, contact=vendor.contact)), what_next(scene)]


def _headline(scene: Scene, remedy: Remedy) -> str:
    fill = scene.fill
    parts: dict[str, object] = {
        "title": remedy.title,
        "gives": clause(fill(remedy.gives)) or clause(remedy.title),
        "does": sentence(fill(remedy.does)),
        "instead": _instead(scene),
    }
    if remedy.rung is Rung.REFER:
        vendor = scene.catalogue.vendors[remedy.vendor]
        outside = remedy.id in scene.catalogue.referrals
        name = "advise_refer_outside" if outside else "advise_refer"
        return scene.say(name, vendor=vendor.name, better_at=clause(vendor.better_at), does=parts["does"])
    unasked = remedy.rung in (Rung.RETRAIN, Rung.REUSE) and not parts["instead"]
    return scene.say("advise_owned" if unasked else f"advise_{remedy.rung.value}", **parts)


def _instead(scene: Scene) -> str:
    """The thing they asked for; empty when they asked for none."""
    concern = scene.concern
    asked = concern is not None and CellName.REQUEST in concern.cells
    if concern is None or not asked:
        return ""
    return thing_asked_for(concern.quote(CellName.REQUEST) if concern.text(CellName.REQUEST) else "", 50) or "anything new"


def _because(scene: Scene) -> str:
    ladder = scene.move.ladder
    if ladder is None or not ladder.belief or scene.move.remedy in scene.catalogue.referrals:
        return ""
    id, name = _cause_met(ladder, scene.remedy())
    cause = scene.catalogue.causes[id]
    return scene.say(name, cause=clause(cause.name), explain=sentence(scene.fill(cause.explain)))


def _not_the_picture(scene: Scene, remedy: Remedy) -> str:
    """Where the customer's own picture of the result holds what this remedy is known not to do, that is said at once."""
    success = scene.concern.quote(CellName.SUCCESS) if scene.concern is not None else ""
    pictured = _telling_words(success)
    denied = next((text for text in scene.fill.all(remedy.not_expect) if len(pictured & _telling_words(text)) >= SHARED), "")
    return scene.say("expectation_success", success=short_quote(success, 80), not_expect=clause(denied)) if denied else ""


SHARED = 2
"""How many telling words a picture must share with what is not to be expected."""


def _telling_words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in re.findall(r"[a-z]{4,}", text.casefold())) - _COMMON_WORDS


_COMMON_WORDS = frozenset(
    (
        "that",
        "this",
        "with",
        "when",
        "have",
        "will",
        "more",
        "than",
        "then",
        "from",
        "they",
        "them",
        "every",
        "again",
        "know",
        "what",
    )
)


def _cause_met(ladder: Ladder, remedy: Remedy) -> tuple[str, str]:
    """The cause the remedy is advised for, and the phrase that says how sure it is."""
    likeliest, sure = most_likely(ladder.belief)
    met = {cause: ladder.belief[cause] * word.probability for cause, word in remedy.serves.items() if cause in ladder.belief}
    cause = max(met, key=lambda each: met[each], default=likeliest)
    if cause != likeliest and ladder.belief[cause] < ladder.belief[likeliest]:
        return cause, "because_first"
    return cause, "because" if sure >= CERTAIN else "because_unsure"


def _details(scene: Scene, remedy: Remedy) -> list[str]:
    fill = scene.fill
    if remedy.id in scene.catalogue.referrals:
        return []
    lines = [sentence(scene.say("line_cost", cost=_cost(scene, remedy)))]
    lines += [sentence(scene.say("line_when", when=_when(scene, remedy)))]
    if fill(remedy.effort):
        lines.append(sentence(scene.say("line_effort", effort=clause(fill(remedy.effort)))))
    for name, sentences in (("expect", remedy.expect), ("not_expect", remedy.not_expect), ("safety", remedy.safety)):
        filled = [clause(text) for text in fill.all(sentences)]
        if filled:
            lines.append(sentence(scene.say(f"line_{name}", **{name: "; ".join(filled)})))
    lines += _others(scene, remedy)
    if remedy.relief:
        lines.append(sentence(scene.say("line_relief", relief=fill(remedy.relief))))
    return [line for line in lines if line]


def _others(scene: Scene, remedy: Remedy) -> list[str]:
    """Briefly why not the rung most people would think of: buying, unless that is the advice; then fixing."""
    rung = Rung.BUY if remedy.rung is not Rung.BUY else _strongest_cheaper(scene.move.ladder)
    ladder = scene.move.ladder
    if rung is None or ladder is None or rung not in ladder.verdicts:
        return []
    verdict = ladder.verdicts[rung]
    if verdict.reason.code is Because.NONE_KNOWN:
        return []
    text = scene.say("line_others", rung=_rung_name(scene, rung, verdict.remedy), reason=reason(scene, verdict.reason))
    return [sentence(text)]


def _strongest_cheaper(ladder: Ladder | None) -> Rung | None:
    if ladder is None:
        return None
    cheaper = [ladder.verdicts[rung] for rung in LADDER[:-1] if ladder.verdicts[rung].remedy]
    return max(cheaper, key=lambda verdict: verdict.serves).rung if cheaper else None


def _rung_name(scene: Scene, rung: Rung, remedy: str) -> str:
    if not remedy or rung is Rung.NOTHING:
        return scene.say(f"rung_{rung.value}")
    return title_in_sentence(scene.catalogue.remedy(remedy).title, scene.catalogue)


def title_in_sentence(title: str, catalogue: Catalogue) -> str:
    """A title ready to stand inside a sentence; a name at its start keeps its capital."""
    first = title.split(" ", 1)[0]
    if any(title.startswith(product.name) for product in catalogue.products.values()):
        return title
    named = (catalogue.company.name, *(each.name for group in (catalogue.vendors, catalogue.experts) for each in group.values()))
    if any(first in name.split() for name in named):
        return title
    return title[0].lower() + title[1:] if first == "A" or first[1:].islower() else title


def _cost(scene: Scene, remedy: Remedy) -> str:
    words = cost_words(remedy.cost, scene.catalogue, scene.phrases)
    problem = scene.catalogue.problems.get(scene.concern.problem) if scene.concern else None
    today = problem.costs_you.value(scene.fill.facts) if problem is not None and problem.costs_you is not None else None
    if isinstance(today, (int, float)) and today > 0:
        return f"{words}. {scene.say('cost_today', today=money(float(today), scene.catalogue))}"
    return words


def _when(scene: Scene, remedy: Remedy) -> str:
    if remedy.days == 0:
        return scene.say("when_now")
    return scene.say("when_days", date=day(_on(scene, remedy.days)))


def _on(scene: Scene, days: int, ours: bool = True) -> str:
    """The ISO day so many days from today; for what others than the customer do, one on which the company is open."""
    if not scene.dossier.today:
        return ""
    today = date.fromisoformat(scene.dossier.today)
    return (open_day(today, days, scene.catalogue) if ours else today + timedelta(days=days)).isoformat()


def _who(scene: Scene, who: str) -> str:
    remedy = scene.remedy() if scene.move.remedy else None
    if who == "you":
        return "you"
    if who == "vendor" and remedy is not None and remedy.vendor in scene.catalogue.vendors:
        return scene.catalogue.vendors[remedy.vendor].name
    expert = scene.catalogue.experts.get(remedy.expert) if remedy is not None else None
    return expert.name if expert is not None else "us"


def _promised(scene: Scene, promises: tuple[Promise, ...]) -> str:
    lines = [scene.say("promise_step", date=day(one.due), what=one.what, owner=one.owner) for one in promises]
    return "\n".join(lines)


def _buttons(scene: Scene, remedy: Remedy) -> tuple[Button, ...]:
    question = scene.move.question
    found = [Button(scene.say("button_accept"), payload("accepts"))]
    if remedy.rung is not Rung.BUY and remedy.id not in scene.catalogue.referrals:
        found.append(Button(scene.say("button_why_not_buy"), payload("asks_why_not", rung=Rung.BUY.value)))
    found.append(Button(scene.say("button_options"), payload("asks_options")))
    found.append(Button(scene.say("button_reject"), payload("rejects")))
    return tuple(found) if question is not None else ()


def options(scene: Scene, catalogue: Catalogue) -> str:
    """Every way there is, a line each, cheapest rung first, with its whole cost and how it stands; doing nothing included."""
    ladder = scene.move.ladder
    if ladder is None or not _has_advised(scene):
        return scene.say("options_early")
    lines = []
    for rung in (Rung.NOTHING, *LADDER):
        verdict = ladder.verdicts[rung]
        if verdict.remedy:
            remedy = catalogue.remedy(verdict.remedy)
            cost = cost_words(remedy.cost, catalogue, scene.phrases)
            lines.append(
                scene.say(
                    "options_line",
                    title=remedy.title,
                    cost=cost,
                    standing=sentence(_standing(scene, verdict.standing, verdict.reason)),
                )
            )
        elif rung is Rung.NOTHING:
            lines.append(scene.say("options_nothing", standing=sentence(_doing_nothing(scene))))
    return scene.say("options", lines="\n".join(lines))


def _standing(scene: Scene, standing: Standing, why: Reason) -> str:
    if standing is Standing.CHOSEN:
        return scene.say("standing_chosen")
    return reason(scene, why)


def _doing_nothing(scene: Scene) -> str:
    problem = scene.catalogue.problems.get(scene.concern.problem) if scene.concern else None
    return scene.say("standing_nothing", problem=clause(problem.name)) if problem is not None else scene.say("reason_weaker")


ADVICE: Mapping[MoveKind, Callable[[Scene], list[Bubble]]] = {
    MoveKind.ADVISE: advise,
    MoveKind.AWAIT: await_verdict,
    MoveKind.PROMISE: promise,
    MoveKind.REFER: refer,
    MoveKind.INTRODUCED: introduced,
    MoveKind.NOT_INTRODUCED: not_introduced,
}
