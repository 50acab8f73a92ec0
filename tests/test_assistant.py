"""The assistant: a tiny Rasa project, trained once, loaded and talked to in this process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.processor import MessageProcessor

from bot.assistant import Assistant, ModelMissing, fingerprint, train
from bot.assistant.agent import follows_rules_only
from bot.assistant.tracker import RecentTrackers
from bot.nlu.reading import from_parse

CONFIG = """
recipe: default.v1
assistant_id: tiny
language: en
pipeline:
  - name: bot.nlu.reader.MessageReader
  - name: bot.nlu.featurizer.SentenceFeaturizer
  - name: bot.nlu.acts.ActClassifier
policies:
  - name: RulePolicy
    core_fallback_action_name: action_listen
"""
DOMAIN = """
version: "3.1"
intents: [greet, asks_price, affirms, denies, does_not_know, off_topic]
slots:
  counted: {type: float, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_reply]
"""
SAID = {
    "greet": ["hello", "hi there", "good morning", "hey you", "hiya"],
    "asks_price": ["what does it cost", "how much is it", "price please", "what would I pay", "is it expensive"],
    "affirms": ["yes", "yep", "right", "exactly", "that is it"],
    "denies": ["no", "nope", "wrong", "not at all", "that is not it"],
    "does_not_know": ["no idea", "I do not know", "not sure", "dunno", "hard to say"],
    "off_topic": ["who won the match", "tell me a joke", "what is the capital of Peru", "sing", "how do I bake bread"],
}
ACTIONS = '''
"""One action that counts turns, and fails when told to."""

from rasa_sdk import Action
from rasa_sdk.events import SlotSet


class Reply(Action):
    def name(self):
        return "action_reply"

    async def run(self, dispatcher, tracker, domain):
        text = tracker.latest_message["text"] or ""
        if "explode" in text:
            raise ZeroDivisionError("told to")
        count = (tracker.get_slot("counted") or 0) + 1
        dispatcher.utter_message(text=f"{tracker.latest_message['intent']['name']} {count:g} {len(tracker.events)}")
        return [SlotSet("counted", count)]
'''


def _write_project(folder: Path) -> None:
    (folder / "data" / "nlu").mkdir(parents=True)
    (folder / "config.yml").write_text(CONFIG)
    (folder / "domain.yml").write_text(DOMAIN)
    blocks = [f"- intent: {act}\n  examples: |\n" + "".join(f"    - {text}\n" for text in texts) for act, texts in SAID.items()]
    (folder / "data" / "nlu" / "acts.yml").write_text('version: "3.1"\nnlu:\n' + "".join(blocks))
    rules = [f"- rule: on {act}\n  steps:\n  - intent: {act}\n  - action: action_reply\n" for act in SAID]
    (folder / "data" / "rules.yml").write_text('version: "3.1"\nrules:\n' + "".join(rules))
    (folder / "tiny_actions.py").write_text(ACTIONS)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tiny Rasa project with one action."""
    folder = tmp_path_factory.mktemp("project")
    _write_project(folder)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))
    sys.modules.pop("tiny_actions", None)


@pytest.fixture(scope="module")
def model(project: Path) -> Path:
    """The project's model."""
    return train(project / "models", project, tell=lambda line: None)


@pytest.fixture(scope="module")
def assistant(model: Path) -> Assistant:
    """The assistant on the tiny model."""
    return Assistant(model, actions="tiny_actions")


def talk(assistant: Assistant, sender: str, *texts: str) -> list[list[dict[str, Any]]]:
    """The replies to each text, one after the other."""

    async def turns() -> list[list[dict[str, Any]]]:
        return [await assistant.handle(sender, text) for text in texts]

    return asyncio.run(turns())


def test_a_conversation(assistant: Assistant) -> None:
    """Each message is understood and answered by the action, in the form of Rasa's REST channel."""
    first, second = talk(assistant, "ann", "hello there", "how much does it cost")
    assert first[0]["recipient_id"] == "ann"
    assert first[0]["text"].startswith("greet 1")
    assert second[0]["text"].startswith("asks_price 2")


def test_conversations_are_apart(assistant: Assistant) -> None:
    """What one customer says is not counted for another."""
    assert talk(assistant, "bea", "hello")[0][0]["text"].startswith("greet 1")
    assert talk(assistant, "cem", "hello")[0][0]["text"].startswith("greet 1")


def test_buttons(assistant: Assistant) -> None:
    """A button's payload is the intent it names."""
    assert talk(assistant, "dan", "/asks_price")[0][0]["text"].startswith("asks_price")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("", "off_topic"),
        ("/nonsense", "off_topic"),
        ("😀", "off_topic"),
        ("👍", "affirms"),
        ("Nope!", "denies"),
        ("no idea", "does_not_know"),
    ],
)
def test_every_message_is_heard(assistant: Assistant, text: str, intent: str) -> None:
    """Also what cannot be read reaches a rule, and a bare yes or no is what it says."""
    assert talk(assistant, f"heard {text}", text)[0][0]["text"].startswith(intent)


def test_what_the_rules_said_is_remembered(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a situation met before the rules are not asked again, and the reply is the one they gave."""
    first = talk(assistant, "rules-1", "hello", "what does it cost")
    processor = assistant._processor
    asked: list[str] = []
    predict = MessageProcessor._predict_next_with_tracker
    monkeypatch.setattr(MessageProcessor, "_predict_next_with_tracker", lambda *args: asked.append("rules") or predict(*args))
    second = talk(assistant, "rules-2", "hello", "what does it cost")
    assert processor._follows_rules_only
    assert asked == []
    assert [[each["text"] for each in reply] for reply in second] == [[each["text"] for each in reply] for reply in first]


@pytest.mark.parametrize(
    ("nodes", "only"),
    [
        (("run_ActClassifier2", "run_RulePolicy0", "select_prediction"), True),
        (("run_RulePolicy0", "run_TEDPolicy1"), False),
        (("run_MemoizationPolicy0",), False),
        (("nlu_message_converter",), False),
    ],
)
def test_only_rules_are_remembered(nodes: tuple[str, ...], only: bool) -> None:
    """A model that also learns from stories is asked every time."""
    assert follows_rules_only(nodes) is only


def test_huge_messages(assistant: Assistant) -> None:
    """A hundred thousand characters are answered like any other message."""
    assert talk(assistant, "eve", "how much does it cost? " * 5000)[0][0]["text"].startswith("asks_price")


def test_parse(assistant: Assistant) -> None:
    """A parse holds the acts, how surely it was understood, and a reading that comes back typed."""
    parse = asyncio.run(assistant.parse("Hello, what does it cost?"))
    reading = from_parse(parse)
    assert parse["intent"]["name"] == reading.intent
    assert {act.name for act in reading.acts} >= {"asks_price"}
    assert reading.understood == parse["understood"] > 0
    assert asyncio.run(assistant.read("about 40")).quantities[0].value == 40


def test_errors_are_raised(assistant: Assistant) -> None:
    """An action's error reaches the caller, and the next message is answered."""
    with pytest.raises(ZeroDivisionError, match="told to"):
        talk(assistant, "fay", "hello please explode")
    assert talk(assistant, "fay", "hello")[0][0]["text"].startswith("greet 1")


def test_turns_of_one_sender_run_one_after_the_other(assistant: Assistant) -> None:
    """Two tabs typing at the same moment lose no turn."""

    async def at_once() -> list[list[dict[str, Any]]]:
        return await asyncio.gather(*(assistant.handle("gus", "hello") for _ in range(6)))

    counts = sorted(int(reply[0]["text"].split()[1]) for reply in asyncio.run(at_once()))
    assert counts == [1, 2, 3, 4, 5, 6]


def test_long_conversations_stay_cheap(assistant: Assistant) -> None:
    """The tracker keeps its slots and its last turns only, however long the conversation."""
    replies = talk(assistant, "hal", *["hello"] * 60)
    counts = [int(reply[0]["text"].split()[1]) for reply in replies]
    lengths = [int(reply[0]["text"].split()[2]) for reply in replies]
    assert counts == list(range(1, 61))
    assert max(lengths) <= 40


def test_a_new_model_is_taken_up(assistant: Assistant, model: Path) -> None:
    """Swapping models keeps every conversation."""
    talk(assistant, "ida", "hello")
    assistant.swap(model)
    assert talk(assistant, "ida", "hello")[0][0]["text"].startswith("greet 2")


def test_a_damaged_model_is_not_taken_up(assistant: Assistant, model: Path, tmp_path: Path) -> None:
    """A damaged model is refused with what to do, and the old one goes on."""
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(model.read_bytes()[:5000])
    with pytest.raises(ModelMissing, match="make train"):
        assistant.swap(broken)
    assert talk(assistant, "jim", "hello")[0][0]["text"].startswith("greet 1")


@pytest.mark.parametrize("content", [None, b"", b"not an archive"])
def test_a_missing_or_corrupt_model(project: Path, tmp_path: Path, content: bytes | None) -> None:
    """Without a usable model the error says to train one."""
    if content is not None:
        (tmp_path / "model.tar.gz").write_bytes(content)
    with pytest.raises(ModelMissing, match="make train"):
        Assistant(tmp_path, actions="tiny_actions")


def test_a_model_that_needs_other_actions(project: Path, model: Path, tmp_path: Path) -> None:
    """A model that calls actions this program lacks is refused before the first message."""
    script = (
        "import sys, types, pathlib\n"
        "from bot.assistant import Assistant, ModelMissing\n"
        "try:\n"
        "    Assistant(pathlib.Path(sys.argv[1]), actions=types.ModuleType('none'))\n"
        "except ModelMissing as error:\n"
        "    print(error)\n"
    )
    told = subprocess.run([sys.executable, "-c", script, str(model)], capture_output=True, text=True, check=True)
    assert "action_reply" in told.stdout
    assert "make train" in told.stdout


def test_training_only_when_something_changed(project: Path, model: Path) -> None:
    """The same project gives the same archive without training; a changed one has another fingerprint."""
    lines: list[str] = []
    assert train(project / "models", project, tell=lines.append) == model
    assert lines == []
    before = fingerprint(project)
    rules = project / "data" / "rules.yml"
    text = rules.read_text()
    rules.write_text(text + "# a note\n")
    changed = fingerprint(project)
    rules.write_text(text)
    assert (before == fingerprint(project), before == changed) == (True, False)


def test_no_tensorflow(model: Path, project: Path) -> None:
    """Loading and talking import neither TensorFlow nor clients of services this product does not use."""
    script = (
        "import asyncio, sys, pathlib\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from bot.assistant import Assistant\n"
        "asyncio.run(Assistant(pathlib.Path(sys.argv[1]), actions='tiny_actions').handle('ann', 'hello'))\n"
        "print([name for name in ('tensorflow', 'matplotlib', 'boto3', 'pymongo', 'slack_sdk') if name in sys.modules])\n"
    )
    told = subprocess.run([sys.executable, "-c", script, str(model), str(project)], capture_output=True, text=True, check=True)
    assert told.stdout.strip().splitlines()[-1] == "[]"


def test_what_is_deferred_still_works() -> None:
    """Whoever asks for a deferred module, a late name or a neural component gets the real one."""
    script = (
        "import bot.assistant\n"
        "from rasa.core.channels import BUILTIN_CHANNELS\n"
        "print(BUILTIN_CHANNELS['slack'].from_credentials.__name__)\n"
        "import rasa.core.jobs\n"
        "print(rasa.core.jobs.AsyncIOScheduler.__name__)\n"
        "from rasa.core.policies.ted_policy import TEDPolicy\n"
        "print(TEDPolicy.get_default_config()['epochs'])\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["from_credentials", "AsyncIOScheduler", "1"]


# ---- the tracker store


class Broker:
    """Remembers what is published."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def publish(self, event: dict[str, Any]) -> None:
        """Keep the event."""
        self.events.append(event)


def test_events_are_streamed_once(model: Path, project: Path) -> None:
    """With an event broker every event of a conversation is published once, in order."""
    broker = Broker()
    assistant = Assistant(model, actions="tiny_actions")
    assistant._trackers.event_broker = broker
    talk(assistant, "kim", *["hello"] * 12)
    said = [event for event in broker.events if event["event"] == "user"]
    assert len(said) == 12
    stamps = [event["timestamp"] for event in broker.events]
    assert stamps == sorted(stamps)


def test_forgotten_conversations_begin_anew() -> None:
    """Only the most recent conversations are held."""

    async def fill() -> list[str]:
        trackers = RecentTrackers(conversations=2)
        for sender in ("a", "b", "c"):
            await trackers.save(await trackers.get_or_create_tracker(sender))
        return list(await trackers.keys())

    assert asyncio.run(fill()) == ["b", "c"]
