"""The form of a correction: read from what was typed, and filled from what stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.advice.archive import from_plain
from bot.advice.catalogue import Catalogue, FactType
from bot.advice.dossier import Dossier
from bot.advice.heard import Act, Heard
from bot.advice.moves import MoveKind
from bot.learning.correcting import CorrectedTurn
from bot.learning.corrections import NOTHING, Correction, Part, Thing, stored
from bot.store.records import Json, Turn
from bot.web.teaching.frame import Named

PARTS: Final = 3
MOST_LISTED: Final = 500
"""How many problems or causes a list offers besides those that were heard."""


@dataclass(frozen=True)
class FactLine:
    """One fact of the form: its question, how it is written, what was heard, and what the correction says."""

    id: str
    ask: str
    kind: str
    choices: tuple[tuple[str, str], ...]
    heard: str
    value: str
    words: str


def read_form(form: Mapping[str, Any]) -> Correction:
    """The correction that was typed; checked later."""

    def text(name: str) -> str:
        return " ".join(str(form.get(name, "")).split()) if name not in ("should_say", "note") else str(form.get(name, "")).strip()

    parts = (Part(text(f"act{place}"), text(f"act{place}_words")) for place in range(PARTS))
    things = (Thing(text("thing"), text("thing_words"), text("thing_owns") or "1"),) if text("thing") else ()
    words = {name: text(f"{name}_words") for name in ("problem", "cause") if text(f"{name}_words")}
    facts, quoted = _facts(form, text)
    return Correction(
        acts=tuple(part for part in parts if part.act),
        facts=facts,
        things=things,
        problem=text("problem"),
        cause=text("cause"),
        words={**words, **quoted},
        meant=text("meant"),
        reason=text("reason"),
        move=text("move"),
        asks=text("asks"),
        should_say=text("should_say"),
        note=text("note"),
    )


def _facts(form: Mapping[str, Any], text: Any) -> tuple[dict[str, str], dict[str, str]]:
    named = [name.partition(":")[2] for name in form if str(name).startswith("fact:")]
    facts = {fact: text(f"fact:{fact}") for fact in named if text(f"fact:{fact}")}
    if text("more_fact") and text("more_value"):
        facts[text("more_fact")] = text("more_value")
    return facts, {fact: text(f"words:{fact}") for fact in named if fact in facts and text(f"words:{fact}")}


def form_values(found: CorrectedTurn, correction: Correction, catalogue: Catalogue) -> dict[str, Any]:
    """Everything the form shows: the correction, and the lists to choose from."""
    heard = from_plain(Heard, found.turn.heard) if found.turn.heard else Heard("")
    parts = [*correction.acts, *(Part("") for _ in range(PARTS))][:PARTS]
    likely = [match.id for match in (*heard.problems, *heard.besides)]
    return {
        "parts": parts,
        "thing": correction.things[0] if correction.things else Thing("", "", ""),
        "acts": [(act.value, act.value.replace("_", " ")) for act in Act],
        "problems": _listed({one.id: one.name for one in catalogue.problems.values()}, [*likely, correction.about]),
        "causes": _listed(_causes(catalogue, found.turn), [match.id for match in heard.causes] + [correction.cause]),
        "products": sorted({one.id: one.name for one in catalogue.products.values()}.items(), key=lambda one: one[1])[:MOST_LISTED],
        "facts": list(_fact_lines(found.turn, heard, correction, catalogue)),
        "other_facts": sorted((one.id, one.ask.rstrip("?")) for one in catalogue.facts.values() if one.askable)[:MOST_LISTED],
        "moves": [(kind.value, kind.value.replace("_", " ")) for kind in MoveKind],
        "nothing": NOTHING,
        "heard": _heard(heard),
    }


def _causes(catalogue: Catalogue, turn: Turn) -> dict[str, str]:
    """The causes of the problem at hand, or of all problems."""
    concern = from_plain(Dossier, turn.dossier).concern if turn.dossier else None
    problem = catalogue.problems.get(concern.problem) if concern is not None else None
    causes = problem.causes if problem is not None else catalogue.causes.values()
    return {cause.id: cause.name for cause in causes}


def _listed(names: Mapping[str, str], first: list[str]) -> list[tuple[str, str]]:
    """Ids with names: those heard first, then the others by name."""
    heard = [id for id in dict.fromkeys(first) if id in names]
    others = sorted((name, id) for id, name in names.items() if id not in heard)[:MOST_LISTED]
    return [*((id, names[id]) for id in heard), *((id, name) for name, id in others)]


def _fact_lines(turn: Turn, heard: Heard, correction: Correction, catalogue: Catalogue) -> Iterator[FactLine]:
    """The facts that were heard or corrected, and the one that was asked for."""
    told = {one.fact: _shown(one.value) for one in heard.told}
    asked = (turn.move.get("question") or {}).get("key", "")
    for fact in dict.fromkeys((*told, *correction.facts, asked)):
        known = catalogue.facts.get(fact)
        if known is not None:
            choices = tuple((choice.id, choice.label or choice.id) for choice in known.choices)
            yes_no = (("yes", "yes"), ("no", "no")) if known.type is FactType.YES_NO else ()
            yield FactLine(
                fact,
                known.ask or fact,
                known.unit or known.type.value,
                choices or yes_no,
                told.get(fact, ""),
                correction.facts.get(fact, ""),
                correction.words.get(fact, ""),
            )


def _shown(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else (f"{value:g}" if isinstance(value, float) else str(value))


def _heard(heard: Heard) -> dict[str, Any]:
    return {
        "acts": [act.value.replace("_", " ") for act in heard.acts],
        "problems": [(match.id, match.score) for match in heard.problems[:3]],
        "causes": [(match.id, match.score) for match in heard.causes[:3]],
        "told": [(one.fact, _shown(one.value), one.quote) for one in heard.told],
        "things": [(one.product or one.kind, one.quote, one.owned) for one in heard.mentions],
    }


def in_words(content: Json, named: Named) -> list[tuple[str, str]]:
    """A stored correction as lines to read: what was corrected, and to what."""
    told = stored(content)
    lines = [("Act", f"{_plain(part.act)}{f': “{part.words}”' if part.words else ''}") for part in told.acts]
    lines += [(named.fact(fact), _plain(value)) for fact, value in told.facts.items()]
    lines += [("Names", f"{thing.name}, owns {thing.owns}") for thing in told.things]
    about = (("Problem", told.problem, named.problem), ("Cause", told.cause, named.cause), ("Meant", told.meant, named.problem))
    lines += [(label, "none of them" if id == NOTHING else words(id)) for label, id, words in about if id]
    plain = (("Reason", told.reason), ("Move", _plain(told.move)), ("Question", named.fact(told.asks) if told.asks else ""))
    lines += [(label, text) for label, text in (*plain, ("Should say", told.should_say), ("Note", told.note)) if text]
    return lines


def _plain(name: str) -> str:
    return name.replace("_", " ")
