"""Pictures of the symptom: the metric over time, by segment, and what carries the change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from casebook.figures.axes import date_axis, number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, bars, counts, incomplete, line, lines
from casebook.formats import interval, number
from casebook.language import _
from casebook.phases.symptom import Findings, Trend
from casebook.phases.symptom_data import Metric
from casebook.stats.estimate import Estimate
from casebook.theme import colour


def trend_figure(findings: Findings) -> CaseFigure:
    """The metric by period with incomplete periods hatched; without a time, by segment."""
    if findings.trend is None or not findings.trend.series:
        return _by_value_figure(findings)
    alt = " ".join(findings.headline)
    figure = new_figure(title=_title(findings.metric, findings.trend), alt=alt)
    axes = figure.subplots()
    trend = findings.trend
    whole = [period for period in trend.series if period.complete]
    values = [np.nan if period.value is None else period.value for period in whole]
    line(axes, [period.start for period in whole], values)
    _mark_streak(axes, trend)
    _hatch(axes, trend)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]) if _near_zero(values) else None)
    number_axis(axes.yaxis, unit=findings.metric.unit)
    date_axis(axes.xaxis)
    return figure


def segment_figure(findings: Findings) -> CaseFigure:
    """The metric by period for each value of the segment, labelled at the line's end."""
    title = _("{metric} by {segment}", metric=findings.metric.name, segment=findings.segment)
    figure = new_figure(title=title, alt=" ".join(findings.headline))
    axes = figure.subplots()
    periods = findings.trend.series if findings.trend else ()
    whole = [i for i, period in enumerate(periods) if period.complete]
    days = [periods[i].start for i in whole]
    series = {
        part.label: [np.nan if part.values[i] is None else part.values[i] for i in whole]
        for part in findings.segments
    }
    top = findings.contributions[0].label if findings.contributions else None
    shown = {top} if top in series else None
    lines(axes, days, series, highlight=shown)
    number_axis(axes.yaxis, unit=findings.metric.unit)
    date_axis(axes.xaxis)
    return figure


def contribution_figure(findings: Findings) -> CaseFigure:
    """What each value of the segment adds to the change, with intervals."""
    parts = findings.contributions
    title = _("What each {segment} adds to the change", segment=findings.segment)
    figure = new_figure(*bar_size(len(parts)), title=title, alt=" ".join(findings.headline[1:]))
    bars(
        figure.subplots(),
        [part.label for part in parts],
        [part.change for part in parts],
        highlight=[0],
        say=_change_text,
    )
    return figure


def _change_text(estimate: Estimate) -> str:
    return interval(estimate)


def _title(metric: Metric, trend: Trend) -> str:
    by = {
        "day": _("{metric} by day", metric=metric.name),
        "week": _("{metric} by week", metric=metric.name),
        "month": _("{metric} by month", metric=metric.name),
    }
    return by[trend.period]


def _mark_streak(axes: Axes, trend: Trend) -> None:
    """The compared periods as points, with their values."""
    for start, below in ((trend.first, False), (trend.last, trend.direction == "falls")):
        period = next((p for p in trend.series if p.start == start), None)
        if period is None or period.value is None:
            continue
        at: Any = period.start  # matplotlib takes dates; its types do not say so
        axes.plot(at, period.value, "o", color=colour("blue"), markersize=6, zorder=5)
        axes.annotate(
            number(period.value), (at, period.value), xytext=(0, -9 if below else 8),
            textcoords="offset points", ha="center", va="top" if below else "bottom", fontsize=9.5,
        )  # fmt: skip


def _hatch(axes: Axes, trend: Trend) -> None:
    for position, period in enumerate(trend.series):
        if not period.complete:
            following = trend.series[position + 1 : position + 2]
            end = following[0].start if following else _end(period.start, trend.period)
            incomplete(axes, period.start, end)


def _end(start: date, period: str) -> date:
    return start + timedelta(days={"day": 1, "week": 7, "month": 31}[period])


def _near_zero(values: list[float]) -> bool:
    finite = [value for value in values if np.isfinite(value)]
    return bool(finite) and min(finite) >= 0 and min(finite) < 0.6 * max(finite)


def _by_value_figure(findings: Findings) -> CaseFigure:
    labels = [part.label for part in findings.segments] or [_("all rows")]
    values = [part.values[0] or 0.0 for part in findings.segments]
    title = (
        _("{metric} by {segment}", metric=findings.metric.name, segment=findings.segment)
        if findings.segment
        else findings.metric.name
    )
    figure = new_figure(*bar_size(len(labels)), title=title, alt=" ".join(findings.headline))
    counts(figure.subplots(), labels, values or [0.0])
    return figure


def card_figure(findings: Findings) -> CaseFigure | None:
    """The picture for the front page."""
    return trend_figure(findings) if findings.trend or findings.segments else None
