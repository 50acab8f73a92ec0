"""Rasa's tracker, kept small and in memory only: the product's own database is the record."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

CONVERSATIONS = 2000
EVENTS = 30


@dataclass
class _Held:
    tracker: DialogueStateTracker
    domain: Domain
    streamed: int


class RecentTrackers(TrackerStore):
    """The trackers of the most recent conversations, each with its slots and its last turns.

    A tracker forgotten here begins anew with the next message; what was said is in the database. Turn 200 therefore costs
    what turn 5 does. New events go to the event broker when there is one.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        event_broker: EventBroker | None = None,
        conversations: int = CONVERSATIONS,
        events: int = EVENTS,
    ) -> None:
        """Keep at most `conversations` trackers of about `events` events."""
        super().__init__(domain, event_broker)
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._conversations = conversations
        self._events = events

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker, cut to its last turns, and stream what is new in it."""
        held = self._held.get(tracker.sender_id)
        streamed = held.streamed if held is not None and held.tracker is tracker else 0
        self._stream(tracker, streamed)
        kept = tracker if len(tracker.events) <= self._events else self._shortened(tracker)
        self._held[tracker.sender_id] = _Held(kept, self.domain, len(kept.events))
        self._held.move_to_end(tracker.sender_id)
        while len(self._held) > self._conversations:
            self._held.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The live tracker, not a copy: only one turn of a conversation runs at a time."""
        held = self._held.get(sender_id)
        if held is None:
            return None
        if held.domain is not self.domain:
            rebuilt = self._rebuilt(held.tracker, list(held.tracker.events))
            held = self._held[sender_id] = _Held(rebuilt, self.domain, len(rebuilt.events))
        return held.tracker

    async def keys(self) -> Iterable[str]:
        """The senders whose trackers are held."""
        return list(self._held)

    def forget(self, sender_id: str) -> None:
        """Drop a tracker, as after a turn that failed half-way."""
        self._held.pop(sender_id, None)

    def _shortened(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        events = list(tracker.events)
        slots = [SlotSet(name, slot.value) for name, slot in tracker.slots.items() if slot.value != slot.initial_value]
        return self._rebuilt(tracker, [*slots, *events[self._cut(events, self._events - len(slots)) :]])

    def _cut(self, events: list[Event], room: int) -> int:
        """Where the oldest turn begins that still fits; at least the last turn is kept."""
        turns = [place for place, event in enumerate(events) if _begins_turn(event)]
        fitting = [place for place in turns if len(events) - place <= max(room // 2, 1)]
        return fitting[0] if fitting else (turns[-1] if turns else 0)

    def _rebuilt(self, tracker: DialogueStateTracker, events: list[Event]) -> DialogueStateTracker:
        fresh = DialogueStateTracker.from_events(tracker.sender_id, events, self.domain.slots)
        fresh.model_id, fresh.assistant_id = tracker.model_id, tracker.assistant_id
        return fresh

    def _stream(self, tracker: DialogueStateTracker, streamed: int) -> None:
        if self.event_broker is None:
            return
        for event in list(tracker.events)[streamed:]:
            self.event_broker.publish({"sender_id": tracker.sender_id, **event.as_dict()})


def _begins_turn(event: Event) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
