"""Opinions: one form for what either model says of a message."""

import json
from pathlib import Path

import pytest

from bot.learning.opinions import Opinion, ours, stock
from bot.learning.stock import StockFailed, objects_in, stock_opinions

RANKING = [{"name": "greet", "confidence": 0.7}, {"name": "leave", "confidence": 0.2}]


def test_our_parse_gives_all_acts_and_the_score_of_being_understood() -> None:
    """Acts come main one first; above the threshold the message counts as understood."""
    acts = [{"name": "greet", "confidence": 0.7, "text": "hi"}, {"name": "thank", "confidence": 0.5, "text": "ta"}]
    parse = {"intent_ranking": RANKING, "acts": acts, "understood": 0.6, "reading": {"trouble": None}}
    assert ours(parse, 0.3) == Opinion((("greet", 0.7), ("leave", 0.2)), ("greet", "thank"), 0.6, False)


@pytest.mark.parametrize(("understood", "trouble"), [(0.2, None), (0.9, "language")])
def test_a_doubtful_or_foreign_message_is_turned_away(understood: float, trouble: str | None) -> None:
    """Below the threshold, or in another language, the message is not understood."""
    parse = {"intent_ranking": RANKING, "understood": understood, "reading": {"trouble": trouble}}
    assert ours(parse, 0.3).turned_away


def test_a_message_of_another_topic_is_kept_out_though_understood() -> None:
    """Small talk and other topics never become a need."""
    parse = {"intent_ranking": [{"name": "off_topic", "confidence": 0.8}], "understood": 0.9}
    opinion = ours(parse, 0.3)
    assert (opinion.turned_away, opinion.kept_out) == (False, True)


def test_the_stock_fallback_is_remembered_but_its_best_guess_counts() -> None:
    """nlu_fallback is no act: the best act behind it is the guess, the fallback makes it turned away."""
    ranking = [{"name": "nlu_fallback", "confidence": 0.7}, {"name": "greet", "confidence": 0.25}]
    assert stock({"intent": ranking[0], "intent_ranking": ranking}) == Opinion((("greet", 0.25),), ("greet",), 0.25, True)


def test_an_empty_parse_is_an_opinion_without_an_act() -> None:
    """Nothing said is nothing understood."""
    opinion = ours({}, 0.3)
    assert (opinion.act, opinion.chance, opinion.turned_away) == ("", 0.0, True)


def test_objects_are_found_between_what_else_is_printed() -> None:
    """A program's JSON is read although it prints prompts, and braces within texts do not confuse."""
    first, second = {"text": "a { b", "n": {"x": 1}}, {"text": "}"}
    output = f"Next message:\n{json.dumps(first, indent=2)}\nNext {{message}}:\n{json.dumps(second, indent=2)}\nbye"
    assert list(objects_in(output)) == [first, second]


def test_kept_opinions_are_used_without_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept or shipped for the same examples and texts is read; others are judged anew, once."""
    trained: list[tuple[str, ...]] = []

    def parses(training: Path, texts: tuple[str, ...]) -> list[dict[str, object]]:
        trained.append(texts)
        return [{"intent": RANKING[0], "intent_ranking": RANKING} for _ in texts]

    monkeypatch.setattr("bot.learning.stock._parses", parses)
    (tmp_path / "acts.yml").write_text("nlu: [{intent: greet, examples: '- hi'}]")
    kept = tmp_path / "kept"
    shipped = tmp_path / "shipped.json"
    first = stock_opinions(tmp_path, ("hi",), kept, shipped=shipped)
    next(kept.glob("*.json")).replace(shipped)
    assert stock_opinions(tmp_path, ("hi",), kept, shipped=shipped) == first
    assert trained == [("hi",)]
    (tmp_path / "acts.yml").write_text("nlu: [{intent: greet, examples: '- hello'}]")
    stock_opinions(tmp_path, ("hi",), kept, shipped=shipped)
    stock_opinions(tmp_path, ("hi",), kept, shipped=shipped)
    stock_opinions(tmp_path, ("hi", "bye"), kept, shipped=shipped)
    assert trained == [("hi",), ("hi",), ("hi", "bye")]


@pytest.mark.slow
def test_a_failed_training_says_how_to_go_on(tmp_path: Path) -> None:
    """Without training data Rasa fails; the error names the way round and keeps nothing."""
    with pytest.raises(StockFailed, match="--no-stock"):
        stock_opinions(tmp_path / "nowhere", ("hi",), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()
