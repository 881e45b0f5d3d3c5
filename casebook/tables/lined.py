"""A small table as texts, each row with its line: nothing typed, nothing dropped.

For files that somebody drops, where each cell is held against what is expected of its column, and
what is wrong is told with its line. Encoding, delimiter and sheets are read as our own tables are.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.case import TableSource
from casebook.exceptions import TableError
from casebook.expressions.locked import connect
from casebook.language import N_, _
from casebook.tables.dialect import Dialect
from casebook.tables.excel import unresolved, write_sheet
from casebook.tables.forms import Form
from casebook.tables.layout import find_layout
from casebook.tables.loading import Plain, Work, open_files
from casebook.tables.model import Assumption, no_place
from casebook.tables.names import unique_names
from casebook.tables.traits import traits_of
from casebook.tables.unpacked import check_unpacked

if TYPE_CHECKING:
    import duckdb

_HEADER_WITHIN = 100
_WIDEST = 5_000  # columns
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, SyntaxError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, RuntimeError, UnicodeError,
)  # fmt: skip
"""What openpyxl raises on the way through a broken or a locked workbook."""


@dataclass(frozen=True)
class Line:
    """A row: the line on which it starts and the last that belongs to it (of a sheet, its row)."""

    number: int
    last: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Lines:
    """A table as texts. names: unique whatever their capitals, in order; rows: without blank ones.

    written: the names as the file has them. formulas: cells of a sheet, as (row, column) from 1,
    whose formula has no result in the file. sheet: whether it is one.
    """

    names: tuple[str, ...]
    written: tuple[str, ...]
    rows: tuple[Line, ...]
    notes: tuple[Assumption, ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    sheet: bool = False


@dataclass(frozen=True)
class Most:
    """The most that is read: rows, cells of a sheet, and bytes once unpacked."""

    rows: int
    cells: int
    bytes: int


def read_lines(
    path: Path, folder: Path, most: Most, is_name: Callable[[str], bool] = bool
) -> Lines:
    """The rows of a file. folder: for copies. is_name: whether a text names an expected column.

    The header is the row with the most of these; without one it is found as in our tables.
    Raises TableError where the file is no table, is broken, or is more than `most`.
    """
    check_unpacked(path, most.bytes)
    source = TableSource(source=path.name)
    with connect(folder / "spill") as connection:
        work = Work(connection, folder, no_place)
        opened = open_files(work, [path], source)[0]
    if isinstance(opened, Plain):
        return _lines(opened, is_name, most)
    if opened.read_bytes()[:4] == b"PAR1":
        raise TableError(
            _("{file} is Parquet, which is not taken here.", file=path.name),
            hint=_("Save the table as CSV or as an Excel workbook (.xlsx)."),
        )
    if opened.suffix.lower() not in (".xlsx", ".xlsm"):  # openpyxl goes by the name
        opened = opened.rename(opened.with_name(f"{opened.name}.xlsx"))
    return _sheet(opened, source, folder, most, is_name)


def _sheet(
    path: Path, source: TableSource, folder: Path, most: Most, is_name: Callable[[str], bool]
) -> Lines:
    target = folder / "sheet.csv"
    try:
        notes = write_sheet(path, source, target, no_place, most.cells)
        formulas = unresolved(path, source)
    except _BROKEN as problem:
        raise TableError(
            _("{file} is no workbook that can be read: {problem}", file=path.name, problem=problem),
            hint=_("Open it in a spreadsheet and save it again, without a password."),
        ) from problem
    layout = find_layout(target, source, path.name, no_place, dialect=Dialect(","))
    plain = Plain(path.name, target, layout, tuple(notes), traits_of(target))
    found = _lines(plain, is_name, most, sheet=True)
    return replace(found, formulas=formulas)


def _lines(
    plain: Plain, is_name: Callable[[str], bool], most: Most, *, sheet: bool = False
) -> Lines:
    found = _numbered(plain, sheet=sheet)
    if sum(len(row.cells) for row in found) > most.cells:
        raise TableError(
            _("{file} has more than {most:,} cells; this takes at most so many at once.",
              file=plain.file, most=most.cells),
            hint=_("Leave out columns that are not needed, or part it into several files."),
        )  # fmt: skip
    first = found[:_HEADER_WITHIN]
    header, names, notes = _header(plain, first, is_name)
    rows = [row for row in found if row.number > header and any(map(str.strip, row.cells))]
    if len(rows) > most.rows:
        raise TableError(
            _("{file} has more than {most:,} rows; this takes at most so many at once.",
              file=plain.file, most=most.rows),
            hint=_("Part it into several files."),
        )  # fmt: skip
    if len(names) > _WIDEST:
        raise TableError(
            _("{file} has {n:,} columns; this takes at most {most:,}.",
              file=plain.file, n=len(names), most=_WIDEST)
        )  # fmt: skip
    unique, renamed = unique_names(names)
    said = (*plain.notes, *notes, *renamed)
    return Lines(unique, tuple(names), tuple(rows), said, sheet=sheet)


def _numbered(plain: Plain, *, sheet: bool) -> list[Line]:
    """The rows with their lines; a sheet's are counted as its rows, whatever is in a cell."""
    text = plain.text.read_text("utf-8")
    try:
        rows = plain.layout.dialect.rows(text, most=len(text) + 1)
    except csv.Error as problem:
        raise TableError(
            _("{file} cannot be read: {problem}.", file=plain.file, problem=problem)
        ) from problem
    found = []
    for n, row in enumerate(rows, start=1):
        first, last = (n, n) if sheet else (row.line, row.next_line - 1)
        found.append(Line(first, last, row.cells))
    return found


def _header(
    plain: Plain, rows: list[Line], is_name: Callable[[str], bool]
) -> tuple[int, tuple[str, ...], list[Assumption]]:
    """The last line of the header, 0 without one; its names; what was assumed of it."""
    known = [sum(is_name(cell) for cell in row.cells) for row in rows]
    layout = plain.layout
    if not any(known):
        kept = [note for note in layout.assumptions if note.field != "delimiter"]
        return layout.header.first_line - 1, layout.header.names, kept
    row = rows[known.index(max(known))]
    notes = []
    if row.number > 1:
        message = N_("it is the first that names columns which the model reads")
        notes.append(Assumption("header", str(row.number), message))
    return row.last, row.cells, notes


def values_of(
    form: Form, texts: Sequence[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, bool | int | float | str | None]:
    """The value of each trimmed text that is written in a form; times as ISO 8601."""
    query = f"SELECT v, {form.sql('v')} FROM (SELECT unnest(CAST(? AS VARCHAR[])) AS v)"
    rows = connection.execute(query, [list(texts)]).fetchall()
    return {
        text: value.isoformat() if hasattr(value, "isoformat") else value
        for text, value in rows
        if value is not None
    }
