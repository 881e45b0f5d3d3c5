"""Pictures of the symptom: the metric over time, and by the values of the segment."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from casebook.figures.axes import compact, date_axis, number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import bar_size, counts, short
from casebook.figures.symptom_change import contribution_figure, factor_figure
from casebook.figures.symptom_scales import foot, hatch, plain, scales_figure
from casebook.formats import percent, sentence
from casebook.language import _
from casebook.phases.symptom import Findings
from casebook.phases.symptom_data import Metric, Period
from casebook.phases.symptom_trend import Trend
from casebook.phases.symptom_words import period_text
from casebook.theme import colour

__all__ = [
    "contribution_figure",
    "factor_figure",
    "scales_figure",
    "segment_figure",
    "trend_figure",
]

HEIGHT = 3.2  # inches
ACROSS = 3
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
    axes.set_ylim(bottom=foot(axes, [plain(period.value) for period in whole]))
    hatch(axes, trend.series, trend.period)
    _year_before(axes, findings)
    _mark_compared(axes, trend)
    number_axis(axes.yaxis, unit=findings.metric.unit)
    date_axis(axes.xaxis)
    return figure


def _history(axes: Axes, whole: list[Period], trend: Trend) -> None:
    """Grey up to the first period compared, in colour from there: what the headline speaks of."""
    days: list[Any] = [period.start for period in whole]  # matplotlib takes dates
    values = [plain(period.value) for period in whole]
    turn = days.index(trend.first) if trend.first in days else 0
    if turn:
        axes.plot(days[: turn + 1], values[: turn + 1], color=colour("axis"), linewidth=1.6)
    axes.plot(days[turn:], values[turn:], color=colour("blue"), linewidth=2.4, zorder=3)


def _year_before(axes: Axes, findings: Findings) -> None:
    """The compared periods of a year before, laid under this year's."""
    trend, real = findings.trend, findings.reality
    if trend is None or trend.first is None or real is None or real.year_ago is None:
        return
    before = real.year_ago.before
    if before is None:
        return
    values = {period.start: period.value for period in trend.series if period.complete}
    now = [start for start in values if start >= trend.first]
    then = [start for start in values if before <= start <= real.year_ago.start]
    if len(now) != len(then):
        return
    at: list[Any] = list(now)
    axes.plot(at, [plain(values[start]) for start in then], color=colour("axis"), linewidth=1.3,
              linestyle=(0, (3, 2)), zorder=2)  # fmt: skip
    axes.annotate(
        _("a year before"), (at[-1], plain(values[then[-1]])), xytext=(0, -6), fontsize=9,
        textcoords="offset points", ha="right", va="top", color=colour("muted"),
    )  # fmt: skip


def segment_figure(findings: Findings) -> CaseFigure | None:
    """A small picture for each value of the segment, all on one scale; None without values.

    The value that carries most of the change is in colour, the others are grey.
    """
    if not findings.segments or findings.trend is None:
        return None
    title = _("{metric} by {segment}", metric=findings.metric.name, segment=findings.segment)
    rows = -(-len(findings.segments) // ACROSS)
    across = min(ACROSS, len(findings.segments))
    figure = new_figure(
        height=1.9 * rows + 0.2, title=sentence(title), alt=" ".join(findings.headline)
    )
    axes = figure.subplots(rows, across, sharex=True, sharey=True, squeeze=False)
    top = findings.contributions[0].labels[0] if findings.contributions else None
    for place, panel in enumerate(axes.flat):
        if place < len(findings.segments):
            loud = top is None or findings.segments[place].label == top
            _small(panel, findings, place, loud=loud)
            panel.tick_params(labelbottom=place + across >= len(findings.segments))
        else:
            panel.set_visible(False)
    every = [plain(v) for part in findings.segments for v in part.values]
    axes[0, 0].set_ylim(bottom=foot(axes[0, 0], every))
    number_axis(axes[0, 0].yaxis, ticks=4)
    date_axis(axes[0, 0].xaxis, ticks=5)
    return figure


def _small(axes: Axes, findings: Findings, place: int, *, loud: bool) -> None:
    trend, part = findings.trend, findings.segments[place]
    assert trend is not None
    whole = [n for n, period in enumerate(trend.series) if period.complete]
    days: list[Any] = [trend.series[n].start for n in whole]
    values = [plain(part.values[n]) for n in whole]
    name = "blue" if loud else "axis"
    axes.plot(days, values, color=colour(name), linewidth=2 if loud else 1.5)
    hatch(axes, trend.series, trend.period, say=False)
    ends = dict(zip(days, values, strict=True))
    first, last = ends.get(trend.first, np.nan), ends.get(trend.last, np.nan)
    for day, value in ((trend.first, first), (trend.last, last)):
        at: Any = day
        if np.isfinite(value):
            axes.plot(at, value, "o", color=colour(name), markersize=4.5, zorder=5)
    known = bool(np.isfinite(first) and np.isfinite(last) and first)
    change = f"  {'+' if last > first else ''}{percent(last / first - 1, 0)}" if known else ""
    axes.set_title(
        f"{short(part.label, 22)}{change}", loc="left", fontsize=10,
        fontweight="bold" if loud else "normal", color=colour("blue-text" if loud else "ink"),
    )  # fmt: skip


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
    first, last = plain(ends[0].value), plain(ends[-1].value)
    change = f" ({'+' if last > first else ''}{percent(last / first - 1, 0)})" if first else ""
    _compared(axes, ends[0], trend.period, "right", below=first <= last)
    # The last label ends at its point, so that it keeps clear of a hatched period after it.
    _compared(axes, ends[-1], trend.period, "right", below=first > last, more=change)


def _compared(
    axes: Axes, period: Period, length: str, side: str, *, below: bool, more: str = ""
) -> None:
    at: Any = period.start  # matplotlib takes dates; its types do not say so
    value = plain(period.value)
    axes.plot(at, value, "o", color=colour("blue"), markersize=6.5, zorder=5)
    axes.annotate(
        f"{period_text(period.start, length)}\n{compact(value)}{more}", (at, value), ha=side,
        xytext=(6 if more else 2, -8 if below else 8), textcoords="offset points", fontsize=10,
        va="top" if below else "bottom", fontweight="bold", color=colour("blue-text"), zorder=6,
        linespacing=1.15, multialignment=side,
    )  # fmt: skip


def _by_value_figure(findings: Findings) -> CaseFigure:
    labels = [part.label for part in findings.segments]
    values = [part.values[0] or 0.0 for part in findings.segments]
    title = _("{metric} by {segment}", metric=findings.metric.name, segment=findings.segment)
    size = bar_size(len(labels))
    figure = new_figure(*size, title=sentence(title), alt=" ".join(findings.headline))
    counts(figure.subplots(), labels, values)
    return figure
