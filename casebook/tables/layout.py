"""The layout of a delimited text: its dialect, where the header is, its names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.exceptions import TableError
from casebook.language import _
from casebook.tables.dialect import LONGEST_LINE, Dialect, Row, find_dialect, said
from casebook.tables.header import Header, find_header, given_header, is_filled, usual_width
from casebook.tables.model import Assumption, Place

if TYPE_CHECKING:
    from casebook.case import TableSource

_SAMPLE_BYTES = 1 << 20


@dataclass(frozen=True)
class Layout:
    """How rows are written in a text, and what was guessed about it.

    first_byte: where the first row of data starts; header_line: the line of names before it,
    empty where the names come from elsewhere.
    """

    dialect: Dialect
    header: Header
    first_byte: int
    assumptions: tuple[Assumption, ...] = ()
    header_line: str = ""


def find_layout(
    path: Path, source: TableSource, file: str, place: Place, dialect: Dialect | None = None
) -> Layout:
    """The layout of a text that is UTF-8 with plain line ends.

    file: the name for errors; dialect: where it is known and only the header is looked for.

    Raises TableError where there is no row at all, or no header at the line the record says.
    """
    text = _sample(path, file)
    known = dialect is not None
    dialect = dialect or find_dialect(text, source)
    rows = dialect.rows(text)
    if not any(cell.strip() for row in rows for cell in row.cells):
        raise TableError(_("{file} is empty: it has no rows", file=file))
    _check_width(rows, source, place)
    if source.header is None:
        header = find_header(rows, source.columns)
    else:
        given = given_header(rows, source.header, source.columns)
        if given is None:
            raise TableError(
                _("{file} has no header on line {n}", file=file, n=source.header),
                place=place("header"),
            )
        header = given
    before = text.split("\n")[: header.first_line - 1]
    first_byte = len("".join(line + "\n" for line in before).encode())
    notes = (*([] if known else said(dialect, source)), *header.assumptions)
    line = before[-1].strip() if before and not source.columns else ""
    return Layout(dialect, header, first_byte, notes, line)


def _check_width(rows: Sequence[Row], source: TableSource, place: Place) -> None:
    width = usual_width([row for row in rows if is_filled(row)])
    if source.columns and len(source.columns) != width:
        raise TableError(
            _("{n} names are given for {width} columns", n=len(source.columns), width=width),
            place=place("columns"),
        )


def _sample(path: Path, file: str) -> str:
    """The first part of the text, up to a line's end."""
    with path.open("rb") as stream:
        data = stream.read(_SAMPLE_BYTES)
        if b"\n" not in data:
            data += stream.read(LONGEST_LINE)
        whole = not stream.read(1)
    if whole:
        return data.decode()
    end = data.rfind(b"\n")
    if end < 0:
        raise TableError(
            _(
                "{file}, line 1: the line is longer than {n:,} bytes.",
                file=file,
                n=LONGEST_LINE,
            ),
            hint=_("A table has one row on each line."),
        )
    return data[: end + 1].decode()
