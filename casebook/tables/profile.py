"""What the columns of a table hold, counted over its rows: the ground for their roles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from casebook.atomic import write_text
from casebook.expressions.locked import identifier
from casebook.tables.model import ReadColumn
from casebook.tables.view import View

PROFILE = 1  # raise it whenever something else is counted
_BATCH = 100


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
    with view.open(all_rows=True) as connection:
        row = connection.execute(
            f"SELECT count(*) FILTER (WHERE {view.kept}), "
            f"count(*) FILTER (WHERE ({passes}) IS NOT TRUE), "
            f"count(*) FILTER (WHERE ({passes}) IS NULL), "
            f"count(*) FILTER (WHERE ({passes}) AND ({early}) IS NOT TRUE), "
            f"count(*) FILTER (WHERE ({passes}) AND {time} IS NULL) FROM data"
        ).fetchone()
    rows, filtered, unknown, later, timeless = (int(n) for n in row or (0,) * 5)
    found: list[Counts] = []
    for start in range(0, len(columns), _BATCH):
        found += _batch(view, columns[start : start + _BATCH], rows)
    return Profile(rows, filtered, unknown, later, timeless, tuple(found))


def _batch(view: View, columns: Sequence[ReadColumn], rows: int) -> list[Counts]:
    queries = []
    for column in columns:
        c = identifier(column.name)
        queries.append(f"count({c}), count(DISTINCT {c})")
        if column.type == "number":
            whole = f"coalesce(bool_and({c} = trunc({c})), false)"
            queries.append(f"min({c})::DOUBLE, max({c})::DOUBLE, {whole}, 0.0, 0.0")
        elif column.type == "text":
            words = f"avg(length({c}) - length(replace({c}, ' ', '')) + 1)"
            queries.append(f"NULL, NULL, false, avg(length({c})), {words}")
        else:
            queries.append("NULL, NULL, false, 0.0, 0.0")
    with view.open() as connection:
        row = connection.execute(f"SELECT {', '.join(queries)} FROM data").fetchone() or ()
    return [_counts(column, row[7 * n : 7 * n + 7], rows) for n, column in enumerate(columns)]


def _counts(column: ReadColumn, values: Sequence[Any], rows: int) -> Counts:
    filled, distinct, low, high, whole, length, words = values
    return Counts(
        column.name, rows - filled, distinct, low, high, bool(whole), length or 0.0, words or 0.0
    )
