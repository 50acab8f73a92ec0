"""Where things stand in a catalogue's files, to the character, so that a phrase can be added without touching anything else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Target:
    """What customers' words may be kept with: `problem:ID`, `cause:ID`, `outcome:ID`, `product:ID` or `answer:FACT:CHOICE`."""

    kind: str
    id: str
    choice: str = ""

    @classmethod
    def read(cls, text: str) -> Target:
        """The target that `text` names. Raises ValueError when it names none."""
        kind, _, rest = text.partition(":")
        id_, _, choice = rest.partition(":") if kind == "answer" else (rest, "", "")
        if kind not in _KINDS or not id_ or (kind == "answer") != bool(choice):
            raise ValueError(f"“{text}” names nothing that has phrasings.")
        return cls(kind, id_, choice)

    @property
    def field(self) -> str:
        """The field that holds the phrases."""
        return "aliases" if self.kind == "product" else "said_as"


_KINDS = ("problem", "cause", "outcome", "product", "answer")


def composed(source: str) -> list[Node]:
    """The documents of a file as nodes with marks. Raises yaml.YAMLError."""
    return list(yaml.compose_all(source, Loader=_LOADER))


def block_of(documents: list[Node], target: Target) -> MappingNode | None:
    """The block in which the target is described; None when it is not in these documents, or only named there."""
    found = (block for document in documents for block in _blocks(document, target))
    return next(found, None)


def value_of(block: MappingNode, name: str) -> Node | None:
    """The value of a field."""
    return next((value for key, value in block.value if isinstance(key, ScalarNode) and key.value == name), None)


def _blocks(document: Node, target: Target) -> Iterator[MappingNode]:
    if target.kind == "cause":
        for problem in _entries(_field(document, "problems")):
            yield from _named(_field(problem, "causes"), target.id)
    elif target.kind == "answer":
        yield from _choices(document, target)
    else:
        yield from _named(_field(document, f"{target.kind}s"), target.id)


def _choices(document: Node, target: Target) -> Iterator[MappingNode]:
    for fact in _named(_field(document, "facts"), target.id):
        yield from _named(_field(fact, "choices"), target.choice)
    for problem in _entries(_field(document, "problems")):
        for check in _named(_field(problem, "checks"), target.id):
            yield from _named(_field(check, "answers"), target.choice)


def _named(entries: Node | None, name: str) -> Iterator[MappingNode]:
    if isinstance(entries, MappingNode):
        value = value_of(entries, name)
        if isinstance(value, MappingNode):
            yield value
    for entry in _entries(entries):
        said = value_of(entry, "id")
        if isinstance(said, ScalarNode) and said.value == name:
            yield entry


def _entries(node: Node | None) -> Iterator[MappingNode]:
    if isinstance(node, SequenceNode):
        yield from (entry for entry in node.value if isinstance(entry, MappingNode))
    elif isinstance(node, MappingNode):
        yield from (value for _, value in node.value if isinstance(value, MappingNode))


def _field(node: Node | None, name: str) -> Node | None:
    return value_of(node, name) if isinstance(node, MappingNode) else None
