"""`advisor evaluate`: how well held-out voices are understood, next to Rasa's stock pipeline on the same data."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.advice.interruptions import UNDERSTOOD
from bot.assistant import Assistant, ensure_model
from bot.learning import opinions, ranking_fit, voices
from bot.learning.acts_study import ActsStudy, study
from bot.learning.evaluation_page import Evaluation, evaluation_page, summary
from bot.learning.matching_study import MatchingStudy, matching_study, phrasings, trades
from bot.learning.refit import refit
from bot.learning.stock import StockFailed, stock_opinions
from bot.learning.voices import Voices, VoicesMissing
from bot.nlu.reading import from_parse
from bot.settings import Settings, load_settings

PAGE = "evaluation.html"
OURS = "ours"
STOCK = "Rasa's stock pipeline"

Parses = Mapping[str, Mapping[str, Any]]


def main(argv: Sequence[str] | None = None) -> int:
    """Evaluate, print the table and write the page; 1 with a sentence on standard error when it cannot be done."""
    asked = _arguments(argv)
    if asked.refit:
        _say(refit())
        _say(ranking_fit.refit(load_settings().data_dir / "phrases", _say))
        return 0
    settings = load_settings()
    try:
        done = evaluate(settings, with_stock=not asked.no_stock)
    except (VoicesMissing, StockFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    path: Path = asked.out or settings.data_dir / PAGE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(evaluation_page(done), encoding="utf-8")
    _say(f"\n{summary(done)}\n\nThe page with plots: {path}")
    return 0


def evaluate(settings: Settings, with_stock: bool = True) -> Evaluation:
    """Everything measured with the model in force, which is trained first when there is none.

    Raises VoicesMissing, and StockFailed when the stock pipeline is asked for and cannot be trained.
    """
    heldout = voices.unseen(voices.held_out())
    model = ensure_model(settings)
    assistant = Assistant(model)
    _say(f"Reading {len(heldout.texts)} messages of voices held out of training.")
    acts = [study(OURS, heldout, _ours(_parses(assistant, heldout.texts)))]
    if with_stock:
        acts.append(_stock_study(heldout, settings))
    return Evaluation(
        tuple(acts),
        tuple(_matching(assistant, trade, settings) for trade in trades()),
        UNDERSTOOD,
        len({spoken.voice for spoken in heldout.single}),
        model.name,
    )


def _ours(parses: Parses) -> dict[str, opinions.Opinion]:
    return {text: opinions.ours(parse, UNDERSTOOD) for text, parse in parses.items()}


def _stock_study(heldout: Voices, settings: Settings) -> ActsStudy:
    said = stock_opinions(voices.TRAINING, heldout.texts, settings.data_dir / "evaluation", _say)
    return study(STOCK, heldout, dict(zip(heldout.texts, said, strict=True)))


def _matching(assistant: Assistant, trade: str, settings: Settings) -> MatchingStudy:
    texts = dict.fromkeys(one.text for one in phrasings(trade))
    _say(f"Matching {len(texts)} new phrasings of {trade}.")
    readings = {text: from_parse(parse) for text, parse in _parses(assistant, texts).items()}
    return matching_study(trade, readings, settings.data_dir / "phrases")


def _parses(assistant: Assistant, texts: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    async def every() -> dict[str, Mapping[str, Any]]:
        return {text: await assistant.parse(text) for text in texts}

    return asyncio.run(every())


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="advisor evaluate", description=__doc__)
    parser.add_argument("--no-stock", action="store_true", help="leave Rasa's stock pipeline out")
    parser.add_argument("--refit", action="store_true", help="fit the matcher and the rankings anew, show old and new, and stop")
    parser.add_argument("--out", type=Path, help=f"where to write the page (default: {PAGE} in the data folder)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
