"""Facets: ways to part rows into few values, by a column, by ranges of its numbers, or derived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from casebook.expressions.locked import identifier, literal
from casebook.language import N_
from casebook.tables.derived import Derived
from casebook.tables.view import ROW

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from casebook.tables.model import Column

MOST_VALUES = 11
RANGES = 5
SAMPLE = 50_000
OTHER, MISSING = N_("other"), N_("(missing)")


@dataclass(frozen=True)
class Facet:
    """A parting of rows into the values 0, 1, ..., then `other`, then missing.

    name: of the column, or of the derived one. title: what people call it, to be translated where
    it is derived. labels: of the values before `other`: texts as they stand in the data, or
    messages to be translated where the facet is derived; of ranges the lower edges are `edges`
    and there are no labels. sql: the value of a row, over `derived.relation`.
    """

    name: str
    title: str
    kind: Literal["values", "ranges", "derived"]
    labels: tuple[str, ...]
    edges: tuple[float, ...]
    sources: tuple[str, ...]
    sql: str

    @property
    def count(self) -> int:
        """How many values there are, without `other` and missing."""
        return len(self.edges) - 1 if self.kind == "ranges" else len(self.labels)

    @property
    def size(self) -> int:
        """How many values there are in all; the last is missing, the one before it `other`."""
        return self.count + 2


def of_derived(column: Derived) -> Facet:
    """The facet of a derived column."""
    missing = len(column.labels) + 1
    sql = f"coalesce({column.sql}, {missing})"
    return Facet(column.name, column.title, "derived", column.labels, (), column.sources, sql)


def of_columns(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], where: str, rows: int
) -> tuple[Facet, ...]:
    """The facets of columns: the most frequent values, or five ranges with as many rows each.

    where: SQL for the rows that count; rows: how many they are, near enough. Columns with one
    value among them are left out. Ranges are those of at most 50,000 rows, chosen by their number.
    """
    ranged = [c for c in columns if c.type == "number" and c.distinct > MOST_VALUES]
    valued = [c for c in columns if c.type in ("text", "boolean", "number") and c not in ranged]
    found = {facet.name: facet for facet in _ranges(connection, ranged, where, rows)}
    found |= {facet.name: facet for facet in _values(connection, valued, where)}
    return tuple(found[column.name] for column in columns if column.name in found)


def _values(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], where: str
) -> list[Facet]:
    if not columns:
        return []
    numbers = ", ".join(str(n) for n in range(len(columns)))
    cells = ", ".join(f"CAST(d.{identifier(c.name)} AS VARCHAR)" for c in columns)
    counted = connection.execute(
        f"SELECT n, v, count(*) AS c FROM (SELECT unnest([{numbers}]) AS n, unnest([{cells}]) AS v "
        f"FROM data AS d WHERE {where}) WHERE v IS NOT NULL GROUP BY n, v "
        f"QUALIFY row_number() OVER (PARTITION BY n ORDER BY c DESC, v) <= {MOST_VALUES + 2} "
        "ORDER BY n, c DESC, v"
    ).fetchall()
    return [
        _of_values(column, values)
        for n, column in enumerate(columns)
        if len(values := [str(v) for m, v, _count in counted if m == n]) > 1
    ]


def _of_values(column: Column, values: list[str]) -> Facet:
    kept = values[:MOST_VALUES] if len(values) > MOST_VALUES + 1 else values
    if column.type == "number":
        kept = sorted(kept, key=float)
    listed = ", ".join(literal(value) for value in kept)
    cell = f"CAST(d.{identifier(column.name)} AS VARCHAR)"
    place = f"coalesce(nullif(list_position([{listed}], {cell}), 0) - 1, {len(kept)})"
    sql = f"CASE WHEN {cell} IS NULL THEN {len(kept) + 1} ELSE {place} END"
    return Facet(column.name, column.name, "values", tuple(kept), (), (column.name,), sql)


def _ranges(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[Column], where: str, rows: int
) -> list[Facet]:
    if not columns:
        return []
    cells = ", ".join(f"CAST(d.{identifier(c.name)} AS DOUBLE)" for c in columns)
    every = max(1, -(-rows // SAMPLE))
    sample = connection.execute(
        f"SELECT {cells} FROM data AS d WHERE {where} AND hash(d.{ROW}) % {every} = 0"
    ).df()
    found = [_of_range(c, sample.iloc[:, n]) for n, c in enumerate(columns)]
    return [facet for facet in found if facet is not None]


def _of_range(column: Column, sample: pd.Series) -> Facet | None:
    numbers = sample.to_numpy(dtype=float, na_value=np.nan)
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return None
    # Edges are numbers of the data, so that a range can be named as people write them.
    edges = np.unique(np.quantile(numbers, np.linspace(0, 1, RANGES + 1), method="nearest"))
    if len(edges) < 3:
        return None
    cell = f"CAST(d.{identifier(column.name)} AS DOUBLE)"
    last = len(edges) - 2
    cases = " ".join(
        f"WHEN {cell} < {edge!r} THEN {n}" for n, edge in enumerate(edges[1:-1].tolist())
    )
    sql = f"CASE WHEN {cell} IS NULL OR isnan({cell}) THEN {last + 2} {cases} ELSE {last} END"
    return Facet(column.name, column.name, "ranges", (), tuple(edges.tolist()), (column.name,), sql)
