"""Writing an experiment: what may be tried, checked field by field before it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.advice.catalogue import Catalogue
from bot.advice.phrasing import Phrasebook
from bot.advice.trials import SPARED
from bot.learning.experiments.judging import MEASURES
from bot.store.experiments import Experiment

_HOLE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
CONTROL = "as it is"


class ExperimentError(ValueError):
    """An experiment that cannot be run; `problems` maps each field to what to write instead."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


def written(form: Mapping[str, str], phrases: Phrasebook, catalogue: Catalogue, by: str) -> Experiment:
    """The experiment of a form: `title`, `kind`, `subject`, `measure`, and for a wording `text`, one variant in each line group.

    Raises ExperimentError naming every field that is wrong.
    """
    problems: dict[str, str] = {}
    title = form.get("title", "").strip()[:120]
    if not title:
        problems["title"] = "Give it a name that says what is tried."
    kind = "question" if form.get("kind") == "question" else "wording"
    subject = form.get("subject", "").strip().removeprefix("utter_")
    if form.get("measure") not in MEASURES:
        problems["measure"] = "Choose what the arms are judged on."
    arms = _wordings(form, subject, phrases, problems) if kind == "wording" else _sparing(subject, catalogue, problems)
    if problems:
        raise ExperimentError(problems)
    return Experiment(id=_id(title), title=title, kind=kind, subject=subject, arms=tuple(arms), measure=str(form["measure"]), by=by)


def _wordings(form: Mapping[str, str], subject: str, phrases: Phrasebook, problems: dict[str, str]) -> list[dict[str, object]]:
    known = phrases.responses.get(subject)
    if not known:
        problems["subject"] = "There is no response of that name in domain.yml: write one such as ask_success."
        return []
    texts = [text.strip() for text in re.split(r"\n\s*\n", form.get("text", "").replace("\r\n", "\n")) if text.strip()]
    if not 1 <= len(texts) <= 4:
        problems["text"] = "Write one to four other wordings, with an empty line between them."
    allowed = {hole for variant in known for hole in _HOLE.findall(variant)}
    strange = sorted({hole for text in texts for hole in _HOLE.findall(text)} - allowed)
    if strange:
        may = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
        problems["text"] = f"{{{strange[0]}}} has no value there; this response may use: {may}."
    if any("!" in text for text in texts):
        problems["text"] = "Leave out exclamation marks: the assistant talks calmly."
    return [{"name": CONTROL}, *({"name": f"wording {place}", "text": text} for place, text in enumerate(texts, 1))]


def _sparing(subject: str, catalogue: Catalogue, problems: dict[str, str]) -> list[dict[str, object]]:
    kind, _, key = subject.partition(":")
    known = (kind == "fact" and key in catalogue.facts) or subject == "cell:success"
    if kind not in SPARED or not known:
        problems["subject"] = "Write cell:success, or fact: with the id of a fact of the catalogue. The why always stays."
    return [{"name": CONTROL}, {"name": "left out", "spares": True}]


def _id(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:60] or "experiment"
