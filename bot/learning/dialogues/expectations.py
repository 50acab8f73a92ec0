"""What a dialogue may expect of a reply: each word of the dialogue files is one function here, which tells what is amiss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.advice.catalogue import Catalogue
from bot.advice.dossier import ReferralState
from bot.learning.dialogues.dialogue import EXPECTATIONS, texts
from bot.learning.dialogues.stage import Reply

Check = Callable[[Any, Reply, Reply | None, Catalogue], Iterator[str]]


def amiss(expected: Mapping[str, Any], reply: Reply, before: Reply | None, catalogue: Catalogue) -> list[str]:
    """Everything in the reply that is not as expected, a line each; `before` is the reply to the turn before."""
    return [line for name, value in expected.items() for line in _CHECKS[name](value, reply, before, catalogue)]


def _is(what: str, expected: Any, found: str) -> Iterator[str]:
    if found not in texts(expected):
        yield f"{what}: expected {' or '.join(texts(expected))}, but it is {found or 'none'}"


def _has(what: str, expected: Any, found: list[str]) -> Iterator[str]:
    for each in texts(expected):
        if each not in found:
            yield f"{what}: expected {each}, but there is {', '.join(found) or 'none'}"


def _move(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The kind of move made."""
    yield from _is("move", expected, reply.move["kind"])


def _asks(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The question that is open now, by its kind or by what it is about (a fact, a cell)."""
    kind, _, key = reply.open.partition(":")
    if kind not in texts(expected) and key not in texts(expected):
        yield f"asks: expected {' or '.join(texts(expected))}, but open is {reply.open or 'no question'}"


def _returns_to(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """`same`: exactly the question that was open before this turn is open again."""
    was = before.open if before is not None else ""
    if expected != "same" or reply.open != was:
        yield f"returns_to: expected the same question ({was}), but open is {reply.open or 'no question'}"


def _says(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """Parts of the text that are there, capitals or not."""
    for part in texts(expected):
        if part.casefold() not in reply.text.casefold():
            yield f"says: “{part}” is missing"


def _says_one_of(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """At least one of these parts is there."""
    if not any(part.casefold() in reply.text.casefold() for part in texts(expected)):
        yield f"says_one_of: none of {', '.join(texts(expected))} is there"


def _never(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """Parts that are not there."""
    for part in texts(expected):
        if part.casefold() in reply.text.casefold():
            yield f"never: “{part}” is there"


def _rung(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The rung of the remedy that is put forward, or agreed on."""
    remedy = reply.move.get("remedy") or ""
    yield from _is("rung", expected, catalogue.remedy(remedy).rung.value if remedy else "")


def _remedy(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The remedy that is put forward, or agreed on."""
    yield from _is("remedy", expected, reply.move.get("remedy") or "")


def _problem(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The problem that is being worked on."""
    concern = reply.dossier.concern
    yield from _is("problem", expected, concern.problem if concern is not None else "")


def _need(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The outcome the customer wants, as understood."""
    concern = reply.dossier.concern
    yield from _is("need", expected, concern.need if concern is not None else "")


def _understood(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """Facts with the values they have now; `unknown` for one that must not be known."""
    for fact, value in expected.items():
        cell = reply.dossier.facts.get(fact)
        found = _plain(cell.value) if cell is not None else "unknown"
        yield from _is(f"understood {fact}", value, found)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _owns(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """What the customer owns, by product or kind, and how many."""
    owned: dict[str, float] = {}
    for asset in reply.dossier.assets:
        for name in {asset.product, asset.kind} - {""}:
            owned[name] = owned.get(name, 0) + asset.quantity
    for name, quantity in expected.items():
        yield from _is(f"owns {name}", quantity, f"{owned.get(name, 0):g}")


def _answers(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """What was asked in passing and is answered before anything else."""
    yield from _has("answers", expected, list(reply.move.get("answers", ())))


def _heard(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The acts the message was taken for."""
    acts = reply.turn.heard.get("acts", ()) if reply.turn is not None else ()
    yield from _has("heard", expected, list(acts))


def _buttons(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """Ready replies that are on offer."""
    yield from _has("buttons", expected, list(reply.buttons))


def _parked(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """Problems that wait for their turn; `none` when none does."""
    found = [concern.problem for concern in reply.dossier.parked]
    yield from (_is("parked", "", ", ".join(found)) if expected == "none" else _has("parked", expected, found))


def _promises(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """How many promises are on record."""
    yield from _is("promises", expected, str(len(reply.promises)))


def _kept(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """Where the conversation is kept: `on disk`, `in memory` or `nowhere`."""
    yield from _is("kept", expected, reply.kept)


def _consented(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """What the customer said to notes: unasked, asked, given or refused."""
    yield from _is("consented", expected, reply.dossier.consent.value)


def _handed_over(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """The reason on record for bringing in a person, with the whole dossier; `no` when nobody was brought in."""
    if expected == "no":
        yield from _is("handed_over", "", ", ".join(one.reason for one in reply.hand_overs))
        return
    yield from _has("handed_over", expected, [one.reason for one in reply.hand_overs])
    if not all(one.dossier.get("concerns") or one.dossier.get("last_text") for one in reply.hand_overs):
        yield "handed_over: the dossier did not go with it"


def _referral(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """How far the introduction is, by the records: drafted, shared, declined, or none."""
    last = reply.referrals[-1] if reply.referrals else None
    states = {"given": ReferralState.SHARED.value, "refused": ReferralState.DECLINED.value}
    found = states.get(last.consent.value, "drafted") if last is not None else "none"
    yield from _is("referral", expected, found)
    if last is not None and (last.shared is not None) is not (found == "shared"):
        yield "referral: what was shared does not go with what was allowed"


def _read_back(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """How far the reading back of the need is: not_yet, said, confirmed or denied."""
    concern = reply.dossier.concern
    yield from _is("read_back", expected, concern.read_back.value if concern is not None else "")


def _turns(expected: Any, reply: Reply, before: Reply | None, catalogue: Catalogue) -> Iterator[str]:
    """How many turns are on record."""
    yield from _is("turns", expected, str(reply.turns))


_CHECKS: Mapping[str, Check] = {name: globals()[f"_{name}"] for name in EXPECTATIONS}
