"""The metric by days, weeks and months above one another, and who comes for the first time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from casebook.figures.axes import date_axis, number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import incomplete, lines
from casebook.formats import sentence
from casebook.language import _
from casebook.phases.symptom import Findings
from casebook.phases.symptom_data import Period
from casebook.phases.symptom_real import LevelChange, Reality, Scale
from casebook.theme import colour

PANEL = 1.75  # inches
_DAYS = {"day": 1, "week": 7, "month": 31}


def scales_figure(findings: Findings) -> CaseFigure | None:
    """Days, weeks and months on one axis of time, what is incomplete hatched; None without them.

    Days without a row are left open and marked; where the level of days changes, both levels and
    the interval of the day of change are drawn. Under them, ids that are new and known.
    """
    real = findings.reality
    if real is None or not real.scales:
        return None
    panels = len(real.scales) + bool(findings.newcomers)
    title = sentence(_("{metric} by day, week and month", metric=findings.metric.name))
    figure = new_figure(
        height=PANEL * panels + 0.3, title=title, alt=" ".join(findings.headline[:2])
    )
    axes = figure.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
    for one, scale in zip(axes, real.scales, strict=False):
        _scale(one, scale, real, findings.metric.unit)
    if findings.newcomers:
        _newcomers(axes[-1], findings)
    date_axis(axes[-1].xaxis)
    return figure


def end_of(start: date, period: str) -> date:
    """The day after a period, near enough for a picture."""
    return start + timedelta(days=_DAYS[period])


def foot(axes: Axes, values: list[float]) -> float:
    """Where the vertical axis starts: at zero unless that would flatten all there is to see."""
    finite = [value for value in values if np.isfinite(value)]
    zero = bool(finite) and min(finite) >= 0 and min(finite) < 0.6 * max(finite)
    return 0.0 if zero else float(axes.get_ylim()[0])


def plain(value: float | None) -> float:
    """A value as matplotlib takes it."""
    return np.nan if value is None else value


def hatch(axes: Axes, series: tuple[Period, ...], period: str, *, say: bool = True) -> None:
    """Hatch the periods that the data cover only in part."""
    for place, one in enumerate(series):
        if not one.complete:
            following = series[place + 1 : place + 2]
            end = following[0].start if following else end_of(one.start, period)
            incomplete(axes, one.start, end, label=None if say else "", after=place == 0)


def _scale(axes: Axes, scale: Scale, real: Reality, unit: str) -> None:
    names = {"day": _("by day"), "week": _("by week"), "month": _("by month")}
    if scale.period == "month" and not all(period.complete for period in scale.series):
        names["month"] = _("by month, incomplete ones hatched")
    whole = [period for period in scale.series if period.complete]
    days: list[Any] = [period.start for period in whole]  # matplotlib takes dates
    values = [plain(period.value) for period in whole]
    fine = scale.period == "day"
    axes.plot(
        days, values, color=colour("context" if fine else "blue"), linewidth=0.9 if fine else 1.8
    )
    axes.set_ylim(bottom=foot(axes, values))
    if scale.period == "month":
        hatch(axes, scale.series, scale.period, say=False)
    if fine:
        _gaps(axes, real, days[0])
        if real.level is not None and real.level.p_value < 0.05:
            _level(axes, real.level, days)
    number_axis(axes.yaxis, ticks=4)
    shown = f"{names[scale.period]}, {unit}" if unit else names[scale.period]
    axes.set_title(shown, loc="left", fontsize=9.5, fontweight="normal", color=colour("muted"))


def _gaps(axes: Axes, real: Reality, since: Any) -> None:
    for gap in real.gaps:
        if gap.first >= since:
            start: Any = gap.first
            end: Any = gap.last + timedelta(days=1)
            axes.axvspan(start, end, color=colour("orange"), alpha=0.35, linewidth=0)
    if any(gap.first >= since for gap in real.gaps):
        axes.annotate(
            _("no rows"), (1, 1), xycoords="axes fraction", xytext=(0, 4), fontsize=9,
            textcoords="offset points", ha="right", va="bottom", color=colour("orange-text"),
        )  # fmt: skip


def _level(axes: Axes, level: LevelChange, days: list[Any]) -> None:
    on: Any = level.on
    ends: Any = (level.earliest, level.latest)
    axes.axvspan(*ends, color=colour("blue"), alpha=0.16, linewidth=0)
    if on > days[0]:
        axes.hlines(level.before, days[0], on, color=colour("blue"), linewidth=1.8, zorder=4)
    axes.hlines(
        level.after, max(on, days[0]), days[-1], color=colour("blue"), linewidth=1.8, zorder=4
    )


def _newcomers(axes: Axes, findings: Findings) -> None:
    """How many ids are new and how many known, by whole periods."""
    trend = findings.trend
    assert trend is not None
    whole = {period.start for period in trend.series if period.complete}
    # In the first period everybody is new to the data.
    shown = [one for one in findings.newcomers if one.start in whole][1:]
    days: list[Any] = [one.start for one in shown]
    counts = {
        _("new"): [float(one.new) for one in shown],
        _("known"): [float(one.known) for one in shown],
    }
    lines(axes, days, counts, highlight={_("new")})
    axes.set_ylim(bottom=0)
    number_axis(axes.yaxis, ticks=4)
    axes.set_title(
        _("{key}: how many are new, how many known", key=findings.key), loc="left", fontsize=9.5,
        fontweight="normal", color=colour("muted"),
    )  # fmt: skip
