"""A metric's sums over two spans of days, by units that can be drawn again and by facets.

The rows of both spans become a temporary table of small numbers, one for each facet; all sums are
taken from it. DuckDB keeps it in memory up to its limit and the rest on disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from casebook.expressions.locked import identifier
from casebook.expressions.ratio import Ratio
from casebook.tables import derived
from casebook.tables.facets import Facet
from casebook.tables.profile import MINUTES
from casebook.tables.view import ROW

if TYPE_CHECKING:
    import duckdb

    from casebook.tables.table import Table

GROUPS = 100
"""Random groups into which ids (or rows) are put, to be drawn whole."""

Floats = npt.NDArray[np.float64]
Span = tuple[date, date]
_UNITS = {"day": "__d", "id": "__b", "row": "__r"}


@dataclass(frozen=True)
class Sums:
    """What is above and below a metric's fraction line, by unit and value, in both spans.

    above, below: before and after, each (n_units, n_values). paired: whether a unit is the same
    thing in both spans (a group of ids), and so drawn into both or neither.
    """

    above: tuple[Floats, Floats]
    below: tuple[Floats, Floats]
    paired: bool

    def of(self, values: Sequence[int] | slice) -> Sums:
        """The same for some of the values."""
        before, after = (side[:, values] for side in self.above)
        under, over = (side[:, values] for side in self.below)
        return Sums((before, after), (under, over), self.paired)


@dataclass(frozen=True)
class Cube:
    """The rows of two spans, ready to be summed; see `count`."""

    connection: duckdb.DuckDBPyConnection = field(repr=False)
    measure: Ratio
    spans: tuple[Span, Span]
    facets: tuple[Facet, ...]
    key: str | None

    @property
    def parts(self) -> tuple[str, str]:
        """SQL of what is above and below the line; of a metric that is no fraction, the rows."""
        return self.measure.above, self.measure.below or "count(*)"

    def whole(self, aggregates: Sequence[str]) -> tuple[Floats, Floats]:
        """Each aggregate over all rows of a span, before and after."""
        listed = _listed(aggregates)
        rows = self.connection.execute(f"SELECT __w, {listed} FROM __rows GROUP BY 1").fetchall()
        found = {row[0]: np.array([_number(value) for value in row[1:]]) for row in rows}
        nothing = np.zeros(len(aggregates))
        return found.get(0, nothing), found.get(1, nothing)

    def by_unit(self, unit: str, aggregates: Sequence[str]) -> tuple[Floats, Floats]:
        """(n_units, n_aggregates) before and after, by `day`, or by groups of `id` or `row`."""
        before, after = self._tables(unit, (), aggregates)
        return before[:, 0], after[:, 0]

    def sums(self, unit: str, *facets: Facet) -> Sums:
        """Above and below by unit and by the values of one facet or of a pair.

        The values of a pair are those of the first by those of the second, the second fastest.
        """
        before, after = self._tables(unit, facets, self.parts)
        above, below = ((before[:, :, side], after[:, :, side]) for side in (0, 1))
        return Sums(above, below, paired=unit == "id")

    def rows(self, *values: tuple[Facet, int]) -> int:
        """How many rows of both spans have all of these values."""
        conditions = [f"__f{self.facets.index(facet)} = {code}" for facet, code in values]
        query = f"SELECT count(*) FROM __rows WHERE {' AND '.join(conditions) or 'true'}"
        row = self.connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    def _tables(
        self, unit: str, facets: Sequence[Facet], aggregates: Sequence[str]
    ) -> tuple[Floats, Floats]:
        """(n_units, n_values, n_aggregates) before and after; what has no row is zero."""
        columns = [f"__f{self.facets.index(facet)}" for facet in facets]
        listed = ", ".join(["__w", _UNITS[unit], *columns])
        found = self.connection.execute(
            f"SELECT {listed}, {_listed(aggregates)} FROM __rows GROUP BY ALL"
        ).fetchnumpy()
        span, number, *rest = (_plain(values) for values in found.values())
        sizes = [facet.size for facet in facets]
        codes = [code.astype(int) for code in rest[: len(facets)]]
        value = np.ravel_multi_index(codes, sizes) if codes else np.zeros(len(span), dtype=int)
        cells = np.stack(rest[len(facets) :], axis=1)
        tables = []
        for side, units in enumerate(self._units(unit)):
            table = np.zeros((units, int(np.prod(sizes)) if sizes else 1, len(aggregates)))
            inside = span == side
            table[number[inside].astype(int), value[inside]] = cells[inside]
            tables.append(table)
        return tables[0], tables[1]

    def _units(self, unit: str) -> tuple[int, int]:
        if unit != "day":
            return GROUPS, GROUPS
        before, after = ((last - first).days + 1 for first, last in self.spans)
        return before, after


def over_time(
    counted: Cube, table: Table, aggregate: str, *, facet: Facet, period: str, where: str
) -> list[tuple[date, int, float | None]]:
    """An aggregate by period (`day`, `week`, `month`) and value of a facet, in order of time.

    where: SQL for the rows, over `derived.relation`.
    """
    assert table.time is not None
    start = f"CAST(date_trunc('{period}', d.{identifier(table.time)}) AS DATE) AS __start"
    # Only columns that the id gives need to know what was before.
    key = counted.key if counted.key in facet.sources else None
    source = derived.relation(table.time, key)
    found = counted.connection.execute(
        f"SELECT __start, __code, ({aggregate}\n)::DOUBLE FROM (SELECT d.*, {start}, "
        f"({facet.sql}) AS __code FROM {source} WHERE {where}) GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    return [(day, int(code), value) for day, code, value in found]


def _listed(aggregates: Sequence[str]) -> str:
    """SQL of aggregates that were checked, as numbers."""
    return ", ".join(f"({text}\n)::DOUBLE AS a{n}" for n, text in enumerate(aggregates))


def _number(value: float | None) -> float:
    return 0.0 if value is None else float(value)


def _plain(values: Any) -> Floats:
    """DuckDB's column as numbers; what is missing or infinite is zero."""
    filled: Any = np.ma.filled(np.ma.asarray(values, dtype=float), 0.0)
    return np.nan_to_num(np.asarray(filled, dtype=np.float64), posinf=0.0, neginf=0.0)


def in_spans(time: str, spans: Sequence[Span], row: str = "d") -> str:
    """SQL for whether a row lies in one of the spans of days, ends included."""
    column = f"{row}.{identifier(time)}"
    return " OR ".join(
        f"({column} >= DATE '{first}' AND {column} < DATE '{last + timedelta(days=1)}')"
        for first, last in spans
    )


@contextmanager
def opened(table: Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the table's rows as `data`, for as long as counting a whole table takes."""
    with table.view.open(seconds=MINUTES * 60) as connection:
        yield connection


def count(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    measure: Ratio,
    *,
    spans: tuple[Span, Span],
    facets: tuple[Facet, ...] = (),
    key: str | None = None,
    also: Sequence[str] = (),
) -> Cube:
    """Put the rows of both spans into a temporary table and give the cube over it.

    key: who or what comes again; `derived.prepare` was called for it. also: further aggregates
    that the cube will be asked for. Days are counted from the start of each span.
    """
    assert table.time is not None
    aggregates = [text for text in (measure.above, measure.below, *also) if text]
    names = [n for text in aggregates for n in table.expression(text, aggregate=True).columns]
    listed = _coded(table.time, spans, facets, key)
    columns = [f"d.{identifier(name)}" for name in dict.fromkeys(names)]
    connection.execute(
        f"CREATE TEMP TABLE __rows AS SELECT {', '.join([*columns, *listed])} "
        f"FROM {derived.relation(table.time, key, in_spans('day', spans, 'v'))} "
        f"WHERE {in_spans(table.time, spans)}"
    )
    return Cube(connection, measure, spans, facets, key)


def _coded(
    time: str, spans: tuple[Span, Span], facets: Sequence[Facet], key: str | None
) -> list[str]:
    """SQL of the small numbers of a row: span, day, groups, values of facets."""
    cell, after = f"d.{identifier(time)}", spans[1][0]
    later = f"{cell} >= DATE '{after}'"
    start = f"CASE WHEN {later} THEN DATE '{after}' ELSE DATE '{spans[0][0]}' END"
    row = f"hash(d.{ROW})"
    # Rows without an id are each on their own.
    group = (
        f"coalesce(CASE WHEN d.{identifier(key)} IS NOT NULL THEN hash(d.{identifier(key)}) \
END, {row})"
        if key
        else row
    )
    return [
        f"CASE WHEN {later} THEN 1 ELSE 0 END::TINYINT AS __w",
        f"(CAST({cell} AS DATE) - {start})::INTEGER AS __d",
        f"({group} % {GROUPS})::TINYINT AS __b",
        f"({row} % {GROUPS})::TINYINT AS __r",
        *(f"({facet.sql})::TINYINT AS __f{n}" for n, facet in enumerate(facets)),
    ]
