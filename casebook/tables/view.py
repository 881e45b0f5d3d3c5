"""The rows of a typed Parquet file that a table keeps, as a DuckDB view that people's SQL sees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.expressions.check import Expression
from casebook.expressions.evaluate import time_for
from casebook.expressions.locked import connect_locked, identifier, literal, running

if TYPE_CHECKING:
    import duckdb

ROW = "__row_of_the_source"  # its number, from 0


@dataclass(frozen=True)
class View:
    """Which rows of a file are in the table.

    filter: the record's condition; until: rows with `time` after that day are not in the table.
    """

    path: Path
    names: tuple[str, ...]
    rows: int
    filter: Expression | None = None
    time: str | None = None
    until: date | None = None

    @property
    def in_time(self) -> str:
        """SQL for whether a row is not after the day; empty where there is no such day."""
        if self.until is None or self.time is None:
            return ""
        end = (self.until + timedelta(days=1)).isoformat()
        return f"{identifier(self.time)} < TIMESTAMP {literal(end)}"

    @property
    def kept(self) -> str:
        """SQL for whether a row is in the table."""
        conditions = [self.filter.sql if self.filter else "", self.in_time]
        return " AND ".join(condition for condition in conditions if condition) or "true"

    @contextmanager
    def open(
        self, *, all_rows: bool = False, seconds: float | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A locked connection with a view `data` of the kept rows (or of all) and their numbers.

        seconds: until it is interrupted; by default what the rows deserve.

        Raises ExpressionError where an expression does not fit, or takes too long or too much.
        """
        spill = self.path.parent / "spill"
        with connect_locked([self.path], spill) as connection:
            connection.execute(f"CREATE TEMP VIEW source AS {self._numbered()}")
            where = "true" if all_rows else self.kept
            connection.execute(f"CREATE TEMP VIEW data AS SELECT * FROM source WHERE {where}")
            with running(connection, seconds or time_for(self.rows)):
                yield connection

    def _numbered(self) -> str:
        """SQL for all rows with their numbers."""
        path = literal(str(self.path))
        if "file_row_number" in (name.lower() for name in self.names):
            number, source = "row_number() OVER () - 1", f"read_parquet({path})"
        else:
            number, source = "file_row_number", f"read_parquet({path}, file_row_number = true)"
        return f"SELECT {cells(self.names)}, {number} AS {ROW} FROM {source}"


def cells(names: Sequence[str]) -> str:
    """The names of columns as SQL lists them."""
    return ", ".join(identifier(name) for name in names)
