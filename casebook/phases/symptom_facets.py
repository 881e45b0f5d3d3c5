"""What the search for a segment looks at: facets of columns, and units that can be drawn again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from casebook.case import Case
from casebook.expressions.ratio import Ratio
from casebook.formats import number
from casebook.language import _
from casebook.phases.symptom_data import Metric, Window, segment_columns
from casebook.tables import Column, Table, cube, derived, facets
from casebook.tables.cube import Cube, Span, Sums
from casebook.tables.facets import Facet

MOST_COLUMNS = 40
LEAST_DAYS = 5
LEAST_HISTORY = 28  # days before the first span; with fewer, too many look new
LONG_AWAY = 0.1  # of the known: with more who stay away so long, all are looked back alike
OVERLAP = 0.2  # of the rows: a facet whose values share less over time is a name of the time


@dataclass(frozen=True)
class LeftOut:
    """A column that is not looked at as a segment.

    why: `own`, the metric is made of it; `many`, there are more than fit; `sum`, its parts do not
    add up; `time`, it has other values in each period.
    """

    name: str
    why: str


@dataclass(frozen=True)
class Prepared:
    """All sums that the search needs, taken.

    units: kinds of units that the metric is a sum of (`day`, `id`, `row`); whole and sums: by
    kind, of all rows and of each facet by its name. key: the column that names who comes again.
    left_out: what is not looked at, and why.
    """

    cube: Cube
    units: tuple[str, ...]
    whole: tuple[Sums, ...]
    facets: tuple[Facet, ...]
    sums: Mapping[str, tuple[Sums, ...]]
    key: str | None
    left_out: tuple[LeftOut, ...]

    @property
    def additive(self) -> bool:
        """Whether the metric is a sum, not a fraction of sums."""
        return not self.cube.measure.below


def title(facet: Facet) -> str:
    """What people call a facet."""
    return _(facet.title) if facet.kind == "derived" else facet.title


def label(facet: Facet, code: int) -> str:
    """What people call a value of a facet."""
    if code == facet.count:
        return _(facets.OTHER)
    if code > facet.count:
        return _(facets.MISSING)
    if facet.kind == "derived":
        return _(facet.labels[code])
    if facet.kind == "ranges":
        return f"{number(facet.edges[code])} – {number(facet.edges[code + 1])}"
    return facet.labels[code]


@contextmanager
def prepared(
    case: Case,
    table: Table,
    metric: Metric,
    window: Window,
    *,
    spans: tuple[Span, Span],
    also: Sequence[str] = (),
) -> Iterator[Prepared]:
    """Everything counted for two spans. also: further aggregates that are asked of the cube.

    Raises TableError for a segment of the record that is no column.
    """
    assert table.time is not None
    measure = metric.measure
    with cube.opened(table) as connection:
        key = derived.key_of(connection, table, case.record.data.group)
        history = (spans[0][0] - window.first).days
        if key:
            derived.prepare(connection, table.time, key, window.period, history)
        columns, left = _columns(case, table, measure)
        rows = cube.in_spans(table.time, spans)
        found = facets.of_columns(connection, columns, rows, table.rows)
        known = key if history >= LEAST_HISTORY else None
        ever = key is None or derived.long_away(connection, *spans[1]) <= LONG_AWAY
        made = derived.derived_columns(table.time, known, history, ever=ever)
        found += tuple(facets.of_derived(column) for column in made)
        counted = cube.count(
            connection, table, measure, spans=spans, facets=found, key=key, also=also
        )
        yield _summed(counted, found, key, left)


def _columns(case: Case, table: Table, measure: Ratio) -> tuple[list[Column], list[LeftOut]]:
    """The record's segments and all columns that hold kinds or numbers, and what is left out."""
    named = segment_columns(case, table) if case.record.symptom.segments else ()
    wanted = [table.column(name) for name in named]
    parts = [text for text in (measure.above, measure.below) if text]
    own = {name for text in parts for name in table.expression(text, aggregate=True).columns}
    fit = [
        column
        for column in table.columns
        if (column.role in ("category", "number") or column.type == "boolean")
        and column.role not in ("target", "ignore", "constant")
        and column.name not in own
    ]
    listed = list({column.name: column for column in (*wanted, *fit)}.values())
    left = [LeftOut(name, "own") for name in sorted(own - {column.name for column in wanted})]
    left += [LeftOut(column.name, "many") for column in listed[MOST_COLUMNS:]]
    return listed[:MOST_COLUMNS], left


def _summed(
    counted: Cube, found: tuple[Facet, ...], key: str | None, left: list[LeftOut]
) -> Prepared:
    units = _units(counted, key)
    whole = tuple(counted.sums(unit) for unit in units)
    sums: dict[str, tuple[Sums, ...]] = {}
    kept: list[Facet] = []
    for facet in found if units else ():
        by_kind = tuple(counted.sums(unit, facet) for unit in units)
        reason = _reason(by_kind[0], whole[0])
        if not reason:
            sums[facet.name], kept = by_kind, [*kept, facet]
        elif facet.kind != "derived":
            left.append(LeftOut(facet.name, reason))
    return Prepared(counted, units, whole, tuple(kept), sums, key, tuple(left))


def _units(counted: Cube, key: str | None) -> tuple[str, ...]:
    """Kinds of units that the metric is a sum of, so that drawing them again makes sense."""
    days = min((last - first).days + 1 for first, last in counted.spans)
    wanted = [*(["day"] if days >= LEAST_DAYS else []), *(["id"] if key else [])]
    whole = counted.whole(counted.parts)
    found = tuple(unit for unit in wanted if _adds_up(counted, unit, whole))
    if found or days >= LEAST_DAYS:
        return found
    return ("row",) if _adds_up(counted, "row", whole) else ()


def _adds_up(counted: Cube, unit: str, whole: tuple[np.ndarray, np.ndarray]) -> bool:
    parts = counted.by_unit(unit, counted.parts)
    return all(
        np.allclose(part.sum(axis=0), all_, rtol=1e-9, atol=1e-9)
        for part, all_ in zip(parts, whole, strict=True)
    )


def _reason(sums: Sums, whole: Sums) -> str:
    """Why a facet is not looked at; empty where it is."""
    rows = [side.sum(axis=0) for side in sums.below]
    shares = [side / (side.sum() or 1.0) for side in rows]
    if sum((rows[0] + rows[1]) != 0) < 2 or np.minimum(*shares).sum() < OVERLAP:
        return "time"
    for mine, all_ in zip((*sums.above, *sums.below), (*whole.above, *whole.below), strict=True):
        if not np.isclose(mine.sum(), all_.sum(), rtol=1e-6, atol=1e-9):
            return "sum"
    return ""
