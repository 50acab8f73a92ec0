"""The sentence encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from bot.nlu import encoder as encoding
from bot.nlu.encoder import DIMENSIONS, VIEW_DIMENSIONS, EncoderMissing, SentenceEncoder, shared_encoder
from bot.nlu.encoder_graph import with_whole_numbers


def test_vectors_have_unit_length() -> None:
    """A dot product of two vectors is their cosine."""
    vector = shared_encoder().encode("towels come out grey")
    assert vector.shape == (DIMENSIONS,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_near_meanings_are_near() -> None:
    """Two ways to say a thing are nearer than two things."""
    first, second, other = shared_encoder().encode_all(
        ["the towels look grey", "our white linen has lost its colour", "calls keep dropping on the desk phone"]
    )
    assert first @ second > first @ other + 0.2


def test_many_at_once_equal_one_by_one() -> None:
    """Encoding in batches gives what encoding singly gives, in the order asked, short texts included."""
    texts = ["hi", "the pump is loud", "a much longer sentence about a pump that is loud at night", "ok", "hi"]
    together = SentenceEncoder().views_all(texts)
    singly = np.stack([SentenceEncoder().views(text) for text in texts])
    assert together.shape == (5, VIEW_DIMENSIONS)
    assert np.allclose(together, singly, atol=1e-4)


def test_the_first_view_is_the_vector() -> None:
    """What acts are told by and what phrases are matched by are computed in one go."""
    encoder = shared_encoder()
    assert np.array_equal(encoder.views("we need towels")[:DIMENSIONS], encoder.encode("we need towels"))


def test_a_text_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text costs nothing the second time, and memory stays bounded."""
    encoder = SentenceEncoder(remembered=2)
    runs: list[int] = []
    run = encoder._run
    monkeypatch.setattr(encoder, "_run", lambda encodings: runs.append(len(encodings)) or run(encodings))
    for text in ("one", "one", "two", "three", "one"):
        encoder.encode(text)
    assert sum(runs) == 4


def test_a_text_begun_ahead_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun in the background is waited for, and a failure there reaches whoever asks."""
    encoder = SentenceEncoder()
    runs: list[int] = []
    run = encoder._run
    monkeypatch.setattr(encoder, "_run", lambda encodings: runs.append(len(encodings)) or run(encodings))
    encoder.begin("the towels look grey")
    encoder.begin("the towels look grey")
    assert np.array_equal(encoder.views("the towels look grey"), shared_encoder().views("the towels look grey"))
    assert sum(runs) == 1
    monkeypatch.setattr(encoder, "_run", lambda encodings: 1 / 0)
    encoder.begin("something else")
    with pytest.raises(ZeroDivisionError):
        encoder.views("something else")


def test_no_texts_no_vectors() -> None:
    """Nothing in, nothing out, in the right shape."""
    assert shared_encoder().encode_all([]).shape == (0, DIMENSIONS)


def test_endless_text_is_cut_off() -> None:
    """A text longer than the model reads is read up to there, without an error."""
    assert shared_encoder().encode("towel " * 5000).shape == (DIMENSIONS,)


def test_progress_is_told() -> None:
    """Whoever waits for many texts hears how far it is."""
    heard: list[int] = []
    SentenceEncoder().encode_all([f"text number {number}" for number in range(70)], heard.append)
    assert heard[-1] == 70
    assert heard == sorted(heard)


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that are not those the product was measured with are an error that says what to do."""
    monkeypatch.setattr(encoding, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EncoderMissing, match="make install"):
        SentenceEncoder()


def test_missing_weights_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the package of the weights the error says what to do."""
    monkeypatch.setattr(encoding, "WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(EncoderMissing, match="make install"):
        SentenceEncoder()


def test_quicker_arithmetic_changes_vectors_by_rounding_only() -> None:
    """Vectors of the graph in whole numbers lie where those of the installed graph lie."""
    ours = SentenceEncoder()
    theirs = SentenceEncoder()
    theirs._session = onnxruntime.InferenceSession(str(encoding._weights_path()), providers=["CPUExecutionProvider"])
    texts = ["the towels come out grey", "calls drop", "we pay too much for the bars we saw ourselves", "why do you ask?"]
    cosines = (ours.encode_all(texts) * theirs.encode_all(texts)).sum(axis=1)
    assert cosines.min() > 0.99


def test_whole_numbers_are_multiplied_exactly(tmp_path: Path) -> None:
    """The largest products there can be are summed as they are, also by a processor that cuts sums of signed ones off."""
    weights = np.full((64, 16), 127, dtype=np.int8)
    scales = np.full(16, 1.0, dtype=np.float32)
    make, keep = onnx.helper.make_node, onnx.numpy_helper.from_array
    nodes = [
        make("Cast", ["weights"], ["cast"], to=onnx.TensorProto.FLOAT),
        make("Mul", ["cast", "scales"], ["scaled"]),
        make("MatMul", ["rows", "scaled"], ["product"]),
    ]
    told = [onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.FLOAT, (1, 64))]
    found = [onnx.helper.make_tensor_value_info("product", onnx.TensorProto.FLOAT, (1, 16))]
    graph = onnx.helper.make_graph(nodes, "products", told, found, [keep(weights, "weights"), keep(scales, "scales")])
    path = tmp_path / "products.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8), str(path))
    session = onnxruntime.InferenceSession(with_whole_numbers(path), providers=["CPUExecutionProvider"])
    assert session.run(None, {"rows": np.ones((1, 64), dtype=np.float32)})[0] == pytest.approx(64 * 127, rel=1e-4)


def test_a_model_without_whole_numbers_is_refused(tmp_path: Path) -> None:
    """A graph with nothing to make quicker is another model than this project was measured with."""
    path = tmp_path / "plain.onnx"
    onnx.save(onnx.helper.make_model(onnx.helper.make_graph([], "plain", [], [])), str(path))
    with pytest.raises(ValueError, match=r"plain\.onnx has no products"):
        with_whole_numbers(path)
