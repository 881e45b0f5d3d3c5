"""Rows and columns without content: empty ones, and a header that comes again among the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from casebook.expressions.locked import literal
from casebook.language import N_
from casebook.tables.forms import BLANKS
from casebook.tables.layout import Layout
from casebook.tables.mend import TEXT_KEPT
from casebook.tables.misfits import Text
from casebook.tables.model import Reject

if TYPE_CHECKING:
    import duckdb

EMPTY_ROW = N_("an empty row")
HEADER_AGAIN = N_("the header again")


def void_columns(
    connection: duckdb.DuckDBPyConnection, table: str, places: Iterable[int]
) -> set[int]:
    """Those of the columns `c0`, `c1`, ... at these places in which no row has a value."""
    looked_at = list(places)
    if not looked_at:
        return set()
    cells = ", ".join(
        f"count(nullif(trim(CAST(c{n} AS VARCHAR), {literal(BLANKS)}), ''))" for n in looked_at
    )
    row = connection.execute(f"SELECT {cells} FROM {table}").fetchone() or ()
    return {n for n, filled in zip(looked_at, row, strict=True) if not filled}


def drop_void_rows(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    text: Text,
    layout: Layout,
    known: Sequence[Reject],
) -> list[Reject]:
    """Take out rows that hold nothing, and those that repeat the header; they become rejects."""
    blank, again = void_conditions(layout)
    # WHERE, not FILTER: rows that fail one condition are not held against the next
    counts = [
        connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()
        for condition in (blank, again)
    ]
    empty, repeated = (row[0] if row else 0 for row in counts)
    if not empty and not repeated:
        return []
    connection.execute(
        f"CREATE TABLE filled AS SELECT * FROM {table} "
        f"WHERE NOT (({blank}) OR ({again})) ORDER BY rowid"
    )
    connection.execute(f"DROP TABLE {table}")
    connection.execute(f"ALTER TABLE filled RENAME TO {table}")
    lines = {reject.line for reject in known}
    rejects = _rejects(text, lines, EMPTY_ROW, _is_empty(layout)) if empty else []
    if repeated:
        header = layout.header_line
        after = set(range(text.first_line + text.skip)) | lines
        rejects += _rejects(text, after, HEADER_AGAIN, lambda line: line.strip() == header)
    return rejects


def void_conditions(layout: Layout) -> tuple[str, str]:
    """SQL for whether a row is empty, and whether it is the header again."""
    names = layout.header.names
    blank = " AND ".join(
        f"(c{n} IS NULL OR trim(c{n}, {literal(BLANKS)}) = '')" for n in range(len(names))
    )
    if not layout.header_line or not any(name.strip() for name in names):
        return blank, "false"
    again = " AND ".join(
        f"c{n} IS NOT DISTINCT FROM {literal(name) if name else 'NULL'}"
        for n, name in enumerate(names)
    )
    return blank, again


def _is_empty(layout: Layout) -> Callable[[str], bool]:
    """Whether a line has nothing but delimiters, quotes and blanks.

    DuckDB reads a line without any sign as a row only where the table has one column.
    """
    dialect = layout.dialect
    marks = set(dialect.delimiter + dialect.quote + BLANKS + "\r\n")
    one_column = len(layout.header.names) == 1
    return lambda line: (one_column or bool(line.strip("\r\n"))) and set(line) <= marks


def _rejects(
    text: Text, known: set[int], reason: str, wanted: Callable[[str], bool]
) -> list[Reject]:
    """The lines of the text that are wanted and not known yet."""
    found = []
    with text.path.open(encoding="utf-8", newline="\n") as file:
        for n, line in enumerate(file, start=text.first_line):
            if n not in known and wanted(line):
                found.append(Reject(text.file, n, reason, line.strip("\r\n")[:TEXT_KEPT]))
    return found
