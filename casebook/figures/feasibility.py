"""Pictures of feasibility: the classes, a simple model beside chance and a rule, and small ones.

A small picture stands beside the sentence of one piece of evidence; it shows the few figures that
decide, with their intervals.
"""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from casebook.evidence.base import Picture, Point
from casebook.figures.axes import bare, number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.marks import band, bar_size, bars, counts, name_rows, reference, whiskers
from casebook.figures.marks import short as shortened
from casebook.formats import interval, sentence
from casebook.language import _
from casebook.phases.feasibility import Findings
from casebook.stats.estimate import Estimate
from casebook.theme import colour

SMALL = 2.9
"""Inches that a small picture is wide."""

_MOST = 8  # rows of a small picture; more would not be small
_LABEL = 18  # characters
_TO_BEAT = frozenset({"dummy", "rule"})  # grey: what a model is compared with


def trials_figure(findings: Findings) -> CaseFigure:
    """The metric of what is to be beaten, and of models, on the same folds."""
    title = _("{metric} on rows not seen", metric=findings.metric)
    width, height = bar_size(len(findings.trials))
    alt = "; ".join(f"{trial.title}: {interval(trial.score)}" for trial in findings.trials)
    figure = new_figure(width, height + 0.25, title=sentence(title), alt=alt)
    axes = figure.subplots()
    bars(
        axes,
        [trial.title for trial in findings.trials],
        [trial.score for trial in findings.trials],
        highlight=[i for i, one in enumerate(findings.trials) if one.name not in _TO_BEAT],
        kind="dot",
    )
    axes.tick_params(axis="x", labelbottom=True)
    number_axis(axes.xaxis)
    return figure


def classes_figure(findings: Findings) -> CaseFigure:
    """Rows of each class of the target; at most the 12 largest."""
    shown = findings.classes[:12]
    said = ", ".join(f"{name}: {n}" for name, n in shown)
    figure = new_figure(*bar_size(len(shown)), title=_("Rows of each class"), alt=said)
    counts(figure.subplots(), [name for name, _n in shown], [n for _name, n in shown])
    return figure


def small_figure(picture: Picture, name: str = "") -> CaseFigure | None:
    """The small picture of a piece of evidence; None where there is nothing to draw.

    name: what it is about, read out before what it shows.
    """
    if not picture.points or picture.kind not in _DRAWN:
        return None
    rows = min(len(picture.points), _MOST)
    height = 1.25 if picture.kind == "curve" else 0.42 + 0.21 * rows
    figure = new_figure(SMALL, height, title=name, alt=picture.alt)
    _DRAWN[picture.kind](figure.subplots(), picture)
    return figure


def _intervals(axes: Axes, picture: Picture) -> None:
    points = picture.points[:_MOST]
    rows = range(len(points))
    axes.scatter([point.value for point in points], rows, s=20, color=colour("blue"), zorder=5)
    whiskers(axes, rows, [_estimate(point) for point in points], name="blue", horizontal=True)
    _named_rows(axes, picture, points)
    axes.margins(x=0.12)


def _bars(axes: Axes, picture: Picture) -> None:
    points = picture.points[:_MOST]
    rows = range(len(points))
    axes.barh(rows, [point.value for point in points], height=0.6, color=colour("blue"))
    whiskers(axes, rows, [_estimate(point) for point in points], horizontal=True)
    axes.axvline(0, color=colour("axis"), linewidth=1)
    _named_rows(axes, picture, points)


def _named_rows(axes: Axes, picture: Picture, points: tuple[Point, ...]) -> None:
    bare(axes)
    name_rows(axes, [shortened(point.label, _LABEL) for point in points])
    _scale(axes, picture, vertical=True)


def _curve(axes: Axes, picture: Picture) -> None:
    points, at = picture.points, list(range(len(picture.points)))
    values = [point.value for point in points]
    lows = [point.value if point.low is None else point.low for point in points]
    highs = [point.value if point.high is None else point.high for point in points]
    band(axes, at, lows, highs)
    axes.plot(at, values, color=colour("blue"), linewidth=1.8, marker="o", markersize=3)
    shown = at if len(at) <= 3 else [0, len(at) // 2, len(at) - 1]
    axes.set_xticks(shown, [shortened(points[i].label, 12) for i in shown])
    axes.tick_params(labelsize=8)
    number_axis(axes.yaxis, unit=shortened(picture.unit, 40), ticks=3)
    axes.title.set_fontsize(8)
    _reference(axes, picture, vertical=False)


def _scale(axes: Axes, picture: Picture, *, vertical: bool) -> None:
    """Few ticks, the unit under them, and the value to compare with."""
    number_axis(axes.xaxis, ticks=3)
    axes.xaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlabel(_unit(picture), fontsize=8, labelpad=1)
    axes.tick_params(axis="x", labelsize=8, pad=1)
    axes.tick_params(axis="y", labelsize=8.5)
    _reference(axes, picture, vertical=vertical)


def _unit(picture: Picture) -> str:
    """The unit; where there are more points than are drawn, it says so."""
    total = len(picture.points)
    unit = shortened(picture.unit, 30)
    if total <= _MOST:
        return unit
    return _("{unit} (the first {n} of {all})", unit=unit, n=_MOST, all=total)


def _reference(axes: Axes, picture: Picture, *, vertical: bool) -> None:
    if picture.reference is not None:
        reference(axes, picture.reference, vertical=vertical)


def _estimate(point: Point) -> Estimate:
    return Estimate(point.value, point.low, point.high, n=1)


_DRAWN: dict[str, Callable[[Axes, Picture], None]] = {
    "intervals": _intervals,
    "bars": _bars,
    "curve": _curve,
}
