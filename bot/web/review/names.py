"""What things are called in the review room: a catalogue's own names for ids, and plain words for every code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.advice.catalogue import Catalogue

OUTCOMES: Final[Mapping[str, str]] = {
    "referred": "Introduced elsewhere",
    "accepted": "Advice accepted",
    "handed_over": "Handed to a person",
    "turned_down": "Advice turned down",
    "advised": "Advised, no answer",
    "need_known": "Need known, no advice",
    "nothing_yet": "Need not known",
}
RUNGS: Final[Mapping[str, str]] = {
    "nothing": "Leave it as it is",
    "retrain": "Use it better",
    "reuse": "Use it otherwise",
    "fix": "Fix it",
    "take_over": "Take it over",
    "refer": "Another vendor",
    "buy": "Something new",
}
STAGES: Final[Mapping[str, str]] = {
    "opening": "Opening",
    "why": "Asking why",
    "checks": "Checks",
    "read_back": "Reading the need back",
    "advice": "Advice",
    "arranging": "Arranging it",
    "check_in": "Check-in",
    "finished": "Finished",
}
STATES: Final[Mapping[str, str]] = {"new": "Not reviewed", "open": "In review", "done": "Reviewed"}
FACES: Final[Mapping[str, str]] = {"customer": "Customer's chat", "rep": "Rep's call", "simulated": "Simulated"}
TRAITS: Final[Mapping[str, str]] = {
    "failed": "Something went wrong",
    "need_found": "Need found",
    "abandoned": "Abandoned",
    "did_you_mean": "“Did you mean” shown",
    "interrupted": "Interrupted",
    "corrected": "Corrected by the customer",
    "negative": "Negative feedback",
    "handed_over": "Hand-over",
    "near_risk": "Guarantee nearly at risk",
    "broken": "Promise broken",
    "flagged": "Flagged",
}
CELLS: Final[Mapping[str, str]] = {
    "request": "What was asked for",
    "situation": "Situation",
    "assets": "What they own",
    "problem": "Problem",
    "since": "Since when",
    "how_often": "How often",
    "who": "Who feels it",
    "impact": "What it costs them",
    "need": "Need",
    "success": "How they will know",
    "constraints": "Limits",
    "priority": "What matters most",
    "deciders": "Who decides",
    "contact": "How to reach them",
    "tried": "What was tried",
}
BECAUSE: Final[Mapping[str, str]] = {
    "serves": "serves the need, and nothing that asks less of the customer serves it well enough",
    "serves_too": "would serve too, but asks more of the customer or comes later",
    "none_known": "the catalogue knows nothing here",
    "other_cause": "would help against another cause than the likeliest",
    "condition": "a condition does not hold",
    "outside": "outside what the company does",
    "turned_down": "the customer turned it down",
    "weaker": "too unlikely to serve",
    "cheaper_serves": "something that asks less serves well enough",
    "unclear": "not clear enough yet",
}
LACKS: Final[Mapping[str, str]] = {
    "need": "a need in the customer's own words",
    "read_back": "the need read back and confirmed",
    "verdicts": "every cheaper rung weighed and ruled out",
}


@dataclass(frozen=True)
class Names:
    """Names for ids out of the catalogue in use; an id it no longer knows is shown in words."""

    catalogue: Catalogue

    def problem(self, id: str) -> str:
        """A problem's name."""
        found = self.catalogue.problems.get(id)
        return found.name if found else spelt(id)

    def outcome(self, id: str) -> str:
        """What an outcome wants."""
        found = self.catalogue.outcomes.get(id)
        return found.want if found else spelt(id)

    def cause(self, id: str) -> str:
        """A cause's name."""
        found = self.catalogue.causes.get(id)
        return found.name if found else spelt(id)

    def remedy(self, id: str) -> str:
        """A remedy's title."""
        found = self.catalogue.remedies.get(id) or self.catalogue.referrals.get(id)
        return found.title if found else spelt(id)

    def fact(self, id: str) -> str:
        """A fact's name: its id in words."""
        return spelt(id)

    def product(self, id: str) -> str:
        """A product's name."""
        found = self.catalogue.products.get(id)
        return found.name if found else spelt(id)

    def cell(self, name: str, value: object) -> str:
        """The value of a need map's cell as a person reads it."""
        text = str(value)
        if name == "problem":
            return self.problem(text)
        return self.outcome(text) if name == "need" else text

    def choice(self, fact: str, value: object) -> str:
        """The value of a fact as a person reads it, with its unit."""
        known = self.catalogue.facts.get(fact)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if known is None:
            return str(value)
        label = next((choice.label for choice in known.choices if choice.id == value), None)
        number = f"{value:g}" if isinstance(value, float) else str(value)
        return label or f"{number} {known.unit}".strip()

    def question(self, question: Mapping[str, object]) -> str:
        """A question as what it is about."""
        ask, key = str(question.get("ask", "")), str(question.get("key", ""))
        if ask == "fact":
            known = self.catalogue.facts.get(key)
            return known.ask if known and known.ask else self.fact(key)
        if ask == "cell":
            return CELLS.get(key, spelt(key))
        return QUESTIONS.get(ask, spelt(ask))


QUESTIONS: Final[Mapping[str, str]] = {
    "anything": "An open question",
    "why": "Why",
    "meant": "Which of these is meant",
    "read_back": "Whether the need was understood",
    "advice": "Whether the advice serves",
    "consent": "Whether notes may be kept",
    "erasure": "Whether to delete everything",
    "introduction": "Whether to pass the introduction on",
    "contact": "How to reach the customer",
    "check_in": "Whether it worked",
    "missed": "What the customer would miss",
}


def spelt(id: str) -> str:
    """An id in words."""
    return id.rpartition(":")[2].replace("_", " ").replace("-", " ").strip()
