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


def write_sheet(
    path: Path, source: TableSource, target: Path, place: Place, most: int | None = None
) -> list[Assumption]:
    """Write the sheet's cells to `target` as CSV: days and times as ISO, numbers in full.

    most: cells that are written, empty ones among them; None is no limit.
    Raises TableError for a broken workbook, a sheet that is not there, one without cells, and one
    with more than `most`.
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
            filled = _write(writer, _at_most(book[name].iter_rows(values_only=True), path, most))
    if not filled:
        raise TableError(
            _("the sheet '{sheet}' of {file} is empty", sheet=name, file=path.name),
            place=place("sheet"),
        )
    return notes


def unresolved(path: Path, source: TableSource) -> frozenset[tuple[int, int]]:
    """Cells of the sheet, as (row, column) from 1, whose formula has no result in the file.

    A program that only writes workbooks leaves formulas so; they would be read as empty cells.
    """
    if not _has_formulas(path):
        return frozenset()
    import openpyxl  # late: as above

    with (
        closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as values,
        closing(openpyxl.load_workbook(path, read_only=True)) as formulas,
    ):
        name, _notes = _sheet(values, source, path, lambda _field: "")
        rows = zip(
            values[name].iter_rows(values_only=True),
            formulas[name].iter_rows(values_only=True),
            strict=False,
        )
        return frozenset(
            (row, column)
            for row, (found, written) in enumerate(rows, start=1)
            for column, (value, text) in enumerate(zip(found, written, strict=False), start=1)
            if value is None and text is not None
        )


def _has_formulas(path: Path) -> bool:
    """Whether some sheet's text has the mark of a formula."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with archive.open(name) as stream:
                last = b""
                while chunk := stream.read(1 << 20):
                    if b"<f>" in last + chunk or b"<f " in last + chunk:
                        return True
                    last = chunk[-2:]
    return False


def _at_most(
    rows: Iterable[tuple[Any, ...]], path: Path, most: int | None
) -> Iterator[tuple[Any, ...]]:
    """The rows, up to so many cells: one cell at the far end makes a sheet of billions."""
    cells = 0
    for row in rows:
        cells += max(1, len(row))
        if most is not None and cells > most:
            raise TableError(
                _("the sheet of {file} has more than {most:,} cells, empty ones among them.",
                  file=path.name, most=most),
                hint=_("Copy the table alone into a new workbook, or save it as CSV."),
            )  # fmt: skip
        yield row


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
