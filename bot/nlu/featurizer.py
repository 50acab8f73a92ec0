"""Rasa component: the sentence encoder as a dense featurizer."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clean import clean, is_payload
from bot.nlu.encoder import VECTORS, SentenceEncoder, Vector, shared_encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(Featurizer[np.ndarray], GraphComponent):
    """Gives each message's text one sentence feature: the encoder's views, shape (1, 1920)."""

    def __init__(self, config: dict[str, Any], name: str, encoder: SentenceEncoder) -> None:
        super().__init__(name, config)
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceFeaturizer:
        """Creates the component around the process's one encoder."""
        return cls(config, execution_context.node_name, shared_encoder())

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """There is nothing to configure."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The weights are part of the fingerprint: other weights mean training anew."""
        return {**Featurizer.get_default_config(), "weights": VECTORS}

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the feature to each message to be read; a button's payload needs none."""
        for message in messages:
            text = clean(message.get(TEXT) or "").text
            if text and not is_payload(text):
                self._add(message, self._encoder.views(text))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the feature to each example with a text, saying how far it is."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        texts = [clean(example.get(TEXT)).text for example in examples]
        progress = _Progress(len(set(texts)))
        for example, views in zip(examples, self._encoder.views_all(texts, progress), strict=True):
            self._add(example, views)
        return training_data

    def _add(self, message: Message, views: Vector) -> None:
        message.add_features(Features(views[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


class _Progress:
    """Prints how many sentences are encoded, on one line, when a person is watching."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._shown = 0

    def __call__(self, done: int) -> None:
        finished = done >= self._total
        if sys.stderr.isatty() and (finished or done - self._shown >= 256):
            self._shown = done
            sys.stderr.write(f"\r  {done} of {self._total} sentences encoded" + ("\n" if finished else ""))
            sys.stderr.flush()
