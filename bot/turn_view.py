"""A stored turn as a customer's page shows it: what was said, the reply, and what the page can draw beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.advice.archive import from_plain
from bot.advice.catalogue import Rung
from bot.advice.comparison import compare
from bot.advice.dossier import Ask, Dossier, HandOver, Question, Referral
from bot.advice.ladder import Verdict
from bot.advice.moves import Move, MoveKind
from bot.advice.phrasing import sentence
from bot.advice.reloaded import still_known
from bot.advice.scene import Scene, payload
from bot.advice.wording_advice import introduction
from bot.advice.wording_moves import opening_hours
from bot.knowledge import Knowledge
from bot.store import records

_ASKED = ("ask_why", "ask_meant", "ask_check", "ask_cell", "ask_contact")
_PERSONAL = ("ask_meant",)
"""Questions that stand on nothing personal: there is no reason to hold the answer back."""


@dataclass(frozen=True)
class TurnView:
    """Draws the turns of one conversation; `now` is its dossier as it stands."""

    knowledge: Knowledge
    now: Dossier

    def turn(self, turn: records.Turn) -> dict[str, Any]:
        """The turn as JSON can hold it."""
        return {
            "seq": turn.seq,
            "at": turn.created_at.isoformat(),
            "message_id": turn.message_id,
            "said": turn.user_text,
            "messages": list(turn.message),
            "view": self.view(turn),
        }

    def view(self, turn: records.Turn) -> dict[str, Any] | None:
        """What the page can draw beside the words; None where the words are all."""
        kind = str(turn.move.get("kind", ""))
        if kind in _ASKED:
            skip = None if kind in _PERSONAL else payload("declines")
            return {"kind": "question", "why": payload("asks_why_asked"), "skip": skip}
        if kind == MoveKind.WARN.value:
            return {"kind": "warning"}
        if kind == MoveKind.PROMISE.value:
            return {"kind": "promises"}
        drawn = {
            MoveKind.READ_BACK.value: self._read_back,
            MoveKind.ADVISE.value: self._advice,
            MoveKind.AWAIT.value: self._options,
            MoveKind.REFER.value: self._referral,
            MoveKind.HAND_OVER.value: self._hand_over,
        }.get(kind)
        return drawn(self._scene(turn), turn.move) if drawn is not None else None

    def _scene(self, turn: records.Turn) -> Scene:
        """The move as it was made, over the dossier of that moment; what the catalogue has lost since is withdrawn."""
        catalogue = self.knowledge.catalogue
        dossier = still_known(from_plain(Dossier, turn.dossier), catalogue)
        record = turn.move
        move = Move(
            MoveKind(record["kind"]),
            question=from_plain(Question, record.get("question")),
            concern=int(record.get("concern", -1)),
            remedy=str(record.get("remedy") or ""),
        )
        return Scene(move, dossier, catalogue, self.knowledge.phrases)

    def _read_back(self, scene: Scene, record: Mapping[str, Any]) -> dict[str, Any] | None:
        concern = scene.concern
        outcome = scene.catalogue.outcomes.get(concern.need) if concern is not None else None
        if outcome is None:
            return None
        return {"kind": "read_back", "need": outcome.want, "yes": payload("affirms"), "no": payload("denies")}

    def _options(self, scene: Scene, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """The options again, where the customer asked for them after the advice."""
        return self._advice(scene, record) if "options" in record.get("answers", ()) else None

    def _advice(self, scene: Scene, record: Mapping[str, Any]) -> dict[str, Any] | None:
        remedy = scene.move.remedy
        if remedy not in scene.catalogue.remedies and remedy not in scene.catalogue.referrals:
            return None
        verdicts = {Rung(rung): from_plain(Verdict, told) for rung, told in record.get("verdicts", {}).items()}
        open_now = self.now.open is not None and self.now.open.ask is Ask.ADVICE and self.now.open.key == remedy
        asked = scene if open_now else replace(scene, move=replace(scene.move, question=None))
        return {"kind": "advice", **asdict(compare(asked, verdicts, record.get("belief", {})))}

    def _referral(self, scene: Scene, record: Mapping[str, Any]) -> dict[str, Any] | None:
        remedy = scene.move.remedy
        if remedy not in scene.catalogue.remedies and remedy not in scene.catalogue.referrals:
            return None
        vendor = scene.catalogue.vendors[scene.catalogue.remedy(remedy).vendor]
        draft = next((one for one in scene.dossier.referrals if one.remedy == remedy), Referral(vendor.id, remedy, 0))
        reach = scene.dossier.contact or scene.dossier.customer.contact
        shares = [scene.say("shares_introduction")] + ([scene.say("shares_contact", contact=reach)] if reach else [])
        asked = self.now.open is not None and self.now.open.name == f"introduction:{remedy}"
        return {
            "kind": "referral",
            "vendor": vendor.name,
            "reason": sentence(vendor.better_at),
            "contact": vendor.contact,
            "introduction": introduction(replace(scene, move=replace(scene.move, referral=draft))),
            "shares": shares,
            "line": f"introduction:{remedy}",
            "yes": payload("affirms"),
            "no": payload("denies"),
            "editable": asked,
        }

    def _hand_over(self, scene: Scene, record: Mapping[str, Any]) -> dict[str, Any]:
        hours, staffed = scene.catalogue.company.hours, scene.dossier.staffed
        reached = bool(scene.dossier.contact or scene.dossier.customer.contact)
        wait = scene.say("hand_over_wait", minutes=hours.wait_minutes) if staffed and reached else None
        name, role, contact = scene.expert()
        who = {"who": name, "role": role, "contact": contact, "message": self.now.hand_over is HandOver.DONE and not staffed}
        return {"kind": "hand_over", "staffed": staffed, "wait": wait, "opens": None if staffed else opening_hours(scene), **who}
