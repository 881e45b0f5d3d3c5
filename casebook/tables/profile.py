"""What the columns of a table hold, counted over its rows: the ground for their roles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from casebook.atomic import write_text
from casebook.expressions.locked import identifier
from casebook.tables.model import ReadColumn
from casebook.tables.view import View

if TYPE_CHECKING:
    import duckdb

PROFILE = 1  # raise it whenever something else is counted
_MANY = 100_000  # rows
_WIDE = 50  # columns
_FIRST = 2048  # rows that tell whether the values of a column may rise
MINUTES = 10  # for counting a whole table, whose time is not bounded by what people write


@dataclass(frozen=True)
class Counts:
    """One column over the rows of a table.

    low and high: of numbers. length and words: their means over texts. whole: all numbers are.
    """

    name: str
    missing: int
    distinct: int
    low: float | None = None
    high: float | None = None
    whole: bool = False
    length: float = 0.0
    words: float = 0.0


@dataclass(frozen=True)
class Profile:
    """The counts of all columns, and of rows: kept, left out by the filter and by the day.

    unknown: rows for which the filter has no answer (NULL), part of `filtered`.
    timeless: rows without a time, which a day leaves out, part of `later`.
    """

    rows: int
    filtered: int
    unknown: int
    later: int
    timeless: int
    columns: tuple[Counts, ...]


def profile(view: View, columns: Sequence[ReadColumn]) -> Profile:
    """The profile of a view, from the cache beside its file where it is kept there."""
    key = hashlib.sha256(f"{PROFILE}|{view.kept}".encode()).hexdigest()[:16]
    path = view.path.with_name(f"{view.path.stem}.{key}.profile.json")
    try:
        return _loaded(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        counted = _counted(view, columns)
    write_text(path, json.dumps(asdict(counted), ensure_ascii=False))
    return counted


def _loaded(kept: dict[str, Any]) -> Profile:
    columns = tuple(Counts(**column) for column in kept.pop("columns"))
    return Profile(**kept, columns=columns)


def _counted(view: View, columns: Sequence[ReadColumn]) -> Profile:
    passes = view.filter.sql if view.filter else "true"
    early = view.in_time or "true"
    time = identifier(view.time) if view.time and view.until else "true"
    with view.open(all_rows=True, seconds=MINUTES * 60) as connection:
        row = connection.execute(
            f"SELECT count(*) FILTER (WHERE {view.kept}), "
            f"count(*) FILTER (WHERE ({passes}) IS NOT TRUE), "
            f"count(*) FILTER (WHERE ({passes}) IS NULL), "
            f"count(*) FILTER (WHERE ({passes}) AND ({early}) IS NOT TRUE), "
            f"count(*) FILTER (WHERE ({passes}) AND {time} IS NULL) FROM data"
        ).fetchone()
    rows, filtered, unknown, later, timeless = (int(n) for n in row or (0,) * 5)
    with view.open(seconds=MINUTES * 60) as connection:
        found = _by_column(connection, columns, rows)
    counts = tuple(_counts(c, found.get(n), rows) for n, c in enumerate(columns))
    return Profile(rows, filtered, unknown, later, timeless, counts)


def _by_column(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ReadColumn], rows: int
) -> dict[int, tuple[Any, ...]]:
    """The aggregates of `_cells` for each column, by its place.

    A query a column takes a tenth of the time of columns laid below one another, but for the
    planning: of wide tables with few rows, columns of a type are laid so, in one query.
    """
    if rows >= _MANY or len(columns) <= _WIDE:
        rising = _rising(connection, columns, rows)
        return {
            n: rising.get(column.name) or _of_one(connection, column)
            for n, column in enumerate(columns)
            if rows
        }
    found: dict[int, tuple[Any, ...]] = {}
    for stored in dict.fromkeys(column.stored for column in columns):
        alike = [n for n, column in enumerate(columns) if column.stored == stored]
        numbers = ", ".join(str(n) for n in alike)
        values = ", ".join(identifier(columns[n].name) for n in alike)
        counted = connection.execute(
            f"SELECT n, {_cells(columns[alike[0]])} FROM (SELECT n, v, count(*) AS c FROM (SELECT "
            f"unnest([{numbers}]) AS n, unnest([{values}]) AS v FROM data) GROUP BY n, v) "
            "GROUP BY n"
        ).fetchall()
        found |= {row[0]: row[1:] for row in counted}
    return found


def _rising(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ReadColumn], rows: int
) -> dict[str, tuple[Any, ...]]:
    """The aggregates of columns of many rows whose values never fall, as of ids and times.

    Their distinct values are counted by comparing each with the one before, which takes a tenth
    of the time of gathering them. A column with a missing value is none of them.
    """
    able = [column for column in columns if column.type in ("number", "time")]
    if rows < _MANY or not able:
        return {}
    names = [identifier(column.name) for column in able]
    lags = ", ".join(f"{name} >= lag({name}) OVER () AS r{n}" for n, name in enumerate(names))
    whether = ", ".join(f"bool_and(r{n})" for n in range(len(names)))
    first = f"SELECT {', '.join(names)} FROM data LIMIT {_FIRST}"
    risen = connection.execute(f"SELECT {whether} FROM (SELECT {lags} FROM ({first}))").fetchone()
    found = {}
    for column, rises in zip(able, risen or (), strict=False):
        counted = _of_rising(connection, column, rows) if rises else None
        if counted is not None:
            found[column.name] = counted
    return found


def _of_rising(
    connection: duckdb.DuckDBPyConnection, column: ReadColumn, rows: int
) -> tuple[Any, ...] | None:
    """The aggregates of `_cells`, None where some value falls or is missing after all."""
    number = column.type == "number"
    cells = (
        "min(v)::DOUBLE, max(v)::DOUBLE, bool_and(v = trunc(v))" if number else "NULL, NULL, false"
    )
    row = connection.execute(
        f"SELECT bool_and(v >= p), count(v), count(*) FILTER (v > p) + 1, {cells}, 0.0, 0.0 FROM "
        f"(SELECT v, lag(v) OVER () AS p FROM (SELECT {identifier(column.name)} AS v FROM data))"
    ).fetchone()
    return row[1:] if row and row[0] and row[1] == rows else None


def _of_one(connection: duckdb.DuckDBPyConnection, column: ReadColumn) -> tuple[Any, ...]:
    row = connection.execute(
        f"SELECT {_cells(column)} FROM (SELECT {identifier(column.name)} AS v, count(*) AS c "
        "FROM data GROUP BY v)"
    ).fetchone()
    return row or ()


def _cells(column: ReadColumn) -> str:
    """SQL over distinct values `v` that are there `c` times each.

    Values, distinct ones, low, high, whether whole, mean length and words.
    """
    counted = "coalesce(sum(c) FILTER (v IS NOT NULL), 0)::BIGINT, count(v)"
    if column.type == "number":
        whole = "coalesce(bool_and(v = trunc(v)), false)"
        return f"{counted}, min(v)::DOUBLE, max(v)::DOUBLE, {whole}, 0.0, 0.0"
    if column.type == "text":
        filled = "sum(c) FILTER (v IS NOT NULL)"
        words = "length(v) - length(replace(v, ' ', '')) + 1"
        return (
            f"{counted}, NULL, NULL, false, sum(c * length(v)) / {filled}, "
            f"sum(c * ({words})) / {filled}"
        )
    return f"{counted}, NULL, NULL, false, 0.0, 0.0"


def _counts(column: ReadColumn, values: Sequence[Any] | None, rows: int) -> Counts:
    if values is None:  # no row at all
        return Counts(column.name, 0, 0)
    filled, distinct, low, high, whole, length, words = values
    return Counts(
        column.name, rows - filled, distinct, low, high, bool(whole), length or 0.0, words or 0.0
    )
