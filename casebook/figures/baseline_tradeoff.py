"""Pictures of what a candidate takes: quality against latency, and against rows to learn from."""

from __future__ import annotations

from matplotlib.axes import Axes

from casebook.figures.axes import number_axis
from casebook.figures.base import CaseFigure, new_figure
from casebook.figures.lines import width
from casebook.figures.marks import band, lines, reference, short, text_colour, whiskers
from casebook.formats import interval, number, sentence
from casebook.language import _
from casebook.phases.baseline import Findings
from casebook.phases.baseline_values import Scored
from casebook.theme import colour

_SHIFTS = (6.0, -14.0, 20.0, -28.0, 34.0)
"""Points up or down that a name may stand from its mark, the nearest first."""


def tradeoff_figure(findings: Findings, latency_limit: float | None = None) -> CaseFigure | None:
    """The deciding metric against milliseconds for one row; what breaks a limit is crossed.

    latency_limit: milliseconds that are allowed, None where there is no limit. None where nothing
    was measured.
    """
    shown = [one for one in findings.candidates if not one.failed and one.speed]
    if not shown:
        return None
    title = _("{metric} against the time for one prediction", metric=_deciding(findings))
    figure = new_figure(7.5, 3.9, title=sentence(title), alt=_tradeoff_alt(shown, findings))
    axes = figure.subplots()
    axes.set_xscale("log")
    for one in shown:
        _mark(axes, one, findings)
    _name_marks(axes, shown, findings)
    if latency_limit is not None:
        reference(axes, latency_limit, _("limit: {ms} ms", ms=number(latency_limit)), vertical=True)
    axes.xaxis.set_major_formatter(lambda value, _place: number(value))
    number_axis(axes.yaxis, unit=_better_way(findings))
    axes.set_xlabel(_("milliseconds for one row, the middle of all calls (logarithmic)"))
    return figure


def _mark(axes: Axes, one: Scored, findings: Findings) -> None:
    assert one.speed is not None
    name = _colour(one, findings)
    whiskers(axes, [one.speed.one], [one.main], name=name)
    axes.hlines(one.main.value, one.speed.one, one.speed.one_slow, color=colour(name), linewidth=1)
    marker = "o" if one.allowed else "x"
    axes.scatter([one.speed.one], [one.main.value], s=38, marker=marker, zorder=5,
                 color=colour(name))  # fmt: skip


def _name_marks(axes: Axes, shown: list[Scored], findings: Findings) -> None:
    """A name beside each mark; where marks are near to each other, names go up and down."""
    axes.margins(x=0.2, y=0.15)
    taken: list[tuple[float, float, float]] = []
    for one in sorted(shown, key=lambda one: -one.main.value):
        assert one.speed is not None
        label = short(one.title if one.allowed else _("{name}: breaks a limit", name=one.title))
        x, y = axes.transData.transform((one.speed.one, one.main.value)) * 72 / axes.figure.dpi
        wide = 6.0 * width(label)
        shift = next(
            shift for shift in _SHIFTS
            if not any(abs(y + shift - up) < 12 and x < right and left < x + wide
                       for left, right, up in taken) or shift == _SHIFTS[-1]
        )  # fmt: skip
        taken.append((x, x + wide, y + shift))
        axes.annotate(
            label, (one.speed.one, one.main.value), xytext=(7, shift),
            textcoords="offset points", fontsize=9.5, color=text_colour(_colour(one, findings)),
        )  # fmt: skip


def _colour(one: Scored, findings: Findings) -> str:
    return "blue" if one.name == findings.chosen else "context" if one.allowed else "vermillion"


def _tradeoff_alt(shown: list[Scored], findings: Findings) -> str:
    said = [
        _("{name}: {metric} {score}, {ms} ms", name=one.title, metric=_deciding(findings),
          score=interval(one.main), ms=number(one.speed.one))
        for one in shown if one.speed
    ]  # fmt: skip
    return "; ".join(said)


def curve_figure(findings: Findings) -> CaseFigure | None:
    """The deciding metric of the two best models by rows to learn from; None without curves."""
    if not findings.curves:
        return None
    title = _("What more rows bought the best models")
    alt = " ".join(curve.sentence for curve in findings.curves)
    figure = new_figure(7.5, 3.6, title=title, alt=alt)
    axes = figure.subplots()
    rows = [point.rows for point in findings.curves[0].points]
    for curve, name in zip(findings.curves, ("blue", "vermillion"), strict=False):
        ends = [point.score for point in curve.points]
        if all(one.low is not None and one.high is not None for one in ends):
            band(axes, rows, [one.low for one in ends], [one.high for one in ends], name=name)
    lines(axes, rows, {c.title: [p.score.value for p in c.points] for c in findings.curves})
    axes.set_xlim(left=0)
    number_axis(axes.xaxis)
    number_axis(axes.yaxis, unit=_better_way(findings))
    axes.set_xlabel(_("rows to learn from"))
    return figure


def _deciding(findings: Findings) -> str:
    return findings.metrics[0].title


def _better_way(findings: Findings) -> str:
    """The metric, and which way is better."""
    name = sentence(_deciding(findings))
    if findings.metrics[0].greater_is_better:
        return _("{metric}: more is better", metric=name)
    return _("{metric}: less is better", metric=name)
