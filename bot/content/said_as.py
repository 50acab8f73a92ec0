"""Adding a phrase to a catalogue's own file, and taking it out again: one line changes, every other byte stays as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from bot.content.yaml_places import Target, block_of, composed, value_of

_PLAIN = re.compile(r"[A-Za-z][\w '’.]*[\w.]")
_WORDS_OF_YAML = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})


class PhraseRefused(ValueError):
    """A phrase cannot be added to the catalogue's file; the text says why and what to do by hand."""


@dataclass(frozen=True)
class Edit:
    """A file of the catalogue as it is and as it would be; every byte counts."""

    file: Path
    before: str
    after: str

    def write(self) -> None:
        """Put the new text in place, whole or not at all. Raises OSError."""
        draft = self.file.with_name(f".{self.file.name}.draft")
        draft.write_bytes(self.after.encode("utf-8"))
        draft.chmod(self.file.stat().st_mode & 0o777)
        draft.replace(self.file)


def add_phrase(catalogue: Path, target: str, phrase: str) -> Edit | None:
    """The edit that adds the phrase to the target; None when it is there already. Raises PhraseRefused and OSError."""
    sought, wanted = Target.read(target), " ".join(phrase.split())
    file, text, block = _found(catalogue, sought)
    value = value_of(block, sought.field)
    if isinstance(value, SequenceNode):
        if wanted.casefold() in [entry.value.casefold() for entry in value.value if isinstance(entry, ScalarNode)]:
            return None
        after = _in_list(text, value, wanted)
    elif value is None:
        after = _as_field(text, block, sought.field, wanted)
    else:
        raise PhraseRefused(f"{file.name}: {sought.field} of {target} is no list. Make it one, then accept this again.")
    return Edit(file, text, _proved(text, after, sought, wanted, file))


def remove_phrase(catalogue: Path, target: str, phrase: str) -> Edit | None:
    """The edit that takes the phrase out again; None when it is not there. Raises PhraseRefused and OSError."""
    sought, unwanted = Target.read(target), " ".join(phrase.split())
    try:
        file, text, block = _found(catalogue, sought)
    except PhraseRefused:
        return None
    value = value_of(block, sought.field)
    entries = value.value if isinstance(value, SequenceNode) else []
    place = next((at for at, entry in enumerate(entries) if isinstance(entry, ScalarNode) and entry.value == unwanted), None)
    if place is None or not isinstance(value, SequenceNode):
        return None
    if len(entries) == 1 and value.flow_style:
        return Edit(file, text, _without_field(text, block, sought.field, value))
    return Edit(file, text, _without_entry(text, value, place))


def _found(catalogue: Path, target: Target) -> tuple[Path, str, MappingNode]:
    for file in _files(catalogue):
        text = _read(file)
        if target.id not in text:
            continue
        try:
            block = block_of(composed(text), target)
        except yaml.YAMLError as error:
            raise PhraseRefused(f"{file.name} cannot be read: run `advisor check`, put it right, then try again.") from error
        if block is not None:
            return file, text, block
    raise PhraseRefused(
        f"No file of the catalogue describes {target.kind} “{target.id}{f': {target.choice}' if target.choice else ''}” as a "
        f"block of fields. Write it as {{id: …, {target.field}: […]}}, then accept this again."
    )


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise PhraseRefused(f"{file.name} is not UTF-8 text. Save it as UTF-8, then try again.") from error


def _files(catalogue: Path) -> list[Path]:
    if catalogue.is_file():
        return [catalogue]
    found = [file for file in catalogue.rglob("*") if file.suffix.casefold() in (".yml", ".yaml")]
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(catalogue).parts))


def _in_list(text: str, value: SequenceNode, phrase: str) -> str:
    if not value.value:
        place = value.start_mark.index + 1
        return f"{text[:place]}{_scalar(phrase)},{text[place:]}"
    last: Node = value.value[-1]
    if value.flow_style:
        place = last.end_mark.index
        return f"{text[:place]}, {_scalar(phrase)}{text[place:]}"
    indent = " " * value.start_mark.column
    return _line_after(text, _end_of(last), f"{indent}- {_scalar(phrase)}")


def _as_field(text: str, block: MappingNode, field: str, phrase: str) -> str:
    """A list of its own after the name, or the id, of the block."""
    value = value_of(block, "name") or value_of(block, "label") or value_of(block, "id") or block.value[0][1]
    key = block.value[0][0]
    if not isinstance(value, ScalarNode) or value.style in ("|", ">"):
        raise PhraseRefused(f"The block has no {field}. Add an empty list `{field}: []` to it, then accept this again.")
    written = f"{field}: [{_scalar(phrase)}]"
    if block.flow_style:
        place = value.end_mark.index
        return f"{text[:place]}, {written}{text[place:]}"
    return _line_after(text, value.end_mark.index, " " * key.start_mark.column + written)


def _line_after(text: str, place: int, line: str) -> str:
    """The text with a new line after the one that `place` is in."""
    newline = "\r\n" if "\r\n" in text else "\n"
    end = text.find("\n", place)
    if end < 0:
        return f"{text}{newline}{line}"
    return f"{text[: end + 1]}{line}{newline}{text[end + 1 :]}"


def _without_entry(text: str, value: SequenceNode, place: int) -> str:
    entries = value.value
    start, end = entries[place].start_mark.index, _end_of(entries[place])
    if not value.flow_style:
        return _without_line(text, start)
    if place > 0:
        return text[: entries[place - 1].end_mark.index] + text[end:]
    return text[:start] + text[entries[1].start_mark.index :]


def _without_field(text: str, block: MappingNode, field: str, value: SequenceNode) -> str:
    """The text without a list whose only phrase goes: a comma after the phrase tells that there was an empty list before."""
    place = next(at for at, (key, _) in enumerate(block.value) if key.value == field)
    entry = value.value[0]
    start, end = entry.start_mark.index, entry.end_mark.index
    if text[end : end + 1] == "," or place == 0:
        return text[:start] + text[end:].removeprefix(",")
    if block.flow_style:
        return text[: block.value[place - 1][1].end_mark.index] + text[value.end_mark.index :]
    return _without_line(text, block.value[place][0].start_mark.index)


def _without_line(text: str, place: int) -> str:
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    if end >= 0:
        return text[:start] + text[end + 1 :]
    kept = text[:start].removesuffix("\n")
    return kept.removesuffix("\r")


def _end_of(node: Node) -> int:
    """Where a scalar ends; a block scalar's mark stands after its last line already."""
    end: int = node.end_mark.index
    return end - 1 if isinstance(node, ScalarNode) and node.style in ("|", ">") else end


def _scalar(phrase: str) -> str:
    plain = _PLAIN.fullmatch(phrase) and phrase.casefold() not in _WORDS_OF_YAML
    return phrase if plain else json.dumps(phrase, ensure_ascii=False)


def _proved(before: str, after: str, target: Target, phrase: str, file: Path) -> str:
    """The new text, when reading it gives what was there and the phrase, nothing else. Raises PhraseRefused."""
    try:
        block = block_of(composed(after), target)
        value = value_of(block, target.field) if block is not None else None
        entries = [entry.value for entry in value.value] if isinstance(value, SequenceNode) else []
        same = entries[-1:] == [phrase] and _others(before, target) == _others(after, target, but=phrase)
    except yaml.YAMLError:
        same = False
    if not same:
        raise PhraseRefused(f"{file.name} is written in a way that this cannot add to. Add “{phrase}” to it by hand.")
    return after


def _others(text: str, target: Target, but: str = "") -> object:
    """Everything a file says, except a phrase of the target and the field that holds nothing else."""
    documents = composed(text)
    block = block_of(documents, target)
    if block is not None:
        for pair in list(block.value):
            if pair[0].value == target.field and isinstance(pair[1], SequenceNode):
                pair[1].value = pair[1].value[:-1] if but else pair[1].value
                if not pair[1].value:
                    block.value.remove(pair)
    return [_said(document) for document in documents]


def _said(node: Node) -> object:
    if isinstance(node, MappingNode):
        return [(_said(key), _said(value)) for key, value in node.value]
    if isinstance(node, SequenceNode):
        return [_said(entry) for entry in node.value]
    return node.value
