"""Rasa component: which acts a message carries, each clause and the whole, and how surely it was understood."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.advice.heard import Polarity
from bot.nlu.act_model import ActModel, Verdict
from bot.nlu.clauses import split_clauses
from bot.nlu.clean import clean, has_content, is_payload
from bot.nlu.encoder import Matrix, SentenceEncoder, shared_encoder
from bot.nlu.reading import READING, ActHeard

ACTS = "acts"
UNDERSTOOD = "understood"
RANKED = 10
UNREAD = "off_topic"
"""The act given to what cannot be read, so that a rule hears it; it has no confidence."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ActClassifier(IntentClassifier, GraphComponent):
    """Sets `intent`, `intent_ranking`, `acts` (a list of {name, confidence, text}) and `understood` (0..1).

    Configuration: `C`, `C_words`, `C_characters`, how loosely each scorer may bend to its examples.
    """

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: ActModel | None = None) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._encoder: SentenceEncoder = shared_encoder()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ActClassifier:
        """Creates an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ActClassifier:
        """Loads the trained classifier; raises ValueError when the archive holds none."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, ActModel.load(folder))

    @classmethod
    def required_components(cls) -> list[type]:
        """The featurizer goes before."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """What must be importable to train."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Costs that did best on held-out voices; `code` makes Rasa train anew when the learning itself changed."""
        return {"C": 0.1, "C_words": 0.3, "C_characters": 0.3, "code": _code_digest()}

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Costs are positive numbers."""
        for name in ("C", "C_words", "C_characters"):
            if name in config and not (isinstance(config[name], (int, float)) and config[name] > 0):
                raise InvalidConfigException(f"{name} of ActClassifier in config.yml must be a positive number.")

    def train(self, training_data: TrainingData) -> Resource:
        """Fits the model on all examples with an intent and keeps it with the archive."""
        from bot.nlu.act_training import Costs, fit

        messages = [m for m in training_data.intent_examples if m.get(TEXT) and m.get(INTENT)]
        views = np.concatenate([_views(message) for message in messages])
        costs = Costs(self._config["C"], self._config["C_words"], self._config["C_characters"])
        self._model = fit([_example(message) for message in messages], views, costs)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads the acts of every message.

        A message without words, in another language, or with the payload of no button is `off_topic` with no confidence
        (Rasa itself reads a real button's payload after this); a thumb up or down answers.
        """
        for message in messages:
            self._annotate(message, clean(message.get(TEXT) or "").text)
        return messages

    def _annotate(self, message: Message, text: str) -> None:
        verdict = self._verdict(text, message.get(READING) or {})
        acts = tuple(asdict(act) for act in self._acts(text, verdict)) if verdict.understood else ()
        ranking = [{"name": name, "confidence": confidence} for name, confidence in verdict.ranking[:RANKED]]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(ACTS, acts, add_to_output=True)
        message.set(UNDERSTOOD, verdict.understood, add_to_output=True)
        if reading := message.get(READING):
            message.set(READING, {**reading, ACTS: acts, UNDERSTOOD: verdict.understood}, add_to_output=True)

    def _verdict(self, text: str, reading: dict[str, Any]) -> Verdict:
        if reading.get("trouble") or is_payload(text):
            return Verdict(((UNREAD, 0.0),), 0.0)
        polarity = Polarity(reading.get("polarity", Polarity.NONE.value))
        if not has_content(text):
            return _plain_answer(polarity)
        verdict = self._judge(text)
        return _settled(verdict, polarity) if reading.get("bare") else verdict

    def _acts(self, text: str, whole: Verdict) -> list[ActHeard]:
        """The whole's act first, then those its clauses carry surely enough, each once with its best words."""
        assert self._model is not None
        found = {whole.act: ActHeard(whole.act, whole.confidence, text)}
        clauses = split_clauses(text)
        parts = [clause.text for clause in clauses] if len(clauses) > 1 else []
        for part, views in zip(parts, self._encoder.views_all(parts), strict=True):
            act, confidence = self._model.likeliest(part, views)
            known = found.get(act)
            if confidence >= self._model.calibration.act_floor and (known is None or known.confidence < confidence):
                found[act] = ActHeard(act, confidence, part)
        main, *others = found.values()
        return [main, *sorted(others, key=lambda act: -act.confidence)]

    def _judge(self, text: str) -> Verdict:
        if self._model is None:
            raise RuntimeError("The acts were not trained yet. Run `make train`.")
        return self._model.judge(text, self._encoder)


_ANSWERS = {Polarity.YES: "affirms", Polarity.NO: "denies", Polarity.UNSURE: "does_not_know"}
_AGREEING = frozenset(("affirms", "accepts", "allows_recording"))
_REFUSING = frozenset(("denies", "rejects", "declines", "refuses_recording"))
_CONTRADICTING = {
    Polarity.YES: _REFUSING | {"does_not_know"},
    Polarity.NO: _AGREEING | {"does_not_know"},
    Polarity.UNSURE: _AGREEING | _REFUSING - {"declines"},
}
_SURE = 0.95


def _settled(verdict: Verdict, polarity: Polarity) -> Verdict:
    """A bare yes, no or "no idea" is what its words say, whatever the encoder makes of it."""
    contradicts = verdict.act in _CONTRADICTING.get(polarity, frozenset())
    unclear = polarity in _ANSWERS and verdict.understood < 0.5
    return _plain_answer(polarity) if contradicts or unclear else verdict


def _plain_answer(polarity: Polarity) -> Verdict:
    act = _ANSWERS.get(polarity)
    return Verdict(((act, _SURE),), _SURE) if act else Verdict(((UNREAD, 0.0),), 0.0)


def _code_digest() -> str:
    folder = Path(__file__).parent
    sources = (folder / name for name in ("act_model.py", "act_training.py", "encoder.py", "encoder_graph.py", "ngrams.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:16]


def _views(message: Message) -> Matrix:
    _, sentence = message.get_dense_features(TEXT, [])
    if sentence is None:
        raise InvalidConfigException("ActClassifier needs bot.nlu.featurizer.SentenceFeaturizer before it in config.yml.")
    return np.asarray(sentence.features, dtype=np.float32)


def _example(message: Message) -> Any:
    from bot.nlu.act_training import Example

    return Example(clean(message.get(TEXT)).text, message.get(INTENT), _voice(message.get("metadata") or {}))


def _voice(metadata: dict[str, Any]) -> str:
    """Who wrote the example: its own metadata, or that of its block in data/nlu."""
    for level in ("example", "intent"):
        found = metadata.get(level)
        if isinstance(found, dict) and found.get("voice"):
            return str(found["voice"])
    return ""
