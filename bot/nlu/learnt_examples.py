"""Learnt examples in Rasa's own format, written by Rasa's own writer, so that every tool of Rasa reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLWriter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


@dataclass(frozen=True)
class LearntExample:
    """A message, the act it carries, and the voice it came from: a name that tells one customer from another and nothing else."""

    text: str
    act: str
    voice: str


def as_rasa_yaml(examples: Iterable[LearntExample]) -> str:
    """The text of an NLU file, grouped by act; empty when there is no example."""
    ordered = sorted(dict.fromkeys(examples), key=lambda one: (one.act, one.voice, one.text))
    if not ordered:
        return ""
    return str(RasaYAMLWriter().dumps(TrainingData([_message(one) for one in ordered])))


_BRACKETS = str.maketrans("[]", "()")
"""Square brackets mark entities in Rasa's files; customers mean nothing by them."""


def _message(one: LearntExample) -> Message:
    data = {TEXT: one.text.translate(_BRACKETS), INTENT: one.act, "metadata": {"example": {"voice": one.voice}}}
    return Message(data=data)
