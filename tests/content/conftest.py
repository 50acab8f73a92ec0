"""The small catalogue of the documentation, changed in one place and checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.content import STARTER


def starter_with(*changes: tuple[str, str], more: str = "") -> str:
    """The starter's text with pieces replaced, each of which must be there, and something added at its end."""
    text = STARTER
    for old, new in changes:
        assert old in text, f"the starter has no {old!r}"
        text = text.replace(old, new, 1)
    return text + more


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Path]:
    """Writes a catalogue folder named `shop`: the starter with changes, or files by their names."""

    def write(*changes: tuple[str, str], more: str = "", files: dict[str, str | bytes] | None = None) -> Path:
        folder = tmp_path / "shop"
        folder.mkdir(exist_ok=True)
        for name, content in (files or {"catalogue.yml": starter_with(*changes, more=more)}).items():
            data = content if isinstance(content, bytes) else content.encode("utf-8")
            (folder / name).write_bytes(data)
        return folder

    return write
