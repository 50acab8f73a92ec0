"""Finds the files of a catalogue, reads them, and merges their sections."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path

from bot.advice.formulas import nearest
from bot.content.blocks import entries
from bot.content.findings import Finding
from bot.content.reader import Reader
from bot.content.shapes import COMPANY, SECTIONS
from bot.content.values import Block, Items, Text, Value, parse

MAX_BYTES = 32 * 1024 * 1024
"""The largest file that is read."""


@dataclass
class Sections:
    """The merged contents of all files: the company's block, and the entries of each list with their places."""

    company: list[Block] = field(default_factory=list)
    lists: dict[str, list[Value]] = field(default_factory=lambda: {name: [] for name in SECTIONS})
    name: str = ""
    complete: bool = True
    """Whether every file could be read; if not, an unknown id may only be in a file that could not be."""


def read_folder(path: Path, reader: Reader) -> Sections:
    """The sections of a folder of .yml files (or of one file); whatever cannot be read is reported."""
    sections = Sections(name=path.name)
    files = _files(path, reader)
    sections.complete = bool(files)
    for file, shown in files:
        source = _source(file, shown, reader)
        if source is None:
            sections.complete = False
            continue
        documents, findings = parse(source, shown)
        reader.errors.extend(findings)
        sections.complete = sections.complete and not findings
        _merge(documents, sections, reader)
        if not documents and not findings:
            reader.warnings.append(Finding(shown, 0, 0, "this file is empty", "write a section into it, or delete it"))
    return sections


def _files(path: Path, reader: Reader) -> list[tuple[Path, str]]:
    """The files, and what each is called in findings."""
    if path.is_file():
        return [(path, path.name)]
    if not path.is_dir():
        instead = "give the path of a folder with .yml files, or of one such file"
        reader.errors.append(Finding(str(path), 0, 0, "there is no such file or folder", instead))
        return []
    found = [file for file in path.rglob("*") if file.suffix.casefold() in (".yml", ".yaml")]
    found = sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts))
    if not found:
        instead = "put the catalogue's .yml files into it"
        reader.errors.append(Finding(path.name or str(path), 0, 0, "this folder holds no .yml file", instead))
    return [(file, f"{path.resolve().name}/{file.relative_to(path).as_posix()}") for file in found]


def _source(file: Path, shown: str, reader: Reader) -> str | None:
    """The text of a file, or None with a finding."""
    problem = ""
    try:
        if file.stat().st_size > MAX_BYTES:
            problem, instead = (
                f"larger than {MAX_BYTES // 1024 // 1024} MB",
                "split it into several files of the folder",
            )
        else:
            return _decoded(file.read_bytes())
    except UnicodeDecodeError as error:
        problem, instead = f"this is not UTF-8 text (byte {error.start + 1})", "save it as UTF-8"
    except OSError as error:
        problem, instead = f"cannot be read ({error.strerror or error})", "see that it is a file you may read"
    reader.errors.append(Finding(shown, 0, 0, problem, instead))
    return None


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _merge(documents: list[Value], sections: Sections, reader: Reader) -> None:
    for document in documents:
        if isinstance(document, Text) and document.is_null:
            continue
        if not isinstance(document, Block):
            reader.error(document, "this file is no catalogue", "begin with a section such as problems:, then a list")
            continue
        for key, value in document.items():
            _section(key, value, sections, reader)


def _section(key: Text, value: Value, sections: Sections, reader: Reader) -> None:
    name = key.casefold()
    if isinstance(value, Text) and value.is_null:
        return
    if name == "company":
        _company(value, sections, reader)
    elif name in SECTIONS and isinstance(value, (Items, Block)):
        sections.lists[name].extend(entries(value, SECTIONS[name]))
    elif name in SECTIONS:
        reader.error(value, f"{key} should be a list", f"write each {SECTIONS[name].name} on lines that begin with '- id:'")
    elif key in COMPANY.by_name:
        reader.warning(key, f"'{key}' is ignored here", f"write it under company:, as company: {{{key}: …}}")
    else:
        hint = nearest(key, ["company", *SECTIONS])
        instead = "delete it, or write one of " + ", ".join(["company", *SECTIONS])
        reader.warning(key, f"section '{key}' is ignored{hint}", "" if hint else instead)


def _company(value: Value, sections: Sections, reader: Reader) -> None:
    if isinstance(value, Block):
        sections.company.append(value)
    else:
        reader.error(value, "company should be a block of fields", "write name:, trade:, about: and contact: under it")
