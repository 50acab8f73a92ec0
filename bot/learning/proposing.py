"""From a correction to what it proposes: training examples, phrasings for the catalogue, and a conversation test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.advice.catalogue import Catalogue
from bot.learning.corrections import NOTHING, Correction
from bot.learning.dialogue_of import dialogue_of, was_pressed
from bot.learning.stand_ins import names_in, voice_of, with_stand_ins
from bot.store.records import Conversation, Json, Turn

EXAMPLE = "example"
PHRASING = "phrasing"
TEST = "test"
KINDS = (EXAMPLE, PHRASING, TEST)
LONGEST_PHRASE = 160
"""Characters from which on a message says too much to be a phrasing of one thing."""


@dataclass(frozen=True)
class Proposed:
    """One change: to what (`target`: an act, a thing of the catalogue, a dialogue), and its content."""

    kind: str
    target: str
    content: Json


def proposed(
    correction: Correction, conversation: Conversation, turns: Sequence[Turn], catalogue: Catalogue
) -> tuple[Proposed, ...]:
    """What the correction of the last of `turns` proposes; the turns are all up to it, the first one first."""
    if not correction:
        return ()
    turn = turns[-1]
    names = names_in(turn.dossier)
    found: list[Proposed] = []
    if not was_pressed(turn):
        found += _examples(correction, turn, names)
        found += _phrasings(correction, turn, names, catalogue)
    dialogue = dialogue_of(correction, conversation, turns, names)
    if dialogue is not None:
        found.append(Proposed(TEST, str(dialogue["dialogue"]), dialogue))
    return tuple(_once(found))


def _examples(correction: Correction, turn: Turn, names: Sequence[str]) -> Iterator[Proposed]:
    parts = [(part.act, part.words or (turn.user_text if place == 0 else "")) for place, part in enumerate(correction.acts)]
    if correction.reason:
        parts.append(("gives_reason", correction.reason))
    for act, words in parts:
        if words.strip():
            content = {"text": with_stand_ins(words.strip(), names), "voice": voice_of(turn.conversation_id)}
            yield Proposed(EXAMPLE, act, content)


def _phrasings(correction: Correction, turn: Turn, names: Sequence[str], catalogue: Catalogue) -> Iterator[Proposed]:
    known = _known(catalogue)
    for target, words in _meanings(correction, catalogue):
        phrase = with_stand_ins(" ".join((words or turn.user_text).split()), names).strip(" .!?")
        if phrase and len(phrase) <= LONGEST_PHRASE and phrase.casefold() not in known.get(target, ()):
            yield Proposed(PHRASING, target, {"phrase": phrase})


def _meanings(correction: Correction, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What of the catalogue the message means, and the words for it; none for the whole message."""
    if correction.about not in ("", NOTHING):
        yield f"problem:{correction.about}", correction.words.get("problem", "")
    if correction.cause not in ("", NOTHING):
        yield f"cause:{correction.cause}", correction.words.get("cause", "")
    for fact, value in correction.facts.items():
        if value != NOTHING and catalogue.facts[fact].choices:
            yield f"answer:{fact}:{value}", correction.words.get(fact, "")
    for thing in correction.things:
        if thing.name in catalogue.products:
            yield f"product:{thing.name}", thing.words


def _known(catalogue: Catalogue) -> Mapping[str, frozenset[str]]:
    """The phrasings there are, by target, in small letters."""
    found = {f"problem:{one.id}": (one.name, *one.said_as) for one in catalogue.problems.values()}
    found |= {f"cause:{one.id}": (one.name, *one.said_as) for one in catalogue.causes.values()}
    found |= {f"product:{one.id}": (one.name, *one.aliases) for one in catalogue.products.values()}
    for fact in catalogue.facts.values():
        found |= {f"answer:{fact.id}:{one.id}": (one.label, *one.said_as) for one in fact.choices}
    return {target: frozenset(phrase.casefold() for phrase in phrases) for target, phrases in found.items()}


def _once(found: Sequence[Proposed]) -> Iterator[Proposed]:
    seen: set[tuple[str, str, str]] = set()
    for one in found:
        key = (one.kind, one.target, str(one.content))
        if key not in seen:
            seen.add(key)
            yield one
