"""The guide of a call: what it asks and why, what it shows of the ladder, and how it follows the rep."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from bot.advice.call import Call, Fate, SlipKind, Voiced
from bot.advice.calling import OWN_WORDS, Stale, followed, hear_in_call, question_named, suggested, ticked
from bot.advice.catalogue import Rung
from bot.advice.dossier import Consent, Dossier, HandOver
from bot.advice.expectations import voices_expectation
from bot.advice.guide import Guide, guide
from bot.advice.guide_ladder import Place, RungNow
from bot.advice.heard import Act, CellName, Heard, Source
from bot.advice.ladder import Because, Lack
from bot.advice.need_map import ReadBack
from bot.advice.objections import slip_in
from bot.advice.scene import Scene
from bot.advice.taken import taken
from tests.advice.talking import ACCEPT, NO, PERSON, TODAY, UNSURE, YES, asks, phrasebook, reports, tells
from tests.advice.worlds import BIKES

BOOK = phrasebook().for_rep()


@dataclass
class Rep:
    """A rep in a call with the bike couriers."""

    dossier: Dossier = field(default_factory=lambda: Dossier(today=TODAY, consent=Consent.GIVEN))
    call: Call = field(default_factory=lambda: Call(rep="ada"))
    took: tuple[str, ...] = ()

    @property
    def guide(self) -> Guide:
        """The guide now."""
        return guide(self.dossier, self.call, BIKES, BOOK)

    def notes(self, heard: Heard, under: str = "", source: Source = Source.CUSTOMER) -> Rep:
        """The rep notes what somebody said, under a question or under none."""
        question = question_named(under, self.dossier, self.call, BIKES) if under else None
        after = hear_in_call(self.dossier, self.call, replace(heard, source=source), question, BIKES)
        before = self.dossier
        self.dossier, _ = followed(after, self.call, BIKES)
        scene = Scene(suggested(self.dossier, self.call, BIKES), self.dossier, BIKES, BOOK)
        self.took = taken(scene, before)
        return self

    def ticks(self, name: str, value: str, words: str = "") -> Rep:
        """The rep ticks an answer."""
        question = question_named(name, self.dossier, self.call, BIKES)
        return self.notes(ticked(question, value, BIKES, words), name)

    def rung(self, rung: Rung) -> RungNow:
        """One rung of the ladder."""
        return next(row for row in self.guide.rungs if row.rung is rung)


def understood(**facts: object) -> Rep:
    """A call in which the need and these facts are known."""
    rep = Rep().notes(reports("runs_flat", "the battery dies before noon"), "anything")
    for name, value in facts.items():
        rep.notes(tells(**{name: value}), f"fact:{name}")  # type: ignore[arg-type]
    return rep


CHEAP = {"assist": "turbo", "parking": "inside", "battery_age": 1.0, "round_km": 30.0}
DEAR = {"assist": "eco", "parking": "inside", "battery_age": 1.0, "round_km": 90.0}


def test_the_first_question_opens_and_says_what_to_listen_for() -> None:
    """Before anything is known the rep hears: what is going wrong, and four things to listen for."""
    first = Rep().guide.questions[0]
    assert first.say == "What is going wrong, or what would you like to be different?"
    assert len(first.listen) == 4


def test_the_best_question_comes_with_two_others_and_a_reason() -> None:
    """Three questions, best first; the reason names what its answer tells apart, and a gentler wording is ready."""
    shown = understood().guide.questions
    assert [asking.name for asking in shown] == ["fact:round_km", "fact:assist", "fact:parking"]
    assert "It tells two causes apart" in shown[1].why
    assert shown[1].gentler.startswith("May I ask")
    assert (shown[0].entry.value, shown[0].unit) == ("number", "km")


def test_each_answer_says_what_it_would_suggest() -> None:
    """What to listen for: each answer with the cause it points to and what would then serve."""
    listen = {each.value: each.suggests for each in understood(round_km=30.0).guide.questions[0].listen}
    assert listen["turbo"] == "Points to this: the riders use full assistance all day. Then: ride in tour mode."
    assert set(listen) == {"turbo", "tour", "eco"}


def test_a_note_says_what_was_taken_from_it() -> None:
    """After a note the rep sees at a glance what was understood, and is told when nothing was."""
    assert understood().took == (
        "Problem: the battery is flat before the round is done",
        "They want every round finished on one charge",
    )
    assert Rep().notes(Heard("hm")).took == ("Nothing the guide could use. It is kept as it was said.",)


def test_a_skipped_question_is_not_asked_again_but_may_be() -> None:
    """Put aside, a question leaves the guide; chosen by the rep, it is first again."""
    rep = understood()
    rep.call = rep.call.skipping("fact:round_km")
    assert rep.guide.questions[0].name == "fact:assist"
    rep.call = rep.call.asking("fact:round_km")
    assert rep.guide.questions[0].name == "fact:round_km"


def test_the_rep_may_jump_to_any_cell() -> None:
    """A question about any part of the need map can be asked at any time, and its answer lands there."""
    rep = Rep().notes(reports("runs_flat"), "anything").notes(Heard("the spa"), "cell:who")
    concern = rep.dossier.concern
    assert concern is not None
    assert concern.quote(CellName.WHO) == "the spa"


def test_buying_is_closed_until_it_is_earned_and_says_why() -> None:
    """Before it is earned the row names no product and no price; when it is, it shows what, why and for how much."""
    rep = understood(**DEAR)
    row = rep.rung(Rung.BUY)
    assert (row.place, row.remedy, row.cost) == (Place.CLOSED, "", "")
    assert [need.lack for need in rep.guide.guarantee if not need.done] == [Lack.READ_BACK]
    rep.ticks("read_back:round_done", "yes")
    row = rep.rung(Rung.BUY)
    assert (row.place, row.remedy) == (Place.LEADS, "Take one bike with a second battery")
    assert rep.guide.buy_is_open


def test_the_ladder_says_what_would_change_each_rung() -> None:
    """Each rung carries its reason and what would make it stand otherwise."""
    rep = understood(**CHEAP)
    assert rep.rung(Rung.RETRAIN).place is Place.LEADS
    fix = rep.rung(Rung.FIX)
    assert fix.place is Place.OUT
    assert fix.change == "It would serve if this were the cause: the batteries are worn."
    assert "something cheaper may still serve: ride in tour mode" in rep.guide.guarantee[2].say.lower()


def test_a_yes_to_advice_makes_its_promises() -> None:
    """Advice is given once it is read back; a yes ticked makes the promises, with owner and due date."""
    rep = understood(**DEAR).ticks("read_back:round_done", "yes").notes(Heard("done by six", (Act.INFORMS,)), "cell:success")
    rep.dossier = replace(rep.dossier, contact="Ana, 0151")
    advice = rep.guide.aloud[0]
    assert (advice.kind, advice.name) == ("advice", "advice:long_range")
    rep.notes(tells(region="north"), "fact:region").ticks("advice:long_range", "yes")
    assert [(promise.remedy, promise.due) for promise in rep.dossier.promises] == [("long_range", "2025-05-22")]
    assert rep.guide.stage == "agreed"


def test_advice_turned_down_gives_way_to_the_next() -> None:
    """A no with its reason is kept in the customer's words, and the next way that serves takes its place."""
    rep = understood(**CHEAP).ticks("read_back:round_done", "yes").notes(UNSURE, "cell:success")
    rep.ticks("advice:ride_in_tour", "no", "the riders won't")
    assert rep.rung(Rung.RETRAIN).reason == 'You said: "the riders won\'t"'
    assert rep.guide.aloud[0].name == "advice:long_range"


@pytest.mark.parametrize("name", ["advice:long_range", "advice:ride_in_tour", "read_back:less_charging", "meant", "nonsense"])
def test_what_does_not_stand_cannot_be_answered(name: str) -> None:
    """A yes to advice nobody gave, or to a read-back of another need, is refused."""
    with pytest.raises(Stale):
        question_named(name, understood().dossier, Call(), BIKES)


def test_a_reps_own_words_never_become_the_need() -> None:
    """What a rep says fills facts, never the problem or the need, and confirms nothing."""
    rep = Rep().notes(reports("runs_flat", "they need a second battery"), "anything", Source.REP)
    assert rep.dossier.concern is None or not rep.dossier.concern.problem
    rep = understood(**DEAR)
    before = rep.dossier.concern
    rep.notes(YES, "read_back:round_done", Source.REP)
    assert before is not None
    assert rep.dossier.concern is not None
    assert rep.dossier.concern.read_back is ReadBack.NOT_YET


def test_a_borrowed_need_is_asked_for_in_their_own_words() -> None:
    """Where the need stands in a rep's words the guarantee lacks it, and the guide asks for the customer's."""
    rep = understood()
    concern = rep.dossier.concern
    assert concern is not None
    cells = {name: replace(cell, source=Source.REP) for name, cell in concern.cells.items()}
    rep.dossier = rep.dossier.with_concern(replace(concern, cells=cells))
    assert not rep.guide.guarantee[0].done
    assert OWN_WORDS.name in [asking.name for asking in rep.guide.questions]
    rep.notes(Heard("we want to finish the round", (Act.STATES_NEED,)), OWN_WORDS.name)
    assert rep.guide.guarantee[0].done


def test_a_denied_read_back_asks_what_was_wrong() -> None:
    """After a no the guide asks what would be said differently; the explanation becomes the words of the need."""
    rep = understood(**CHEAP).notes(NO, "read_back:round_done")
    assert rep.guide.questions[0].name == "why:denied"
    rep.notes(Heard("only the long round fails", (Act.INFORMS,)), "why:denied")
    concern = rep.dossier.concern
    assert concern is not None
    assert concern.quote(CellName.NEED) == "only the long round fails"


def test_asking_for_a_person_does_not_end_the_call() -> None:
    """The rep is the person: nothing a customer says hands the call over."""
    rep = understood().notes(PERSON).notes(asks(Act.INSISTS_QUOTE)).notes(asks(Act.INSISTS_QUOTE))
    assert rep.dossier.hand_over is HandOver.NONE
    assert rep.guide.questions


def test_what_was_asked_in_passing_has_an_honest_answer() -> None:
    """A discount asked for brings the way back to value beside the question."""
    rep = understood(**CHEAP).notes(asks(Act.ASKS_DISCOUNT, "can you do something about the price?"))
    assert rep.guide.asked == (
        "I don't bargain, because the cheapest way is usually not to need it: let's see what serves you for the least.",
    )


def test_objections_use_the_customers_own_figures() -> None:
    """“Too expensive” is answered with the cost to own of what leads and what the problem costs today."""
    dear = next(one for one in understood(**CHEAP).guide.objections if one.id == "dear")
    assert dear.answer == "Ride in tour mode: nothing, and that is everything. As it is, it costs you 600\u00a0€."
    assert any(one.id == "hearsay:late" for one in Rep().guide.objections)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I can give you 10 % off", SlipKind.DISCOUNT),
        ("we could do a special price", SlipKind.DISCOUNT),
        ("I'll send you a quote for the LR-2", SlipKind.EARLY_PURCHASE),
        ("I could do five percent off if you sign this week", SlipKind.DISCOUNT),
        ("why not take something off the invoice?", SlipKind.DISCOUNT),
        ("we don't do that usually, but I can come down on the price", SlipKind.DISCOUNT),
        ("I can't give you a discount, nobody gets one", None),
        ("you asked for a discount", None),
        ("that is 200 euros less than today", None),
        ("our mechanic oils them every week", None),
        ("you own a C-1 and it is fine", None),
    ],
)
def test_a_slip_is_noticed(text: str, kind: SlipKind | None) -> None:
    """A discount offered, or a purchase before it is earned, is noted when the rep's own words hold it."""
    dossier = understood().dossier
    found = slip_in(text, Scene(suggested(dossier, Call(), BIKES), dossier, BIKES, BOOK))
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("text", "voiced"),
    [
        ("I expect the bikes to never fail again", True),
        ("our boss insists that it is quiet", True),
        ("and it must never happen again", True),
        ("fine, as long as nobody has to carry it", True),
        ("we expect 40 rounds on Saturday", False),
        ("the battery dies before noon", False),
        ("we never did that", False),
    ],
)
def test_an_expectation_is_noticed(text: str, voiced: bool) -> None:
    """What the customer counts on is heard in what they say, not only where the rep notes it as such."""
    assert voices_expectation(text) is voiced


@pytest.mark.parametrize("code", list(Because))
def test_every_reason_says_what_would_change_it(code: Because) -> None:
    """No reason of a rung leaves the rep without a word, one that a danger brings included."""
    said_elsewhere = (Because.OTHER_CAUSE, Because.CHEAPER_SERVES, Because.SERVES_TOO)
    assert code in said_elsewhere or BOOK.say(f"guide_change_{code.value}")


def test_every_question_can_be_jumped_to() -> None:
    """Whatever stands can be asked at any time, the read-back before its turn and what was put aside included."""
    rep = understood()
    names = {one.name: one for one in rep.guide.anywhere}
    assert {"why:own_words", "cell:success", "fact:assist", "cell:who"} <= set(names)
    assert any(name.startswith("read_back:") for name in names)
    for name in names:
        question_named(name, rep.dossier, rep.call, BIKES)
    told = {one.name: one.answered for one in rep.ticks("fact:assist", "turbo").guide.anywhere}
    assert told["fact:assist"]
    assert not names["fact:assist"].answered


def test_a_remark_is_no_missed_answer() -> None:
    """What does not answer the question shown puts nothing aside: the rep may not have asked it."""
    rep = understood()
    for _ in range(4):
        rep = rep.notes(Heard("the coffee is good here"), under="fact:assist")
    assert "fact:assist" not in rep.dossier.unknown
    assert rep.dossier.misses == {}


def test_an_expectation_no_remedy_meets_is_flagged() -> None:
    """What the customer expects is held against the remedy: what it does not do stands out until they were told."""
    rep = understood(**CHEAP)
    rep.call = rep.call.voicing(Voiced("e1", "our rounds will be faster"))
    flag = rep.guide.flags[0]
    assert flag.against
    assert flag.says == "The advice does not do that: faster rounds. Say so before they agree."
    rep.call = rep.call.voicing(Voiced("e1", "our rounds will be faster", Fate.TOLD))
    assert rep.guide.flags == ()


def test_two_matters_are_worked_one_after_the_other() -> None:
    """A second problem is put aside, and taken up when the first is settled."""
    rep = understood(**CHEAP).notes(reports("brakes_squeal", "and the brakes squeal as well"))
    assert [concern.problem for concern in rep.dossier.concerns] == ["runs_flat", "brakes_squeal"]
    rep.ticks("read_back:round_done", "yes").notes(UNSURE, "cell:success").notes(ACCEPT, "advice:ride_in_tour")
    assert rep.dossier.concern is not None
    assert rep.dossier.concern.problem == "brakes_squeal"
