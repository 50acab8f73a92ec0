"""The script as it is sent: small, cached well, in one piece, and the same program as its source."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bot.web.squeeze import squeezed_script, squeezed_style
from bot.web.widget import FOLDER, widget_script

LARGEST = 20_000
"""Bytes, zipped, with styles and English words."""


def test_it_is_small(client: TestClient) -> None:
    """Everything a website loads for the widget is one file under 20 kB."""
    answer = client.get("/widget.js", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < LARGEST
    assert len(gzip.compress(answer.content, 9)) < LARGEST
    assert answer.text == widget_script()


def test_it_is_cached_and_checked(client: TestClient) -> None:
    """A browser keeps it for some minutes, then asks whether it changed, and any website may load it."""
    answer = client.get("/widget.js")
    assert answer.headers["cache-control"].startswith("public, max-age=300")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    again = client.get("/widget.js", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_words_are_one_file(client: TestClient) -> None:
    """The words of the interface are in one file to translate; an unknown language is told plainly."""
    answer = client.get("/widget/words/en.json")
    assert answer.json()["send"] == "Send"
    assert client.get("/widget/words/xx.json").json()["error"] == "The widget does not speak this language."
    assert client.get("/widget/words/..%2Fen.json").status_code == 404


def test_every_word_is_used() -> None:
    """No word stands in the file that the widget does not say, and no word is said that is not there."""
    words = json.loads((FOLDER / "words" / "en.json").read_text("utf-8"))
    source = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.js"))
    assert set(re.findall(r'say\("(\w+)"', source)) <= set(words)
    assert [name for name in words if f'"{name}"' not in source and f".{name}" not in source and f"{name}:" not in source] == []


def test_no_word_of_the_page_stands_in_the_script() -> None:
    """It never makes markup of text, runs text, or sets a cookie."""
    script = widget_script()
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.cookie", "document.write"):
        assert forbidden not in script


@pytest.mark.parametrize(
    ("source", "squeezed"),
    [
        ("const a = 1; // one\n/* two */ let b;", "const a=1;let b;"),
        ("return a + +b;", "return a+ +b;"),
        ("f(() => {\n  a();\n}, [1,\n  2,\n],\n);", "f(()=>{a()},[1,2]);"),
        ('say("// no comment", "a  b");', 'say("// no comment","a  b");'),
        ('f(`a  ${ b ? `c  ${ d }` : "}" }  e`, 1);', 'f(`a  ${ b ? `c  ${ d }` : "}" }  e`,1);'),
        ("x.replace(/\\/ \\/ [/ ]/g, y / 2 / z);", "x.replace(/\\/ \\/ [/ ]/g,y/2/z);"),
        ("return /a b/.test(c);", "return/a b/.test(c);"),
    ],
)
def test_squeezing_keeps_the_meaning(source: str, squeezed: str) -> None:
    """Comments and needless spaces go; texts, templates and patterns stay as they are."""
    assert squeezed_script(source) == squeezed


def test_squeezing_styles() -> None:
    """Spaces that mean something stay."""
    source = '/* x */\n.a > .b , .c + .d :hover { width: min(1em, 100% - 2 * var(--x)); content: "" ; }'
    source += "\n@media (min-width: 9px) { p { a: b; } }"
    assert (
        squeezed_style(source)
        == '.a>.b,.c + .d :hover{width:min(1em,100% - 2 * var(--x));content:""}@media (min-width:9px){p{a:b}}'
    )


def test_the_source_is_made_of_statements(tmp_path: Path) -> None:
    """Every line ends as the squeezing needs it: with a semicolon, a brace, or in the middle of something."""
    for path in FOLDER.glob("*.js"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            code = line.split(" // ")[0].rstrip()
            assert not code or code.lstrip().startswith("//") or code[-1] in ";{}(,[)]>:|&*/?=+", f"{path.name}:{number}"
