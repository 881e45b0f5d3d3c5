"""02_symptom: what is happening, since when, and which segment carries it.

The metric over time with incomplete periods marked, the streak at its end, and what each segment
contributes to the change, with intervals from resampled days where the metric is a sum of days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from casebook.case import Case
from casebook.phases import symptom_data as sd
from casebook.phases import symptom_words as words
from casebook.phases.findings import Upstream, known
from casebook.phases.symptom_data import Metric, Period
from casebook.stats.change import (
    Change,
    Contribution,
    change,
    change_of_days,
    contributions,
    streak,
)
from casebook.tables import Table


@dataclass(frozen=True)
class Trend:
    """The metric over time.

    period: `day`, `week` or `month`. direction: `falls` or `rises`; streak: how many whole
    periods in a row it went that way, up to the last. first, last: starts of the two whole
    periods compared; None where there are not two.
    additive: whether the metric is a sum of days, so that parts add up and have intervals.
    """

    period: str
    series: tuple[Period, ...]
    direction: str
    streak: int
    first: date | None
    last: date | None
    additive: bool


@dataclass(frozen=True)
class SegmentSeries:
    """The metric of one segment value: by period of the trend, or once where there is no time."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Findings:
    """The symptom as measured; `trend` is None where there is no time column.

    segment: the column that tells most of the change; contributions: its values, the one that
    carries most of the change first; empty where parts do not add up.
    """

    headline: tuple[str, ...]
    metric: Metric
    trend: Trend | None
    change: Change | None
    segment: str | None
    segments: tuple[SegmentSeries, ...]
    contributions: tuple[Contribution, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Carried:
    """A segment column, what its values contribute, and the change that they share."""

    segment: str | None
    parts: tuple[Contribution, ...]
    change: Change | None


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Measure the symptom of the record; where it is unanswered, look at the number of rows.

    Raises ExpressionError when the record's metric is not an SQL aggregate of the table.
    """
    metric = sd.metric_of(case, table)
    columns = sd.segment_columns(case, table)
    if table.time is None:
        return _without_time(table, metric, columns)
    window = sd.window_of(case, table)
    trend = _trend(case, table, metric, window)
    carried = _carried(table, metric, window, trend, columns, seed=seed)
    return Findings(
        headline=words.headline(
            metric, trend, carried.change, segment=carried.segment, parts=carried.parts
        ),
        metric=metric,
        trend=trend,
        change=carried.change,
        segment=carried.segment,
        segments=_segment_series(table, metric, window, carried.segment, trend),
        contributions=carried.parts,
        notes=words.notes(metric, trend),
    )


def _trend(case: Case, table: Table, metric: Metric, window: sd.Window) -> Trend:
    series = tuple(
        Period(start, known(value), complete)
        for start, value, complete in sd.series(table, metric, window)
    )
    whole = [period for period in series if period.complete]
    direction = case.record.symptom.direction or _last_direction(whole)
    times = streak([period.value for period in whole], direction)
    first = max(0, len(whole) - 1 - max(times, 1))
    enough = len(whole) > 1
    additive = sd.is_sum_of_days(table, metric, window)
    return Trend(
        period=window.period,
        series=series,
        direction=direction,
        streak=times,
        first=whole[first].start if enough else None,
        last=whole[-1].start if enough else None,
        additive=additive,
    )


def _last_direction(whole: list[Period]) -> str:
    if len(whole) < 2:
        return "falls"
    earlier, later = whole[-2].value, whole[-1].value
    return "rises" if (later or 0) > (earlier or 0) else "falls"


def _carried(
    table: Table,
    metric: Metric,
    window: sd.Window,
    trend: Trend,
    columns: tuple[str, ...],
    *,
    seed: int,
) -> _Carried:
    """The segment column that tells most of the change; the first one where parts do not add up."""
    if trend.first is None or trend.last is None:
        return _Carried(next(iter(columns), None), (), None)
    if not trend.additive:
        ends = {period.start: period.value for period in trend.series}
        moved = change(ends[trend.first], ends[trend.last])
        return _Carried(next(iter(columns), None), (), moved)
    spans = (window.span(trend.first), window.span(trend.last))
    moved = change_of_days(*(sd.daily(table, metric, None, span) for span in spans), seed=seed)
    best = _Carried(None, (), moved)
    pairs = {
        column: sd.aligned(*(sd.daily(table, metric, column, span) for span in spans))
        for column in columns
    }
    comparisons = sum(before.shape[1] for before, _after in pairs.values())
    for column, (before, after) in pairs.items():
        parts = contributions(before, after, comparisons=comparisons, seed=seed)
        if best.segment is None or _departure(parts) > _departure(best.parts):
            best = _Carried(column, parts, moved)
    return best


def _departure(parts: tuple[Contribution, ...]) -> float:
    """How far the parts of the change are from the parts of the whole: half their distance."""
    return sum(abs(part.share.value - (part.share_before or 0)) / 2 for part in parts if part.share)


def _segment_series(
    table: Table, metric: Metric, window: sd.Window, segment: str | None, trend: Trend
) -> tuple[SegmentSeries, ...]:
    if segment is None:
        return ()
    values = sd.segment_series(table, metric, window, segment)
    starts = [period.start for period in trend.series]
    return tuple(
        SegmentSeries(str(label), tuple(known(x) for x in column.reindex(starts)))
        for label, column in values.items()
    )


def _without_time(table: Table, metric: Metric, columns: tuple[str, ...]) -> Findings:
    """No time: the metric by the segment in which it differs most."""
    spread = {name: sd.by_value(table, metric, name) for name in columns}
    segment = max(spread, key=lambda name: _range(spread[name]), default=None)
    values = spread[segment].sort_values(ascending=False) if segment else pd.Series(dtype=float)
    total = sd.total(table, metric)
    return Findings(
        headline=words.headline_without_time(metric, total, table.rows, segment, values),
        metric=metric,
        trend=None,
        change=None,
        segment=segment,
        segments=tuple(SegmentSeries(str(k), (known(v),)) for k, v in values.items()),
        contributions=(),
        notes=words.notes(metric, None),
    )


def _range(values: pd.Series) -> float:
    return float(values.max() - values.min()) if len(values) > 1 else -1.0
