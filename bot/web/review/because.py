"""Why this move, in words anybody understands: made from the reasons that were stored with the move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from bot.web.review.names import LACKS, RUNGS, Names, spelt

Json = Mapping[str, Any]


def because(move: Json, heard: Json, names: Names) -> list[str]:
    """One to four sentences: what was answered first, why this move, and what the guarantee still lacked."""
    said = [_answered(move)] if move.get("answers") else []
    said += _again(move) or _reason(move, heard, names)
    return said + _lacking(move)


def _answered(move: Json) -> str:
    asked = [_ANSWERS.get(answer, spelt(answer)) for answer in move["answers"]]
    listed = asked[0] if len(asked) == 1 else f"{', '.join(asked[:-1])} and {asked[-1]}"
    return f"First it answered {listed}."


def _again(move: Json) -> list[str]:
    if not move.get("again"):
        return []
    return ["The same question was still open, so the talk returned to it."]


def _reason(move: Json, heard: Json, names: Names) -> list[str]:
    kind = str(move.get("kind", ""))
    about, key = move.get("about") or {}, str((move.get("question") or {}).get("key", ""))
    made: Mapping[str, Callable[[], list[str]]] = {
        "ask_why": lambda: [_WHY.get(key, _WHY["more"])],
        "ask_meant": lambda: [_several(move, heard, names)],
        "ask_check": lambda: _worth(move, names),
        "advise": lambda: _advice(move, names),
        "refer": lambda: _advice(move, names),
        "hand_over": lambda: [_HANDED.get(str(about.get("why", "")), _HANDED[""])],
        "ask_contact": lambda: [_HANDED.get(str(about.get("why", "")), _HANDED[""]), _REACH],
    }
    return made[kind]() if kind in made else [_PLAIN.get(kind, f"The move was: {spelt(kind)}.")]


def _several(move: Json, heard: Json, names: Names) -> str:
    offered = [names.problem(str(option["value"])) for option in (move.get("question") or {}).get("options", ())]
    shares = {match["id"]: match["score"] for match in heard.get("problems", ())}
    likely = [f"{names.problem(id)} ({share:.0%})" for id, share in shares.items()][:3]
    readings = ", ".join(likely) or ", ".join(name for name in offered if name and name != "other")
    return f"More than one reading was likely: {readings}. It asked which one is meant; it never guesses in silence."


def _worth(move: Json, names: Names) -> list[str]:
    rivals = move.get("rivals") or []
    if not rivals:
        return ["What this question tells apart matters for the advice."]
    best = rivals[0]
    changes = [f"“{names.remedy(remedy)}”" for remedy in best.get("could_change", ())]
    said = ["Of everything it could ask, the answer to this was worth most."]
    if len(changes) > 1:
        said.append(f"The answer decides between {' and '.join([', '.join(changes[:-1]), changes[-1]])}.")
    elif changes:
        said.append(f"The answer shows whether {changes[0]} is right.")
    return said


def _advice(move: Json, names: Names) -> list[str]:
    verdicts, remedy = move.get("verdicts") or {}, str(move.get("remedy", ""))
    rung = next((rung for rung, verdict in verdicts.items() if verdict.get("remedy") == remedy), "")
    serves = verdicts.get(rung, {}).get("serves")
    chance = f", with a chance of {serves:.0%} of serving the need" if serves else ""
    said = [f"“{names.remedy(remedy)}” ({RUNGS.get(rung, 'its rung').lower()}) asks least of the customer{chance}."]
    cheaper = [RUNGS[low].lower() for low in RUNGS if low in verdicts and _below(low, rung) and _is_out(verdicts[low])]
    return said + ([f"Weighed and ruled out before it: {', '.join(cheaper)}."] if cheaper else [])


def _below(low: str, rung: str) -> bool:
    order = list(RUNGS)
    return rung in order and order.index(low) < order.index(rung)


def _is_out(verdict: Json) -> bool:
    return verdict.get("standing") == "rejected"


def _lacking(move: Json) -> list[str]:
    lacks = [LACKS.get(lack, spelt(lack)) for lack in move.get("lacks") or ()]
    if not lacks or move.get("kind") in ("advise", "await"):
        return []
    return [f"A purchase could not have been proposed here: still missing {'; '.join(lacks)}."]


_WHY: Final = {
    "request": "The customer asked for a product. What they want it for was not known yet, so it asked why before which.",
    "more": "What was said did not tell yet which problem this is, so it asked for the reason behind it.",
    "obstacle": "What the customer wants was clear, but not what stands in its way.",
    "denied": "The customer said the need was not understood, so it asked what was wrong about it.",
}
_HANDED: Final = {
    "": "The customer asked for a person.",
    "asked": "The customer asked for a person.",
    "quote": "The customer insisted on a quote a second time; that is respected, and a person takes over.",
    "insisted": "The customer insisted on a quote a second time; that is respected, and a person takes over.",
    "unclear": "It could not make out the need well enough to advise, so a person takes over rather than guess.",
    "no_remedy": "Nothing in the catalogue serves this need well enough, so it said so and brought a person.",
    "complaint": "A complaint deserves a person.",
}
_REACH: Final = "It asked how to reach the customer for that."
_PLAIN: Final = {
    "warn": "Something here can hurt someone. That is said at once, before any question or advice.",
    "ask_anything": "Nothing had been told yet, so it asked openly.",
    "ask_cell": "The problem was clear. Before reading the need back, it asked how the customer will know that it is solved.",
    "read_back": "No further answer could change the advice enough to be worth asking, so it read the need back before advising.",
    "await": "The advice stands; it waits for the customer's answer.",
    "ask_consent": "Nothing is kept without consent, so it asked before writing the agreement down.",
    "promise": "The customer agreed, so it said who does what by when, and when it will ask whether it worked.",
    "introduced": "The customer agreed to the introduction, and it was passed on as they read it.",
    "not_introduced": "The customer did not want the introduction; nothing was passed on.",
    "check_in": "Something promised earlier was due, so it asked first whether it had worked.",
    "confirm_erasure": "The customer asked to be forgotten; deleting cannot be undone, so it asked once whether they are sure.",
    "erased": "The customer confirmed, and everything was deleted.",
    "ask_missed": "The customer was served and is leaving; it asked what they would miss, for the company to learn from.",
    "farewell": "The customer is leaving.",
    "anything_else": "This matter is settled, so it asked whether there is anything else.",
}
_ANSWERS: Final = {
    "trouble": "a message it could not read",
    "safety": "the danger",
    "greeting": "the greeting",
    "quote": "the wish for a quote",
    "why_asked": "why it asks",
    "price": "the question about the price",
    "discount": "the question about a discount",
    "process": "how it goes on",
    "privacy": "the question about privacy",
    "own_data": "what is known about the customer",
    "export": "the wish for a copy",
    "abilities": "what it can do",
    "repeat": "the wish to hear it again",
    "small_talk": "the small talk",
    "off_topic": "something beside the matter",
    "complaint": "the complaint",
    "insult": "the anger",
    "thanks": "the thanks",
    "hurry": "the hurry",
    "why_not": "why not something else",
    "options": "the wish for other ways",
    "advice_reason": "why it advises this",
    "consent_given": "the consent",
    "consent_refused": "the refusal of notes",
    "erased_not": "that nothing is deleted",
    "not_ours": "what the company does not do",
    "corrected": "the correction",
    "parked": "the second matter, which waits",
    "checked_in": "how the earlier advice worked",
    "missed_noted": "what the customer would miss",
    "expectation": "an expectation it cannot meet",
    "shortened": "that the message was too long",
}
