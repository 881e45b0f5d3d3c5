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
        found = _by_column(connection, columns)
    counts = tuple(_counts(c, found.get(n), rows) for n, c in enumerate(columns))
    return Profile(rows, filtered, unknown, later, timeless, counts)


def _by_column(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[ReadColumn]
) -> dict[int, tuple[Any, ...]]:
    """The aggregates of `_cells` for each column, by its place.

    Columns of a type are laid below one another: DuckDB takes a second to plan a hundred
    COUNT(DISTINCT ...), and one query so.
    """
    found: dict[int, tuple[Any, ...]] = {}
    for stored in dict.fromkeys(column.stored for column in columns):
        alike = [n for n, column in enumerate(columns) if column.stored == stored]
        numbers = ", ".join(str(n) for n in alike)
        values = ", ".join(identifier(columns[n].name) for n in alike)
        rows = connection.execute(
            f"SELECT n, {_cells(columns[alike[0]])} FROM (SELECT unnest([{numbers}]) AS n, "
            f"unnest([{values}]) AS v FROM data) GROUP BY n"
        ).fetchall()
        found |= {row[0]: row[1:] for row in rows}
    return found


def _cells(column: ReadColumn) -> str:
    """SQL for values, distinct ones, low, high, whether whole, mean length and words."""
    counted = "count(v), count(DISTINCT v)"
    if column.type == "number":
        whole = "coalesce(bool_and(v = trunc(v)), false)"
        return f"{counted}, min(v)::DOUBLE, max(v)::DOUBLE, {whole}, 0.0, 0.0"
    if column.type == "text":
        words = "avg(length(v) - length(replace(v, ' ', '')) + 1)"
        return f"{counted}, NULL, NULL, false, avg(length(v)), {words}"
    return f"{counted}, NULL, NULL, false, 0.0, 0.0"


def _counts(column: ReadColumn, values: Sequence[Any] | None, rows: int) -> Counts:
    if values is None:  # no row at all
        return Counts(column.name, 0, 0)
    filled, distinct, low, high, whole, length, words = values
    return Counts(
        column.name, rows - filled, distinct, low, high, bool(whole), length or 0.0, words or 0.0
    )
