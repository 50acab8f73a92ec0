"""A company's colours and drawings, made from its name alone: always the same for it, and never a picture of something untrue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final


@dataclass(frozen=True)
class Palette:
    """Colours that read well: `accent` on white, `light` on a dark ground (WCAG AA), and three quiet tints for drawings."""

    accent: str
    light: str
    tint: str
    mid: str
    deep: str


PALETTES: Final = (
    Palette("#0f6b63", "#6fd6c6", "#d9efeb", "#8cc7be", "#0b4a45"),
    Palette("#1f4fb8", "#a3c0ff", "#dfe8fb", "#93b1ea", "#173a86"),
    Palette("#9a3d12", "#ffb98a", "#f9e6da", "#e3a47e", "#6d2b0d"),
    Palette("#3b3a9c", "#b8bcff", "#e4e4f8", "#a4a5e0", "#29286e"),
    Palette("#8a1c4a", "#ffb0cc", "#f8dfe8", "#dc92b1", "#611233"),
    Palette("#48600f", "#c9e37c", "#e9efd6", "#b3c67e", "#31420a"),
)


def palette(name: str) -> Palette:
    """The colours of a company of that name."""
    return PALETTES[_bytes(name)[4] % len(PALETTES)]


def colours(name: str) -> str:
    """The company's colours as a style sheet, for light and dark."""
    found = palette(name)
    light = f"--accent:{found.accent};--on-accent:#fff;--tint:{found.tint};--brand:{found.accent};--deep:{found.deep}"
    dark = f"--accent:{found.light};--on-accent:#10191a;--brand:{found.light};--deep:#0d1313"
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def cover(name: str, columns: int = 6, rows: int = 5) -> str:
    """A large drawing for the first page: tiles of arcs, discs and bars in the company's colours (SVG)."""
    drawn = "".join(_tiles(name, columns, rows))
    return _svg(columns * 100, rows * 100, palette(name).tint, drawn)


def emblem(name: str, kind: str) -> str:
    """A small drawing that stands for one kind of product (SVG)."""
    return _svg(200, 200, palette(name).tint, "".join(_tiles(f"{name} {kind}", 2, 2, name)))


def _svg(width: int, height: int, ground: str, drawn: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return f'{head}<rect width="{width}" height="{height}" fill="{ground}"/>{drawn}</svg>\n'


def _tiles(seed: str, columns: int, rows: int, company: str = "") -> Iterator[str]:
    chosen = palette(company or seed)
    marks = _bytes(seed) + _bytes(seed + "2")
    inks = (chosen.accent, chosen.mid, chosen.deep, "#ffffff", chosen.mid)
    for place in range(columns * rows):
        mark = marks[place % len(marks)]
        x, y = (place % columns) * 100, (place // columns) * 100
        yield _tile(mark, inks[mark // 8 % len(inks)]).format(x=x, y=y)


def _tile(mark: int, ink: str) -> str:
    turned = f'<g transform="translate({{x}} {{y}}) rotate({90 * (mark // 64)} 50 50)">'
    return f'{turned}<path fill="{ink}" d="{_SHAPES[mark % len(_SHAPES)]}"/></g>'


_SHAPES: Final = (
    "M0 0h100a100 100 0 0 1-100 100z",
    "M0 0h100v50h-100z",
    "M50 0a50 50 0 0 1 0 100a50 50 0 0 1 0-100z",
    "M0 0h50a50 50 0 0 1 50 50v50h-50a50 50 0 0 1-50-50z",
    "M0 0l100 100h-100z",
    "M0 0h20v100h-20zM40 0h20v100h-20zM80 0h20v100h-20z",
    "M0 0v0z",
)


def _bytes(text: str) -> bytes:
    return sha256(text.encode()).digest()
