"""Loading Rasa without what this product never uses of it: TensorFlow above all, and clients of a dozen services.

Rasa imports everything it could ever need: 12 seconds and 530 MB before the first message, most of it TensorFlow. Here

* modules whose helpers only unused components call are put in place unloaded (`MODULES`),
* names that Rasa imports but this product never calls become late names (`NAMES`),
* components that neither the configuration nor the model names are stood in for by empty classes (`COMPONENTS`).

Whoever does use a deferred module or a late name gets the real one, loaded at that moment, so nothing that works with stock
Rasa stops working.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import structlog

MODULES = ("rasa.utils.train_utils", "rasa.core.jobs", "rasa.core.test")
"""TensorFlow's training helpers; the scheduler of reminders; the evaluation of stories and its plots."""

NAMES: dict[str, dict[str, str]] = {
    "rasa.utils.tensorflow.model_data": {"sklearn.model_selection": "train_test_split"},
    "rasa.core.channels": {
        "rasa.core.channels.botframework": "BotFrameworkInput",
        "rasa.core.channels.console": "CmdlineInput",
        "rasa.core.channels.facebook": "FacebookInput",
        "rasa.core.channels.hangouts": "HangoutsInput",
        "rasa.core.channels.mattermost": "MattermostInput",
        "rasa.core.channels.rocketchat": "RocketChatInput",
        "rasa.core.channels.slack": "SlackInput",
        "rasa.core.channels.socketio": "SocketIOInput",
        "rasa.core.channels.telegram": "TelegramInput",
        "rasa.core.channels.twilio": "TwilioInput",
        "rasa.core.channels.twilio_voice": "TwilioVoiceInput",
        "rasa.core.channels.webexteams": "WebexTeamsInput",
    },
    "rasa.core.tracker_store": {"boto3.dynamodb.conditions": "Key", "pymongo.collection": "Collection"},
}
"""By the module of Rasa that imports it: the module a name comes from, and the name."""

COMPONENTS = {
    "DIETClassifier": "rasa.nlu.classifiers.diet_classifier",
    "ResponseSelector": "rasa.nlu.selectors.response_selector",
    "ConveRTFeaturizer": "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "LanguageModelFeaturizer": "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "CRFEntityExtractor": "rasa.nlu.extractors.crf_entity_extractor",
    "CRFEntityExtractorOptions": "rasa.nlu.extractors.crf_entity_extractor",
    "TEDPolicy": "rasa.core.policies.ted_policy",
    "UnexpecTEDIntentPolicy": "rasa.core.policies.unexpected_intent_policy",
}
"""Rasa's heavy components, and the module of each."""

_HOLDERS = ("rasa.engine.recipes.default_components", "rasa.graph_components.validators.default_recipe_validator")
"""The modules that import all components; imported anew when next needed, so that no stand-in stays behind."""


def defer_unused() -> None:
    """Put everything deferrable in place before Rasa is imported; what is loaded already stays as it is."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    for name in MODULES:
        if name not in sys.modules:
            _put_in_place(name)
    for host, names in NAMES.items():
        if host not in sys.modules:
            with _standing_in({module: _late_module(module, name) for module, name in names.items()}):
                importlib.import_module(host)


def calm_logs() -> None:
    """Rasa's structured notes below a warning are dropped unformatted; does nothing when logging was set up already."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        cache_logger_on_first_use=True,
    )


@contextmanager
def without_unnamed_components(named_in: str) -> Iterator[None]:
    """Inside, empty classes stand for heavy components, unless `named_in` (a config.yml, a model's metadata) names one."""
    needed = any(name in named_in for name in COMPONENTS)
    stand_ins: dict[str, ModuleType] = {}
    for name, module in {} if needed else COMPONENTS.items():
        stand_in = stand_ins.setdefault(module, ModuleType(module))
        setattr(stand_in, name, type(name, (), {"__module__": module}))
    with _standing_in(stand_ins):
        yield
    for module in _HOLDERS if stand_ins else ():
        sys.modules.pop(module, None)


@contextmanager
def _standing_in(modules: Mapping[str, ModuleType]) -> Iterator[None]:
    """The modules are found by imports inside, unless the real ones are loaded already; afterwards they are gone."""
    absent = {name: module for name, module in modules.items() if name not in sys.modules}
    sys.modules.update(absent)
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


class _Deferred(ModuleType):
    """A module that loads itself when a name it does not have yet is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        spec = self.__spec__
        if spec is None or spec.loader is None:
            raise ImportError(f"{self.__name__} cannot be loaded.")
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec.loader.exec_module(self)
        return getattr(self, name)


def _put_in_place(name: str) -> None:
    parent_name, _, child = name.rpartition(".")
    parent = importlib.import_module(parent_name)
    spec = importlib.util.find_spec(name)
    if spec is None:
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _Deferred
    sys.modules[name] = module
    setattr(parent, child, module)


class _Late:
    """A class or function that is loaded when it is called or asked for anything but `name()`."""

    def __init__(self, module: str, attribute: str) -> None:
        self._module = module
        self._attribute = attribute

    def name(self) -> str:
        """What a channel is called: the name of its module."""
        return self._module.rpartition(".")[2]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._real()(*args, **kwargs)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(self._real(), attribute)

    def _real(self) -> Any:
        return getattr(importlib.import_module(self._module), self._attribute)


def _late_module(module: str, attribute: str) -> ModuleType:
    late = ModuleType(module)
    setattr(late, attribute, _Late(module, attribute))
    return late
