"""The JSON Schema of a catalogue and the tables of its documentation, both made from the shapes, so neither lags."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from bot.content.reader import Field, Shape
from bot.content.shapes import COMPANY, SECTIONS, SHAPES


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) for one file of a catalogue. It takes every spelling that the loader takes.

    It knows shapes only: ids that name nothing, formulas and dead ends are found by `check`.
    """
    lists = {name: _list(shape) for name, shape in SECTIONS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A company's catalogue",
        "type": "object",
        "properties": {"company": _ref(COMPANY), **lists},
        "$defs": {_key(shape): _block(shape) for shape in SHAPES},
    }


def tables() -> str:
    """A Markdown table of the fields of each shape, with headings."""
    return "\n\n".join(_table(shape) for shape in SHAPES)


def write_docs(folder: Path, example: str) -> None:
    """Brings the schema, and the example and tables of `catalogue.md`, in a documentation folder up to date."""
    written = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    (folder / "catalogue.schema.json").write_text(written, encoding="utf-8")
    page = folder / "catalogue.md"
    text = _between(page.read_text(encoding="utf-8"), "example", f"```yaml\n{example}```")
    page.write_text(_between(text, "tables", tables()), encoding="utf-8")


def _between(text: str, mark: str, content: str) -> str:
    """The text with what stands between two marks replaced."""
    block = f"<!-- {mark} -->\n{content}\n<!-- end of {mark} -->"
    return re.sub(rf"<!-- {mark} -->.*<!-- end of {mark} -->", lambda _: block, text, flags=re.DOTALL)


def _key(shape: Shape) -> str:
    return shape.name.replace(" ", "_")


def _ref(shape: Shape) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{_key(shape)}"}


def _list(shape: Shape) -> dict[str, Any]:
    keyed = {"type": "object", "additionalProperties": {"type": ["object", "null"]}}
    return {"description": shape.about, "anyOf": [{"type": "array", "items": _ref(shape)}, keyed, {"type": "null"}]}


def _block(shape: Shape) -> dict[str, Any]:
    block: dict[str, Any] = {
        "type": "object",
        "description": shape.about,
        "properties": {field.name: _field(field) for field in shape.fields},
    }
    required = [field.name for field in shape.fields if field.required]
    if required:
        block["required"] = required
    if not shape.short:
        return block
    return {"description": shape.about, "anyOf": [block, {"type": ["string", "number", "boolean"]}]}


def _field(field: Field) -> dict[str, Any]:
    inner = field.kind.schema()
    if field.required:
        return {"description": field.about, **inner}
    return {"description": field.about, "anyOf": [inner, {"type": "null"}]}


def _table(shape: Shape) -> str:
    rows = [f"| `{field.name}`{' *' if field.required else ''} | {_cell(field)} | {field.about} |" for field in shape.fields]
    return "\n".join([f"### {shape.name}", "", shape.about, "", "| field | write | it is |", "|---|---|---|", *rows])


def _cell(field: Field) -> str:
    return str(field.kind.words).replace("|", "\\|")
