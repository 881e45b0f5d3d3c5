"""Pictures of the symptom: the metric over time, by segment, and what carries the change."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from casebook.figures.axes import compact, date_axis, number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, counts, incomplete, lines
from casebook.figures.waterfall import waterfall
from casebook.formats import interval, percent, sentence
from casebook.language import _
from casebook.phases.symptom import Findings
from casebook.phases.symptom_data import Metric, Period
from casebook.phases.symptom_trend import Trend
from casebook.phases.symptom_words import amount, period_text
from casebook.theme import colour

HEIGHT = 3.2  # inches
_ROOM = 0.14  # of the axis, above and below what is drawn, for the labels of points


def trend_figure(findings: Findings) -> CaseFigure | None:
    """The metric by period with incomplete periods hatched; without a time, by segment.

    None where there is neither: a single number needs no picture.
    """
    if findings.trend is None or not findings.trend.series:
        return _by_value_figure(findings) if findings.segments else None
    alt = " ".join(findings.headline)
    trend = findings.trend
    title = sentence(_title(findings.metric, trend))
    figure = new_figure(height=HEIGHT, title=title, alt=alt)
    axes = figure.subplots()
    whole = [period for period in trend.series if period.complete]
    _history(axes, whole, trend)
    axes.margins(y=_ROOM)
    axes.set_ylim(bottom=_foot(axes, [_known(period.value) for period in whole]))
    _hatch(axes, trend)
    _mark_compared(axes, trend)
    number_axis(axes.yaxis, unit=findings.metric.unit)
    date_axis(axes.xaxis)
    return figure


def _history(axes: Axes, whole: list[Period], trend: Trend) -> None:
    """Grey up to the first period compared, in colour from there: what the headline speaks of."""
    days: list[Any] = [period.start for period in whole]  # matplotlib takes dates
    values = [_known(period.value) for period in whole]
    turn = days.index(trend.first) if trend.first in days else 0
    if turn:
        axes.plot(days[: turn + 1], values[: turn + 1], color=colour("axis"), linewidth=1.6)
    axes.plot(days[turn:], values[turn:], color=colour("blue"), linewidth=2.4, zorder=3)


def _known(value: float | None) -> float:
    return np.nan if value is None else value


def _foot(axes: Axes, values: list[float]) -> float:
    """Where the vertical axis starts: at zero unless that would flatten all there is to see."""
    return 0.0 if _near_zero(values) else float(axes.get_ylim()[0])


def segment_figure(findings: Findings) -> CaseFigure:
    """The metric by period for each value of the segment, labelled at the line's end."""
    title = _("{metric} by {segment}", metric=findings.metric.name, segment=findings.segment)
    figure = new_figure(height=HEIGHT, title=sentence(title), alt=" ".join(findings.headline))
    axes = figure.subplots()
    periods = findings.trend.series if findings.trend else ()
    whole = [i for i, period in enumerate(periods) if period.complete]
    days = [periods[i].start for i in whole]
    series = {part.label: [_known(part.values[i]) for i in whole] for part in findings.segments}
    top = findings.contributions[0].labels[0] if findings.contributions else None
    shown = {top} if top in series else None
    lines(axes, days, series, highlight=shown)
    axes.set_ylim(bottom=_foot(axes, [value for values in series.values() for value in values]))
    number_axis(axes.yaxis, unit=findings.metric.unit)
    date_axis(axes.xaxis)
    return figure


def contribution_figure(findings: Findings) -> CaseFigure:
    """From the total before to the total after, by what each value of the segment adds."""
    parts, moved, trend = findings.contributions, findings.change, findings.trend
    assert moved is not None
    assert trend is not None
    assert trend.first is not None
    assert trend.last is not None
    title = _("What each value of {segment} adds to the change", segment=findings.segment)
    figure = new_figure(*bar_size(len(parts) + 2), title=title, alt=" ".join(findings.headline[1:]))
    unit = findings.metric.unit
    waterfall(
        figure.subplots(),
        (moved.before, moved.after),
        (period_text(trend.first, trend.period), period_text(trend.last, trend.period)),
        [(part.labels[0], part.change) for part in parts],
        [amount(moved.before, unit), *(interval(part.change) for part in parts),
         amount(moved.after, unit)],
        highlight=[0],
    )  # fmt: skip
    return figure


def _title(metric: Metric, trend: Trend) -> str:
    by = {
        "day": _("{metric} by day", metric=metric.name),
        "week": _("{metric} by week", metric=metric.name),
        "month": _("{metric} by month", metric=metric.name),
    }
    return by[trend.period]


def _mark_compared(axes: Axes, trend: Trend) -> None:
    """The two periods compared as points, each with its name and its value."""
    ends = [p for p in trend.series if p.start in (trend.first, trend.last) and p.value is not None]
    if len(ends) < 2:
        return
    first, last = _known(ends[0].value), _known(ends[-1].value)
    change = f" ({'+' if last > first else ''}{percent(last / first - 1, 0)})" if first else ""
    _compared(axes, ends[0], trend.period, "center", below=first <= last)
    # The last label ends at its point, so that it keeps clear of a hatched period after it.
    _compared(axes, ends[-1], trend.period, "right", below=first > last, more=change)


def _compared(
    axes: Axes, period: Period, length: str, side: str, *, below: bool, more: str = ""
) -> None:
    at: Any = period.start  # matplotlib takes dates; its types do not say so
    value = _known(period.value)
    axes.plot(at, value, "o", color=colour("blue"), markersize=6.5, zorder=5)
    axes.annotate(
        f"{period_text(period.start, length)}\n{compact(value)}{more}", (at, value), ha=side,
        xytext=(6 if more else 0, -8 if below else 8), textcoords="offset points", fontsize=10,
        va="top" if below else "bottom", fontweight="bold", color=colour("blue-text"), zorder=6,
        linespacing=1.15,
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
    labels = [part.label for part in findings.segments]
    values = [part.values[0] or 0.0 for part in findings.segments]
    title = _("{metric} by {segment}", metric=findings.metric.name, segment=findings.segment)
    size = bar_size(len(labels))
    figure = new_figure(*size, title=sentence(title), alt=" ".join(findings.headline))
    counts(figure.subplots(), labels, values)
    return figure
