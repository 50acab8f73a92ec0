"""Whole dialogues with the cargo-bike company, move by move: each situation of a talk ends where it should."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.advice.catalogue import Rung
from bot.advice.dossier import Ask, Consent, Customer, Dossier, DueCheckIn, HandOver, ReferralState
from bot.advice.heard import Act, CellName, FactValue, Heard, Match, Polarity, Trouble
from bot.advice.moves import MoveKind
from bot.advice.need_map import State
from tests.advice.talking import (
    ACCEPT,
    BYE,
    CONTACT,
    INSIST,
    NO,
    PERSON,
    REJECT,
    SKIP,
    THANKS,
    TODAY,
    UNSURE,
    YES,
    Talk,
    advised,
    asks,
    owns,
    reports,
    tells,
    wants,
)
from tests.advice.worlds import BIKES

FLAT, REPAIRS, SQUEAL = "runs_flat", "always_broken", "brakes_squeal"
NORTH = tells(region="north")
ON_TOUR: dict[str, FactValue] = {"assist": "tour", "parking": "inside", "round_km": 30.0}
CARED_FOR: dict[str, FactValue] = {"care": "workshop", "load_kg": 20.0, "fleet_age": 9.0}


@pytest.mark.parametrize(
    ("rung", "remedy", "problem", "facts"),
    [
        ("retrain", "ride_in_tour", FLAT, {"assist": "turbo", "round_km": 30.0}),
        ("reuse", "park_inside", FLAT, {"assist": "tour", "parking": "outside", "battery_age": 1.0, "has_room": True}),
        ("fix", "new_cells", FLAT, {**ON_TOUR, "battery_age": 6.0}),
        ("take_over", "care_plan", REPAIRS, {"care": "riders", "load_kg": 20.0, "fleet_age": 7.0}),
        ("refer", "hauler", REPAIRS, {"care": "workshop", "load_kg": 200.0, "fleet_age": 2.0}),
        ("buy", "heavy_bike", REPAIRS, CARED_FOR),
        ("buy", "long_range", FLAT, {"assist": "eco", "parking": "inside", "battery_age": 1.0, "round_km": 90.0}),
    ],
)
def test_each_rung_is_chosen_in_its_world(rung: str, remedy: str, problem: str, facts: dict[str, FactValue]) -> None:
    """Where a rung is the right one, the talk ends with it."""
    talk = advised(BIKES, problem, **facts)
    assert (talk.move.kind, talk.move.remedy) == (MoveKind.ADVISE, remedy)
    assert BIKES.remedy(talk.move.remedy).rung is Rung(rung)


def test_doing_nothing_is_sometimes_right() -> None:
    """Normal behaviour is called normal, and nothing is sold for it."""
    from bot.advice.catalogue import Likely

    causes = tuple(
        replace(cause, how_common=Likely.USUALLY if cause.id == "winter" else Likely.RARELY)
        for cause in BIKES.problems[REPAIRS].causes
    )
    winter = replace(BIKES, problems={**BIKES.problems, REPAIRS: replace(BIKES.problems[REPAIRS], causes=causes)})
    talk = advised(winter, REPAIRS, care="riders", load_kg=20.0, fleet_age=2.0)
    assert talk.move.remedy == "wait_for_spring"
    assert "change nothing for now" in talk.text


def test_a_request_for_a_product_is_met_with_why() -> None:
    """Who asks for a product is asked what is behind it, and the request is kept as evidence."""
    talk = Talk(BIKES).says(wants("bike", "lr2", "two more bikes"))
    assert talk.kinds == ["ask_why"]
    assert "two more bikes" in talk.text
    assert talk.dossier.concerns[0].text(CellName.REQUEST) == "lr2"
    assert talk.says(reports(FLAT)).move.kind is MoveKind.ASK_CHECK


def test_what_they_own_is_used_and_not_asked() -> None:
    """The age on record is evidence, and is not asked for again."""
    from bot.advice.dossier import Asset

    old = Dossier(assets=(Asset("bike", "c1", "C-1", 6.0, age=7.0),), today=TODAY)
    talk = Talk(BIKES, old).says(reports(FLAT)).asked(assist="tour", parking="inside", round_km=30.0).says(YES)
    assert talk.move.remedy == "new_cells"
    assert "battery_age" not in [move.question.key for move in talk.moves if move.question]


def test_an_asset_named_in_passing_is_kept() -> None:
    """What the customer says they own is added to what they own, once."""
    talk = Talk(BIKES).says(owns("bike", "c1", 3.0), owns("bike", "c1", 4.0))
    assert [(asset.product, asset.quantity) for asset in talk.dossier.assets] == [("c1", 4.0)]


def test_the_napkin_sum_decides() -> None:
    """A condition over the customer's own numbers rules a remedy out, with the sum in the reason."""
    from bot.advice.dossier import Asset

    c1 = Dossier(assets=(Asset("bike", "c1", "C-1", 6.0, age=1.0),), today=TODAY)
    near, far = (
        Talk(BIKES, c1).says(reports(FLAT)).asked(assist="turbo", parking="inside", round_km=km).says(YES) for km in (50.0, 100.0)
    )
    assert near.move.remedy == "ride_in_tour"
    assert far.move.remedy == "long_range"
    why_not = far.says(Heard("why not ride in tour?", (Act.ASKS_WHY_NOT,), rung="retrain")).text
    assert "62.5 km" in why_not
    assert "100 km" in why_not


def test_someone_who_wants_it_off_their_hands_is_offered_that() -> None:
    """A customer who would rather not have the problem is offered the take-over before the cheaper rungs."""
    facts: dict[str, FactValue] = {"care": "nobody", "load_kg": 20.0, "fleet_age": 2.0}
    assert advised(BIKES, REPAIRS, **facts).move.remedy == "oil_weekly"
    hands_off = replace(reports(REPAIRS), acts=(Act.REPORTS_PROBLEM, Act.PREFERS_HANDS_OFF))
    talk = Talk(BIKES).says(hands_off).asked(**facts).says(YES)
    assert talk.move.remedy == "care_plan"


def test_outside_our_limits_we_refer_at_once() -> None:
    """Where the company does not work it says so and refers, without further questions."""
    talk = Talk(BIKES).says(replace(reports(FLAT), told=tells(region="south").told))
    assert (talk.move.kind, talk.move.remedy) == (MoveKind.ADVISE, "limit:region")
    assert "We only work in the north" in talk.text
    assert "Alpine Bikes" in talk.text


def test_outside_our_limits_with_nobody_to_refer_to_we_say_so() -> None:
    """Where the company does not work and knows nobody, it says that, and brings a person."""
    company = BIKES.company
    alone = replace(BIKES, company=replace(company, limits=(replace(company.limits[0], vendor=""),)))
    talk = Talk(alone, Dossier(customer=Customer(region="south"), today=TODAY)).says(reports(FLAT))
    assert talk.kinds == ["ask_contact"]
    assert "We only work in the north" in talk.text
    assert "nobody I could honestly recommend" in talk.text


def test_what_we_do_not_do_is_referred() -> None:
    """Asked for something the company does not do, it introduces the vendor who does."""
    scooter = Heard("a motor scooter", (Act.WANTS_PRODUCT,), not_ours=(Match("scooters", 0.9, "a motor scooter"),))
    talk = Talk(BIKES).says(scooter)
    assert talk.move.remedy == "not_ours:scooters"
    assert talk.says(reports(SQUEAL)).move.remedy != "not_ours:scooters"


def test_what_nobody_does_is_said_honestly() -> None:
    """Asked for something nobody known to the company does, it says so."""
    van = Heard("a delivery van", (Act.WANTS_PRODUCT,), not_ours=(Match("cars", 0.9, "a delivery van"),))
    assert "nobody I could honestly recommend" in Talk(BIKES).says(van).text


def test_two_problems_are_settled_one_after_the_other() -> None:
    """A second problem is parked, said so, and returned to when the first is settled."""
    talk = advised(BIKES, FLAT, assist="turbo", round_km=30.0)
    talk.says(reports(SQUEAL, "and the brakes scream"))
    assert talk.move.kind is MoveKind.AWAIT
    assert "I've noted the other thing too (the brakes squeal)" in talk.text
    talk.says(ACCEPT)
    assert talk.kinds[-1] == "promise"
    assert "Shall we go on with the other thing you mentioned: the brakes squeal?" in talk.text
    talk.says(YES)
    assert talk.dossier.concern is not None
    assert talk.dossier.concern.problem == SQUEAL
    talk.says(tells(text="when it is quiet by friday"), YES)
    assert talk.move.remedy == "blow_out"
    assert [concern.state for concern in talk.dossier.concerns] == [State.ACCEPTED, State.OPEN]


def test_a_parked_problem_may_be_dropped() -> None:
    """Who says no to the parked problem is not asked about it."""
    talk = advised(BIKES, FLAT, assist="turbo", round_km=30.0).says(reports(SQUEAL, "and the brakes scream"), ACCEPT, NO)
    assert talk.move.kind is MoveKind.ANYTHING_ELSE
    assert talk.dossier.concerns[1].state is State.DROPPED


def test_danger_is_said_before_anything_else() -> None:
    """A danger told of is met with what to do now, once, before any question."""
    smoking = replace(reports(FLAT), dangers=(Match("smoke", 0.9, "it smokes"),))
    talk = Talk(BIKES).says(smoking)
    assert talk.kinds == ["warn"]
    assert "Put it outside" in talk.text
    assert talk.says(tells(text="ok, it is outside")).kinds == ["warn", "ask_check"]


def test_a_likely_dangerous_cause_is_warned_of() -> None:
    """A cause that can hurt someone is warned of as soon as it is likely, without being told of."""
    cracked = Heard("the frame cracks", (Act.REPORTS_PROBLEM,), problems=(Match(REPAIRS, 0.9, "the frame cracks"),))
    talk = Talk(BIKES).says(replace(cracked, causes=(Match("cracked_frame", 1.0, "cracks"),)))
    talk.asked(load_kg=200.0, care="workshop", fleet_age=2.0)
    assert "warn" in talk.kinds


def test_insisting_on_a_quote_is_answered_then_respected() -> None:
    """The first demand gets a straight answer and one question; the second brings the person with the dossier."""
    talk = Talk(BIKES).says(wants("bike"), INSIST)
    assert talk.kinds[-1] == "ask_why"
    assert "Mara makes it within a day" in talk.text
    talk.says(INSIST, CONTACT)
    assert talk.kinds[-2:] == ["ask_contact", "hand_over"]
    assert "Mara Lind" in talk.text
    assert talk.dossier.hand_over is HandOver.DONE


def test_a_person_comes_when_asked_for() -> None:
    """Asked for a person, the assistant asks only where to reach the customer; declined, it says whom to call."""
    talk = Talk(BIKES).says(reports(FLAT), PERSON, SKIP)
    assert talk.kinds[-2:] == ["ask_contact", "hand_over"]
    assert "mara@pedal.example" in talk.text


def test_consent_is_asked_for_once_and_answered_at_any_time() -> None:
    """The word about notes comes with the first message; what the customer says about it is respected."""
    talk = Talk(BIKES).says(reports(FLAT))
    assert "keep no notes" in talk.text
    assert talk.dossier.consent is Consent.ASKED
    talk.says(asks(Act.REFUSES_RECORDING, "no notes please"))
    assert talk.dossier.consent is Consent.REFUSED
    assert "nothing of this chat is kept" in talk.text
    assert "keep no notes" not in talk.text
    assert talk.says(asks(Act.ALLOWS_RECORDING, "fine, keep them")).dossier.consent is Consent.GIVEN


def test_a_contact_given_early_is_not_asked_for_again() -> None:
    """Who has left a number already is not asked for one when it is needed."""
    talk = Talk(BIKES).says(CONTACT, reports(FLAT)).asked(**ON_TOUR, battery_age=6.0).says(YES, ACCEPT, NORTH)
    assert talk.kinds[-1] == "promise"
    assert "ask_contact" not in talk.kinds
    assert [promise.due for promise in talk.dossier.promises] == ["2025-05-02", "2025-05-06"]
    assert talk.dossier.promises[-1].check_in_on == "2025-06-05"


def test_whether_we_may_is_checked_before_anything_is_booked() -> None:
    """A yes to something we do is met with the one question about our limits; outside of them the advice is a referral."""
    talk = advised(BIKES, FLAT, **ON_TOUR, battery_age=6.0).says(ACCEPT)
    assert (talk.move.kind, talk.move.question.key if talk.move.question else "") == (MoveKind.ASK_CHECK, "region")
    talk.says(tells(region="south"))
    assert (talk.move.kind, talk.move.remedy) == (MoveKind.ADVISE, "limit:region")
    assert talk.dossier.promises == ()


def test_nothing_is_promised_that_cannot_be_kept() -> None:
    """Who leaves no contact is told how to call us, and no promise is written down that we could not keep."""
    talk = advised(BIKES, FLAT, **ON_TOUR, battery_age=6.0).says(ACCEPT, SKIP, SKIP)
    assert talk.kinds[-3:] == ["ask_check", "ask_contact", "promise"]
    assert "call us" in talk.text
    assert talk.dossier.promises == ()


def _referred() -> Talk:
    return advised(BIKES, REPAIRS, care="workshop", load_kg=200.0, fleet_age=2.0).says(ACCEPT, CONTACT)


def test_an_introduction_is_read_before_it_is_sent() -> None:
    """The customer reads the introduction and says yes before anything is shared."""
    talk = _referred()
    assert talk.kinds[-1] == "refer"
    assert '"it is broken again"' in talk.text
    assert talk.dossier.referrals[0].state is ReferralState.DRAFTED
    talk.says(Heard("yes please, go ahead and send that over to them now", (Act.AFFIRMS,), Polarity.YES))
    assert talk.kinds[-1] == "introduced"
    assert talk.dossier.referrals[0].state is ReferralState.SHARED


def test_an_introduction_can_be_rewritten() -> None:
    """What the customer writes instead is what they read again, and what is sent."""
    talk = _referred().says(Heard("I want to change it", chosen="edit"))
    assert "Write it the way you want it" in talk.text
    talk.says(Heard("Ida, please call me about the yes-or-no of 200 kg loads.", (Act.INFORMS,), Polarity.YES))
    assert "200 kg loads" in talk.text
    assert talk.says(YES).kinds[-1] == "introduced"
    assert talk.dossier.referrals[0].text.startswith("Ida, please call me")


def test_an_introduction_can_be_declined() -> None:
    """Without a yes nothing is shared, and the customer learns how to call themselves."""
    talk = _referred().says(NO)
    assert talk.kinds[-1] == "not_introduced"
    assert "ida@ochs.example" in talk.text
    assert talk.dossier.referrals[0].state is ReferralState.DECLINED


DUE = Dossier(due=(DueCheckIn("3", "ride_in_tour", "Ride in tour mode", "Do the batteries last?"),), today=TODAY)


@pytest.mark.parametrize(
    ("answer", "worked", "said"),
    [
        (YES, True, "Glad to hear it"),
        (NO, False, "it fell short"),
        (Heard("a bit", (Act.REPORTS_OUTCOME,)), None, "noted that in your words"),
        (SKIP, None, "noted that in your words"),
    ],
)
def test_a_due_check_in_comes_first_and_is_noted(answer: Heard, worked: bool | None, said: str) -> None:
    """On the next visit the assistant asks how it went, once, and notes the answer."""
    talk = Talk(BIKES, DUE).says(asks(Act.GREET, "hello"))
    assert talk.kinds == ["check_in"]
    talk.says(answer)
    assert said in talk.text
    assert talk.dossier.due == ()
    assert [(one.promise, one.worked) for one in talk.dossier.checked_in] == [("3", worked)]


def test_a_check_in_waits_for_what_the_customer_came_for() -> None:
    """Who comes with a problem is helped first and asked afterwards how the last thing went."""
    talk = Talk(BIKES, DUE).says(reports(SQUEAL)).says(tells(text="quiet brakes by friday"), YES, ACCEPT, THANKS)
    assert talk.kinds[-2:] == ["promise", "check_in"]


def test_a_served_customer_is_asked_what_they_would_miss() -> None:
    """The closing question to a served customer, once, and its answer kept in their words."""
    talk = advised(BIKES, SQUEAL).says(ACCEPT, BYE)
    assert talk.kinds[-1] == "ask_missed"
    talk.says(Heard("your straight answers, I guess", (Act.INFORMS,)))
    assert talk.kinds[-1] == "farewell"
    assert talk.dossier.closing == "your straight answers, I guess"


@pytest.mark.parametrize("answer", [NO, SKIP, UNSURE, BYE])
def test_the_closing_question_may_be_skipped(answer: Heard) -> None:
    """Who does not care to answer the closing question is let go."""
    talk = advised(BIKES, SQUEAL).says(ACCEPT, NO)
    assert talk.kinds[-1] == "ask_missed"
    assert talk.says(answer).kinds[-1] == "farewell"


def test_a_new_problem_at_the_door_is_served() -> None:
    """Who remembers another problem at the closing question is served, not waved off."""
    talk = advised(BIKES, SQUEAL).says(ACCEPT, BYE, reports(FLAT, "oh, and the battery dies halfway"))
    assert talk.kinds[-1] == "ask_check"
    assert talk.dossier.closing == ""


def test_nobody_is_asked_for_praise_who_was_not_served() -> None:
    """Who leaves before anything was agreed is simply let go."""
    assert Talk(BIKES).says(reports(FLAT), BYE).kinds[-1] == "farewell"


def test_a_denied_read_back_asks_what_is_wrong_and_reads_back_again() -> None:
    """A no to the read-back asks what is wrong; the explanation becomes the words that are read back."""
    talk = Talk(BIKES).says(reports(SQUEAL), tells(text="when it is quiet by friday"), NO)
    assert (talk.move.kind, talk.move.question.key if talk.move.question else "") == (MoveKind.ASK_WHY, "denied")
    talk.says(tells(Act.GIVES_REASON, text="it is the neighbours who complain"))
    assert talk.kinds[-1] == "read_back"
    assert "the neighbours who complain" in talk.text


def test_a_read_back_denied_again_and_again_brings_a_person() -> None:
    """Whoever cannot be understood is not kept in a circle."""
    talk = Talk(BIKES).says(reports(SQUEAL), tells(text="when it is quiet by friday"))
    for _ in range(3):
        talk.says(NO, tells(text="that is not what I mean"))
    assert "ask_contact" in talk.kinds
    assert talk.dossier.hand_over_why == "unclear"


def test_another_problem_said_at_the_read_back_replaces_the_first() -> None:
    """A no that says what it is instead is taken at its word."""
    talk = Talk(BIKES).says(reports(SQUEAL), tells(text="when it is quiet by friday"))
    talk.says(replace(reports(FLAT, "no, the battery dies halfway"), polarity=Polarity.NO))
    assert talk.dossier.concerns[0].problem == FLAT
    assert talk.move.kind is MoveKind.ASK_CHECK


def test_a_changed_mind_starts_over_and_keeps_what_was_said() -> None:
    """Who wants something else now gets a new concern; the old one is kept, dropped."""
    changed = replace(reports(FLAT, "forget it, it is the battery"), acts=(Act.CHANGES_MIND,))
    talk = Talk(BIKES).says(reports(SQUEAL), changed)
    assert [concern.state for concern in talk.dossier.concerns] == [State.DROPPED, State.OPEN]
    assert talk.dossier.concern is not None
    assert talk.dossier.concern.problem == FLAT


def test_dropping_the_matter_drops_it() -> None:
    """Who says to forget it is asked whether there is anything else, not the same question again."""
    talk = Talk(BIKES).says(reports(FLAT), Heard("forget it", (Act.CHANGES_MIND,)))
    assert talk.kinds[-1] == "anything_else"


def test_two_readings_are_offered_never_guessed() -> None:
    """When two problems fit what was said, the customer picks; the pick settles it."""
    unclear = Heard("it stops", (Act.REPORTS_PROBLEM,), problems=(Match(FLAT, 0.5, "it"), Match(REPAIRS, 0.45, "it")))
    talk = Talk(BIKES).says(unclear)
    assert talk.kinds == ["ask_meant"]
    assert talk.says(Heard("the battery one", chosen=FLAT)).dossier.concerns[0].problem == FLAT


def test_none_of_the_readings_asks_in_other_words() -> None:
    """None of these is an answer: those readings do not come back."""
    unclear = Heard("it stops", (Act.REPORTS_PROBLEM,), problems=(Match(FLAT, 0.5, "it"), Match(REPAIRS, 0.45, "it")))
    talk = Talk(BIKES).says(unclear, Heard("None of these", chosen="other"))
    assert talk.kinds[-1] == "ask_why"
    assert talk.says(unclear, unclear, unclear).kinds.count("ask_meant") == 1


def test_a_correction_after_the_advice_changes_the_advice() -> None:
    """A number corrected late changes the advice, and the assistant says so."""
    talk = advised(BIKES, FLAT, assist="turbo", round_km=30.0)
    talk.says(tells(Act.CORRECTS, assist="tour", parking="inside", battery_age=6.0, text="no, tour, and they are 6"))
    assert (talk.move.kind, talk.move.remedy) == (MoveKind.ADVISE, "new_cells")
    assert "That changes my advice" in talk.text
    assert talk.dossier.concerns[0].rejected == ()


def test_why_do_you_ask_is_answered_with_the_reason() -> None:
    """Asked why it asks, the assistant says why and asks the same again."""
    talk = Talk(BIKES).says(reports(FLAT), asks(Act.ASKS_WHY_ASKED, "why do you ask?"))
    assert talk.move.again
    assert "It decides which battery is enough" in talk.text
    assert "You don't have to answer" in talk.text


@pytest.mark.parametrize("trouble", list(Trouble))
def test_a_message_that_cannot_be_read_changes_nothing(trouble: Trouble) -> None:
    """Empty, garbled or foreign: the assistant says so, and the question stays open."""
    talk = Talk(BIKES).says(reports(FLAT), Heard("", trouble=trouble))
    assert talk.move.again
    assert talk.dossier.open == talk.moves[0].question


def test_leaving_and_coming_back_goes_on_where_it_stopped() -> None:
    """After a goodbye in the middle, the next message finds everything as it was."""
    talk = Talk(BIKES).says(reports(FLAT), tells(assist="turbo", round_km=30.0), BYE, asks(Act.GREET, "me again"))
    assert talk.kinds[-2:] == ["farewell", "ask_cell"]


def test_erasing_begins_a_new_dossier() -> None:
    """After an erasure nothing of the old talk is left."""
    talk = Talk(BIKES).says(reports(FLAT), asks(Act.ASKS_ERASURE, "delete my data"), YES)
    assert talk.kinds[-2:] == ["confirm_erasure", "erased"]
    talk.says(asks(Act.GREET, "hello"))
    assert talk.dossier.concerns == ()
    assert talk.dossier.open is not None
    assert talk.dossier.open.ask is Ask.ANYTHING


def test_rejecting_everything_ends_with_a_person() -> None:
    """When the customer turns down every way, a person is brought in rather than anything pushed."""
    talk = advised(BIKES, SQUEAL).says(REJECT)
    assert talk.kinds[-1] == "ask_contact"
    assert talk.dossier.hand_over_why == "no_remedy"


@pytest.mark.parametrize(("compared", "booked"), [(False, "oil_weekly"), (True, "care_plan")])
def test_a_yes_means_another_way_only_when_others_were_told_of(compared: bool, booked: str) -> None:
    """A yes that happens to resemble another remedy takes the advice; after the options were laid out it takes that one."""
    talk = advised(BIKES, REPAIRS, care="nobody", load_kg=20.0, fleet_age=2.0)
    if compared:
        talk.says(asks(Act.ASKS_OPTIONS, "what else is there?"))
    talk.says(replace(ACCEPT, text="fine, keep them running", remedy="care_plan"))
    assert talk.dossier.concerns[0].accepted == booked


def test_a_priority_decides_between_ways_of_one_kind() -> None:
    """What matters most to the customer decides between remedies on the rungs of what they own."""
    from bot.advice.catalogue import Attribute

    quick = replace(BIKES.remedies["blow_out"], id="quick", rung=Rung.FIX, attributes={Attribute.TIMELINESS: 5})
    slow = replace(BIKES.remedies["blow_out"], attributes={Attribute.TIMELINESS: 1})
    world = replace(BIKES, remedies={**BIKES.remedies, "blow_out": slow, "quick": quick})
    assert advised(world, SQUEAL).move.remedy == "blow_out"
    hasty = Heard("as long as it's quick", (Act.PREFERS,), cells={CellName.PRIORITY: "timeliness"})
    talk = Talk(world).says(hasty, reports(SQUEAL), tells(text="quiet by friday"), YES)
    assert talk.move.remedy == "quick"
