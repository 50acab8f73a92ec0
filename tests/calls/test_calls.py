"""A rep's call as it is stored: every action once, before anything else consent, and nothing that erasure would miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.advice.catalogue import Rung
from bot.advice.dossier import Consent
from bot.advice.heard import CellName
from bot.calls import Action, Calls, Refused, prepared
from bot.store import NotFound, Store, open_store, records
from tests.advice.worlds import BIKES
from tests.calls.couriers import NOW, Held, anna, calls_over


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own, where time stands still."""
    opened = open_store(f"sqlite:///{tmp_path / 'calls.db'}", clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def calls(store: Store) -> Calls:
    """The use case over it."""
    return calls_over(store)


def test_consent_comes_before_anything_the_customer_says(calls: Calls) -> None:
    """Nothing said is stored before the customer was asked; who is present may be noted all the same."""
    held = Held(calls).does("person", name="Mr Ochs", role="decides", here=True)
    with pytest.raises(Refused, match="not been asked"):
        held.says("the battery dies before noon")
    with calls.store.read() as work:
        assert work.turns.after(held.id) == ()
    held.allowed().says("the battery dies before noon")
    with calls.store.read() as work:
        asked = work.consents.of_conversation(held.id)
        assert [(one.topic, one.answer) for one in asked] == [("notes", records.Consent.GIVEN)]
        assert [turn.user_text for turn in work.turns.after(held.id)] == ["yes", "the battery dies before noon"]


def test_every_capture_is_a_turn_of_a_rep_conversation(calls: Calls, store: Store) -> None:
    """A note and a tick are stored as turns with what was heard, the need map, the move and the guide's words."""
    held = Held(calls).allowed().says("the battery dies before noon").ticks("fact:assist", "turbo")
    with store.read() as work:
        conversation = work.conversations.require(held.id)
        note, tick = work.turns.after(held.id)[1:]
    assert conversation.face is records.Face.REP
    assert note.heard["problems"][0]["id"] == "runs_flat"
    assert tick.heard["told"][0]["value"] == "turbo"
    assert tick.move["call"]["question"] == "fact:assist"
    assert tick.message[0]["text"]


def test_an_action_sent_twice_is_done_once(calls: Calls) -> None:
    """A retry after a lost answer changes nothing."""
    held = Held(calls).allowed()
    for _ in range(3):
        held.does("note", id="n-1", text="calls back on Friday")
        held.does("talk", id="t-1", who="customer", seconds=12)
    assert [note.text for note in held.seen.call.notes] == ["calls back on Friday"]
    assert held.seen.call.talk == {"customer": 12.0}


def test_two_people_change_one_call(calls: Calls) -> None:
    """What a colleague adds is there for the other, and neither undoes the other."""
    held = Held(calls).allowed()
    held.does("note", id="a", by="ada", text="from Ada").does("note", id="b", by="jo", text="from Jo")
    held.does("note", id="c", by="ada", note="a", text="from Ada, corrected")
    assert [(note.text, note.by) for note in held.seen.call.notes] == [("from Ada, corrected", "ada"), ("from Jo", "jo")]
    assert calls.seq(held.id) == held.seen.seq == 4


def test_refusing_notes_leaves_nothing_on_disk(calls: Calls, store: Store) -> None:
    """The call goes on in memory only; the records keep a count and nothing else."""
    held = Held(calls, customer=anna(store).id).does("consent", answer="refused").says("the battery dies before noon")
    assert held.seen.dossier.consent is Consent.REFUSED
    assert not held.seen.kept
    with store.read() as work:
        assert work.conversations.get(held.id) is None
        assert work.calls.get(held.id) is None
        assert work.counters.totals()["recording_refused"] == 1


def test_the_last_note_is_taken_back_in_one_step(calls: Calls) -> None:
    """A wrong note is undone: the dossier is as before it, and one more step goes back further."""
    held = Held(calls).allowed().says("the battery dies before noon").ticks("fact:assist", "turbo")
    held.does("undo")
    assert "assist" not in held.seen.dossier.facts
    held.does("undo")
    assert held.seen.dossier.concerns == ()
    with pytest.raises(Refused, match="nothing to take back"):
        held.does("undo")


def test_a_yes_writes_its_promises_once(calls: Calls, store: Store) -> None:
    """Accepted advice makes promises in the ledger, with owner, due date and check-in; undoing does not take them away."""
    held = Held(calls, customer=anna(store).id).allowed().says("the battery dies before noon")
    held.says("90 km", question="fact:round_km").ticks("fact:assist", "eco").ticks("fact:parking", "inside")
    held.says("1 years", question="fact:battery_age").says("every round done", question="cell:success")
    held.ticks("read_back:round_done", "yes")
    assert held.seen.guide.aloud[0].name == "advice:long_range"
    held.ticks("advice:long_range", "yes", "yes, do that")
    (promise,) = held.seen.promises
    assert (promise.remedy_id, promise.due, promise.owner) == ("long_range", date(2025, 5, 22), "Pedal Works")
    with pytest.raises(Refused, match="promised"):
        held.does("undo")
    with store.read() as work:
        assert work.counters.totals()["advised_buy"] == 1


def test_a_purchase_nobody_advised_cannot_be_ticked(calls: Calls) -> None:
    """There is no action that books a purchase the engine has not let through."""
    held = Held(calls).allowed().says("the battery dies before noon")
    with pytest.raises(Refused, match="no longer stands"):
        held.ticks("advice:long_range", "yes")
    assert held.seen.promises == ()
    assert next(row for row in held.seen.guide.rungs if row.rung is Rung.BUY).remedy == ""


def test_a_yes_to_advice_is_ticked_never_read_out_of_a_sentence(calls: Calls) -> None:
    """A note that sounds like a yes while advice stands accepts nothing."""
    held = Held(calls).allowed().says("the battery dies before noon").says("30 km", question="fact:round_km")
    held.ticks("fact:assist", "turbo").says("every round done", question="cell:success").ticks("read_back:round_done", "yes")
    advice = held.seen.guide.aloud[0].name
    held.says("that is it, always turbo", question=advice)
    assert held.seen.promises == ()
    assert held.seen.guide.aloud[0].name == advice


def test_promises_made_aloud_have_owner_and_date(calls: Calls) -> None:
    """A promise is stored with who and by when; one noted by mistake is taken out; a day that passed is refused."""
    held = Held(calls).allowed().does("promise", text="send the mode card", due="2025-05-02")
    (promise,) = held.seen.promises
    assert (promise.owner, promise.what, promise.due) == ("ada", "send the mode card", date(2025, 5, 2))
    with pytest.raises(Refused, match="passed"):
        held.does("promise", text="call back", due="2025-04-30")
    with pytest.raises(Refused, match="no date"):
        held.does("promise", text="call back", due="soon")
    held.does("withdraw", promise=promise.id)
    assert held.seen.promises == ()


def test_an_introduction_is_shared_only_with_consent_and_as_heard(calls: Calls) -> None:
    """A referral is drafted around their words; nothing is shared before they agree, and then exactly what they heard."""
    held = Held(calls).allowed().says("the battery dies before noon").does("refer", vendor="ochs")
    (referral,) = held.seen.referrals
    assert '"the battery dies before noon"' in referral.introduction
    assert referral.shared is None
    held.does("share", referral=referral.id, agreed=True, text="Ida, please call Anna.")
    (referral,) = held.seen.referrals
    assert referral.shared is not None
    assert referral.shared["introduction"] == "Ida, please call Anna."
    with pytest.raises(Refused, match="made already"):
        held.does("share", referral=referral.id, agreed=True, text="again")


def test_an_expert_gets_the_whole_dossier(calls: Calls) -> None:
    """Bringing an expert in hands over everything known, and the call goes on."""
    held = Held(calls).allowed().says("the battery dies before noon").does("expert", text="two bikes at once")
    (hand_over,) = held.seen.hand_overs
    assert hand_over.to_whom == "Mara Lind, workshop lead"
    assert hand_over.dossier["concerns"][0]["cells"]["problem"]["value"] == "runs_flat"
    assert held.seen.guide.questions


def test_a_danger_is_said_before_anything_else(calls: Calls) -> None:
    """A danger told of stands first until the rep marks it as said."""
    held = Held(calls).allowed().says("there is smoke from one")
    (danger,) = held.seen.guide.aloud
    assert danger.kind == "danger"
    assert "A smoking battery can burn. Put it outside." in danger.say
    held.does("danger", name=danger.name)
    assert held.seen.guide.aloud == ()


def test_a_discount_offered_is_noted(calls: Calls) -> None:
    """What the rep offers in their own words is noted as a slip, and can be taken off when it was none."""
    held = Held(calls).allowed().says("I can give you 10 % off", who="rep", question="")
    assert [slip.kind.value for slip in held.seen.call.slips] == ["discount"]
    held.does("slip", text="I can give you 10 % off", remove=True)
    assert held.seen.call.slips == ()


@pytest.mark.parametrize(
    ("kind", "data", "about"),
    [
        ("said", {"text": "  ", "who": "customer"}, "text"),
        ("said", {"text": "x" * 2001, "who": "customer"}, "text"),
        ("said", {"text": "hello", "who": "nobody"}, "who"),
        ("note", {"text": 7}, "text"),
        ("person", {"name": "Ida", "role": "sings"}, "role"),
        ("talk", {"who": "customer", "seconds": -1}, "seconds"),
        ("talk", {"who": "customer", "seconds": True}, "seconds"),
        ("refer", {"vendor": "nobody"}, "vendor"),
        ("consent", {"answer": "maybe"}, "answer"),
        ("settle", {"expectation": "e", "fate": "hope"}, "fate"),
    ],
)
def test_bad_input_is_refused_beside_its_field(calls: Calls, kind: str, data: dict[str, Any], about: str) -> None:
    """What cannot be done says which field is wrong and what to write, and changes nothing."""
    held = Held(calls).allowed()
    with pytest.raises(Refused) as refused:
        held.does(kind, **data)
    assert refused.value.about == about
    assert refused.value.do
    assert held.seen.seq == 1


def test_an_unknown_action_or_call_is_refused(calls: Calls) -> None:
    """Nothing happens to a call that is not there, and nothing unknown happens at all."""
    with pytest.raises(NotFound):
        calls.do("nowhere", Action("m", "note", "ada", {"text": "x"}))
    with pytest.raises(Refused, match="nothing that can be done"):
        Held(calls).does("explode")


def test_a_chat_handed_over_opens_with_its_dossier(calls: Calls, store: Store) -> None:
    """The rep starts where the chat stopped, the hand-over is taken, and erasing the chat erases the call as well."""
    chat = Held(calls).allowed().says("the battery dies before noon").ticks("fact:assist", "turbo")
    with store.begin() as work:
        work.hand_overs.add(records.HandOver(conversation_id=chat.id, to_whom="Mara", reason="asked"))
    held = Held(calls, chat=chat.id)
    assert held.seen.dossier.consent is Consent.UNASKED
    concern = held.seen.dossier.concern
    assert concern is not None
    assert concern.quote(CellName.PROBLEM) == "the battery dies before noon"
    with store.read() as work:
        assert work.hand_overs.waiting() == ()
    with store.begin() as work:
        work.erase_conversation(chat.id)
    with pytest.raises(NotFound):
        calls.see(held.id)


def test_a_prepared_call_is_not_forgotten_before_it_is_held(calls: Calls, store: Store) -> None:
    """A call prepared in the morning is there in the afternoon: nothing the customer said is in it yet."""
    held = Held(calls, customer=anna(store).id)
    assert store.purge_expired(NOW.replace(hour=20)) == 0
    assert held.seen.dossier.customer.name == "Anna Berg"


def test_preparing_shows_everything_known(calls: Calls, store: Store) -> None:
    """In one look: what they own and how old it is, open promises, and what was understood before."""
    customer = anna(store)
    held = Held(calls, customer=customer.id).allowed().says("the battery dies before noon")
    held.does("promise", text="send the mode card", due="2025-05-02")
    with store.read() as work:
        brief = prepared(work, customer.id, BIKES, NOW.date())
    (owned,) = brief.owned
    assert (owned.name, owned.quantity, round(owned.age or 0), owned.superseded) == ("C-1", 2, 6, True)
    assert [promise.what for promise in brief.promises] == ["send the mode card"]
    assert brief.past[0].understood[0] == "“the battery dies before noon”"
    with store.read() as work:
        assert prepared(work, "", BIKES, NOW.date()).customer is None


def test_two_answers_to_one_question_meet(calls: Calls) -> None:
    """Another answer given meanwhile by somebody else is said plainly and kept; the same answer, or one's own, is no conflict."""
    held = Held(calls).allowed().says("the battery dies before noon")
    looked = held.seen.seq
    held.does("tick", by="jo", question="fact:assist", value="eco", label="Eco", page="p-jo", seen=looked)
    with pytest.raises(Refused, match="jo noted something else here meanwhile: “Eco”") as refused:
        held.does("tick", question="fact:assist", value="turbo", page="p-ada", seen=looked)
    assert refused.value.about == "conflict"
    held.does("tick", question="fact:assist", value="eco", page="p-ada", seen=looked)
    held.does("tick", question="fact:assist", value="turbo", page="p-ada", seen=looked)
    assert held.seen.dossier.facts["assist"].value == "turbo"


def test_taking_back_takes_back_what_was_meant(calls: Calls) -> None:
    """Somebody else's later note is not taken back by mistake; what was noticed in a note goes with it."""
    held = Held(calls).allowed().says("the battery dies before noon")
    held.does("said", id="mine", text="I expect it to never happen again", who="customer", question="")
    assert [one.quote for one in held.seen.call.voiced] == ["I expect it to never happen again"]
    held.does("said", id="theirs", by="jo", text="30 km", who="customer", question="")
    with pytest.raises(Refused, match="jo noted something after that: “30 km”"):
        held.does("undo", of="mine")
    held.does("undo", of="theirs").does("undo", of="mine")
    assert held.seen.call.voiced == ()


def test_a_note_says_what_was_noticed_in_it(calls: Calls) -> None:
    """An expectation of theirs and an offer of one's own stand under the note they were made in."""
    held = Held(calls).allowed().says("the battery dies before noon")
    held.does("said", text="I expect it to never happen again", who="customer", question="")
    held.does("said", text="then I could do ten percent off", who="rep", question="")
    took = [one.taken for one in held.seen.log if one.kind == "said"]
    assert took[1] == ("An expectation: see what the advice says to it before the call ends",)
    assert took[2] == ("A discount was offered: see below, and go back to what it is worth to them",)


def test_a_call_outlives_an_edit_of_the_catalogue(store: Store) -> None:
    """When the company takes a problem out of its catalogue, a call about it still opens, and their words stand."""
    held = Held(calls_over(store)).allowed().says("the battery dies before noon")
    edited = calls_over(store, replace(BIKES, problems={}))
    seen = edited.see(held.id)
    assert seen.log[-1].text == "the battery dies before noon"
    edited.do(held.id, Action("later", "note", "ada", {"text": "ask again"}))
    assert [note.text for note in edited.see(held.id).call.notes] == ["ask again"]
