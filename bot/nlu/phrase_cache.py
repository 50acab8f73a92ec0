"""Phrase vectors kept on disk, so that a catalogue's phrasings are encoded once and read back in a moment."""

from __future__ import annotations

import fcntl
import hashlib
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import DIMENSIONS, VECTORS, Matrix, SentenceEncoder

_RECORD = np.dtype([("key", "V16"), ("vector", "<f2", (DIMENSIONS,))])
_CHUNK = 2048

logger = logging.getLogger(__name__)


class PhraseCache:
    """One append-only file of (digest, vector) records of fixed size; half-written records are cut off.

    The file's name holds the encoder's digest, so other weights never meet old vectors. Several processes may share it.
    """

    def __init__(self, folder: Path | None, encoder: SentenceEncoder) -> None:
        """`folder` is made when needed; without one, or when it cannot be written, vectors live in memory only."""
        self._path = folder / f"phrases-{VECTORS}.bin" if folder else None
        self._encoder = encoder

    def vectors(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Matrix:
        """The vector of each text, shape (n, 384), rounded to half precision; encodes and keeps those not yet known."""
        digests = [_digest(text) for text in texts]
        records = self._read()
        known = {key: row for row, key in enumerate(records["key"].tolist())}
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        fresh = self._encode(missing, progress)
        places = known | {key: len(records) + row for row, key in enumerate(missing)}
        both = np.concatenate([records["vector"], fresh]) if len(fresh) else records["vector"]
        return both[[places[digest] for digest in digests]].astype(np.float32) if texts else np.zeros((0, DIMENSIONS), np.float32)

    def _encode(self, missing: dict[bytes, str], progress: Callable[[int], None] | None) -> NDArray[np.float16]:
        """Vectors of the missing texts, each chunk kept as soon as it is done: a killed start goes on where it was."""
        items = list(missing.items())
        chunks = [np.zeros((0, DIMENSIONS), dtype=np.float16)]
        for start in range(0, len(items), _CHUNK):
            part = items[start : start + _CHUNK]
            vectors = self._encoder.encode_all([text for _, text in part]).astype(np.float16)
            self._append([digest for digest, _ in part], vectors)
            chunks.append(vectors)
            if progress is not None:
                progress(min(start + _CHUNK, len(items)))
        return np.concatenate(chunks)

    def _read(self) -> NDArray[np.void]:
        if self._path is None or not self._path.is_file():
            return np.zeros(0, dtype=_RECORD)
        whole = self._path.stat().st_size // _RECORD.itemsize
        return np.fromfile(self._path, dtype=_RECORD, count=whole)

    def _append(self, digests: list[bytes], vectors: NDArray[np.float16]) -> None:
        if self._path is None:
            return
        records = np.zeros(len(digests), dtype=_RECORD)
        records["key"] = digests
        records["vector"] = vectors
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._write(records.tobytes())
        except OSError as error:
            logger.warning("Phrase vectors could not be kept in %s (%s); they are encoded again next time.", self._path, error)

    def _write(self, data: bytes) -> None:
        assert self._path is not None
        with self._path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = file.seek(0, 2)
            file.truncate(size - size % _RECORD.itemsize)
            file.write(data)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()[:16]
