"""02_symptom: what is happening, since when, and which segment carries it.

The metric over time with incomplete periods marked, the streak at its end, and what each segment
contributes to the change, with intervals from resampled days where the metric is a sum of days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from casebook.case import Case
from casebook.formats import number
from casebook.language import _
from casebook.phases import symptom_data as sd
from casebook.phases import symptom_words as words
from casebook.phases.findings import Upstream, known
from casebook.phases.symptom_data import Period
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
class SegmentSeries:
    """The metric of one segment value, aligned with the periods of the series."""

    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Findings:
    """The symptom as measured.

    series: empty where there is no time column. first, last: starts of the periods compared.
    additive: whether the metric is a sum of days, so that parts add up and have intervals.
    """

    headline: tuple[str, ...]
    metric: str
    metric_name: str
    unit: str
    metric_assumed: bool
    period: str
    series: tuple[Period, ...]
    direction: str
    streak: int
    first: date | None
    last: date | None
    change: Change | None
    additive: bool
    segment: str | None
    segments: tuple[SegmentSeries, ...]
    contributions: tuple[Contribution, ...]
    notes: tuple[str, ...]


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Measure the symptom of the record; where it is unanswered, look at the number of rows.

    Raises ExpressionError when the record's metric is not an SQL aggregate of the table.
    """
    metric = sd.metric_of(case, table)
    if table.time is None:
        return _without_time(case, table, metric)
    return _over_time(case, table, metric, seed)


def _over_time(case: Case, table: Table, metric: sd.Metric, seed: int) -> Findings:
    window = sd.window_of(case, table)
    series = tuple(
        Period(start, known(value), complete)
        for start, value, complete in sd.series(table, metric, window)
    )
    whole = [period for period in series if period.complete]
    direction = case.record.symptom.direction or _last_direction(whole)
    times = streak([period.value for period in whole], direction)
    base = max(0, len(whole) - 1 - max(times, 1))
    pair = (whole[base], whole[-1]) if len(whole) > 1 else None
    additive = sd.is_sum_of_days(table, metric, window)
    columns = sd.segment_columns(case, table)
    carried = _carried(table, metric, window, pair, columns, seed=seed) if additive else None
    segment, parts, moved = carried or _uncarried(columns, pair)
    return Findings(
        headline=words.headline(
            metric,
            period=window.period,
            direction=direction,
            times=times,
            pair=pair,
            moved=moved,
            segment=segment,
            parts=parts,
        ),
        metric=metric.expression,
        metric_name=metric.name,
        unit=metric.unit,
        metric_assumed=metric.assumed,
        period=window.period,
        series=series,
        direction=direction,
        streak=times,
        first=pair[0].start if pair else None,
        last=pair[1].start if pair else None,
        change=moved,
        additive=additive,
        segment=segment,
        segments=_segment_series(table, metric, window, segment, series),
        contributions=parts,
        notes=words.notes(series, metric, additive),
    )


def _last_direction(whole: list[Period]) -> str:
    if len(whole) < 2:
        return "falls"
    earlier, later = whole[-2].value, whole[-1].value
    return "rises" if (later or 0) > (earlier or 0) else "falls"


def _uncarried(
    columns: tuple[str, ...], pair: tuple[Period, Period] | None
) -> tuple[str | None, tuple[Contribution, ...], Change | None]:
    """A metric whose parts do not add up: the first segment is shown, nothing is shared out."""
    moved = change(pair[0].value, pair[1].value) if pair else None
    return (columns[0] if columns else None), (), moved


def _carried(
    table: Table,
    metric: sd.Metric,
    window: sd.Window,
    pair: tuple[Period, Period] | None,
    columns: tuple[str, ...],
    *,
    seed: int,
) -> tuple[str | None, tuple[Contribution, ...], Change | None] | None:
    """The segment column that tells most, its contributions, and the change itself."""
    if pair is None:
        return None
    spans = (window.span(pair[0].start), window.span(pair[1].start))
    whole = [sd.daily(table, metric, None, span) for span in spans]
    moved = change_of_days(*whole, seed=seed)
    best: tuple[float, str | None, tuple[Contribution, ...]] = (-1.0, None, ())
    for column in columns:
        before, after = sd.aligned(*(sd.daily(table, metric, column, span) for span in spans))
        parts = contributions(before, after, seed=seed)
        best = max(best, (_departure(parts), column, parts), key=lambda item: item[0])
    return best[1], best[2], moved


def _departure(parts: tuple[Contribution, ...]) -> float:
    """How far the parts of the change are from the parts of the whole: half their distance."""
    return sum(abs(part.share.value - (part.share_before or 0)) / 2 for part in parts if part.share)


def _segment_series(
    table: Table,
    metric: sd.Metric,
    window: sd.Window,
    segment: str | None,
    series: tuple[Period, ...],
) -> tuple[SegmentSeries, ...]:
    if segment is None:
        return ()
    values = sd.segment_series(table, metric, window, segment)
    starts = [period.start for period in series]
    return tuple(
        SegmentSeries(str(label), tuple(known(x) for x in column.reindex(starts)))
        for label, column in values.items()
    )


def _without_time(case: Case, table: Table, metric: sd.Metric) -> Findings:
    """No time: the metric by the segment in which it differs most."""
    columns = sd.segment_columns(case, table)
    total = sd.total(table, metric)
    spread = {name: sd.by_value(table, metric, name) for name in columns}
    segment = max(spread, key=lambda name: _range(spread[name]), default=None)
    values = spread[segment].sort_values(ascending=False) if segment else pd.Series(dtype=float)
    said = [
        _("{metric} is {value} over {n} rows.", metric=metric.name, value=number(total),
          n=number(table.rows)),
        _("There is no time column, so nothing can be said of since when; set data.time."),
    ]  # fmt: skip
    if len(values) > 1:
        said.insert(
            1,
            _("It differs most by {column}: {high} for {top}, {low} for {bottom}.",
              column=segment, high=number(values.iloc[0]), top=values.index[0],
              low=number(values.iloc[-1]), bottom=values.index[-1]),
        )  # fmt: skip
    return Findings(
        headline=tuple(said),
        metric=metric.expression,
        metric_name=metric.name,
        unit=metric.unit,
        metric_assumed=metric.assumed,
        period="",
        series=(),
        direction="",
        streak=0,
        first=None,
        last=None,
        change=None,
        additive=False,
        segment=segment,
        segments=tuple(SegmentSeries(str(k), (known(v),)) for k, v in values.items()),
        contributions=(),
        notes=words.notes((), metric, additive=True),
    )


def _range(values: pd.Series) -> float:
    return float(values.max() - values.min()) if len(values) > 1 else -1.0
