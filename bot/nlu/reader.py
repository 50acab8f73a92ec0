"""Rasa component: reads each message (clauses, polarity, quantities, reasons, dates, language) without a trained model."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.clean import clean, is_payload
from bot.nlu.encoder import shared_encoder
from bot.nlu.language import analyse
from bot.nlu.reading import READING, read_message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MessageReader(GraphComponent):
    """Adds the output property `reading`, a JSON-serialisable Reading."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MessageReader:
        """Creates the component and warms the English pipeline, so that no customer waits for it."""
        analyse("ready")
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Reads every message that has a text, while the encoder, which the featurizer asks next, works beside it."""
        for message in messages:
            text = message.get(TEXT) or ""
            if (plain := clean(text).text) and not is_payload(plain):
                shared_encoder().begin(plain)
            message.set(READING, read_message(text).as_dict(), add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Training needs no readings: the data passes unchanged."""
        return training_data
