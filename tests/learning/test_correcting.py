"""Correcting turns: attributed, undoable, one at a time, and turned into examples, phrasings and tests on acceptance only."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content import load
from bot.content.said_as import PhraseRefused
from bot.learning.correcting import standing
from bot.learning.corrections import NOTHING, Correction, CorrectionInvalid, Part, Thing
from bot.learning.voices import read_examples
from bot.store import Conflict, NotFound, open_store
from bot.store.corrections import Proposal, ProposalState
from tests.learning.coffee import Coffee, coffee

QUEUE = Correction(
    acts=(Part("reports_problem"),), problem="long_queue", words={"problem": "my people stand around for ages"}, note="a queue"
)
FACT = Correction(facts={"when_slow": "at_nine"}, reason="before the nine o'clock meeting", move="ask_check", asks="drinkers")


@pytest.fixture
def shop(tmp_path: Path) -> Coffee:
    """The coffee company."""
    return coffee(tmp_path)


def accept_all(shop: Coffee, seq: int = 2) -> list[Proposal]:
    """Accept everything that waits of a turn."""
    waiting = [one for one in shop.corrector.look("chat", seq).proposals if one.state is ProposalState.WAITING]
    return [shop.corrector.decide(one.id, True, "Tara") for one in waiting]


def test_a_correction_says_who_made_it_and_changes_no_file(shop: Coffee) -> None:
    """A correction carries its author's name and waits: training data, catalogue and tests change on acceptance only."""
    before = shop.bytes()
    found = shop.corrector.correct("chat", 2, QUEUE, by="Tara", seen=0)
    assert (found.versions[-1].by, found.correction, found.seen) == ("Tara", QUEUE, 1)
    assert {one.kind: one.target for one in found.proposals}.keys() == {"example", "phrasing", "test"}
    assert all(one.state is ProposalState.WAITING for one in found.proposals)
    assert shop.bytes() == before


def test_accepted_proposals_reach_data_catalogue_and_tests(shop: Coffee) -> None:
    """An example is one for Rasa, a phrasing one of the catalogue, and the test a dialogue with what is expected."""
    shop.corrector.correct("chat", 2, QUEUE, by="Tara", seen=0)
    accept_all(shop)
    examples = list(read_examples(shop.files.examples_file))
    assert [(one.text, one.act) for one in examples] == [
        ("my people stand around for ages before the nine o'clock meeting", "reports_problem")
    ]
    assert examples[0].voice.startswith("learnt_")
    assert "my people stand around for ages" in load(shop.folder / "brightcup").problems["long_queue"].said_as
    (dialogue,) = yaml.safe_load(shop.files.tests_file.read_text())
    assert dialogue["trade"] == "brightcup"
    assert dialogue["turns"][-1]["problem"] == "long_queue"
    assert dialogue["turns"][-1]["heard"] == ["reports_problem"]


def test_a_test_presses_the_button_that_was_pressed(shop: Coffee) -> None:
    """A ready reply stays a ready reply in the test, and is no example of how people write."""
    found = shop.corrector.correct("chat", 3, Correction(acts=(Part("informs"),), facts={"when_slow": "always"}), "Tara", 0)
    assert {one.kind for one in found.proposals} == {"test"}
    assert found.proposals[0].content["turns"][-1]["press"] == "All day"


def test_nothing_personal_is_learnt(shop: Coffee) -> None:
    """Names, phones and mails give way to stand-ins, in examples, phrasings and tests alike."""
    correction = Correction(acts=(Part("wants_product"),), things=(Thing("quattro", "a bigger coffee machine", "0"),))
    shop.corrector.correct("chat", 1, correction, "Tara", 0)
    last = Correction(
        acts=(Part("gives_reason"),), cause="chalky", words={"cause": "nobody ever cleans it"}, should_say="Jana: clean it"
    )
    shop.corrector.correct("chat", 4, last, "Tara", 0)
    for seq in (1, 4):
        accept_all(shop, seq)
    learnt = b"".join(content for name, content in shop.bytes().items())
    for personal in (b"Jana", b"Voss", b"0171", b"5554443", b"Seeblick"):
        assert personal not in learnt
    assert b"Kim Sander here, we want" in learnt


@pytest.mark.parametrize("seq", [1, 2, 4])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_correction_and_its_undo_leave_every_file_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, seq: int, data: st.DataObject
) -> None:
    """Whatever was corrected and accepted, over whatever was accepted before: undone, every byte of every file is back."""
    shop = coffee(tmp_path_factory.mktemp("shop"))
    shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    for one in shop.corrector.look("chat", 2).proposals:
        if data.draw(st.booleans()):
            shop.corrector.decide(one.id, True, "Tara")
    before = shop.bytes()
    seen = shop.corrector.look("chat", seq).seen
    for step in range(data.draw(st.integers(1, 3))):
        shop.corrector.correct("chat", seq, data.draw(corrections(seq)), "Ben", seen + step)
        for one in shop.corrector.look("chat", seq).proposals:
            if one.state is ProposalState.WAITING and data.draw(st.booleans()):
                shop.corrector.decide(one.id, True, "Ben")
    while shop.corrector.look("chat", seq).versions[-1].number > seen and _is_bens(shop, seq):
        shop.corrector.undo("chat", seq, "Ben", shop.corrector.look("chat", seq).seen)
    assert shop.bytes() == before


def _is_bens(shop: Coffee, seq: int) -> bool:
    """Whether a correction of Ben's stands."""
    found = shop.corrector.look("chat", seq)
    number = standing(found.versions)
    return number > 0 and found.versions[number - 1].by == "Ben"


def corrections(seq: int) -> st.SearchStrategy[Correction]:
    """Corrections of the coffee conversation that can be taken."""
    words = {1: "a bigger coffee machine", 2: "stand around for ages", 4: "nobody ever cleans it"}[seq]
    return st.builds(
        Correction,
        acts=st.lists(
            st.builds(Part, st.sampled_from(["informs", "complains", "reports_problem"]), st.sampled_from(["", words])), max_size=2
        ).map(tuple),
        facts=st.dictionaries(st.just("when_slow"), st.sampled_from(["at_nine", "always", NOTHING])),
        problem=st.sampled_from(["", "long_queue", NOTHING]),
        cause=st.sampled_from(["", "chalky", "too_small"]),
        words=st.dictionaries(st.sampled_from(["problem", "cause", "when_slow"]), st.just(words)),
        reason=st.sampled_from(["", words]),
        move=st.sampled_from(["", "ask_why"]),
        note=st.text(st.characters(exclude_categories=["C"]), max_size=30),
    )


def test_the_second_trainer_sees_the_firsts_correction(shop: Coffee) -> None:
    """Who corrects a turn that somebody else corrected meanwhile is told so, and nothing of either is lost or mixed."""
    shop.corrector.correct("chat", 2, QUEUE, "Tara", seen=0)
    with pytest.raises(Conflict, match="Somebody else corrected this turn"):
        shop.corrector.correct("chat", 2, FACT, "Ben", seen=0)
    found = shop.corrector.look("chat", 2)
    assert (found.correction, found.versions[-1].by, len(found.versions)) == (QUEUE, "Tara", 1)
    assert shop.corrector.correct("chat", 2, FACT, "Ben", seen=1).correction == FACT


def test_two_at_the_same_moment_make_one_correction(tmp_path: Path) -> None:
    """Of two trainers who save at the very same moment over a real database, one is stored and one is told."""
    shop = coffee(tmp_path, open_store(f"sqlite:///{tmp_path / 'a.sqlite3'}"))
    told: list[str] = []

    def save(by: str) -> None:
        try:
            shop.corrector.correct("chat", 2, QUEUE, by, seen=0)
            told.append("stored")
        except Conflict:
            told.append("told")

    both = [threading.Thread(target=save, args=(name,)) for name in ("Tara", "Ben")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(told) == ["stored", "told"]
    assert len(shop.corrector.look("chat", 2).versions) == 1
    shop.store.close()


def test_undoing_twice_goes_back_twice(shop: Coffee) -> None:
    """Each undo takes back one correction more, until nothing is left to undo."""
    shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    shop.corrector.correct("chat", 2, FACT, "Tara", 1)
    assert shop.corrector.undo("chat", 2, "Ben", 2).correction == QUEUE
    found = shop.corrector.undo("chat", 2, "Ben", 3)
    assert not found.correction
    assert all(one.state is ProposalState.WITHDRAWN for one in found.proposals)
    with pytest.raises(NotFound):
        shop.corrector.undo("chat", 2, "Ben", 4)


def test_what_had_been_accepted_is_accepted_again_after_an_undo(shop: Coffee) -> None:
    """A correction over an accepted one takes its examples away; undone, they are back without another decision."""
    shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    accept_all(shop)
    before = shop.bytes()
    shop.corrector.correct("chat", 2, Correction(note="never mind"), "Ben", 1)
    assert not shop.files.examples_file.exists()
    shop.corrector.undo("chat", 2, "Ben", 2)
    assert shop.bytes() == before


def test_refused_proposals_reach_nothing_and_can_be_thought_over(shop: Coffee) -> None:
    """What is refused is in no file; a decision can be taken back and taken anew."""
    before = shop.bytes()
    found = shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    for one in found.proposals:
        shop.corrector.decide(one.id, False, "Ben")
    assert shop.bytes() == before
    again = shop.corrector.reconsider(found.proposals[0].id, "Ben")
    assert again.state is ProposalState.WAITING
    shop.corrector.decide(again.id, True, "Ben")
    shop.corrector.reconsider(again.id, "Ben")
    assert shop.bytes() == before


def test_a_diff_shows_what_accepting_changes(shop: Coffee) -> None:
    """Before anything is accepted, its diff shows the very line that will be added, and where."""
    found = shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    diffs = {one.kind: shop.corrector.preview(one) for one in found.proposals}
    assert "+    - text: |" in diffs["example"] or "+  - text: |" in diffs["example"]
    assert "catalogue.yml" in diffs["phrasing"]
    assert ", my people stand around for ages]" in diffs["phrasing"]
    assert "+- dialogue:" in diffs["test"]


def test_erasing_a_conversation_takes_its_words_out_of_everything(shop: Coffee) -> None:
    """After an erasure, training data, tests and catalogue hold nothing of the conversation."""
    before = shop.bytes()
    shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    accept_all(shop)
    (shop.folder / "data" / "models" / "cache").mkdir(parents=True)
    with shop.store.begin() as work:
        assert work.erase_conversation("chat")
    shop.corrector.sync()
    assert shop.bytes() == before
    assert not (shop.folder / "data" / "models" / "cache").exists()


def test_what_the_author_wrote_too_stays_when_ours_goes(shop: Coffee) -> None:
    """A phrase the catalogue's author has written is never taken out with a correction."""
    shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    file = shop.folder / "brightcup" / "catalogue.yml"
    file.write_text(file.read_text().replace("we wait ages for a cup", "we wait ages for a cup, my people stand around for ages"))
    written = file.read_bytes()
    accept_all(shop)
    shop.corrector.undo("chat", 2, "Tara", 1)
    assert file.read_bytes() == written


def test_a_catalogue_that_cannot_be_written_is_told_and_nothing_is_accepted(shop: Coffee) -> None:
    """Where the catalogue's file does not take the phrase, the proposal waits on and says what to do."""
    file = shop.folder / "brightcup" / "catalogue.yml"
    said_as = "[there is always a queue at the machine, we wait ages for a cup, it takes too long in the morning]"
    file.write_text(file.read_text().replace(said_as, "there is always a queue"))
    found = shop.corrector.correct("chat", 2, QUEUE, "Tara", 0)
    phrasing = next(one for one in found.proposals if one.kind == "phrasing")
    with pytest.raises(PhraseRefused, match="is no list"):
        shop.corrector.decide(phrasing.id, True, "Tara")
    after = next(one for one in shop.corrector.look("chat", 2).proposals if one.id == phrasing.id)
    assert after.state is ProposalState.WAITING
    assert "is no list" in shop.corrector.preview(after)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Correction(acts=(Part("dances"),)), "acts"),
        (Correction(acts=(Part("informs", "words never said"),)), "acts"),
        (Correction(problem="no_such"), "problem"),
        (Correction(cause="no_such"), "cause"),
        (Correction(meant="no_such"), "meant"),
        (Correction(facts={"no_such": "1"}), "fact:no_such"),
        (Correction(facts={"when_slow": "never"}), "fact:when_slow"),
        (Correction(facts={"drinkers": "many"}), "fact:drinkers"),
        (Correction(move="dance"), "move"),
        (Correction(reason="words never said"), "reason"),
        (Correction(things=(Thing("boat", ""),)), "things"),
        (Correction(note="x" * 3000), "note"),
    ],
)
def test_a_correction_that_cannot_be_is_told_by_field(shop: Coffee, wrong: Correction, field: str) -> None:
    """What names nothing known, or quotes what was not said, is refused beside its field and stores nothing."""
    with pytest.raises(CorrectionInvalid) as told:
        shop.corrector.correct("chat", 2, wrong, "Tara", 0)
    assert list(told.value.errors) == [field]
    assert not shop.corrector.look("chat", 2).versions
