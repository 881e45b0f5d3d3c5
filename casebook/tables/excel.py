"""A sheet of an Excel workbook, written out as plain CSV, with what was assumed."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casebook.exceptions import TableError, nearest
from casebook.language import N_, _
from casebook.tables.model import Assumption, Place
from casebook.tables.scan import FREE_ALLOWANCE, MOST_PACKED

if TYPE_CHECKING:
    from openpyxl import Workbook

    from casebook.case import TableSource


def write_sheet(path: Path, source: TableSource, target: Path, place: Place) -> list[Assumption]:
    """Write the sheet's cells to `target` as CSV: days and times as ISO, numbers in full.

    Raises TableError for a broken workbook, a sheet that is not there, and one without cells.
    """
    _check_size(path)
    try:
        import openpyxl  # late: 250 ms, and only workbooks need it

        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise TableError(
            _("{file} is no workbook that can be read: {problem}", file=path.name, problem=problem),
            place=place("source"),
        ) from problem
    with closing(book):
        name, notes = _sheet(book, source, path, place)
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            filled = _write(writer, book[name].iter_rows(values_only=True))
    if not filled:
        raise TableError(
            _("the sheet '{sheet}' of {file} is empty", sheet=name, file=path.name),
            place=place("sheet"),
        )
    return notes


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > max(FREE_ALLOWANCE, MOST_PACKED * path.stat().st_size):
        raise TableError(
            _("{file} would unpack to {size:,} bytes; reading stopped", file=path.name, size=size)
        )


def _sheet(
    book: Workbook, source: TableSource, path: Path, place: Place
) -> tuple[str, list[Assumption]]:
    """The sheet that the record names (its name, or its number from 1), else the first."""
    names = [sheet.title for sheet in book.worksheets]
    wanted = source.sheet
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return names[wanted - 1], []
    if wanted is not None and str(wanted) not in names:
        raise TableError(
            _(
                "{file} has no sheet '{sheet}'; it has {names}.",
                file=path.name,
                sheet=wanted,
                names=", ".join(f"'{name}'" for name in names),
            ),
            place=place("sheet"),
            hint=nearest(str(wanted), names),
        )
    if wanted is not None or len(names) == 1:
        return str(wanted or names[0]), []
    message = N_("it is the first of {n} sheets")
    return names[0], [Assumption("sheet", names[0], message, {"n": len(names)})]


def _write(writer: Any, rows: Iterable[tuple[Any, ...]]) -> int:
    """Write the rows up to the last that has a value; how many values there were."""
    filled = 0
    for cells in _without_tail(rows):
        texts = [_text(cell) for cell in cells]
        filled += sum(bool(text) for text in texts)
        writer.writerow(texts)
    return filled


def _without_tail(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The rows without the empty ones at the end, which are formatting."""
    held: list[tuple[Any, ...]] = []
    for cells in rows:
        held.append(cells)
        if any(cell is not None for cell in cells):
            yield from held
            held = []


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = cell.time() == time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "milliseconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)
