"""What stands at the foot of a file and is no row like the others: totals, a second table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from casebook.language import N_
from casebook.tables.evidence import TextColumn
from casebook.tables.model import Assumption

if TYPE_CHECKING:
    import duckdb

    from casebook.tables.loading import Part

_TOTAL = re.compile(
    r"(?i)\s*(?:(?:grand |sub)?totals?|sum|average|mean|합계|총계|소계|총합|누계|평균|계)\s*:?\s*"
)
_LAST = 3  # rows
LOOKED_AT = 50  # columns: the word stands in one of the first


def noticed(
    connection: duckdb.DuckDBPyConnection, part: Part, columns: Sequence[TextColumn], rows: int
) -> list[Assumption]:
    """A total among the last rows, and lines from some point to the end that fit nothing."""
    return [*totals(connection, part.table, columns, rows), *_second_table(part, rows)]


def totals(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[TextColumn],
    rows: int,
    number: str = "rowid",
) -> list[Assumption]:
    """A total among the last rows of a table; number: SQL for the number of a row, from 0."""
    if not columns or rows <= _LAST:
        return []
    columns = columns[:LOOKED_AT]
    cells = ", ".join(column.sql for column in columns)
    last = connection.execute(
        f"SELECT {cells} FROM {table} WHERE {number} >= {rows - _LAST} ORDER BY {number}"
    ).fetchall()
    for row in last:
        for column, value in zip(columns, row, strict=True):
            if (
                value is not None
                and _TOTAL.fullmatch(value)
                and _once(connection, table, column, value)
            ):
                message = N_(
                    "one of the last rows has '{value}' in '{column}' and looks like a total; "
                    "it was kept, data.filter can leave it out"
                )
                values = {"value": value.strip(), "column": column.name}
                return [Assumption("rows", str(rows), message, values)]
    return []


def _once(
    connection: duckdb.DuckDBPyConnection, table: str, column: TextColumn, value: str
) -> bool:
    query = f"SELECT count(*) FROM {table} WHERE {column.sql} = ?"
    row = connection.execute(query, [value]).fetchone()
    return row is not None and row[0] == 1


def _second_table(part: Part, rows: int) -> list[Assumption]:
    """Said where the rejects are the last lines, two or more of them on end."""
    lines = [reject.line for reject in part.rejects if reject.text.strip()]
    run = 1
    while run < len(lines) and lines[-run] - lines[-run - 1] <= 2:
        run += 1
    if len(lines) < 2 or run < 2 or lines[-run] <= rows:
        return []
    message = N_("from line {line} to the end the lines do not fit; it may be another table")
    return [Assumption("rows", str(rows), message, {"line": lines[-run]})]
