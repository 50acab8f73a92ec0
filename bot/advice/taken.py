"""What was taken from a note: the difference between the dossiers before and after it, in words the rep can check at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from bot.advice.call import Call
from bot.advice.calling import ANSWERED_IN_A_CALL
from bot.advice.dossier import Ask, Dossier
from bot.advice.heard import CellName
from bot.advice.need_map import NeedMap, ReadBack
from bot.advice.phrasing import Fill, short_quote
from bot.advice.scene import Scene
from bot.advice.wording_answers import asset_words


def taken(scene: Scene, before: Dossier, calls: tuple[Call, Call] | None = None) -> tuple[str, ...]:
    """What the dossier of the scene holds that `before` did not, a line each; one line that says so when that is nothing.

    `calls` are the call before and after, where more than the dossier grew.
    """
    lines = (*_differences(scene, before), *(_noticed(scene, *calls) if calls else ()), *_asked(scene, before))
    found = tuple(dict.fromkeys(line for line in lines if line))
    if found:
        return found
    return (scene.say("guide_took_trouble" if scene.dossier.focus.get("trouble") else "guide_took_nothing"),)


def _differences(scene: Scene, before: Dossier) -> Iterator[str]:
    after = scene.dossier
    for danger in after.dangers[len(before.dangers) :]:
        known = scene.catalogue.dangers.get(danger)
        yield scene.say("guide_took_danger", say=known.say) if known is not None else ""
    for concern in after.concerns:
        earlier = next((old for old in before.concerns if old.id == concern.id), NeedMap(concern.id))
        yield from _of_concern(scene, earlier, concern)
    yield from _facts(scene, before)
    for asset in after.assets:
        if asset not in before.assets:
            yield scene.say("guide_took_asset", asset=asset_words(scene, asset))
    if after.contact != before.contact:
        yield scene.say("guide_took_contact", contact=after.contact)
    yield from _silenced(scene, before)


def _noticed(scene: Scene, before: Call, after: Call) -> Iterator[str]:
    """What was noticed beside the dossier: an expectation, something offered that should not be."""
    if len(after.voiced) > len(before.voiced):
        yield scene.say("guide_took_expectation")
    for slip in after.slips[len(before.slips) :]:
        yield scene.say(f"guide_took_slip_{slip.kind.value}")


def _asked(scene: Scene, before: Dossier) -> Iterator[str]:
    """What they want to know besides: the answer stands with the questions."""
    if any(each in ANSWERED_IN_A_CALL for each in scene.dossier.pending):
        yield scene.say("guide_took_asked")


def _of_concern(scene: Scene, before: NeedMap, after: NeedMap) -> Iterator[str]:
    problem, outcome = scene.catalogue.problems.get(after.problem), scene.catalogue.outcomes.get(after.need)
    other = after.id != scene.dossier.active
    if problem is not None and after.problem != before.problem:
        yield scene.say("guide_took_parked" if other else "guide_took_problem", name=problem.name)
    if outcome is not None and after.need != before.need and not other:
        yield scene.say("guide_took_need", want=outcome.want)
    if not after.problem and after.readings and after.readings != before.readings:
        yield scene.say("guide_took_reading", name=scene.catalogue.problems[after.readings[0].id].name)
    if after.read_back is not before.read_back and after.read_back in (ReadBack.CONFIRMED, ReadBack.DENIED):
        yield scene.say(f"guide_took_{after.read_back.value}")
    yield from _decided(scene, before, after)
    for hint in after.hints:
        if hint not in before.hints and hint in scene.catalogue.causes:
            yield scene.say("guide_took_cause", name=scene.catalogue.causes[hint].name)
    for name, cell in after.cells.items():
        if name not in _TOLD_ELSEWHERE and cell.value != (before.cells[name].value if name in before.cells else None):
            yield scene.say("guide_took_cell", label=scene.say(f"label_{name.value}"), value=_value(scene, name, cell.quote))


_TOLD_ELSEWHERE = (CellName.SITUATION, CellName.ASSETS, CellName.PROBLEM, CellName.NEED, CellName.CONTACT)


def _decided(scene: Scene, before: NeedMap, after: NeedMap) -> Iterator[str]:
    if after.accepted and after.accepted != before.accepted:
        yield scene.say("guide_took_accepted", title=scene.catalogue.remedy(after.accepted).title)
    for rejection in after.rejected[len(before.rejected) :]:
        yield scene.say("guide_took_rejected", title=scene.catalogue.remedy(rejection.remedy).title)


def _value(scene: Scene, name: CellName, quote: str) -> str:
    return scene.say(f"guide_priority_{quote}") if name is CellName.PRIORITY and quote in _PRIORITIES else short_quote(quote, 80)


_PRIORITIES = ("ease", "timeliness", "certainty", "cost", "choice")


def _facts(scene: Scene, before: Dossier) -> Iterator[str]:
    fill: Fill = scene.fill
    for id, cell in scene.dossier.facts.items():
        fact = scene.catalogue.facts.get(id)
        if fact is not None and id in fill.facts and (id not in before.facts or before.facts[id].value != cell.value):
            yield scene.say("guide_took_fact", ask=fact.ask or id.replace("_", " "), value=fill.value(id))


def _silenced(scene: Scene, before: Dossier) -> Iterator[str]:
    after = scene.dossier
    for phrase, names in (("unknown", after.unknown - before.unknown), ("declined", after.declined - before.declined)):
        for name in sorted(names):
            ask, _, key = name.partition(":")
            fact = scene.catalogue.facts.get(key) if ask == Ask.FACT.value else None
            if fact is not None:
                yield scene.say(f"guide_took_{phrase}", ask=fact.ask)
