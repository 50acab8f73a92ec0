"""The phrasebook, read from the responses of domain.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bot.advice.phrasing import Phrasebook

_PREFIX = "utter_"


def load_phrases(path: Path) -> Phrasebook:
    """Every response of a Rasa domain file: variants in order, those with `channel: rep` apart.

    Raises OSError when the file cannot be read and ValueError when it holds no responses.
    """
    domain = yaml.safe_load(path.read_text(encoding="utf-8"))
    responses = domain.get("responses") if isinstance(domain, dict) else None
    if not responses:
        raise ValueError(f"{path.name} has no responses: add a section `responses` with utter_… entries")
    customer = {_name(name): _texts(variants, rep=False) for name, variants in responses.items()}
    rep = {_name(name): texts for name, variants in responses.items() if (texts := _texts(variants, rep=True))}
    return Phrasebook(customer, rep)


def _name(name: str) -> str:
    return name.removeprefix(_PREFIX)


def _texts(variants: list[dict[str, Any]], rep: bool) -> tuple[str, ...]:
    return tuple(str(each["text"]) for each in variants if "text" in each and (each.get("channel") == "rep") is rep)
