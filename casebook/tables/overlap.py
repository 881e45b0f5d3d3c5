"""How two tables fit together: which keys of one are in the other, counted in DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from casebook.expressions.evaluate import time_for
from casebook.expressions.locked import connect_locked, identifier, literal, running
from casebook.tables.table import Table

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Overlap:
    """Rows of a table whose key is in another one, and the different keys themselves.

    empty: rows without a key; they are among `rows`, and not among those that were found.
    """

    rows: int
    empty: int
    found: int
    keys: int
    keys_found: int


@dataclass(frozen=True)
class Step:
    """A table, the column that it is entered by, and the one that leads on to the next."""

    table: Table
    enter: str
    leave: str


def overlap(start: Table, column: str, steps: Sequence[Step]) -> Overlap:
    """Rows of `start` whose `column` is found in the first step, and so on to the last.

    A key in several rows of a step leads on where any of them does. Keys are compared as text.
    """
    with _views([start, *(step.table for step in steps)]) as connection:
        key, inside = _text(start, column), _inside((start, column), steps)
        row = connection.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {key} IS NULL), "
            f"count(*) FILTER (WHERE {inside}), count(DISTINCT {key}), "
            f"count(DISTINCT {key}) FILTER (WHERE {inside}) FROM t0 AS t"
        ).fetchone()
    return Overlap(*(int(n) for n in row or (0,) * 5))


def _inside(own: tuple[Table, str], steps: Sequence[Step], place: int = 0) -> str:
    """SQL for whether a column of the row at hand is found in a step, and in those after it."""
    step, more = steps[place], place + 1 < len(steps)
    further = _inside((step.table, step.leave), steps, place + 1) if more else "true"
    inner = f"SELECT {_text(step.table, step.enter)} FROM t{place + 1} AS t WHERE {further}"
    return f"{_text(*own)} IN ({inner})"


def repeated_rows(table: Table, columns: Sequence[str] | None = None) -> int:
    """Rows that have been there before, in all columns or in these; told by their hashes."""
    listed = ", ".join(f"t.{identifier(name)}" for name in columns or table.names)
    with _views([table]) as connection:
        query = f"SELECT count(*) - count(DISTINCT hash({listed})) FROM t0 AS t"
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _text(table: Table, column: str) -> str:
    """SQL of a key as text: 7, where numbers with gaps among them are stored as 7.0."""
    text = f"CAST(t.{identifier(column)} AS VARCHAR)"
    whole = table.stored[column].upper() not in ("DOUBLE", "FLOAT", "REAL")
    return text if whole else f"regexp_replace({text}, '[.]0$', '')"


@contextmanager
def _views(tables: Sequence[Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection with the kept rows of each table as t0, t1, ..."""
    paths = [table.view.path for table in tables]
    with connect_locked(paths, paths[0].parent / "spill") as connection:
        for place, table in enumerate(tables):
            source = f"read_parquet({literal(str(table.view.path))})"
            connection.execute(
                f"CREATE TEMP VIEW t{place} AS SELECT * FROM {source} WHERE {table.view.kept}"
            )
        with running(connection, 4 * time_for(sum(table.view.rows for table in tables))):
            yield connection
