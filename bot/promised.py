"""The promises of a conversation as a timeline: what we do, what the customer does, when we ask how it went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from bot.advice.catalogue import Catalogue, Doer, Remedy
from bot.advice.dossier import Dossier, Promise
from bot.store import Work, records


def timeline(work: Work, conversation: str, dossier: Dossier, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Everything promised, by date: `owner` (we, you or vendor), `who`, `what`, `due` (ISO), `state` and `kind`.

    `kind` is `promise`, `step` for the customer's own part, or `check_in`.
    """
    promises = work.promises.of_conversation(conversation)
    if not promises:
        return []
    vendors = {vendor.name for vendor in catalogue.vendors.values()}
    found = [_promise(one, vendors) for one in promises]
    found += [_own_step(what, due) for what, due in _own_steps(dossier, catalogue)]
    found += [_check_in(one, catalogue) for one in work.check_ins.of_conversation(conversation)]
    return sorted(found, key=lambda one: (one["due"] or "", one["kind"] == "check_in"))


def _promise(promise: records.Promise, vendors: set[str]) -> dict[str, Any]:
    return {
        "kind": "promise",
        "owner": "vendor" if promise.owner in vendors else "we",
        "who": promise.owner,
        "what": promise.what,
        "due": promise.due.isoformat() if promise.due is not None else None,
        "state": promise.state.value,
    }


def _own_step(what: str, due: str) -> dict[str, Any]:
    return {"kind": "step", "owner": "you", "who": "", "what": what, "due": due, "state": "open"}


def _check_in(check_in: records.CheckIn, catalogue: Catalogue) -> dict[str, Any]:
    state = "open" if check_in.answered_at is None else "kept"
    due, who = check_in.due.isoformat(), catalogue.company.name
    return {"kind": "check_in", "owner": "we", "who": who, "what": check_in.question, "due": due, "state": state}


def _own_steps(dossier: Dossier, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What the customer does and by which day, counted from the day the first promise was made."""
    first: dict[tuple[int, str], Promise] = {}
    for promise in dossier.promises:
        first.setdefault((promise.concern, promise.remedy), promise)
    for (_, remedy_id), promise in first.items():
        remedy = catalogue.remedies.get(remedy_id)
        if remedy is not None:
            began = date.fromisoformat(promise.due) - timedelta(days=_first_day(remedy))
            for step in remedy.steps:
                if step.who is Doer.YOU:
                    yield step.what, (began + timedelta(days=step.day)).isoformat()


def _first_day(remedy: Remedy) -> int:
    return next((step.day for step in remedy.steps if step.who is not Doer.YOU), remedy.days)
