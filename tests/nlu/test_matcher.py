"""Matching messages to phrasings, the cache of vectors, and calibration."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.nlu.calibrate import Labelled, evaluate, judge, load_pairs
from bot.nlu.encoder import DIMENSIONS, SentenceEncoder, shared_encoder
from bot.nlu.lexical import Vocabulary, overlap, stems
from bot.nlu.matcher import Match, PhraseIndex, Weights
from bot.nlu.phrase_cache import PhraseCache
from bot.nlu.phrase_search import PhraseSearch

PROBLEMS = (
    ("linen_runs_out", "we run out of clean towels by noon"),
    ("linen_runs_out", "not enough clean linen in the morning"),
    ("towels_grey", "towels come out grey"),
    ("dryer_slow", "drying takes forever"),
    ("leak", "it leaks"),
    ("no_leak", "it does not leak"),
    ("w20", "W-20"),
    ("w30", "W-30"),
)


@pytest.fixture(scope="module")
def index() -> PhraseIndex[str]:
    """A small catalogue's phrases."""
    return PhraseIndex(PROBLEMS)


def best(index: PhraseIndex[str], text: str, keys: tuple[str, ...] | None = None) -> Match[str]:
    """The likeliest key."""
    return index.match(text, keys)[0]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("by lunch there is not a single clean towel left", "linen_runs_out"),
        ("our white towels look grey", "towels_grey"),
        ("towles come out gray", "towels_grey"),
        ("the dryer takes ages to dry anything", "dryer_slow"),
        ("W20", "w20"),
        ("we have three w 30", "w30"),
    ],
)
def test_paraphrases(index: PhraseIndex[str], text: str, key: str) -> None:
    """Other words, typing errors and other spellings of a model's name find the key."""
    assert best(index, text).key == key


@pytest.mark.parametrize(
    ("text", "key"), [("it leaks a lot", "leak"), ("it doesn't leak", "no_leak"), ("no it is not leaking", "no_leak")]
)
def test_denials_are_not_confused(index: PhraseIndex[str], text: str, key: str) -> None:
    """What is denied does not match what is claimed, though the words are the same."""
    assert best(index, text, ("leak", "no_leak")).key == key


def test_only_the_keys_asked_for(index: PhraseIndex[str]) -> None:
    """The open question's answers can be looked at alone."""
    assert {match.key for match in index.match("clean towels", ("towels_grey", "dryer_slow"))} == {"towels_grey", "dryer_slow"}


def test_scores_are_chances(index: PhraseIndex[str]) -> None:
    """A phrase itself is nearly certain; something else altogether is nearly impossible."""
    assert best(index, "towels come out grey").score > 0.9
    assert best(index, "my grandmother lives in Lisbon").score < 0.2


def test_the_phrase_that_matched_is_told(index: PhraseIndex[str]) -> None:
    """Why a key was matched can be shown."""
    assert best(index, "not enough linen early in the morning").phrase == "not enough clean linen in the morning"


@pytest.mark.parametrize(("text", "keys"), [("", None), ("  ", None), ("towels", ())])
def test_nothing_to_match(index: PhraseIndex[str], text: str, keys: tuple[str, ...] | None) -> None:
    """Nothing said, or no keys, match nothing."""
    assert index.match(text, keys) == []


def test_unknown_keys_match_nothing(index: PhraseIndex[str]) -> None:
    """A key without phrases cannot be meant."""
    assert index.match("towels", ("no_such_key",)) == []


def test_an_empty_index() -> None:
    """A catalogue without phrases works."""
    empty: PhraseIndex[str] = PhraseIndex([])
    assert (len(empty), empty.match("towels")) == (0, [])


def test_phrases_of_a_key(index: PhraseIndex[str]) -> None:
    """The phrases of a key keep their order."""
    assert index.phrases_of("linen_runs_out") == tuple(phrase for key, phrase in PROBLEMS if key == "linen_runs_out")


def test_rare_words_count_more() -> None:
    """Sharing a rare word tells more than sharing a common one; an unknown word is taken for the nearest known one."""
    phrases = ["the pump leaks", "the pump is loud", "the pump stops", "the gasket leaks"]
    vocabulary = Vocabulary(stems(phrase) for phrase in phrases)
    said = vocabulary.profile("gaskte")
    assert vocabulary.weight("gasket") > vocabulary.weight("pump") > vocabulary.weight("the")
    assert overlap(said, vocabulary.profile("the gasket leaks"), vocabulary)[1] == 1.0


# ---- the cache


class CountingEncoder(SentenceEncoder):
    """Counts the texts it is asked to encode."""

    def __init__(self) -> None:
        super().__init__(remembered=0)
        self.asked = 0

    def encode_all(self, texts, progress=None):  # type: ignore[no-untyped-def]
        self.asked += len(texts)
        return super().encode_all(texts, progress)


def test_phrases_are_encoded_once(tmp_path: Path) -> None:
    """A second start encodes only what is new."""
    encoder = CountingEncoder()
    first = PhraseCache(tmp_path, encoder).vectors(["one thing", "another", "one thing"])
    second = PhraseCache(tmp_path, encoder).vectors(["another", "a third", "one thing"])
    assert encoder.asked == 3
    assert first.shape == (3, DIMENSIONS)
    assert np.array_equal(first[0], second[2])
    assert np.array_equal(first[1], second[0])


def test_a_half_written_cache_is_mended(tmp_path: Path) -> None:
    """A process killed while writing leaves the cache usable."""
    encoder = CountingEncoder()
    PhraseCache(tmp_path, encoder).vectors(["one thing", "another"])
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-100])
    PhraseCache(tmp_path, encoder).vectors(["one thing", "another"])
    vectors = PhraseCache(tmp_path, encoder).vectors(["one thing", "another"])
    assert encoder.asked == 3
    assert np.allclose(vectors[1], shared_encoder().encode("another"), atol=2e-3)


def test_an_unwritable_cache_is_done_without(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where nothing can be kept, matching works and a warning says so."""
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert PhraseCache(blocked / "cache", shared_encoder()).vectors(["one"]).shape == (1, DIMENSIONS)
    assert "encoded again" in caplog.text


def test_progress_of_new_phrases(tmp_path: Path) -> None:
    """Whoever waits hears how many new phrases are done."""
    heard: list[int] = []
    PhraseIndex([("a", "one"), ("b", "two")], cache_dir=tmp_path, progress=heard.append)
    assert heard == [2]


# ---- many phrases


def test_search_among_many() -> None:
    """Among many vectors the nearest are found as if each had been compared."""
    numbers = np.random.default_rng(3)
    centres = numbers.normal(size=(40, DIMENSIONS))
    vectors = (centres[numbers.integers(0, 40, 9000)] + 0.7 * numbers.normal(size=(9000, DIMENSIONS))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    search = PhraseSearch(vectors)
    hits = [len(set(search.look(v).nearest(50)) & set(np.argsort(-(vectors @ v))[:5])) for v in vectors[::900]]
    assert np.mean(hits) >= 4.5


def test_search_among_some_of_many() -> None:
    """Only the rows asked for are returned."""
    vectors = np.eye(DIMENSIONS, dtype=np.float32)[np.arange(7000) % DIMENSIONS]
    among = np.arange(0, 7000, 2)
    assert set(PhraseSearch(vectors).look(vectors[0]).nearest(5, among)) <= set(among)


# ---- calibration


@pytest.mark.slow
def test_scores_are_calibrated_on_sets_not_fitted_to() -> None:
    """On questions and catalogues not fitted to, the best option is mostly right, and scores mean what they say."""
    quality = evaluate(judge(load_pairs()))
    assert quality.best_right >= 0.75
    assert quality.log_loss <= 0.2
    assert all(abs(score - right) <= 0.15 for score, right, count in quality.bins if count >= 30)


def test_weights_can_be_kept(tmp_path: Path) -> None:
    """Fitted weights are a small file that a person can read."""
    judged = judge([Labelled({"a": ["it leaks"], "b": ["it is loud"]}, [("leaking", "a"), ("so loud", "b"), ("hello", None)])])
    weights = Weights(-1.0, dict.fromkeys(judged[0][0].features.__dataclass_fields__, 1.0))
    weights.save(tmp_path / "weights.json")
    assert '"cosine": 1.0' in (tmp_path / "weights.json").read_text()
