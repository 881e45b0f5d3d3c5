"""A table of a case: columns with roles, and rows as frames, counts and aggregates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from casebook.exceptions import TableError, nearest
from casebook.expressions.check import Expression, check
from casebook.expressions.frames import plain_frame
from casebook.language import _
from casebook.tables.model import Assumption, Column, Rejects, Role, Task
from casebook.tables.view import ROW, View, cells

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


@dataclass(frozen=True)
class Table:
    """A table as it was opened; rows stay on disk until they are asked for.

    rows: after the filter and the day. rows_read = rows + rows_filtered_out + rows_after_as_of.
    rows_filter_unknown: for which the filter had no answer (a missing value), part of
    rows_filtered_out; rows_without_time: which no day keeps, part of rows_after_as_of.
    time, target: names of columns; task and task_reason: of the target, None and empty without.
    reading: what was assumed in reading; roles and task add their own.
    fingerprint: sha256 of the content.
    """

    name: str
    columns: tuple[Column, ...]
    rows: int
    rows_read: int
    rows_filtered_out: int
    rows_filter_unknown: int
    rows_after_as_of: int
    rows_without_time: int
    rejects: Rejects
    reading: tuple[Assumption, ...]
    fingerprint: str
    files: tuple[str, ...]
    as_of: date | None
    time: str | None
    target: str | None
    task: Task | None
    task_reason: str
    view: View = field(repr=False)
    stored: Mapping[str, str] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of this name, whatever its capitals. Raises TableError with the nearest."""
        for column in self.columns:
            if column.name.lower() == name.lower():
                return column
        raise TableError(
            _("'{name}' is not a column of {table}; it has {n}.", name=name, table=self.name,
              n=len(self.columns)),
            hint=nearest(name, self.names),
        )  # fmt: skip

    def with_role(self, role: Role) -> tuple[str, ...]:
        """The names of the columns that have a role, in order."""
        return tuple(column.name for column in self.columns if column.role == role)

    def frame(
        self,
        columns: Sequence[str] | None = None,
        where: str | None = None,
        limit: int | None = None,
        seed: int = 0,
    ) -> pd.DataFrame:
        """Rows in the order of the source, indexed by their number there from 0.

        where: SQL condition; limit: at most so many rows, drawn at random by `seed` (the same
        seed and file give the same rows, and a smaller limit a part of them).
        Raises TableError for an unknown column, ExpressionError for the condition.
        """
        names = [self.column(name).name for name in columns] if columns is not None else self.names
        condition = self._condition(where)
        listed = cells([*names]) + ", " if names else ""
        query = f"SELECT {listed}{ROW} FROM data WHERE {condition}"
        if limit is not None:
            draw = f"md5_number_lower('{int(seed)}:' || {ROW})"
            chosen = f"SELECT {ROW} FROM data WHERE {condition} ORDER BY {draw} LIMIT {int(limit)}"
            query = f"SELECT {listed}{ROW} FROM data WHERE {ROW} IN ({chosen})"
        with self.view.open() as connection:
            frame = connection.execute(f"{query} ORDER BY {ROW}").df()
        return plain_frame(frame).set_index(ROW).rename_axis(None)

    def aggregate(
        self,
        metrics: Mapping[str, str],
        by: Mapping[str, str] | None = None,
        where: str | None = None,
    ) -> pd.DataFrame:
        """One row for each combination of `by`, in their order; one row in all without `by`.

        metrics and by: names of the result's columns and their SQL (aggregates; values of a row).
        Runs in DuckDB over the file, out of core. Raises ExpressionError.
        """
        groups = dict(by or {})
        parts = [self.expression(text).sql for text in groups.values()]
        values = [self.expression(text, aggregate=True).sql for text in metrics.values()]
        listed = ", ".join(f"{sql} AS __{n}" for n, sql in enumerate([*parts, *values]))
        query = f"SELECT {listed} FROM data WHERE {self._condition(where)}"
        if parts:
            places = ", ".join(str(n + 1) for n in range(len(parts)))
            query += f" GROUP BY {places} ORDER BY {places}"
        with self.view.open() as connection:
            frame = connection.execute(query).df()
        return plain_frame(frame).set_axis([*groups, *metrics], axis=1)

    def count(self, where: str | None = None) -> int:
        """How many rows meet a condition; all rows without one. Raises ExpressionError."""
        if where is None:
            return self.rows
        with self.view.open() as connection:
            return _number(connection, f"SELECT count(*) FROM data WHERE {self._condition(where)}")

    def repeated(self) -> int:
        """How many rows are equal to an earlier one in every column."""
        with self.view.open() as connection:
            names = cells(self.names)
            return self.rows - _number(
                connection, f"SELECT count(DISTINCT hash({names})) FROM data"
            )

    def evaluate(self, expression: Expression | str) -> pd.Series:
        """An expression's value for each row, indexed as `frame` is. Raises ExpressionError."""
        if isinstance(expression, str):
            expression = self.expression(expression)
        query = f"SELECT {expression.sql} AS value, {ROW} FROM data ORDER BY {ROW}"
        with self.view.open() as connection:
            frame = connection.execute(query).df()
        values = plain_frame(frame).set_index(ROW).rename_axis(None)["value"]
        return values.rename(expression.text)

    def expression(self, text: str, *, aggregate: bool = False, place: str = "") -> Expression:
        """A checked expression over this table's columns. Raises ExpressionError."""
        return check(text, self.stored, aggregate=aggregate, place=place)

    def _condition(self, where: str | None) -> str:
        return self.expression(where).sql if where is not None else "true"


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
