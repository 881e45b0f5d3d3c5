"""Rows from all over a text without reading all of it."""

from __future__ import annotations

from pathlib import Path

from casebook.tables.dialect import Row
from casebook.tables.layout import Layout
from casebook.tables.traits import SOUGHT, Traits

_PIECES = 128
_BYTES = 1 << 13  # of a piece, at least; more where lines are long
_MOST_BYTES = 1 << 18


def drawn_rows(path: Path, layout: Layout, traits: Traits, wanted: int) -> list[tuple[str, ...]]:
    """About as many rows as wanted, or all of a text that has fewer, each as wide as the header.

    From pieces all over the text where no value is quoted, for then every line begins a row; else
    from the first part of it.
    """
    size = path.stat().st_size - layout.first_byte
    length = _length_of_piece(path, layout)
    if size <= _PIECES * length or may_quote(layout, traits):
        pieces = [_piece(path, layout.first_byte, _PIECES * length, begins=True)]
    else:
        step = size // _PIECES
        starts = range(layout.first_byte, layout.first_byte + step * _PIECES, step)
        pieces = [_piece(path, at, length, begins=n == 0) for n, at in enumerate(starts)]
    width = len(layout.header.names)
    rows = [row.cells for text in pieces for row in _rows(text, layout) if len(row.cells) == width]
    return rows[:: max(len(rows) // wanted, 1)]


def _length_of_piece(path: Path, layout: Layout) -> int:
    """As many bytes as hold some lines like the first one."""
    with path.open("rb") as file:
        file.seek(layout.first_byte)
        line = file.readline(_MOST_BYTES)
    return min(max(_BYTES, 4 * len(line)), _MOST_BYTES)


def _rows(text: str, layout: Layout) -> list[Row]:
    return layout.dialect.rows(text, text.count("\n") + 1)


def may_quote(layout: Layout, traits: Traits) -> bool:
    """Whether the sign that quotes values may be somewhere in the text."""
    mark = layout.dialect.quote.encode()
    return bool(mark) and (mark not in SOUGHT or mark in traits.found)


def _piece(path: Path, at: int, size: int, *, begins: bool) -> str:
    """The whole lines of a piece of the text; begins: whether a line begins where it starts."""
    with path.open("rb") as file:
        file.seek(at)
        data = file.read(size)
        last = not file.read(1)
    start = 0 if begins else data.find(b"\n") + 1
    end = len(data) if last else data.rfind(b"\n") + 1
    return data[start:end].decode() if 0 <= start < end else ""
