"""Products and kinds of product named in a message, however they are spelt, with how many and whether they are owned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import Dossier
from bot.advice.heard import Act, Mention
from bot.nlu.quantities import Quantity
from bot.nlu.reading import Reading
from bot.nlu.units import MEASURED

_OWNED = re.compile(
    r"\b(?:we|i)(?:'ve| have| own| run| use| got| bought)\b|\b(?:we|i)(?:'ve| have) (?:got )?|\b(?:our|my|existing|current)\b",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:need|want|buy|order|quote|get|looking for|new|another|more|additional|extra|replace\w*|price)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]+(?:[-./][a-z0-9]+)*", re.IGNORECASE)
MOST_WORDS = 5


@dataclass(frozen=True)
class _Name:
    kind: str
    product: str = ""


class Mentions:
    """Finds product names, aliases and kinds; built once per catalogue, so that a message is scanned, not the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._names: dict[str, _Name] = {}
        for kind in catalogue.products_by_kind:
            self._add(kind.replace("_", " "), _Name(kind))
        for product in catalogue.products.values():
            for name in (product.name, *product.aliases):
                self._add(name, _Name(product.kind, product.id))

    def find(self, reading: Reading, acts: tuple[Act, ...], dossier: Dossier) -> tuple[Mention, ...]:
        """Every thing named, longest names first, each stretch of text counted once."""
        found = []
        for start, end, name in self._spans(reading.text):
            before = reading.text[:start]
            quantity = _quantity_before(reading, start)
            owned = _is_owned(before, reading.text, acts)
            begin = quantity[1] if quantity else start
            value = quantity[0] if quantity else None
            found.append(Mention(name.kind, name.product, value, owned, reading.text[begin:end]))
        return tuple(dict.fromkeys(found))

    def _add(self, name: str, what: _Name) -> None:
        for spelt in _spellings(name):
            self._names.setdefault(spelt, what)

    def _spans(self, text: str) -> Iterator[tuple[int, int, _Name]]:
        words = list(_WORD.finditer(text))
        at = 0
        while at < len(words):
            for length in range(min(MOST_WORDS, len(words) - at), 0, -1):
                start, end = words[at].start(), words[at + length - 1].end()
                name = self._names.get(_letters(text[start:end]))
                if name is not None:
                    yield start, end, name
                    at += length - 1
                    break
            at += 1


def _spellings(name: str) -> set[str]:
    """A name as letters and digits only, singular and plural."""
    letters = _letters(name)
    plain = {letters} if len(letters) > 1 and not letters.isdigit() else set()
    many = {f"{letters[:-1]}ies"} if letters.endswith("y") else set()
    ends = {f"{letters}s", f"{letters}es"} | many | ({letters[:-1]} if letters.endswith("s") and len(letters) > 4 else set())
    return plain | (ends if plain else set())


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _quantity_before(reading: Reading, start: int) -> tuple[float, int] | None:
    """The number right before the name, or with a word or two between ("two more 30 kg washers": two)."""
    near = [each for each in reading.quantities if each.start < start <= each.start + 24 and _counts(each, start)]
    if not near or _BELOW_ZERO.search(reading.text[:start]):
        return None
    first = near[0]
    between = reading.text[first.start : start]
    return (first.value, first.start) if not re.search(r"[,.;:?!]|\b(?:and|but|so|for|from|since)\b", between) else None


_BELOW_ZERO = re.compile(r"(?:\bminus|-)\s*\d+\W*$", re.IGNORECASE)
"""A temperature that stands before the name of a thing counts no things."""


def _counts(quantity: Quantity, start: int) -> bool:
    """Whether it counts things; a unit that is really the beginning of the name ("three W-20s") does not make it a measure."""
    return quantity.unit not in MEASURED or quantity.end > start


def _is_owned(before: str, text: str, acts: tuple[Act, ...]) -> bool:
    if Act.WANTS_PRODUCT in acts or Act.INSISTS_QUOTE in acts or Act.ASKS_PRICE in acts:
        owned, wanted = _last(_OWNED, before), _last(_WANTED, before)
        return owned > wanted
    return Act.INFORMS in acts or (bool(_OWNED.search(before)) and _last(_WANTED, before) < _last(_OWNED, before))


def _last(pattern: re.Pattern[str], text: str) -> int:
    found = list(pattern.finditer(text))
    return found[-1].start() if found else -1
