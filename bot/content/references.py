"""Finds ids that name nothing, and {placeholders} in sentences that name no fact."""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.advice.formulas import nearest
from bot.content.reader import Reader, Reference
from bot.content.values import Text


def check_references(reader: Reader) -> None:
    """Reports every named id that is declared nowhere; warns where it does no harm."""
    for reference in reader.references:
        declared = [reader.declared.get(kind, {}) for kind in reference.kinds]
        if not any(reference.id in ids for ids in declared):
            _unknown(reference, reader)


def _unknown(reference: Reference, reader: Reader) -> None:
    known = [name for kind in reference.kinds for name in reader.declared.get(kind, {})]
    what = "id" if len(reference.kinds) > 2 else " or ".join(_NAMES.get(kind, kind) for kind in reference.kinds)
    hint = nearest(reference.id, known)
    few = ", ".join(known[:12])
    instead = "" if hint else f"write one of {few}" if 0 < len(known) <= 12 else "declare it, or write one that is"
    report = reader.warning if reference.soft else reader.error
    report(reference.id, f"unknown {what} '{reference.id}'{hint}", instead)


_NAMES = {"kind": "product kind"}


def check_placeholders(facts: Collection[str], reader: Reader) -> None:
    """Reports every {word} in a sentence that is no fact."""
    for sentence in reader.sentences:
        for found in re.finditer(r"\{([^{}]*)\}", sentence):
            name = found.group(1).strip()
            if name not in facts:
                _no_fact(sentence, name, found.start(), facts, reader)
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", sentence)):
            reader.error(sentence, "a { or } on its own", "write {fact} with both, or leave the bracket out")


def _no_fact(sentence: Text, name: str, start: int, facts: Collection[str], reader: Reader) -> None:
    hint = nearest(name, facts)
    instead = "" if hint else "write the id of a fact in the brackets, or the words themselves without them"
    column = sentence.column + start if "\n" not in sentence else 0
    reader.error(sentence, f"{{{name}}} names no fact{hint}", instead, column)
