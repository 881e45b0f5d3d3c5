"""What the values of a column of texts say: a sample, and counts over every row."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from casebook.expressions.locked import literal
from casebook.tables.forms import BLANKS, NUMBER_MARKERS, Form

if TYPE_CHECKING:
    import duckdb

_K = TypeVar("_K", bound=Hashable)

_CELLS = 400_000  # cells of the sample: rows times columns
_ROWS = 2_000
_BATCH = 200  # columns in one query
_SHOWN = 50


def one_of(sql: str, texts: Sequence[str]) -> str:
    """SQL for whether a text is one of these.

    One pattern rather than `IN` with many constants, which DuckDB turns into a join for each
    column: 3,000 columns then took all the memory there was.
    """
    pattern = "|".join(re.escape(text) for text in texts)
    return f"regexp_full_match({sql}, {literal(pattern)})"


@dataclass(frozen=True)
class Absence:
    """How a column writes "nothing": blanks, and marker texts with their counts; values left."""

    present: int
    blanks: int
    markers: Mapping[str, int]


@dataclass(frozen=True)
class TextColumn:
    """A column of texts in DuckDB: its SQL name, its name, and what the record says about it.

    missing: the record's texts that mean missing; type: the record's type, None where guessed.
    guess: the types that may be guessed; a database already says what is text.
    tidy: no value has blanks around it, so that none need be trimmed; trimming is slow.
    absence: how it writes "nothing"; None until it was looked at.
    """

    sql: str
    name: str
    missing: tuple[str, ...] = ()
    type: str | None = None
    guess: tuple[str, ...] = ("boolean", "time", "number")
    tidy: bool = False
    absence: Absence | None = None

    @property
    def trimmed(self) -> str:
        """SQL for the text without blanks around it."""
        if self.tidy:
            return self.sql
        return f"trim({self.sql}, {literal(BLANKS)})"

    def absent(self, markers: Sequence[str]) -> str:
        """SQL for whether the value is missing: blank, or one of these texts or the record's."""
        texts = ["", *markers, *self.missing]
        if self.absence is not None:
            known = self.absence.markers
            texts = [text for text in texts if text in known or (not text and self.absence.blanks)]
        if not texts:
            return f"{self.sql} IS NULL"
        return f"({self.sql} IS NULL OR {one_of(self.trimmed, texts)})"


def looked_at(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[TextColumn]
) -> list[TextColumn]:
    """The columns, each with what all its rows say: whether it is tidy, how it writes "nothing"."""
    found = []
    ends = " OR ".join(f"suffix(v, {literal(blank)})" for blank in BLANKS)
    untidy = f"bool_or((v < '!' AND v <> '') OR v >= chr(127) OR {ends})"
    seen: dict[int, tuple[int, bool, bool]] = {}
    for texts, places in _alike((texts_of(column), n) for n, column in enumerate(columns)):
        cells = f"count(v), {untidy}, bool_or({_marked(texts)})"
        seen |= _by_column(connection, table, [(n, columns[n].sql) for n in places], cells)
    for n, column in enumerate(columns):
        filled, ragged, marked = seen.get(n, (0, False, False))
        tidy = replace(column, tidy=not ragged)
        nothing = _nothing(connection, table, tidy) if ragged or marked else {}
        blanks = nothing.pop("", 0)
        present = filled - blanks - sum(nothing.values())
        found.append(replace(tidy, absence=Absence(present, blanks, nothing)))
    return found


def _marked(texts: Sequence[str]) -> str:
    """SQL for whether `v` is one of these texts; numbers are not held against them at length."""
    marked = one_of("v", texts)
    if any(text[:1].isdigit() for text in texts):
        return marked
    return f"CASE WHEN v < '0' OR v >= ':' THEN {marked} ELSE false END"


def _alike(keyed: Iterable[tuple[_K, int]]) -> Iterable[tuple[_K, list[int]]]:
    """Places of the same key together."""
    groups: dict[_K, list[int]] = {}
    for key, place in keyed:
        groups.setdefault(key, []).append(place)
    return groups.items()


def _by_column(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[tuple[int, str]],
    cells: str,
) -> dict[int, tuple[Any, ...]]:
    """The same aggregates of the value `v` for each of these columns, by its number.

    The columns are laid below one another: DuckDB plans one expression, not one a column, for
    planning thousands of them takes minutes.
    """
    numbers = ", ".join(str(n) for n, _sql in columns)
    values = ", ".join(sql for _n, sql in columns)
    rows = connection.execute(
        f"SELECT n, {cells} FROM (SELECT unnest([{numbers}]) AS n, unnest([{values}]) AS v "
        f"FROM {table}) GROUP BY n"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def texts_of(column: TextColumn) -> tuple[str, ...]:
    """All texts that may mean missing in a column."""
    return ("", *NUMBER_MARKERS, *column.missing)


def _nothing(
    connection: duckdb.DuckDBPyConnection, table: str, column: TextColumn
) -> dict[str, int]:
    query = (
        f"SELECT {column.trimmed} AS value, count(*) FROM {table} "
        f"WHERE {one_of('value', texts_of(column))} GROUP BY value ORDER BY min(rowid)"
    )
    return dict(connection.execute(query).fetchall())


def rows_wanted(columns: int) -> int:
    """How many rows a sample has: fewer where there are many columns."""
    return max(min(_ROWS, _CELLS // max(columns, 1)), 20)


def samples(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[TextColumn],
    rows: int,
    number: str = "rowid",
) -> dict[str, list[str]]:
    """Distinct trimmed values of each column, from rows all over the table.

    A column without a value in those rows is looked at again where it has some.
    number: SQL for the number of a row, from 0.
    """
    step = max(rows // rows_wanted(len(columns)), 1)
    found: dict[str, list[str]] = {}
    for start in range(0, len(columns), _BATCH):
        batch = columns[start : start + _BATCH]
        cells = ", ".join(column.trimmed for column in batch)
        # of every `step` rows one, at a place that moves: files often repeat with a period
        where = f"({number} + ({number} // {step}) * 7919 % {step}) % {step} = 0"
        drawn = connection.execute(f"SELECT {cells} FROM {table} WHERE {where}").fetchall()
        for n, column in enumerate(batch):
            values = dict.fromkeys(row[n] for row in drawn)
            found[column.sql] = present(values, column)
            if not found[column.sql] and step > 1 and column.absence and column.absence.present:
                found[column.sql] = present(_distinct(connection, table, column), column)
    return found


def present(values: Iterable[str | None], column: TextColumn) -> list[str]:
    """The values that do not mean missing, of trimmed ones."""
    absent = {None, *texts_of(column)}
    return [value for value in values if value is not None and value not in absent]


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
    counts = [0] * len(candidates)
    keyed = ((_check_of(column, form), n) for n, (column, form) in enumerate(candidates))
    for cell, places in _alike(keyed):
        columns = [(n, candidates[n][0].sql) for n in places]
        for n, (bad,) in _by_column(connection, table, columns, cell).items():
            counts[n] = int(bad)
    return counts


def _check_of(column: TextColumn, form: Form) -> str:
    """SQL that counts the values `v` of a column that are neither missing nor written so."""
    value = replace(column, sql="v")
    return (
        f"count(*) FILTER (WHERE NOT {value.absent(NUMBER_MARKERS)} "
        f"AND ({form.sql(value.trimmed)}) IS NULL)"
    )


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


def pairs_of_capitals(values: Sequence[str]) -> bool:
    """Whether most values are two capitals, as codes of countries: then `NA` is one of them."""
    pairs = sum(len(value) == 2 and value.isascii() and value.isupper() for value in values)
    return pairs > 0.8 * len(values) > 0
