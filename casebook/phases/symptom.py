"""02_symptom: what is happening, since when, which factor moved, and which segment carries it.

The metric over time with incomplete periods marked, and whether its streak is more than its own
noise; the change taken apart by the factors of the record, and by every part of the rows that a
column tells, with intervals from days (or groups of ids) drawn again.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from functools import partial

import pandas as pd

from casebook.case import Case
from casebook.phases import symptom_data as sd
from casebook.phases import symptom_notes as told_notes
from casebook.phases import symptom_real_words as real_words
from casebook.phases import symptom_words as words
from casebook.phases.findings import Upstream, known
from casebook.phases.symptom_carried import (
    NOTHING_TOLD,
    Asked,
    Newcomers,
    SegmentSeries,
    Told,
    told,
)
from casebook.phases.symptom_data import Metric
from casebook.phases.symptom_factors import Factors
from casebook.phases.symptom_profile import ColumnView, profile
from casebook.phases.symptom_real import Reality, reality
from casebook.phases.symptom_segments import Search
from casebook.phases.symptom_trend import Trend, trend_of
from casebook.phases.symptom_trials import Part
from casebook.stats.change import Change
from casebook.tables import Table


@dataclass(frozen=True)
class Findings:
    """The symptom as measured; `trend` is None where there is no time column.

    segment: the column that tells most of the change; contributions: its values, the one that
    carries most of the change first; empty where parts do not add up. search: what all columns
    and pairs say of the change; factors: the change by the record's factors.
    reality: whether it is more than noise and season. key: the column that names who comes again;
    newcomers: how many of these are new, by period. profile: every column, in a few words.
    """

    headline: tuple[str, ...]
    metric: Metric
    trend: Trend | None
    change: Change | None = None
    segment: str | None = None
    segments: tuple[SegmentSeries, ...] = ()
    contributions: tuple[Part, ...] = ()
    search: Search | None = None
    factors: Factors | None = None
    reality: Reality | None = None
    key: str | None = None
    newcomers: tuple[Newcomers, ...] = ()
    profile: tuple[ColumnView, ...] = ()
    notes: tuple[str, ...] = ()


def examine(case: Case, table: Table, upstream: Upstream, *, seed: int = 0) -> Findings:
    """Measure the symptom of the record; where it is unanswered, look at the number of rows.

    Raises ExpressionError when the record's metric is not an SQL aggregate of the table.
    """
    metric = sd.metric_of(case, table)
    if table.time is None:
        return _without_time(table, metric, sd.segment_columns(case, table))
    window = sd.window_of(case, table)
    trend = trend_of(case, table, metric, window)
    asked = Asked(case, table, metric, window, trend)
    rows, real = _looked(asked, seed)
    trend = replace(trend, additive=bool(rows.search and rows.search.units))
    return Findings(
        headline=_headline(metric, trend, rows, real),
        metric=metric,
        trend=trend,
        change=rows.change,
        segment=rows.segment,
        segments=rows.segments,
        contributions=rows.contributions,
        search=rows.search,
        factors=rows.factors,
        reality=real,
        key=rows.key,
        newcomers=rows.newcomers,
        profile=profile(table, rows),
        notes=(
            *told_notes.notes(metric, trend),
            *told_notes.search_notes(rows.search),
            *told_notes.factor_notes(rows.factors),
            *told_notes.left_out_notes(rows.left_out),
        ),
    )


def _looked(asked: Asked, seed: int) -> tuple[Told, Reality | None]:
    """What the rows tell and how real it is, side by side: each leaves a core alone at times."""
    with ThreadPoolExecutor(1) as beside:
        looked = beside.submit(copy_context().run, partial(reality, asked, seed=seed))
        return told(asked, seed=seed), looked.result()


def _headline(metric: Metric, trend: Trend, rows: Told, real: Reality | None) -> tuple[str, ...]:
    """The change, whether it is more than noise, who carries it, and by which factor."""
    first, *others = words.headline(metric, trend, rows.change, rows.factors, rows.search)
    noise = [real_words.noise_sentence(trend, real)] if real is not None else []
    return (first, *noise, *others)


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
        segment=segment,
        segments=tuple(SegmentSeries(str(k), (known(v),)) for k, v in values.items()),
        profile=profile(table, NOTHING_TOLD),
        notes=told_notes.notes(metric, None),
    )


def _range(values: pd.Series) -> float:
    return float(values.max() - values.min()) if len(values) > 1 else -1.0
