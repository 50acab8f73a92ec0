"""Voices held out of training: messages with their true acts, read from tests/voices and from Rasa's NLU files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[2]
TRAINING = PROJECT / "data" / "nlu"
HELD_OUT = PROJECT / "tests" / "voices"
_PLAIN = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Every scalar stays a text: a message may be "yes" or "12"."""


class VoicesMissing(RuntimeError):
    """The messages to evaluate on are not there, or cannot be read."""


@dataclass(frozen=True)
class Spoken:
    """One message, the acts it truly carries (the main one first), and who wrote it."""

    text: str
    acts: tuple[str, ...]
    voice: str = ""

    @property
    def act(self) -> str:
        """The main act."""
        return self.acts[0]


@dataclass(frozen=True)
class Voices:
    """Everything held out: messages of one act, messages no act covers, and messages of several acts."""

    single: tuple[Spoken, ...]
    outside: tuple[Spoken, ...]
    several: tuple[Spoken, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text once."""
        return tuple(dict.fromkeys(spoken.text for spoken in (*self.single, *self.outside, *self.several)))


def held_out(folder: Path = HELD_OUT) -> Voices:
    """The held-out voices. Raises VoicesMissing when a file is absent or is not what it should be."""
    try:
        return Voices(
            tuple(read_examples(folder / "heldout.yml")),
            tuple(read_examples(folder / "out_of_scope.yml")),
            tuple(_several(_content(folder / "several_acts.yml"))),
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise VoicesMissing(
            f"The held-out voices in {folder.name}/ cannot be read ({error}). "
            "Run from a full checkout of the project; the files belong to it."
        ) from error


def read_examples(path: Path) -> Iterator[Spoken]:
    """The examples of one NLU file in Rasa's format, with their voices (named by a block or by a single example)."""
    for block in _content(path)["nlu"]:
        for example in _each(block.get("examples", ())):
            yield Spoken(example["text"].strip(), (block["intent"],), _voice(example) or _voice(block))


def trained_on(folder: Path = TRAINING) -> tuple[Spoken, ...]:
    """Every example in the NLU files of a folder."""
    return tuple(spoken for path in sorted(folder.glob("*.yml")) for spoken in read_examples(path))


def unseen(voices: Voices, training: Path = TRAINING) -> Voices:
    """The voices less every message whose words were trained on, letter case aside."""
    known = {spoken.text.casefold() for spoken in trained_on(training)}

    def fresh(spoken: tuple[Spoken, ...]) -> tuple[Spoken, ...]:
        return tuple(one for one in spoken if one.text.casefold() not in known)

    return Voices(fresh(voices.single), fresh(voices.outside), fresh(voices.several))


def _several(content: Mapping[str, Any]) -> Iterator[Spoken]:
    for message in content["messages"]:
        yield Spoken(message["text"].strip(), tuple(message["acts"]), message.get("voice", ""))


def _each(examples: Any) -> Iterator[Mapping[str, Any]]:
    """Examples as Rasa allows them: a list of blocks, or one text with a line for each."""
    if isinstance(examples, str):
        lines = (line.strip() for line in examples.splitlines())
        return ({"text": line[1:]} for line in lines if line.startswith("-"))
    return iter(examples)


def _voice(entry: Mapping[str, Any]) -> str:
    return str((entry.get("metadata") or {}).get("voice", ""))


def _content(path: Path) -> Mapping[str, Any]:
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_PLAIN)  # noqa: S506  it makes nothing but texts
    if not isinstance(content, dict):
        raise VoicesMissing(f"{path.name} holds no messages. Restore it from the project's history.")
    return content
