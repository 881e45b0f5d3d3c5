"""Delimited text into a DuckDB table of texts; the lines that do not fit become rejects."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.exceptions import TableError
from casebook.expressions.locked import literal
from casebook.language import N_, _
from casebook.tables.dialect import LONGEST_LINE, Dialect
from casebook.tables.layout import Layout
from casebook.tables.mend import TEXT_KEPT, mend
from casebook.tables.model import Assumption, Reject

if TYPE_CHECKING:
    import duckdb

_REASONS: dict[str, str] = {
    "MISSING COLUMNS": N_("fewer columns than the header"),
    "TOO MANY COLUMNS": N_("more columns than the header"),
}
_OTHER_REASON = N_("a line that cannot be read")
EMPTY_ROW = N_("an empty row")

_BLANKS = " \t\u00a0\u3000"


@dataclass(frozen=True)
class Text:
    """A plain text on its way into DuckDB.

    skip: rows for DuckDB to leave out; first_line: the number of the text's first line in `file`.
    """

    path: Path
    skip: int
    first_line: int
    file: str


@dataclass(frozen=True)
class Loaded:
    """What became of a text: the DuckDB table, its rejects, and what was assumed."""

    table: str
    rejects: tuple[Reject, ...]
    assumptions: tuple[Assumption, ...] = ()


def load_text(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    layout: Layout,
    table: str,
    file: str,
    folder: Path,
) -> Loaded:
    """Load a plain text of this layout as a table of text columns `c0`, `c1`, ... in order.

    file: the name shown in rejects; folder: for copies that are needed on the way.
    Raises TableError where most lines do not fit.
    """
    width = len(layout.header.names)
    text = _body(path, layout, file, folder)
    if layout.first_byte >= path.stat().st_size:
        columns = ", ".join(f"c{n} VARCHAR" for n in range(width))
        connection.execute(f"CREATE TABLE {table} ({columns})")
        return Loaded(table, ())
    notes: list[Assumption] = []
    given_up: tuple[Reject, ...] = ()
    if not _read(connection, text, layout.dialect, width, table):
        target = folder / f"{path.name}.mended"
        mended = mend(text.path, target, layout.dialect, width, file, text.first_line)
        text, given_up, notes = replace(text, path=target), mended.rejects, mended.assumptions
        _read(connection, text, layout.dialect, width, table)
    rejects = (*given_up, *_rejects(connection, text, table))
    _check_fit(connection, table, rejects, layout)
    rejects = (*rejects, *_drop_empty_rows(connection, table, width, text, layout, rejects))
    return Loaded(table, tuple(sorted(rejects, key=lambda reject: reject.line)), tuple(notes))


def _body(path: Path, layout: Layout, file: str, folder: Path) -> Text:
    """The text from the first row of data on.

    DuckDB skips rows, not lines; a preamble with odd quotes would mislead it, so it is cut off.
    """
    if layout.first_byte == 0:
        return Text(path, 0, 1, file)
    if layout.header.first_line == 2:
        return Text(path, 1, 1, file)
    target = folder / f"{path.name}.body"
    with path.open("rb") as source, target.open("wb") as out:
        source.seek(layout.first_byte)
        shutil.copyfileobj(source, out)
    return Text(target, 0, layout.header.first_line, file)


def _read(
    connection: duckdb.DuckDBPyConnection, text: Text, dialect: Dialect, width: int, table: str
) -> bool:
    """Read strictly; whether all that did not fit had merely too few or too many columns."""
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(width))
    cell = "ltrim(c{n}, ' ') AS c{n}" if dialect.skip_space else "c{n}"
    cells = ", ".join(cell.format(n=n) for n in range(width))
    for name in (table, f"misfits_{table}", f"scans_{table}"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(
        f"CREATE TABLE {table} AS SELECT {cells} FROM read_csv({literal(str(text.path))}, "
        f"columns={{{columns}}}, auto_detect=false, header=false, skip={text.skip}, "
        f"delim={literal(dialect.delimiter)}, quote={literal(dialect.quote)}, "
        f"escape={literal(dialect.escape)}, max_line_size={LONGEST_LINE}, "
        "strict_mode=true, null_padding=false, ignore_errors=true, store_rejects=true, "
        f"rejects_table='misfits_{table}', rejects_scan='scans_{table}', rejects_limit=0)"
    )
    known = ", ".join(literal(kind) for kind in _REASONS)
    return not _one(
        connection,
        f"SELECT count(*) FROM misfits_{table} WHERE CAST(error_type AS VARCHAR) NOT IN ({known})",
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _rejects(connection: duckdb.DuckDBPyConnection, text: Text, table: str) -> tuple[Reject, ...]:
    found = connection.execute(
        "SELECT line_byte_position, first(CAST(error_type AS VARCHAR)), first(csv_line) "
        f"FROM misfits_{table} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    starts = [at - 1 + len(line) - len(line.lstrip("\r\n")) for at, _error, line in found]
    lines = _line_numbers(text, starts)
    return tuple(
        Reject(text.file, line, _REASONS.get(error, _OTHER_REASON), row.strip("\r\n")[:TEXT_KEPT])
        for line, (_at, error, row) in zip(lines, found, strict=True)
    )


def _line_numbers(text: Text, starts: Sequence[int]) -> list[int]:
    """The numbers of the lines that start at these bytes, which are in order."""
    numbers, line, at = [], text.first_line, 0
    with text.path.open("rb") as file:
        for start in starts:
            while at < start:
                piece = file.read(min(start - at, 1 << 20))
                if not piece:
                    break
                line += piece.count(b"\n")
                at += len(piece)
            numbers.append(line)
    return numbers


def _check_fit(
    connection: duckdb.DuckDBPyConnection, table: str, rejects: Sequence[Reject], layout: Layout
) -> None:
    kept = _one(connection, f"SELECT count(*) FROM {table}")
    if len(rejects) <= kept or not rejects:
        return
    first = min(rejects, key=lambda reject: reject.line)
    raise TableError(
        _(
            "{file}, line {line}: {reason}; {n:,} of {total:,} rows do not fit the header's "
            "{width} columns",
            file=first.file,
            line=first.line,
            reason=_(first.reason),
            n=len(rejects),
            total=kept + len(rejects),
            width=len(layout.header.names),
        ),
        hint=_("Set the delimiter, the quote or the header's line in the record."),
    )


def _drop_empty_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    width: int,
    text: Text,
    layout: Layout,
    known: Sequence[Reject],
) -> list[Reject]:
    blank = literal(_BLANKS)
    empty = " AND ".join(f"(c{n} IS NULL OR trim(c{n}, {blank}) = '')" for n in range(width))
    if not _one(connection, f"SELECT count(*) FROM {table} WHERE {empty}"):
        return []
    connection.execute(
        f"CREATE TABLE filled AS SELECT * FROM {table} WHERE NOT ({empty}) ORDER BY rowid"
    )
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"ALTER TABLE filled RENAME TO {table}")
    return _empty_lines(text, layout, {reject.line for reject in known})


def _empty_lines(text: Text, layout: Layout, known: set[int]) -> list[Reject]:
    """The lines that hold nothing but delimiters, quotes and blanks."""
    dialect = layout.dialect
    marks = set(dialect.delimiter + dialect.quote + _BLANKS + "\r\n")
    one_column = len(layout.header.names) == 1
    rejects = []
    with text.path.open(encoding="utf-8", newline="\n") as file:
        for n, line in enumerate(file, start=text.first_line):
            written = line.strip("\r\n")
            if (written or one_column) and n not in known and set(line) <= marks:
                rejects.append(Reject(text.file, n, EMPTY_ROW, written[:TEXT_KEPT]))
    return rejects
