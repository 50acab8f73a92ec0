"""The documentation of catalogues is true: its example loads, its tables and its schema are those of the loader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.content import STARTER, check, load, schema, starter, tables
from bot.content.schema import write_docs

DOCS = Path(__file__).parents[2] / "docs"
REFRESH = 'run: python -c "from pathlib import Path; from bot.content import *; from bot.content.schema import write_docs; '
REFRESH += "write_docs(Path('docs'), STARTER)\""


def test_the_starter_is_complete_and_clean(tmp_path: Path) -> None:
    """A new author begins with no error and no warning."""
    starter(tmp_path / "new" / "company")
    assert check(tmp_path / "new" / "company").clean
    assert load(tmp_path / "new" / "company").company.name == "Brightcup"


def test_the_starter_overwrites_nothing(tmp_path: Path) -> None:
    """What an author wrote stays."""
    starter(tmp_path)
    with pytest.raises(FileExistsError, match="give a new folder"):
        starter(tmp_path)


def test_the_documentation_is_up_to_date(tmp_path: Path) -> None:
    """Example, tables and schema are written from the loader's own shapes."""
    for name in ("catalogue.md", "catalogue.schema.json"):
        (tmp_path / name).write_text((DOCS / name).read_text("utf-8"), "utf-8")
    write_docs(tmp_path, STARTER)
    for name in ("catalogue.md", "catalogue.schema.json"):
        assert (tmp_path / name).read_text("utf-8") == (DOCS / name).read_text("utf-8"), REFRESH


def test_the_example_of_the_documentation_loads(tmp_path: Path) -> None:
    """As it stands on the page."""
    example = re.search(r"```yaml\n(.*?)```", (DOCS / "catalogue.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "catalogue.yml").write_text(example.group(1), "utf-8")
    assert check(tmp_path).clean


def test_every_error_of_the_page_is_one_the_check_can_say() -> None:
    """The table of common errors quotes the program."""
    page = (DOCS / "catalogue.md").read_text("utf-8").split("## Common errors")[1]
    said = " ".join(file.read_text("utf-8") for file in (DOCS.parent / "bot").rglob("*.py"))
    for row in re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)[1:]:
        for piece in re.split(r"'[^']*'|…|\{[^}]*\}|\bkg/day and min\b|: did.*|\(warning\)|of a product", row):
            assert piece.strip() in said, piece


def _typed(text: str) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def test_the_schema_takes_what_the_loader_takes() -> None:
    """The starter, and every sample company."""
    validator = jsonschema.Draft202012Validator(schema())
    jsonschema.Draft202012Validator.check_schema(schema())
    samples = sorted((DOCS.parent / "data" / "catalogues").rglob("*.yml"))
    for text in [STARTER, *(sample.read_text("utf-8") for sample in samples)]:
        assert [error.message for error in validator.iter_errors(_typed(text))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rung: reuse", "rung: reused"),
        ("how_common: usually", "how_common: often"),
        ("    name: people queue for coffee\n", ""),
        ("title: Descale the machine", "title: [Descale, the machine]"),
        ("chalky: almost always}}", "chalky: 0.9}}"),
        ("  - {id: quick_coffee, want", "  - [quick_coffee, want]\n  - {id: q, want"),
    ],
)
def test_the_schema_refuses_shapes_the_loader_refuses(tmp_path: Path, old: str, new: str) -> None:
    """So that an editor underlines them."""
    assert old in STARTER
    text = STARTER.replace(old, new, 1)
    (tmp_path / "catalogue.yml").write_text(text, "utf-8")
    assert check(tmp_path).errors
    assert list(jsonschema.Draft202012Validator(schema()).iter_errors(_typed(text)))


def test_the_schema_is_json_and_names_every_field() -> None:
    """Editors read it from the file beside the page."""
    written = json.loads((DOCS / "catalogue.schema.json").read_text("utf-8"))
    assert written == schema()
    assert "`costs_you`" in tables()


def test_the_sample_companies_are_clean() -> None:
    """They are the best examples there are."""
    for folder in sorted((DOCS.parent / "data" / "catalogues").iterdir()):
        report = check(folder)
        assert report.clean, str(report)
