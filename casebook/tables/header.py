"""Where the header is and what the columns are called.

The header is the first row of the usual width that names more than half of the columns that
have data; lines before it are a preamble. It is no header if what stands over columns of
numbers and dates is itself a number or a date.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casebook.language import N_
from casebook.tables.dialect import Row
from casebook.tables.model import Assumption

_NUMBER_OR_DATE = re.compile(
    r"\s*[^\w\s.,+-]?\s*[+-]?(?:\d[\d.,' ]*(?:[eE][+-]?\d+)?\s?%?"
    r"|\d{1,4}[-/.]\s?(?:\d{1,2}|[A-Za-z]{3})(?:[-/.]\s?\d{1,4}\.?)?(?:[ T]\d{1,2}:\d{2}.*)?)\s*"
)
_YEAR = re.compile(r"\s*(?:19|20)\d\d\s*")
_PREAMBLE_ROWS = 100


@dataclass(frozen=True)
class Header:
    """The names of the columns as written, and the line of the first row of data, from 1."""

    names: tuple[str, ...]
    first_line: int
    assumptions: tuple[Assumption, ...] = ()


def given_header(rows: Sequence[Row], line: int, columns: Sequence[str]) -> Header | None:
    """The header on the line that the record states (0: none); None where there is no such line."""
    filled = [row for row in rows if is_filled(row)]
    if line == 0:
        width = usual_width(filled)
        names = tuple(columns) or tuple(f"column_{n}" for n in range(1, width + 1))
        return Header(names, filled[0].line)
    row = next((row for row in rows if row.line <= line < row.next_line), None)
    if row is None:
        return None
    return Header(tuple(columns) or row.cells, row.next_line)


def find_header(rows: Sequence[Row], columns: Sequence[str]) -> Header:
    """The header of a sample of rows, guessed; `columns` replaces its names."""
    filled = [row for row in rows if is_filled(row)]
    width = usual_width(filled)
    live = _live_columns(filled, width)
    row = next((row for row in filled[:_PREAMBLE_ROWS] if _names_most(row, width, live)), None)
    if row is None:
        row = filled[0]
    below = [other for other in filled if other.line > row.line and other.cells != row.cells]
    notes = _preamble(rows, row)
    if below and not _is_header(row, below, live):
        message = N_("line {line} holds numbers or dates where the rows below hold them too")
        notes.append(Assumption("header", "0", message, {"line": row.line}))
        names = tuple(columns) or tuple(f"column_{n}" for n in range(1, width + 1))
        return Header(names, row.line, tuple(notes))
    if not notes and not columns:
        notes.append(Assumption("header", str(row.line), N_("the first line names the columns")))
    return Header(tuple(columns) or _padded(row.cells, width), row.next_line, tuple(notes))


def is_filled(row: Row) -> bool:
    """Whether a row has a cell that is not blank."""
    return any(cell.strip() for cell in row.cells)


def usual_width(rows: Sequence[Row]) -> int:
    """The width of rows: the most frequent width; of equally frequent ones the greatest."""
    widths = Counter(len(row.cells) for row in rows)
    return max(widths.items(), key=lambda item: (item[1], item[0]))[0]


def _live_columns(rows: Sequence[Row], width: int) -> list[int]:
    """The columns that have data somewhere after the first row of the usual width."""
    usual = [row.cells for row in rows if len(row.cells) == width]
    body = usual[1:] or usual
    return [n for n in range(width) if any(cells[n].strip() for cells in body)]


def _names_most(row: Row, width: int, live: Sequence[int]) -> bool:
    """Whether a row is as wide as the others (an unnamed first column may lack) and named."""
    if not width - 1 <= len(row.cells) <= width + 1:
        return False
    cells = row.cells if len(row.cells) >= width else ("", *row.cells)
    named = sum(bool(cells[n].strip()) for n in live)
    if len(row.cells) == width:
        return 2 * named > len(live)
    return named >= len(live) - 1 and not any(_NUMBER_OR_DATE.fullmatch(cell) for cell in cells)


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """The names at the width of the rows: a header one short lacks the first, an index."""
    if len(cells) == width - 1:
        return ("", *cells)
    if len(cells) == width + 1 and not cells[-1].strip():
        return cells[:-1]
    return cells


def _is_header(row: Row, below: Sequence[Row], live: Sequence[int]) -> bool:
    cells = _padded(row.cells, len(below[0].cells))
    for_, against = 0, 0
    for n in live:
        values = [other.cells[n] for other in below if len(other.cells) > n]
        if n >= len(cells) or not _mostly_values(values):
            continue
        if _NUMBER_OR_DATE.fullmatch(cells[n]):
            against += 1
        elif cells[n].strip():
            for_ += 1
    if against and _years(cells):
        return True
    if for_ or against:
        return for_ >= against
    return not _repeated(cells, below)


def _mostly_values(values: Sequence[str]) -> bool:
    filled = [value for value in values if value.strip()]
    if not filled:
        return False
    return sum(bool(_NUMBER_OR_DATE.fullmatch(value)) for value in filled) >= 0.8 * len(filled)


def _years(cells: Sequence[str]) -> bool:
    """Whether the numbers of a row are years that count on, as in a table of years side by side."""
    numbers = [cell for cell in cells if _NUMBER_OR_DATE.fullmatch(cell)]
    if len(numbers) < 2 or not all(_YEAR.fullmatch(cell) for cell in numbers):
        return False
    years = [int(cell) for cell in numbers]
    return all(later - earlier == 1 for earlier, later in itertools.pairwise(years))


def _repeated(cells: Sequence[str], below: Sequence[Row]) -> bool:
    """Whether half of the cells come again in the rows below: then they are values, not names."""
    again = sum(
        any(len(row.cells) > n and row.cells[n] == cell for row in below)
        for n, cell in enumerate(cells)
        if cell.strip()
    )
    return 2 * again > sum(bool(cell.strip()) for cell in cells)


def _preamble(rows: Sequence[Row], header: Row) -> list[Assumption]:
    before = [row for row in rows if row.line < header.line]
    if not before:
        return []
    text = " ".join(cell.strip() for row in before for cell in row.cells if cell.strip())
    message = N_("the lines before it do not have the table's columns; they say '{text}'")
    if not text:
        message = N_("the lines before it are empty")
    return [Assumption("header", str(header.line), message, {"text": text[:80]})]
