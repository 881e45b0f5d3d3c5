"""What the values of a column of texts say: a sample, and counts over every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from casebook.expressions.locked import literal
from casebook.tables.forms import BLANKS, NUMBER_MARKERS, Form

if TYPE_CHECKING:
    import duckdb

_CELLS = 400_000  # cells of the sample: rows times columns
_ROWS = 2_000
_BATCH = 200  # columns in one query
_SHOWN = 50


@dataclass(frozen=True)
class TextColumn:
    """A column of texts in DuckDB: its SQL name, its name, and what the record says about it.

    missing: the record's texts that mean missing; type: the record's type, None where guessed.
    guess: the types that may be guessed; a database already says what is text.
    tidy: no value has blanks around it, so that none need be trimmed.
    """

    sql: str
    name: str
    missing: tuple[str, ...] = ()
    type: str | None = None
    guess: tuple[str, ...] = ("boolean", "time", "number")
    tidy: bool = False

    @property
    def trimmed(self) -> str:
        """SQL for the text without blanks around it."""
        if self.tidy:
            return self.sql
        return f"trim({self.sql}, {literal(BLANKS)})"

    def absent(self, markers: Sequence[str]) -> str:
        """SQL for whether the value is missing: blank, or one of these texts or the record's."""
        texts = ", ".join(literal(text) for text in ("", *markers, *self.missing))
        return f"({self.sql} IS NULL OR {self.trimmed} IN ({texts}))"


def tidied(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[TextColumn]
) -> list[TextColumn]:
    """The columns, those marked in which no value has blanks around it.

    Trimming a text is the slowest step of all that follow, and few columns need it.
    """
    marked = []
    ends = " OR ".join(f"suffix({{c}}, {literal(blank)})" for blank in BLANKS)
    untidy = f"({{c}} < '!' AND {{c}} <> '') OR {{c}} >= chr(127) OR {ends}"
    for start in range(0, len(columns), _BATCH):
        batch = columns[start : start + _BATCH]
        cells = ", ".join(f"coalesce(bool_or({untidy.format(c=c.sql)}), false)" for c in batch)
        row = connection.execute(f"SELECT {cells} FROM {table}").fetchone() or ()
        marked += [replace(c, tidy=not bad) for c, bad in zip(batch, row, strict=True)]
    return marked


def samples(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[TextColumn], rows: int
) -> dict[str, list[str]]:
    """Distinct trimmed values of each column, from rows all over the table.

    A column without a value in those rows is looked at again where it has some.
    """
    wanted = max(min(_ROWS, _CELLS // max(len(columns), 1)), 20)
    step = max(rows // wanted, 1)
    found: dict[str, list[str]] = {}
    for start in range(0, len(columns), _BATCH):
        batch = columns[start : start + _BATCH]
        cells = ", ".join(column.trimmed for column in batch)
        # of every `step` rows one, at a place that moves: files often repeat with a period
        where = f"(rowid + (rowid // {step}) * 7919 % {step}) % {step} = 0"
        drawn = connection.execute(f"SELECT {cells} FROM {table} WHERE {where}").fetchall()
        for n, column in enumerate(batch):
            values = dict.fromkeys(row[n] for row in drawn)
            found[column.sql] = _present(values, column)
            if not found[column.sql] and step > 1:
                found[column.sql] = _present(_distinct(connection, table, column), column)
    return found


def _present(values: Any, column: TextColumn) -> list[str]:
    absent = {None, "", *NUMBER_MARKERS, *column.missing}
    return [value for value in values if value not in absent]


def _distinct(connection: duckdb.DuckDBPyConnection, table: str, column: TextColumn) -> list[str]:
    query = (
        f"SELECT DISTINCT {column.trimmed} FROM {table} WHERE NOT {column.absent(NUMBER_MARKERS)}"
    )
    return [row[0] for row in connection.execute(f"{query} LIMIT {_SHOWN}").fetchall()]


def misfit_counts(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    candidates: Sequence[tuple[TextColumn, Form]],
) -> list[int]:
    """For each column and form the rows, of all, that have a value not written so."""
    counts: list[int] = []
    for start in range(0, len(candidates), _BATCH):
        cells = ", ".join(
            f"count(*) FILTER (WHERE NOT {column.absent(NUMBER_MARKERS)} "
            f"AND ({form.sql(column.trimmed)}) IS NULL)"
            for column, form in candidates[start : start + _BATCH]
        )
        row = connection.execute(f"SELECT {cells} FROM {table}").fetchone()
        counts.extend(int(n) for n in row or ())
    return counts


def misfits(
    connection: duckdb.DuckDBPyConnection, table: str, column: TextColumn, form: Form
) -> list[str]:
    """Some distinct values that are not written so, in the order of the file."""
    query = (
        f"SELECT {column.trimmed} AS value FROM {table} "
        f"WHERE NOT {column.absent(NUMBER_MARKERS)} AND ({form.sql(column.trimmed)}) IS NULL "
        f"GROUP BY value ORDER BY min(rowid) LIMIT {_SHOWN}"
    )
    return [row[0] for row in connection.execute(query).fetchall()]


@dataclass(frozen=True)
class Absence:
    """How a column writes "nothing": blanks, and marker texts with their counts; values left."""

    present: int
    blanks: int
    markers: dict[str, int]


def absences(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[TextColumn]
) -> dict[str, Absence]:
    """For each column how it writes "nothing", over all rows."""
    listed = ", ".join(literal(text) for text in NUMBER_MARKERS)
    found = {}
    for start in range(0, len(columns), _BATCH):
        batch = columns[start : start + _BATCH]
        cells = ", ".join(
            f"count({c.sql}), count(*) FILTER (WHERE {c.sql} IS NOT NULL AND {c.trimmed} = ''), "
            f"count(*) FILTER (WHERE {c.trimmed} IN ({listed}))"
            for c in batch
        )
        row = connection.execute(f"SELECT {cells} FROM {table}").fetchone() or ()
        for n, column in enumerate(batch):
            filled, blanks, marked = row[3 * n : 3 * n + 3]
            markers = _histogram(connection, table, column, listed) if marked else {}
            found[column.sql] = Absence(filled - blanks - marked, blanks, markers)
    return found


def _histogram(
    connection: duckdb.DuckDBPyConnection, table: str, column: TextColumn, listed: str
) -> dict[str, int]:
    query = (
        f"SELECT {column.trimmed} AS value, count(*) FROM {table} "
        f"WHERE value IN ({listed}) GROUP BY value ORDER BY min(rowid)"
    )
    return dict(connection.execute(query).fetchall())


def pairs_of_capitals(values: Sequence[str]) -> bool:
    """Whether most values are two capitals, as codes of countries: then `NA` is one of them."""
    pairs = sum(len(value) == 2 and value.isascii() and value.isupper() for value in values)
    return pairs > 0.8 * len(values) > 0
