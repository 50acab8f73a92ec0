"""The Rasa agent in this process: loads a model, reads messages, takes turns, takes up a new model without losing one."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import tarfile
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from copy import copy
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.actions.action import Action, RemoteAction
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine.loader import load_predict_graph_runner
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name
from rasa.utils.endpoints import read_endpoint_config

from bot.assistant.deferral import without_unnamed_components
from bot.assistant.endpoint import InProcessAction, InProcessActions, clear_failure, failure
from bot.assistant.runner import InOrder
from bot.assistant.tracker import RecentTrackers
from bot.nlu.clean import MAX_CHARACTERS
from bot.nlu.reading import Reading, from_parse

CHANNEL = "rest"
Situation = tuple[str, ...]
_SITUATIONS = 4096
_READ_AT_MOST = 4 * MAX_CHARACTERS + 1


class ModelMissing(RuntimeError):
    """There is no trained model where one was looked for, or it cannot be used."""


class Assistant:
    """One trained model and the conversations held with it."""

    def __init__(self, model: Path, *, actions: str | ModuleType = "actions", endpoints: Path | None = None) -> None:
        """Load the model archive, or the newest of a folder. `endpoints` may name an event broker.

        Raises ModelMissing when there is none or it is damaged, ImportError when the actions cannot be imported.
        """
        self._actions = InProcessActions(actions)
        self._trackers = RecentTrackers()
        self._broker = read_endpoint_config(str(endpoints), "event_broker") if endpoints else None
        self._broker_ready = self._broker is None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._swapping = threading.Lock()
        self._processor = self._load(model)
        self._trackers.domain = self._processor.domain
        _give_back_memory()

    @property
    def model(self) -> str:
        """The file name of the model in force."""
        return str(self._processor.model_filename)

    async def handle(self, sender: str, text: str, metadata: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Take one turn of the sender's conversation and return what to say, in the form of Rasa's REST channel.

        Turns of one sender run one after the other. An error of an action is raised, never swallowed; the turn's tracker
        is then dropped, as what was said before is in the database.
        """
        await self._open_broker()
        output = CollectingOutputChannel()
        known = dict(metadata or {})
        message = UserMessage(
            text[:_READ_AT_MOST], output, sender, input_channel=CHANNEL, message_id=known.get("message_id"), metadata=known
        )
        async with self._lock(sender):
            await self._take(message)
        return list(output.messages)

    async def parse(self, text: str) -> dict[str, Any]:
        """The Rasa parse of a text, outside any conversation."""
        parsed: dict[str, Any] = await self._processor.parse_message(UserMessage(text[:_READ_AT_MOST]))
        return parsed

    async def read(self, text: str) -> Reading:
        """What a text says, outside any conversation."""
        return from_parse(await self.parse(text))

    def swap(self, model: Path) -> None:
        """Take up another model. Turns under way end with the old one, the next ones begin with the new one.

        Takes as long as loading: call it from a thread while serving. Raises ModelMissing and keeps the old model when the
        new one cannot be used.
        """
        with self._swapping:
            processor = self._load(model)
            self._trackers.domain = processor.domain
            self._processor = processor
            _give_back_memory()

    async def _take(self, message: UserMessage) -> None:
        clear_failure()
        try:
            await self._processor.handle_message(message)
        except BaseException:
            self._trackers.forget(message.sender_id)
            raise
        finally:
            clear_failure()

    def _lock(self, sender: str) -> asyncio.Lock:
        return self._locks.setdefault(sender, asyncio.Lock())

    async def _open_broker(self) -> None:
        if not self._broker_ready:
            self._broker_ready = True
            self._trackers.event_broker = await EventBroker.create(self._broker)

    def _load(self, model: Path) -> MessageProcessor:
        archive = find_model(model)
        nlg = TemplatedNaturalLanguageGenerator(responses={})
        try:
            with without_unnamed_components(_metadata(archive)):
                processor = _TurnProcessor(archive, self._trackers, InMemoryLockStore(), nlg, self._actions)
        except (OSError, ValueError, KeyError, EOFError, RasaException, tarfile.TarError) as error:
            raise ModelMissing(f"The model {archive.name} cannot be used ({error}). Run `make train`.") from error
        nlg.responses = processor.domain.responses
        self._check(archive, processor)
        return processor

    def _check(self, archive: Path, processor: MessageProcessor) -> None:
        """Every custom action the model may call must exist in this program."""
        missing = sorted(set(processor.domain.user_actions) - set(self._actions.names) - set(processor.domain.responses))
        if missing:
            raise ModelMissing(
                f"The model {archive.name} calls actions this program does not have ({', '.join(missing)}). Run `make train`."
            )


class _TurnProcessor(MessageProcessor):
    """Rasa's processor, with three differences.

    An action's error ends the turn instead of being logged and passed over; what the rules said in a situation is
    remembered, as they say the same whenever it comes again, and asking them takes a third of a turn; and the model's
    graph is run without a scheduler.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._follows_rules_only = follows_rules_only(self.model_metadata.predict_schema.nodes)
        self._known: dict[Situation, PolicyPrediction] = {}

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = load_predict_graph_runner(Path(folder), Path(model_path), LocalModelStorage, InOrder)
        return Path(model_path).name, metadata, runner

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        if not self._follows_rules_only or tracker.followup_action:
            return super()._predict_next_with_tracker(tracker)
        situation = situation_of(tracker)
        known = self._known.get(situation)
        if known is not None:
            return again(known)
        prediction = super()._predict_next_with_tracker(tracker)
        if len(self._known) < _SITUATIONS:
            self._known[situation] = prediction
        return prediction

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        if isinstance(action, RemoteAction):
            action = InProcessAction(action.name(), self.action_endpoint)
        going_on: bool = await super()._run_action(action, tracker, output_channel, nlg, prediction)
        error = failure()
        if error is not None:
            raise error
        return going_on


def follows_rules_only(nodes: Iterable[str]) -> bool:
    """Whether the model's graph, given by the names of its nodes, decides by rules and nothing else."""
    policies = [name for name in nodes if "Policy" in name and name.startswith("run_")]
    return bool(policies) and all("RulePolicy" in name for name in policies)


def again(prediction: PolicyPrediction) -> PolicyPrediction:
    """The same prediction made now: a tracker keeps its events, so it gets events of its own."""
    fresh = copy(prediction)
    fresh.events, fresh.optional_events = (
        [_now(each) for each in prediction.events],
        [_now(each) for each in prediction.optional_events],
    )
    return fresh


def _now(event: Event) -> Event:
    fresh = copy(event)
    fresh.timestamp = time.time()
    return fresh


def situation_of(tracker: DialogueStateTracker) -> Situation:
    """All that a rule of one turn can look at: the act heard, the actions since, the loop, and the slots that count."""
    done: list[str] = []
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted):
            done.append(str(event.action_name))
    slots = (f"{name}={slot.value}" for name, slot in tracker.slots.items() if slot.influence_conversation)
    heard = str(tracker.latest_message.intent_name) if tracker.latest_message else ""
    return (heard, str(tracker.active_loop_name), *slots, *done)


def find_model(place: Path) -> Path:
    """The archive itself, or the newest in a folder, whole enough to be opened. Raises ModelMissing."""
    archives = sorted(place.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime) if place.is_dir() else [place]
    if not archives or not archives[-1].is_file():
        raise ModelMissing(f"There is no trained model in {place.name or place}. Run `make train`.")
    return archives[-1]


def _metadata(archive: Path) -> str:
    """How the model was made, as written in it; raises ModelMissing when the archive cannot be opened."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            file = tar.extractfile("metadata.json")
            return file.read().decode("utf-8") if file else ""
    except (OSError, EOFError, KeyError, ValueError, zlib.error, tarfile.TarError) as error:
        raise ModelMissing(f"The model {archive.name} is damaged ({error}). Delete it and run `make train`.") from error


def _give_back_memory() -> None:
    """Return to the system what loading took and no longer needs (about 50 MB with glibc)."""
    if sys.platform.startswith("linux"):
        try:
            ctypes.CDLL("libc.so.6").malloc_trim(0)
        except (OSError, AttributeError):
            return
