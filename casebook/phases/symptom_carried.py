"""What carries the change: the counted rows asked for its size, its segment, and their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from casebook.case import Case
from casebook.phases import symptom_data as sd
from casebook.phases.findings import known
from casebook.phases.symptom_data import Metric
from casebook.phases.symptom_facets import LeftOut, Prepared, label, prepared, title
from casebook.phases.symptom_factors import Factors, aggregates, by_factor
from casebook.phases.symptom_segments import Search, search, whole_change
from casebook.phases.symptom_trend import Trend
from casebook.phases.symptom_trials import Part
from casebook.stats.change import Change, change
from casebook.tables import Table
from casebook.tables.cube import in_spans, over_time
from casebook.tables.derived import newcomers
from casebook.tables.facets import Facet

SHOWN_SEGMENTS = 6


@dataclass(frozen=True)
class SegmentSeries:
    """The metric of one segment value: by period of the trend, or once where there is no time."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Newcomers:
    """How many ids are there in a period: for the first time in the data, and others."""

    start: date
    new: int
    known: int


@dataclass(frozen=True)
class Asked:
    """What the rows are asked: the metric in its window, and the trend found there."""

    case: Case
    table: Table
    metric: Metric
    window: sd.Window
    trend: Trend


@dataclass(frozen=True)
class Told:
    """What the counted rows say: the change, the search, and the segment to be shown."""

    change: Change | None
    search: Search | None
    factors: Factors | None
    segment: str | None
    segments: tuple[SegmentSeries, ...]
    contributions: tuple[Part, ...]
    key: str | None
    newcomers: tuple[Newcomers, ...]
    left_out: tuple[LeftOut, ...]


NOTHING_TOLD = Told(None, None, None, None, (), (), None, (), ())


def told(asked: Asked, *, seed: int) -> Told:
    """Count the rows of the two periods, and say what they tell."""
    trend, window = asked.trend, asked.window
    if trend.first is None or trend.last is None:
        return NOTHING_TOLD
    spans = (window.span(trend.first), window.span(trend.last))
    also = aggregates(asked.case, asked.table)
    with prepared(asked.case, asked.table, asked.metric, window, spans=spans, also=also) as found:
        moved = whole_change(found, seed=seed)
        factors = by_factor(asked.case, found, seed=seed)
        if moved is None:
            return _not_additive(asked, found, factors)
        result = search(found, moved, seed=seed)
        shown = _shown(asked, result, found.facets)
        parts = _contributions(result, shown, moved)
        series = _series(asked, found, shown)
        name = title(shown) if shown else None
        coming = _newcomers(asked, found)
        return Told(moved, result, factors, name, series, parts, found.key, coming, found.left_out)


def _not_additive(asked: Asked, found: Prepared, factors: Factors | None) -> Told:
    """The change without an interval, and the first segment over time, whatever it carries."""
    trend = asked.trend
    values = {period.start: period.value for period in trend.series}
    ends = [values[start] for start in (trend.first, trend.last) if start in values]
    moved = change(*ends) if len(ends) == 2 else None
    wanted = sd.segment_columns(asked.case, asked.table)[:1]
    facet = next((f for f in found.cube.facets if f.name in wanted), None)
    series = _series(asked, found, facet)
    name = title(facet) if facet else None
    coming = _newcomers(asked, found)
    return Told(moved, None, factors, name, series, (), found.key, coming, found.left_out)


def _shown(asked: Asked, result: Search, facets: Sequence[Facet]) -> Facet | None:
    """The facet of the first carrier, else of the record's first segment, else the clearest."""
    by_name = {facet.name: facet for facet in facets}
    wanted = [*(part.names[0] for part in result.carriers[:1])]
    if asked.case.record.symptom.segments:
        wanted += sd.segment_columns(asked.case, asked.table)
    sizes = {name: max(abs(p.size) for p in parts) for name, parts in result.parts.items()}
    wanted += sorted(sizes, key=lambda name: -sizes[name])
    return next((by_name[name] for name in wanted if name in by_name), None)


def _contributions(result: Search, shown: Facet | None, moved: Change) -> tuple[Part, ...]:
    """The shown column's values, the greatest mover in the change's direction first."""
    if shown is None:
        return ()
    sign = -1 if moved.after < moved.before else 1
    return tuple(sorted(result.parts[shown.name], key=lambda part: -sign * part.change.value))


def _series(asked: Asked, found: Prepared, facet: Facet | None) -> tuple[SegmentSeries, ...]:
    """The metric by period for the six values with the most of it."""
    if facet is None:
        return ()
    window, text = asked.window, asked.metric.expression
    where = in_spans(window.time, [(window.since, window.until)])
    rows = over_time(found.cube, asked.table, text, facet=facet, period=window.period, where=where)
    wide = pd.DataFrame(rows, columns=["start", "code", "value"]).pivot_table(
        index="start", columns="code", values="value", aggfunc="first"
    )
    wide = wide.reindex([period.start for period in asked.trend.series])
    if found.units and found.additive:
        wide = wide.fillna(0.0)
    largest = wide.abs().sum().nlargest(SHOWN_SEGMENTS).index
    return tuple(
        SegmentSeries(label(facet, int(code)), tuple(known(x) for x in wide[code]))
        for code in largest
    )


def _newcomers(asked: Asked, found: Prepared) -> tuple[Newcomers, ...]:
    """New and known ids of each period of the window; nothing where no id comes again."""
    if found.key is None:
        return ()
    window = asked.window
    counted = newcomers(found.cube.connection, window.period)
    starts = {period.start for period in asked.trend.series}
    return tuple(Newcomers(*one) for one in counted if one[0] in starts)
