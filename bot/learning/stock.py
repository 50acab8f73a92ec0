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
from bot.learning.voices import HELD_OUT, trained_on

LONGEST_TRAINING = 3 * 3600
"""Seconds after which training is given up; on two busy cores it takes an hour."""

CONFIG = "recipe: default.v1\nassistant_id: stock\nlanguage: en\npipeline:\npolicies:\n"
"""What `rasa init` writes: no pipeline is named, so Rasa takes its default one."""

SHIPPED = HELD_OUT / "stock_pipeline.json"
"""What the stock pipeline said when it was last trained on the project's own data."""

_RANKED = 3
Parse = dict[str, Any]


class StockFailed(RuntimeError):
    """Rasa could not train or run its stock pipeline."""


def stock_opinions(
    training: Path,
    texts: Sequence[str],
    cache: Path,
    tell: Callable[[str], None] = lambda _: None,
    shipped: Path = SHIPPED,
) -> tuple[Opinion, ...]:
    """What the stock pipeline, trained on the NLU files in `training`, says of each text.

    What it said is kept in `cache` with a key made from examples, texts and version; what is shipped with the project is
    used where its key fits. `tell` hears when the pipeline has to be trained. Raises StockFailed.
    """
    key = _key(training, texts)
    kept = cache / f"stock-{key}.json"
    parses = _kept(kept, key) or _kept(shipped, key)
    if parses is None:
        tell("Training Rasa's stock pipeline on the same data: a quarter of an hour or more, kept for the next time.")
        parses = _parses(training, texts)
        keep(kept, key, parses)
    return tuple(stock(parse) for parse in parses)


def keep(path: Path, key: str, parses: Sequence[Parse]) -> None:
    """Write what the stock pipeline said, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps({"key": key, "parses": parses}, ensure_ascii=False, indent=0), encoding="utf-8")
    draft.replace(path)


def _kept(path: Path, key: str) -> list[Parse] | None:
    """What is kept in the file, None when there is none or it was said of something else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content["parses"] if content.get("key") == key else None


def _key(training: Path, texts: Sequence[str]) -> str:
    digest = hashlib.sha256(f"{CONFIG}{version('rasa')}".encode())
    digest.update(json.dumps(sorted((spoken.act, spoken.text) for spoken in trained_on(training))).encode())
    digest.update(json.dumps(list(texts)).encode())
    return digest.hexdigest()[:16]


def _parses(training: Path, texts: Sequence[str]) -> list[Parse]:
    with tempfile.TemporaryDirectory(prefix="stock-") as name:
        folder = Path(name)
        (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
        arguments = ("--nlu", str(training), "--config", "config.yml", "--out", ".", "--fixed-model-name", "stock")
        _rasa(folder, "train", "nlu", *arguments)
        return judged(folder, texts)


def judged(folder: Path, texts: Sequence[str]) -> list[Parse]:
    """What the model `stock.tar.gz` in the folder says of each text. Raises StockFailed."""
    said = _rasa(folder, "shell", "nlu", "--model", "stock.tar.gz", words=_lines(texts))
    parses = [_short(parse) for parse in objects_in(said)]
    if len(parses) != len(texts):
        raise StockFailed(f"The stock pipeline answered {len(parses)} of {len(texts)} messages. Run it again.")
    return parses


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


def _short(parse: Mapping[str, Any]) -> Parse:
    """The part of a parse that is measured: the intent, and the likeliest acts."""
    ranking = [{"name": one["name"], "confidence": round(one["confidence"], 4)} for one in parse["intent_ranking"]]
    return {"intent": {"name": parse["intent"]["name"]}, "intent_ranking": ranking[:_RANKED]}


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
        raise StockFailed("Rasa's stock pipeline took more than three hours. Use --no-stock to leave it out.") from error
    if done.returncode:
        ending = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise StockFailed(f"`rasa {arguments[0]} nlu` failed; use --no-stock to leave it out. It said:\n{ending}")
    return done.stdout
