"""Rasa's stock pipeline, trained on the same data in a process of its own; what it says is kept for the next time."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.learning.opinions import Opinion, stock
from bot.learning.voices import trained_on

LONGEST_TRAINING = 3600
"""Seconds after which training is given up."""

CONFIG = "recipe: default.v1\nassistant_id: stock\nlanguage: en\npipeline:\npolicies:\n"
"""What `rasa init` writes: no pipeline is named, so Rasa takes its default one."""


class StockFailed(RuntimeError):
    """Rasa could not train or run its stock pipeline."""


def stock_opinions(
    training: Path, texts: Sequence[str], cache: Path, tell: Callable[[str], None] = lambda _: None
) -> tuple[Opinion, ...]:
    """What the stock pipeline, trained on the NLU files in `training`, says of each text.

    Kept in `cache` under a name made from data, texts and version; `tell` hears when it has to be trained, which takes
    minutes. Raises StockFailed.
    """
    kept = cache / f"stock-{_key(training, texts)}.json"
    if not kept.is_file():
        tell("Training Rasa's stock pipeline on the same data: some minutes, kept for the next time.")
        parses = list(_parses(training, texts))
        cache.mkdir(parents=True, exist_ok=True)
        _write(kept, parses)
    return tuple(stock(parse) for parse in json.loads(kept.read_text(encoding="utf-8")))


def _key(training: Path, texts: Sequence[str]) -> str:
    digest = hashlib.sha256(f"{CONFIG}{version('rasa')}".encode())
    digest.update(json.dumps(sorted((spoken.act, spoken.text) for spoken in trained_on(training))).encode())
    digest.update(json.dumps(list(texts)).encode())
    return digest.hexdigest()[:16]


def _write(path: Path, parses: list[dict[str, Any]]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(parses), encoding="utf-8")
    draft.replace(path)


def _parses(training: Path, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="stock-") as name:
        folder = Path(name)
        (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
        arguments = ("--nlu", str(training), "--config", "config.yml", "--out", ".", "--fixed-model-name", "stock")
        _rasa(folder, "train", "nlu", *arguments)
        said = _rasa(folder, "shell", "nlu", "--model", "stock.tar.gz", words=_lines(texts))
    parses = [_short(parse) for parse in objects_in(said)]
    if len(parses) != len(texts):
        raise StockFailed(f"The stock pipeline answered {len(parses)} of {len(texts)} messages. Run it again.")
    yield from parses


def objects_in(output: str) -> Iterator[dict[str, Any]]:
    """Every JSON object that a program printed between other lines."""
    decoder, place = json.JSONDecoder(), 0
    while (place := output.find("{\n", place)) >= 0:
        try:
            found, place = decoder.raw_decode(output, place)
        except json.JSONDecodeError:
            place += 1
            continue
        yield found


def _short(parse: Mapping[str, Any]) -> dict[str, Any]:
    return {name: parse.get(name) for name in ("text", "intent", "intent_ranking")}


def _lines(texts: Iterable[str]) -> str:
    return "".join(" ".join(text.split()) + "\n" for text in texts)


def _rasa(folder: Path, *arguments: str, words: str = "") -> str:
    """The output of a Rasa command run in the folder, with `words` typed into it. Raises StockFailed."""
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "LOG_LEVEL": "ERROR"}
    environment = {**os.environ, **quiet, "RASA_CACHE_DIRECTORY": str(folder / "cache"), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "rasa", *arguments]
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, input=words, capture_output=True, encoding="utf-8",
            timeout=LONGEST_TRAINING, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise StockFailed("Rasa's stock pipeline took more than an hour. Use --no-stock to leave it out.") from error
    if done.returncode:
        ending = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise StockFailed(f"`rasa {arguments[0]} nlu` failed; use --no-stock to leave it out. It said:\n{ending}")
    return done.stdout
