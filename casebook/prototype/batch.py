"""A file of rows, answered: every row is predicted or listed with what is wrong, none dropped.

batch = predict_file(prototype, "guests.xlsx", content)
as_csv(batch)
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casebook.case import TableSource
from casebook.exceptions import TableError
from casebook.expressions.locked import connect
from casebook.language import _, plural
from casebook.models.about import Cell
from casebook.progress import tell
from casebook.prototype.answer import answers
from casebook.prototype.batch_cells import Taken, Wanted, forms_of, taken
from casebook.prototype.batch_names import Matched, key_of, matched, names_of
from casebook.prototype.batch_periods import periods_of
from casebook.prototype.opened import Prototype
from casebook.prototype.ranking import Place, placed
from casebook.prototype.values import Answer
from casebook.tables.lined import Line, Lines, Most, read_lines

MOST_BYTES = 20_000_000
"""Bytes of a file as it is dropped."""
MOST = Most(rows=100_000, cells=10_000_000, bytes=300_000_000)
"""What a file may hold once it is unpacked."""
_AT_ONCE = 2_000  # rows that are answered between two signs of progress
_FORMULA = "\x00"  # a cell whose formula has no result in the file


@dataclass(frozen=True)
class RowProblem:
    """What of a row cannot be taken. line: of the file, from 1. column: empty for the whole row."""

    line: int
    column: str
    found: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Batch:
    """A file and what was said of its rows.

    columns: the file's names in order. lines, cells, answers, places, ids: one for each row, in
    the order of the file; cells are the file's own texts, an answer is None where the row has a
    problem. places: where a row stands among all, and whether people can act on it.
    notes: what was assumed of the file, in sentences.
    """

    name: str
    columns: tuple[str, ...]
    lines: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...] = field(repr=False)
    answers: tuple[Answer | None, ...] = field(repr=False)
    places: tuple[Place | None, ...] = field(repr=False)
    ids: tuple[str, ...] = field(repr=False)
    problems: tuple[RowProblem, ...]
    notes: tuple[str, ...]

    @property
    def predicted(self) -> int:
        """How many rows have an answer."""
        return sum(one is not None for one in self.answers)

    @property
    def listed(self) -> int:
        """How many rows have none; each is among the problems."""
        return len(self.answers) - self.predicted

    def sentences(self, line: int) -> tuple[str, ...]:
        """What is wrong with the row on a line."""
        return tuple(one.sentence for one in self.problems if one.line == line)


def predict_file(prototype: Prototype, name: str, content: bytes) -> Batch:
    """The answers to a CSV or Excel file of rows.

    name: of the file, as it was dropped. A row with a problem gets no answer and is listed.
    Raises TableError for a file that is too large, no table, or without columns that the model
    needs; ModelError as `answers` does.
    """
    shown = _safe(name)
    if len(content) > MOST_BYTES:
        raise TableError(
            _("it has {size} MB; this takes at most {most} MB at once.",
              size=f"{len(content) / 1e6:.1f}", most=MOST_BYTES // 1_000_000),
            place=shown,
            hint=_("Part it into several files, or pack it with gzip."),
        )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="casebook-batch-") as folder:
        path = Path(folder) / shown
        path.write_bytes(content)
        tell(0, 1, _("Reading the file"))
        lines = read_lines(path, Path(folder), MOST, _is_name(prototype))
        if not lines.rows:
            raise TableError(
                _("it has a header ({names}) and no rows.",
                  names=", ".join(f"'{name}'" for name in lines.names[:8])),
                place=shown,
            )  # fmt: skip
        found = matched(prototype.fields, lines.names, shown)
        whole, problems = _whole(lines)
        work = _Work(prototype, lines, tuple(whole), found, Path(folder))
        return _answered(work, shown, content, problems)


@dataclass(frozen=True)
class _Work:
    """A file that was read: its rows, those that are whole, its columns; a folder for copies."""

    prototype: Prototype
    lines: Lines
    whole: tuple[Line, ...]
    found: Matched
    folder: Path

    @property
    def source(self) -> TableSource:
        """What the record says of how its own table is written, where that holds for any file."""
        own = self.prototype.case.record.data.tables.get(self.prototype.table.name)
        if own is None:
            return TableSource(source="")
        return TableSource(source="", day_first=own.day_first, missing=own.missing)


def _answered(work: _Work, name: str, content: bytes, problems: list[RowProblem]) -> Batch:
    """The batch, once the columns are known. problems: of rows that are not whole."""
    prototype, lines = work.prototype, work.lines
    read = _columns(work)
    problems = [*problems, *_wrong(work, read)]
    bad = {one.line for one in problems}
    kept = [place for place, row in enumerate(work.whole) if row.number not in bad]
    numbers = (work.whole[place].number for place in kept)
    said = dict(zip(numbers, _said(prototype, _rows(prototype, read, kept)), strict=True))
    every = tuple(said.get(row.number) for row in lines.rows)
    periods, counted = periods_of(prototype, lines, work.source, work.folder)
    stamp = hashlib.sha256(prototype.model.file.sha256.encode() + content).hexdigest()[:16]
    notes = [note.sentence for note in lines.notes]
    notes += [*work.found.notes, *(text for one in read.values() for text in one.notes), *counted]
    return Batch(
        name=name,
        columns=lines.names,
        lines=tuple(row.number for row in lines.rows),
        cells=tuple(_padded(row.cells, len(lines.names)) for row in lines.rows),
        answers=every,
        places=placed(prototype, every, periods),
        ids=tuple(f"{stamp}-{row.number}" for row in lines.rows),
        problems=tuple(sorted(problems, key=lambda one: one.line)),
        notes=tuple(notes),
    )


def _safe(name: str) -> str:
    """A file name without folders and signs that a system takes amiss."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[^\w.() -]", "_", last).strip(". ")[-100:] or "file"


def _is_name(prototype: Prototype) -> Callable[[str], bool]:
    keys = names_of(prototype.fields)
    return lambda text: key_of(text) in keys


def _whole(lines: Lines) -> tuple[list[Line], list[RowProblem]]:
    """The rows that are as wide as the header, and what is wrong with the others."""
    width, whole, problems = len(lines.names), [], []
    for row in lines.rows:
        if len(row.cells) >= width and not any(map(str.strip, row.cells[width:])):
            whole.append(row)
            continue
        text = _("The row has {n} cells; the header has {width}.", n=len(row.cells), width=width)
        if row.last > row.number:
            text += " " + _("By its quotation marks it reaches to line {line}.", line=row.last)
        problems.append(RowProblem(row.number, "", " | ".join(row.cells)[:80], text))
    return whole, problems


def _columns(work: _Work) -> dict[str, Taken]:
    """The values of each column that is there."""
    fields = {one.column: one for one in work.prototype.fields}
    source, places = work.source, work.found.places
    texts = {
        column.name: (
            Wanted(column, fields[column.name]),
            [_text(row, places[column.name], work.lines) for row in work.whole],
        )
        for column in work.prototype.model.file.columns
        if column.name in places
    }
    forms = forms_of(texts, source)
    with connect(work.folder / "spill") as connection:
        return {
            name: taken(wanted, cells, forms.get(name, (None, None)), connection, source.missing)
            for name, (wanted, cells) in texts.items()
        }


def _text(row: Line, place: int, lines: Lines) -> str:
    if lines.formulas and (row.number, place + 1) in lines.formulas:
        return _FORMULA
    return row.cells[place]


def _wrong(work: _Work, read: Mapping[str, Taken]) -> list[RowProblem]:
    """What is wrong with cells, the columns named as the file names them."""
    return [
        _of_cell(work, work.whole[at], work.found.places[column], sentence)
        for column, values in read.items()
        for at, sentence in values.wrong.items()
    ]


def _of_cell(work: _Work, row: Line, place: int, sentence: str) -> RowProblem:
    text = _text(row, place, work.lines)
    if text == _FORMULA:
        said = _("It is a formula without a result; open the file in a spreadsheet and save it.")
        return RowProblem(row.number, work.lines.names[place], "", said)
    return RowProblem(row.number, work.lines.names[place], text[:80], sentence)


def _rows(
    prototype: Prototype, read: Mapping[str, Taken], kept: Sequence[int]
) -> list[dict[str, Cell]]:
    """Rows as the model reads them: from the file, fixed, or missing."""
    fixed = {one.column: one.fixed for one in prototype.fields if one.is_fixed}
    names = [column.name for column in prototype.model.file.columns]
    return [
        {
            name: read[name].cells[at] if name in read else fixed.get(name)
            for name in names
        }
        for at in kept
    ]  # fmt: skip


def _said(prototype: Prototype, rows: Sequence[Mapping[str, Cell]]) -> list[Answer]:
    said: list[Answer] = []
    for start in range(0, len(rows), _AT_ONCE):
        tell(start, len(rows), plural("Predicting {n} row", "Predicting {n} rows", len(rows)))
        said.extend(answers(prototype, rows[start : start + _AT_ONCE]))
    return said


def _padded(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """As many cells as the header has; what is beyond it goes into the last one."""
    if len(cells) > width and any(map(str.strip, cells[width:])):
        return (*cells[: width - 1], " | ".join(cells[width - 1 :]))
    return (*cells[:width], *("",) * (width - len(cells)))
