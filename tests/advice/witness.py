"""A witness of the guarantee who trusts nothing the engine says of itself: it looks at what was said, in which order."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.advice.catalogue import LADDER, Catalogue, Rung
from bot.advice.dossier import Ask
from bot.advice.heard import Act, CellName, Polarity
from bot.advice.ladder import Standing, climb
from bot.advice.moves import ADVISING, MoveKind
from bot.advice.need_map import NeedMap
from tests.advice.random_talk import Turn

CHEAPER = (Rung.NOTHING, *LADDER[:-1])
_YES = (Act.AFFIRMS, Act.ACCEPTS)
_NO = (Act.DENIES, Act.REJECTS, Act.CORRECTS, Act.DOES_NOT_KNOW)


@dataclass
class Witness:
    """Follows one conversation turn by turn and raises AssertionError at the first purchase that was not earned."""

    said: list[str] = field(default_factory=list)
    confirmed: dict[int, str] = field(default_factory=dict)
    """The need that was read back and confirmed, by concern."""
    advised: set[tuple[int, str]] = field(default_factory=set)
    purchases: int = 0

    def sees(self, turn: Turn) -> None:
        """Takes note of one turn. Raises AssertionError when a purchase is put forward too early."""
        self.said.append(turn.heard.text)
        self._note_read_back(turn)
        for remedy in self._bought(turn):
            self.purchases += 1
            self._check(turn, remedy)
        if turn.move.kind in (MoveKind.ADVISE, MoveKind.AWAIT):
            self.advised.add((turn.move.concern, turn.move.remedy))

    def _note_read_back(self, turn: Turn) -> None:
        """A yes to an open read-back confirms that need; a no to it takes it back."""
        open_before, concern = turn.before.open, turn.before.concern
        if open_before is None or open_before.ask is not Ask.READ_BACK or concern is None:
            return
        if turn.heard.polarity is Polarity.YES or turn.heard.does(*_YES):
            self.confirmed[concern.id] = concern.need
        if turn.heard.polarity is Polarity.NO or turn.heard.does(*_NO):
            self.confirmed.pop(concern.id, None)

    def _bought(self, turn: Turn) -> list[str]:
        """The purchases this turn advises, waits for, books or writes down."""
        new = turn.after.promises[len(turn.before.promises) :]
        named = [promise.remedy for promise in new]
        if turn.move.kind in ADVISING or turn.move.kind is MoveKind.ASK_CONTACT:
            named.append(turn.move.remedy)
        return [remedy for remedy in dict.fromkeys(named) if _is_purchase(turn.catalogue, remedy)]

    def _check(self, turn: Turn, remedy: str) -> None:
        concern = turn.dossier.concerns[turn.move.concern]
        assert concern.need in turn.catalogue.outcomes, "no need"
        quote = concern.quote(CellName.NEED) or concern.quote(CellName.PROBLEM)
        assert quote, "the need has no words of the customer"
        assert any(quote in text for text in self.said), f"not the customer's words: {quote!r}"
        assert self.confirmed.get(concern.id) == concern.need, "the need was not read back and confirmed"
        self._check_verdicts(turn, concern)
        if turn.move.kind is not MoveKind.ADVISE:
            assert (concern.id, remedy) in self.advised, "a purchase is booked that was never advised"

    def _check_verdicts(self, turn: Turn, concern: NeedMap) -> None:
        ladder = turn.move.ladder or climb(turn.dossier, concern, turn.catalogue)
        for rung in CHEAPER:
            verdict = ladder.verdicts[rung]
            assert verdict.standing is Standing.REJECTED, f"{rung.value} is {verdict.standing.value}"
            assert verdict.reason.code.value, f"{rung.value} has no reason"


def _is_purchase(catalogue: Catalogue, remedy: str) -> bool:
    return bool(remedy) and catalogue.remedy(remedy).rung is Rung.BUY
