"""What the model has seen of each raw column: the ends of its values, and its levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from casebook.expressions import identifier
from casebook.models.about import Column, ModelFile
from casebook.prototype.known import Known
from casebook.prototype.near import level_of
from casebook.tables import Table


@dataclass(frozen=True, eq=False)
class Seen:
    """Of all labelled rows of the table, not only of those kept in memory.

    ends: least and greatest number, or first and last time, by column.
    levels: by column of categories. new: the share of rows with a level that no other row has,
    which is how often a next row has a new one (Good 1953), by column.
    least: the least that the target ever was; None for classes.
    """

    ends: Mapping[str, tuple[Any, Any]]
    levels: Mapping[str, frozenset[str]]
    new: Mapping[str, float]
    least: float | None = None
    rows: int = field(default=0)


def seen_of(file: ModelFile, table: Table, known: Known) -> Seen:
    """Read once, by two queries at most and one for each column with more levels than are named.

    Raises TableError where a column of the model is not in the table.
    """
    where = f"{identifier(file.target)} IS NOT NULL"
    spans = [c for c in file.columns if spans_of(c)]
    wanted = {f"{end}{i}": f"{end}({identifier(c.name)})"
              for i, c in enumerate(spans) for end in ("MIN", "MAX")}  # fmt: skip
    if not file.classes:
        wanted["least"] = f"MIN({identifier(file.target)})"
    found: Any = table.aggregate(wanted, where=where).iloc[0] if wanted else {}
    ends = {c.name: (found[f"MIN{i}"], found[f"MAX{i}"]) for i, c in enumerate(spans)}
    named = [c for c in file.columns if c.levels]
    return Seen(
        {name: pair for name, pair in ends.items() if not pd.isna(pair[0])},
        {c.name: _levels(c, table, where) for c in named},
        {c.name: _new(known.X[c.name]) for c in named},
        None if file.classes else float(found["least"]),
        file.rows,
    )


def spans_of(column: Column) -> bool:
    """Whether a column's values have ends: numbers that are no levels, and times."""
    return not column.levels and column.role != "text" and column.kind in ("number", "time")


def _levels(column: Column, table: Table, where: str) -> frozenset[str]:
    if not column.levels_left_out:
        return frozenset(column.levels)
    name = identifier(column.name)
    every = table.aggregate({"n": "COUNT(*)"}, by={"level": name}, where=where)["level"]
    return frozenset(level for level in map(level_of, every) if level is not None)


def _new(values: pd.Series) -> float:
    counts = values.value_counts()
    return float((counts == 1).sum() / max(1, counts.sum()))
