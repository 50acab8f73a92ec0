"""Records as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.advice.catalogue import LADDER, Rung

Plain = Mapping[str, Any]
_MOST_CAUSES = 5
_MOST_READINGS = 3
_MOST_RIVALS = 3
_LEAST_SCORE = 0.05


def conversation_lines(found: Sequence[Any], openings: Mapping[str, Any]) -> Iterator[str]:
    """One line for each conversation: its id, when it was last active, its turns, consent, and how it began."""
    if not found:
        yield "There are no conversations in the records."
    for each in found:
        opening = openings.get(each.id)
        words = " ".join(opening.user_text.split())[:50] if opening else ""
        when = each.last_active_at.strftime("%Y-%m-%d %H:%M")
        yield f"{each.id}  {when}  {each.last_seq} turns  notes {each.consent.value}  {words}"


def dossier_text(dossier: Plain) -> str:
    """The dossier to read: who, what was understood, how each rung stands, what was promised, what was said."""
    parts = [
        *_head(dossier),
        *_section("Owned", map(_pairs, dossier.get("assets") or ())),
        *_section("Facts", _facts(dossier)),
        *_concerns(dossier),
        *_section("Promises", map(_promise, dossier.get("promises") or ())),
        *_section("Referrals", (_pairs(each) for each in dossier.get("referrals") or ())),
        *_section("Said", _said(dossier)),
    ]
    return "\n".join(parts)


def thoughts(dossier: Plain) -> str:
    """What the last turn heard, what is known, what is believed, and why the move was made."""
    turn = dossier["turns"][-1]
    move = turn.get("move") or {}
    reasons = {name: move.get(name) for name in ("answers", "remedy", "lacks", "about") if move.get(name)}
    reasons["question"] = _question(move.get("question") or {})
    parts = [
        *_section("heard", _heard(turn.get("heard") or {})),
        *_concerns(dossier),
        *_section("facts", _facts(dossier)),
        *_section(f"move {move.get('kind', '')}", [_pairs(reasons)]),
        *_section("questions weighed", map(_rival, (move.get("rivals") or ())[:_MOST_RIVALS])),
    ]
    return "\n".join(f"  | {line}" for line in parts) + "\n"


def _heard(heard: Plain) -> Iterator[str]:
    """What a message told, and the likeliest readings of it; not those that hardly score."""
    for name, value in heard.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping) and "score" in value[0]:
            likely = [each for each in value if each["score"] >= _LEAST_SCORE][:_MOST_READINGS]
            found = ", ".join(f"{each['id']} {each['score']:.2f}" for each in likely)
        else:
            found = _short(value)
        if found and name != "text":
            yield f"{name}: {found}"


def _rival(rival: Plain) -> str:
    numbers = {"worth": rival.get("gain"), "costs": rival.get("price"), "could lead to": rival.get("could_change")}
    return f"{_question(rival.get('question') or {})}: {_pairs(numbers)}"


def _question(question: Plain) -> str:
    return ":".join(str(question[part]) for part in ("ask", "key") if question.get(part))


def _head(dossier: Plain) -> list[str]:
    held = dossier.get("held_until")
    lines = [f"Conversation {dossier['conversation']}", f"Notes: {dossier.get('consent')}"]
    lines += [f"Held until: {held}"] if held else []
    customer = dossier.get("customer")
    return lines + ([f"Customer: {_pairs(customer)}"] if customer else [])


def _concerns(dossier: Plain) -> list[str]:
    known = dossier.get("need_map") or ()
    lines: list[str] = []
    for concern, standing in zip(known, dossier.get("concerns") or (), strict=False):
        lines += _section(f"Concern {concern.get('id')}: {standing.get('problem') or 'not clear yet'}", _cells(concern))
        lines += _section("  Beliefs", map(_belief, _likeliest(standing.get("belief") or {})), "    ")
        lines += _section("  Rungs", _rungs(standing.get("verdicts") or {}), "    ")
    return lines


def _cells(concern: Plain) -> Iterator[str]:
    for name, cell in (concern.get("cells") or {}).items():
        quote = f'  "{cell["quote"]}"' if cell.get("quote") else ""
        yield f"{name}: {cell.get('value')}{quote}"


def _facts(dossier: Plain) -> Iterator[str]:
    for name, cell in (dossier.get("facts") or {}).items():
        yield f"{name}: {cell.get('value')} ({cell.get('source', 'customer')})"


def _likeliest(belief: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(belief.items(), key=lambda pair: -pair[1])[:_MOST_CAUSES]


def _belief(pair: tuple[str, float]) -> str:
    return f"{pair[1]:4.0%} {pair[0]}"


def _rungs(verdicts: Mapping[str, Plain]) -> Iterator[str]:
    for rung in (*LADDER, Rung.NOTHING):
        verdict = verdicts.get(rung.value)
        if verdict is not None:
            reason = verdict.get("reason") or {}
            about = f" ({_pairs(reason['about'])})" if reason.get("about") else ""
            yield f"{rung.value}: {verdict.get('standing')} {verdict.get('remedy', '')}: {reason.get('code')}{about}"


def _promise(promise: Plain) -> str:
    state = promise.get("state", "open")
    return f"{promise.get('due') or 'no day'}  {promise.get('what')} ({promise.get('owner')}): {state}"


def _said(dossier: Plain) -> Iterator[str]:
    for turn in dossier.get("turns") or ():
        yield f"{turn['seq']}. Customer: {turn.get('customer')}"
        yield from (f"   Assistant: {line}" for line in str(turn.get("assistant")).splitlines() if line)


def _section(title: str, lines: Iterable[str], indent: str = "  ") -> list[str]:
    found = [f"{indent}{line}" for line in lines if line]
    return [f"{title}:", *found] if found else []


def _pairs(values: Plain) -> str:
    return ", ".join(f"{name} {_short(value)}" for name, value in values.items() if value not in (None, "", [], {}))


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({_pairs(value)})"
    if isinstance(value, list | tuple):
        return "[" + "; ".join(map(_short, value)) + "]"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
